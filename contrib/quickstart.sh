#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
#
# From nothing to a conversation: installs what is missing, builds, starts two
# GNUnet peers on this machine (alice's and bob's, over 127.0.0.1, with nobody
# else), has alice host the place "lounge", bob enter it as "lounge.alice", and
# both talk. Everything lives in this checkout: build/ and run/.
#
#   quickstart.sh [--batch | --keep | --stop]
#
#   --batch   ask nothing, stop the peers at the end; exit status 0 only if
#             both sides saw every line
#   --keep    leave the peers running at the end
#   --stop    stop the peers that an earlier run left running
set -eu
cd "$(dirname "$0")/.."
. contrib/packages.sh
. contrib/peers.sh

mode=ask
case ${1:-} in
  --batch) mode=batch ;;
  --keep) mode=keep ;;
  --stop) mode=stop ;;
  -h | --help) sed -n '/^#$/,/^set/s/^# \{0,1\}//p' "$0" | sed '$d'; exit 0 ;;
  '') [ -t 0 ] && [ -t 1 ] || mode=batch ;;
  *) say "quickstart.sh: unknown option $1 (see --help)" >&2; exit 2 ;;
esac

run=$PWD/run
if [ ${#run} -gt 60 ]; then
  # GNUnet's sockets need short paths.
  run=/tmp/secushare-$(id -u)-$(pwd | cksum | cut -d ' ' -f 1)
fi

stop_peers ()
{
  for _who in alice bob; do
    [ ! -f "$run/$_who/c" ] || peer_stop "$run/$_who"
  done
}

if [ $mode = stop ]; then
  [ ! -d build/stage ] || stage_use "$PWD/build/stage"
  stop_peers
  say "The peers are stopped. Their histories stay in $run."
  exit 0
fi

give_up ()
{
  say "quickstart: $*" >&2
  say "Logs: $run/alice/log and $run/bob/log" >&2
  stop_peers
  exit 1
}

# social WHO ARGUMENT…: gnunet-social on that peer
social ()
{
  _who=$1
  shift
  gnunet-social -c "$run/$_who/c" "$@"
}

# A command of his own for each side, so that nobody needs to know the paths.
write_command ()
{
  cat >"$run/$1/social" <<COMMAND
#!/bin/sh
# gnunet-social as $1, on the peer that quickstart.sh made.
export GNUNET_PREFIX='$GNUNET_PREFIX' LD_LIBRARY_PATH='$LD_LIBRARY_PATH'
exec '$PWD/build/stage/usr/bin/gnunet-social' -c '$run/$1/c' "\$@"
COMMAND
  chmod 755 "$run/$1/social"
}

# zone_key WHO: the public key of the ego of that name on its peer
zone_key ()
{
  gnunet-identity -c "$run/$1/c" -d | sed -n "s/^$1 - \([^ ]*\).*/\1/p"
}

packages_ensure $packages_build
build_tree build
say "Installing into build/stage (nothing of /usr changes)"
rm -rf build/stage
stage_install build "$PWD/build/stage"
stage_use "$PWD/build/stage"

mkdir -p "$run"
chmod 700 "$run"
for who in alice bob; do
  peer_create "$run/$who"
  write_command $who
done
if [ $mode = batch ]; then
  trap 'stop_peers' EXIT
  trap 'exit 1' INT TERM
fi
say "Starting the peers of alice and bob"
for who in alice bob; do
  peer_start "$run/$who" || give_up "$who's peer did not start"
done
sleep 1
peers_connect "$run/alice" "$run/bob" || give_up "the peers did not connect"
for who in alice bob; do
  [ -n "$(zone_key $who)" ] || gnunet-identity -c "$run/$who/c" -C $who
done

say "alice hosts the place lounge"
social alice -e alice -t "60 s" host lounge --welcome \
  || give_up "alice could not host"
say "bob calls alice's zone \"alice\", and enters lounge.alice"
social bob -e bob name "$(zone_key alice)" alice || give_up "bob could not name"
social bob -e bob -t "120 s" enter lounge.alice --message "It's me, bob" \
  || give_up "bob could not enter lounge.alice"

started=$(date +%H:%M:%S)
for who in alice bob; do
  place=lounge
  [ $who = alice ] || place=lounge.alice
  social $who follow $place --count 6 >"$run/$who/transcript" 2>&1 &
  eval "follow_$who=$!"
done
sleep 1
n=1
while [ $n -le 3 ]; do
  case $n in
    1) a="Welcome to the lounge, bob."
       b="Nice place. And it is on your own machine?" ;;
    2) a="Yes: nobody in between, and we both keep the history."
       b="So nobody can measure, sell or lose it." ;;
    3) a="($started) See you tomorrow, then."
       b="($started) I'll find it all here when I come back." ;;
  esac
  social alice -q say lounge "$a" >"$run/said" || give_up "alice could not say: $a"
  social bob -q -t "60 s" say lounge.alice "$b" >"$run/said" \
    || give_up "bob could not say: $b"
  n=$((n + 1))
done
waited=0
while kill -0 $follow_alice 2>/dev/null || kill -0 $follow_bob 2>/dev/null; do
  if [ $waited -ge 60 ]; then
    kill $follow_alice $follow_bob 2>/dev/null || true
    break
  fi
  sleep 1
  waited=$((waited + 1))
done

result=0
for who in alice bob; do
  say
  say "What $who saw:"
  sed 's/^/    /' "$run/$who/transcript"
  for line in "Welcome to the lounge" "on your own machine" "nobody in between" \
    "measure, sell or lose" "($started) See you" "($started) I'll find"; do
    grep -qF "$line" "$run/$who/transcript" || {
      say "$who did not see: $line" >&2
      result=1
    }
  done
done
say
[ $result = 0 ] && say "Both sides saw every line." \
  || say "Not every line arrived: see the logs in $run/*/log" >&2

if [ $mode = ask ] && [ $result = 0 ]; then
  printf 'Keep the two peers running, to go on talking? [Y/n] '
  read -r answer || answer=n
  case $answer in [nN]*) ;; *) mode=keep ;; esac
fi
if [ $mode = keep ]; then
  short=${run#"$PWD"/}
  say "The peers go on running. In one terminal, watch as bob:"
  say "    $short/bob/social follow lounge.alice --last 10"
  say "in another, talk as alice (each line is a message; Ctrl-D ends):"
  say "    $short/alice/social say lounge --lines"
  say "and the other way round. $short/alice/social --help tells the rest."
  say "To stop the peers:"
  say "    sh contrib/quickstart.sh --stop"
elif [ $mode = ask ]; then
  stop_peers
  say "The peers are stopped; run this again to go on."
fi
exit $result
