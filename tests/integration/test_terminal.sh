#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
#
# What gnunet-social shows on a terminal (command_terminal.py): progress of
# files, colour, and words of others that would harm it.
. "$(dirname "$0")/lib.sh"

# Debian's, where another comes first that has no python3-pyte.
python=python3
$python -c 'import pyte' 2>/dev/null || python=/usr/bin/python3
new_peers alice
alice -t "60 s" host lounge --no-publish >"$base/out" || failed "alice hosts"
$python "$top/tests/integration/command_terminal.py" "$base" || status=1
exit $status
