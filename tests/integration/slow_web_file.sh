# SPDX-License-Identifier: AGPL-3.0-or-later
#
# A large file (with --long: 200 MiB) from alice's command line through bob's
# page, in Chromium: told of while it arrives, downloaded by its button, cut off
# on the way when the gateway is stopped, gone on with, the same at the end.
# Then one that alice only offers: sent when bob presses its button.
. "$(dirname "$0")/lib.sh"
mib=${MIB:-16}
[ "${CHECK_LONG:-no}" = no ] || mib=200
# CADET moves but 1 MiB a second in some runs.
patience=$((240 + mib * 3))

# Debian's, where another comes first that has no python3-selenium.
python=python3
$python -c 'import selenium' 2>/dev/null || python=/usr/bin/python3
$python -c 'import selenium' 2>/dev/null \
  && command -v chromium >/dev/null && command -v chromedriver >/dev/null || {
  echo "needs Chromium and Selenium (Debian: chromium-driver, python3-selenium)"
  exit 77
}

new_peers alice bob
# What alice offers instead of sending it is told by the file that her command
# reads.
{ cat "$base/alice/c"; printf '[social]\nFILE_OFFER_SIZE = 1 MiB\n'; } >"$base/alice/c.offers"
alice -t "60 s" host lounge --welcome >/dev/null || failed "alice hosts"
bob -t "60 s" enter "lounge.$(zone_key alice)" >/dev/null || failed "bob enters"
check "bob is told the address of the page" wait_until 30 \
  gnunet-social -c "$base/bob/c" web
gnunet-social -c "$base/bob/c" web >"$base/bob.url"
head -c "${mib}M" /dev/urandom >"$base/film"
head -c 3000000 /dev/urandom >"$base/song"
$python "$top/tests/integration/ui_file.py" "$base" "${BUILD:-$top/build}" "$patience"
exit $((status + $?))
