// SPDX-License-Identifier: AGPL-3.0-or-later
//
// How far a file is on its way, and in words that fit into a line. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/time.hpp"

namespace social::cli
{
struct FileProgress
{
  enum class Stage
  {
    reading,   // for its hash
    sending,   // to our service
    waiting,   // our service has it, the host not; no figures
    asking,    // what is offered: its sender has not begun; no figures
    comparing, // with what an earlier try left
    fetching,
  };
  Stage stage = Stage::reading;
  std::uint64_t done = 0; // bytes
  std::uint64_t all = 0;

  [[nodiscard]] bool
  has_figures () const
  {
    return Stage::waiting != stage && Stage::asking != stage;
  }
  [[nodiscard]] unsigned percent () const;
};

// "sending"
[[nodiscard]] const char *stage_words (FileProgress::Stage stage);
// "12.3 MiB"
[[nodiscard]] std::string size_text (std::uint64_t bytes);

// Bytes a second, of the last seconds of one stage.
class FileRate
{
public:
  void take (const FileProgress &progress, base::TimePoint now);
  // Nothing: not known yet.
  [[nodiscard]] std::optional<std::uint64_t>
  rate () const
  {
    return rate_;
  }

private:
  std::optional<FileProgress> since_;
  base::TimePoint since_time_{};
  std::optional<std::uint64_t> rate_;
};

using Rate = std::optional<std::uint64_t>;

// "sending 45 % of 12.3 MiB, 3.1 MiB/s"
[[nodiscard]] std::string progress_words (const FileProgress &progress,
                                          Rate rate);

enum class Colour
{
  off,
  on,
};

// With a bar, or as much of it as fits into so many columns.
[[nodiscard]] std::string progress_line (const FileProgress &progress,
                                         Rate rate, std::size_t columns,
                                         Colour colour);
} // namespace social::cli
