#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
# How long gnunet-social history --last 100 takes in a place of 1,000 messages
# and in one of 1,000,000, by turns, on a real peer. Not part of the test run.
#
#   make tests/psycstore/bench/fill_store
#   STAGE=… BUILD=… sh tests/integration/bench_history.sh [LONG [ROUNDS]]
. "$(dirname "$0")/lib.sh"
long=${1:-1000000}
rounds=${2:-21}
fill=${BUILD:-$top/build}/tests/psycstore/bench/fill_store
new_peers alice

stop_services ()
{
  for _service in social psyc; do
    gnunet-arm -c "$base/alice/c" -q -k $_service >/dev/null 2>&1
  done
}

# host_with NAME COUNT: a place of that many messages
host_with ()
{
  alice -t "60 s" host "$1" >/dev/null && alice -q say "$1" "a line like any other" >/dev/null \
    || exit 1
  _key=$(alice --json places \
    | jq -r "select (.name | startswith (\"$1.\")) | .key")
  stop_services
  _begin=$(date +%s%N)
  "$fill" "$base/alice/c" "$_key" $(($2 - 1)) || exit 1
  echo "# $2 messages in $((($(date +%s%N) - _begin) / 1000000)) ms"
  stop_services # one that a client called meanwhile knows nothing of these
  gnunet-arm -c "$base/alice/c" -q -i social >/dev/null 2>&1
}

# measure NAME: milliseconds
measure ()
{
  _begin=$(date +%s%N)
  _lines=$(alice history "$1" --last 100 --json | grep -c '"type":"message"')
  _end=$(date +%s%N)
  [ "$_lines" = 100 ] || echo "only $_lines messages of $1" >&2
  echo $(((_end - _begin) / 100000)) | sed 's/\(.\)$/.\1/'
}

# spread FILE: median (least to most)
spread ()
{
  sort -n "$1" | awk '{ v[NR] = $1 }
    END { printf "%s (%s to %s)\n", v[int ((NR + 1) / 2)], v[1], v[NR] }'
}

host_with short 1000
host_with long "$long"
is_there () { alice history long --last 1 --json | grep -q '"message"'; }
wait_until 600 is_there || exit 1
for _round in $(seq "$rounds"); do
  for _place in short long; do
    measure $_place >>"$base/$_place"
  done
done
echo "history --last 100 of 1000 messages: $(spread "$base/short") ms"
echo "history --last 100 of $long messages: $(spread "$base/long") ms"
for _service in social psyc psycstore; do
  echo "# $_service: at most $(sed -n 's/^VmHWM:[^0-9]*//p' \
    "/proc/$(service_pid "$base/alice" $_service)/status") resident"
done
