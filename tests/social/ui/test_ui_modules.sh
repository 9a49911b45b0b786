#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
#
# The web UI's modules that need no page, in Node.js. In a browser, as a whole:
# tests/integration/test_ui.sh.
command -v node >/dev/null || {
  echo "needs Node.js (Debian: nodejs)"
  exit 77
}
exec node "$(dirname "$0")/test_ui_modules.mjs"
