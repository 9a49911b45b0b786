#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
# A hostile program at the sockets of the running psyc and social: whatever it
# says, they refuse it by name, serve others, hold little, and leave nothing.
. "$(dirname "$0")/lib.sh"
client=$(dirname "${STAGE:-$top/build/stage}")/tests/integration/hostile_client
if [ ! -x "$client" ]; then
  echo "hostile_client is not built: make check builds it"
  exit 77
fi
new_peers alice
alice -t "60 s" host lounge >/dev/null || failed "alice hosts"
key=$(alice --json places | jq -r .key)
psyc=$(service_pid "$base/alice" psyc)
social=$(service_pid "$base/alice" social)
seed=$(od -An -N4 -tu4 /dev/urandom | tr -d ' ')

"$client" psyc "$base/alice/u/gnunet-service-psyc.sock" "$seed" \
  | sed 's/^\(ok\|FAILED\)/\1 psyc:/' >"$base/hostile"
"$client" social "$base/alice/u/gnunet-service-social.sock" "$seed" "$key" \
  | sed 's/^\(ok\|FAILED\)/\1 social:/' >>"$base/hostile"
cat "$base/hostile"
check "every attack was tried" test "$(grep -c '^ok' "$base/hostile")" = 22
check "psyc is the same process" test "$psyc" = "$(service_pid "$base/alice" psyc)"
check "social is the same process" \
  test "$social" = "$(service_pid "$base/alice" social)"
for service in psyc psycstore social multicast; do
  size=$(sed -n 's/^VmHWM:[^0-9]*\([0-9]*\).*/\1/p' \
    "/proc/$(service_pid "$base/alice" $service)/status")
  check "$service stays below 64 MiB ($size KiB)" test "$size" -lt 65536
done
check "alice says something all the same" alice say lounge hello
status_of_outbox () { alice --json places | jq -r .outbox; }
check "nothing waits in her place" test "$(status_of_outbox)" = 0
exit $status
