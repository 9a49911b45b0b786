#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
# What `make install` laid down serves others: every header compiles alone as
# C11 and as C++20, programs link with what pkg-config says, libraries export
# their public symbols and no others, and nothing is missing.
. "$(dirname "$0")/lib.sh"
stage=${STAGE:-$top/build/stage}
lib=$stage$(gnunet_libdir)
export PKG_CONFIG_PATH="$lib/pkgconfig"

for service in multicast psycstore psyc social; do
  check "the service $service, where arm looks" \
    test -x "$lib/gnunet/libexec/gnunet-service-$service"
  check "its defaults, where configurations look" \
    test -f "$stage/usr/share/gnunet/config.d/$service.conf"
  check "pkg-config knows gnunet$service" pkg-config --exists "gnunet$service"
  check "libgnunet$service has a versioned soname" sh -c \
    "objdump -p '$lib/libgnunet$service.so' | grep -q 'SONAME *libgnunet$service.so.[0-9]'"
done
check "the gateway, where arm looks" test -x "$lib/gnunet/libexec/gnunet-social-web"
check "its defaults" test -f "$stage/usr/share/gnunet/config.d/social-web.conf"
for plugin in psycstore_sqlite gnsrecord_place rest_social; do
  check "the plugin $plugin" test -f "$lib/gnunet/libgnunet_plugin_$plugin.so"
done
for library in multicast psycstore psycutil psyc social; do
  check "libgnunet$library exports public symbols alone" sh -c \
    "! nm -D --defined-only '$lib/libgnunet$library.so' | awk '{ print \$3 }' | grep -vE '^GNUNET_(MULTICAST|PSYC|PSYCSTORE|SOCIAL)_'"
done
for header in "$stage"/usr/include/gnunet/gnunet_psyc*.h \
  "$stage"/usr/include/gnunet/gnunet_multicast_*.h \
  "$stage"/usr/include/gnunet/gnunet_social_*.h; do
  name=$(basename "$header")
  printf '#include <gnunet/%s>\nint main (void) { return 0; }\n' "$name" \
    >"$base/alone.c"
  for language in "gcc -x c -std=c11" "g++ -x c++ -std=c++20"; do
    check "$name compiles alone (${language#* -x })" \
      $language -fsyntax-only -Wall -Wextra -Werror \
      -I"$stage/usr/include" "$base/alone.c"
  done
done
cat >"$base/program.c" <<'PROGRAM'
#include <gnunet/gnunet_social_service.h>
int main (void)
{
  struct GNUNET_PSYC_Environment *env = GNUNET_PSYC_env_create ();
  size_t count = GNUNET_PSYC_env_get_count (env);
  GNUNET_PSYC_env_destroy (env);
  return (int) count + (NULL == (void *) &GNUNET_SOCIAL_app_connect);
}
PROGRAM
check "a program links by pkg-config" sh -c \
  "gcc -I'$stage/usr/include' '$base/program.c' -o '$base/program' -L'$lib' \$(pkg-config --cflags --libs gnunetsocial gnunetpsyc)"
check "and runs" "$base/program"
for file in bash-completion/completions/gnunet-social \
  zsh/site-functions/_gnunet-social locale/de/LC_MESSAGES/gnunet-secushare.mo \
  locale/fr/LC_MESSAGES/gnunet-secushare.mo; do
  check "$file" test -f "$stage/usr/share/$file"
done
check "the manual page" test -f "$stage/usr/share/man/man1/gnunet-social.1"
exit $status
