#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
# History of 20,000 messages (with --long: 100,000) on two peers: ranges, the
# newest, prefixes, here and from the host; a reader that never reads costs
# bounded memory and holds up nobody.
. "$(dirname "$0")/lib.sh"
new_peers alice bob
n=20000
[ "${CHECK_LONG:-no}" = no ] || n=100000

alice -t "60 s" host lounge --policy anonymous >/dev/null || failed "alice hosts"
place=lounge.$(zone_key alice)
seq $n >"$base/lines"
check "alice says $n lines at once" sh -c \
  "gnunet-social -c $base/alice/c -t '600 s' -q say lounge --lines <$base/lines >$base/ids"
check "each has its number" cmp "$base/lines" "$base/ids"
alice -q say lounge --method _notice_place_end over >/dev/null
check "bob comes late" bob -t "60 s" enter "$place"

# texts WHO ARGUMENT…: what history prints, one text a line
texts ()
{
  _who=$1
  shift
  "$_who" -t "120 s" history "$@" --json | jq -r .text
}
texts bob "$place" --last 100000 >"$base/got"
check "nothing of it is on his disk" test ! -s "$base/got"
texts bob "$place" --from 101 --to 300 --remote >"$base/got"
sed -n 101,300p "$base/lines" >"$base/want"
check "a range from the host" cmp "$base/want" "$base/got"
texts bob "$place" --last 100000 >"$base/got"
check "that much is on his disk now" cmp "$base/want" "$base/got"
texts bob "$place" --last 1 --method _notice_place --remote >"$base/got"
check "the newest of a prefix from the host" grep -qx over "$base/got"
texts bob "$place" --from 1 --to $n --remote >"$base/got"
check "all of it from the host" cmp "$base/lines" "$base/got"
texts alice lounge --last 101 --method _converse >"$base/got"
tail -n 101 "$base/lines" >"$base/want"
check "the newest hundred and one" cmp "$base/want" "$base/got"
texts alice lounge --method _conv --last 5 >"$base/got"
check "half a keyword is no prefix" test ! -s "$base/got"

# Readers that stand still: one of the history, one that follows.
mkfifo "$base/pipe"
(exec 3<"$base/pipe"; sleep 60) &
background="$background $!"
in_background alice -t "300 s" history lounge --from 1 --json >"$base/pipe"
mkfifo "$base/pipe2"
(exec 3<"$base/pipe2"; sleep 60) &
background="$background $!"
in_background bob follow "$place" --from 1 --json >"$base/pipe2"
head -n 5000 "$base/lines" | alice -t "120 s" -q say lounge --lines >/dev/null \
  || failed "alice goes on"
texts alice lounge --last 1 >"$base/got"
check "others are answered meanwhile" grep -qx 5000 "$base/got"
bob_has_all () { texts bob "$place" --last 1 | grep -qx 5000; }
check "and bob's peer goes on" wait_until 30 bob_has_all
for who in alice bob; do
  for service in multicast psyc psycstore social; do
    size=$(sed -n 's/^VmHWM:[^0-9]*\([0-9]*\).*/\1/p' \
      "/proc/$(service_pid "$base/$who" $service)/status")
    check "$who's $service stays below 64 MiB ($size KiB)" test "$size" -lt 65536
  done
done
exit $status
