#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
#
# Holds doc/statistics.md to the source: every name that a service counts or
# sets must stand in its table. Prints those that do not; exit status 1 then.
#
#   check-statistics.sh [ROOT]
set -eu
cd "${1:-$(dirname "$0")/..}"

# The literal after count ( set ( or Count{, also when it is broken over
# lines; what is put together at run time is checked by its beginning.
names ()
{
  find src/multicast src/psyc src/psycstore src/social \
      \( -path '*/core/*' -o -path '*/shell/*' \) -name '*.[ch]pp' \
    | sort | xargs cat | tr '\n' ' ' | sed 's/" *"//g' \
    | grep -oE '(count \(|set \(|Count\{ ?)"[^"]*"' \
    | sed 's/^[^"]*"//; s/"$//; s/^# //; s/ *$//' | sort -u
}

status=0
total=0
while IFS= read -r name; do
  [ -n "$name" ] || continue
  total=$((total + 1))
  case "$name" in
  *:) row="| $name" ;;
  *) row="| $name |" ;;
  esac
  if ! grep -qF -- "$row" doc/statistics.md; then
    echo "doc/statistics.md lacks a line for: $name"
    status=1
  fi
done <<NAMES
$(names)
NAMES
if [ $total -lt 50 ]; then
  echo "only $total names found: the script does not read the source any more"
  status=1
fi
[ $status != 0 ] || echo "$total names of statistics are in doc/statistics.md"
exit $status
