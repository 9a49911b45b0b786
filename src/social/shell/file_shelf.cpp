// SPDX-License-Identifier: AGPL-3.0-or-later
#include "social/shell/file_shelf.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace social
{
namespace
{
constexpr const char *part_suffix = ".part";
constexpr const char *position_name = "position";

bool
write_all (int fd, base::ByteView bytes)
{
  while (! bytes.empty ())
  {
    const ssize_t size = ::write (fd, bytes.data (), bytes.size ());
    if (size < 0 && EINTR == errno)
      continue;
    if (size <= 0)
      return false;
    bytes = bytes.subspan (static_cast<std::size_t> (size));
  }
  return true;
}

// That a name is there must be on disk, too.
void
sync_folder (const std::string &folder)
{
  const int fd = ::open (folder.c_str (), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0)
    return;
  (void)::fsync (fd);
  ::close (fd);
}
} // namespace

FileShelf::FileShelf (std::string folder, std::uint64_t size_max)
    : folder_ (std::move (folder)), size_max_ (size_max)
{
  make_folder ();
  clean ();
}

FileShelf::~FileShelf ()
{
  while (! open_.empty ())
    abandon (open_.begin ()->first);
}

std::string
FileShelf::path (std::uint64_t id) const
{
  return folder_ + "/" + std::to_string (id);
}

std::string
FileShelf::part_path (std::uint64_t id) const
{
  return path (id) + part_suffix;
}

void
FileShelf::make_folder ()
{
  for (std::size_t end = folder_.find ('/', 1); std::string::npos != end;
       end = folder_.find ('/', end + 1))
    (void)::mkdir (folder_.substr (0, end).c_str (), 0700);
  if (0 != ::mkdir (folder_.c_str (), 0700) && EEXIST != errno)
    error_ = folder_ + ": " + std::strerror (errno);
}

void
FileShelf::clean ()
{
  DIR *folder = ::opendir (folder_.c_str ());
  if (nullptr == folder)
    return;
  while (const struct dirent *entry = ::readdir (folder))
  {
    const std::string name = entry->d_name;
    if (name.ends_with (part_suffix))
      (void)::unlink ((folder_ + "/" + name).c_str ());
  }
  ::closedir (folder);
}

std::optional<std::string>
FileShelf::take_error ()
{
  return std::exchange (error_, std::nullopt);
}

void
FileShelf::begin (std::uint64_t id)
{
  if (0 == ::access (path (id).c_str (), F_OK))
    return; // saved before
  const int fd = ::open (part_path (id).c_str (),
                         O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0)
    return fail (id, std::strerror (errno));
  open_.insert_or_assign (id, Open{ fd, 0 });
}

void
FileShelf::add (std::uint64_t id, base::ByteView bytes)
{
  const auto open = open_.find (id);
  if (open_.end () == open)
    return;
  open->second.size += bytes.size ();
  if (open->second.size > size_max_)
    return fail (id, "longer than " + std::to_string (size_max_)
                         + " bytes ([social] FILE_SIZE_MAX)");
  if (! write_all (open->second.fd, bytes))
    fail (id, std::strerror (errno));
}

void
FileShelf::end (std::uint64_t id)
{
  const auto open = open_.find (id);
  if (open_.end () == open)
    return;
  // A link fails where a rename would write over.
  if (0 != ::fdatasync (open->second.fd)
      || (0 != ::link (part_path (id).c_str (), path (id).c_str ())
          && EEXIST != errno))
    return fail (id, std::strerror (errno));
  close (id);
  sync_folder (folder_);
}

void
FileShelf::abandon (std::uint64_t id)
{
  if (open_.contains (id))
    close (id);
}

void
FileShelf::close (std::uint64_t id)
{
  const auto open = open_.find (id);
  ::close (open->second.fd);
  open_.erase (open);
  (void)::unlink (part_path (id).c_str ());
}

void
FileShelf::fail (std::uint64_t id, const std::string &why)
{
  abandon (id);
  error_ = path (id) + " is not saved: " + why;
}

std::optional<std::uint64_t>
FileShelf::position () const
{
  std::FILE *file = std::fopen ((folder_ + "/" + position_name).c_str (), "re");
  if (nullptr == file)
    return std::nullopt;
  unsigned long long position = 0;
  const bool is_read = 1 == std::fscanf (file, "%llu", &position);
  std::fclose (file);
  return is_read ? std::optional<std::uint64_t> (position) : std::nullopt;
}

// After a crash an older one is as good: what is saved is not saved again.
void
FileShelf::set_position (std::uint64_t fragment_id)
{
  const std::string name = folder_ + "/" + position_name;
  const std::string fresh = name + part_suffix;
  const int fd
      = ::open (fresh.c_str (), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (fd < 0)
    return;
  const std::string text = std::to_string (fragment_id) + "\n";
  const bool is_written = write_all (fd, base::as_bytes (text));
  ::close (fd);
  if (! is_written || 0 != std::rename (fresh.c_str (), name.c_str ()))
    (void)::unlink (fresh.c_str ());
}

void
FileShelf::forget_position ()
{
  (void)::unlink ((folder_ + "/" + position_name).c_str ());
}
} // namespace social
