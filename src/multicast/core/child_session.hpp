// SPDX-License-Identifier: AGPL-3.0-or-later
//
// One channel that somebody opened to us, from its first message on.
#pragma once

#include <optional>

#include "multicast/core/outbox.hpp"
#include "multicast/core/request_window.hpp"

namespace multicast
{
//   fresh --hello--> greeted --attach--> attached
//                      |  ^
//         join request |  | admitted
//                      v  |
//                     asking
struct ChildSession
{
  enum class State : std::uint8_t
  {
    fresh,    // we said hello, nothing came yet
    greeted,  // both said hello; a ticket or a question must come soon
    asking,   // a question is open at the door; may last
    attached, // a member that proved its key: may ask and, a child, listen
  };

  ChannelId channel;
  base::PeerId peer;
  State state = State::fresh;
  base::Nonce own_nonce;
  base::TimePoint since; // of this state
  base::TimePoint last_heard;
  base::Duration their_heartbeat{};

  JoinId join;            // while asking, at the origin
  base::MemberKey member; // while asking or attached
  RequestWindow requests; // at the origin: not yet stored by our client

  // While attached.
  AttachKind kind = AttachKind::child;
  base::Generation ticket_generation;
  base::FragmentId admission; // gets what is later
  base::MessageId admission_message;
  std::uint32_t policy = 0;
  base::FragmentId live_from; // up to here it asks, later ones are sent
  bool is_lagging = false;    // its live queue was dropped: it pulls
  base::TimePoint last_taken; // of its live queue, or that began then
  RevocationMark revocations; // that it is known to know
  RevocationMark told;        // what we knew when it was told all of it
  std::uint64_t subtree = 1;  // members that hang on it, itself included
  FreeSpot spot;              // free among them, nearest to the origin

  Outbox outbox;

  [[nodiscard]] bool
  is_child () const
  {
    return State::attached == state && AttachKind::child == kind;
  }
};
} // namespace multicast
