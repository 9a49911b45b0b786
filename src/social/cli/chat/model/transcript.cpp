// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What is in it and in which order; transcript_view.cpp draws it.
#include "social/cli/chat/model/transcript.hpp"

#include <algorithm>

#include "social/view/text.hpp"

namespace social::cli::chat
{
const char *
mark_text (Mark mark)
{
  switch (mark)
  {
  case Mark::none:
    return " ";
  case Mark::begun:
    return "·";
  case Mark::queued:
    return "…";
  case Mark::sent:
    return "→";
  case Mark::accepted:
    return "✓";
  case Mark::failed:
    return "✗";
  }
  return " ";
}

void
Transcript::add_message (Said said)
{
  const std::size_t index = place_of (said);
  if (index > 0 && entries_[index - 1]->said.id == said.id)
    return;
  if (said.is_mine && take_over_own (said))
    return;
  insert (index, std::move (said));
  note_came (entries_[index]->said);
  if (! entries_[index]->said.is_historic && ! entries_[index]->said.is_mine
      && ! is_at_end () && nullptr == unread_)
    unread_ = entries_[index].get ();
  trim ();
}

void
Transcript::add_remark (const std::string &text, const std::string &day)
{
  Said said;
  said.text = text;
  said.day = day;
  insert (entries_.size (), std::move (said));
  trim ();
}

void
Transcript::add_own (Said said)
{
  insert (entries_.size (), std::move (said));
  trim ();
}

void
Transcript::set_state (std::uint64_t local, Mark mark, std::uint64_t id)
{
  Entry *entry = find_local (local);
  if (nullptr == entry)
    return;
  entry->width = 0; // to be drawn anew
  entry->said.mark = mark;
  if (0 == id || entry->said.id == id)
    return;
  // It has its id now, and so its place among the others.
  Said said = entry->said;
  erase (index_of (entry));
  said.id = id;
  const std::size_t index = place_of (said);
  if (index == 0 || entries_[index - 1]->said.id != id)
    insert (index, said);
  else
  {
    entries_[index - 1]->said.mark = mark;
    entries_[index - 1]->width = 0;
  }
  note_came (said);
}

// Our own message comes back before its sender was told: the oldest of the
// same words is it.
bool
Transcript::take_over_own (Said &said)
{
  for (std::size_t i = 0; i < entries_.size (); i++)
  {
    Said &own = entries_[i]->said;
    if (0 == own.local || 0 != own.id || own.text != said.text
        || own.kind != said.kind)
      continue;
    said.local = own.local;
    said.mark = Mark::accepted;
    erase (i);
    const std::size_t index = place_of (said);
    insert (index, std::move (said));
    note_came (entries_[index]->said);
    return true;
  }
  return false;
}

void
Transcript::note_came (const Said &said)
{
  if (is_at_end ())
    read_id_ = std::max (read_id_, said.id);
  else if (! said.is_historic && ! said.is_mine)
    unseen_++;
}

void
Transcript::mark_unread_after (std::uint64_t id)
{
  unread_ = nullptr;
  for (const auto &entry : entries_)
    if (entry->said.id > id && ! entry->said.is_mine)
    {
      unread_ = entry.get ();
      return;
    }
}

void
Transcript::forget_unread ()
{
  unread_ = nullptr;
}

std::optional<std::uint64_t>
Transcript::oldest_id () const
{
  for (const auto &entry : entries_)
    if (0 != entry->said.id)
      return entry->said.id;
  return std::nullopt;
}

bool
Transcript::has_room () const
{
  return entries_.size () < entries_max / 10 * 8
         && text_bytes_ < text_kept_max / 10 * 8;
}

// Where a message goes, or behind the one that has its id. Remarks stay behind
// the messages that they came after, those of the history too; own words
// without an id stay last.
std::size_t
Transcript::place_of (const Said &message) const
{
  std::size_t index = entries_.size ();
  bool has_newer = false;
  while (index > 0)
  {
    const Said &said = entries_[index - 1]->said;
    if (0 != said.id && said.id <= message.id)
      break;
    has_newer = has_newer || 0 != said.id;
    index--;
  }
  if (has_newer || message.is_historic
      || (index > 0 && entries_[index - 1]->said.id == message.id))
    return index;
  while (index < entries_.size () && 0 == entries_[index]->said.local)
    index++;
  return index;
}

Transcript::Entry *
Transcript::find_local (std::uint64_t local)
{
  for (auto it = entries_.rbegin (); it != entries_.rend (); ++it)
    if ((*it)->said.local == local)
      return it->get ();
  return nullptr;
}

std::size_t
Transcript::index_of (const Entry *entry) const
{
  const auto it
      = std::find_if (entries_.begin (), entries_.end (),
                      [entry] (const auto &e) { return e.get () == entry; });
  return static_cast<std::size_t> (it - entries_.begin ());
}

void
Transcript::insert (std::size_t index, Said said)
{
  if (said.text.size () > text_shown_max)
    said.text
        = std::string (view::utf8_prefix (said.text, text_shown_max)) + " …";
  text_bytes_ += said.text.size ();
  auto entry = std::make_unique<Entry> ();
  entry->said = std::move (said);
  entries_.insert (entries_.begin () + static_cast<std::ptrdiff_t> (index),
                   std::move (entry));
}

void
Transcript::erase (std::size_t index)
{
  const auto it = entries_.begin () + static_cast<std::ptrdiff_t> (index);
  text_bytes_ -= (*it)->said.text.size ();
  if (unread_ == it->get ())
    unread_ = nullptr;
  const bool is_anchor = anchor_ == it->get ();
  entries_.erase (it);
  if (! is_anchor)
    return;
  anchor_ = index < entries_.size () ? entries_[index].get () : nullptr;
  anchor_row_ = 0;
}

// The oldest go; they can be had again.
void
Transcript::trim ()
{
  if (entries_.size () <= entries_max && text_bytes_ <= text_kept_max)
    return;
  while (entries_.size () > entries_max / 10 * 9
         || text_bytes_ > text_kept_max / 10 * 9)
    erase (0);
  is_complete_ = false;
}
} // namespace social::cli::chat
