#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
# psyc alone on one peer, through its C interface: a channel is hosted, joined,
# spoken in from both sides, replayed, its state read; then a flood of messages
# while psyc, psycstore and multicast are killed in turns: everything is read
# exactly once by everybody, in one order.
. "$(dirname "$0")/lib.sh"
trap '' PIPE # a reader that ended early must not stop the clean-up
tools=${BUILD:-$top/build}/tests/psyc/lib
kills=${KILLS:-9}

peer_create "$base/a"
peers=a
peer_start "$base/a" || exit 1

"$tools/psyc-tour" -c "$base/a/c" >"$base/tour"
result=$?
cat "$base/tour"
[ $result = 0 ] || failed "the tour ends with status $result"
! grep -q ^FAILED "$base/tour" || status=1

"$tools/psyc-flood" -c "$base/a/c" -n "${COUNT:-2000}" >"$base/flood" 2>&1 &
flood=$!
background=$flood
wait_until 20 grep -q "link: 3" "$base/flood"
killed=0
for service in psyc psycstore multicast psyc psycstore psyc multicast psyc psyc; do
  [ $killed -lt "$kills" ] || break
  sleep 0.7
  pid=$(service_pid "$base/a" $service)
  if [ -n "$pid" ] && kill -9 "$pid" 2>/dev/null; then
    killed=$((killed + 1))
    # The delay of arm's restarts grows with each kill: not what is tested.
    gnunet-arm -c "$base/a/c" -i $service >/dev/null 2>&1
  fi
done
wait $flood
result=$?
background=
tail -n 12 "$base/flood"
if [ $result = 0 ] && ! grep -q ^FAILED "$base/flood"; then
  ok "the flood, $killed kills"
else
  failed "the flood ends with status $result after $killed kills"
fi
exit $status
