// SPDX-License-Identifier: AGPL-3.0-or-later
#include "social/cli/chat/model/line_editor.hpp"

#include <algorithm>
#include <utility>

namespace social::cli::chat
{
namespace
{
[[nodiscard]] bool
is_blank (const Cell &cell)
{
  return " " == cell.text || "\n" == cell.text;
}
} // namespace

void
LineEditor::insert (char32_t character)
{
  const std::string text = utf8 (character);
  const int width = U'\n' == character ? 1 : width_of (character);
  if (width < 0 || bytes_ + text.size () > line_bytes_max)
    return;
  if (width > 0)
    return insert (Cell{ text, width });
  if (0 == cursor_ || is_blank (cells_[cursor_ - 1]))
    return; // nothing that it could combine with
  cells_[cursor_ - 1].text += text;
  bytes_ += text.size ();
}

void
LineEditor::insert (std::string_view text)
{
  for (;;)
  {
    const std::size_t end = text.find ('\n');
    for (const Cell &cell : cells_of (text.substr (0, end)))
      insert (cell);
    if (std::string_view::npos == end)
      return;
    insert (U'\n');
    text.remove_prefix (end + 1);
  }
}

void
LineEditor::insert (const Cell &cell)
{
  if (bytes_ + cell.text.size () > line_bytes_max)
    return;
  bytes_ += cell.text.size ();
  cells_.insert (cells_.begin () + static_cast<std::ptrdiff_t> (cursor_), cell);
  cursor_++;
}

void
LineEditor::edit (Edit what)
{
  switch (what)
  {
  case Edit::left:
    cursor_ -= cursor_ > 0 ? 1 : 0;
    return;
  case Edit::right:
    cursor_ += cursor_ < cells_.size () ? 1 : 0;
    return;
  case Edit::word_left:
    cursor_ = word_start ();
    return;
  case Edit::word_right:
    cursor_ = word_end ();
    return;
  case Edit::home:
    cursor_ = 0;
    return;
  case Edit::end:
    cursor_ = cells_.size ();
    return;
  case Edit::backspace:
    if (cursor_ > 0)
    {
      edit (Edit::left);
      edit (Edit::remove);
    }
    return;
  case Edit::remove:
    if (cursor_ < cells_.size ())
    {
      bytes_ -= cells_[cursor_].text.size ();
      cells_.erase (cells_.begin () + static_cast<std::ptrdiff_t> (cursor_));
    }
    return;
  case Edit::cut_word:
    return cut (word_start (), cursor_);
  case Edit::cut_to_start:
    return cut (0, cursor_);
  case Edit::cut_to_end:
    return cut (cursor_, cells_.size ());
  case Edit::paste:
    return insert (text_between (cut_, 0, cut_.size ()));
  case Edit::older_line:
    return go_to_line (line_ > 0 ? line_ - 1 : 0);
  case Edit::newer_line:
    return go_to_line (std::min (line_ + 1, lines_.size ()));
  }
}

std::string
LineEditor::take ()
{
  std::string out = text ();
  if (! out.empty () && (lines_.empty () || lines_.back () != out))
    lines_.push_back (out);
  if (lines_.size () > lines_kept_max)
    lines_.pop_front ();
  line_ = lines_.size ();
  draft_.clear ();
  set ({});
  return out;
}

std::string
LineEditor::text () const
{
  return text_between (cells_, 0, cells_.size ());
}

std::string
LineEditor::word_before_cursor () const
{
  std::size_t first = cursor_;
  while (first > 0 && ! is_blank (cells_[first - 1]))
    first--;
  return text_between (cells_, first, cursor_);
}

void
LineEditor::set (const std::string &text)
{
  cells_.clear ();
  cursor_ = 0;
  bytes_ = 0;
  insert (std::string_view (text));
}

void
LineEditor::cut (std::size_t first, std::size_t last)
{
  if (first == last)
    return;
  const auto begin = cells_.begin () + static_cast<std::ptrdiff_t> (first);
  const auto end = cells_.begin () + static_cast<std::ptrdiff_t> (last);
  cut_.assign (begin, end);
  for (const Cell &cell : cut_)
    bytes_ -= cell.text.size ();
  cells_.erase (begin, end);
  cursor_ = first;
}

void
LineEditor::go_to_line (std::size_t line)
{
  if (line == line_)
    return;
  if (line_ == lines_.size ())
    draft_ = text ();
  line_ = line;
  set (line == lines_.size () ? draft_ : lines_[line]);
}

std::size_t
LineEditor::word_start () const
{
  std::size_t at = cursor_;
  while (at > 0 && is_blank (cells_[at - 1]))
    at--;
  while (at > 0 && ! is_blank (cells_[at - 1]))
    at--;
  return at;
}

std::size_t
LineEditor::word_end () const
{
  std::size_t at = cursor_;
  while (at < cells_.size () && is_blank (cells_[at]))
    at++;
  while (at < cells_.size () && ! is_blank (cells_[at]))
    at++;
  return at;
}
} // namespace social::cli::chat
