// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Rows of a screen: text in styles, broken into lines at words where that can
// be done.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace social::cli::chat
{
enum class Style
{
  plain,
  time,
  mark,
  mark_bad,
  own,
  author, // in one of the colours below
  remark,
  divider,
  unread,
  bar,
  prompt,
};

inline constexpr int author_colours = 6;

struct Span
{
  std::string text; // UTF-8, nothing in it moves the cursor
  Style style = Style::plain;
  int colour = 0; // of authors

  bool operator== (const Span &) const = default;
};

using Row = std::vector<Span>;

[[nodiscard]] std::string text_of (const Row &row);

// Text in lines of at most `columns`, the first of at most `columns_first`;
// line ends in it are kept. There is always one line.
[[nodiscard]] std::vector<std::string> wrapped (std::string_view text,
                                                int columns_first, int columns);
} // namespace social::cli::chat
