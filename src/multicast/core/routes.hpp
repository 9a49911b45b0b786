// SPDX-License-Identifier: AGPL-3.0-or-later
//
// A relay's memory of pipes: which child's pipe is which one of ours towards
// the parent. So answers find their way down to one member.
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "multicast/core/voices.hpp"

namespace multicast
{
class Routes
{
public:
  // `bytes`: what all of them may cost.
  explicit Routes (std::size_t bytes) : quota_ (bytes) {}

  // Numbers are never used twice.
  [[nodiscard]] PipeId
  new_pipe ()
  {
    last_ = last_.next ();
    return last_;
  }

  // Our number for that pipe of a child; nothing: too many, or it is there.
  [[nodiscard]] std::optional<PipeId>
  open (const Address &child, base::TimePoint now)
  {
    if (up_.contains (child) || ! quota_.take (child.channel))
      return std::nullopt;
    const PipeId ours = new_pipe ();
    up_.emplace (child, Up{ ours, now });
    down_.emplace (ours, child);
    return ours;
  }

  [[nodiscard]] bool
  has (const Address &child) const
  {
    return up_.contains (child);
  }

  [[nodiscard]] std::optional<PipeId>
  way_up (const Address &child, base::TimePoint now)
  {
    const auto it = up_.find (child);
    if (it == up_.end ())
      return std::nullopt;
    it->second.used = now;
    return it->second.ours;
  }

  [[nodiscard]] std::optional<Address>
  way_down (PipeId ours) const
  {
    const auto it = down_.find (ours);
    if (it == down_.end ())
      return std::nullopt;
    return it->second;
  }

  void
  drop (const Address &child)
  {
    const auto it = up_.find (child);
    if (it == up_.end ())
      return;
    down_.erase (it->second.ours);
    up_.erase (it);
    quota_.give_back (child.channel);
  }

  [[nodiscard]] std::vector<Address>
  of_channel (ChannelId channel) const
  {
    std::vector<Address> out;
    for (auto it = up_.lower_bound ({ channel, {} });
         it != up_.end () && it->first.channel == channel; ++it)
      out.push_back (it->first);
    return out;
  }

  [[nodiscard]] std::vector<Address>
  all () const
  {
    std::vector<Address> out;
    for (const auto &[child, up] : up_)
      out.push_back (child);
    return out;
  }

  [[nodiscard]] std::vector<Address>
  idle_since (base::TimePoint then) const
  {
    std::vector<Address> out;
    for (const auto &[child, up] : up_)
      if (up.used <= then)
        out.push_back (child);
    return out;
  }

  [[nodiscard]] std::size_t
  size () const
  {
    return up_.size ();
  }

private:
  struct Up
  {
    PipeId ours;
    base::TimePoint used;
  };

  PipeQuota quota_;
  PipeId last_;
  std::map<Address, Up> up_;
  std::map<PipeId, Address> down_;
};
} // namespace multicast
