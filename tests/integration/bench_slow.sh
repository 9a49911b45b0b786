#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
# Does a member that stops reading slow the others down? Six real peers, two
# children each. In each of ROUNDS rounds the host says LINES lines of 500 bytes
# with all awake, then as many while the multicast service of a member without
# children is stopped (SIGSTOP), and it catches up. Prints how fast the others
# got them, and the memory of the sleeper's parent. Measures; asserts no time.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/tree.sh"
lines=${LINES:-5000} rounds=${ROUNDS:-3}
peers_wanted=${PEERS:-6}
new_tree "$peers_wanted" 2
[ "$peers_wanted" -lt 4 ] || check "the tree has a depth of 2 or more" wait_until 30 is_deep 2

place_at () { social "$1" --json status | jq -r "select (.type == \"place\") | .$2"; }
newest_at () { place_at "$1" messages; }
have_newest ()
{
  for _member in $members; do
    [ "$(newest_at "$_member")" -ge "$1" ] || return 1
  done
}
# deliver NAME: says the lines; leaves in $rate how many a second came to all
deliver ()
{
  random_lines "$lines" "$1" | awk '{ printf "%s %s\n", $0, sprintf ("%450s", "x") }' \
    >"$base/lines"
  _start=$(date +%s%N)
  check "the host says $lines lines ($1)" sh -c \
    "gnunet-social -c '$base/p0/c' -e p0 -q -t '120 s' say lounge --lines <'$base/lines'"
  _newest=$(newest_at p0)
  check "the others have them ($1)" wait_until 240 have_newest "$_newest"
  rate=$((lines * 1000000000 / ($(date +%s%N) - _start)))
}
parent_of ()
{
  _id=$(place_at "$1" parent)
  for _peer in $peers; do
    [ "$(peer_id "$base/$_peer")" = "$_id" ] && echo "$_peer"
  done
}
memory_of ()
{
  awk '/^VmRSS|^VmHWM/ { printf "%s %s kB ", $1, $2 }' \
    "/proc/$(service_pid "$base/$1" multicast)/status"
}

deliver "to begin with"
round=0
while [ $round -lt "$rounds" ]; do
  round=$((round + 1))
  deliver "all awake"
  awake=$rate
  sleeper=$(leaf)
  parent=$(parent_of "$sleeper")
  before=$(memory_of "$parent")
  pid=$(service_pid "$base/$sleeper" multicast)
  all=$members members=$(without "$sleeper")
  kill -STOP "$pid"
  deliver "$sleeper asleep"
  during=$(memory_of "$parent")
  kill -CONT "$pid"
  members=$all
  woken=$(date +%s)
  check "$sleeper catches up" wait_until 240 have_newest "$(newest_at p0)"
  echo "after $(($(date +%s) - woken)) s"
  echo "$awake lines/s to all, $rate to the others while $sleeper slept: $((rate * 100 / awake)) %;" \
    "its parent $parent before: $before, then: $during"
done
exit $status
