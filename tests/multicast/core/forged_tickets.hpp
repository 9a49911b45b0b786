// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Tickets of which something was changed after the group signed them.
#pragma once

#include <functional>
#include <vector>

#include "bench.hpp"

namespace testing_multicast
{
using TicketChange = std::function<void (Ticket &)>;

inline std::vector<TicketChange>
ticket_changes ()
{
  return { [] (Ticket &t) { t.expiry += hours (1); },
           [] (Ticket &t) { t.issued += hours (1); },
           [] (Ticket &t) { t.generation = t.generation.next (); },
           [] (Ticket &t) { t.admission_fragment = { 1 }; },
           [] (Ticket &t) { t.admission_message = { 1 }; },
           [] (Ticket &t) { t.policy ^= policy_restricted_history; } };
}

inline base::Bytes
forged_ticket (const FakeChannelSigner &group, const Ticket &ticket,
               const TicketChange &change)
{
  SignedTicket out;
  out.ticket = ticket;
  out.signature = sign (group, port::Purpose::ticket, ticket);
  change (out.ticket);
  return wire::encode_members (out);
}
} // namespace testing_multicast
