#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
# Rules of a place: what guests may say, which bodies become files, on either
# side and over restarts of the services.
. "$(dirname "$0")/lib.sh"
new_peers alice bob
alice -t "60 s" host lounge --welcome >/dev/null || failed "alice hosts"
place=lounge.$(zone_key alice)
bob -t "60 s" enter "$place" >/dev/null || failed "bob enters"

check_status 4 "what no rule relays is refused" \
  bob -t "30 s" say "$place" --method _poem "roses"
check "alice lets guests say _poem" alice rule lounge _poem relay
check "bob says a _poem" bob -t "30 s" say "$place" --method _poem_short "roses"
check_status 4 "but no _poems" bob -t "30 s" say "$place" --method _poems "roses"

check "alice has files saved" alice rule lounge _file relay save
check "bob has files saved" bob rule "$place" _file save
for who in alice bob; do
  for service in social psyc; do
    kill -9 "$(service_pid "$base/$who" $service)" 2>/dev/null
    gnunet-arm -c "$base/$who/c" -i $service >/dev/null 2>&1
  done
done
check "a rule outlives the services" \
  bob -t "60 s" say "$place" --method _poem "violets"
head -c 3000000 /dev/urandom >"$base/body"
id=$(bob -t "60 s" -q say "$place" --method _file --var _name_file=a.bin - \
  <"$base/body")
check "bob says a file" test -n "$id"
saved () # WHO: the file as saved there
{
  find "$base/$1/data/social/files" -type f -perm 600 -name "$id" 2>/dev/null
}
has_saved () { [ -n "$(saved "$1")" ] && cmp -s "$base/body" "$(saved "$1")"; }
for who in alice bob; do
  check "the file is on $who's disk" wait_until 20 has_saved $who
done
check "alice takes the rule back" alice rule lounge _file
check_status 4 "files of guests are refused now" \
  bob -t "30 s" say "$place" --method _file "late"
alice -q say lounge --method _file "not for alice's disk" >/dev/null
file_count () { find "$base/$1/data/social/files" -type f ! -name position | wc -l; }
has_files () { [ "$(file_count "$1")" = "$2" ]; }
check "bob's rule goes on" wait_until 20 has_files bob 2
check "alice's does not" has_files alice 1
exit $status
