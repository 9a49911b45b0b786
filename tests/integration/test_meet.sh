#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
# Two people meet: alice hosts, bob enters by name, both talk at once, bodies of
# any size pass unchanged, the record in GNS is readable.
. "$(dirname "$0")/lib.sh"
new_peers alice bob

check "alice hosts lounge" alice -t "60 s" host lounge --welcome
check "bob enters lounge by alice's zone key" \
  bob -t "60 s" enter "lounge.$(zone_key alice)"
for who in alice bob; do
  gnunet-arm -c "$base/$who/c" -I >"$base/arm" 2>/dev/null
  for service in multicast psyc psycstore social; do
    check "gnunet-arm -I lists $service on $who's peer" \
      grep -q "^$service " "$base/arm"
  done
done
check "the PLACE record reads well" sh -c \
  "gnunet-namestore -c '$base/alice/c' -z alice -D -t PLACE | grep -i place"
check "the PLACE record names alice's peer" sh -c \
  "gnunet-namestore -c '$base/alice/c' -z alice -D -t PLACE | grep -q '$(peer_id "$base/alice")'"
check "gnunet-gns shows it on bob's peer" sh -c \
  "timeout 60 gnunet-gns -c '$base/bob/c' -u 'lounge.$(zone_key alice)' -t PLACE | grep -q '$(peer_id "$base/alice")'"
check "bob names alice's zone" bob name "$(zone_key alice)" alice
check "entering again by that name is no error" bob -t "60 s" enter lounge.alice

# 1,000 lines by both at once
in_background alice follow lounge --json --count 2000 >"$base/a.json"
follow_a=$!
in_background bob follow lounge.alice --json --count 2000 >"$base/b.json"
follow_b=$!
sleep 2
for who in alice bob; do
  random_lines 1000 $who >"$base/$who.lines"
done
alice -t "120 s" say lounge --lines --json <"$base/alice.lines" >"$base/alice.sent" &
say_a=$!
bob -t "120 s" say lounge.alice --lines --json <"$base/bob.lines" >"$base/bob.sent" &
say_b=$!
check "alice says 1,000 lines" wait $say_a
check "bob says 1,000 lines at the same time" wait $say_b
check "each line of alice's is stored" test 1000 = \
  "$(jq -r 'select (.type == "sent") | .state' "$base/alice.sent" | grep -c stored)"
check "each line of bob's is accepted" test 1000 = \
  "$(jq -r 'select (.type == "sent") | .state' "$base/bob.sent" | grep -c accepted)"
wait_until 60 sh -c "! kill -0 $follow_a 2>/dev/null && ! kill -0 $follow_b 2>/dev/null"
for who in a b; do
  json_order "$base/$who.json" >"$base/$who.order"
  json_texts "$base/$who.json" | sort >"$base/$who.texts"
done
sort "$base/alice.lines" "$base/bob.lines" >"$base/all.texts"
check "alice's follow has each line once" cmp "$base/all.texts" "$base/a.texts"
check "bob's follow has each line once" cmp "$base/all.texts" "$base/b.texts"
check "both have them in the same order" cmp "$base/a.order" "$base/b.order"
for who in alice bob; do
  grep " $who " "$base/a.order" | sed 's/^[^ ]* [^ ]* //' >"$base/$who.said"
  check "$who's lines keep their order" cmp "$base/$who.lines" "$base/$who.said"
done
check "both authors are there, by their keys" test 2 = \
  "$(jq -r .author "$base/a.json" | sort -u | wc -l)"

# bodies of any size, unchanged, both ways
# body WHO OTHER PLACE OTHERPLACE SIZE
body ()
{
  head -c "$5" /dev/urandom >"$base/body"
  in_background "$2" follow "$4" --raw --count 1 >"$base/raw"
  _follow=$!
  sleep 1
  "$1" -t "120 s" -q say "$3" - <"$base/body" >"$base/ids" || return 1
  wait_until 60 sh -c "! kill -0 $_follow 2>/dev/null" || return 1
  cmp "$base/body" "$base/raw"
}
for size in 0 1 1000 63900 65536 1048577 5242880; do
  check "$size random bytes from alice to bob" \
    body alice bob lounge lounge.alice $size
  check "$size random bytes from bob to alice" \
    body bob alice lounge.alice lounge $size
done

# a line of several fragments among short ones
{
  echo one
  head -c 150000 /dev/zero | tr '\0' x
  printf '\ntwo\nthree\n'
} >"$base/mixed.lines"
check "bob says a long line among short ones" sh -c \
  "gnunet-social -c '$base/bob/c' -e bob -t '60 s' say lounge.alice --lines <'$base/mixed.lines'"
alice history lounge --last 4 --json | jq -r '.text[0:5]' | tr '\n' ' ' >"$base/mixed"
check "they keep their order" grep -qx 'one xxxxx two three ' "$base/mixed"

for command in places egos status "nyms lounge" "history lounge --last 3"; do
  check "gnunet-social --json $command is JSON line by line" sh -c \
    "gnunet-social -c '$base/alice/c' --json $command | jq -e .type >/dev/null"
done
parent=$(peer_id "$base/alice")
check "status says that bob hears through alice's peer" wait_until 30 sh -c \
  "gnunet-social -c '$base/bob/c' --json status | jq -e \
   'select (.type == \"place\" and .depth == 1 and .parent == \"$parent\" and .lag == 0)'"
check "and that one member hangs on alice's" wait_until 30 sh -c \
  "gnunet-social -c '$base/alice/c' --json status | jq -e \
   'select (.type == \"place\" and .children == 1 and .below == 1)'"
check "bob is present in nyms" sh -c \
  "gnunet-social -c '$base/alice/c' --json nyms lounge | grep -q '\"present\"'"
check "bob leaves" bob leave lounge.alice
check "alice closes" alice close lounge
check_status 6 "a place that nobody knows is a definite no" bob say nowhere hello
exit $status
