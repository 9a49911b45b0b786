#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
#
# Each function of the interface of 2019 (functions.txt) is called by a program
# of this directory: the programs refer to it, as nm shows.
top=$(cd "${srcdir:-.}" && pwd)
status=0
called=$(for program in multicast-group psycstore-channel psycutil-parts \
  psyc-channel social-place; do
  object=tests/api/$program
  [ ! -f "tests/api/.libs/$program" ] || object=tests/api/.libs/$program
  nm -u "$object" | awk '{ sub (/@.*/, "", $2); print $2 }'
done | sort -u)
grep -v '^#' "$top/tests/api/functions.txt" | while read -r library name; do
  echo "$called" | grep -qx "$name" || echo "FAILED $library: nobody calls $name"
done >coverage.out
cat coverage.out
if [ -s coverage.out ]; then
  status=1
else
  echo "ok all $(grep -vc '^#' "$top/tests/api/functions.txt") functions are called"
fi
rm -f coverage.out
exit $status
