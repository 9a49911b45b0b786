// SPDX-License-Identifier: AGPL-3.0-or-later
//
// When a neighbour counts as dead: nothing was heard of it for so many of the
// larger of both heartbeats.
#pragma once

#include <algorithm>

#include "multicast/core/limits.hpp"
#include "multicast/core/types.hpp"

namespace multicast
{
[[nodiscard]] inline bool
is_silent (base::TimePoint last_heard, base::Duration interval,
           base::TimePoint now)
{
  return last_heard + interval * limits::heartbeats_of_silence <= now;
}

// A beat that comes a whole heartbeat late: we were stopped, or the machine had
// no time for us. What neighbours said meanwhile is not read yet.
[[nodiscard]] inline bool
is_late (base::TimePoint due, base::Duration heartbeat, base::TimePoint now)
{
  return due + heartbeat <= now;
}

// Then nobody is dead before a heartbeat more.
[[nodiscard]] inline base::TimePoint
excused (base::TimePoint last_heard, base::Duration interval,
         base::TimePoint now)
{
  return std::max (last_heard,
                   now - interval * (limits::heartbeats_of_silence - 1));
}
} // namespace multicast
