// SPDX-License-Identifier: AGPL-3.0-or-later
#include "social/cli/progress_bar.hpp"

#include <cstdio>
#include <cstdlib>
#include <utility>

#include <sys/ioctl.h>
#include <unistd.h>

#include "shell/keys.hpp"

namespace social::cli
{
namespace
{
constexpr base::Duration redraw = base::milliseconds (100);

[[nodiscard]] std::size_t
terminal_width ()
{
  struct winsize size = {};
  if (0 != ::ioctl (STDERR_FILENO, TIOCGWINSZ, &size) || 0 == size.ws_col)
    return 80;
  return size.ws_col;
}

// One that can erase a line, and shows nothing else that a program reads.
[[nodiscard]] bool
is_on_terminal ()
{
  const char *const terminal = std::getenv ("TERM");
  return 0 != isatty (STDERR_FILENO) && 0 != isatty (STDOUT_FILENO)
         && nullptr != terminal && std::string ("dumb") != terminal;
}

[[nodiscard]] Colour
colour_wanted ()
{
  const char *const without = std::getenv ("NO_COLOR");
  return nullptr == without || '\0' == *without ? Colour::on : Colour::off;
}
} // namespace

ProgressBar::ProgressBar (bool is_wanted)
    : is_shown_ (is_wanted && is_on_terminal ()), colour_ (colour_wanted ())
{}

void
ProgressBar::show (const FileProgress &progress)
{
  if (! is_shown_)
    return;
  const base::TimePoint now = shell::now ();
  rate_.take (progress, now);
  if (is_drawn_ && now - drawn_ < redraw && progress.done < progress.all)
    return;
  is_drawn_ = true;
  drawn_ = now;
  // The last column stays free: some terminals go on to the next line.
  const std::string line = "\r\x1b[K"
                           + progress_line (progress, rate_.rate (),
                                            terminal_width () - 1, colour_);
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
