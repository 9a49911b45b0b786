// SPDX-License-Identifier: AGPL-3.0-or-later
//
// A set of 64-bit numbers kept as disjoint, non-adjacent closed intervals:
// what has arrived, what is missing. Cost grows with the number of holes, not
// with the size of the numbers.
#pragma once

#include <cstdint>
#include <algorithm>
#include <iterator>
#include <map>
#include <optional>
#include <vector>

namespace base
{
struct Interval
{
  std::uint64_t first = 0;
  std::uint64_t last = 0; // inclusive; first <= last

  bool operator== (const Interval &) const = default;
};

class IntervalSet
{
public:
  // Adds all of [first, last]; does nothing when last < first.
  void
  add (std::uint64_t first, std::uint64_t last)
  {
    if (last < first)
      return;
    auto it = intervals_.upper_bound (first);
    if (it != intervals_.begin ())
    {
      auto before = std::prev (it);
      if (before->second >= first || before->second + 1 == first)
      {
        first = before->first;
        last = std::max (last, before->second);
        it = intervals_.erase (before);
      }
    }
    while (it != intervals_.end ()
           && (it->first <= last || it->first - 1 == last))
    {
      last = std::max (last, it->second);
      it = intervals_.erase (it);
    }
    intervals_.emplace (first, last);
  }

  void
  add (std::uint64_t value)
  {
    add (value, value);
  }

  [[nodiscard]] bool
  contains (std::uint64_t value) const
  {
    auto it = intervals_.upper_bound (value);
    return it != intervals_.begin () && std::prev (it)->second >= value;
  }

  // The highest n such that all of [from, n] is in the set, or from - 1.
  [[nodiscard]] std::uint64_t
  contiguous_end (std::uint64_t from) const
  {
    auto it = intervals_.upper_bound (from);
    if (it == intervals_.begin () || std::prev (it)->second < from)
      return from - 1;
    return std::prev (it)->second;
  }

  // The intervals of [first, last] that are not in the set, ascending, at most
  // `count_max` of them.
  [[nodiscard]] std::vector<Interval>
  missing (std::uint64_t first, std::uint64_t last, std::size_t count_max) const
  {
    std::vector<Interval> out;
    auto it = intervals_.upper_bound (first);
    if (it != intervals_.begin () && std::prev (it)->second >= first)
      --it;
    while (first <= last && out.size () < count_max)
    {
      if (it == intervals_.end () || it->first > last)
      {
        out.push_back ({ first, last });
        break;
      }
      if (it->first > first)
        out.push_back ({ first, it->first - 1 });
      if (it->second == UINT64_MAX)
        break;
      first = it->second + 1;
      ++it;
    }
    return out;
  }

  // Takes all of [first, last] out.
  void
  remove (std::uint64_t first, std::uint64_t last)
  {
    auto it = intervals_.upper_bound (first);
    if (it != intervals_.begin () && std::prev (it)->second >= first)
      --it;
    while (first <= last && it != intervals_.end () && it->first <= last)
    {
      const Interval old{ it->first, it->second };
      it = intervals_.erase (it);
      if (old.first < first)
        intervals_.emplace (old.first, first - 1);
      if (old.last > last)
        intervals_.emplace (last + 1, old.last);
    }
  }

  // Forgets everything below `value`.
  void
  trim_below (std::uint64_t value)
  {
    while (! intervals_.empty ())
    {
      auto it = intervals_.begin ();
      if (it->first >= value)
        return;
      const std::uint64_t last = it->second;
      intervals_.erase (it);
      if (last >= value)
        intervals_.emplace (value, last);
    }
  }

  [[nodiscard]] std::optional<std::uint64_t>
  highest () const
  {
    if (intervals_.empty ())
      return std::nullopt;
    return std::prev (intervals_.end ())->second;
  }

  // The lowest interval; the set must not be empty.
  [[nodiscard]] Interval
  front () const
  {
    return { intervals_.begin ()->first, intervals_.begin ()->second };
  }

  [[nodiscard]] std::size_t
  interval_count () const
  {
    return intervals_.size ();
  }

  [[nodiscard]] bool
  is_empty () const
  {
    return intervals_.empty ();
  }

private:
  std::map<std::uint64_t, std::uint64_t> intervals_; // first -> last
};
} // namespace base
