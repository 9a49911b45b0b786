// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What every part of a running channel works with: the queue of effects, the
// time, the limits, and the store operations that are under way.
#pragma once

#include <functional>
#include <map>
#include <utility>

#include "base/wire.hpp"
#include "psyc/core/effects.hpp"

namespace psyc::core
{
// The store operations of one channel, each with what follows on its answer.
class StoreCalls
{
public:
  using OnItem = std::function<bool (StoreItem &)>; // false: no more wanted
  using OnResult = std::function<void (const StoreResult &)>;

  StoreCalls (Effects &effects, ChannelNo channel, const base::ChannelKey &key)
      : effects_ (effects), channel_ (channel), key_ (key)
  {}

  std::uint64_t
  call (StoreCall call, OnResult on_result)
  {
    return read (std::move (call), nullptr, std::move (on_result));
  }

  std::uint64_t
  read (StoreCall call, OnItem on_item, OnResult on_result)
  {
    const std::uint64_t number = ++last_;
    pending_.emplace (number,
                      Pending{ std::move (on_item), std::move (on_result) });
    effects_.push_back (
        CallStore{ OpId{ channel_, number }, key_, std::move (call) });
    return number;
  }

  // Its answer is of no interest any more (it may still happen).
  void
  forget (std::uint64_t number)
  {
    pending_.erase (number);
  }

  // False: no more items wanted.
  [[nodiscard]] bool
  on_item (std::uint64_t number, StoreItem &item)
  {
    auto it = pending_.find (number);
    if (it == pending_.end () || ! it->second.on_item)
      return false;
    return it->second.on_item (item);
  }

  void
  on_result (std::uint64_t number, const StoreResult &result)
  {
    auto node = pending_.extract (number);
    if (! node.empty () && node.mapped ().on_result)
      node.mapped ().on_result (result);
  }

  [[nodiscard]] std::size_t
  pending_count () const
  {
    return pending_.size ();
  }

private:
  struct Pending
  {
    OnItem on_item;
    OnResult on_result;
  };

  Effects &effects_;
  const ChannelNo channel_;
  const base::ChannelKey key_;
  std::uint64_t last_ = 0;
  std::map<std::uint64_t, Pending> pending_;
};

struct Context
{
  Context (const Config &config_in, Effects &effects_in,
           const base::TimePoint &now_in, ChannelNo channel_in,
           const base::ChannelKey &key_in)
      : config (config_in), effects (effects_in), now (now_in),
        channel (channel_in), key (key_in),
        store (effects_in, channel_in, key_in)
  {}

  template <wire::Message M>
  void
  send (ClientId client, const M &message)
  {
    effects.push_back (ToClient{ client, wire::must_encode (message) });
  }

  void
  count (const char *name)
  {
    effects.push_back (Count{ name, 1 });
  }

  const Config &config;
  Effects &effects;
  const base::TimePoint &now;
  const ChannelNo channel;
  // Reading the log failed: try again then.
  base::TimePoint read_again_at = base::time_never;
  const base::ChannelKey key;
  StoreCalls store;
};
} // namespace psyc::core
