# SPDX-License-Identifier: AGPL-3.0-or-later
#
# What the tests of the gateway share, beside lib.sh: asking it with curl, and
# what it answers held to openapi.json.

# Debian's, where another comes first that has no python3-jsonschema.
python=python3
$python -c 'import jsonschema' 2>/dev/null || python=/usr/bin/python3

web_port () { sed -n '/^\[social-web\]/,$s/^HTTP_PORT = //p' "$base/$1/c"; }
rest_port () { sed -n '/^\[rest\]/,/^\[social/s/^HTTP_PORT = //p' "$base/$1/c"; }
token_file () { echo "$base/$1/data/social/token"; }
: >"$base/answers"

# web WHO METHOD PATH [CURL-OPTION…]: the answer's body, kept for web_check.py;
# its status is in $base/status
web () { ask "$(web_port "$1")" "$@"; }
# stock WHO METHOD PATH [CURL-OPTION…]: the same from GNUnet's own server
stock () { ask "$(rest_port "$1")" "$@"; }
ask ()
{
  _port=$1 _who=$2 _method=$3 _path=$4
  shift 4
  _body=$(mktemp "$base/answer.XXXXXX")
  : >"$base/status"
  curl -s -S -m 60 -X "$_method" -o "$_body" -D "$base/head" \
    -H "X-Social-Token: ${token:-$(cat "$(token_file "$_who")")}" \
    -w '%{http_code}\t%{content_type}\n' "$@" \
    "http://127.0.0.1:$_port$_path" >"$base/code" || return 1
  cut -f 1 "$base/code" >"$base/status"
  printf '%s\t%s\t%s\t%s\n' "$_method" "$_path" "$(cat "$base/code")" "$_body" \
    >>"$base/answers"
  cat "$_body"
}
web_json ()
{
  _body_sent=$4 _to=$1 _verb=$2 _at=$3
  shift 4
  ${server:-web} "$_to" "$_verb" "$_at" -H 'Content-Type: application/json' \
    -d "$_body_sent" "$@"
}
# web_is STATUS WHO METHOD PATH [CURL-OPTION…]: true when that is the answer's
web_is ()
{
  _wanted=$1
  shift
  web "$@" >/dev/null 2>&1
  [ "$(cat "$base/status")" = "$_wanted" ]
}

# is STATUS NAME COMMAND…: the command is one of the above
is ()
{
  _want=$1 _check=$2
  shift 2
  "$@" >"$base/out" 2>&1
  if [ "$(cat "$base/status")" = "$_want" ]; then
    ok "$_check"
  else
    failed "$_check: status $(cat "$base/status"), not $_want: $(head -c 300 "$base/out")"
  fi
}
# says NAME FILTER: what the last answer was fits jq's FILTER
says ()
{
  if jq -e "$2" "$base/out" >/dev/null 2>&1; then
    ok "$1"
  else
    failed "$1: $(head -c 300 "$base/out")"
  fi
}

# Every answer so far is as the document says, which was saved as
# $base/openapi.json.
answers_are_documented ()
{
  $python "$top/tests/integration/web_check.py" "$base/openapi.json" \
    "$base/answers" || status=1
}
