// SPDX-License-Identifier: AGPL-3.0-or-later
//
// One channel that a member opened: to its parent, to somebody who might become
// its parent, or to visit somebody for fragments that the parent does not have.
#pragma once

#include "multicast/core/outbox.hpp"
#include "multicast/core/position.hpp"
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
  enum class Role : std::uint8_t
  {
    suitor, // may become the parent
    parent, // attached, and the one
    visit,
  };

  ChannelId channel;
  base::PeerId peer;
  Role role = Role::suitor;
  bool is_origin = false;
  State state = State::opening;
  base::TimePoint since; // of this state
  base::TimePoint last_heard;
  base::Nonce their_nonce;
  base::Nonce question_nonce; // while asking
  base::Duration their_heartbeat{};
  std::size_t forged = 0; // fragments with a wrong signature
  Outbox outbox;
};
} // namespace multicast
