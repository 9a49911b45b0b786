// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The names of refusals: told to the peer and counted under.
#pragma once

#include <string_view>

#include "multicast/peer_messages.hpp"

namespace multicast
{
[[nodiscard]] constexpr std::string_view
refusal_name (RefusalCode code)
{
  switch (code)
  {
  case RefusalCode::version_unknown:
    return "peers refused: unknown protocol version";
  case RefusalCode::malformed:
    return "peers refused: malformed message";
  case RefusalCode::out_of_state:
    return "peers refused: message out of place";
  case RefusalCode::busy:
    return "peers refused: too many at once";
  case RefusalCode::full:
    return "peers refused: no room for another child";
  case RefusalCode::join_time:
    return "joins refused: time more than an hour off";
  case RefusalCode::join_replayed:
    return "joins refused: said before";
  case RefusalCode::join_group:
    return "joins refused: another group's";
  case RefusalCode::join_peer:
    return "joins refused: another peer's";
  case RefusalCode::join_signature:
    return "joins refused: wrong signature";
  case RefusalCode::join_undecided:
    return "joins put off: nobody can say now";
  case RefusalCode::ticket_malformed:
    return "tickets refused: malformed";
  case RefusalCode::ticket_group:
    return "tickets refused: another group's";
  case RefusalCode::ticket_signature:
    return "tickets refused: wrong signature";
  case RefusalCode::ticket_peer:
    return "tickets refused: another peer's";
  case RefusalCode::ticket_expired:
    return "tickets refused: expired";
  case RefusalCode::ticket_proof:
    return "tickets refused: shown by somebody else";
  case RefusalCode::behind:
    return "peers refused: this origin lost part of its history";
  case RefusalCode::replaced:
    return "channels replaced by a newer one of the same member";
  case RefusalCode::loop:
    return "peers refused: above us in the tree";
  case RefusalCode::ticket_open:
    return "tickets refused: of nobody, ask at the door";
  }
  return "peers refused: for a reason unknown here";
}
} // namespace multicast
