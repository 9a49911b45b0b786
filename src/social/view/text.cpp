// SPDX-License-Identifier: AGPL-3.0-or-later
#include "social/view/text.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <ctime>

#include "base/ids.hpp"

namespace social::view
{
namespace
{
constexpr std::size_t file_name_bytes_max = 200;

struct Character
{
  std::uint32_t code = 0;
  std::size_t size = 0; // 0: what is here is no UTF-8
};

[[nodiscard]] Character
first_character (std::string_view text)
{
  const auto byte
      = [&] (std::size_t i) { return static_cast<std::uint8_t> (text[i]); };
  const std::uint8_t lead = byte (0);
  if (lead < 0x80)
    return { lead, 1 };
  const std::size_t size = lead >= 0xf0   ? 4
                           : lead >= 0xe0 ? 3
                           : lead >= 0xc2 ? 2
                                          : 0;
  if (0 == size || lead > 0xf4 || size > text.size ())
    return {};
  std::uint32_t code = lead & (0xffu >> (size + 1));
  for (std::size_t i = 1; i < size; i++)
  {
    if (0x80 != (byte (i) & 0xc0))
      return {};
    code = (code << 6) | (byte (i) & 0x3fu);
  }
  constexpr std::array<std::uint32_t, 5> least = { 0, 0, 0x80, 0x800, 0x10000 };
  const bool is_surrogate = code >= 0xd800 && code <= 0xdfff;
  if (code < least[size] || code > 0x10ffff || is_surrogate)
    return {};
  return { code, size };
}

// Would this do something to a terminal, or to the order of what is shown?
[[nodiscard]] bool
is_harmful (std::uint32_t code)
{
  const auto is_in = [code] (std::uint32_t first, std::uint32_t last)
  { return code >= first && code <= last; };
  return is_in (0, 0x1f) || is_in (0x7f, 0x9f) // controls
         || 0x61c == code || is_in (0x200e, 0x200f) || is_in (0x202a, 0x202e)
         || is_in (0x2066, 0x2069) // bidi
         || is_in (0x2028, 0x2029) // separators
         || 0xfeff == code || is_in (0xfff9, 0xfffb)
         || is_in (0xe0000, 0xe007f); // tags
}

[[nodiscard]] std::string
made_visible (std::string_view text, std::string_view kept)
{
  std::string out;
  std::array<char, 16> buffer{};
  while (! text.empty ())
  {
    const Character character = first_character (text);
    const std::size_t size = 0 == character.size ? 1 : character.size;
    if (0 == character.size)
    {
      std::snprintf (buffer.data (), buffer.size (), "<%02X>",
                     static_cast<std::uint8_t> (text[0]));
      out += buffer.data ();
    }
    else if (is_harmful (character.code)
             && std::string_view::npos == kept.find (text[0]))
    {
      std::snprintf (buffer.data (), buffer.size (), "<U+%04X>",
                     static_cast<unsigned> (character.code));
      out += buffer.data ();
    }
    else
      out += text.substr (0, size);
    text.remove_prefix (size);
  }
  return out;
}
} // namespace

bool
is_utf8 (std::string_view text)
{
  while (! text.empty ())
  {
    const std::size_t size = first_character (text).size;
    if (0 == size)
      return false;
    text.remove_prefix (size);
  }
  return true;
}

std::string_view
utf8_prefix (std::string_view text, std::size_t size_max)
{
  if (text.size () <= size_max)
    return text;
  std::size_t size = size_max;
  while (size > 0 && 0x80 == (static_cast<std::uint8_t> (text[size]) & 0xc0))
    size--;
  return text.substr (0, size);
}

std::string
visible (std::string_view text)
{
  return made_visible (text, "\n\t");
}

std::string
indented (std::string_view text)
{
  std::string out;
  for (const char c : text)
  {
    out += c;
    if ('\n' == c)
      out += "    ";
  }
  return out;
}

std::string
visible_line (std::string_view text)
{
  return made_visible (text, "");
}

std::string
safe_file_name (std::string_view name)
{
  const std::size_t slash = name.find_last_of ("/\\");
  if (std::string_view::npos != slash)
    name.remove_prefix (slash + 1);
  // Control and bidirectional characters become visible, broken UTF-8 too.
  std::string out = visible_line (name);
  std::replace_if (
      out.begin (), out.end (),
      [] (char c) {
        return std::string_view ("\"<>|:*?").find (c) != std::string_view::npos;
      },
      '_');
  out = std::string (utf8_prefix (out, file_name_bytes_max));
  const std::size_t begin = out.find_first_not_of (". ");
  out = std::string::npos == begin ? std::string () : out.substr (begin);
  return out.empty () ? "file" : out;
}

std::string
base64 (base::ByteView bytes)
{
  static constexpr std::string_view digits
      = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (std::size_t i = 0; i < bytes.size (); i += 3)
  {
    const auto at = [&] (std::size_t n) -> std::uint32_t
    { return i + n < bytes.size () ? bytes[i + n] : 0u; };
    const std::uint32_t group = (at (0) << 16) | (at (1) << 8) | at (2);
    const std::size_t left = bytes.size () - i;
    out += digits[group >> 18];
    out += digits[(group >> 12) & 63];
    out += left > 1 ? digits[(group >> 6) & 63] : '=';
    out += left > 2 ? digits[group & 63] : '=';
  }
  return out;
}

std::string
iso_time (std::uint64_t microseconds)
{
  const auto seconds = static_cast<std::time_t> (microseconds / 1000000);
  std::tm parts{};
  if (nullptr == gmtime_r (&seconds, &parts))
    return "1970-01-01T00:00:00.000000Z";
  std::array<char, 80> out{};
  std::snprintf (out.data (), out.size (),
                 "%04d-%02d-%02dT%02d:%02d:%02d.%06uZ", parts.tm_year + 1900,
                 parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min,
                 parts.tm_sec, static_cast<unsigned> (microseconds % 1000000));
  return out.data ();
}

std::optional<std::uint64_t>
parse_id (std::string_view text)
{
  std::uint64_t number = 0;
  if (text.empty ())
    return std::nullopt;
  for (const char digit : text)
  {
    if (digit < '0' || digit > '9')
      return std::nullopt;
    number = number * 10 + static_cast<std::uint64_t> (digit - '0');
    if (number > base::id_max)
      return std::nullopt;
  }
  return number;
}
} // namespace social::view
