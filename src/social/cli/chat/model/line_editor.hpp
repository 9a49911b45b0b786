// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The line that is being written: typing, moving, cutting, and the lines
// written before. Moves by whole characters with what combines with them.
#pragma once

#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "social/cli/chat/model/cells.hpp"

namespace social::cli::chat
{
inline constexpr std::size_t line_bytes_max = std::size_t{ 32 } * 1024;
inline constexpr std::size_t lines_kept_max = 500;

enum class Edit
{
  left,
  right,
  word_left,
  word_right,
  home,
  end,
  backspace,
  remove,
  cut_word,
  cut_to_start,
  cut_to_end,
  paste,
  older_line,
  newer_line,
};

class LineEditor
{
public:
  // Line ends may be in it; other control characters are left out, as is
  // what would make the line too long.
  void insert (char32_t character);
  void insert (std::string_view text);
  void edit (Edit what);
  // Gives the line, keeps it among the older ones, begins a new one.
  [[nodiscard]] std::string take ();

  [[nodiscard]] std::string text () const;
  // What is written before the cursor, back to the last blank.
  [[nodiscard]] std::string word_before_cursor () const;
  [[nodiscard]] bool
  is_empty () const
  {
    return cells_.empty ();
  }
  [[nodiscard]] const std::vector<Cell> &
  cells () const
  {
    return cells_;
  }
  [[nodiscard]] std::size_t
  cursor () const
  {
    return cursor_;
  }

private:
  void insert (const Cell &cell);
  void set (const std::string &text);
  void cut (std::size_t first, std::size_t last);
  void go_to_line (std::size_t line);
  [[nodiscard]] std::size_t word_start () const;
  [[nodiscard]] std::size_t word_end () const;

  std::vector<Cell> cells_;
  std::size_t cursor_ = 0;
  std::size_t bytes_ = 0;
  std::vector<Cell> cut_;
  std::deque<std::string> lines_;
  std::size_t line_ = 0; // which of them is shown; lines_.size (): a new one
  std::string draft_;    // the new one, while an older is shown
};
} // namespace social::cli::chat
