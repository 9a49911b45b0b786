#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
# psyc alone on one peer, through its C interface: a channel is hosted, joined,
# spoken in from both sides, replayed; its state read.
. "$(dirname "$0")/lib.sh"
tool=${BUILD:-$top/build}/tests/psyc/lib/psyc-tour

peer_create "$base/a"
peers=a
peer_start "$base/a" || exit 1
"$tool" -c "$base/a/c" >"$base/tour"
result=$?
cat "$base/tour"
[ $result = 0 ] || failed "the tour ends with status $result"
! grep -q ^FAILED "$base/tour" || status=1
exit $status
