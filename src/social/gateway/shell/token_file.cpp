// SPDX-License-Identifier: AGPL-3.0-or-later
#include "social/gateway/shell/token_file.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace social::gateway
{
namespace
{
constexpr std::size_t token_bytes = 32; // 256 bits
constexpr std::size_t text_bytes = token_bytes * 2;

[[nodiscard]] std::string
new_token ()
{
  std::array<std::uint8_t, token_bytes> bytes{};
  GNUNET_CRYPTO_random_block (GNUNET_CRYPTO_QUALITY_STRONG, bytes.data (),
                              bytes.size ());
  std::string out;
  for (const std::uint8_t byte : bytes)
  {
    out += "0123456789abcdef"[byte >> 4];
    out += "0123456789abcdef"[byte & 15];
  }
  return out;
}

[[nodiscard]] std::string
read_token (int fd)
{
  std::array<char, 256> buffer;
  const ssize_t size = ::read (fd, buffer.data (), buffer.size ());
  std::string out (buffer.data (),
                   size > 0 ? static_cast<std::size_t> (size) : 0);
  while (! out.empty () && ('\n' == out.back () || ' ' == out.back ()))
    out.pop_back ();
  return out;
}

[[nodiscard]] bool
is_fine (const std::string &token)
{
  // Somebody may have put one of his own there.
  return token.size () >= text_bytes
         && std::all_of (token.begin (), token.end (),
                         [] (char c) { return c > ' ' && c < '\x7f'; });
}

// Whole or not at all, also when two programs begin at once: the first wins.
[[nodiscard]] bool
make_file (const std::string &path)
{
  const std::string draft = path + "." + new_token ().substr (0, 16);
  const int fd
      = ::open (draft.c_str (), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0)
    return false;
  const std::string text = new_token () + "\n";
  const bool is_written = static_cast<ssize_t> (text.size ())
                              == ::write (fd, text.data (), text.size ())
                          && 0 == ::fsync (fd);
  ::close (fd);
  const bool is_there
      = is_written
        && (0 == ::link (draft.c_str (), path.c_str ()) || EEXIST == errno);
  const int error = errno;
  ::unlink (draft.c_str ());
  errno = error;
  return is_there;
}
} // namespace

TokenFile
token_of (const struct GNUNET_CONFIGURATION_Handle *cfg)
{
  TokenFile out;
  char *path = nullptr;
  if (GNUNET_OK
      != GNUNET_CONFIGURATION_get_value_filename (cfg, "social-web",
                                                  "TOKEN_FILE", &path))
  {
    out.error = "the configuration has no TOKEN_FILE in section [social-web]";
    return out;
  }
  out.path = path;
  GNUNET_free (path);
  const mode_t mask = umask (077);
  const bool is_made
      = GNUNET_OK == GNUNET_DISK_directory_create_for_file (out.path.c_str ())
        && (0 == ::access (out.path.c_str (), F_OK) || make_file (out.path));
  const int error = errno;
  (void)umask (mask);
  const int fd
      = is_made ? ::open (out.path.c_str (), O_RDONLY | O_CLOEXEC) : -1;
  if (fd < 0)
  {
    out.error = out.path + ": " + std::strerror (is_made ? errno : error);
    return out;
  }
  struct stat status;
  if (0 != ::fstat (fd, &status) || 0 != (status.st_mode & 077))
    out.error = out.path + ": others may read it; make it 0600, or remove it";
  else
    out.token = read_token (fd);
  ::close (fd);
  if (out.error.empty () && ! is_fine (out.token))
  {
    out.token.clear ();
    out.error = out.path + ": that is no token; remove it, and one is made";
  }
  return out;
}
} // namespace social::gateway
