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
// Of the head of a message that is tried out, and of a state that is taken over
// whole: one variable of the largest size, and something beside it.
inline constexpr std::size_t state_change_bytes_max = std::size_t{ 17 } << 20;
// Old values and operands that the operators other than `=` may go through for
// one message.
inline constexpr std::uint64_t state_work_bytes_max = std::uint64_t{ 256 }
                                                      << 20;
inline constexpr std::size_t record_bytes_max = 60000;
} // namespace psycstore
