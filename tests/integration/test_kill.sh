#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
# kill -9 of our services on either side, at random, while 2,000 lines are said:
# every line reported as stored or accepted is in both histories once, in the
# same order.
. "$(dirname "$0")/lib.sh"
new_peers alice bob
lines=1000
[ "${CHECK_LONG:-no}" = no ] || lines=20000

alice -t "60 s" host lounge --welcome >/dev/null || failed "alice hosts"
place=lounge.$(zone_key alice)
bob -t "60 s" enter "$place" >/dev/null || failed "bob enters"
for who in alice bob; do
  random_lines "$lines" $who >"$base/$who.lines"
done
# The lines trickle in, so that the kills fall between them.
trickle ()
{
  awk '{ print; fflush (); if (NR % 20 == 0) system ("sleep 0.5") }' "$1"
}
trickle "$base/alice.lines" \
  | alice -t "120 s" say lounge --lines --json >"$base/alice.sent" 2>"$base/alice.err" &
say_a=$!
trickle "$base/bob.lines" \
  | bob -t "120 s" say "$place" --lines --json >"$base/bob.sent" 2>"$base/bob.err" &
say_b=$!
kills=0
while kill -0 $say_a 2>/dev/null || kill -0 $say_b 2>/dev/null; do
  r=$(od -An -N1 -tu1 /dev/urandom | tr -d ' ')
  who=$([ $((r % 2)) = 0 ] && echo alice || echo bob)
  service=$(echo multicast psyc psycstore social | cut -d ' ' -f $((r / 2 % 4 + 1)))
  pid=$(service_pid "$base/$who" $service)
  if [ -n "$pid" ]; then
    kill -9 $pid 2>/dev/null && kills=$((kills + 1))
    gnunet-arm -c "$base/$who/c" -i $service >/dev/null 2>&1
  fi
  sleep 1.5
  [ $kills -lt 200 ] || break
done
wait $say_a
wait $say_b
echo "# $kills services killed"
check "some services were killed" test $kills -gt 5

# said WHO STATE: the lines of WHO that were reported in that state
said ()
{
  jq -r 'select (.type == "sent") | .state' "$base/$1.sent" \
    | paste -d ' ' - "$base/$1.lines" | sed -n "s/^$2 //p"
}
said alice stored | sort >"$base/alice.ok"
said bob accepted | sort >"$base/bob.ok"
echo "# reported: $(wc -l <"$base/alice.ok") stored, $(wc -l <"$base/bob.ok") accepted"
check "most lines were reported as stored" test "$(wc -l <"$base/alice.ok")" -gt $((lines / 2))
check "most lines were reported as accepted" test "$(wc -l <"$base/bob.ok")" -gt $((lines / 2))

history_of ()
{
  "$1" history "$2" --last 100000 --json 2>/dev/null >"$base/$1.history"
  json_order "$base/$1.history" >"$base/$1.order"
}
same_history ()
{
  history_of alice lounge
  history_of bob "$place"
  [ -s "$base/alice.order" ] && cmp -s "$base/alice.order" "$base/bob.order"
}
check "both histories become the same, in the same order" wait_until 150 same_history
for who in alice bob; do
  json_texts "$base/$who.history" | sort >"$base/$who.texts"
  check "$who's history has no line twice" test -z "$(uniq -d "$base/$who.texts")"
  for author in alice bob; do
    check "$who's history has every line of $author's that was reported" \
      test -z "$(comm -23 "$base/$author.ok" "$base/$who.texts")"
  done
done
exit $status
