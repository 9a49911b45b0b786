// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The variable in which a host says what the hash of the state is after its
// message (doc/spec/variables.md), and the message with which it says the whole
// state. Both are psyc's own: applications neither say nor hear them.
#pragma once

#include <string>
#include <string_view>

#include "base/bytes.hpp"

namespace psyc
{
inline constexpr std::string_view state_hash_name = "_hash_state";
// In hexadecimal digits.
inline constexpr std::size_t state_hash_size = 2 * base::Hash::size;

inline constexpr std::string_view checkpoint_method = "_state_checkpoint";

[[nodiscard]] inline std::string
render_hash (const base::Hash &hash)
{
  static constexpr char digits[] = "0123456789abcdef";
  std::string out;
  for (const std::uint8_t byte : hash.bytes)
  {
    out.push_back (digits[byte >> 4]);
    out.push_back (digits[byte & 15]);
  }
  return out;
}
} // namespace psyc
