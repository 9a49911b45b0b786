#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
#
# The messages of gnunet-social and their translations:
#
#   words.sh pot FILE    collect the source's messages into FILE
#   words.sh update      bring gnunet-secushare.pot and all *.po up to date
#   words.sh check       are all messages translated? Says which are not
#
# Sources are those that include translate.hpp: no list of files can be out of
# date. FOLDER (default: beside this script) holds the catalogues.
set -eu
po=$(cd "$(dirname "$0")" && pwd)
folder=${FOLDER:-$po}

# pot FILE
pot ()
{
  (cd "$po/.." && grep -rl --include='*.cpp' 'social/cli/translate\.hpp"' src \
    | LC_ALL=C sort | xgettext --files-from=- --from-code=UTF-8 --language=C++ \
      --keyword= --keyword=_ --keyword=N_ --keyword=counted:1,2 \
      --keyword=dngettext:2,3 \
      --add-location=file --add-comments=TRANSLATORS: \
      --package-name=gnunet-secushare --copyright-holder='gnunet-secushare' \
      --output=-) >"$1.new"
  # The date alone is no news.
  sed -i '/^"POT-Creation-Date:/d' "$1.new"
  [ -s "$1.new" ] || { echo "no messages found"; return 1; }
  mv "$1.new" "$1"
}


update ()
{
  pot "$folder/gnunet-secushare.pot"
  for po_file in "$folder"/*.po; do
    msgmerge --quiet --update --backup=none --no-fuzzy-matching \
      "$po_file" "$folder/gnunet-secushare.pot"
    msgattrib --no-obsolete --output-file="$po_file" "$po_file"
    echo "$(basename "$po_file"): $(msgfmt --statistics -o /dev/null \
      "$po_file" 2>&1)"
  done
}

# complete FILE.po: every message of the source, whole, with its placeholders
complete ()
{
  if ! msgfmt --check -o /dev/null "$1" >"$work/why" 2>&1; then
    echo "FAILED $(basename "$1") is well formed: $(head -n 3 "$work/why")"
    return 1
  fi
  msgmerge --quiet --no-fuzzy-matching -o "$work/merged" "$1" "$work/pot" \
    2>/dev/null
  msgattrib --untranslated --no-obsolete "$work/merged" >"$work/open"
  msgattrib --only-fuzzy --no-obsolete "$work/merged" >>"$work/open"
  if grep -q '^msgid' "$work/open"; then
    echo "FAILED $(basename "$1") lacks translations: run 'make update-po'" \
      "and translate in po/$(basename "$1"):"
    msgcat --no-wrap "$work/open" 2>/dev/null \
      | sed -n 's/^msgid "\([^"]\)/    "\1/p'
    return 1
  fi
  echo "ok $(basename "$1") is complete"
}

check ()
{
  work=$(mktemp -d "${TMPDIR:-/tmp}/words.XXXXXX")
  trap 'rm -rf "$work"' EXIT
  pot "$work/pot"
  result=0
  for po_file in "$folder"/*.po; do
    complete "$po_file" || result=1
  done
  return $result
}

case ${1:-} in
  pot) pot "$2" ;;
  update) update ;;
  check) check ;;
  *) sed -n '/^#$/,/^set/s/^# \{0,1\}//p' "$0" | sed '$d'; exit 2 ;;
esac
