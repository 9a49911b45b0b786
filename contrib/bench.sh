#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
#
# Our services between two GNUnet peers over TCP on 127.0.0.1, measured against
# bare CADET with one message an envelope. Ours: from a host to a guest, each
# message stored before it is sent and before it is delivered. The runs of both
# take turns; medians are compared, the spread is shown. See
# doc/performance.md.
#
#   bench.sh [--quick] [--runs N]
#
#   --quick   shorter runs: within ten minutes
#   --runs N  how many of each (default 7)
#
# BUILD names the build folder (default build), STAGE where it is installed
# (default BUILD/stage); what is not there is made.
set -u
cd "$(dirname "$0")/.." || exit 1
top=$PWD
. contrib/packages.sh
. contrib/peers.sh

# How many messages of 64 B, 1 KiB and 32 KiB, ours and CADET's: on a busy
# machine CADET is by far the slower.
runs=7
flood="10000 10000 2000" cadet_counts="4000 4000 2000" pings=500 load=100000
while [ $# -gt 0 ]; do
  case $1 in
    --quick) flood="4000 4000 200" cadet_counts="1000 1000 200" pings=200 ;;
    --runs) shift; runs=$1 ;;
    -h | --help) sed -n '/^#$/,/^set/s/^# \{0,1\}//p' "$0" | sed '$d'; exit 0 ;;
    *) echo "bench.sh: unknown option $1 (see --help)" >&2; exit 2 ;;
  esac
  shift
done

build=${BUILD:-$top/build}
stage=${STAGE:-$build/stage}
if [ ! -f "$build/Makefile" ]; then
  packages_ensure $packages_build || exit 1
  build_tree build || exit 1
fi
make -s -C "$build" tests/bench/cadet-bench tests/bench/psyc-bench || exit 1
[ -d "$stage" ] || stage_install "$build" "$stage" || exit 1
stage_use "$stage"
base=$(mktemp -d /tmp/sb.XXXXXX)
children=

clean_up ()
{
  exec 3>&- 4>&-
  for _child in $children; do
    kill "$_child" 2>/dev/null
  done
  for _peer in a b; do
    peer_stop "$base/$_peer"
    peer_kill "$base/$_peer"
  done
  [ -n "${KEEP:-}" ] || rm -rf "$base"
}
trap clean_up EXIT
trap 'exit 1' INT TERM

give_up ()
{
  echo "bench.sh: $*" >&2
  exit 1
}

# lines FILE WORD: how many lines begin with it
lines () { grep -c "^$2" "$1"; }
# await SECONDS FILE WORD COUNT: the last of so many lines that begin with WORD
await ()
{
  _end=$(($(date +%s) + $1))
  until [ "$(lines "$2" "$3")" -ge "$4" ]; do
    ! grep -h ^FAILED "$base"/*.out >&2 || exit 1
    [ "$(date +%s)" -lt $_end ] || give_up "no \"$3\" within $1 s"
    sleep 0.1
  done
  grep "^$3" "$2" | sed -n "$4p" | cut -d ' ' -f 2
}

for peer in a b; do
  peer_create "$base/$peer"
  peer_start "$base/$peer" || exit 1
done
sleep 1
peers_connect "$base/a" "$base/b" || exit 1
# Under another name, so that peer_kill does not take our programs for theirs.
for peer in a b; do cp "$base/$peer/c" "$base/$peer.conf"; done
peer_a=$(peer_id "$base/a") peer_b=$(peer_id "$base/b")
cadet="$build/tests/bench/cadet-bench" psyc="$build/tests/bench/psyc-bench"

mkfifo "$base/to_host" "$base/to_guest"
"$cadet" -c "$base/b.conf" serve >"$base/serve.out" &
children="$children $!"
"$psyc" -c "$base/a.conf" host <"$base/to_host" >"$base/host.out" &
children="$children $!"
exec 3>"$base/to_host"
channel=$(await 20 "$base/host.out" channel 1) || exit 1
"$psyc" -c "$base/b.conf" guest "$channel" "$peer_a" \
  <"$base/to_guest" >"$base/guest.out" &
children="$children $!"
exec 4>"$base/to_guest"
await 60 "$base/guest.out" attached 1 >/dev/null || exit 1

floods=0 pinged=0
# Each prints its figure: messages a second, or us.
cadet_flood () { "$cadet" -c "$base/a.conf" flood "$peer_b" "$1" "$2"; }
cadet_ping () { "$cadet" -c "$base/a.conf" ping "$peer_b" "$1" "$2"; }
psyc_flood ()
{
  echo "flood $1 $2" >&3
  await 600 "$base/guest.out" rate $((floods + 1))
}
psyc_ping ()
{
  echo "ping $1 $2" >&4
  await 120 "$base/guest.out" ping $((pinged + 1))
}

# summary FILE: median, least and most of its numbers
summary ()
{
  sort -n "$1" | awk '{ v[NR] = $1 }
    END { m = NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2
          printf "%.1f %.1f %.1f\n", m, v[1], v[NR] }'
}

# compare NAME WANTED-RATIO UNIT: of the two files; OURS over THEIRS
compare ()
{
  echo "$(summary "$base/ours") $(summary "$base/theirs")" \
    | awk -v name="$1" -v wanted="$2" -v unit="$3" '
      { r = $1 / $4
        good = unit == "us" ? r <= wanted : r >= wanted
        printf "%-18s %9.0f (%.0f to %.0f)  %9.0f (%.0f to %.0f) %s  %5.2f  %s %s  %s\n",
          name, $1, $2, $3, $4, $5, $6, unit, r,
          unit == "us" ? "at most" : "at least", wanted, good ? "ok" : "MISSED" }'
}

# resident: kB of each of our services on both peers
resident ()
{
  for _peer in a b; do
    for _service in multicast psyc psycstore; do
      _pid=$(service_pid "$base/$_peer" $_service)
      printf '%s of %s: %s kB; ' $_service \
        "$([ $_peer = a ] && echo host || echo guest)" \
        "$(awk '/^VmRSS/ { print $2 }' "/proc/$_pid/status" 2>/dev/null)"
    done
  done
  echo
}

psyc_flood 10000 64 >/dev/null || exit 1
echo "resident after 10000 messages of 64 B: $(resident)"
floods=1
psyc_flood $((load - 10000)) 64 >/dev/null || exit 1
echo "resident after $load: $(resident)"
floods=2
echo "two peers over TCP on 127.0.0.1, $(nproc) cores, $runs runs each"
echo "                        ours, median (from to)  CADET, median (from to)    ratio  wanted"
set -- $flood
for size in 64 1024 32768; do
  count=$1 cadet_count=${cadet_counts%% *}
  cadet_counts=${cadet_counts#* }
  shift
  wanted=1.0
  [ $size -lt 32768 ] || wanted=0.6
  : >"$base/ours"
  : >"$base/theirs"
  run=0
  while [ $run -lt "$runs" ]; do
    cadet_flood "$cadet_count" $size >>"$base/theirs" || give_up "CADET failed"
    psyc_flood "$count" $size >>"$base/ours" || exit 1
    floods=$((floods + 1)) run=$((run + 1))
  done
  compare "$size B, messages" $wanted /s
done
: >"$base/ours"
: >"$base/theirs"
run=0
while [ $run -lt "$runs" ]; do
  cadet_ping "$pings" 64 >>"$base/theirs" || give_up "CADET failed"
  psyc_ping "$pings" 64 >>"$base/ours" || exit 1
  pinged=$((pinged + 1)) run=$((run + 1))
done
compare "64 B, round trip" 8 us
