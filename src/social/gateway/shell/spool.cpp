// SPDX-License-Identifier: AGPL-3.0-or-later
#include "social/gateway/shell/spool.hpp"

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace social::gateway
{
Spool::Spool (const std::string &folder)
    : fd_ (
        ::open (folder.c_str (), O_TMPFILE | O_RDWR | O_EXCL | O_CLOEXEC, 0600))
{
  if (fd_ >= 0)
    return;
  // Not every file system can make a file without a name.
  std::string name = folder + "/spool-XXXXXX";
  fd_ = ::mkostemp (name.data (), O_CLOEXEC);
  if (fd_ < 0)
    fail ();
  else
    ::unlink (name.c_str ());
}

Spool::~Spool ()
{
  if (fd_ >= 0)
    ::close (fd_);
}

void
Spool::fail ()
{
  if (error_.empty ())
    error_ = std::string ("the gateway has no room on disk for it: ")
             + std::strerror (errno);
}

void
Spool::append (base::ByteView bytes)
{
  while (! bytes.empty () && error_.empty ())
  {
    const ssize_t written = ::write (fd_, bytes.data (), bytes.size ());
    if (written >= 0)
      bytes = bytes.subspan (static_cast<std::size_t> (written));
    else if (EINTR != errno)
      fail ();
  }
}

std::uint64_t
Spool::size ()
{
  struct stat about = {};
  if (0 != ::fstat (fd_, &about))
    fail ();
  return static_cast<std::uint64_t> (about.st_size);
}

base::Bytes
Spool::read (std::uint64_t position, std::size_t most)
{
  base::Bytes out (most);
  ssize_t got = 0;
  do
    got = ::pread (fd_, out.data (), out.size (),
                   static_cast<off_t> (position));
  while (got < 0 && EINTR == errno);
  if (got < 0)
    fail ();
  out.resize (got < 0 ? 0 : static_cast<std::size_t> (got));
  return out;
}
} // namespace social::gateway
