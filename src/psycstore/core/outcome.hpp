// SPDX-License-Identifier: AGPL-3.0-or-later
//
// How an operation ended, and the limits that it is held to.
#pragma once

#include <cstdint>
#include <string>

#include "psycstore/psycstore_messages.hpp"

namespace psycstore
{
struct Outcome
{
  std::int64_t result = result_ok;
  // Why, when it did not go as wished.
  std::string message;

  bool operator== (const Outcome &) const = default;
};

[[nodiscard]] inline Outcome
done (std::int64_t result = result_ok)
{
  return { result, {} };
}

// Nothing was changed, and this is why.
[[nodiscard]] inline Outcome
refused (std::string message)
{
  return { result_failed, std::move (message) };
}

inline constexpr std::size_t settled_requests_max = 1024;
inline constexpr std::size_t reason_bytes_max = 1024;
inline constexpr std::size_t method_keywords_max = 16;
// Of one state change, and of a state that is taken over whole.
inline constexpr std::size_t state_change_bytes_max = std::size_t{ 16 } << 20;
// Of a value in one StateResult.
inline constexpr std::size_t state_piece_bytes_max = 60000;
inline constexpr std::size_t record_bytes_max = 60000;
} // namespace psycstore
