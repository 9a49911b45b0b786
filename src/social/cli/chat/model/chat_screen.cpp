// SPDX-License-Identifier: AGPL-3.0-or-later
#include "social/cli/chat/model/chat_screen.hpp"

#include <algorithm>

#include "social/cli/chat/model/cells.hpp"
#include "social/cli/chat/model/command.hpp"
#include "social/cli/translate.hpp"

namespace social::cli::chat
{
namespace
{
constexpr int line_rows_max = 6;

[[nodiscard]] Row
filled (std::string text, Style style, int width)
{
  text = shortened (text, width);
  for (int used = columns_of (text); used < width; used++)
    text += ' ';
  return { { std::move (text), style } };
}

[[nodiscard]] std::optional<Edit>
edit_of (Key key)
{
  switch (key)
  {
  case Key::left:
    return Edit::left;
  case Key::right:
    return Edit::right;
  case Key::word_left:
    return Edit::word_left;
  case Key::word_right:
    return Edit::word_right;
  case Key::home:
    return Edit::home;
  case Key::end:
    return Edit::end;
  case Key::backspace:
    return Edit::backspace;
  case Key::remove:
    return Edit::remove;
  case Key::cut_word:
    return Edit::cut_word;
  case Key::cut_to_start:
    return Edit::cut_to_start;
  case Key::cut_to_end:
    return Edit::cut_to_end;
  case Key::paste:
    return Edit::paste;
  case Key::up:
    return Edit::older_line;
  case Key::down:
    return Edit::newer_line;
  case Key::character:
  case Key::enter:
  case Key::tab:
  case Key::escape:
  case Key::page_up:
  case Key::page_down:
  case Key::row_up:
  case Key::row_down:
  case Key::end_of_input:
  case Key::line_break:
    break;
  }
  return std::nullopt;
}
} // namespace

Wish
ChatScreen::on_key (Key key, char32_t character)
{
  if (const auto edit = edit_of (key))
  {
    editor_.edit (*edit);
    return {};
  }
  switch (key)
  {
  case Key::character:
    editor_.insert (character);
    return {};
  case Key::line_break:
    editor_.insert (U'\n');
    return {};
  case Key::tab:
    complete ();
    return {};
  case Key::escape:
    if (transcript_.is_at_end ())
      transcript_.forget_unread ();
    transcript_.to_end ();
    return {};
  case Key::page_up:
    return scroll_up (std::max (page_ - 1, 1));
  case Key::page_down:
    transcript_.scroll_down (std::max (page_ - 1, 1));
    return {};
  case Key::row_up:
    return scroll_up (1);
  case Key::row_down:
    transcript_.scroll_down (1);
    return {};
  case Key::end_of_input:
    if (editor_.is_empty ())
      return { Wish::Kind::quit, {} };
    editor_.edit (Edit::remove);
    return {};
  case Key::enter:
    if (editor_.is_empty ())
      return {};
    transcript_.to_end ();
    transcript_.forget_unread ();
    return { Wish::Kind::submit, editor_.take () };
  case Key::left:
  case Key::right:
  case Key::word_left:
  case Key::word_right:
  case Key::home:
  case Key::end:
  case Key::backspace:
  case Key::remove:
  case Key::cut_word:
  case Key::cut_to_start:
  case Key::cut_to_end:
  case Key::paste:
  case Key::up:
  case Key::down:
    break; // was edited
  }
  return {};
}

Wish
ChatScreen::scroll_up (int count)
{
  return { transcript_.scroll_up (count) ? Wish::Kind::older
                                         : Wish::Kind::nothing,
           {} };
}

void
ChatScreen::complete ()
{
  const std::string word = editor_.word_before_cursor ();
  const bool is_first = editor_.text ().starts_with (word)
                        && std::string::npos == editor_.text ().find (' ');
  const auto whole = completed (word, is_first, people_.names ());
  if (whole)
    editor_.insert (std::string_view (*whole).substr (word.size ()));
}

// ---------------------------------------------------------------- drawing

Row
ChatScreen::bar (int width) const
{
  std::string text = "[" + surroundings_.place + "] " + surroundings_.ego;
  if (const std::size_t unseen = transcript_.unseen (); unseen > 0)
    text += " · ↓ " + std::to_string (unseen) + " " + _ ("new");
  else if (! transcript_.is_at_end ())
    text += std::string (" · ↓ ") + _ ("more below");
  for (const auto *some : { &surroundings_.transfers, &surroundings_.news })
    for (const std::string &each : *some)
      text += " · " + each;
  return filled (text, Style::bar, width);
}

// The line as it is written, in as many rows as it needs; when that is too
// many, those around the cursor.
void
ChatScreen::draw_line (Frame &frame, int width, int height) const
{
  constexpr int prompt_columns = 2;
  const int room = std::max (width - prompt_columns, 1);
  std::vector<std::string> lines (1);
  int used = 0;
  int cursor_line = 0;
  int cursor_column = 0;
  const auto &cells = editor_.cells ();
  for (std::size_t i = 0; i <= cells.size (); i++)
  {
    const int next = i < cells.size () ? cells[i].width : 1;
    if (used > 0 && used + next > room)
    {
      lines.emplace_back ();
      used = 0;
    }
    if (i == editor_.cursor ())
    {
      cursor_line = static_cast<int> (lines.size ()) - 1;
      cursor_column = used;
    }
    if (i == cells.size ())
      break;
    used += next;
    lines.back () += "\n" == cells[i].text ? "⏎" : cells[i].text;
  }
  const int count = std::min ({ static_cast<int> (lines.size ()), line_rows_max,
                                std::max (height / 2, 1) });
  const int first = std::clamp (cursor_line - count / 2, 0,
                                static_cast<int> (lines.size ()) - count);
  for (int i = first; i < first + count; i++)
    frame.rows.push_back (
        { { 0 == i ? "> " : "  ", Style::prompt },
          { lines[static_cast<std::size_t> (i)], Style::plain } });
  frame.cursor_row = height - count + (cursor_line - first);
  frame.cursor_column = std::min (prompt_columns + cursor_column, width - 1);
}

Frame
ChatScreen::draw (int width, int height)
{
  width = std::max (width, 1);
  height = std::max (height, 1);
  Frame line;
  draw_line (line, width, height);
  const int room = height - static_cast<int> (line.rows.size ());
  Frame frame;
  frame.cursor_row = line.cursor_row;
  frame.cursor_column = line.cursor_column;
  const int around = std::min (room, 2);
  if (around > 1)
    frame.rows.push_back (filled (surroundings_.topic.empty ()
                                      ? surroundings_.place
                                      : surroundings_.topic,
                                  Style::bar, width));
  page_ = room - around;
  if (page_ > 0)
  {
    auto rows = transcript_.rows (width, page_);
    frame.rows.resize (frame.rows.size () + static_cast<std::size_t> (page_)
                       - rows.size ());
    std::move (rows.begin (), rows.end (), std::back_inserter (frame.rows));
  }
  if (around > 0)
    frame.rows.push_back (bar (width));
  std::move (line.rows.begin (), line.rows.end (),
             std::back_inserter (frame.rows));
  return frame;
}
} // namespace social::cli::chat
