// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Time as the cores see it: handed in by the shell, in microseconds. A
// TimePoint counts UTC microseconds since 1970, as GNUnet's absolute time.
#pragma once

#include <chrono>
#include <cstdint>

namespace base
{
using Duration = std::chrono::duration<std::int64_t, std::micro>;

struct WallClock
{
  using duration = Duration;
  using rep = Duration::rep;
  using period = Duration::period;
  using time_point = std::chrono::time_point<WallClock, Duration>;
  static constexpr bool is_steady = false;
};

using TimePoint = WallClock::time_point;

inline constexpr TimePoint time_never = TimePoint::max ();

using std::chrono::hours;
using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
} // namespace base
