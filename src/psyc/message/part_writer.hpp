// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Builds the parts of a message into chunks of at most N bytes (the payload
// of a fragment), each a run of whole parts. Values and data that do not fit
// are split: MODIFIER and MOD_CONT, DATA and DATA.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string_view>

#include "base/bytes.hpp"
#include "psyc/message/parts.hpp"

namespace psyc
{
class PartWriter
{
public:
  // Room for the longest name and some value, and what 16 bits can count.
  static constexpr std::size_t chunk_min = 512;
  static constexpr std::size_t chunk_limit = 65000;

  // `chunk_max` is kept within the two limits above.
  explicit PartWriter (std::size_t chunk_max);

  // Names must satisfy is_name; else false, and nothing was written. The
  // order is the caller's business (see PartChecker).
  [[nodiscard]] bool method (std::string_view name, std::uint32_t flags,
                             std::uint64_t state_delta);
  // A whole modifier. False too when the value exceeds 32 bits.
  [[nodiscard]] bool modifier (Operator oper, std::string_view name,
                               base::ByteView value);
  // A modifier whose value has `full_value_size` bytes, of which `value` is
  // the start; the rest by `modifier_more`.
  [[nodiscard]] bool modifier_begin (Operator oper, std::string_view name,
                                     std::uint32_t full_value_size,
                                     base::ByteView value);
  void modifier_more (base::ByteView value);
  void data (base::ByteView bytes);
  void end ();
  void cancel ();

  // Any part that a reader returned, split anew.
  [[nodiscard]] bool add (const Part &part);

  // Closes the chunk in progress, so that `take` gives it too.
  void flush ();

  // The next closed chunk, oldest first.
  [[nodiscard]] std::optional<base::Bytes> take ();

  // Bytes that the chunk in progress can still take.
  [[nodiscard]] std::size_t room () const;

  // Bytes written and not taken yet.
  [[nodiscard]] std::size_t pending () const;

private:
  void pieces (PartType type, base::ByteView bytes);
  void need (std::size_t size);
  void header (PartType type, std::size_t size);

  template <typename U> void put (U value);

  std::size_t chunk_max_;
  base::Bytes open_;
  std::deque<base::Bytes> closed_;
  std::size_t closed_bytes_ = 0;
};
} // namespace psyc
