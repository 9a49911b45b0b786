// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Messages in the words of a chat: who it is about and what is to be read.
#pragma once

#include <string>

#include "social/view/from_gnunet.hpp"

namespace social::cli::chat
{
struct Worded
{
  std::string author; // whom it is about, a tagged key, or empty
  std::string kind;   // a method that people should see
  std::string text;   // of others: to be made harmless before it is shown
};

[[nodiscard]] Worded worded (const view::Message &message,
                             const view::Place &place);

// A place's name or key, with keys in it shortened: "lounge.000G0051…".
[[nodiscard]] std::string short_label (const std::string &label);

// Of the local day and time: "12:34", "2026-01-31".
[[nodiscard]] std::string clock_of (std::uint64_t microseconds);
[[nodiscard]] std::string day_of (std::uint64_t microseconds);
} // namespace social::cli::chat
