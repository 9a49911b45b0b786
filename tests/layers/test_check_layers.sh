#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
# contrib/check-layers.sh must fail when an #include breaks a rule, and when a
# core's object calls what a core may not call.
set -u
top=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
status=0

# expect STATUS NAME COMMAND…
expect ()
{
  _want=$1 _name=$2
  shift 2
  "$@" >"$work/out" 2>&1
  if [ $? = "$_want" ]; then
    echo "ok $_name"
  else
    echo "FAILED $_name"
    cat "$work/out"
    status=1
  fi
}

# expect_include STATUS FILE INCLUDE
expect_include ()
{
  rm -rf "$work/src"
  mkdir -p "$work/src/$(dirname "$2")" "$work/doc"
  cp "$top/doc/layers.txt" "$work/doc"
  printf '#include %s\n' "$3" >"$work/src/$2"
  expect "$1" "$2 with #include $3" sh "$top/contrib/check-layers.sh" "$work"
}

expect_include 0 multicast/core/a.cpp '<vector>'
expect_include 0 multicast/core/a.cpp '"port/crypto.hpp"'
expect_include 1 multicast/core/a.cpp '<gnunet/gnunet_util_lib.h>'
expect_include 1 multicast/core/a.cpp '<unistd.h>'
expect_include 1 multicast/core/a.cpp '<random>'
expect_include 1 multicast/core/a.cpp '"shell/timer.hpp"'
expect_include 1 multicast/core/a.cpp '"psyc/core/channel.hpp"'
expect_include 1 include/base/a.hpp '"port/crypto.hpp"'
expect_include 1 multicast/shell/a.cpp '"psyc/message/parts.hpp"'
expect_include 1 psyc/shell/a.cpp '"social/core/places.hpp"'
expect_include 1 psyc/shell/a.cpp '"multicast/core/origin_core.hpp"'
expect_include 0 psyc/shell/a.cpp '"gnunet_multicast_service.h"'
expect_include 1 social/shell/a.cpp '"gnunet_psycstore_service.h"'
expect_include 1 elsewhere/a.cpp '<vector>'

printf 'int f (int x) { return x + 1; }\n' >"$work/pure.c"
printf '#include <time.h>\nlong f (void) { return time (0); }\n' >"$work/clock.c"
printf 'void *GNUNET_MQ_send (void *);\nvoid *f (void *x) { return GNUNET_MQ_send (x); }\n' \
  >"$work/gnunet.c"
for name in pure clock gnunet; do
  ${CC:-cc} -c -o "$work/$name.o" "$work/$name.c"
done
expect 0 "an object that calls nothing" \
  sh "$top/contrib/check-layers.sh" --objects "$work/pure.o"
expect 1 "an object that reads the clock" \
  sh "$top/contrib/check-layers.sh" --objects "$work/clock.o"
expect 1 "an object that calls GNUnet" \
  sh "$top/contrib/check-layers.sh" --objects "$work/gnunet.o"
exit $status
