# SPDX-License-Identifier: AGPL-3.0-or-later
#
# The web UI in Chromium, as alice and bob on two real peers: host, invite,
# enter, door, talk both ways, files, topic, history, reload, and everything
# restarted. Pictures of the main screens are left in the build's folder ui/.
. "$(dirname "$0")/lib.sh"

# Debian's, where another comes first that has no python3-selenium.
python=python3
$python -c 'import selenium' 2>/dev/null || python=/usr/bin/python3
$python -c 'import selenium' 2>/dev/null \
  && command -v chromium >/dev/null && command -v chromedriver >/dev/null || {
  echo "needs Chromium and Selenium (Debian: chromium-driver, python3-selenium)"
  exit 77
}
pictures=${BUILD:-$top/build}/ui
mkdir -p "$pictures"
# axe-core, to look for accessibility faults, comes from npm if it can be had.
axe=${AXE:-$pictures/npm/node_modules/axe-core/axe.min.js}
[ -e "$axe" ] || timeout 30 npm install --silent --prefix "$pictures/npm" \
  axe-core@4 >"$pictures/npm.log" 2>&1 || axe=

new_peers alice bob
gnunet-identity -c "$base/alice/c" -C work

address () { gnunet-social -c "$base/$1/c" web --json | jq -r .url; }
for who in alice bob; do
  check "$who is told the address of the page" wait_until 30 address $who
  address $who >"$base/$who.url"
  check "with the token in its fragment" grep -q \
    "#token=$(cat "$base/$who/data/social/token")$" "$base/$who.url"
done

# Opening it gives the browser a page on disk: the token must not show in the
# list of processes.
mkdir -p "$base/bin"
cat >"$base/bin/xdg-open" <<OPEN
#!/bin/sh
echo "\$1" >"$base/opened"
OPEN
chmod 755 "$base/bin/xdg-open"
opened () { PATH="$base/bin:$PATH" gnunet-social -c "$base/alice/c" web --open; }
check "web --open opens the browser" opened
check "with a page that goes there" grep -qF "$(cat "$base/alice.url")" \
  "$(cat "$base/opened")"
check "which is its owner's alone" test 600 = \
  "$(stat -c %a "$(cat "$base/opened")")"

# Both peers, all services, anew.
cat >"$base/restart" <<RESTART
. "$top/contrib/peers.sh"
for who in alice bob; do peer_stop "$base/\$who"; done
for who in alice bob; do peer_start "$base/\$who" || exit 1; done
peers_connect "$base/alice" "$base/bob"
RESTART

$python "$top/tests/integration/ui_browser.py" "$base" "$pictures" "$axe"
status=$((status + $?))

gnunet-arm -c "$base/alice/c" -k social-web >/dev/null 2>&1
check_status 1 "without the gateway there is no address" \
  gnunet-social -c "$base/alice/c" web
cp "$base/out" "$base/said"
check "and it says how to start it" grep -q "gnunet-arm -i social-web" "$base/said"
exit $status
