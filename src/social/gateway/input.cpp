// SPDX-License-Identifier: AGPL-3.0-or-later
#include "social/gateway/input.hpp"

#include <jansson.h>

#include "social/view/text.hpp"

namespace social::gateway
{
namespace
{
// Before the parser, whose depth is the stack's.
[[nodiscard]] bool
is_too_deep (std::string_view text)
{
  std::size_t depth = 0;
  bool is_string = false;
  for (std::size_t i = 0; i < text.size (); i++)
  {
    const char c = text[i];
    if (is_string)
    {
      if ('\\' == c)
        i++;
      else if ('"' == c)
        is_string = false;
    }
    else if ('"' == c)
      is_string = true;
    else if ('{' == c || '[' == c)
    {
      if (++depth > json_depth_max)
        return true;
    }
    else if (('}' == c || ']' == c) && depth > 0)
      depth--;
  }
  return false;
}

[[nodiscard]] std::string
text_of (const json_t *value)
{
  return { json_string_value (value), json_string_length (value) };
}

[[nodiscard]] int
base64_digit (char c)
{
  if (c >= 'A' && c <= 'Z')
    return c - 'A';
  if (c >= 'a' && c <= 'z')
    return c - 'a' + 26;
  if (c >= '0' && c <= '9')
    return c - '0' + 52;
  if ('+' == c || '-' == c)
    return 62;
  if ('/' == c || '_' == c)
    return 63;
  return -1;
}
} // namespace

std::optional<std::string>
from_base64 (std::string_view text)
{
  while (! text.empty () && '=' == text.back ())
    text.remove_suffix (1);
  if (1 == text.size () % 4)
    return std::nullopt;
  std::string out;
  unsigned bits = 0;
  unsigned count = 0;
  for (const char c : text)
  {
    const int digit = base64_digit (c);
    if (digit < 0)
      return std::nullopt;
    bits = (bits << 6) | static_cast<unsigned> (digit);
    count += 6;
    if (count >= 8)
    {
      count -= 8;
      out += static_cast<char> ((bits >> count) & 0xffu);
    }
  }
  return out;
}

Input::Input (std::string_view body)
{
  if (is_too_deep (body))
  {
    problem_ = problem (400, "bad_json",
                        "the body is nested deeper than "
                            + std::to_string (json_depth_max));
    return;
  }
  json_error_t error;
  json_t *const value
      = body.empty () ? json_object ()
                      : json_loadb (body.data (), body.size (),
                                    JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL
                                        | JSON_DECODE_ANY,
                                    &error);
  if (nullptr == value)
    problem_ = problem (400, "bad_json",
                        std::string ("the body is no JSON: ") + error.text
                            + " (line " + std::to_string (error.line) + ")");
  else if (! json_is_object (value))
  {
    json_decref (value);
    problem_ = problem (422, "wrong_type", "the body must be a JSON object");
  }
  else
    object_ = value;
}

Input::~Input () { json_decref (object_); }

json_t *
Input::find (const char *name)
{
  known_.insert (name);
  json_t *const value
      = nullptr == object_ ? nullptr : json_object_get (object_, name);
  return nullptr == value || json_is_null (value) ? nullptr : value;
}

void
Input::refuse (const std::string &member, const std::string &detail)
{
  if (! problem_)
    problem_ = problem (422, "bad_member", detail, member);
}

std::optional<std::string>
Input::text (const char *name)
{
  auto out = any_text (name);
  if (out && std::string::npos != out->find ('\0'))
    refuse (name, std::string ("'") + name + "' must hold no NUL");
  return out;
}

std::optional<std::string>
Input::any_text (const char *name)
{
  const json_t *const value = find (name);
  if (nullptr == value)
    return std::nullopt;
  if (json_is_string (value))
    return text_of (value);
  refuse (name, std::string ("'") + name + "' must be a string");
  return std::nullopt;
}

std::string
Input::needed_text (const char *name)
{
  const bool is_there = nullptr != find (name);
  auto out = text (name);
  if (! is_there)
    refuse (name, std::string ("'") + name + "' is needed");
  return out.value_or ("");
}

std::optional<bool>
Input::flag (const char *name)
{
  const json_t *const value = find (name);
  if (nullptr == value)
    return std::nullopt;
  if (json_is_boolean (value))
    return json_is_true (value);
  refuse (name, std::string ("'") + name + "' must be true or false");
  return std::nullopt;
}

std::optional<std::uint64_t>
Input::number (const char *name)
{
  const json_t *const value = find (name);
  if (nullptr == value)
    return std::nullopt;
  if (json_is_integer (value) && json_integer_value (value) >= 0)
    return static_cast<std::uint64_t> (json_integer_value (value));
  refuse (name, std::string ("'") + name + "' must be a whole number");
  return std::nullopt;
}

std::optional<std::string>
Input::bytes (const char *name)
{
  const auto encoded = text (name);
  if (! encoded)
    return std::nullopt;
  auto out = from_base64 (*encoded);
  if (! out)
    refuse (name, std::string ("'") + name + "' must be base64");
  return out;
}

Input::Texts
Input::texts_of (json_t *object, const std::string &outer)
{
  Texts out;
  const char *name = nullptr;
  json_t *value = nullptr;
  json_object_foreach (object, name, value)
  {
    const json_t *const wrapped = json_object_get (value, "base64");
    const bool is_wrapped
        = json_is_string (wrapped) && 1 == json_object_size (value);
    const auto decoded = is_wrapped ? from_base64 (text_of (wrapped))
                         : json_is_string (value)
                             ? std::optional (text_of (value))
                             : std::nullopt;
    if (decoded)
      out.emplace_back (name, *decoded);
    else
      refuse (outer + name, std::string ("'") + name
                                + "' must be a string, or {\"base64\":\"…\"}");
  }
  return out;
}

Input::Texts
Input::texts (const char *name)
{
  json_t *const value = find (name);
  if (nullptr == value)
    return {};
  if (json_is_object (value))
    return texts_of (value, std::string (name) + ".");
  refuse (name, std::string ("'") + name + "' must be an object");
  return {};
}

Input::Texts
Input::all_texts ()
{
  if (nullptr == object_)
    return {};
  Texts out = texts_of (object_, "");
  for (const auto &[name, value] : out)
    known_.insert (name);
  return out;
}

std::optional<Answer>
Input::problem_found ()
{
  const char *name = nullptr;
  json_t *value = nullptr;
  if (! problem_ && nullptr != object_)
    json_object_foreach (object_, name, value) if (! known_.contains (name))
        refuse (name, std::string ("'") + name + "' means nothing here");
  return problem_;
}
Words::Words (std::string_view target)
{
  auto words = query_words (target);
  if (words)
    words_ = std::move (*words);
  else
    problem_ = problem (422, "bad_query", "a %XX behind the '?' is malformed");
}

std::optional<std::string>
Words::text (const char *name)
{
  known_.insert (name);
  const auto word = words_.find (name);
  if (word == words_.end ())
    return std::nullopt;
  if (view::is_utf8 (word->second)
      && std::string::npos == word->second.find ('\0'))
    return word->second;
  refuse (name, std::string ("'") + name + "' must be UTF-8");
  return std::nullopt;
}

std::optional<std::uint64_t>
Words::number (const char *name, std::uint64_t number_max)
{
  const auto word = text (name);
  if (! word)
    return std::nullopt;
  const auto out = view::parse_id (*word);
  if (out && *out <= number_max)
    return out;
  refuse (name, std::string ("'") + name + "' must be a whole number, at most "
                    + std::to_string (number_max));
  return std::nullopt;
}

bool
Words::flag (const char *name)
{
  const auto word = text (name);
  if (! word || "false" == *word || "0" == *word)
    return false;
  if (! ("true" == *word || "1" == *word || word->empty ()))
    refuse (name, std::string ("'") + name + "' must be true or false");
  return true;
}

void
Words::refuse (const std::string &name, const std::string &detail)
{
  if (! problem_)
    problem_ = problem (422, "bad_query", detail, name);
}

std::optional<Answer>
Words::problem_found ()
{
  for (const auto &[name, value] : words_)
    if (! known_.contains (name))
      refuse (name, "there is no such word behind the '?' here");
  return problem_;
}
} // namespace social::gateway
