// SPDX-License-Identifier: AGPL-3.0-or-later
#include "social/cli/output.hpp"

#include <cstdio>
#include <unistd.h>

#include "social/view/json.hpp"
#include "social/view/text.hpp"

namespace social::cli
{
using namespace view;

Output::Output (Form form) : form_ (form), is_terminal_ (isatty (1) != 0) {}

void
Output::print (const std::string &line)
{
  raw (base::as_bytes (line));
  raw (base::as_bytes ("\n"));
  if (0 != std::fflush (stdout))
    is_broken_ = true;
}

void
Output::result (const std::string &json, const std::string &human,
                const std::string &quiet)
{
  const std::string &line = Form::json == form_    ? json
                            : Form::quiet == form_ ? quiet
                                                   : human;
  if (! line.empty ())
    print (line);
}

void
Output::remark (const std::string &human)
{
  if (Form::human == form_)
    print (human);
}

void
Output::raw (base::ByteView bytes)
{
  if (bytes.size () != std::fwrite (bytes.data (), 1, bytes.size (), stdout))
    is_broken_ = true;
}

void
Output::error (const std::string &code, const std::string &message)
{
  std::fflush (stdout);
  if (Form::json == form_)
    print (json_error (code, message));
  std::fprintf (stderr, "gnunet-social: %s\n", visible_line (message).c_str ());
}

std::string
Output::shown (std::string_view text) const
{
  return is_terminal_ ? visible (text) : std::string (text);
}

std::string
Output::shown_line (std::string_view text) const
{
  return visible_line (text);
}
} // namespace social::cli
