#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
# The program itself, where no service runs: usage errors are 2, help is 0, and
# nothing hangs.
program=${PROGRAM:-src/social/gnunet-social}
folder=$(mktemp -d /tmp/sc.XXXXXX)
trap 'rm -rf "$folder"' EXIT
status=0
cat >"$folder/c" <<CONFIGURATION
[PATHS]
GNUNET_HOME = $folder
GNUNET_RUNTIME_DIR = $folder/r
GNUNET_USER_RUNTIME_DIR = $folder/u
GNUNET_DATA_HOME = $folder/data
GNUNET_CONFIG_HOME = $folder/config
GNUNET_CACHE_HOME = $folder/cache
[social]
UNIXPATH = $folder/u/social.sock
CONFIGURATION

# check STATUS NAME ARGUMENT…
check ()
{
  want=$1 name=$2
  shift 2
  timeout 20 "$program" "$@" >"$folder/out" 2>"$folder/err" </dev/null
  got=$?
  if [ $got = "$want" ]; then
    echo "ok $name"
  else
    echo "FAILED $name: status $got, not $want"
    cat "$folder/err"
    status=1
  fi
}
# has NAME FILE PATTERN
has ()
{
  if grep -q -- "$3" "$folder/$2"; then
    echo "ok $1"
  else
    echo "FAILED $1: $(cat "$folder/$2")"
    status=1
  fi
}

check 0 "help ends well" --help
has "help lists the commands" out "^  follow PLACE"
check 0 "version ends well" -v
has "version is printed" out "^gnunet-social [0-9]"
for command in host enter say follow history chat look set door admit refuse eject \
  leave export import adopt publish web send-file files get-file withdraw-file \
  close name places egos nyms status; do
  check 0 "help for $command" $command --help
  has "help for $command has an example" out "^Example: gnunet-social"
done
check 2 "no command is a usage error"
check 2 "an unknown command is a usage error" shout
check 2 "an unknown option is a usage error" places --bogus
check 2 "a missing argument is a usage error" say
check 2 "a bad duration is a usage error" places -t soonish
check 2 "a bad number is a usage error" history lounge --last x
has "usage errors are one line" err "^gnunet-social: .*--help'$"
[ "$(wc -l <"$folder/err")" = 1 ] || { echo "FAILED one line only"; status=1; }

begun=$(date +%s)
check 1 "without the service it fails" -c "$folder/c" places
has "and says how to start it" err "gnunet-arm -s"
check 1 "following, too" -c "$folder/c" follow lounge
check 1 "with --json the error is an object, too" -c "$folder/c" --json egos
has "an error object" out '^{"type":"error","code":"no_service","message":'
check 1 "a short timeout is kept" -c "$folder/c" -t "1 s" say lounge hello
if [ $(($(date +%s) - begun)) -lt 30 ]; then
  echo "ok nothing hangs"
else
  echo "FAILED nothing hangs"
  status=1
fi


# A socket that somebody listens on, and nobody answers.
if command -v python3 >/dev/null; then
  mkdir -p "$folder/u"
  python3 -c '
import socket, sys, time
s = socket.socket (socket.AF_UNIX); s.bind (sys.argv[1]); s.listen (9)
time.sleep (15)' "$folder/u/social.sock" &
  silent=$!
  sleep 1
  check 3 "a service that says nothing is no answer" -c "$folder/c" \
    -t "2 s" places
  kill $silent
fi
exit $status
