// SPDX-License-Identifier: AGPL-3.0-or-later
//
// How far a file is, on the last line of a terminal that stdout and stderr are;
// elsewhere nothing.
#pragma once

#include "social/cli/file_progress.hpp"

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

  void show (const FileProgress &progress);
  void clear ();

private:
  const bool is_shown_;
  const Colour colour_;
  FileRate rate_;
  base::TimePoint drawn_{};
  bool is_drawn_ = false;
};
} // namespace social::cli
