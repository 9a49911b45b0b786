# SPDX-License-Identifier: AGPL-3.0-or-later
#
# The gateway when more is asked at once than it allows (429), and while the
# social service does not answer (504) or is not there (503).
. "$(dirname "$0")/lib.sh"
. "$top/tests/integration/web.sh"

requests=4 polls=8
peer_create "$base/alice"
mkdir "$base/bin"
program=$base/bin/gnunet-service-social
ln -s "$GNUNET_PREFIX/gnunet/libexec/gnunet-service-social" "$program"
cat >>"$base/alice/c" <<CONFIGURATION
[social]
BINARY = $program
[social-web]
REQUESTS_MAX = $requests
POLLS_MAX = $polls
CONFIGURATION
new_peers alice
gateway () { pgrep -f -- "gnunet-social-web -c $base/alice/c" | head -n 1; }

check "the gateway is there" wait_until 20 test -s "$(token_file alice)"
wait_until 20 web alice GET /social/status
is 200 "openapi.json" web alice GET /social/openapi.json
cp "$base/out" "$base/openapi.json"
is 201 "alice hosts" web_json alice POST /social/places '{"ego":"alice","name":"lounge"}'
place=$(jq -r .key "$base/out")
p=/social/places/$place
pid=$(gateway)

# --- too much at once ---
$python "$top/tests/integration/web_limits.py" "$(web_port alice)" \
  "$(token_file alice)" "$place" $requests $polls || status=1

# --- nobody answers ---
social=$(service_pid "$base/alice" social)
kill -STOP "$social"
is 504 "while the social service hangs nobody answers" web alice GET $p
says "which is said" '.code == "no_answer" and .status == 504'
kill -CONT "$social"
check "when it goes on it answers" wait_until 30 web_is 200 alice GET $p

# --- not there ---
# Arm starts it when it is asked for, as long as it finds it.
mv "$program" "$program.away"
check "the social service is stopped" gnunet-arm -c "$base/alice/c" -k social
is 503 "without it nothing is told" web alice GET /social/places
says "and it is said where to look" \
  '.code == "no_service" and (.detail | test ("gnunet-arm"))'
is 503 "nor said" web_json alice POST $p/messages '{"text":"to nobody"}'
is 503 "nor taken, of a file" web alice POST $p/files \
  -H 'Content-Type: text/plain' -H 'X-File-Name: a.txt' --data-binary 'to nobody'
is 200 "a poll ends as it should" web alice GET "/social/events?timeout=1"
is 200 "the pages are there" web alice GET /social/ui/index.html
mv "$program.away" "$program"
check "it is started again" gnunet-arm -c "$base/alice/c" -i social
check "and all goes on" wait_until 60 web_is 200 alice GET $p
is 201 "alice says something" web_json alice POST $p/messages '{"text":"back"}'
is 200 "her history" web alice GET "$p/messages?last=1000&method=_converse"
says "has what was said, and nothing that was refused" \
  '[.messages[].text] | .[-2:] == ["to all", "back"]
   and .[:-2] == ([range ('$requests')] | map ("half of it, and half of it"))'
check "it is the same gateway" test "$pid" = "$(gateway)"
answers_are_documented
exit $status
