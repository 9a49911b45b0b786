#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
# Debian's split set-up: one arm runs the system's services, another those of
# the user, ours among them, with the few lines of configuration from README.
. "$(dirname "$0")/lib.sh"
new_peers bob

peer_create "$base/alice"
sed -i 's/START_USER_SERVICES = YES/START_USER_SERVICES = NO/' "$base/alice/c"
peers="$peers alice"
peer_start "$base/alice" || exit 1
sleep 1
peers_connect "$base/alice" "$base/bob" || exit 1

# The user's own arm: README's lines, with the system's folder for sockets.
mkdir -p "$base/user"
cat >"$base/user/c" <<CONFIGURATION
[PATHS]
GNUNET_HOME = $base/user
GNUNET_DATA_HOME = $base/user/data
GNUNET_CONFIG_HOME = $base/user/config
GNUNET_CACHE_HOME = $base/user/cache
GNUNET_RUNTIME_DIR = $base/alice/r
GNUNET_USER_RUNTIME_DIR = $base/user/u
GNUNET_TMP = $base/user/t
[arm]
START_SYSTEM_SERVICES = NO
START_USER_SERVICES = YES
OPTIONS = -l $base/user/log
CONFIGURATION
check "our services are unknown to the system's arm" sh -c \
  "! gnunet-arm -c '$base/alice/c' -i social -T '3 s' 2>/dev/null | grep -q 'has been started'"
check "the user's arm starts" peer_start "$base/user"
peers="$peers user"
gnunet-identity -c "$base/user/c" -C alice
alice () { gnunet-social -c "$base/user/c" -e alice "$@"; }
key=$(gnunet-identity -c "$base/user/c" -d | sed -n 's/^alice - \([^ ]*\).*/\1/p')
check "alice hosts as a user" alice -t "60 s" host lounge --welcome
check "the user's arm lists social" sh -c \
  "gnunet-arm -c '$base/user/c' -I | grep -q '^social '"
check "bob enters by name" bob -t "120 s" enter "lounge.$key"
check "bob talks" bob -t "30 s" say "lounge.$key" "hello over the split"
check "alice reads it" sh -c \
  "gnunet-social -c '$base/user/c' history lounge | grep -q 'over the split'"
exit $status
