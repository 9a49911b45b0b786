// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The file of an export (doc/spec/export.md): a mark, items, an end with the
// hash of all before it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "psycstore/psycstore_messages.hpp"
#include "shell/gnunet.hpp"

namespace psycstore
{
inline constexpr std::string_view archive_mark = "PSYCSTORE ARCHIVE 1\n";
inline constexpr std::size_t note_bytes_max = std::size_t{ 16 } << 20;

// A piece of what the maker put in front.
struct NoteItem
{
  wire::Rest bytes;
  WIRE_MESSAGE (NoteItem, 62714, bytes)
};

struct EndItem
{
  // Of items before this one.
  std::uint64_t count = 0;
  // SHA-512 of all bytes before this item.
  base::Hash hash;
  WIRE_MESSAGE (EndItem, 62715, count, hash)
};

class ArchiveWriter
{
public:
  explicit ArchiveWriter (int fd);
  ArchiveWriter (const ArchiveWriter &) = delete;
  ArchiveWriter &operator= (const ArchiveWriter &) = delete;
  ~ArchiveWriter ();

  // Each: why it failed; empty: it did not.
  [[nodiscard]] std::string add (base::ByteView item);
  [[nodiscard]] std::string finish ();

private:
  [[nodiscard]] std::string put (base::ByteView bytes);
  [[nodiscard]] std::string flush ();

  const int fd_;
  base::Bytes buffer_;
  struct GNUNET_HashContext *hash_;
  std::uint64_t count_ = 0;
};

class ArchiveReader
{
public:
  // Reads from the file's beginning.
  explicit ArchiveReader (int fd);
  ArchiveReader (const ArchiveReader &) = delete;
  ArchiveReader &operator= (const ArchiveReader &) = delete;
  ~ArchiveReader ();

  // The next item; nothing: the end, and `why` says whether all was well
  // (empty) or what is wrong.
  [[nodiscard]] std::optional<base::Bytes> next (std::string &why);

private:
  [[nodiscard]] bool read (std::uint8_t *out, std::size_t size);
  [[nodiscard]] std::string check_end (const base::Bytes &item);

  const int fd_;
  base::Bytes buffer_;
  std::size_t at_ = 0;
  int error_ = 0;
  bool has_begun_ = false;
  struct GNUNET_HashContext *hash_;
  std::uint64_t count_ = 0;
};
} // namespace psycstore
