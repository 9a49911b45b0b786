// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Variables that the service itself puts into what is said, and that it takes
// out of what applications say (upload_filter.hpp).
#pragma once

#include <string>
#include <vector>

#include "social/social_messages.hpp"

namespace social
{
[[nodiscard]] inline Variable
text_variable (std::string name, const std::string &value)
{
  return { ':', std::move (name), base::to_bytes (base::as_bytes (value)) };
}

// UTC microseconds, as the variables of time have them.
[[nodiscard]] inline std::string
time_text (base::TimePoint time)
{
  return std::to_string (time.time_since_epoch ().count ());
}

// In what a host says, by itself or for `author`.
[[nodiscard]] inline std::vector<Variable>
words_of_host (const std::string &author, base::TimePoint now)
{
  return { text_variable ("_nym_author", author),
           text_variable ("_time_said", time_text (now)) };
}

// In what a guest says to the host.
[[nodiscard]] inline std::vector<Variable>
words_of_guest (base::TimePoint now)
{
  return { text_variable ("_time_sent", time_text (now)) };
}
} // namespace social
