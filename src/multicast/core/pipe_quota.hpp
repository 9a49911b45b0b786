// SPDX-License-Identifier: AGPL-3.0-or-later
//
// How many pipes may be open, and what of that one channel may have: as many
// as are still free. One that takes all it gets leaves half to the others, a
// second one half of that; who asks for few always finds room.
#pragma once

#include <map>

#include "multicast/core/limits.hpp"
#include "multicast/core/types.hpp"

namespace multicast
{
class PipeQuota
{
public:
  // `bytes`: what all pipes together may cost.
  explicit PipeQuota (std::size_t bytes) : free_ (bytes / limits::route_bytes)
  {}

  [[nodiscard]] bool
  take (ChannelId channel)
  {
    const auto it = taken_.find (channel);
    if (free_ <= (it == taken_.end () ? 0 : it->second))
      return false;
    free_--;
    taken_[channel]++;
    return true;
  }

  // One that this channel took.
  void
  give_back (ChannelId channel)
  {
    free_++;
    if (0 == --taken_[channel])
      taken_.erase (channel);
  }

private:
  std::size_t free_;
  std::map<ChannelId, std::size_t> taken_; // none is 0
};
} // namespace multicast
