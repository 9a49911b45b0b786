// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The bytes of a fuzzer as a source of decisions: small numbers are likely,
// and when the bytes are used up everything is 0. So every input is a program
// of steps, and cutting or changing it gives another sensible one.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/bytes.hpp"

extern "C" int LLVMFuzzerTestOneInput (const std::uint8_t *data,
                                       std::size_t size);

namespace fuzz
{
// Ends the run: the target found a fault.
inline void
require (bool is_true)
{
  if (! is_true)
    std::abort ();
}

class Input
{
public:
  explicit Input (base::ByteView bytes) : rest_ (bytes) {}

  [[nodiscard]] bool
  is_used_up () const
  {
    return rest_.empty ();
  }

  std::uint8_t
  byte ()
  {
    if (rest_.empty ())
      return 0;
    const std::uint8_t out = rest_.front ();
    rest_ = rest_.subspan (1);
    return out;
  }

  // 0 to `bound` - 1, of at most 256.
  std::size_t
  pick (std::size_t bound)
  {
    return byte () % bound;
  }

  bool
  one_in (std::size_t count)
  {
    return count - 1 == pick (count);
  }

  // Mostly small, sometimes near the ends of 8, 16, 32 or 64 bits.
  std::uint64_t
  number ()
  {
    const std::uint8_t kind = byte ();
    if (kind < 224)
      return kind % 16;
    const unsigned int width = 8u << (kind % 4);
    const std::uint64_t top
        = 64 == width ? UINT64_MAX : (std::uint64_t{ 1 } << width) - 1;
    return kind < 240 ? top - pick (3) : top / 2 + pick (3);
  }

  base::ByteView
  bytes (std::size_t size)
  {
    const auto out = rest_.first (std::min (size, rest_.size ()));
    rest_ = rest_.subspan (out.size ());
    return out;
  }

  base::ByteView
  rest ()
  {
    return bytes (rest_.size ());
  }

private:
  base::ByteView rest_;
};
} // namespace fuzz
