#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
# Completion in bash and zsh, where no service runs: commands and options as the
# help has them, files, and silence instead of names. (With a service:
# tests/integration/test_words.sh.)
top=$(cd "${srcdir:-$(dirname "$0")/../../..}" && pwd)
program=${PROGRAM:-$PWD/src/social/gnunet-social}
folder=$(mktemp -d /tmp/sk.XXXXXX)
trap 'rm -rf "$folder"' EXIT
status=0
ln -s "$program" "$folder/gnunet-social"
PATH=$folder:$PATH
printf '[PATHS]\nGNUNET_HOME = %s\n' "$folder" >"$folder/c"
: >"$folder/some file"

# complete WORD…
complete ()
{
  case $shell in
    bash) bash "$top/tests/social/cli/complete.bash" \
      "$top/contrib/completion/bash/gnunet-social" "$@" ;;
    zsh) zsh -f "$top/tests/social/cli/complete.zsh" \
      "$top/contrib/completion/zsh/_gnunet-social" "$@" ;;
  esac
}
# offers WORDS ARGUMENT…: exactly these
offers ()
{
  wanted=$1
  shift
  got=$(complete "$@" 2>&1 | tr '\n' ' ' | sed 's/ $//')
  if [ "$got" = "$wanted" ]; then
    echo "ok $shell: gnunet-social $* offers: $wanted"
  else
    echo "FAILED $shell: gnunet-social $* offers '$got', not '$wanted'"
    status=1
  fi
}

tried=0
for shell in bash zsh; do
  command -v $shell >/dev/null || { echo "no $shell here"; continue; }
  tried=$((tried + 1))
  offers "$(LC_ALL=C "$program" --help | sed -n '/^Commands:/,/^$/s/^  \([a-z][a-z-]*\).*/\1/p' \
    | tr '\n' ' ' | sed 's/ $//')" ""
  offers "places" pl
  offers "history" hist
  offers "--ego" --eg
  offers "--ego" say lounge --eg
  offers "--policy" host --pol
  offers "--log --logfile" --lo
  offers "anonymous open closed private" host --policy ""
  offers "private" host --policy pri
  offers "DEBUG" -L D
  offers "relay" rule lounge _x ""
  offers "save" rule lounge _x relay ""
  offers "" say lounge --message ""
  offers "" history lounge --last ""
  offers "" shout ""
  offers "" -c "$folder/c" say ""
  offers "" -c "$folder/c" -e ""
  offers "" -c "$folder/c" admit lounge ""
  offers "$folder/c" import "$folder/c"
done
if [ $tried = 0 ]; then
  echo "skipped: neither bash nor zsh"
  exit 77
fi
exit $status
