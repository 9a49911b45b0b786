// SPDX-License-Identifier: AGPL-3.0-or-later
#include "social/cli/chat/model/rows.hpp"

#include <algorithm>

#include "social/cli/chat/model/cells.hpp"

namespace social::cli::chat
{
namespace
{
// How many cells from `first` on make the next line.
[[nodiscard]] std::size_t
cells_that_fit (const std::vector<Cell> &cells, std::size_t first, int columns)
{
  std::size_t end = first;
  int used = 0;
  while (end < cells.size () && used + cells[end].width <= columns)
    used += cells[end++].width;
  // A cell wider than the line itself goes alone.
  return std::max<std::size_t> (end - first, 1);
}

void
wrap_line (std::vector<std::string> &out, std::string_view line,
           int columns_first, int columns)
{
  const auto cells = cells_of (line);
  std::size_t first = 0;
  do
  {
    const int room = std::max (out.empty () ? columns_first : columns, 1);
    if (out.empty () && columns_first < columns && ! cells.empty ()
        && cells[0].width > room)
    {
      out.emplace_back (); // no room at all behind the head
      continue;
    }
    std::size_t end = first + cells_that_fit (cells, first, room);
    if (end >= cells.size ())
    {
      out.push_back (text_between (cells, first, cells.size ()));
      return;
    }
    // Back to a blank, if there is one.
    std::size_t blank = end;
    while (blank > first && " " != cells[blank].text)
      blank--;
    // A first word that has no room behind the name begins the next line.
    const bool is_for_next
        = blank == first && out.empty () && columns_first < columns;
    if (" " == cells[blank].text)
      end = blank;
    else if (is_for_next
             && cells_that_fit (cells, first, columns) + first >= cells.size ())
      end = first;
    out.push_back (text_between (cells, first, end));
    first = end < cells.size () && " " == cells[end].text ? end + 1 : end;
  } while (first < cells.size ());
}

[[nodiscard]] std::string
without_tabs (std::string_view line)
{
  std::string out;
  for (const char c : line)
    if ('\t' == c)
      out += "    ";
    else
      out += c;
  return out;
}
} // namespace

std::string
text_of (const Row &row)
{
  std::string out;
  for (const Span &span : row)
    out += span.text;
  return out;
}

std::vector<std::string>
wrapped (std::string_view text, int columns_first, int columns)
{
  std::vector<std::string> out;
  for (;;)
  {
    const std::size_t end = text.find ('\n');
    wrap_line (out, without_tabs (text.substr (0, end)), columns_first,
               columns);
    if (std::string_view::npos == end)
      return out;
    text.remove_prefix (end + 1);
  }
}
} // namespace social::cli::chat
