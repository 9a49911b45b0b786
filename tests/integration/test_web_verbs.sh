# SPDX-License-Identifier: AGPL-3.0-or-later
#
# Rules, export, import and adopt by the gateway with curl: a host and a guest
# on one peer, whose data are lost and come back.
. "$(dirname "$0")/lib.sh"
. "$top/tests/integration/web.sh"
new_peers alice
gnunet-identity -c "$base/alice/c" -C bob
gateway () { pgrep -f -- "gnunet-social-web -c $base/alice/c" | head -n 1; }
rss () { sed -n 's/^VmRSS: *\([0-9]*\).*/\1/p' "/proc/$(gateway)/status"; }

check "the gateway is there" wait_until 20 test -s "$(token_file alice)"
wait_until 20 web alice GET /social/status
is 200 "openapi.json" web alice GET /social/openapi.json
cp "$base/out" "$base/openapi.json"
is 201 "alice hosts" web_json alice POST /social/places \
  '{"ego":"alice","name":"lounge","welcome":true}'
place=$(jq -r .key "$base/out")
p=/social/places/$place
# -t: GNS may be slow at first
bob_enters () { gnunet-social -c "$base/alice/c" -e bob -t "60 s" enter "lounge.$(zone_key alice)"; }
check "bob enters, on the same peer" bob_enters

# --- rules ---
# bob_says METHOD
bob_says () { web_json alice POST "$p/messages?ego=bob" "{\"method\":\"$1\",\"text\":\"roses\"}"; }
is 403 "what no rule relays is refused" bob_says _poem
is 204 "alice lets guests say _poem" web_json alice PUT $p/rules/_poem '{"relay":true}'
is 201 "bob says one" bob_says _poem
is 204 "alice takes the rule back" web alice DELETE $p/rules/_poem
is 403 "bob says no more of them" bob_says _poem
is 204 "alice lets guests say anything" web_json alice PUT $p/rules '{"relay":true,"save":false}'
is 201 "bob says one again" bob_says _poem
is 204 "alice takes that back, too" web alice DELETE $p/rules
is 403 "bob says none again" bob_says _poem
is 204 "alice lets guests change a mood" web_json alice PUT "$p/rules/_mood?objects=true" '{"relay":true}'
is 204 "and takes that back" web alice DELETE "$p/rules/_mood?objects=true"
is 204 "bob has files saved for himself" web_json alice PUT "$p/rules/_file?ego=bob" '{"save":true}'
is 422 "a rule knows no other deed" web_json alice PUT $p/rules/_poem '{"shred":true}'
says "which is named" '.member == "shred"'
is 409 "a prefix that is none" web_json alice PUT $p/rules/poem '{"relay":true}'

# --- export ---
head -c 30000000 /dev/urandom >"$base/file"
is 201 "alice sends a file" web alice POST $p/files \
  -H 'X-File-Name: noise' -H 'Content-Type: audio/ogg' --data-binary @"$base/file"
file=$(jq .id "$base/out")
is 201 "and says something" web_json alice POST $p/messages '{"text":"before"}'
before=$(jq .id "$base/out")
web alice GET "/social/places/lounge/export" >/dev/null
size=$(rss)
web alice GET $p/export >"$base/copy"
check "the place is exported" test 200 = "$(cat "$base/status")"
check "under a name" grep -qi '^Content-Disposition: attachment; filename="lounge.alice.place"' "$base/head"
check "kept by no cache" grep -qi '^Cache-Control: no-store' "$base/head"
grown=$(($(rss) - size))
check "in flat memory ($grown KiB more)" test $grown -lt 8192
check "nothing is left of it on disk" test -z "$(ls "$base/alice/data/social" | grep spool)"
is 403 "a guest exports nothing" web alice GET "$p/export?ego=bob"
is 404 "nor is a place exported that is none" web alice GET /social/places/nowhere/export
token=$(cat "$(token_file alice)")
mv "$base/alice/data/social" "$base/away"
is 507 "nor is there an export without a folder to make it in" web alice GET $p/export
says "which is said" '.detail | test ("room on disk")'
mv "$base/away" "$base/alice/data/social"
token=

# --- adopt ---
is 409 "nobody has anything newer to adopt" web alice POST $p/adoption
is 403 "a guest adopts nothing" web alice POST "$p/adoption?ego=bob"

# --- import ---
import ()
{
  _file=$1
  shift
  web alice POST "/social/imports${ego:+?ego=$ego}" \
    -H 'Content-Type: application/octet-stream' --data-binary @"$_file" "$@"
}
is 409 "what is here is not imported" import "$base/copy"
says "and it is said why" '.code == "failed"'
head -c 1000 "$base/copy" >"$base/cut"
{
  head -c 3000 "$base/copy"
  printf x
  tail -c +3002 "$base/copy"
} >"$base/altered"
echo "this is no copy" >"$base/foreign"
: >"$base/empty"
for what in cut altered foreign empty; do
  is 422 "a file that is $what is refused" import "$base/$what"
  says "by name" '.code == "bad_archive"'
done
is 415 "so is one that says to be something else" web alice POST /social/imports \
  -H 'Content-Type: text/plain' --data-binary @"$base/copy"
is 411 "and none at all" web alice POST /social/imports \
  -H 'Content-Type: application/octet-stream'

# All that alice's services have on disk, but the token.
pid=$(gateway)
mv "$base/alice/data/social/token" "$base/token"
rm -rf "$base/alice/data/psycstore" "$base/alice/data/social"
mkdir -m 700 "$base/alice/data/social"
mv "$base/token" "$base/alice/data/social/token"
for service in social psyc multicast psycstore; do
  kill -9 $(service_pid "$base/alice" $service) 2>/dev/null
done
gnunet-arm -c "$base/alice/c" -q -i social >/dev/null 2>&1
no_place () { web alice GET /social/places | jq -e '.places == []'; }
check "all is lost" wait_until 60 no_place
for what in cut altered; do
  is 422 "a file that is $what changes nothing" import "$base/$what"
done
timeout 1 curl -s --limit-rate 1M -H "X-Social-Token: $(cat "$(token_file alice)")" \
  -H 'Content-Type: application/octet-stream' -T "$base/copy" -X POST \
  "http://127.0.0.1:$(web_port alice)/social/imports"
check_status 124 "nor does one who goes amid it" sh -c "exit $?"
check "nothing is there then" no_place
check "nothing is stored then" test -z "$(gnunet-psycstore -c "$base/alice/c" list)"
ego=nobody
is 404 "an ego that is none hosts nothing" import "$base/copy"
ego=
size=$(rss)
is 201 "the place is imported" import "$base/copy"
says "and hosted" ".key == \"$place\" and .role == \"host\" and .ego == \"alice\""
check "its address is told" grep -qi "^Location: $p" "$base/head"
grown=$(($(rss) - size))
check "in flat memory, too ($grown KiB more)" test $grown -lt 8192
is 409 "an import never overwrites" import "$base/copy"
is 200 "its history is here" web alice GET "$p/messages?last=1&to=$before"
says "with what was said" '.messages[0].text == "before"'
web alice GET $p/files/$file >"$base/got"
check "its file is here" cmp "$base/file" "$base/got"
said () { web_is 201 alice POST $p/messages -H 'Content-Type: application/json' -d '{"text":"after"}'; }
check "it goes on" wait_until 60 said
says_more () { web alice GET "$p/messages?last=1" | jq -e ".messages[0].id > $before"; }
check "behind what was said" says_more
check "by the same gateway" test "$pid" = "$(gateway)"

answers_are_documented
exit $status
