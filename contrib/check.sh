#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
#
# The whole test run: builds, runs the unit tests and the integration tests on
# real GNUnet peers (on this machine, over 127.0.0.1), and ends with a line
# "N passed, N failed". See doc/tests.md for what is tested where.
#
#   check.sh [--ci] [--long] [--unit] [--only PATTERN]
#
#   --ci            also check the format, and run distcheck with clang
#   --long          also the long forms of tests (hours, not minutes)
#   --unit          unit tests alone, no peers
#   --only PATTERN  integration tests whose file name matches PATTERN
set -u
cd "$(dirname "$0")/.." || exit 1
. contrib/packages.sh
. contrib/peers.sh

is_ci=no is_long=no is_unit=no only='*'
while [ $# -gt 0 ]; do
  case $1 in
    --ci) is_ci=yes ;;
    --long) is_long=yes ;;
    --unit) is_unit=yes ;;
    --only) shift; only="*$1*" ;;
    -h | --help) sed -n '/^#$/,/^set/s/^# \{0,1\}//p' "$0" | sed '$d'; exit 0 ;;
    *) say "check.sh: unknown option $1 (see --help)" >&2; exit 2 ;;
  esac
  shift
done
export CHECK_LONG=$is_long

passed=0 failed=0
# count NAME STATUS: one check that is no test program of its own
count ()
{
  if [ "$2" = 0 ]; then
    passed=$((passed + 1))
    say "ok     $1"
  else
    failed=$((failed + 1))
    say "FAILED $1"
  fi
}

# count_log NAME STATUS LOG: a test program; its log says how many tests it
# held, as GoogleTest prints them or as lines "ok …" and "FAILED …".
count_log ()
{
  if [ "$2" = 77 ]; then
    say "skip   $1: $(tail -n 1 "$3")"
    return
  fi
  _good=$(grep -cE '^(\[       OK \]|ok )' "$3")
  _bad=$(grep -cE '^(\[  FAILED  \] [A-Za-z_/0-9.]+ \(|FAILED )' "$3")
  [ "$2" = 0 ] || [ "$_bad" -gt 0 ] || _bad=1
  [ "$2" != 0 ] || [ "$((_good + _bad))" -gt 0 ] || _good=1
  passed=$((passed + _good)) failed=$((failed + _bad))
  if [ "$_bad" = 0 ]; then
    say "ok     $1 ($_good)"
  else
    say "FAILED $1 ($_bad of $((_good + _bad))): see $3"
    grep -E '^(\[  FAILED|FAILED |.*Failure$|seed)' "$3" | head -n 20
    tail -n 15 "$3"
  fi
}

unit_tests ()
{
  make -s -C build -j"$(nproc)" -k check >build/check.log 2>&1
  _status=$?
  _seen=0
  for _trs in $(find build -name '*.trs' | sort); do
    _log=${_trs%.trs}.log
    _name=${_log#build/}
    grep -q ':test-result: \(PASS\|SKIP\)' "$_trs"
    count_log "${_name%.log}" $? "$_log"
    _seen=1
  done
  if [ $_seen = 0 ]; then
    tail -n 20 build/check.log
    count "make check" 1
  elif [ $_status != 0 ] && [ "$failed" = 0 ]; then
    tail -n 20 build/check.log
    count "make check" 1
  fi
}

structure ()
{
  sh contrib/check-layers.sh >build/layers.log 2>&1
  count "layers: every include keeps to doc/layers.txt" $?
  find build/src -path '*/core/*' -name '*.o' ! -path '*/.libs/*' \
    | xargs -r sh contrib/check-layers.sh --objects >>build/layers.log 2>&1
  count "layers: cores call no GNUnet, clock, chance, socket or file" $?
  sh tests/layers/test_check_layers.sh >build/layers-test.log 2>&1
  count_log "tests/layers/test_check_layers.sh" $? build/layers-test.log
  grep breaks build/layers.log
  grep 'may not call' build/layers.log
}

formatted ()
{
  git ls-files '*.cpp' '*.hpp' '*.h' '*.c' \
    | xargs clang-format --dry-run -Werror >build/format.log 2>&1
  count "format: clang-format changes nothing" $?
}

# The distribution is built and tested with the second compiler, without
# optimisation: what is asked here is not how fast it runs.
distribution ()
{
  say "Building and testing the distribution with clang (some minutes)"
  make -s -C build -j"$(nproc)" distcheck DISTCHECK_CONFIGURE_FLAGS="--enable-werror \
    CC=clang CXX=clang++ CFLAGS=-O0 CXXFLAGS=-O0" >build/distcheck.log 2>&1
  _status=$?
  count "make distcheck, built with clang without a warning" $_status
  if [ $_status = 0 ]; then
    tar tf build/gnunet-secushare-*.tar.xz | sed 's,^[^/]*/,,' >build/dist.names
    ! git ls-files | grep -v '^\.' | grep -vxF -f build/dist.names
    count "every file of the tree is in the distribution" $?
    return
  fi
  # Its logs are gone with its folder when it passes; here they tell the cause.
  grep -E '^(FAIL|ERROR): |\*\*\*|[Ee]rror: ' build/distcheck.log | head -n 20
  for _trs in $(find build/gnunet-secushare-* -name '*.trs' \
    -exec grep -lE ':test-result: (FAIL|ERROR)' {} +); do
    say "--- ${_trs%.trs}.log"
    tail -n 40 "${_trs%.trs}.log"
  done
}

integration_tests ()
{
  rm -rf build/stage
  stage_install build "$PWD/build/stage"
  count "make install DESTDIR" $? || return
  _jobs=
  # The slow ones wait most of their time: they run beside the others. The long
  # ones hang on how soon CADET forgets a stale tunnel: with --long only.
  _long=
  [ $is_long = no ] || _long=$(ls tests/integration/long_*.sh)
  for _test in $_long tests/integration/slow_*.sh tests/integration/test_*.sh; do
    case $_test in $only) ;; *) continue ;; esac
    _name=$(basename "$_test" .sh)
    case $_name in
      slow_* | long_*)
        (sh "$_test" >"build/$_name.log" 2>&1; echo $? >"build/$_name.rc") &
        _jobs="$_jobs $_name"
        ;;
      *)
        sh "$_test" >"build/$_name.log" 2>&1
        count_log "$_test" $? "build/$_name.log"
        ;;
    esac
  done
  wait
  for _name in $_jobs; do
    count_log "tests/integration/$_name.sh" "$(cat "build/$_name.rc")" \
      "build/$_name.log"
  done
  case quickstart in
    $only)
      sh contrib/quickstart.sh --batch >build/quickstart.log 2>&1
      count "quickstart.sh --batch: both sides see every line" $?
      ;;
  esac
}

packages_ensure $packages_build $packages_test || exit 1
build_tree build --enable-werror
count "g++: builds without a warning" $?
if [ "$failed" = 0 ]; then
  structure
  unit_tests
  if [ $is_ci = yes ]; then
    formatted
    distribution
  fi
  [ $is_unit = yes ] || integration_tests
fi
say
say "$passed passed, $failed failed"
[ "$failed" = 0 ]
