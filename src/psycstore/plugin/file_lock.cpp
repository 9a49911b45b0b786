// SPDX-License-Identifier: AGPL-3.0-or-later
#include "psycstore/plugin/file_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

namespace psycstore
{
FileLock::FileLock (const std::string &path)
    : fd_ (::open (path.c_str (), O_RDWR | O_CREAT | O_CLOEXEC, 0600))
{
  // One that is just being killed needs a moment to let go.
  for (int attempt = 0; fd_ >= 0 && ! is_held_ && attempt < 20; attempt++)
  {
    is_held_ = 0 == ::flock (fd_, LOCK_EX | LOCK_NB);
    if (! is_held_)
      ::usleep (100000);
  }
}

FileLock::~FileLock ()
{
  if (fd_ >= 0)
    ::close (fd_);
}
} // namespace psycstore
