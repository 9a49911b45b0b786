#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
#
# Fuzzes for longer than the ordinary test run does:
#
#   fuzz.sh [TARGET] [SECONDS]      e.g. fuzz.sh psyc 600
#
# Without TARGET each gets its SECONDS (60), one after the other. With clang it
# is libFuzzer with ASan and UBSan, else g++'s sanitizers and our own driver.
# Builds in build-fuzz/; what was learned stays in build-fuzz/corpus/TARGET, an
# input that fails in build-fuzz/. Keep that one in tests/fuzz/corpus/TARGET:
# every test run tries it again.
set -eu

top=$(cd "$(dirname "$0")/.." && pwd)
all=$(cd "$top/tests/fuzz" && ls fuzz_*.cpp | sed 's/^fuzz_//; s/\.cpp$//')
targets=$all
seconds=60
for argument in "$@"; do
  case "$argument" in
  *[!0-9]*) targets=${argument#fuzz_} ;;
  *) seconds=$argument ;;
  esac
done
if ! echo "$all" | grep -qxF -- "$targets" && [ "$targets" != "$all" ]; then
  echo "fuzz.sh: no target '$targets'; there are:" $all >&2
  exit 2
fi

sanitize='-fsanitize=address,undefined -fno-sanitize-recover=undefined'
if command -v clang++ >/dev/null \
   && echo 'extern "C" int LLVMFuzzerTestOneInput (const char *, long)
            { return 0; }' \
      | clang++ -x c++ -fsanitize=fuzzer - -o /dev/null 2>/dev/null; then
  has_libfuzzer=yes
  compilers='CC=clang CXX=clang++'
  sanitize="$sanitize -fsanitize=fuzzer-no-link"
  option=--enable-fuzzer
else
  echo "fuzz.sh: clang with libFuzzer is not here: random inputs alone" >&2
  has_libfuzzer=no
  compilers='CC=gcc CXX=g++'
  option=--disable-fuzzer
fi

[ -x "$top/configure" ] || (cd "$top" && ./bootstrap)
build=$top/build-fuzz
mkdir -p "$build"
cd "$build"
[ -f Makefile ] \
  || ../configure $option $compilers CFLAGS="-g -O1 $sanitize" \
       CXXFLAGS="-g -O1 $sanitize" >configure.log \
  || { cat configure.log; exit 1; }

# GoogleTest's library is built without the sanitizers.
export ASAN_OPTIONS=detect_container_overflow=0
export srcdir="$top"
for target in $targets; do
  program=tests/fuzz/fuzz_$target
  make -j2 "$program" >make.log 2>&1 || { tail -30 make.log; exit 1; }
  kept=$top/tests/fuzz/corpus/fuzz_$target
  learned=$build/corpus/$target
  mkdir -p "$learned"
  echo "== $target, $seconds s"
  if [ $has_libfuzzer = yes ]; then
    [ -d "$kept" ] || kept=
    "$program" -max_total_time="$seconds" -max_len=8000 -timeout=20 \
      -rss_limit_mb=1024 -print_final_stats=1 -verbosity=0 \
      -artifact_prefix="$target-" "$learned" $kept
  else
    "$program" "$(od -An -N4 -tu4 /dev/urandom | tr -d ' ')" "$seconds"
  fi
done
