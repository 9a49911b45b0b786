// SPDX-License-Identifier: AGPL-3.0-or-later
#include "social/cli/chat/words.hpp"

#include <algorithm>
#include <array>
#include <ctime>

#include "psyc/message/names.hpp"
#include "social/cli/chat/model/transcript.hpp"
#include "social/cli/translate.hpp"
#include "social/cli/words.hpp"
#include "social/core/offer_key.hpp"
#include "social/view/text.hpp"

namespace social::cli::chat
{
namespace
{
constexpr std::size_t value_shown_max = 200;
// A longer part of a place's name is a key.
constexpr std::size_t label_bytes_max = 40;
constexpr std::size_t label_bytes_shown = 8;

[[nodiscard]] std::string
changed_objects (const view::Message &message)
{
  std::string text;
  for (const view::Variable &variable : message.variables)
  {
    if (! psyc::is_lasting (variable.oper) || variable.name == "_hash_state")
      continue;
    const bool is_long = variable.value.size () > value_shown_max;
    text += (text.empty () ? "" : ", ") + variable.name + " "
            + static_cast<char> (variable.oper) + " "
            + variable.value.substr (0, value_shown_max) + (is_long ? "…" : "");
  }
  return text;
}

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
variable (const view::Message &message, const char *name)
{
  const std::string *const value = message.find (name);
  return nullptr == value ? std::string () : *value;
}

[[nodiscard]] std::string
with_description (const std::string &text, const view::Message &message)
{
  const std::string about = variable (message, "_description_file");
  return view::visible_line (about.empty () ? text : text + ": " + about);
}

[[nodiscard]] std::vector<std::string>
words_of_file (const view::Message &message)
{
  const std::string name = variable (message, "_name_file");
  return { std::to_string (message.id), name.empty () ? "?" : name,
           std::to_string (
               view::file_size (message).value_or (message.body_size)) };
}

[[nodiscard]] std::string
file_words (const view::Message &message)
{
  return with_description (
      filled (_ ("file #%s %s, %s bytes"), words_of_file (message)), message);
}

// Of the conversation about offers (doc/spec/files.md).
[[nodiscard]] std::optional<std::string>
offer_words (const view::Message &message)
{
  if (psyc::is_a (message.method, offer_method))
    return with_description (
        filled (_ ("offers file #%s %s, %s bytes; /get saves it"),
                words_of_file (message)),
        message);
  if (psyc::is_a (message.method, offer_request_method))
    return _ ("asks for a file that was offered");
  if (psyc::is_a (message.method, offer_said_method))
    return view::visible_line (
        filled (_ ("sent the file that was offered, as #%s"),
                { variable (message, offer_file_variable) }));
  if (psyc::is_a (message.method, offer_failure_method))
    return view::visible_line (
        filled (_ ("cannot send the file that was offered: %s"),
                { told (message.body) }));
  return std::nullopt;
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
  else if (psyc::is_a (message.method, "_file"))
    out.text = file_words (message);
  else if (const auto words = offer_words (message))
    out.text = *words;
  else if (message.body.empty ()
           && psyc::is_a (message.method, "_notice_place_objects"))
    out.text = changed_objects (message);
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
