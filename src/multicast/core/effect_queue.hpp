// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The queue of effects of one core.
#pragma once

#include <deque>
#include <optional>
#include <utility>

#include "multicast/core/effects.hpp"

namespace multicast
{
template <typename Effect> class EffectQueue
{
public:
  void
  push (Effect effect)
  {
    effects_.push_back (std::move (effect));
  }

  void
  count (std::string_view name, std::int64_t delta = 1)
  {
    push (Count{ name, delta });
  }

  [[nodiscard]] std::optional<Effect>
  poll ()
  {
    if (effects_.empty ())
      return std::nullopt;
    Effect first = std::move (effects_.front ());
    effects_.pop_front ();
    return first;
  }

private:
  std::deque<Effect> effects_;
};
} // namespace multicast
