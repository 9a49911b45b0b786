#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
# As slow_host_return.sh, but the host's peer is back after five seconds: CADET
# then keeps a stale tunnel, for longer when others keep it busy.
AWAY=5 WITHIN=420 exec sh "$(dirname "$0")/slow_host_return.sh"
