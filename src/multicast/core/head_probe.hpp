// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Did we issue more than we remember? After an unclean start, or on data from
// a backup, the origin holds new fragments back for a few seconds in which
// members come and say how far they are; who claims more than our head is
// asked for that fragment, and only its signature convinces.
#pragma once

#include <map>

#include "multicast/core/limits.hpp"
#include "multicast/core/types.hpp"

namespace multicast
{
class HeadProbe
{
public:
  HeadProbe (StartKind start, base::Duration length, base::TimePoint now)
      : until_ (StartKind::unclean == start ? now + length : now)
  {}

  // A child says that it holds a fragment above our head: ask it. Once for
  // each channel.
  [[nodiscard]] bool
  claim (ChannelId child, base::FragmentId id, base::TimePoint now)
  {
    return claims_.try_emplace (child, Claim{ id, now }).second;
  }

  // Is this fragment from that child what it was asked for?
  [[nodiscard]] bool
  is_claimed (ChannelId child, base::FragmentId id) const
  {
    const auto it = claims_.find (child);
    return it != claims_.end () && it->second.id == id;
  }

  // It could not prove it, or went.
  void
  dismiss (ChannelId child)
  {
    claims_.erase (child);
  }

  [[nodiscard]] bool
  is_holding (base::TimePoint now) const
  {
    return now < deadline ();
  }

  // When holding ends if nothing else happens: claims that are open after
  // the time to prove them are not waited for.
  [[nodiscard]] base::TimePoint
  deadline () const
  {
    base::TimePoint out = until_;
    for (const auto &[child, claim] : claims_)
      if (claim.made < until_)
        out = std::max (out, claim.made + limits::head_claim_timeout);
    return out;
  }

private:
  struct Claim
  {
    base::FragmentId id;
    base::TimePoint made;
  };

  base::TimePoint until_;
  std::map<ChannelId, Claim> claims_;
};
} // namespace multicast
