// SPDX-License-Identifier: AGPL-3.0-or-later
#include "social/shell/offered_file.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "shell/gnunet.hpp"

namespace social
{
namespace
{
// Paths stay here: others are told the reason only.
constexpr const char *changed = "the file was changed since it was offered";

[[nodiscard]] std::string
reason_of (int error)
{
  return ENOENT == error || ENOTDIR == error
             ? "the file is not there any more"
             : "the file cannot be read: "
                   + std::string (std::strerror (error));
}

[[nodiscard]] base::TimePoint
modified (const struct stat &found)
{
  return base::TimePoint{ base::seconds (found.st_mtim.tv_sec)
                          + base::microseconds (found.st_mtim.tv_nsec / 1000) };
}
} // namespace

OfferedFile::OfferedFile (const Offer &offer)
    : offer_ (offer), hash_ (GNUNET_CRYPTO_hash_context_start ())
{}

OfferedFile::~OfferedFile ()
{
  if (nullptr != hash_)
    GNUNET_CRYPTO_hash_context_abort (hash_);
  if (fd_ >= 0)
    ::close (fd_);
}

OfferedFile::Error
OfferedFile::open ()
{
  struct stat found;
  // Not to wait for a pipe's other end.
  fd_ = ::open (offer_.path.c_str (), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  if (fd_ < 0 || 0 != ::fstat (fd_, &found))
    return reason_of (errno);
  if (! S_ISREG (found.st_mode)
      || static_cast<std::uint64_t> (found.st_size) != offer_.size
      || modified (found) != offer_.modified)
    return changed;
  return std::nullopt;
}

OfferedFile::Error
OfferedFile::read (base::Bytes &bytes, std::size_t size)
{
  bytes.resize (std::min<std::uint64_t> (size, offer_.size - position_));
  const ssize_t got = ::pread (fd_, bytes.data (), bytes.size (),
                               static_cast<off_t> (position_));
  if (got < 0)
    return reason_of (errno);
  if (0 == got && ! bytes.empty ())
    return changed;
  bytes.resize (static_cast<std::size_t> (got));
  position_ += bytes.size ();
  GNUNET_CRYPTO_hash_context_read (hash_, bytes.data (), bytes.size ());
  return std::nullopt;
}

OfferedFile::Error
OfferedFile::finish ()
{
  struct GNUNET_HashCode hash;
  GNUNET_CRYPTO_hash_context_finish (std::exchange (hash_, nullptr), &hash);
  struct GNUNET_CRYPTO_HashAsciiEncoded text;
  GNUNET_CRYPTO_hash_to_enc (&hash, &text);
  if (offer_.hash != reinterpret_cast<const char *> (text.encoding))
    return changed;
  return std::nullopt;
}
} // namespace social
