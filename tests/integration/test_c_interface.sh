#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
# The C interface as programs of 2019 use it, against real services: the
# programs of tests/api run to their end, are started before the services are,
# meet a service that stands still, and give up everything inside a callback.
. "$(dirname "$0")/lib.sh"
tools=${BUILD:-$top/build}/tests/api

# ended PROGRAM STATUS: tells what it printed, its own lines "ok" and "FAILED"
ended ()
{
  cat "$base/$1"
  [ "$2" = 0 ] \
    || failed "$1: status $2 $(tail -n 3 "$base/$1.err" | tr '\n' ' ')"
  ! grep -q ^FAILED "$base/$1" || status=1
}

# run PROGRAM ARGUMENT…
run ()
{
  _program=$1
  shift
  "$tools/$_program" "$@" >"$base/$_program" 2>"$base/$_program.err"
  ended "$_program" $?
}

# gives_up PROGRAM: everything is given up inside some of its callbacks; 4 says
# that it had fewer than that
gives_up ()
{
  _bad=
  for _number in 1 4 9 17 23 31 40 52 66 81; do
    END_AT=$_number "$tools/$1" -c "$base/a/c" >"$base/$1" 2>"$base/$1.err"
    _result=$?
    [ $_result = 0 ] || [ $_result = 4 ] || _bad="$_bad $_number ($_result)"
    [ $_result != 4 ] || break
  done
  if [ -z "$_bad" ]; then
    ok "$1: all may be given up inside callbacks"
  else
    failed "$1: given up inside the callbacks$_bad: $(tail -n 3 "$base/$1")"
  fi
}

# Programs that start what they need by libgnunettesting.
printf '[PATHS]\nGNUNET_TEST_HOME = %s/t\n' "$base" >"$base/testing.conf"
run psycstore-channel "$base/testing.conf"
peer_create "$base/t"
run psyc-channel "$base/t/c"

# Programs that are there before their services.
peer_create "$base/a"
early=
for program in multicast-group psyc-operators; do
  "$tools/$program" -c "$base/a/c" >"$base/$program" 2>"$base/$program.err" &
  early="$early $program $!"
done
sleep 1
new_peers a
set -- $early
while [ $# -gt 0 ]; do
  wait "$2"
  ended "$1" $?
  ok "$1: was there before the services"
  shift 2
done
gnunet-identity -c "$base/a/c" -C host
gnunet-identity -c "$base/a/c" -C guest
run social-place -c "$base/a/c"

# A service that stands still for a while.
for service in multicast psyc psycstore; do
  pid=$(service_pid "$base/a" $service)
  kill -STOP "$pid"
  "$tools/psyc-operators" -c "$base/a/c" >"$base/slow" 2>"$base/slow.err" &
  sleep 2
  kill -CONT "$pid"
  wait $!
  result=$?
  if [ $result = 0 ]; then
    ok "$service stands still for two seconds"
  else
    failed "$service stands still: status $result $(tail -n 2 "$base/slow")"
  fi
done

for program in multicast-group psyc-operators social-place; do
  gives_up $program
done
exit $status
