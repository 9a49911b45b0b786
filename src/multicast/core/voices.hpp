// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The origin's end of the pipes: members and joiners that speak to it through
// relays. Each is one conversation without a stream.
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "multicast/core/pipe_quota.hpp"
#include "multicast/core/request_window.hpp"
#include "multicast/core/types.hpp"

namespace multicast
{
// Where a conversation with somebody runs; no pipe: on the channel itself.
struct Address
{
  ChannelId channel;
  PipeId pipe;
  auto operator<=> (const Address &) const = default;
};

struct Voice
{
  //   fresh --question--> asking --decided--> fresh
  //     +--ticket proved--> open
  enum class State : std::uint8_t
  {
    fresh,  // nothing came yet, or its question was answered
    asking, // a question is open at the door
    open,   // a member that proved its key
  };

  Address address;
  State state = State::fresh;
  base::Nonce nonce; // of its question or its proof
  JoinId join;       // while asking
  base::MemberKey member;
  base::Generation ticket_generation;
  RequestWindow requests; // not yet stored by our client
  base::TimePoint used;
};

class Voices
{
public:
  // `bytes`: what all of them may cost.
  explicit Voices (std::size_t bytes) : quota_ (bytes) {}

  // Nothing: there are too many, or that one is there.
  [[nodiscard]] Voice *
  open (const Address &address, base::TimePoint now)
  {
    if (voices_.contains (address) || ! quota_.take (address.channel))
      return nullptr;
    const auto it = voices_.emplace (address, Voice{}).first;
    it->second.address = address;
    it->second.used = now;
    return &it->second;
  }

  [[nodiscard]] Voice *
  find (const Address &address)
  {
    const auto it = voices_.find (address);
    return it == voices_.end () ? nullptr : &it->second;
  }

  // The one in which that member speaks.
  [[nodiscard]] Voice *
  find (const base::MemberKey &member)
  {
    const auto it = members_.find (member);
    return it == members_.end () ? nullptr : find (it->second);
  }

  // The voice has proved who it is. No other may be open for that member.
  void
  name (Voice &voice)
  {
    voice.state = Voice::State::open;
    members_[voice.member] = voice.address;
  }

  void
  drop (Address address)
  {
    const auto it = voices_.find (address);
    if (it == voices_.end ())
      return;
    if (Voice::State::open == it->second.state)
      members_.erase (it->second.member);
    voices_.erase (it);
    quota_.give_back (address.channel);
  }

  [[nodiscard]] std::size_t
  size () const
  {
    return voices_.size ();
  }

  [[nodiscard]] std::vector<Address>
  of_channel (ChannelId channel) const
  {
    std::vector<Address> out;
    for (auto it = voices_.lower_bound ({ channel, {} });
         it != voices_.end () && it->first.channel == channel; ++it)
      out.push_back (it->first);
    return out;
  }

  // Those that said nothing since then and have nothing open.
  [[nodiscard]] std::vector<Address>
  idle_since (base::TimePoint then) const
  {
    std::vector<Address> out;
    for (const auto &[address, voice] : voices_)
      if (voice.used <= then)
        out.push_back (address);
    return out;
  }

private:
  PipeQuota quota_;
  std::map<Address, Voice> voices_;
  std::map<base::MemberKey, Address> members_;
};
} // namespace multicast
