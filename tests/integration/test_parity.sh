# SPDX-License-Identifier: AGPL-3.0-or-later
#
# The C interface, the command and the gateway say the same: each verb of
# parity.json by all three, on one peer with two egos.
. "$(dirname "$0")/lib.sh"
new_peers alice
gnunet-identity -c "$base/alice/c" -C bob
client=${BUILD:-$top/build}/tests/integration/parity_client
token=$base/alice/data/social/token
port=$(sed -n '/^\[social-web\]/,$s/^HTTP_PORT = //p' "$base/alice/c")
check "the gateway is there" wait_until 20 test -s "$token"
answers () { curl -s -f -H "X-Social-Token: $(cat "$token")" "http://127.0.0.1:$port/social/egos"; }
check "and answers" wait_until 20 answers
here=$(dirname "$0")
python3 "$here/parity.py" "$here/parity.json" "$client" "$base/alice/c" "$port" \
  "$token" "$(zone_key alice)" || status=1
exit $status
