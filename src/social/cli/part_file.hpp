// SPDX-License-Identifier: AGPL-3.0-or-later
//
// A file that is being fetched: PATH.part until all of it is there, then PATH.
// What an earlier try left is gone on with, if it is the beginning of the same;
// nothing is ever written over. Errors are for people.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/bytes.hpp"

namespace social::cli
{
class PartFile
{
public:
  using Error = std::optional<std::string>;

  PartFile () = default;
  ~PartFile (); // the part stays
  PartFile (const PartFile &) = delete;
  PartFile &operator= (const PartFile &) = delete;

  [[nodiscard]] Error open (const std::string &path);
  // The next bytes: compared with those that are here, written behind them.
  [[nodiscard]] Error take (base::ByteView bytes);
  // All was taken: PATH is there.
  [[nodiscard]] Error finish ();
  // It is not what it should be.
  void discard ();

  [[nodiscard]] bool
  is_open () const
  {
    return fd_ >= 0;
  }
  [[nodiscard]] const std::string &
  path () const
  {
    return path_;
  }
  // Taken so far.
  [[nodiscard]] std::uint64_t
  position () const
  {
    return position_;
  }
  // Of an earlier try.
  [[nodiscard]] std::uint64_t
  kept () const
  {
    return kept_;
  }

private:
  [[nodiscard]] Error compare (base::ByteView bytes) const;
  [[nodiscard]] Error write (base::ByteView bytes) const;
  [[nodiscard]] Error rename () const;

  std::string path_;
  std::string part_path_;
  int fd_ = -1;
  std::uint64_t kept_ = 0;
  std::uint64_t position_ = 0;
};
} // namespace social::cli
