# SPDX-License-Identifier: AGPL-3.0-or-later
#
# GNUnet peers on this machine, talking over TCP on 127.0.0.1 and with nobody
# else: a library for sh, used by quickstart.sh and the integration tests.
#
#   stage_install BUILD STAGE     install BUILD below STAGE, beside links to the
#                                 distribution's GNUnet; nothing of /usr changes
#   stage_use STAGE               point this shell's environment to it
#   peer_create DIR               a peer's folder and configuration
#   peer_start DIR; peer_stop DIR; peer_kill DIR
#   peers_connect DIR DIR         introduce two running peers, wait for CORE
#
# A peer is named by its folder; its configuration is DIR/c. Socket paths have
# 107 bytes at most, so DIR should be short.

# Debian's folder for libraries of this machine, e.g. /usr/lib/x86_64-linux-gnu
gnunet_libdir ()
{
  pkg-config --variable=libdir gnunetutil 2>/dev/null | grep . \
    || dirname "$(dpkg -L libgnunet0.19 | grep '/libgnunetutil\.so' | head -n 1)"
}

# stage_install BUILD STAGE
stage_install ()
{
  _lib=$(gnunet_libdir)
  make -s -C "$1" install DESTDIR="$2" >"$1/stage.log" 2>&1 || {
    tail -n 20 "$1/stage.log" >&2
    return 1
  }
  for _dir in gnunet gnunet/libexec; do
    mkdir -p "$2$_lib/$_dir"
    for _file in "$_lib/$_dir"/*; do
      [ -d "$_file" ] || [ -e "$2$_file" ] || ln -s "$_file" "$2$_file"
    done
  done
  for _file in /usr/share/gnunet/* /usr/share/gnunet/config.d/*; do
    [ -e "$2$_file" ] || ln -s "$_file" "$2$_file"
  done
}

# stage_use STAGE
stage_use ()
{
  _lib=$(gnunet_libdir)
  GNUNET_PREFIX="$1$_lib"
  LD_LIBRARY_PATH="$1$_lib${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"
  PATH="$1/usr/bin:$PATH"
  export GNUNET_PREFIX LD_LIBRARY_PATH PATH
}

# A TCP port of 127.0.0.1 that nobody listens on now.
free_port ()
{
  while :; do
    _port=$((20000 + $(od -An -N2 -tu2 /dev/urandom) % 40000))
    grep -qi ":$(printf %04X $_port) .* 0A " /proc/net/tcp /proc/net/tcp6 \
      || break
  done
  echo $_port
}

# peer_create DIR: writes DIR/c; keeps what is there. More configuration may be
# appended to DIR/c before the start.
peer_create ()
{
  [ ! -f "$1/c" ] || return 0
  mkdir -p "$1"
  chmod 700 "$1"
  if [ ${#1} -gt 70 ]; then
    echo "the folder $1 is too deep: GNUnet's sockets need short paths" >&2
    return 1
  fi
  cat >"$1/c" <<CONFIGURATION
[PATHS]
GNUNET_HOME = $1
GNUNET_DATA_HOME = $1/data
GNUNET_CONFIG_HOME = $1/config
GNUNET_CACHE_HOME = $1/cache
GNUNET_RUNTIME_DIR = $1/r
GNUNET_USER_RUNTIME_DIR = $1/u
GNUNET_TMP = $1/t
[arm]
OPTIONS = -l $1/log
START_SYSTEM_SERVICES = YES
START_USER_SERVICES = YES
[peerinfo]
USE_INCLUDED_HELLOS = NO
[hostlist]
IMMEDIATE_START = NO
START_ON_DEMAND = NO
[transport]
PLUGINS = tcp
[transport-tcp]
PORT = $(free_port)
BINDTO = 127.0.0.1
[nat]
DISABLEV6 = YES
ENABLE_UPNP = NO
USE_LOCALADDR = YES
RETURN_LOCAL_ADDRESSES = YES
[nse]
WORKBITS = 0
[fs]
IMMEDIATE_START = NO
[datastore]
IMMEDIATE_START = NO
[reclaim]
IMMEDIATE_START = NO
[rest]
IMMEDIATE_START = NO
HTTP_PORT = $(free_port)
[social-web]
HTTP_PORT = $(free_port)
CONFIGURATION
}

peer_start ()
{
  gnunet-arm -c "$1/c" -s -T "20 s" >"$1/start" 2>&1 || {
    echo "the peer in $1 did not start: see $1/start and $1/log" >&2
    return 1
  }
  # The process of arm itself, for peer_kill.
  _arm=$(pgrep -f -- "gnunet-service-arm -c $1/c" | head -n 1)
  echo "$_arm" >"$1/arm.pid"
}

peer_stop ()
{
  gnunet-arm -c "$1/c" -e -T "20 s" >"$1/stop" 2>&1 || peer_kill "$1"
}

# All processes of the peer, at once and without a word.
peer_kill ()
{
  _pids=$(pgrep -f -- "-c $1/c" || true)
  [ -z "$_pids" ] || kill -9 $_pids 2>/dev/null || true
}

# The process id of one service of a peer, e.g. service_pid DIR psyc.
service_pid ()
{
  pgrep -f -- "gnunet-service-$2 -c $1/c" | head -n 1
}

peer_hello ()
{
  gnunet-peerinfo -c "$1/c" -gn 2>/dev/null | tail -n 1
}

peer_id ()
{
  gnunet-peerinfo -c "$1/c" -s -q 2>/dev/null | tail -n 1
}

peers_are_connected ()
{
  # gnunet-core prints the first four characters of an identity.
  gnunet-core -c "$1/c" 2>/dev/null \
    | grep -q " $(peer_id "$2" | cut -c 1-4) "
}

# peers_connect A B [SECONDS]
peers_connect ()
{
  _tries=${3:-60}
  while [ "$_tries" -gt 0 ]; do
    gnunet-peerinfo -c "$1/c" -p "$(peer_hello "$2")" >/dev/null 2>&1 || true
    gnunet-peerinfo -c "$2/c" -p "$(peer_hello "$1")" >/dev/null 2>&1 || true
    _wait=5
    while [ $_wait -gt 0 ]; do
      peers_are_connected "$1" "$2" && return 0
      sleep 1
      _wait=$((_wait - 1)) _tries=$((_tries - 1))
    done
  done
  echo "the peers in $1 and $2 did not connect" >&2
  return 1
}
