// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The one channel from a member to its parent.
#pragma once

#include "multicast/core/outbox.hpp"
#include "multicast/core/types.hpp"

namespace multicast
{
//   opening --hello--> greeted --ticket--> attaching --> attached
//                         |                    ^
//                         +--> asking ---------+ admitted
struct ParentLink
{
  enum class State : std::uint8_t
  {
    opening,   // nothing heard yet: the contact policy has the time-out
    greeted,   // both said hello
    asking,    // our question is at the door; may last
    attaching, // our ticket was shown
    attached,
  };

  ChannelId channel;
  base::PeerId peer;
  State state = State::opening;
  base::TimePoint since; // of this state
  base::TimePoint last_heard;
  base::Nonce their_nonce;
  base::Nonce question_nonce; // while asking
  base::Duration their_heartbeat{};
  Outbox outbox;
};
} // namespace multicast
