// SPDX-License-Identifier: AGPL-3.0-or-later
#include "social/cli/act_words.hpp"

#include <vector>

#include "psyc/message/names.hpp"
#include "social/cli/translate.hpp"
#include "social/cli/words.hpp"
#include "social/core/offer_key.hpp"
#include "social/view/text.hpp"

namespace social::cli
{
namespace
{
constexpr std::size_t value_shown_max = 200;

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
        filled (_ ("offers file #%s %s, %s bytes"), words_of_file (message)),
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
} // namespace

std::optional<std::string>
act_words (const view::Message &message)
{
  if (psyc::is_a (message.method, "_file"))
    return file_words (message);
  if (const auto words = offer_words (message))
    return words;
  if (message.body.empty ()
      && psyc::is_a (message.method, "_notice_place_objects"))
    return changed_objects (message);
  return std::nullopt;
}
} // namespace social::cli
