# SPDX-License-Identifier: AGPL-3.0-or-later
#
# What scripts rely on, on two real peers: each exit status, the shape of each
# line that --json prints, one object a line; and what people read in their own
# language.
. "$(dirname "$0")/lib.sh"
new_peers alice bob
gnunet-identity -c "$base/alice/c" -C second
: >"$base/lines"
here=$(dirname "$0")

# json STATUS WHO ARGUMENT…: runs it with --json, keeps what it printed
json ()
{
  _wanted=$1 _by=$2
  shift 2
  social "$_by" --json "$@" >"$base/json" 2>"$base/err" </dev/null
  _status=$?
  if [ $_status = "$_wanted" ]; then
    ok "$_by $* ends with $_wanted"
  else
    failed "$_by $* ends with $_status, not $_wanted: $(cat "$base/err" "$base/json" | head -c 400)"
  fi
  check "and prints one JSON object a line" jq -e -s 'all(.[]; .type)' "$base/json"
  [ "$1" != -t ] || shift 2
  sed "s/^/$1	/" "$base/json" >>"$base/lines"
}
# says FILTER: the last output fits jq's FILTER
says ()
{
  check "and says $1" jq -e -s "$1" "$base/json"
}

# --- 0 and 1 ---
json 0 alice egos
json 0 alice places
json 0 alice host lounge
says '.[0].role == "host" and (.[0].name | startswith ("lounge"))'
place=$(jq -r .key "$base/json")
lounge=lounge.$(zone_key alice)
json 0 alice web
json 0 alice publish lounge tearoom --ttl '2 d'
says ".[0].name == \"tearoom.alice\" and .[0].place == \"$place\""
check_status 1 "which ego of two is meant is asked for" \
  gnunet-social -c "$base/alice/c" host other
json 1 alice history lounge --id 4000

# --- 2 ---
for wrong in "" "shout" "places --bogus" "say" "history lounge --last x" \
  "places -t soon" "publish lounge x --ttl soon" "places -j -L"; do
  check_status 2 "usage: $wrong" gnunet-social -c "$base/alice/c" $wrong
done
json 2 alice rule lounge _x loudly

# --- 6 ---
json 6 bob say nowhere hello
says '.[0].type == "error" and .[0].code == "no_such_place"'
json 6 alice admit lounge nobody
json 6 alice look lounge _nothing
check_status 6 "an ego that is not here" \
  gnunet-social -c "$base/alice/c" -e nobody host x
check_status 6 "an unknown top-level name" bob enter lounge.nobody

# --- 3 ---
json 3 bob -t "2 s" enter "nothing.$(zone_key alice)"
json 3 alice -t "1 s" follow lounge

# --- 5, then 4 ---
json 5 bob -t "8 s" enter "$lounge" --message 'It is "me"'
says '.[0].type == "place" and .[0].state == "pending"'
json 5 bob say "$lounge" too early
json 0 alice door lounge
says '.[0].state == "waiting" and .[0].message == "It is \"me\""'
bob_key=$(jq -r .key "$base/json")
json 0 alice refuse lounge "$bob_key" "Not today"
json 4 bob enter "$lounge"
says 'any(.[]; .code == "refused" and (.message | contains ("Not today")))'
json 4 bob say "$lounge" "all the same"
social bob --json -t "30 s" enter "$lounge" --message again >"$base/enter" 2>&1 &
enter=$!
waits () { alice door lounge --json | jq 'select (.state == "waiting")' | grep .; }
check "bob asks again" wait_until 20 waits
json 0 alice admit lounge "$bob_key" Welcome
check "bob is in" wait $enter
sed 's/^/enter	/' "$base/enter" >>"$base/lines"
json 0 alice name "$bob_key" robert

# --- talk ---
json 0 alice say lounge "hello é" --var _x=1 --var "_y=$(printf '\377')"
says '.[0].state == "stored" and .[0].id > 0'
json 0 bob say "$lounge" "hello back" --reply 1
says '.[0].state == "accepted"'
json 0 bob say "$lounge" later --queue
says '.[0].state == "queued"'
head -c 70000 /dev/zero | tr '\0' x >"$base/long"
head -c 1000 /dev/urandom >"$base/bytes"
for body in long bytes; do
  check "alice says $body" sh -c \
    "gnunet-social -c '$base/alice/c' -e alice say lounge - <'$base/$body'"
done
came () { alice history lounge --json | grep -q later; }
check "what was queued has come" wait_until 20 came
json 0 alice history lounge --method _converse
says 'any(.[]; .text == "hello é" and .mine and .vars["_x"] == "1")'
says 'any(.[]; .text == "hello back" and (.mine | not) and .author_name == "robert")'
says 'any(.[]; .truncated and .size == 70000)'
says 'any(.[]; .data)'
json 0 bob follow "$lounge" --last 3 --count 3
echo "a note" >"$base/note.txt"
json 0 alice send-file lounge "$base/note.txt" --description "For bob"
json 0 alice files lounge
says '.[0].name == "note.txt" and .[0].description == "For bob"'
note=$(jq .id "$base/json")
has_note () { bob files "$lounge" --json | jq "select (.id == $note)" | grep .; }
check "bob has heard of the file" wait_until 20 has_note
json 0 bob get-file "$lounge" "$note" "$base/got.txt"
printf '[social]\nFILE_OFFER_SIZE = 1 KiB\n' >>"$base/alice/c"
head -c 2000 /dev/zero >"$base/film"
film=$(alice -t "60 s" -q send-file lounge "$base/film")
json 0 alice withdraw-file lounge "$film"
json 0 alice files lounge
says "any(.[]; .id == $film and .state == \"failed\")"
check "it is the same" cmp "$base/note.txt" "$base/got.txt"
json 0 alice set lounge _topic=Tea "_list_tags=|a|b"
json 0 alice look lounge
says 'any(.[]; .name == "_topic" and .value == "Tea")'
json 4 bob set "$lounge" _topic=Coffee
json 0 alice rule lounge _chat relay
json 0 alice nyms lounge
says '.[0].name == "robert" and .[0].state == "present"'
json 0 alice status
json 0 bob places

# --- completion ---
# offered SHELL ARGUMENT…: what it offers for the last one
offered ()
{
  _shell=$1
  shift
  case $_shell in
    bash) bash "$top/tests/social/cli/complete.bash" \
      "$top/contrib/completion/bash/gnunet-social" -c "$base/alice/c" "$@" ;;
    zsh) zsh -f "$top/tests/social/cli/complete.zsh" \
      "$top/contrib/completion/zsh/_gnunet-social" -c "$base/alice/c" "$@" ;;
  esac
}
# offers SHELL WORD ARGUMENT…: WORD is among it (a busy service may be too late
# for a completion)
is_offered ()
{
  _word=$1
  shift
  offered "$@" | grep -qx -- "$_word"
}
offers ()
{
  _by=$1 _for=$2
  shift 2
  check "$_by offers $_for" wait_until 20 is_offered "$_for" "$_by" "$@"
}
for shell in bash zsh; do
  command -v $shell >/dev/null || continue
  offers $shell alice -e a
  offers $shell lounge.alice say ""
  offers $shell lounge.alice -e alice history lou
  offers $shell robert eject lounge.alice ""
done

# --- in other languages ---
german () { LANGUAGE=de LANG= alice "$@" 2>&1; }
speaks ()
{
  _words=$1
  shift
  german "$@" >"$base/german"
  check "LANGUAGE=de gnunet-social $* says: $_words" grep -q "$_words" "$base/german"
}
speaks "^Befehle:" --help
speaks "ist keiner unserer Räume" say nowhere hello
speaks "kein Nym dieses Raums" admit lounge nobody
speaks "in dieser Zeit kam nichts mehr" -t "3 s" follow lounge
speaks "kein solches Objekt" look lounge _nothing
speaks "es gibt kein Ego 'nobody'" -e nobody host x
speaks "Gastgeber, private, eingetreten" places
speaks "anwesend" nyms lounge
speaks "Räume: 1 eigene" status
speaks "gespeichert #" say lounge Guten Tag
speaks "Verlauf bleibt hier\|ein Gastgeber geht nicht" leave lounge
# What the host's service says comes as English and is told in German.
LANGUAGE=de social bob set "$lounge" _topic=Coffee >"$base/german" 2>&1
check "a host's refusal is told in German" \
  grep -q "wird hier nicht weitergegeben" "$base/german"
for language in de fr; do
  LANGUAGE=$language social alice --json places >"$base/german"
  alice --json places >"$base/english"
  check "--json is the same in any language ($language)" \
    cmp "$base/english" "$base/german"
done

# --- copies, the end ---
json 0 alice export lounge "$base/lounge.place"
json 1 alice import "$base/lounge.place"
json 1 alice adopt lounge
json 0 alice eject lounge robert "Enough"
json 0 alice host other --no-publish --policy open
json 0 alice close other
says '.[0].state == "closed"'
json 0 alice host third --welcome
check "bob enters" bob enter "third.$(zone_key alice)"
json 0 bob leave "third.$(zone_key alice)"
says '.[0].state == "archived"'

# gap is held by test_cli_messages: none comes here.
python3 "$here/words_check.py" "$base/lines" place message sent object nym ego \
  error name publication status web file saved || status=1
gnunet-social --help | sed -n '/^Commands:/,/^$/s/^  \([a-z][a-z-]*\).*/\1/p' \
  >"$base/commands"
cut -f 1 "$base/lines" | sort -u >"$base/tried"
for command in $(cat "$base/commands"); do
  case $command in
    chat) ;; # it has a test of its own
    *) check "$command was tried with --json" grep -qx -- "$command" "$base/tried" ;;
  esac
done
exit $status
