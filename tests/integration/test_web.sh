# SPDX-License-Identifier: AGPL-3.0-or-later
#
# The gateway with curl, on two real peers: what one needs to meet, talk and
# exchange files. Each answer is held to openapi.json at the end; then what a
# gateway must survive.
. "$(dirname "$0")/lib.sh"
. "$top/tests/integration/web.sh"
new_peers alice bob

for who in alice bob; do
  check "$who's gateway is there" wait_until 20 test -s "$(token_file $who)"
  wait_until 20 web $who GET /social/status
done
check "the token is its owner's alone" \
  test 600 = "$(stat -c %a "$(token_file alice)")"
check "it has 256 bits" grep -qE '^[0-9a-f]{64}$' "$(token_file alice)"

# --- meet ---
is 200 "status" web alice GET /social/status
says "it names the service" '.type == "status" and .software != ""'
is 200 "egos" web alice GET /social/egos
says "alice is among them" '.egos[0].name == "alice"'
is 201 "alice hosts" web_json alice POST /social/places \
  '{"ego":"alice","name":"lounge","policy":"private"}'
says "the place is hosted" '.role == "host" and .state == "entered"'
place=$(jq -r .key "$base/out")
check "its address is told" grep -qi "^Location: /social/places/$place" "$base/head"
p=/social/places/$place
is 200 "places" web alice GET /social/places
says "the place is listed" ".places[0].key == \"$place\""

is 200 "a token of events" web alice GET /social/events
since=$(jq -r .next "$base/out")
web alice GET "/social/events?since=$since&timeout=30" >"$base/poll" &
poll=$!
is 202 "bob asks at the door" web_json bob POST /social/entries \
  "{\"ego\":\"bob\",\"place\":\"lounge.$(zone_key alice)\",\"message\":\"It is me\"}"
says "his place is pending" ".state == \"pending\" and .key == \"$place\""
wait $poll
check "alice hears of it" jq -e \
  '.events[] | select (.type == "nym" and .state == "waiting" and .message == "It is me")' \
  "$base/poll"
is 200 "the door" web alice GET $p/door
says "bob waits" '.nyms[0].state == "waiting"'
bob=$(jq -r '.nyms[0].key' "$base/out")
is 409 "who waits says nothing yet" web_json bob POST $p/messages '{"text":"too early"}'
is 204 "alice lets him in" web_json alice POST $p/door/$bob '{"admit":true,"message":"Come in"}'
entered () { web bob GET $p | jq -e '.state == "entered"'; }
check "bob is in" wait_until 30 entered
is 200 "asking again is no question" web_json bob POST /social/entries \
  "{\"ego\":\"bob\",\"place\":\"lounge.$(zone_key alice)\"}"
is 200 "nyms" web alice GET $p/nyms
says "bob is present" '.nyms[0].state == "present"'
is 201 "alice gives bob a name" web_json alice POST /social/names \
  "{\"ego\":\"alice\",\"nym\":\"$bob\",\"label\":\"robert\"}"

# --- talk ---
is 201 "alice says" web_json alice POST $p/messages '{"text":"hello é","vars":{"_x":"1"}}'
says "it is stored" '.state == "stored"'
is 201 "bob says" web_json bob POST $p/messages '{"text":"hello alice","reply":1}'
says "it is accepted" '.state == "accepted"'
is 201 "bob says bytes" web bob POST $p/messages \
  -H 'Content-Type: application/octet-stream' --data-binary @/bin/true
bytes=$(jq .id "$base/out")
for i in 1 2; do
  is 201 "said once under a key ($i)" web_json bob POST $p/messages \
    '{"text":"only once"}' -H 'Idempotency-Key: 17'
done
for who in alice bob; do
  is 200 "$who's history" web $who GET "$p/messages?last=100&method=_converse"
  says "it has all, each once, in order" \
    '[.messages[] | .text // "bytes"] == ["hello é", "hello alice", "bytes", "only once"]'
done
is 200 "alice's history" web alice GET "$p/messages?last=1"
says "bob goes by his name" '.messages[0].author_name == "robert"'
web bob GET $p/messages/$bytes/body >"$base/bytes"
check "the bytes came unchanged" cmp /bin/true "$base/bytes"
is 404 "a message that is not there" web bob GET $p/messages/9999/body

is 200 "events since then" web alice GET "/social/events?since=$since"
says "they hold what was said" \
  '[.events[] | select (.type == "message") | .text // "bytes"] == ["hello é", "hello alice", "bytes", "only once"]'
is 200 "where bob is" web bob GET /social/events
since=$(jq -r .next "$base/out")
web bob GET "/social/events?since=$since&timeout=30" >"$base/poll" &
poll=$!
sleep 1
check "alice says it at the command line" alice say lounge "from the command line"
wait $poll
check "bob's long poll has it" jq -e \
  '.events[] | select (.text == "from the command line" and .mine == false)' "$base/poll"
is 200 "a poll that ends" web bob GET "/social/events?timeout=1"
says "is empty" '.events == []'
is 200 "a token of another time" web bob GET "/social/events?since=0000-7"
says "is a reset" '.reset == true'

# --- objects ---
is 200 "alice sets objects" web_json alice PATCH $p/objects '{"_topic":"Tea","_list_tags":"|green"}'
is 200 "adds to one" web_json alice PATCH $p/objects '{"+_list_tags":"|black"}'
has_topic () { web bob GET $p/objects/_topic | jq -e '.value == "Tea"'; }
check "bob reads one" wait_until 20 has_topic
is 200 "bob reads all of a prefix" web bob GET "$p/objects?prefix=_list"
says "the list has both" '.objects[0].value == "|green|black"'
is 404 "an object that is not there" web bob GET $p/objects/_nothing
is 403 "a guest changes none" web_json bob PATCH $p/objects '{"_topic":"Coffee"}'

# --- files ---
head -c 20000000 /dev/urandom >"$base/file"
is 201 "alice sends a file" web alice POST $p/files -H 'Content-Type: image/png' \
  -H 'X-File-Name: ..%2Fa%22b%0Ac.png' --data-binary @"$base/file"
id=$(jq .id "$base/out")
is 200 "files" web alice GET $p/files
says "the file is listed" ".files[0].id == $id and .files[0].size == 20000000"
# got_file RANGE: what bob gets of it
got_file ()
{
  web bob GET "$p/files/$id?remote=true" ${1:-} >"$base/got"
  [ "$(cat "$base/status")" = "${2:-200}" ]
}
got_all () { got_file && cmp "$base/file" "$base/got"; }
check "bob gets it unchanged" wait_until 60 got_all
check "under a name that harms nobody" \
  grep -qi '^Content-Disposition: attachment; filename="a_b_U_000A_c.png"' "$base/head"
check "as what it is" grep -qi '^Content-Type: image/png' "$base/head"
check "a range of it" got_file "-r 1000-1999" 206
check "is that range" cmp -n 1000 -i 1000:0 "$base/file" "$base/got"
check "no more than that" test 1000 = "$(stat -c %s "$base/got")"
got_file "-r 99999999-" 416
check "beyond its end is nothing" test 416 = "$(cat "$base/status")"

# --- the web UI's files and the document itself ---
is 200 "openapi.json" web alice GET /social/openapi.json
cp "$base/out" "$base/openapi.json"
is 404 "no page escapes its folder" web alice GET /social/ui/..%2f..%2f..%2fgnunet.conf
token=x
is 401 "with a wrong token nothing is said" web alice GET /social/places
token=

# --- the same in GNUnet's own server, as far as that goes ---
# Without a terminal it does not start otherwise; this peer is for the test alone.
printf '[rest]\nBASIC_AUTH_ENABLED = NO\n' >>"$base/alice/c"
check "GNUnet's REST server starts" gnunet-arm -c "$base/alice/c" -i rest
wait_until 20 stock alice GET /social/status
is 200 "it has our status" stock alice GET /social/status
token=x
is 401 "it wants the token, too" stock alice GET /social/places
token=
is 403 "it answers no other page" stock alice GET /social/places -H 'Origin: http://evil.example'
server=stock
is 201 "one says something there" web_json alice POST $p/messages '{"text":"by the stock server"}'
server=
is 200 "and reads it" stock alice GET "$p/messages?last=1"
says "as it was said" '.messages[0].text == "by the stock server"'
is 409 "words behind the ? are heard" stock alice DELETE "$p?close=false"
head -c 10000 /dev/urandom >"$base/large"
is 413 "more than 8 KiB are refused" stock alice POST $p/messages \
  -H 'Content-Type: application/octet-stream' --data-binary @"$base/large"
says "and it is said who takes them" '.detail | test ("gnunet-social-web")'
is 413 "so is a whole place" stock alice POST /social/imports \
  -H 'Content-Type: application/octet-stream' --data-binary @"$base/large"
is 413 "nor is a large one told" stock alice GET $p/export
says "but by whom it is" '.detail | test ("gnunet-social-web")'
server=stock
is 204 "a rule is set there" web_json alice PUT $p/rules/_poem '{"relay":true}'
server=
is 204 "and taken back" stock alice DELETE $p/rules/_poem
is 409 "to adopt there is nothing" stock alice POST $p/adoption
pollers=
for i in 1 2 3; do
  curl -s -m 60 -H "X-Social-Token: $(cat "$(token_file alice)")" -o "$base/last$i" \
    "http://127.0.0.1:$(rest_port alice)/social/events?timeout=50" &
  pollers="$pollers $!"
done
sleep 2
check "it ends while polls wait" gnunet-arm -c "$base/alice/c" -k rest
wait $pollers
for i in 1 2 3; do
  check "which are answered before ($i)" jq -e '.events == [] and has ("next")' "$base/last$i"
done
check "and ends well" sh -c "! grep -q 'rest.* terminated' '$base/alice/log'"

# --- what goes wrong, and the hostile rest ---
check "the gateway survives what it must" $python "$top/tests/integration/web_hostile.py" \
  "$(web_port alice)" "$(token_file alice)" "$place" \
  "$(pgrep -f "gnunet-social-web -c $base/alice/c" | head -n 1)"
grep -vE '^ok ' "$base/out"
before=$(cat "$(token_file alice)")
check "the gateway is killed" sh -c "kill -9 $(pgrep -f "gnunet-social-web -c $base/alice/c" | head -n 1)"
check "it comes back" wait_until 20 web alice GET /social/status
check "with the same token" test "$before" = "$(cat "$(token_file alice)")"
is 200 "and the same place" web alice GET $p

# --- the end ---
check "the social service ends while the gateway follows" \
  gnunet-arm -c "$base/alice/c" -k social
check "and ends well" sh -c "! grep -q 'social. terminated with status signal/[^9]' '$base/alice/log'"
gnunet-arm -c "$base/alice/c" -i social >/dev/null
is 200 "asked again it is there again" web alice GET $p
is 201 "another name in the zone" web_json alice POST $p/publication '{"name":"salon","ttl":"1 d"}'
is 204 "alice throws bob out" web alice DELETE "$p/nyms/$bob?message=enough"
is 409 "an own place is not left by mistake" web alice DELETE $p
is 204 "it is closed on purpose" web alice DELETE "$p?close=true"
is 403 "nothing is said there any more" web_json alice POST $p/messages '{"text":"x"}'
is 404 "a place that is none" web alice GET /social/places/nowhere

answers_are_documented
exit $status
