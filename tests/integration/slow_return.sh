#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
# bob's whole peer is away for two minutes (or AWAY seconds; LEAVE=peer_kill
# kills it by -9) while 500 lines are said: all of them come to him by themselves,
# within WITHIN seconds of the peers' being connected again.
. "$(dirname "$0")/lib.sh"
away=${AWAY:-120} within=${WITHIN:-60}
new_peers alice bob

alice -t "60 s" host lounge --welcome >/dev/null || failed "alice hosts"
place=lounge.$(zone_key alice)
bob -t "60 s" enter "$place" >/dev/null || failed "bob enters"
alice say lounge "the first line" >"$base/ids"
wait_until 20 sh -c "gnunet-social -c '$base/bob/c' history '$place' | grep -q first" \
  || failed "bob has the first line"
first=$(bob history "$place" --json | jq -r .id | tail -n 1)
"${LEAVE:-peer_stop}" "$base/bob"
left=$(date +%s)
random_lines 500 away >"$base/away.lines"
check "alice says 500 lines meanwhile" sh -c \
  "gnunet-social -c '$base/alice/c' -q say lounge --lines <'$base/away.lines'"
while [ $(($(date +%s) - left)) -lt "$away" ]; do
  sleep 1
done
peer_start "$base/bob"
peers_connect "$base/alice" "$base/bob" || failed "the peers connect again"
connected=$(date +%s)
has_all ()
{
  [ "$(message_count bob "$place")" -ge 501 ]
}
if wait_until "$within" has_all; then
  ok "all 500 came unasked ($(($(date +%s) - connected)) s after the peers connected)"
else
  failed "after $within s bob has $(message_count bob "$place") of 501"
fi
in_background bob follow "$place" --from $((first + 1)) --count 500 --json >"$base/follow"
follow=$!
wait_until 20 sh -c "! kill -0 $follow 2>/dev/null"
json_texts "$base/follow" >"$base/follow.texts"
check "follow --from prints them, in order" cmp "$base/away.lines" "$base/follow.texts"
check "bob talks again" bob -t "60 s" say "$place" "I am back"
exit $status
