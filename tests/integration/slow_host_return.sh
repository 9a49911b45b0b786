#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
# The host's peer is killed whole and started again after two minutes (or AWAY
# seconds): the place is hosted again by itself, the guest comes back by itself
# within WITHIN seconds, what he said meanwhile is sent.
. "$(dirname "$0")/lib.sh"
away=${AWAY:-120} within=${WITHIN:-200}
new_peers alice bob

alice -t "60 s" host lounge --welcome >/dev/null || failed "alice hosts"
place=lounge.$(zone_key alice)
bob -t "60 s" enter "$place" >/dev/null || failed "bob enters"
check "alice's last words are stored" alice say lounge "last words"
peer_kill "$base/alice"
check "bob's words are queued meanwhile" bob say "$place" --queue "are you there?"
sleep "$away"
peer_start "$base/alice"
peers_connect "$base/alice" "$base/bob" || failed "the peers connect again"
check "alice still has her last words" sh -c \
  "gnunet-social -c '$base/alice/c' history lounge | grep -q 'last words'"
check "bob's queued words reach alice by themselves" wait_until "$within" sh -c \
  "gnunet-social -c '$base/alice/c' history lounge | grep -q 'are you there'"
check "talk goes on" alice say lounge "I am back"
check "bob reads it" wait_until 20 sh -c \
  "gnunet-social -c '$base/bob/c' history '$place' | grep -q 'I am back'"
check "nothing twice" test 1 = \
  "$(alice history lounge --last 100 | grep -c 'are you there')"
exit $status
