// SPDX-License-Identifier: AGPL-3.0-or-later
#include "social/cli/words.hpp"

#include <algorithm>
#include <cwchar>
#include <optional>

#include "social/cli/translate.hpp"

namespace social::cli
{
namespace
{
constexpr std::size_t line_columns = 79;
constexpr std::size_t left_columns = 26;
// Services say no longer sentences; what is longer is of people.
constexpr std::size_t told_max = 1000;

// A %s or %1$s of a text.
struct Hole
{
  std::size_t size = 0; // 0: here is none
  std::size_t word = 0; // which, from 0
};

[[nodiscard]] Hole
hole_at (std::string_view text, std::size_t next)
{
  if (text.starts_with ("%s"))
    return { 2, next };
  if (text.size () >= 4 && '%' == text[0] && text[1] >= '1' && text[1] <= '9'
      && "$s" == text.substr (2, 2))
    return { 4, static_cast<std::size_t> (text[1] - '1') };
  return {};
}

// The words that make `text` out of `pattern`; the shortest ones.
[[nodiscard]] std::optional<std::vector<std::string>>
match (std::string_view pattern, std::string_view text)
{
  const std::size_t hole = pattern.find ("%s");
  if (std::string_view::npos == hole)
    return pattern == text ? std::optional (std::vector<std::string>{})
                           : std::nullopt;
  if (! text.starts_with (pattern.substr (0, hole)))
    return std::nullopt;
  text.remove_prefix (hole);
  pattern.remove_prefix (hole + 2);
  const std::string_view then = pattern.substr (0, pattern.find ("%s"));
  std::size_t end = pattern.empty () ? text.size () : text.find (then);
  for (; end <= text.size (); end = text.find (then, end + 1))
    if (auto rest = match (pattern, text.substr (end)))
    {
      rest->insert (rest->begin (), std::string (text.substr (0, end)));
      return rest;
    }
  return std::nullopt;
}
} // namespace

std::string
filled (const char *text, const std::vector<std::string> &words)
{
  std::string out;
  std::size_t next = 0;
  for (std::string_view rest = text; ! rest.empty ();)
  {
    const Hole hole = hole_at (rest, next);
    if (0 == hole.size)
      out += rest.front ();
    else if (hole.word < words.size ())
      out += words[hole.word];
    next += 0 == hole.size ? 0 : 1;
    rest.remove_prefix (std::max<std::size_t> (hole.size, 1));
  }
  return out;
}

std::string
counted (const char *one, const char *many, std::uint64_t count)
{
  return filled (dngettext (text_domain, one, many, count),
                 { std::to_string (count) });
}

std::string
told (const std::string &text)
{
  if (text.size () > told_max)
    return text;
  for (const char *const *known = service_words (); nullptr != *known; known++)
    if (auto words = match (*known, text))
    {
      for (std::string &word : *words)
        word = told (word);
      return filled (dgettext (text_domain, *known), *words);
    }
  // "what it is about: why"
  const std::size_t colon = text.find (": ");
  if (std::string::npos == colon)
    return text;
  return told (text.substr (0, colon)) + ": " + told (text.substr (colon + 2));
}

std::size_t
width (std::string_view text)
{
  std::size_t columns = 0;
  std::mbstate_t state{};
  while (! text.empty ())
  {
    wchar_t character = 0;
    const std::size_t size
        = std::mbrtowc (&character, text.data (), text.size (), &state);
    const bool is_character = size > 0 && size <= text.size ();
    const int wide = is_character ? ::wcwidth (character) : 1;
    columns += wide < 0 ? 1 : static_cast<std::size_t> (wide);
    if (! is_character)
      state = {};
    text.remove_prefix (is_character ? size : 1);
  }
  return columns;
}

std::string
padded (std::string text, std::size_t columns)
{
  const std::size_t now = width (text);
  text.append (std::max (now + 2, columns) - now, ' ');
  return text;
}

std::string
wrapped (const std::string &text, std::size_t indent)
{
  std::string out;
  std::size_t column = indent;
  for (std::string_view rest = text; ! rest.empty ();)
  {
    const std::string_view word = rest.substr (0, rest.find (' '));
    const bool is_first = out.empty ();
    const std::size_t columns = width (word) + (is_first ? 0 : 1);
    if (! is_first && column + columns > line_columns)
    {
      out += "\n" + std::string (indent, ' ');
      column = indent + width (word);
    }
    else
    {
      out += is_first ? "" : " ";
      column += columns;
    }
    out += word;
    rest.remove_prefix (std::min (word.size () + 1, rest.size ()));
  }
  return out;
}

std::string
two_columns (const std::string &left, const std::string &right)
{
  std::string out = padded (left, left_columns);
  if (width (left) + 2 > left_columns)
    out = left + "\n" + std::string (left_columns, ' ');
  return out + wrapped (right, left_columns) + "\n";
}
} // namespace social::cli
