#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
#
# gnunet-social chat on two real peers: on a terminal (chat_terminal.py), and by
# lines where there is none.
. "$(dirname "$0")/lib.sh"

# Debian's, where another comes first that has no python3-pyte.
python=python3
$python -c 'import pyte' 2>/dev/null || python=/usr/bin/python3
new_peers alice bob
# What bob sends above that is offered (the command reads it).
printf '[social]\nFILE_OFFER_SIZE = 1 MiB\n' >>"$base/bob/c"

alice -t "60 s" host lounge --policy anonymous --welcome >"$base/out" \
  || failed "alice hosts the lounge"
alice -t "60 s" host salon >"$base/out" || failed "alice hosts the salon"
place=lounge.$(zone_key alice)
check "bob enters" bob -t "60 s" enter "$place"
seq 300 | sed 's/^/line /' | alice say lounge --lines -q >"$base/out" \
  || failed "alice says 300 lines"
check "bob has them" wait_until 60 sh -c \
  "gnunet-social -c '$base/bob/c' -e bob history '$place' --last 5 | grep -q 'line 300'"

$python "$top/tests/integration/chat_terminal.py" "$base" "$place" || status=1

# --- by lines ---
printf 'plain one\n/nonsense\n\nplain two\nlast without an end' \
  | bob -t "60 s" chat "$place" >"$base/lines" 2>"$base/errors"
check "lines in: it ends well at the end of input" test $? = 0
check "each line was said, in order" test "plain one plain two last without an end" = \
  "$(alice history lounge --last 3 --json | jq -r .text | tr '\n' ' ' | sed 's/ $//')"
check "lines out: what was said before and becomes of it" \
  sh -c "grep -q 'after the restart' '$base/lines' && grep -q -- '-- accepted #' '$base/lines'"
number=$(bob files "$place" --json | jq -r 'select (.name == "long").id')
printf '/files\n/get %s %s' "$number" "$base/lined" \
  | bob -t "60 s" chat "$place" >"$base/listed" 2>&1
check "lines in: a file is saved before it ends" cmp "$base/long" "$base/lined"
check "the files are listed, the next step told" sh -c \
  "grep -q 'film (1.5 MiB)' '$base/listed' && grep -q '/get ID saves' '$base/listed'"
head -c 2100000 /dev/urandom >"$base/letter"
number=$(bob -t "60 s" -q send-file "$place" "$base/letter")
printf '/withdraw %s\n/withdraw 999999\n/withdraw it' "$number" \
  | bob -t "60 s" chat "$place" >"$base/taken" 2>&1
check "an offer is taken back before it ends" grep -q "#$number is withdrawn" "$base/taken"
check "the list says so" sh -c "gnunet-social -c '$base/bob/c' -e bob files '$place' --json \
  | jq -e 'select (.id == $number) | .state == \"failed\"'"
check "what is no offer is not" grep -q '#999999 was not withdrawn' "$base/taken"
check "nor what is no number" grep -q 'Say /withdraw ID' "$base/taken"
check "an unknown command is told" grep -q -- '-- /nonsense:' "$base/lines"
check "no terminal, nothing for one" sh -c "! grep -qF '$(printf '\033')[?' '$base/lines'"
check "--json: every line is an object" sh -c \
  "echo 'from json' | gnunet-social -c '$base/bob/c' -e bob chat '$place' --json \
     | jq -e -s 'map (.type) | index (\"message\") and index (\"sent\")'"
bob -t "60 s" leave "$place" >"$base/out"
check_status 1 "what cannot be said any more is told" sh -c \
  "echo late | gnunet-social -c '$base/bob/c' -e bob -t '20 s' chat '$place' >'$base/late'"
check "and why" grep -q 'We left the place' "$base/late"
check_status 6 "a place that is not ours" alice chat nowhere
check "a line too long is told, others are said" sh -c \
  "{ head -c 1200000 /dev/zero | tr '\\0' x; echo; echo short; } \
     | gnunet-social -c '$base/alice/c' -e alice chat lounge \
     | grep -q 'above 1 MiB'"
check "they are" sh -c "gnunet-social -c '$base/alice/c' history lounge --last 1 | grep -q short"
exit $status
