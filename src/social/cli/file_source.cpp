// SPDX-License-Identifier: AGPL-3.0-or-later
#include "social/cli/file_source.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "social/cli/translate.hpp"

namespace social::cli
{
namespace
{
[[nodiscard]] std::string
changed ()
{
  return _ ("it changed while it was read; nothing was sent. Send it again "
            "when nobody writes to it");
}
} // namespace

FileSource::~FileSource ()
{
  if (fd_ >= 0)
    ::close (fd_);
}

FileSource::Error
FileSource::open ()
{
  struct stat found;
  // A pipe without a writer would hold up everything.
  fd_ = ::open (path_.c_str (), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  if (fd_ < 0 || 0 != ::fstat (fd_, &found))
    return std::strerror (errno);
  if (! S_ISREG (found.st_mode))
    return _ ("this is no file; what comes from a pipe is sent by "
              "'gnunet-social say PLACE --method _file'");
  size_ = static_cast<std::uint64_t> (found.st_size);
  modified_ = { static_cast<std::uint64_t> (found.st_mtim.tv_sec) * 1000000
                + static_cast<std::uint64_t> (found.st_mtim.tv_nsec) / 1000 };
  return std::nullopt;
}

FileSource::Error
FileSource::read (base::ByteView &bytes)
{
  const std::uint64_t wanted
      = std::min<std::uint64_t> (buffer_.size (), size_ - position_);
  const ssize_t size
      = ::pread (fd_, buffer_.data (), static_cast<std::size_t> (wanted),
                 static_cast<off_t> (position_));
  if (size < 0)
    return std::strerror (errno);
  if (0 == size)
    return changed ();
  bytes = base::ByteView (buffer_.data (), static_cast<std::size_t> (size));
  position_ += bytes.size ();
  hash_->add (bytes);
  return std::nullopt;
}

void
FileSource::rewind ()
{
  hash_text_ = hash_->text ();
  hash_.emplace ();
  position_ = 0;
}

FileSource::Error
FileSource::check_unchanged ()
{
  if (hash_->text () != hash_text_)
    return changed ();
  return std::nullopt;
}

const char *
file_type_of (const std::string &name)
{
  struct Known
  {
    std::string_view ending;
    const char *type;
  };
  constexpr std::array<Known, 13> known = { {
      { ".txt", "text/plain" },
      { ".png", "image/png" },
      { ".jpg", "image/jpeg" },
      { ".jpeg", "image/jpeg" },
      { ".gif", "image/gif" },
      { ".webp", "image/webp" },
      { ".avif", "image/avif" },
      { ".pdf", "application/pdf" },
      { ".ogg", "audio/ogg" },
      { ".mp3", "audio/mpeg" },
      { ".wav", "audio/wav" },
      { ".webm", "video/webm" },
      { ".mp4", "video/mp4" },
  } };
  for (const Known &each : known)
    if (name.ends_with (each.ending))
      return each.type;
  return "application/octet-stream";
}
} // namespace social::cli
