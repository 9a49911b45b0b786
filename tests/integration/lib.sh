# SPDX-License-Identifier: AGPL-3.0-or-later
#
# What the integration tests share: real peers in a folder of their own that
# goes with the test, and checks that print "ok NAME" or "FAILED NAME".
# STAGE names where the project is installed (default build/stage); KEEP=1
# leaves the folder.
set -u
top=$(cd "$(dirname "$0")/../.." && pwd)
. "$top/contrib/peers.sh"
stage_use "${STAGE:-$top/build/stage}"
base=$(mktemp -d /tmp/se.XXXXXX)
peers=
background=
status=0

clean_up ()
{
  for _pid in $background; do
    kill "$_pid" 2>/dev/null
  done
  for _peer in $peers; do
    peer_stop "$base/$_peer"
    peer_kill "$base/$_peer"
  done
  [ -n "${KEEP:-}" ] || rm -rf "$base"
}
trap clean_up EXIT
trap 'exit 1' INT TERM

ok () { echo "ok $*"; }
failed ()
{
  echo "FAILED $*"
  status=1
}

# check NAME COMMAND…: the command must succeed
check ()
{
  _check=$1
  shift
  if "$@" >"$base/out" 2>&1; then
    ok "$_check"
  else
    failed "$_check (status $?): $(tail -n 3 "$base/out" | tr '\n' ' ')"
  fi
}

# check_status STATUS NAME COMMAND…: the command must end with that status
check_status ()
{
  _want=$1 _check=$2
  shift 2
  "$@" >"$base/out" 2>&1
  _got=$?
  if [ $_got = "$_want" ]; then
    ok "$_check"
  else
    failed "$_check: status $_got, not $_want: $(tail -n 3 "$base/out" | tr '\n' ' ')"
  fi
}

# wait_until SECONDS COMMAND…: true as soon as the command is
wait_until ()
{
  _end=$(($(date +%s) + $1))
  shift
  until "$@" >/dev/null 2>&1; do
    [ "$(date +%s)" -lt $_end ] || return 1
    sleep 0.5
  done
}

# new_peers NAME…: peers that know each other, each with an ego of its name
new_peers ()
{
  for _peer in "$@"; do
    peer_create "$base/$_peer"
    peers="$peers $_peer"
    peer_start "$base/$_peer" || exit 1
  done
  sleep 1
  for _peer in "$@"; do
    for _other in "$@"; do
      [ "$_peer" = "$_other" ] && break
      peers_connect "$base/$_peer" "$base/$_other" || exit 1
    done
    gnunet-identity -c "$base/$_peer/c" -C "$_peer"
  done
}

# social NAME ARGUMENT…: gnunet-social on that peer, as that ego
social ()
{
  _as=$1
  shift
  gnunet-social -c "$base/$_as/c" -e "$_as" "$@"
}
alice () { social alice "$@"; }
bob () { social bob "$@"; }
carol () { social carol "$@"; }

zone_key ()
{
  gnunet-identity -c "$base/$1/c" -d | sed -n "s/^$1 - \([^ ]*\).*/\1/p"
}

# in_background COMMAND…: its id is in $!
in_background ()
{
  "$@" &
  background="$background $!"
}

# random_lines COUNT PREFIX: that many different lines of random length
random_lines ()
{
  head -c $(($1 * 46)) /dev/urandom | base64 -w 60 | head -n "$1" \
    | awk -v p="$2" '{ printf "%s %d é%s\n", p, NR, substr ($0, 1, NR % 50) }'
}

# json_texts FILE, json_order FILE: the messages of a --json output
json_texts () { jq -r 'select (.type == "message") | .text' "$1"; }
json_order ()
{
  jq -r 'select (.type == "message") | "\(.id) \(.author) \(.text)"' "$1"
}

message_count ()
{
  "$1" history "$2" --last 1000000 --json 2>/dev/null \
    | jq -r 'select (.type == "message" and .method == "_converse") | .id' | wc -l
}
