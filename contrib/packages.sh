# SPDX-License-Identifier: AGPL-3.0-or-later
#
# What the project needs from Debian, by name, and how it gets there: a library
# for sh, used by quickstart.sh and check.sh.

# To build: compiler, autotools, GNUnet and the libraries named in configure.ac
# (libmicrohttpd for the REST gateway, ncurses for gnunet-social chat); procps
# for contrib/peers.sh.
packages_build="g++ gcc make autoconf automake libtool pkg-config gettext \
gnunet libgnunet-dev libsodium-dev libsqlite3-dev libpq-dev libjansson-dev libmicrohttpd-dev \
libncurses-dev procps"
# To test as well: GoogleTest, the second compiler, the formatter, small tools,
# a PostgreSQL server (the tests start one of their own, for a moment); curl and
# a JSON schema validator for the gateway; Node.js, a browser, what drives it, and
# a reader of QR pictures for the web UI; a terminal emulator (pyte) for chat.
packages_test="libgtest-dev clang clang-format jq sqlite3 binutils xz-utils git \
postgresql curl python3 python3-jsonschema nodejs chromium chromium-driver \
python3-selenium zbar-tools python3-pyte"

say () { printf '%s\n' "$*"; }

as_root ()
{
  if [ "$(id -u)" = 0 ]; then
    "$@"
  elif command -v sudo >/dev/null 2>&1; then
    sudo "$@"
  else
    say "Needed: root's rights for: $*" >&2
    say "Run that as root, then run this again." >&2
    return 1
  fi
}

package_is_installed ()
{
  [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

# Debian's gnunet package starts a peer of its own when it is installed, and at
# each boot. We want none: nothing may be started while it is being installed
# (policy-rc.d), nor at boot (the service is left disabled).
keep_gnunet_from_starting ()
{
  say "Debian's gnunet package would start a GNUnet peer of its own, now and at"
  say "each boot. This script keeps it from that: services may not be started"
  say "during the installation, and gnunet.service is left disabled."
  say "(systemctl enable --now gnunet starts that peer, should you want it.)"
  echo "gnunet gnunet/autostart boolean false" \
    | as_root debconf-set-selections || true
  if [ ! -e /usr/sbin/policy-rc.d ]; then
    printf '#!/bin/sh\nexit 101\n' | as_root tee /usr/sbin/policy-rc.d >/dev/null
    as_root chmod 755 /usr/sbin/policy-rc.d
    policy_is_ours=yes
  fi
}

let_services_start_again ()
{
  [ "${policy_is_ours:-no}" = no ] || as_root rm -f /usr/sbin/policy-rc.d
  as_root deb-systemd-helper disable gnunet.service >/dev/null 2>&1 || true
}

# Debian's postgresql makes a database cluster for everybody and starts it, now
# and at each boot. Here the tests alone need the programs: no cluster is made.
cluster_conf=/etc/postgresql-common/createcluster.conf

keep_postgresql_from_starting ()
{
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -q install -y \
    --no-install-recommends postgresql-common || return 1
  as_root cp -p $cluster_conf $cluster_conf.before
  as_root sed -i '/^#* *create_main_cluster/d; $a create_main_cluster = false' \
    $cluster_conf
}

let_clusters_be_made_again ()
{
  [ ! -e $cluster_conf.before ] \
    || as_root mv $cluster_conf.before $cluster_conf
}

# packages_ensure PACKAGE…: installs those that are missing.
packages_ensure ()
{
  _missing=
  for _package in "$@"; do
    package_is_installed "$_package" || _missing="$_missing $_package"
  done
  [ -n "$_missing" ] || return 0
  say "Installing from Debian:$_missing"
  policy_is_ours=no
  case " $_missing " in *" gnunet "*) keep_gnunet_from_starting ;; esac
  _before=true
  case " $_missing " in
    *" postgresql "*) _before=keep_postgresql_from_starting ;;
  esac
  _result=0
  { as_root env DEBIAN_FRONTEND=noninteractive apt-get -q update && $_before \
      && as_root env DEBIAN_FRONTEND=noninteractive apt-get -q install -y \
        --no-install-recommends $_missing; } >packages.log 2>&1 || _result=$?
  let_clusters_be_made_again
  case " $_missing " in *" gnunet "*) let_services_start_again ;; esac
  if [ $_result != 0 ]; then
    tail -n 5 packages.log >&2
    say "The packages could not be installed: see packages.log." >&2
    return 1
  fi
}

# build_tree DIR [CONFIGURE OPTION…]: configures and builds in DIR.
build_tree ()
{
  _dir=$1
  shift
  mkdir -p "$_dir"
  if [ ! -x configure ] || [ configure.ac -nt configure ]; then
    say "Preparing the build (bootstrap)"
    ./bootstrap >"$_dir/bootstrap.log" 2>&1 || {
      tail -n 20 "$_dir/bootstrap.log" >&2
      return 1
    }
  fi
  if [ ! -f "$_dir/Makefile" ]; then
    say "Configuring in $_dir"
    (cd "$_dir" && ../configure --prefix=/usr --libdir="$(gnunet_libdir)" "$@") \
      >"$_dir/configure.log" 2>&1 || {
      tail -n 20 "$_dir/configure.log" >&2
      return 1
    }
  fi
  say "Building in $_dir (some minutes the first time)"
  make -s -C "$_dir" -j"$(nproc)" all >"$_dir/make.log" 2>&1 || {
    grep -nE 'error|Error' "$_dir/make.log" | head -n 20 >&2
    say "The build failed: see $_dir/make.log." >&2
    return 1
  }
}
