#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
# The door of a private place: a question waits on disk, is answered later;
# who is refused or thrown out gets nothing more; who comes late reads what his
# membership allows.
. "$(dirname "$0")/lib.sh"
new_peers alice bob carol

alice -t "60 s" host salon >/dev/null || failed "alice hosts salon"
place=salon.$(zone_key alice)
alice say salon "before anybody came" >"$base/ids"
check_status 5 "nobody answers: enter exits 5" \
  bob -t "15 s" enter "$place" --message "it is bob"
check "the door lists bob with his message" sh -c \
  "gnunet-social -c '$base/alice/c' door salon --json | grep -q 'it is bob'"
gnunet-arm -c "$base/alice/c" -k social >/dev/null 2>&1
gnunet-arm -c "$base/alice/c" -i social >/dev/null 2>&1
check "the question outlives a restart of the service" sh -c \
  "gnunet-social -c '$base/alice/c' door salon --json | grep -q 'it is bob'"
bob_key=$(gnunet-social -c "$base/alice/c" door salon --json | jq -r .key | head -n 1)
check "alice admits bob" alice admit salon "$bob_key" "come in"
check "bob is in" bob -t "60 s" enter "$place"
check "bob talks" bob -t "30 s" say "$place" "hello from bob"
alice say salon "hello bob" >"$base/ids"
check "bob reads what is said after" wait_until 20 sh -c \
  "gnunet-social -c '$base/bob/c' -e bob history '$place' --last 10 | grep -q 'hello bob'"
check "bob gets nothing from before his admission, also when he asks" sh -c \
  "! gnunet-social -c '$base/bob/c' -e bob history '$place' --remote --last 100 -t '10 s' | grep 'before anybody'"

carol -t "15 s" enter "$place" --message "carol here" >/dev/null 2>&1
carol_key=$(gnunet-social -c "$base/alice/c" door salon --json \
  | jq -r 'select (.message == "carol here") | .key')
check "alice refuses carol" alice refuse salon "$carol_key" "not today"
check_status 4 "carol's enter exits 4" carol -t "60 s" enter "$place"
alice say salon "carol must not read this" >"$base/ids"
check "alice ejects bob" alice eject salon "$bob_key" "enough"
alice say salon "bob must not read this" >"$base/ids"
sleep 3
for who in bob carol; do
  check "$who gets nothing more" sh -c \
    "! gnunet-social -c '$base/$who/c' -e $who history '$place' --remote --last 100 -t '5 s' | grep '$who must not read'"
done
check "bob's talk is not taken any more" sh -c \
  "! gnunet-social -c '$base/bob/c' -e bob say '$place' 'let me in' -t '5 s'"
check "alice's history has it not" sh -c \
  "! gnunet-social -c '$base/alice/c' history salon --last 100 | grep 'let me in'"
check "nyms says ejected" sh -c \
  "gnunet-social -c '$base/alice/c' nyms salon --json | grep -q '\"ejected\"'"

# an anonymous place: everybody may read everything
alice -t "60 s" host plaza --policy anonymous >/dev/null
i=0
while [ $i -lt 30 ]; do
  echo "early $i"
  i=$((i + 1))
done | alice say plaza --lines >"$base/ids"
check "carol enters the anonymous place" carol -t "60 s" enter "plaza.$(zone_key alice)"
check "she reads what was said before she came" wait_until 30 sh -c \
  "test 30 = \$(gnunet-social -c '$base/carol/c' -e carol history 'plaza.$(zone_key alice)' --remote --last 100 -t '20 s' | grep -c early)"

# whom a guest knows of
plaza=plaza.$(zone_key alice)
# lists WHO KEY STATE: that one is in WHO's list of nyms
lists ()
{
  "$1" nyms "$plaza" --json | jq -r 'select (.type == "nym") | .key + " " + .state' \
    | grep -qx "$2 $3"
}
carol_key=$(carol egos --json | jq -r .key)
check "carol, who read what alice said, is told of her" lists carol "$(alice egos --json | jq -r .key)" present
check "and of herself" lists carol "$carol_key" present
check "bob comes in, too" bob -t "60 s" enter "$plaza"
check "he does not know of carol, who keeps silent" sh -c \
  "! gnunet-social -c '$base/bob/c' -e bob nyms '$plaza' --json | grep -q '$carol_key'"
check "carol says a word" carol -t "60 s" say "$plaza" "a word"
check "bob is told of her" wait_until 60 lists bob "$carol_key" present
gnunet-arm -c "$base/bob/c" -k social >/dev/null 2>&1
gnunet-arm -c "$base/bob/c" -i social >/dev/null 2>&1
check "also after a restart of the service" wait_until 30 lists bob "$carol_key" present
gnunet-arm -c "$base/bob/c" -k social >/dev/null 2>&1
check "alice ejects carol" alice eject plaza "$carol_key" "not here"
alice say plaza "carol is gone" >"$base/ids"
sleep 1
gnunet-arm -c "$base/bob/c" -i social >/dev/null 2>&1
check "bob, whose service was away, is told that she is gone" \
  wait_until 60 lists bob "$carol_key" left
exit $status
