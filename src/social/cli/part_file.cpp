// SPDX-License-Identifier: AGPL-3.0-or-later
#include "social/cli/part_file.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "social/cli/translate.hpp"
#include "social/cli/words.hpp"

namespace social::cli
{
namespace
{
[[nodiscard]] std::string
system_error (const std::string &path)
{
  return path + ": " + std::strerror (errno);
}

[[nodiscard]] std::string
is_there (const std::string &path)
{
  return filled (_ ("%s: is there already, and is not written over"), { path });
}

[[nodiscard]] std::string
is_other (const std::string &path)
{
  return filled (
      _ ("%s: holds something else; move it away, or choose another name"),
      { path });
}
} // namespace

PartFile::~PartFile ()
{
  if (fd_ >= 0)
    ::close (fd_);
}

PartFile::Error
PartFile::open (const std::string &path)
{
  path_ = path;
  part_path_ = path + ".part";
  struct stat found;
  if (0 == ::lstat (path_.c_str (), &found))
    return is_there (path_);
  fd_ = ::open (part_path_.c_str (),
                O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600);
  if (fd_ < 0 || 0 != ::fstat (fd_, &found))
    return system_error (part_path_);
  if (! S_ISREG (found.st_mode))
    return is_other (part_path_);
  if (0 != ::flock (fd_, LOCK_EX | LOCK_NB))
    return filled (_ ("%s: another program is writing it"), { part_path_ });
  kept_ = static_cast<std::uint64_t> (found.st_size);
  return std::nullopt;
}

PartFile::Error
PartFile::take (base::ByteView bytes)
{
  const std::uint64_t known = std::min<std::uint64_t> (
      kept_ - std::min (kept_, position_), bytes.size ());
  const auto split = static_cast<std::size_t> (known);
  if (auto error = compare (bytes.first (split)))
    return error;
  if (auto error = write (bytes.subspan (split)))
    return error;
  position_ += bytes.size ();
  return std::nullopt;
}

PartFile::Error
PartFile::compare (base::ByteView bytes) const
{
  base::Bytes here (bytes.size ());
  std::size_t size = 0;
  while (size < here.size ())
  {
    const ssize_t read = ::pread (fd_, here.data () + size, here.size () - size,
                                  static_cast<off_t> (position_ + size));
    if (read < 0 && EINTR == errno)
      continue;
    if (read <= 0)
      return system_error (part_path_);
    size += static_cast<std::size_t> (read);
  }
  if (! std::equal (here.begin (), here.end (), bytes.begin ()))
    return is_other (part_path_);
  return std::nullopt;
}

PartFile::Error
PartFile::write (base::ByteView bytes) const
{
  std::uint64_t at = std::max (position_, kept_);
  while (! bytes.empty ())
  {
    const ssize_t written
        = ::pwrite (fd_, bytes.data (), bytes.size (), static_cast<off_t> (at));
    if (written < 0 && EINTR == errno)
      continue;
    if (written < 0)
      return system_error (part_path_);
    at += static_cast<std::uint64_t> (written);
    bytes = bytes.subspan (static_cast<std::size_t> (written));
  }
  return std::nullopt;
}

PartFile::Error
PartFile::finish ()
{
  if (kept_ > position_)
    return is_other (part_path_);
  if (0 != ::fsync (fd_))
    return system_error (part_path_);
  return rename ();
}

PartFile::Error
PartFile::rename () const
{
  if (0
      == ::renameat2 (AT_FDCWD, part_path_.c_str (), AT_FDCWD, path_.c_str (),
                      RENAME_NOREPLACE))
    return std::nullopt;
  if (EEXIST == errno)
    return is_there (path_);
  // Not every file system can do that.
  if (0 != ::link (part_path_.c_str (), path_.c_str ()))
    return EEXIST == errno ? is_there (path_) : system_error (path_);
  ::unlink (part_path_.c_str ());
  return std::nullopt;
}

void
PartFile::discard ()
{
  ::unlink (part_path_.c_str ());
}
} // namespace social::cli
