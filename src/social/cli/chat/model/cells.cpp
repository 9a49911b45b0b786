// SPDX-License-Identifier: AGPL-3.0-or-later
#include "social/cli/chat/model/cells.hpp"

#include <array>
#include <cstdint>
#include <cstdio>
#include <cwchar>

#include "social/view/text.hpp"

namespace social::cli::chat
{
namespace
{
constexpr std::string_view lonely_mark_base = "\xe2\x97\x8c"; // U+25CC

// The next character of well-formed UTF-8.
[[nodiscard]] char32_t
take_character (std::string_view &text)
{
  const auto lead = static_cast<std::uint8_t> (text[0]);
  const std::size_t size = lead < 0x80   ? 1
                           : lead < 0xe0 ? 2
                           : lead < 0xf0 ? 3
                                         : 4;
  char32_t code = 1 == size ? lead : lead & (0xffu >> (size + 1));
  for (std::size_t i = 1; i < size; i++)
    code = (code << 6) | (static_cast<std::uint8_t> (text[i]) & 0x3fu);
  text.remove_prefix (size);
  return code;
}

[[nodiscard]] int
marks_of (const Cell &cell)
{
  int count = -1;
  for (const char byte : cell.text)
    count += 0x80 != (static_cast<std::uint8_t> (byte) & 0xc0) ? 1 : 0;
  return count;
}

void
add_character (std::vector<Cell> &cells, char32_t character)
{
  const int width = width_of (character);
  if (width > 0)
    cells.push_back ({ utf8 (character), width });
  else if (width < 0)
  {
    std::array<char, 16> name{};
    std::snprintf (name.data (), name.size (), "<U+%04X>",
                   static_cast<unsigned> (character));
    for (const char *letter = name.data (); '\0' != *letter; letter++)
      cells.push_back ({ std::string (1, *letter), 1 });
  }
  else if (cells.empty ())
    cells.push_back ({ std::string (lonely_mark_base) + utf8 (character), 1 });
  else if (marks_of (cells.back ()) < marks_max)
    cells.back ().text += utf8 (character);
}
} // namespace

int
width_of (char32_t character)
{
  return wcwidth (static_cast<wchar_t> (character));
}

std::string
utf8 (char32_t character)
{
  const auto code = static_cast<std::uint32_t> (character);
  const auto low = [code] (unsigned shift)
  { return static_cast<char> (0x80u | ((code >> shift) & 0x3fu)); };
  std::string out;
  if (code < 0x80)
    return { static_cast<char> (code) };
  if (code < 0x800)
    return { static_cast<char> (0xc0u | (code >> 6)), low (0) };
  if (code < 0x10000)
    return { static_cast<char> (0xe0u | (code >> 12)), low (6), low (0) };
  return { static_cast<char> (0xf0u | ((code >> 18) & 7u)), low (12), low (6),
           low (0) };
}

std::vector<Cell>
cells_of (std::string_view text)
{
  const std::string shown = view::visible_line (text);
  std::string_view left = shown;
  std::vector<Cell> cells;
  while (! left.empty ())
    add_character (cells, take_character (left));
  return cells;
}

int
columns_of (const std::vector<Cell> &cells)
{
  int columns = 0;
  for (const Cell &cell : cells)
    columns += cell.width;
  return columns;
}

std::string
text_between (const std::vector<Cell> &cells, std::size_t first,
              std::size_t last)
{
  std::string out;
  for (std::size_t i = first; i < last; i++)
    out += cells[i].text;
  return out;
}

int
columns_of (std::string_view text)
{
  return columns_of (cells_of (text));
}

std::string
shortened (std::string_view text, int columns)
{
  const auto cells = cells_of (text);
  std::string out;
  if (columns_of (cells) <= columns)
  {
    for (const Cell &cell : cells)
      out += cell.text;
    return out;
  }
  int used = 0;
  for (const Cell &cell : cells)
  {
    if (used + cell.width > columns - 1)
      break;
    used += cell.width;
    out += cell.text;
  }
  return columns < 1 ? std::string () : out + "…";
}
} // namespace social::cli::chat
