#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
# A place is exported, its host's data deleted, the place imported again: it
# goes on, and no id that its guest knows is given twice. An old copy beside a
# guest that has more (there, or back later) is noticed, stopped by name, and
# goes on when adopted. Damaged files change nothing; a copy can move elsewhere.
. "$(dirname "$0")/lib.sh"
. "$top/tests/integration/web.sh"
new_peers alice bob carol
wait_until 20 test -s "$(token_file alice)"
token=$(cat "$(token_file alice)") # goes with the data below

# Takes all that alice's own services have on disk away. What runs is killed
# then, so that nothing of it is left in their memory either.
lose_data ()
{
  rm -rf "$base/alice/data/psycstore" "$base/alice/data/social"
  for _service in social psyc multicast psycstore; do
    kill -9 $(service_pid "$base/alice" $_service) 2>/dev/null
  done
  gnunet-arm -c "$base/alice/c" -q -i social >/dev/null 2>&1
}

# id_of PEER PLACE TEXT: the ids of the messages with this text
id_of ()
{
  gnunet-social -c "$base/$1/c" -e "$1" --json history "$2" --last 100 \
    | jq -r "select (.text == \"$3\") | .id"
}

bob_has ()
{
  [ -n "$(id_of bob "$place" "$1")" ]
}

alice -t "60 s" host lounge --welcome >/dev/null || failed "alice hosts"
place=lounge.$(zone_key alice)
bob -t "60 s" enter "$place" >/dev/null || failed "bob enters"
check "alice says one" alice say lounge one
check "a place is exported while it goes on" alice export lounge "$base/old"
check "its file is its owner's alone" test 600 = "$(stat -c %a "$base/old")"
check_status 1 "an export never overwrites a file" \
  alice export lounge "$base/old"
check "alice says two" alice say lounge two
check "bob has it" wait_until 30 bob_has two
two=$(id_of bob "$place" two)

# An old copy while the guest is away: what is said gets other ids, and when the
# guest is back it is noticed.
kill -STOP "$(service_pid "$base/bob" multicast)"
lose_data
check "an old copy is imported, with nobody there" alice import "$base/old"
check "something is said" alice -t "60 s" say lounge alone
alone=$(id_of alice lounge alone)
kill -CONT "$(service_pid "$base/bob" multicast)"
is_behind ()
{
  alice status | grep -q "gnunet-social adopt" \
    && [ true = "$(alice --json places | jq .behind)" ]
}
check "it is noticed when bob is back" wait_until 150 is_behind
say_fails ()
{
  ! alice -t "20 s" say lounge "too early" 2>"$base/error" \
    && grep "gnunet-social adopt" "$base/error"
}
check "nothing more is said, and what to do is told" say_fails
check "it is adopted" alice adopt lounge
check_status 1 "once" alice adopt lounge
check "alice goes on behind what bob has" wait_until 60 \
  alice -t "20 s" say lounge four
check "bob hears her" wait_until 150 bob_has four
check "bob hears what was said before" wait_until 60 bob_has alone
check "nothing is behind any more" test false = "$(
  alice --json places | jq 'has ("behind")')"
check "no id is given twice then" test \
  "$alone" -gt "$two" -a "$(id_of bob "$place" alone)" = "$alone" \
  -a "$(id_of bob "$place" four)" -gt "$alone"
check "bob's messages are as they were" test "$two" = \
  "$(id_of bob "$place" two)"

# The newest copy.
check "the newest state is exported" alice export lounge "$base/new"

# What is damaged is refused by name, and changes nothing.
head -c 1000 "$base/new" >"$base/cut"
{
  head -c 3000 "$base/new"
  printf x
  tail -c +3002 "$base/new"
} >"$base/altered"
echo "this is no copy" >"$base/foreign"
# import_fails NAME: that file of $base is not imported, and the error names it
import_fails ()
{
  ! alice import "$base/$1" 2>"$base/error" \
    && grep "^gnunet-social: $base/$1: " "$base/error"
}
lose_data
check_status 6 "the place is gone" alice history lounge
for what in cut altered foreign missing; do
  check "a file that is $what is refused by name" import_fails $what
done
check "nothing is there then" test -z "$(alice --json places)"
check "nothing is stored then" test -z "$(
  gnunet-psycstore -c "$base/alice/c" list)"

check "the place is imported" alice -t "60 s" import "$base/new"
check_status 1 "an import never overwrites" alice import "$base/old"
check "its history is there" test -n "$(id_of alice lounge four)"
check "alice goes on" alice -t "60 s" say lounge five
check "bob hears her, too" wait_until 150 bob_has five
check "no id is given twice then either" test \
  "$(id_of bob "$place" five)" -gt "$(id_of bob "$place" four)"
check "bob has each message once" test "one two alone four five" = "$(echo $(
  gnunet-social -c "$base/bob/c" -e bob --json history "$place" --last 100 \
    | jq -r 'select (.text != "") | .text'))"
check "bob can answer" bob -t "60 s" say "$place" "I am here"
answer=$(id_of bob "$place" "I am here")

# An old copy beside a guest that is there.
lose_data
check "an old copy is imported again" alice import "$base/old"
check "it is noticed soon" wait_until 150 is_behind
check "it is adopted again, by the gateway" web_is 204 \
  alice POST /social/places/lounge.alice/adoption
check "alice goes on again" wait_until 60 alice -t "20 s" say lounge six
check "bob hears her again" wait_until 150 bob_has six

# Elsewhere, by another ego.
check_status 6 "a copy needs its ego" \
  gnunet-social -c "$base/carol/c" import "$base/new"
check "or another one" carol import "$base/new"
check "the history is there, too" test -n "$(id_of carol lounge four)"
check "it goes on there" carol -t "60 s" say lounge "from here"
check "at higher ids" test \
  "$(id_of carol lounge "from here")" -gt "$(id_of carol lounge four)"
# The guest, too, may host it on; not as the one that is its guest.
check_status 1 "a guest is not made a host by the way" bob import "$base/new"
gnunet-identity -c "$base/bob/c" -C robert
as_robert () { gnunet-social -c "$base/bob/c" -e robert "$@"; }
check "a copy goes where its guest is" as_robert import "$base/new"
check "it goes on there, too" as_robert -t "60 s" say lounge.robert "or here"
check "behind all that the guest has" test "$(
  as_robert --json history lounge.robert --last 1 | jq .id)" -gt "$answer"
for who in bob carol; do
  check "$who's store is sound" gnunet-psycstore -c "$base/$who/c" check
done
exit $status
