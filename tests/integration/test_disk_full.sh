#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
# A full disk stops new messages with a clear error and damages nothing. Needs
# the right to mount a small file system; says so where it is missing.
. "$(dirname "$0")/lib.sh"
store=$base/alice/data/psycstore
mkdir -p "$store"
chmod 700 "$store"
if ! mount -t tmpfs -o size=4m,mode=700 none "$store" 2>/dev/null; then
  echo "may not mount a small file system here"
  exit 77
fi
trap 'KEEP=1; clean_up; umount "$store" 2>/dev/null; rm -rf "$base"' EXIT
new_peers alice bob

alice -t "60 s" host lounge --welcome >/dev/null || failed "alice hosts"
place=lounge.$(zone_key alice)
bob -t "60 s" enter "$place" >/dev/null || failed "bob enters"
check "a first line" alice say lounge "before"
n=0
while [ $n -lt 12 ]; do
  head -c 1000000 /dev/urandom \
    | alice -t "30 s" -q say lounge - >"$base/out" 2>"$base/err" || break
  n=$((n + 1))
done
echo "# $n bodies of 1 MB fitted: $(cat "$base/err")"
check "a full disk is told by name" grep -qi "disk" "$base/err"
check "the history still reads" sh -c \
  "gnunet-social -c '$base/alice/c' history lounge --json | grep -q before"
seq -f "line %g" 1 200 >"$base/lines"
check "bob says 200 lines meanwhile" sh -c \
  "gnunet-social -c '$base/bob/c' -e bob -q say '$place' --lines --queue <'$base/lines'"
sleep 3
mount -o remount,size=64m "$store"
check "with room again talk goes on" wait_until 60 \
  alice -t "20 s" -q say lounge "after"
check "bob has it, and nothing is missing" wait_until 60 sh -c \
  "gnunet-social -c '$base/bob/c' -e bob history '$place' --last 1000 | grep -q after"
# in_order: alice has bob's lines, as he said them
in_order ()
{
  alice history lounge --last 1000 --json >"$base/history" \
    && json_texts "$base/history" | grep '^line ' | cmp - "$base/lines"
}
check "bob's lines come, in their order" wait_until 60 in_order
check "alice's store is whole" test ok = \
  "$(sqlite3 "$store"/*.db 'PRAGMA integrity_check' | head -n 1)"
exit $status
