#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
#
# Holds the source to doc/layers.txt:
#
#   check-layers.sh [ROOT]            every #include below ROOT/src
#   check-layers.sh --objects FILE…   the cores' objects: no undefined symbol of
#                                     GNUnet, clock, chance, socket or file
#
# Prints each line that breaks a rule; exit status 1 when there is one.
set -eu

# What a core may not call, as C and mangled C++ names.
forbidden_symbols='^(GNUNET_|gcry_|crypto_|sqlite3_|json_'
forbidden_symbols="$forbidden_symbols"'|clock_gettime$|gettimeofday$|time$|localtime|gmtime|nanosleep$|usleep$|sleep$'
forbidden_symbols="$forbidden_symbols"'|getrandom$|getentropy$|arc4random|rand$|srand|random$|rand_r$|drand48'
forbidden_symbols="$forbidden_symbols"'|socket$|connect$|bind$|listen$|accept|sendto$|sendmsg$|send$|recv|getaddrinfo$|poll$|select$|epoll_'
forbidden_symbols="$forbidden_symbols"'|open$|open64$|openat|creat|fopen|fdopen|read$|write$|pread|pwrite|unlink|rename$|mkdir$|stat$|fsync$|fdatasync$'
forbidden_symbols="$forbidden_symbols"'|getenv$|system$|fork$|exec|pthread_create'
forbidden_symbols="$forbidden_symbols"'|_ZNSt6chrono.*clock.*now|_ZNSt13random_device|_ZNSt.*basic_[io]*fstream|_ZNSt10filesystem|_ZSt4cout|_ZSt4cerr|_ZNSt6thread)'

if [ "${1:-}" = --objects ]; then
  shift
  found=0
  for object in "$@"; do
    bad=$(nm -u "$object" | awk '{print $NF}' | sed 's/@.*//' \
          | grep -E "$forbidden_symbols" || true)
    if [ -n "$bad" ]; then
      echo "$object: a core may not call:" $bad
      found=1
    fi
  done
  exit $found
fi

root=${1:-$(dirname "$0")/..}
cd "$root"
find src -type f \( -name '*.hpp' -o -name '*.cpp' -o -name '*.h' -o -name '*.c' \) \
  | sort | xargs grep -nE '^[[:space:]]*#[[:space:]]*include' /dev/null \
  | awk '
    function to_regex (pattern)
    {
      gsub (/[.+^$(){}|\[\]\\]/, "\\\\&", pattern)
      gsub (/\*/, ".*", pattern)
      return "^" pattern "$"
    }
    # May a file under rule r include `what` (with its < > or plain)?
    function is_allowed (r, what,    i, n, parts)
    {
      n = split (allowed[r], parts, " ")
      for (i = 1; i <= n; i++)
      {
        if (parts[i] == "<std>")
        {
          if (what ~ /^<[a-z_]+>$/ && what !~ barred)
            return 1
        }
        else if (parts[i] == "<*>")
        {
          if (what ~ /^</)
            return 1
        }
        else if (what !~ /^</ && what ~ to_regex (parts[i]))
          return 1
      }
      return 0
    }
    BEGIN {
      barred = "^<(random|thread|mutex|future|fstream|iostream|filesystem|condition_variable)>$"
      while ((getline line < "doc/layers.txt") > 0)
      {
        if (line ~ /^#/ || line !~ /\|/)
          continue
        bar = index (line, "|")
        path = substr (line, 1, bar - 1)
        gsub (/ /, "", path)
        paths[++rules] = to_regex (path)
        allowed[rules] = substr (line, bar + 1)
      }
      if (rules == 0)
      {
        print "doc/layers.txt holds no rule"
        exit broken = 1
      }
    }
    {
      colon = index ($0, ":")
      file = substr ($0, 1, colon - 1)
      what = $0
      if (what ~ /include[ \t]*</)
        sub (/.*include[ \t]*</, "<", what)
      else
        sub (/.*include[ \t]*"/, "", what)
      sub (/[">].*/, what ~ /^</ ? ">" : "", what)
      if (file ~ /\.(h|hpp|c|cpp)$/)
      {
        for (r = 1; r <= rules; r++)
          if (file ~ paths[r])
            break
        checked++
        if (r > rules || ! is_allowed (r, what))
        {
          print $0 "   breaks doc/layers.txt"
          broken = 1
        }
      }
    }
    END {
      if (! broken)
        print checked " includes keep to doc/layers.txt"
      exit broken
    }'
