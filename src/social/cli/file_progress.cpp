// SPDX-License-Identifier: AGPL-3.0-or-later
#include "social/cli/file_progress.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

#include "social/cli/translate.hpp"
#include "social/cli/words.hpp"

namespace social::cli
{
namespace
{
// A rate is of so long at least, and of twice that at most.
constexpr base::Duration rate_step = base::seconds (1);
constexpr std::size_t bar_min = 8;
constexpr std::size_t bar_max = 40;

[[nodiscard]] double
share (const FileProgress &progress)
{
  return 0 == progress.all
             ? 1.0
             : std::min (1.0, static_cast<double> (progress.done)
                                  / static_cast<double> (progress.all));
}

[[nodiscard]] std::string
percent_words (const FileProgress &progress)
{
  return std::to_string (progress.percent ()) + " %";
}

[[nodiscard]] std::string
rate_words (Rate rate)
{
  return rate ? ", " + size_text (*rate) + "/s" : "";
}

[[nodiscard]] std::string
bar (const FileProgress &progress, std::size_t columns, Colour colour)
{
  const auto full = static_cast<std::size_t> (share (progress)
                                              * static_cast<double> (columns));
  const bool is_coloured = Colour::on == colour;
  return std::string ("[") + (is_coloured ? "\x1b[32m" : "")
         + std::string (full, '#') + (is_coloured ? "\x1b[0m" : "")
         + std::string (columns - full, '.') + "] ";
}
} // namespace

unsigned
FileProgress::percent () const
{
  return static_cast<unsigned> (share (*this) * 100.0);
}

const char *
stage_words (FileProgress::Stage stage)
{
  switch (stage)
  {
  case FileProgress::Stage::reading:
    return _ ("reading");
  case FileProgress::Stage::sending:
    return _ ("sending");
  case FileProgress::Stage::waiting:
    return _ ("waiting for the host");
  case FileProgress::Stage::asking:
    return _ ("waiting for its sender");
  case FileProgress::Stage::comparing:
    return _ ("comparing");
  case FileProgress::Stage::fetching:
    return _ ("fetching");
  }
  return "";
}

std::string
size_text (std::uint64_t bytes)
{
  constexpr std::array<const char *, 5> units
      = { "bytes", "KiB", "MiB", "GiB", "TiB" };
  auto value = static_cast<double> (bytes);
  std::size_t unit = 0;
  while (value >= 1024.0 && unit + 1 < units.size ())
  {
    value /= 1024.0;
    unit++;
  }
  std::array<char, 32> out{};
  std::snprintf (out.data (), out.size (), 0 == unit ? "%.0f %s" : "%.1f %s",
                 value, units[unit]);
  return out.data ();
}

void
FileRate::take (const FileProgress &progress, base::TimePoint now)
{
  if (! since_ || since_->stage != progress.stage
      || since_->done > progress.done)
  {
    since_ = progress;
    since_time_ = now;
    rate_.reset ();
    return;
  }
  const base::Duration passed = now - since_time_;
  if (passed < rate_step)
    return;
  rate_ = static_cast<std::uint64_t> (
      static_cast<double> (progress.done - since_->done) * 1e6
      / static_cast<double> (passed.count ()));
  since_ = progress;
  since_time_ = now;
}

std::string
progress_words (const FileProgress &progress, Rate rate)
{
  const std::string stage = stage_words (progress.stage);
  if (! progress.has_figures ())
    return stage;
  return stage + " "
         + filled (_ ("%s of %s"),
                   { percent_words (progress), size_text (progress.all) })
         + rate_words (rate);
}

std::string
progress_line (const FileProgress &progress, Rate rate, std::size_t columns,
               Colour colour)
{
  const bool has_figures = progress.has_figures ();
  const std::string stage = stage_words (progress.stage);
  const std::string percent = has_figures ? percent_words (progress) : "";
  const std::string words = stage + " " + size_text (progress.done) + " / "
                            + size_text (progress.all) + rate_words (rate)
                            + " ";
  const std::size_t around = width (words) + 3 + 5; // "[] ", "100 %"
  if (has_figures && columns >= around + bar_min)
    return words + bar (progress, std::min (bar_max, columns - around), colour)
           + percent;
  for (const std::string &each :
       { progress_words (progress, rate),
         progress_words (progress, std::nullopt),
         has_figures ? stage + " " + percent : stage, percent })
    if (width (each) <= columns)
      return each;
  return "";
}
} // namespace social::cli
