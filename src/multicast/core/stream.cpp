// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What a member has and what is missing: see stream.hpp.
#include "multicast/core/stream.hpp"

#include <algorithm>

#include "multicast/core/limits.hpp"

namespace multicast
{
Stream::Stream (base::FragmentId first, const std::vector<base::Interval> &have)
    : first_ (first)
{
  for (const base::Interval &range : have)
  {
    taken_.add (range.first, range.last);
    highest_held_ = std::max (highest_held_, base::FragmentId{ range.last });
  }
}

void
Stream::start_after (base::FragmentId admission)
{
  if (first_.is_none ())
    first_ = admission.next ();
}

void
Stream::note_head (base::FragmentId id)
{
  head_ = std::max (head_, id);
}

bool
Stream::is_own (std::uint64_t id) const
{
  return ! first_.is_none () && id >= first_.value;
}

Stream::Fate
Stream::fate_of (base::FragmentId id) const
{
  if (pending_.contains (id)
      || (taken_.contains (id.value) && ! given_up_.contains (id.value)))
    return Fate::known;
  const bool makes_hole = taken_.interval_count () >= limits::holes_max
                          && ! taken_.contains (id.previous ().value);
  if (bytes_ >= limits::undurable_bytes_max || makes_hole
      || pending_.size () >= limits::undurable_fragments_max)
    return Fate::no_room;
  return Fate::wanted;
}

void
Stream::take (base::FragmentId id, std::size_t size)
{
  taken_.add (id.value);
  given_up_.remove (id.value, id.value);
  elsewhere_.remove (id.value, id.value);
  extra_.remove (id.value, id.value);
  pending_[id] = { size, false };
  bytes_ += size;
}

void
Stream::on_stored (base::FragmentId id)
{
  const auto it = pending_.find (id);
  if (it == pending_.end () || it->second.has_failed)
    return;
  bytes_ -= it->second.size;
  pending_.erase (it);
  highest_held_ = std::max (highest_held_, id);
}

void
Stream::on_failed (base::FragmentId id, base::TimePoint again)
{
  const auto it = pending_.find (id);
  if (it == pending_.end () || it->second.has_failed)
    return;
  bytes_ -= it->second.size;
  it->second.has_failed = true;
  retries_.emplace (again, id);
}

void
Stream::advance_time (base::TimePoint now)
{
  while (! retries_.empty () && retries_.begin ()->first <= now)
  {
    const base::FragmentId id = retries_.begin ()->second;
    retries_.erase (retries_.begin ());
    pending_.erase (id);
    taken_.remove (id.value, id.value);
    if (! is_own (id.value))
      extra_.add (id.value);
  }
}

base::TimePoint
Stream::next_deadline () const
{
  return retries_.empty () ? base::time_never : retries_.begin ()->first;
}

std::optional<base::Interval>
Stream::next_missing (std::uint64_t count_max) const
{
  std::vector<base::Interval> missing;
  std::uint64_t from = first_.value;
  while (! first_.is_none () && missing.empty () && from <= head_.value)
  {
    missing = taken_.missing (from, head_.value, 1);
    if (missing.empty ())
      break;
    // What is to be had elsewhere is cut off, from either end.
    const auto here
        = elsewhere_.missing (missing.front ().first, missing.front ().last, 1);
    from = missing.front ().last + 1;
    missing = here;
  }
  if (missing.empty () && ! extra_.is_empty ())
    missing.push_back (extra_.front ());
  if (missing.empty ())
    return std::nullopt;
  base::Interval out = missing.front ();
  out.last = std::min (out.last, out.first + count_max - 1);
  return out;
}

void
Stream::put_elsewhere (std::uint64_t first, std::uint64_t last)
{
  if (first_.is_none ())
    return;
  first = std::max (first, first_.value);
  last = std::min (last, head_.value);
  for (const base::Interval &run : taken_.missing (first, last, SIZE_MAX))
    elsewhere_.add (run.first, run.last);
}

void
Stream::clear_elsewhere ()
{
  elsewhere_ = {};
}

bool
Stream::has_elsewhere () const
{
  return ! elsewhere_.is_empty ();
}

std::optional<base::Interval>
Stream::next_elsewhere (std::uint64_t count_max,
                        const base::IntervalSet &asked) const
{
  if (elsewhere_.is_empty ())
    return std::nullopt;
  std::uint64_t from = elsewhere_.front ().first;
  const std::uint64_t last = elsewhere_.highest ().value_or (0);
  while (from <= last)
  {
    const auto open = asked.missing (from, last, 1);
    if (open.empty ())
      return std::nullopt;
    from = open.front ().first;
    if (elsewhere_.contains (from))
      return base::Interval{ from, std::min ({ elsewhere_.contiguous_end (from),
                                               open.front ().last,
                                               from + count_max - 1 }) };
    // On to the next of its runs.
    base::IntervalSet rest = elsewhere_;
    rest.trim_below (from);
    if (rest.is_empty ())
      return std::nullopt;
    from = rest.front ().first;
  }
  return std::nullopt;
}

std::optional<base::FragmentId>
Stream::first_coming (base::FragmentId id) const
{
  if (first_.is_none ())
    return std::nullopt;
  const auto missing
      = taken_.missing (std::max (id, first_).value, head_.value, 1);
  if (missing.empty ())
    return std::nullopt;
  return base::FragmentId{ missing.front ().first };
}

std::vector<base::Interval>
Stream::give_up (std::uint64_t first, std::uint64_t last)
{
  extra_.remove (first, last);
  if (first_.is_none ())
    return {};
  first = std::max (first, first_.value);
  last = std::min (last, head_.value);
  auto out = taken_.missing (first, last, SIZE_MAX);
  for (const base::Interval &gap : out)
  {
    taken_.add (gap.first, gap.last);
    given_up_.add (gap.first, gap.last);
    elsewhere_.remove (gap.first, gap.last);
  }
  return out;
}

bool
Stream::has_room () const
{
  return bytes_ < limits::undurable_bytes_low;
}

base::FragmentId
Stream::highest_held () const
{
  return highest_held_;
}

base::FragmentId
Stream::highest_taken () const
{
  return { taken_.highest ().value_or (0) };
}

std::uint64_t
Stream::missing_count (std::uint64_t first, std::uint64_t last) const
{
  std::uint64_t out = 0;
  if (first_.is_none ())
    return out;
  for (const base::Interval &run :
       taken_.missing (std::max (first, first_.value),
                       std::min (last, head_.value), SIZE_MAX))
    out += run.last - run.first + 1;
  return out;
}

std::uint64_t
Stream::missing_count () const
{
  return missing_count (first_.value, head_.value);
}

base::FragmentId
Stream::first () const
{
  return first_;
}
} // namespace multicast
