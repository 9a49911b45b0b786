#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
# A place's objects are the same everywhere: set by the host, looked at by
# guests, also by one who comes late, with a value of 16 MiB, after all services
# were killed; what cannot be done is refused with the reason.
. "$(dirname "$0")/lib.sh"
new_peers alice bob carol
printf '[psyc]\nCHECKPOINT_CHANGES = 5\n' >>"$base/alice/c"

alice -t "60 s" host lounge --welcome >/dev/null || failed "alice hosts"
place=lounge.$(zone_key alice)
bob -t "60 s" enter "$place" >/dev/null || failed "bob enters"

# objects WHO PLACE: what that peer has, as lines of JSON
objects ()
{
  "$1" look "$2" --json >"$base/$1.objects.new" 2>"$base/$1.err" \
    && mv "$base/$1.objects.new" "$base/$1.objects"
}
# same WHO: that guest has the host's objects
same ()
{
  objects alice lounge && objects "$1" "$place" \
    && cmp "$base/alice.objects" "$base/$1.objects"
}
value () { "$1" look "$2" "$3" --raw 2>/dev/null; }

check "alice sets two objects" alice set lounge _topic=hello '_list_tags+=a'
check "bob looks and has both" wait_until 20 sh -c \
  "gnunet-social -c '$base/bob/c' -e bob look '$place' >'$base/look' \
   && grep -qx '_topic=hello' '$base/look' && grep -qx '_list_tags=|a' '$base/look'"
check "history says what was set" sh -c \
  "gnunet-social -c '$base/bob/c' history '$place' | grep -q '_topic = hello'"
check "look prints the one that is asked for" test "hello" = "$(value bob "$place" _topic)"
check "a longer name finds the nearest shorter one" \
  test "hello" = "$(value bob "$place" _topic_of_today)"
check_status 6 "an object that is not there" bob look "$place" _nothing
check "all of a prefix" sh -c \
  "gnunet-social -c '$base/bob/c' -e bob look '$place' --prefix _list | grep -qx '_list_tags=|a'"

check_status 1 "a change that cannot be made is refused" \
  alice set lounge _topic=bye _amount_votes+=many
check "the reason is told" sh -c \
  "gnunet-social -c '$base/alice/c' -e alice set lounge _amount_votes+=many 2>&1 | grep 'not a number'"
check "and nothing of it was made" test "hello" = "$(value alice lounge _topic)"
check_status 4 "a guest may not set" bob set "$place" _topic=mine

for n in 1 2 3 4 5 6 7 8 9 10 11 12 13; do
  alice set lounge "_amount_votes+=$n" "_list_tags+=|$n" "_dict_seen+={$n}yes" \
    >/dev/null || failed "change $n"
done
check "alice takes away and empties" alice set lounge '_list_tags-=|3|4' '_dict_seen-={5}'
check "alice has what the changes make" test "91" = "$(value alice lounge _amount_votes)"
check "bob has the same" wait_until 20 same bob

carol -t "60 s" enter "$place" >/dev/null || failed "carol enters"
check "carol, who came late, has the same" same carol
check "and gets what comes then" alice set lounge _topic=three
check "so do all" wait_until 20 same carol
check "she reads nothing of before" test 0 = \
  "$(carol history "$place" --last 1000 --remote --json | jq -r 'select (.vars["=_topic"] == "hello") | .id' | wc -l)"
check "checkpoints are not for people" test 0 = \
  "$(alice history lounge --last 1000 --json | grep -c _state_checkpoint)"

head -c 16777216 /dev/urandom >"$base/big"
check "alice sets 16 MiB" sh -c \
  "gnunet-social -c '$base/alice/c' -e alice -t '120 s' set lounge _data_big <'$base/big'"
# has WHO PLACE: that peer has the 16 MiB
has ()
{
  "$1" -t "60 s" look "$2" _data_big --raw >"$base/$1.big" \
    && cmp "$base/big" "$base/$1.big"
}
check "alice has them byte for byte" has alice lounge
for who in bob carol; do
  check "$who has them byte for byte" wait_until 120 has $who "$place"
done
check_status 1 "a byte more is refused" sh -c \
  "printf x | gnunet-social -c '$base/alice/c' -e alice set lounge _data_big+=x"

for who in alice bob carol; do
  for service in psycstore psyc multicast social; do
    kill -9 "$(service_pid "$base/$who" $service)" 2>/dev/null
    gnunet-arm -c "$base/$who/c" -i $service >/dev/null 2>&1
  done
done
check "all services killed: alice has her objects" wait_until 30 objects alice lounge
for who in bob carol; do
  check "$who has them" wait_until 60 same $who
done
check "alice sets on" alice -t "60 s" set lounge _topic=last '_list_tags-=|a'
for who in bob carol; do
  check "$who follows" wait_until 60 same $who
done

bob leave "$place" >/dev/null || failed "bob leaves"
check "alice sets while bob is away" alice set lounge _topic=away
check "bob comes again" bob -t "60 s" enter "$place"
check "and has what is new" wait_until 60 same bob

for who in alice bob carol; do
  for service in multicast psyc psycstore social; do
    size=$(sed -n 's/^VmHWM:[^0-9]*\([0-9]*\).*/\1/p' \
      "/proc/$(service_pid "$base/$who" $service)/status")
    echo "# $who's $service: at most $size KiB resident"
    check "$who's $service stays below 64 MiB" test "$size" -lt 65536
  done
done
exit $status
