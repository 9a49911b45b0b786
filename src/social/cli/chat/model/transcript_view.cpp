// SPDX-License-Identifier: AGPL-3.0-or-later
//
// How a transcript looks, and moving about in it.
#include <algorithm>
#include <utility>

#include "social/cli/chat/model/cells.hpp"
#include "social/cli/chat/model/transcript.hpp"
#include "social/cli/translate.hpp"

namespace social::cli::chat
{
namespace
{
[[nodiscard]] Row
divider (const std::string &words, Style style, int width)
{
  std::string text = "── " + words + " ";
  for (int used = columns_of (text); used < width; used++)
    text += "─";
  return { { shortened (text, width), style } };
}

[[nodiscard]] std::string
blanks (int count)
{
  return std::string (static_cast<std::size_t> (std::max (count, 0)), ' ');
}
} // namespace

// ---------------------------------------------------------------- drawing

// "12:34 ✓ alice: "
Row
Transcript::head_of (const Said &said) const
{
  Row row;
  row.push_back ({ said.clock + " ", Style::time });
  row.push_back ({ std::string (mark_text (said.mark)) + " ",
                   Mark::failed == said.mark ? Style::mark_bad : Style::mark });
  row.push_back ({ people_.shown (said.author),
                   said.is_mine ? Style::own : Style::author,
                   People::colour_of (said.author) });
  row.push_back ({ said.kind.empty () ? ": " : " " + said.kind + ": " });
  return row;
}

void
Transcript::draw (Entry &entry) const
{
  const Said &said = entry.said;
  entry.rows.clear ();
  if (entry.has_top)
    entry.rows.push_back (
        divider (_ ("the beginning"), Style::divider, width_));
  if (entry.has_day)
    entry.rows.push_back (divider (said.day, Style::divider, width_));
  if (entry.has_unread)
    entry.rows.push_back (divider (_ ("new"), Style::unread, width_));

  const bool is_remark = said.author.empty () && 0 == said.id;
  Row head = is_remark ? Row{ { "-- ", Style::remark } } : head_of (said);
  if (columns_of (text_of (head)) >= width_) // a very narrow terminal
    head = { { shortened (text_of (head), width_ - 1), Style::plain } };
  const int head_columns = columns_of (text_of (head));
  const int indent = std::min (is_remark ? 3 : 8, width_ / 4);
  const Style style = is_remark ? Style::remark : Style::plain;
  bool is_first = true;
  for (auto &line : wrapped (said.text, width_ - head_columns, width_ - indent))
  {
    Row row = std::exchange (is_first, false)
                  ? head
                  : Row{ { blanks (indent), Style::plain } };
    row.push_back ({ std::move (line), style });
    entry.rows.push_back (std::move (row));
  }
}

// Draws it anew when something that shows in it has changed.
const std::vector<Row> &
Transcript::drawn (std::size_t index)
{
  Entry &entry = *entries_[index];
  const bool has_day
      = ! entry.said.day.empty ()
        && (0 == index || entries_[index - 1]->said.day != entry.said.day);
  const bool has_unread = unread_ == &entry;
  const bool has_top = 0 == index && is_complete_;
  if (entry.width != width_ || entry.people_version != people_.version ()
      || entry.has_day != has_day || entry.has_unread != has_unread
      || entry.has_top != has_top)
  {
    entry.width = width_;
    entry.people_version = people_.version ();
    entry.has_day = has_day;
    entry.has_unread = has_unread;
    entry.has_top = has_top;
    draw (entry);
  }
  return entry.rows;
}

std::vector<Row>
Transcript::rows (int width, int height)
{
  width_ = std::max (width, 1);
  height_ = std::max (height, 1);
  std::vector<Row> out;
  if (entries_.empty ())
    return out;
  Position at = bottom ();
  for (;;)
  {
    const auto &rows = drawn (at.index);
    for (int row = at.row; row >= 0; row--)
    {
      if (static_cast<int> (out.size ()) == height_)
        break;
      out.push_back (rows[static_cast<std::size_t> (row)]);
    }
    if (static_cast<int> (out.size ()) == height_ || 0 == at.index)
      break;
    at.index--;
    at.row = static_cast<int> (drawn (at.index).size ()) - 1;
  }
  std::reverse (out.begin (), out.end ());
  return out;
}

// ----------------------------------------------------------------- moving

Transcript::Position
Transcript::bottom ()
{
  Position at;
  at.index = nullptr == anchor_ ? entries_.size () - 1 : index_of (anchor_);
  const int last = static_cast<int> (drawn (at.index).size ()) - 1;
  at.row = nullptr == anchor_ ? last : std::min (anchor_row_, last);
  return at;
}

void
Transcript::set_bottom (Position at)
{
  const bool is_last
      = at.index + 1 == entries_.size ()
        && at.row + 1 >= static_cast<int> (drawn (at.index).size ());
  if (is_last)
    return to_end ();
  anchor_ = entries_[at.index].get ();
  anchor_row_ = at.row;
}

int
Transcript::move_up (Position &at, int count)
{
  while (count > at.row)
  {
    if (0 == at.index)
    {
      const int lacking = count - at.row;
      at.row = 0;
      return lacking;
    }
    count -= at.row + 1;
    at.index--;
    at.row = static_cast<int> (drawn (at.index).size ()) - 1;
  }
  at.row -= count;
  return 0;
}

bool
Transcript::scroll_up (int count)
{
  if (entries_.empty ())
    return true;
  // Never so far that rows stay empty above.
  const Position from = bottom ();
  Position top = from;
  const int lacking = move_up (top, count + height_ - 1);
  owed_ = lacking;
  if (lacking >= count)
    return true; // nothing moves
  Position at = from;
  (void)move_up (at, count - lacking);
  set_bottom (at);
  return lacking > 0;
}

void
Transcript::scroll_down (int count)
{
  if (nullptr == anchor_)
    return;
  owed_ = 0;
  Position at = bottom ();
  while (count > 0)
  {
    const int below = static_cast<int> (drawn (at.index).size ()) - 1 - at.row;
    if (count <= below)
    {
      at.row += count;
      return set_bottom (at);
    }
    if (at.index + 1 == entries_.size ())
      return to_end ();
    count -= below + 1;
    at.index++;
    at.row = 0;
  }
  set_bottom (at);
}

void
Transcript::to_end ()
{
  anchor_ = nullptr;
  unseen_ = 0;
  owed_ = 0;
  for (const auto &entry : entries_)
    read_id_ = std::max (read_id_, entry->said.id);
}

void
Transcript::on_older ()
{
  if (const int owed = std::exchange (owed_, 0); owed > 0)
    (void)scroll_up (owed);
}
} // namespace social::cli::chat
