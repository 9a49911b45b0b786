// SPDX-License-Identifier: AGPL-3.0-or-later
#include "psycstore/core/membership.hpp"

#include <algorithm>

namespace psycstore
{
Visibility::Visibility (const std::vector<MembershipEvent> &events)
{
  bool is_in = false;
  for (const MembershipEvent &event : events)
  {
    if (event.did_join && is_in)
      // Told twice in other words: what was granted once stays granted.
      intervals_.back ().first
          = std::min (intervals_.back ().first, event.effective_since);
    else if (event.did_join)
      intervals_.push_back ({ event.effective_since });
    else if (is_in)
    {
      intervals_.back ().last = event.announced_at;
      intervals_.back ().last_generation = event.generation;
    }
    is_in = event.did_join;
  }
}

bool
Visibility::may_see (base::MessageId message, base::Generation generation) const
{
  return std::any_of (intervals_.begin (), intervals_.end (),
                      [&] (const VisibleInterval &interval)
                      {
                        return interval.first <= message
                               && message <= interval.last
                               && generation <= interval.last_generation;
                      });
}

base::MessageId
Visibility::highest_below (base::MessageId end) const
{
  base::MessageId best;
  for (const VisibleInterval &interval : intervals_)
    if (interval.first < end)
      best = std::max (best, std::min (interval.last, end.previous ()));
  return best;
}

base::MessageId
Visibility::lowest_from (base::MessageId first) const
{
  base::MessageId best;
  for (const VisibleInterval &interval : intervals_)
  {
    if (interval.last < first)
      continue;
    const base::MessageId candidate = std::max (interval.first, first);
    if (best.is_none () || candidate < best)
      best = candidate;
  }
  return best;
}
} // namespace psycstore
