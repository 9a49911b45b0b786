// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Does a service of ours listen? For commands, which should not hang when
// nobody would ever start it.
#pragma once

#include <cstring>

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "shell/gnunet.hpp"

namespace shell
{
[[nodiscard]] inline bool
is_socket_open (const struct GNUNET_CONFIGURATION_Handle *cfg,
                const char *service)
{
  char *path = nullptr;
  if (GNUNET_OK
      != GNUNET_CONFIGURATION_get_value_filename (cfg, service, "UNIXPATH",
                                                  &path))
    return false;
  struct sockaddr_un address;
  std::memset (&address, 0, sizeof (address));
  address.sun_family = AF_UNIX;
  const bool fits = std::strlen (path) < sizeof (address.sun_path);
  if (fits)
    std::strcpy (address.sun_path, path);
  GNUNET_free (path);
  const int fd = fits ? socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0) : -1;
  if (fd < 0)
    return false;
  const int outcome = connect (
      fd, reinterpret_cast<struct sockaddr *> (&address), sizeof (address));
  close (fd);
  return 0 == outcome;
}
} // namespace shell
