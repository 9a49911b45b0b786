#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
# A body of 256 MiB (with --long: 2 GiB) from each side to the other, byte for
# byte, while the other side's short lines pass it, and no service of ours
# holds more than 64 MiB in memory. CADET moves but 1 MiB a second in some runs:
# then this takes minutes.
. "$(dirname "$0")/lib.sh"
new_peers alice bob
mib=${MIB:-256}
[ "${CHECK_LONG:-no}" = no ] || mib=2048
patience=$((240 + mib * 2))

alice -t "60 s" host lounge --welcome >/dev/null || failed "alice hosts"
place=lounge.$(zone_key alice)
bob -t "60 s" enter "$place" >/dev/null || failed "bob enters"

# peak NAME SERVICE: the most that it ever had resident, in KiB
peak ()
{
  sed -n 's/^VmHWM:[^0-9]*\([0-9]*\).*/\1/p' \
    "/proc/$(service_pid "$base/$1" "$2")/status"
}

# large FROM TO FROMPLACE TOPLACE
large ()
{
  from=$1 to=$2 there=$3 here=$4
  head -c "${mib}M" /dev/urandom >"$base/body"
  in_background "$to" -t "$patience s" follow "$here" --raw --count 1 \
    --method _message_large >"$base/raw"
  raw=$!
  in_background "$from" -t "$patience s" follow "$there" --count 50 \
    --method _converse --json >"$base/short"
  short=$!
  sleep 2
  started=$(date +%s)
  "$from" -t "$patience s" -q say "$there" - --method _message_large \
    <"$base/body" >"$base/said" 2>&1 &
  say=$!
  sleep 3
  random_lines 50 "$to" | "$to" -t "60 s" -q say "$here" --lines >/dev/null \
    || failed "$to says 50 lines"
  check "50 lines by $to pass $from's body" \
    wait_until 60 sh -c "! kill -0 $short 2>/dev/null"
  check "it was under way meanwhile" \
    test "$(stat -c %s "$base/raw")" -lt $((mib * 1048576))
  check "$mib MiB said by $from" wait $say
  check "$to has all of it" \
    wait_until $patience sh -c "! kill -0 $raw 2>/dev/null"
  seconds=$(($(date +%s) - started))
  check "$to has it byte for byte" cmp "$base/body" "$base/raw"
  echo "# $mib MiB from $from to $to: $seconds s"
  rm "$base/body" "$base/raw"
}
large alice bob lounge "$place"
large bob alice "$place" lounge

for who in alice bob; do
  for service in multicast psyc psycstore social; do
    size=$(peak $who $service)
    echo "# $who's $service: at most $size KiB resident, $(du -sk "$base/$who/data" | cut -f 1) KiB on disk"
    check "$who's $service stays below 64 MiB" test "$size" -lt 65536
  done
done
exit $status
