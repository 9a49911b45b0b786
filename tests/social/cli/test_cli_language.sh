#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
# Translations: each message of the source is in each catalogue, services still
# say what is translated for them, and the program speaks the language that is
# asked for.
program=${PROGRAM:-$PWD/src/social/gnunet-social}
top=$(cd "${srcdir:-$(dirname "$0")/../../..}" && pwd)
folder=$(mktemp -d /tmp/sw.XXXXXX)
trap 'rm -rf "$folder"' EXIT
status=0
for tool in xgettext msgmerge msgattrib msgfmt; do
  command -v $tool >/dev/null || {
    echo "skipped: no $tool (Debian: gettext)"
    exit 77
  }
done

# check NAME COMMAND…
check ()
{
  name=$1
  shift
  if "$@" >"$folder/why" 2>&1; then
    echo "ok $name"
  else
    echo "FAILED $name: $(head -c 400 "$folder/why")"
    status=1
  fi
}

sh "$top/po/words.sh" check || status=1
for po in "$top"/po/*.po; do
  check "$(basename "$po") is well formed" msgfmt --check -o "$folder/mo" "$po"
done

# The catalogue in the tree is a fresh one; the place of a message aside.
TMPDIR=$folder sh "$top/po/words.sh" pot "$folder/pot"
for pot in "$folder/pot" "$top/po/gnunet-secushare.pot"; do
  msgcat --no-location --sort-output "$pot" | grep -v '^#' >"$folder/ids"
  mv "$folder/ids" "$folder/$(basename "$pot").ids"
done
check "gnunet-secushare.pot is up to date (make update-po)" \
  diff "$folder/gnunet-secushare.pot.ids" "$folder/pot.ids"

# What services say: each sentence, %s aside, stands in their source.
said ()
{
  cat "$top"/src/social/core/*.[ch]pp "$top"/src/social/shell/*.[ch]pp \
    "$top"/src/social/view/*.[ch]pp "$top"/src/social/client/*.[ch]pp \
    "$top"/src/social/gateway/shell/*.[ch]pp "$top"/src/psyc/core/*.[ch]pp \
    "$top"/src/psycstore/*.cpp "$top"/src/psycstore/*/*.cpp \
    | tr '\n' ' ' | sed 's/" *"//g'
}
said >"$folder/said"
tr '\n' ' ' <"$top/src/social/cli/service_words.cpp" | sed 's/" *"//g' \
  | grep -oE 'N_ \("([^"\\]|\\.)*"\)' | sed 's/^N_ ("//; s/")$//' \
  | sed 's/%s/\n/g' >"$folder/pieces"
while IFS= read -r piece; do
  grep -qF -- "$piece" "$folder/said" \
    || echo "in service_words.cpp, but no service says: $piece"
done <"$folder/pieces" >"$folder/unsaid"
check "services say what is translated for them" test ! -s "$folder/unsaid"
cat "$folder/unsaid"
[ "$(wc -l <"$folder/pieces")" -gt 50 ] || {
  echo "FAILED the sentences of services are found"
  status=1
}

# The program, in a folder where only the catalogues are.
mkdir -p "$folder/lib"
for po in "$top"/po/*.po; do
  language=$(basename "$po" .po)
  mkdir -p "$folder/share/locale/$language/LC_MESSAGES"
  msgfmt -o "$folder/share/locale/$language/LC_MESSAGES/gnunet-secushare.mo" "$po"
done
# speaks NAME PATTERN VARIABLE=VALUE… -- ARGUMENT…
speaks ()
{
  name=$1 pattern=$2
  shift 2
  set -- "$@" --
  env=
  while [ "$1" != -- ]; do
    env="$env $1"
    shift
  done
  shift
  arguments=
  while [ "$1" != -- ]; do
    arguments="$arguments $1"
    shift
  done
  env -u LANG -u LANGUAGE -u LC_ALL -u LC_MESSAGES -u LC_CTYPE \
    GNUNET_PREFIX="$folder/lib" $env "$program" $arguments \
    >"$folder/out" 2>&1 </dev/null
  if grep -q -- "$pattern" "$folder/out"; then
    echo "ok $name"
  else
    echo "FAILED $name: $(head -n 4 "$folder/out")"
    status=1
  fi
}
speaks "without LANGUAGE it is English" '^Commands:' A=1 -- --help
for locale in A=1 LANG=C.UTF-8 LANG=de_DE.UTF-8; do
  speaks "the help is German ($locale)" '^Befehle:' LANGUAGE=de $locale -- --help
done
speaks "a locale that is not here is enough" '^Befehle:' LC_ALL=de_DE.UTF-8 -- --help
speaks "the help is French" '^Commandes' LANGUAGE=fr -- --help
speaks "the first language that is known" '^Befehle:' LANGUAGE=xx:de:fr -- --help
speaks "LC_ALL=C is English" '^Commands:' LC_ALL=C LANGUAGE=de -- --help
speaks "umlauts come as UTF-8" 'Rückgabewert' LANGUAGE=de -- --help
speaks "usage errors are German" "unbekannter Befehl 'shout'; siehe" \
  LANGUAGE=de -- shout
env -u LANG -u LANGUAGE -u LC_ALL "$program" --help >"$folder/out" </dev/null
commands=$(sed -n '/^Commands:/,/^$/s/^  \([a-z][a-z-]*\).*/\1/p' "$folder/out")
[ "$(echo "$commands" | wc -w)" -gt 20 ] || {
  echo "FAILED the commands are listed"
  status=1
}
# in_language LANGUAGE COMMAND: its help has no line in common with the English
in_language ()
{
  env -u LANG -u LANGUAGE -u LC_ALL "$program" "$2" --help >"$folder/english"
  env -u LANG -u LC_ALL LANGUAGE="$1" GNUNET_PREFIX="$folder/lib" "$program" \
    "$2" --help >"$folder/other" || return 1
  grep . "$folder/english" >"$folder/lines"
  ! grep -xF -f "$folder/lines" "$folder/other"
}
for language in de fr; do
  for command in $commands; do
    check "no line of $command --help is left in English ($language)" \
      in_language $language "$command"
  done
done
printf '[PATHS]\nGNUNET_HOME = %s\n' "$folder" >"$folder/c"
speaks "errors of a run are German" 'kennt keinen Dienst social' LANGUAGE=de -- \
  -c "$folder/c" places
exit $status
