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
    attached, // a member that proved its key: gets fragments, may ask and send
  };

  ChannelId channel;
  base::PeerId peer;
  State state = State::fresh;
  base::Nonce own_nonce;
  base::TimePoint since; // of this state
  base::TimePoint last_heard;
  base::Duration their_heartbeat{};

  JoinId join;                        // while asking
  base::MemberKey member;             // while asking or attached
  base::Generation ticket_generation; // while attached
  base::FragmentId admission;         // while attached: gets what is later
  RequestWindow requests;             // not yet stored by our client
  bool is_lagging = false;            // its live queue was dropped: it pulls

  Outbox outbox;
};
} // namespace multicast
