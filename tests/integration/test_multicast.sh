#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
# multicast alone on two peers, through its C interface: fragments of all sizes
# up to the largest, requests acknowledged, kill -9 of either multicast service
# in the middle, leaving. With RESTART=stop (or kill) also a restart of the member's whole
# peer (some three minutes).
. "$(dirname "$0")/lib.sh"
trap '' PIPE # a program that ended early fails its checks, not the clean-up
tool=${BUILD:-$top/build}/tests/multicast/service/multicast-peer

for who in a b; do
  peer_create "$base/$who"
  peers="$peers $who"
  peer_start "$base/$who" || exit 1
done
sleep 1
peers_connect "$base/a" "$base/b" || exit 1

now_ms () { date +%s%3N; }
# has FILE PATTERN: a line of the log matches
has () { grep -Eq "$2" "$1"; }
# await SECONDS FILE PATTERN
await () { wait_until "$1" has "$2" "$3"; }
# newest FILE WORD: the highest number said with that word
newest () { sed -n "s/^[0-9]* $2 \([0-9]*\)$/\1/p" "$1" | sort -n | tail -n 1; }
reached () { [ "$(newest "$1" "$2")" = "$3" ]; }
# since MS FILE PATTERN: how many ms after MS the pattern was said first
since ()
{
  awk -v t="$1" -v p="$3" '$1 + 0 >= t + 0 && $0 ~ p { print $1 - t; exit }' "$2"
}
said_since () { [ -n "$(since "$@")" ]; }

mkfifo "$base/to_a" "$base/to_b" "$base/to_c"
# Under other names, so that peer_kill does not take them for the peers'.
cp "$base/a/c" "$base/a.conf"
cp "$base/b/c" "$base/b.conf"
"$tool" -c "$base/a.conf" origin "$base/key" <"$base/to_a" >"$base/a.log" 2>"$base/a.err" &
background="$background $!"
exec 3>"$base/to_a"
check "the origin starts" await 10 "$base/a.log" 'origin started'
group=$(sed -n 's/^[0-9]* group //p' "$base/a.log")
"$tool" -c "$base/b.conf" member "$group" "$(peer_id "$base/a")" \
  <"$base/to_b" >"$base/b.log" 2>"$base/b.err" &
background="$background $!"
exec 4>"$base/to_b"
begun=$(now_ms)
check "a member is admitted and attached" await 20 "$base/b.log" 'state attached'
echo "# attached after $(since "$begun" "$base/b.log" 'state attached') ms"

# A second member, on the origin's own peer.
"$tool" -c "$base/a.conf" member "$group" "$(peer_id "$base/a")" \
  <"$base/to_c" >"$base/c.log" 2>"$base/c.err" &
background="$background $!"
exec 5>"$base/to_c"
check "a member on the origin's peer is attached" await 20 "$base/c.log" 'state attached'

begun=$(now_ms)
echo "send 200" >&3
check "200 fragments of all sizes arrive" wait_until 30 reached "$base/b.log" have 200
echo "# 200 fragments, 20 of the largest: $(since "$begun" "$base/b.log" 'have 200$') ms"
begun=$(now_ms)
echo "ask 100" >&4
check "100 requests are accepted" wait_until 30 reached "$base/b.log" settled 100
echo "# 100 requests, 10 of the largest: $(since "$begun" "$base/b.log" 'settled 100$') ms"

# kill_service WHO: in the middle of 400 fragments and 50 requests
total=200 asked=100
kill_service ()
{
  echo "send 400" >&3
  echo "ask 50" >&4
  total=$((total + 400)) asked=$((asked + 50))
  sleep 0.1
  begun=$(now_ms)
  kill -9 "$(service_pid "$base/$1" multicast)"
  check "$1: the member is attached again" \
    wait_until 20 said_since "$begun" "$base/b.log" 'state attached'
  echo "# killed the service of $1: attached again after $(since "$begun" "$base/b.log" 'state attached') ms"
  check "$1: all fragments arrive" wait_until 30 reached "$base/b.log" have $total
  check "$1: all requests are accepted" wait_until 30 reached "$base/b.log" settled $asked
  check "$1: each request is taken once" reached "$base/a.log" taken $asked
}
kill_service a
kill_service b

check "the member on the origin's peer has them all" \
  wait_until 30 reached "$base/c.log" have $total

if [ -n "${RESTART:-}" ]; then
  # RESTART=kill: without a word to CADET's other end
  [ "$RESTART" != kill ] || peer_kill "$base/b"
  peer_stop "$base/b"
  echo "send 100" >&3
  total=$((total + 100))
  sleep "${RESTART_PAUSE:-10}"
  peer_start "$base/b"
  begun=$(now_ms)
  check "attached again after a restart of the peer" \
    wait_until 200 said_since "$begun" "$base/b.log" 'state attached'
  echo "# restarted the member's peer: attached again after $(since "$begun" "$base/b.log" 'state attached') ms"
  check "what was sent meanwhile arrives" wait_until 20 reached "$base/b.log" have $total
fi

check "nobody saw anything wrong" \
  sh -c "! grep -q WRONG '$base/a.log' '$base/b.log' '$base/c.log'"
echo part >&4
check "the member parts" await 10 "$base/b.log" ' parted'
check "the origin hears of it" await 10 "$base/a.log" 'member parted'
check "no assertion failed, nothing was malformed" \
  sh -c "! grep -E 'Assertion|external protocol violation' \
           '$base/a/log' '$base/b/log' | grep -i multicast"
exec 3>&- 4>&- 5>&-
exit $status
