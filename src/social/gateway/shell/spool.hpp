// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Bytes on their way that are too many for memory: a file without a name, which
// nobody else can open and which is gone with us.
#pragma once

#include <cstdint>
#include <string>

#include "base/bytes.hpp"

namespace social::gateway
{
class Spool
{
public:
  // Lies where `folder` does.
  explicit Spool (const std::string &folder);
  Spool (const Spool &) = delete;
  Spool &operator= (const Spool &) = delete;
  ~Spool ();

  [[nodiscard]] int
  fd () const
  {
    return fd_;
  }
  // Why it is no use any more; "": it is.
  [[nodiscard]] const std::string &
  error () const
  {
    return error_;
  }

  // Behind what is there.
  void append (base::ByteView bytes);
  [[nodiscard]] std::uint64_t size ();
  // At most so many bytes from `position` on; none: that was the end.
  [[nodiscard]] base::Bytes read (std::uint64_t position, std::size_t most);

private:
  void fail ();

  int fd_ = -1;
  std::string error_;
};
} // namespace social::gateway
