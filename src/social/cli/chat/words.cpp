// SPDX-License-Identifier: AGPL-3.0-or-later
#include "social/cli/chat/words.hpp"

#include <algorithm>
#include <array>
#include <ctime>

#include "psyc/message/names.hpp"
#include "social/cli/chat/model/transcript.hpp"
#include "social/cli/act_words.hpp"
#include "social/cli/translate.hpp"
#include "social/cli/words.hpp"
#include "social/core/offer_key.hpp"
#include "social/view/text.hpp"

namespace social::cli::chat
{
namespace
{
// A longer part of a place's name is a key.
constexpr std::size_t label_bytes_max = 40;
constexpr std::size_t label_bytes_shown = 8;

[[nodiscard]] std::string
body_words (const view::Message &message, const view::Place &place)
{
  if (message.body_size <= text_shown_max)
    return message.body;
  const std::string number = std::to_string (message.id);
  return filled (
      _ ("%s … (%s bytes in all: %s)"),
      { std::string (view::utf8_prefix (message.body, text_shown_max)),
        std::to_string (message.body_size),
        "gnunet-social history " + place.label () + " --id " + number
            + " --raw" });
}

[[nodiscard]] std::string
local_time (std::uint64_t microseconds, const char *format)
{
  const auto seconds = static_cast<std::time_t> (microseconds / 1000000);
  std::tm parts{};
  std::array<char, 64> out{};
  if (nullptr != localtime_r (&seconds, &parts))
    std::strftime (out.data (), out.size (), format, &parts);
  return out.data ();
}
} // namespace

Worded
worded (const view::Message &message, const view::Place &place)
{
  Worded out;
  out.author = view::author_of (message, place).value_or ("");
  const std::string *nym = message.find ("_nym");
  const std::string body = body_words (message, place);
  const std::string with_body = body.empty () ? "" : ": " + body;
  if (psyc::is_a (message.method, "_notice_place_leave") && nullptr != nym)
  {
    out.author = *nym;
    out.text = _ ("is gone") + with_body;
  }
  else if (psyc::is_a (message.method, "_notice_place_closing"))
    out.text = _ ("closed the place") + with_body;
  else if (const auto words = act_words (message))
    out.text = psyc::is_a (message.method, offer_method)
                   ? *words + "; " + _ ("/get saves it")
                   : *words;
  else
  {
    if ("_converse" != message.method
        && ! psyc::is_a (message.method, "_message"))
      out.kind = message.method;
    out.text = body;
  }
  return out;
}

std::string
short_label (const std::string &label)
{
  std::string out;
  for (std::size_t at = 0; at <= label.size ();)
  {
    const std::size_t end = std::min (label.find ('.', at), label.size ());
    const std::string part = label.substr (at, end - at);
    const bool is_long = part.size () > label_bytes_max;
    out += (0 == at ? "" : ".")
           + (is_long
                  ? std::string (view::utf8_prefix (part, label_bytes_shown))
                        + "…"
                  : part);
    at = end + 1;
  }
  return out;
}

std::string
clock_of (std::uint64_t microseconds)
{
  return local_time (microseconds, "%H:%M");
}

std::string
day_of (std::uint64_t microseconds)
{
  return local_time (microseconds, "%Y-%m-%d");
}
} // namespace social::cli::chat
