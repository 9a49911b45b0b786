// SPDX-License-Identifier: AGPL-3.0-or-later
//
// How far something is, on the last line of a terminal; elsewhere nothing.
#pragma once

#include <cstdint>
#include <string>

#include "base/time.hpp"

namespace social::cli
{
class ProgressBar
{
public:
  // `is_wanted`: not with --json and --quiet.
  explicit ProgressBar (bool is_wanted);
  ~ProgressBar () { clear (); }
  ProgressBar (const ProgressBar &) = delete;
  ProgressBar &operator= (const ProgressBar &) = delete;

  void show (const char *what, std::uint64_t done, std::uint64_t all);
  void clear ();

private:
  const bool is_shown_;
  const bool is_coloured_;
  base::TimePoint drawn_{};
  bool is_drawn_ = false;
};

// "12.3 MiB"
[[nodiscard]] std::string size_text (std::uint64_t bytes);
} // namespace social::cli
