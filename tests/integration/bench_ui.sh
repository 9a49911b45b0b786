#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
#
# How soon what alice says on her peer is on bob's page, beside how soon
# gnunet-social follow prints it there. Not part of the test run.
#
#   STAGE=… sh tests/integration/bench_ui.sh [COUNT]
. "$(dirname "$0")/lib.sh"
python=python3
$python -c 'import selenium' 2>/dev/null || python=/usr/bin/python3
new_peers alice bob
alice host lounge --welcome >/dev/null || exit 1
bob enter "lounge.$(zone_key alice)" >/dev/null || exit 1
for who in alice bob; do
  wait_until 30 gnunet-social -c "$base/$who/c" web
  gnunet-social -c "$base/$who/c" web >"$base/$who.url"
done
$python "$top/tests/integration/ui_bench.py" "$base" "${1:-200}"
