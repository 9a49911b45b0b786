#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
# The C interface as programs of 2019 use it, against real services: the
# programs of tests/api, each with a peer of its own.
. "$(dirname "$0")/lib.sh"
tools=${BUILD:-$top/build}/tests/api

# run PROGRAM ARGUMENT…: it prints its own lines "ok" and "FAILED"
run ()
{
  _program=$1
  shift
  "$tools/$_program" "$@" >"$base/$_program" 2>"$base/$_program.err"
  _result=$?
  cat "$base/$_program"
  [ $_result = 0 ] \
    || failed "$_program: status $_result $(tail -n 3 "$base/$_program.err" | tr '\n' ' ')"
  ! grep -q ^FAILED "$base/$_program" || status=1
}

# Programs that start what they need by libgnunettesting.
printf '[PATHS]\nGNUNET_TEST_HOME = %s/t\n' "$base" >"$base/testing.conf"
run psycstore-channel "$base/testing.conf"
peer_create "$base/t"
run psyc-channel "$base/t/c"

new_peers a
gnunet-identity -c "$base/a/c" -C host
gnunet-identity -c "$base/a/c" -C guest
for program in multicast-group social-place; do
  run $program -c "$base/a/c"
done
exit $status
