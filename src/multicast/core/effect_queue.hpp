// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The queue of effects of one core, and the narrow end of it that parts of both
// cores share.
#pragma once

#include <deque>
#include <optional>
#include <utility>

#include "multicast/core/effects.hpp"

namespace multicast
{
class EffectSink
{
public:
  virtual ~EffectSink () = default;
  virtual void push (DeskEffect effect) = 0;

  void
  count (std::string_view name, std::int64_t delta = 1)
  {
    push (DeskEffect (Count{ name, delta }));
  }
};

template <typename Effect> class EffectQueue final : public EffectSink
{
public:
  template <typename E>
  void
  push (E &&effect)
  {
    effects_.push_back (Effect (std::forward<E> (effect)));
  }

  void
  push (DeskEffect effect) override
  {
    std::visit ([this] (auto &&what)
                { effects_.push_back (Effect (std::move (what))); },
                std::move (effect));
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
