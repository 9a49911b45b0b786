// SPDX-License-Identifier: AGPL-3.0-or-later
//
// A place's folder of saved bodies: one file for each message, named by its
// id, which appears when the body is whole and not before. Nothing that is
// there is ever written over. Beside them a note of how far the log was read.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "base/bytes.hpp"

namespace social
{
class FileShelf
{
public:
  // Makes the folder (0700) where it is missing, takes away what an earlier
  // run left unfinished.
  FileShelf (std::string folder, std::uint64_t size_max);
  ~FileShelf (); // what is not whole goes
  FileShelf (const FileShelf &) = delete;
  FileShelf &operator= (const FileShelf &) = delete;

  // Why something could not be saved, once; for people.
  [[nodiscard]] std::optional<std::string> take_error ();

  void begin (std::uint64_t id);
  void add (std::uint64_t id, base::ByteView bytes);
  void end (std::uint64_t id);
  void abandon (std::uint64_t id);

  [[nodiscard]] std::optional<std::uint64_t> position () const;
  void set_position (std::uint64_t fragment_id);
  void forget_position ();

private:
  struct Open
  {
    int fd = -1;
    std::uint64_t size = 0;
  };

  [[nodiscard]] std::string path (std::uint64_t id) const;
  [[nodiscard]] std::string part_path (std::uint64_t id) const;
  void make_folder ();
  void clean ();
  void fail (std::uint64_t id, const std::string &why);
  void close (std::uint64_t id);

  const std::string folder_;
  const std::uint64_t size_max_;
  std::map<std::uint64_t, Open> open_;
  std::optional<std::string> error_;
};
} // namespace social
