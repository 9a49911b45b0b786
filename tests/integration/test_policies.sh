#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
# The four policies on two peers: who gets in, what is read of before and of
# the time away, what an ejection ends; questions that are taken back, and
# leaving while the host cannot be reached.
. "$(dirname "$0")/lib.sh"
new_peers alice bob
zone=$(zone_key alice)

# bob_reads PLACE: all that bob can get of it, on one line
bob_reads ()
{
  bob history "$1" --last 100 --remote --method _converse --raw 2>/dev/null \
    | tr '\n' ' '
}
reads () { [ "$(bob_reads "$1")" = "$2" ]; }
say () { printf '%s\n' "$2" | alice -q say "$1" - >/dev/null; }
bobs_key () { bob --json egos | jq -r 'select (.name == "bob") | .key'; }
bob=$(bobs_key)
standing () # PLACE: bob's
{
  alice --json nyms "$1" | jq -r "select (.key == \"$bob\") | .state"
}
is_standing () { [ "$(standing "$1")" = "$2" ]; }
state () # PLACE: as bob has it
{
  bob --json places | jq -r "select (.name == \"$1.$zone\") | .state"
}
is_state () { [ "$(state "$1")" = "$2" ]; }
door_has () { alice --json door "$1" | grep -q "$bob"; }
door_is_empty () { ! door_has "$1"; }

# bob_enters POLICY: asked for at the door where the policy says so
bob_enters ()
{
  case $1 in
    anonymous | open)
      check "$1: bob gets in at once" bob -t "60 s" enter "$1.$zone"
      ;;
    *)
      check_status 5 "$1: bob has to wait" bob -t "4 s" enter "$1.$zone"
      check "$1: alice admits bob" alice admit "$1" "$bob"
      check "$1: bob is in" bob -t "60 s" enter "$1.$zone"
      ;;
  esac
}

for policy in anonymous open closed private; do
  alice -t "60 s" host $policy --policy $policy >/dev/null \
    || failed "alice hosts $policy"
  say $policy before
  bob_enters $policy
  say $policy first
  check "$policy: bob hears what is said now" \
    wait_until 20 sh -c "gnunet-social -c $base/bob/c history $policy.$zone --raw | grep -q first"
  check "$policy: bob leaves" bob leave $policy.$zone
  check "$policy: alice sees that he left" \
    wait_until 20 is_standing $policy left
  say $policy away
  bob_enters $policy
  say $policy second
  case $policy in
    anonymous | closed) all="before first away second " ;;
    *) all="first second " ;;
  esac
  check "$policy: he reads what the policy lets him" \
    wait_until 20 reads $policy.$zone "$all"
  check "$policy: alice ejects bob" alice eject $policy "$bob" bye
  check "$policy: bob is told" wait_until 20 is_state $policy ejected
  say $policy after
  check_status 4 "$policy: he hears why" bob -t "20 s" enter $policy.$zone
  check_status 5 "$policy: coming back is asked for at the door" \
    bob -t "4 s" enter $policy.$zone --message "sorry"
  check "$policy: the door lists him" door_has $policy
  check "$policy: he reads nothing of after" reads $policy.$zone "$all"
  check "$policy: he takes his question back" bob leave $policy.$zone
  check "$policy: nobody is at the door any more" \
    wait_until 20 door_is_empty $policy
done

# Rules of the place and questions outlive every service.
check_status 5 "bob asks once more" bob -t "4 s" enter private.$zone
for service in social psyc multicast psycstore; do
  for who in alice bob; do
    kill -9 "$(service_pid "$base/$who" $service)" 2>/dev/null
    gnunet-arm -c "$base/$who/c" -i $service >/dev/null 2>&1
  done
done
check "the question is still there" wait_until 20 door_has private
check "alice admits him" alice -t "60 s" admit private "$bob"
check "bob is in" bob -t "60 s" enter private.$zone

# Leaving unheard
for service in social psyc multicast; do
  gnunet-arm -c "$base/alice/c" -k $service >/dev/null 2>&1
done
check "bob leaves while alice is away" bob leave private.$zone
check "his own list says so" is_state private archived
for service in multicast psyc social; do
  gnunet-arm -c "$base/alice/c" -i $service >/dev/null 2>&1
done
# (a call of his that came while she was away costs him a quiet of 100 s)
check "alice hears of it when she is back" \
  wait_until 240 is_standing private left
exit $status
