#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
#
# Every public header compiles alone as C11 and as C++20, is no longer than
# public headers may be, is installed, and documents what it declares; each
# library shows its own names and no others.
top=$(cd "${srcdir:-.}" && pwd)
status=0

say_result ()
{
  if [ "$2" = 0 ]; then
    echo "ok $1"
  else
    echo "FAILED $1"
    status=1
  fi
}

alone ()
{
  printf '#include "%s"\nint main (void) { return 0; }\n' "$1" |
    "$2" -x "$3" "-std=$4" -fsyntax-only -Wall -Wextra -Werror \
      -I"$top/src/include" -
}

for header in "$top"/src/include/gnunet_*.h; do
  name=$(basename "$header")
  alone "$name" "${TEST_CC:-gcc}" c c11
  say_result "$name alone as C11" $?
  alone "$name" "${TEST_CXX:-g++}" c++ c++20
  say_result "$name alone as C++20" $?
  [ "$(wc -l <"$header")" -le 700 ]
  say_result "$name has at most 700 lines" $?
  grep -qs "src/include/$name\\>" "$top"/src/*/*Makefrag.am \
    "$top"/src/*/*/Makefrag.am
  say_result "$name is installed" $?
  awk -f "$top/tests/api/undocumented.awk" "$header"
  say_result "$name documents every parameter and result" $?
done


# shows LIBRARY PATTERN: its public symbols begin so, and there are some
shows ()
{
  _symbols=$(nm -D --defined-only "$1" | awk '{ print $3 }')
  [ -n "$_symbols" ] && ! echo "$_symbols" | grep -vE "^$2"
}

shows src/multicast/.libs/libgnunetmulticast.so GNUNET_MULTICAST_
say_result "libgnunetmulticast shows GNUNET_MULTICAST_ alone" $?
shows src/psycstore/.libs/libgnunetpsycstore.so GNUNET_PSYCSTORE_
say_result "libgnunetpsycstore shows GNUNET_PSYCSTORE_ alone" $?
shows src/psyc/message/.libs/libgnunetpsycutil.so GNUNET_PSYC_
say_result "libgnunetpsycutil shows GNUNET_PSYC_ alone" $?
shows src/psyc/.libs/libgnunetpsyc.so GNUNET_PSYC_
say_result "libgnunetpsyc shows GNUNET_PSYC_ alone" $?
shows src/social/.libs/libgnunetsocial.so GNUNET_SOCIAL_
say_result "libgnunetsocial shows GNUNET_SOCIAL_ alone" $?
exit $status
