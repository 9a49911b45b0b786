# SPDX-License-Identifier: AGPL-3.0-or-later
#
# What zsh offers for a line that is being typed, one a line:
#
#   zsh -f complete.zsh SCRIPT WORD…
#
# SCRIPT: contrib/completion/zsh/_gnunet-social; the last WORD is the one at the
# cursor. What would put words into zsh's menu prints them here.
compadd ()
{
  local -a offered
  if [[ $1 == -a ]]; then
    offered=("${(@P)2}")
  else
    [[ $1 == -- ]] && shift
    offered=("$@")
  fi
  print -rl -- ${(M)offered:#${words[CURRENT]}*}
}
_files () { print -rl -- ${words[CURRENT]}*(N) }

eval "_complete () { $(<$1) }"
shift
words=(gnunet-social "$@")
CURRENT=$#words
_complete
