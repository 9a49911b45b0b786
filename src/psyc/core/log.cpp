// SPDX-License-Identifier: AGPL-3.0-or-later
#include "psyc/core/log.hpp"

namespace psyc::core
{
void
Log::open (base::FragmentId settled)
{
  is_open_ = true;
  if (settled < settled_)
    return;
  settled_ = settled;
  tail_from_ = std::max (tail_from_, settled.value + 1);
  drop_tail_below (tail_from_);
  above_.trim_below (settled.value + 1);
  advance ();
}

void
Log::add_range (std::uint64_t first, std::uint64_t last)
{
  first = std::max (first, settled_.value + 1);
  if (last < first)
    return;
  above_.add (first, last);
  absent_above_ = std::max (absent_above_, last);
  advance ();
}

void
Log::add_stored (FragmentPtr fragment)
{
  const std::uint64_t id = fragment->head.id.value;
  if (is_known (fragment->head.id))
    return;
  above_.add (id);
  keep (std::move (fragment));
  advance ();
}

void
Log::add_gap (std::uint64_t first, std::uint64_t last)
{
  first = std::max (first, settled_.value + 1);
  if (last < first)
    return;
  above_.add (first, last);
  advance ();
}

bool
Log::is_known (base::FragmentId id) const
{
  return id <= settled_ || above_.contains (id.value);
}

std::vector<base::Interval>
Log::known_above (std::size_t count_max) const
{
  std::vector<base::Interval> out;
  const auto highest = above_.highest ();
  if (! highest)
    return out;
  std::uint64_t from = settled_.value + 1;
  for (const auto &hole : above_.missing (from, *highest, count_max))
  {
    if (hole.first > from)
      out.push_back ({ from, hole.first - 1 });
    from = hole.last + 1;
  }
  if (out.size () < count_max && from <= *highest && above_.contains (from))
    out.push_back ({ from, above_.contiguous_end (from) });
  return out;
}

Log::Step
Log::after (base::FragmentId cursor) const
{
  if (cursor >= settled_)
    return AtEnd{};
  const std::uint64_t next = cursor.value + 1;
  if (next < tail_from_)
    return OnDisk{ next, std::min (settled_.value, tail_from_ - 1) };
  const auto it = tail_.lower_bound (next);
  if (it == tail_.end () || it->first > settled_.value)
    return Gap{ next, settled_.value };
  if (it->first > next)
    return Gap{ next, it->first - 1 };
  return it->second;
}

// Moves the watermark over what is known behind it.
void
Log::advance ()
{
  if (! is_open_)
    return;
  const std::uint64_t end = above_.contiguous_end (settled_.value + 1);
  if (end <= settled_.value)
    return;
  settled_.value = end;
  above_.trim_below (end + 1);
  // What is below the watermark and not in memory ends the tail's claim.
  if (absent_above_ >= tail_from_)
  {
    tail_from_ = std::min (absent_above_, end) + 1;
    drop_tail_below (tail_from_);
  }
}

void
Log::keep (FragmentPtr fragment)
{
  tail_bytes_ += fragment->bytes.size ();
  const std::uint64_t id = fragment->head.id.value;
  tail_.emplace (id, std::move (fragment));
  while (tail_.size () > fragments_max_ || tail_bytes_ > bytes_max_)
  {
    auto oldest = tail_.begin ();
    if (oldest->first <= settled_.value)
    {
      tail_from_ = oldest->first + 1;
      drop_from_tail (oldest);
      continue;
    }
    auto newest = std::prev (tail_.end ());
    absent_above_ = std::max (absent_above_, newest->first);
    drop_from_tail (newest);
  }
}

void
Log::drop_from_tail (std::map<std::uint64_t, FragmentPtr>::iterator it)
{
  tail_bytes_ -= it->second->bytes.size ();
  tail_.erase (it);
}

void
Log::drop_tail_below (std::uint64_t id)
{
  while (! tail_.empty () && tail_.begin ()->first < id)
    drop_from_tail (tail_.begin ());
}
} // namespace psyc::core
