// SPDX-License-Identifier: AGPL-3.0-or-later
#include "social/cli/progress_bar.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <utility>

#include <sys/ioctl.h>
#include <unistd.h>

#include "shell/keys.hpp"
#include "social/cli/words.hpp"

namespace social::cli
{
namespace
{
constexpr base::Duration redraw = base::milliseconds (100);
constexpr std::size_t bar_max = 40;

[[nodiscard]] std::size_t
terminal_width ()
{
  struct winsize size = {};
  if (0 != ::ioctl (STDERR_FILENO, TIOCGWINSZ, &size) || 0 == size.ws_col)
    return 80;
  return size.ws_col;
}

[[nodiscard]] bool
wants_colour ()
{
  const char *without = std::getenv ("NO_COLOR");
  const char *terminal = std::getenv ("TERM");
  return (nullptr == without || '\0' == *without) && nullptr != terminal
         && std::string ("dumb") != terminal;
}

[[nodiscard]] std::string
bar (std::uint64_t done, std::uint64_t all, std::size_t width, bool is_coloured)
{
  const auto share = 0 == all ? 1.0
                              : std::min (1.0, static_cast<double> (done)
                                                   / static_cast<double> (all));
  const auto full
      = static_cast<std::size_t> (share * static_cast<double> (width));
  std::string out = "[";
  out += is_coloured ? "\x1b[32m" : "";
  out += std::string (full, '#');
  out += is_coloured ? "\x1b[0m" : "";
  out += std::string (width - full, '.');
  return out + "] " + std::to_string (static_cast<unsigned> (share * 100.0))
         + " %";
}
} // namespace

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

ProgressBar::ProgressBar (bool is_wanted)
    : is_shown_ (is_wanted && 0 != isatty (STDERR_FILENO)),
      is_coloured_ (wants_colour ())
{}

void
ProgressBar::show (const char *what, std::uint64_t done, std::uint64_t all)
{
  const base::TimePoint now = shell::now ();
  if (! is_shown_ || (is_drawn_ && now - drawn_ < redraw && done < all))
    return;
  is_drawn_ = true;
  drawn_ = now;
  const std::string words
      = std::string (what) + " " + size_text (done) + " / " + size_text (all);
  const std::size_t width = terminal_width ();
  const std::size_t taken
      = cli::width (words) + 12; // "[", "] 100 %", and one free
  std::string line = "\r\x1b[K" + words;
  if (width > taken + 4)
    line += " "
            + bar (done, all, std::min (bar_max, width - taken), is_coloured_);
  std::fputs (line.c_str (), stderr);
  std::fflush (stderr);
}

void
ProgressBar::clear ()
{
  if (std::exchange (is_drawn_, false))
    std::fputs ("\r\x1b[K", stderr);
}
} // namespace social::cli
