#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
# As slow_return.sh, but bob's peer is killed, and back after ten seconds: CADET then
# keeps a stale tunnel, and the return takes up to three minutes.
AWAY=10 WITHIN=180 LEAVE=peer_kill exec sh "$(dirname "$0")/slow_return.sh"
