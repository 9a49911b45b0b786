// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Text as a terminal shows it: cells of one or two columns, each a character
// with what combines with it. Widths are those of the C library, for the
// locale's character set, which should be UTF-8.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace social::cli::chat
{
struct Cell
{
  std::string text; // UTF-8
  int width = 1;    // columns

  bool operator== (const Cell &) const = default;
};

// More marks than these on one character are not shown.
inline constexpr int marks_max = 4;

// 0: combines with what is before it; below 0: cannot be shown.
[[nodiscard]] int width_of (char32_t character);
[[nodiscard]] std::string utf8 (char32_t character);
// Of text that is UTF-8 (what is not, and what cannot be shown, becomes
// visible).
[[nodiscard]] std::vector<Cell> cells_of (std::string_view text);
// The text of the cells from `first` on, without `last`.
[[nodiscard]] std::string text_between (const std::vector<Cell> &cells,
                                        std::size_t first, std::size_t last);
[[nodiscard]] int columns_of (std::string_view text);
[[nodiscard]] int columns_of (const std::vector<Cell> &cells);
// The beginning that fits, with "…" when it is not all.
[[nodiscard]] std::string shortened (std::string_view text, int columns);
} // namespace social::cli::chat
