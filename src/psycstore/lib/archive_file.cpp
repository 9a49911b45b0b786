// SPDX-License-Identifier: AGPL-3.0-or-later
#include "psycstore/lib/archive_file.hpp"

#include <cerrno>
#include <cstring>

#include <unistd.h>

#include "shell/keys.hpp"

namespace psycstore
{
namespace
{
constexpr std::size_t buffer_bytes = std::size_t{ 1 } << 20;

base::Hash
finish_hash (struct GNUNET_HashContext *&context)
{
  struct GNUNET_HashCode out;
  GNUNET_CRYPTO_hash_context_finish (std::exchange (context, nullptr), &out);
  return shell::from_gnunet<base::Hash> (out);
}

const char *const truncated = "the file is cut off";
} // namespace

ArchiveWriter::ArchiveWriter (int fd)
    : fd_ (fd), hash_ (GNUNET_CRYPTO_hash_context_start ())
{
  (void)put (base::as_bytes (archive_mark)); // smaller than the buffer
}

ArchiveWriter::~ArchiveWriter ()
{
  if (nullptr != hash_)
    GNUNET_CRYPTO_hash_context_abort (hash_);
}

std::string
ArchiveWriter::put (base::ByteView bytes)
{
  GNUNET_CRYPTO_hash_context_read (hash_, bytes.data (), bytes.size ());
  buffer_.insert (buffer_.end (), bytes.begin (), bytes.end ());
  return buffer_.size () < buffer_bytes ? std::string () : flush ();
}

std::string
ArchiveWriter::flush ()
{
  for (std::size_t at = 0; at < buffer_.size ();)
  {
    const ssize_t written
        = ::write (fd_, buffer_.data () + at, buffer_.size () - at);
    if (written < 0 && EINTR == errno)
      continue;
    if (written < 0)
      return std::string ("cannot write the file: ") + std::strerror (errno);
    at += static_cast<std::size_t> (written);
  }
  buffer_.clear ();
  return {};
}

std::string
ArchiveWriter::add (base::ByteView item)
{
  count_++;
  return put (item);
}

std::string
ArchiveWriter::finish ()
{
  const base::Bytes end
      = wire::must_encode (EndItem{ count_, finish_hash (hash_) });
  buffer_.insert (buffer_.end (), end.begin (), end.end ());
  if (std::string why = flush (); ! why.empty ())
    return why;
  // A pipe cannot be synced; it is the reader's to do.
  if (0 != ::fsync (fd_) && EINVAL != errno && EROFS != errno)
    return std::string ("cannot write the file: ") + std::strerror (errno);
  return {};
}

ArchiveReader::ArchiveReader (int fd)
    : fd_ (fd), hash_ (GNUNET_CRYPTO_hash_context_start ())
{
  if (0 != ::lseek (fd_, 0, SEEK_SET))
    error_ = errno;
}

ArchiveReader::~ArchiveReader ()
{
  if (nullptr != hash_)
    GNUNET_CRYPTO_hash_context_abort (hash_);
}

bool
ArchiveReader::read (std::uint8_t *out, std::size_t size)
{
  for (std::size_t got = 0; got < size;)
  {
    if (at_ == buffer_.size ())
    {
      buffer_.resize (buffer_bytes);
      const ssize_t more
          = 0 == error_ ? ::read (fd_, buffer_.data (), buffer_.size ()) : -1;
      if (more < 0 && 0 == error_)
        error_ = errno;
      buffer_.resize (more > 0 ? static_cast<std::size_t> (more) : 0);
      at_ = 0;
      if (buffer_.empty ())
        return false;
    }
    const std::size_t count = std::min (size - got, buffer_.size () - at_);
    std::memcpy (out + got, buffer_.data () + at_, count);
    got += count;
    at_ += count;
  }
  return true;
}

std::optional<base::Bytes>
ArchiveReader::next (std::string &why)
{
  const auto failed = [&] (const std::string &reason)
  {
    why = 0 == error_
              ? reason
              : std::string ("cannot read the file: ") + std::strerror (error_);
    return std::nullopt;
  };
  if (! std::exchange (has_begun_, true))
  {
    base::Bytes mark (archive_mark.size ());
    if (! read (mark.data (), mark.size ())
        || base::as_text (mark) != archive_mark)
      return failed ("this is no archive of psycstore, or one of a newer "
                     "version");
    GNUNET_CRYPTO_hash_context_read (hash_, mark.data (), mark.size ());
  }
  base::Bytes item (wire::header_size);
  if (! read (item.data (), item.size ()))
    return failed (truncated);
  const std::size_t size = static_cast<std::size_t> (item[0]) << 8 | item[1];
  if (size < wire::header_size)
    return failed ("the file is damaged");
  item.resize (size);
  if (! read (item.data () + wire::header_size, size - wire::header_size))
    return failed (truncated);
  if (wire::message_type (item) == EndItem::wire_type)
    return failed (check_end (item));
  GNUNET_CRYPTO_hash_context_read (hash_, item.data (), item.size ());
  count_++;
  return item;
}

std::string
ArchiveReader::check_end (const base::Bytes &item)
{
  const auto end = wire::decode<EndItem> (item);
  if (! end || end->count != count_ || end->hash != finish_hash (hash_))
    return "the file was altered or is damaged: its hash is wrong";
  std::uint8_t more = 0;
  if (read (&more, 1))
    return "the file is damaged: something stands behind its end";
  return {};
}
} // namespace psycstore
