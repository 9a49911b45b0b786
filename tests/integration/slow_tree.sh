#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
# Eight real peers in a tree of two children each: the host away, a member that
# stops reading, a member that is thrown out, a relay that dies.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/tree.sh"
seed=${SEED:-$(od -An -N2 -tu2 /dev/urandom | tr -d ' ')}
echo "seed $seed"
new_tree "${PEERS:-8}" 2
check "the tree has a depth of 2 or more" wait_until 30 is_deep 2

# say_lines COUNT NAME: the host says them; all are in $base/said
say_lines ()
{
  random_lines "$1" "$2" >"$base/lines"
  cat "$base/lines" >>"$base/said"
  check "the host says $1 lines ($2)" \
    sh -c "gnunet-social -c '$base/p0/c' -e p0 -q -t '60 s' say lounge --lines <'$base/lines'"
  said=$(wc -l <"$base/said")
}
# all_have NAME SECONDS
all_have ()
{
  if wait_until "$2" have_all "$said"; then
    ok "$1"
  else
    failed "$1: of $said lines $(counts_of_members)"
  fi
}

since=$(date +%s%3N)
say_lines 1000 "to all"
all_have "they come to each member" 150
awake=$(($(date +%s%3N) - since))

echo "-- a member stops reading"
sleeper=$(leaf)
pid=$(service_pid "$base/$sleeper" multicast)
kill -STOP "$pid"
others=$members members=$(without "$sleeper")
since=$(date +%s%3N)
say_lines 1000 "while $sleeper sleeps"
all_have "the others get them meanwhile" 150
echo "1000 lines to all took $awake ms, to all others $(($(date +%s%3N) - since)) ms"
kill -CONT "$pid"
members=$others
all_have "it catches up when it reads again" 240

echo "-- a relay's peer dies, for good"
dead=$(random_relay)
peer_kill "$base/$dead"
members=$(without "$dead")
say_lines 200 "after the death of $dead"
all_have "the others get them, also those below it" 150

echo "-- the host's peer is away for a minute"
away=$(leaf)
peer_stop "$base/$away"
say_lines 200 "while $away is away"
members=$(without "$away")
all_have "those who are there have them" 150
peer_stop "$base/p0"
stopped=$(date +%s)
peer_start "$base/$away"
members="$members $away"
introduce "$away"
all_have "$away is back with its ticket, while the host is away, and gets what it missed" 110
check "members are attached to each other" test "$(attached_members)" -ge 2
while [ $(($(date +%s) - stopped)) -lt 60 ]; do
  sleep 1
done
peer_start "$base/p0"
introduce p0
say_lines 100 "the host is back"
all_have "talk goes on" 300

echo "-- a member is thrown out"
out=$(leaf)
check "the host throws $out out" social p0 -t "60 s" eject lounge "$(ego_key "$out")" "bye"
members=$(without "$out")
# Its service starts again with the old ticket and tries the relays it knows.
kill -9 "$(service_pid "$base/$out" multicast)" 2>/dev/null
say_lines 100 "after the ejection"
all_have "the others get them" 150
texts_at "$out" >"$base/$out.texts"
had=$((said - $(wc -l <"$base/lines")))
echo "$out has $(wc -l <"$base/$out.texts") lines, of $had before it was thrown out"
check "$out keeps what it had" test "$(wc -l <"$base/$out.texts")" -ge "$had"
check "$out gets nothing more" sh -c "! grep -xFf '$base/lines' '$base/$out.texts'"
check_histories "$base/said"
exit $status
