// SPDX-License-Identifier: AGPL-3.0-or-later
//
// A file on our disk that is to be sent: it is read twice, for the hash that
// stands in front of it and as it is sent, and should be the same both times.
// Errors are for people, without the path.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "base/bytes.hpp"
#include "social/cli/file_hash.hpp"

namespace social::cli
{
class FileSource
{
public:
  using Error = std::optional<std::string>;

  explicit FileSource (std::string path) : path_ (std::move (path)) {}
  ~FileSource ();
  FileSource (const FileSource &) = delete;
  FileSource &operator= (const FileSource &) = delete;

  [[nodiscard]] Error open ();
  // The next bytes, good until the next call; not at its end.
  [[nodiscard]] Error read (base::ByteView &bytes);
  // The first reading is over: its hash is known, the second begins.
  void rewind ();
  // At the end of the second: was it the same?
  [[nodiscard]] Error check_unchanged ();

  [[nodiscard]] bool
  is_at_end () const
  {
    return position_ == size_;
  }
  [[nodiscard]] const std::string &
  path () const
  {
    return path_;
  }
  [[nodiscard]] std::uint64_t
  size () const
  {
    return size_;
  }
  [[nodiscard]] std::uint64_t
  position () const
  {
    return position_;
  }
  // Of the last change.
  [[nodiscard]] struct GNUNET_TIME_Absolute
  modified () const
  {
    return modified_;
  }
  // Of the first reading.
  [[nodiscard]] const std::string &
  hash () const
  {
    return hash_text_;
  }

private:
  const std::string path_;
  int fd_ = -1;
  std::uint64_t size_ = 0;
  std::uint64_t position_ = 0;
  struct GNUNET_TIME_Absolute modified_ = { 0 };
  std::optional<FileHash> hash_{ std::in_place };
  std::string hash_text_;
  std::array<std::uint8_t, std::size_t{ 32 } * 1024> buffer_;
};

// A media type, by the end of a file's name.
[[nodiscard]] const char *file_type_of (const std::string &name);
} // namespace social::cli
