# SPDX-License-Identifier: AGPL-3.0-or-later
#
# Reads public headers and names what is missing in the comment above each
# function and callback: a sentence, @since (functions), each parameter as
# @param (closures "cls" alone may do without), and @return when there is
# something to return.

function complain (what)
{
  print FILENAME ": " name ": " what
  failed = 1
}

function check (declaration, is_callback,    parts, count, i, parameter, head)
{
  if (match (declaration, /GNUNET_[A-Za-z0-9_]+\)? \(/) == 0)
    return
  name = substr (declaration, RSTART, RLENGTH - 2)
  sub (/\)/, "", name)
  head = substr (declaration, 1, RSTART - 1)
  if (comment !~ /[a-z]/) {
    complain ("no comment")
    return
  }
  if (! is_callback && comment !~ /@since/)
    complain ("no @since")
  if ((head !~ /void *$/ && head !~ /void \(\*$/) && comment !~ /@return/)
    complain ("no @return")
  parts_of = substr (declaration, RSTART + RLENGTH)
  sub (/\);.*/, "", parts_of)
  count = split (parts_of, parts, ",")
  for (i = 1; i <= count; i++) {
    parameter = parts[i]
    sub (/.*[ *]/, "", parameter)
    if (parameter == "void" || parameter == "" || parameter == "cls")
      continue
    if (comment !~ ("@param(\\[[a-z,]*\\])? " parameter "[ \n]"))
      complain ("no @param " parameter)
  }
}

/^\/\*\*/ { comment = ""; in_comment = 1 }
in_comment { comment = comment $0 "\n"; if (/\*\//) in_comment = 0; next }
/^#/ { next }
/^[a-z]/ && ! declaration {
  is_type = /^(struct|enum) [A-Za-z0-9_]+;?$/ || /^(__extension__ )?enum/
  if (is_type && ! /^struct [A-Za-z0-9_]+ *$/) { comment = ""; next }
  declaration = $0
  if (/^struct [A-Za-z0-9_]+;/) { declaration = "" ; next }
  if (! /;$/) next
}
/^\{/ { declaration = "" }
declaration && $0 != declaration { declaration = declaration " " $0 }
declaration && /;$/ {
  gsub (/ +/, " ", declaration)
  check(declaration, declaration ~ /^typedef/)
  declaration = ""
  comment = ""
}
END { exit failed }
