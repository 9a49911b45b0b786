# SPDX-License-Identifier: AGPL-3.0-or-later
#
# What bash offers for a line that is being typed, one a line:
#
#   bash complete.bash SCRIPT WORD…
#
# SCRIPT: contrib/completion/bash/gnunet-social; the last WORD is the one at the
# cursor.
source "$1"
shift
COMP_WORDS=(gnunet-social "$@")
COMP_CWORD=$#
_gnunet_social
[ ${#COMPREPLY[@]} = 0 ] || printf '%s\n' "${COMPREPLY[@]}"
