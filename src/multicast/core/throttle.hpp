// SPDX-License-Identifier: AGPL-3.0-or-later
//
// A limit of bytes a second, as a token bucket that holds one second's worth.
// One message may overdraw it, so that any size gets through.
#pragma once

#include <algorithm>

#include "base/time.hpp"

namespace multicast
{
class Throttle
{
public:
  // `rate`: bytes a second; 0: no limit.
  explicit Throttle (std::uint64_t rate)
      : rate_ (static_cast<std::int64_t> (
          std::min<std::uint64_t> (rate, std::uint64_t{ 1 } << 40))),
        tokens_ (rate_)
  {}

  [[nodiscard]] bool
  is_open () const
  {
    return 0 == rate_ || tokens_ > 0;
  }

  void
  take (std::size_t bytes)
  {
    if (0 != rate_)
      tokens_ -= static_cast<std::int64_t> (bytes);
  }

  void
  advance_time (base::TimePoint now)
  {
    const auto passed
        = std::clamp<std::int64_t> ((now - at_).count (), 0, second_us);
    const std::int64_t earned = rate_ * passed / second_us;
    if (0 == earned)
      return;
    tokens_ = std::min (rate_, tokens_ + earned);
    at_ = now;
  }

  // When it is open again.
  [[nodiscard]] base::TimePoint
  next_deadline () const
  {
    if (is_open ())
      return base::time_never;
    return at_ + base::Duration ((1 - tokens_) * second_us / rate_ + 1);
  }

private:
  static constexpr std::int64_t second_us = 1000000;

  std::int64_t rate_;
  std::int64_t tokens_;
  base::TimePoint at_{};
};
} // namespace multicast
