#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
# A tree of twelve real peers with two children each. The host says LINES lines
# in TALK seconds, while every 20 seconds the whole peer of a random relay is
# killed by -9 and started again 3 seconds later. Within PATIENCE seconds of
# the last kill each member has every line, once and in order; and the host has
# sent each fragment at most twice, repairs apart.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/tree.sh"
lines=${LINES:-2000} talk=${TALK:-180} patience=${PATIENCE:-240}
seed=${SEED:-$(od -An -N2 -tu2 /dev/urandom | tr -d ' ')}
echo "seed $seed (SEED=$seed repeats the choice among the relays)"

new_tree "${PEERS:-12}" 2
check "the tree has a depth of 3 or more" wait_until 30 is_deep 3
random_lines "$lines" tree >"$base/lines"
in_background say_slowly "$talk" "$base/lines"
talker=$!
start=$(date +%s) kills=0
while [ $((kills * 20)) -lt "$talk" ]; do
  kills=$((kills + 1))
  while [ "$(date +%s)" -lt $((start + kills * 20 - 10)) ]; do
    sleep 0.5
  done
  victim=$(random_relay)
  [ -n "$victim" ] || { failed "there is a relay to kill"; break; }
  echo "kill -9 of $victim, which has $(children_of "$victim") children"
  peer_kill "$base/$victim"
  last_kill=$(date +%s)
  sleep 3
  peer_start "$base/$victim"
done
wait $talker
check "the host has all lines" test "$(count_at p0)" = "$lines"
if wait_until "$patience" have_all "$lines"; then
  ok "each member has all, $(($(date +%s) - last_kill)) s after the last kill"
else
  failed "after $patience s not each member has all: $(counts_of_members)"
fi
check_histories "$base/lines"
check_sends "$lines" 2
exit $status
