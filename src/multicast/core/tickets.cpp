// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Tickets: see tickets.hpp.
#include "multicast/core/tickets.hpp"

#include "multicast/core/signing.hpp"

namespace multicast
{
base::Bytes
issue_ticket (const port::ChannelSigner &signer, const Ticket &ticket)
{
  SignedTicket out;
  out.ticket = ticket;
  out.signature = sign (signer, port::Purpose::ticket, ticket);
  return wire::encode_members (out);
}

std::optional<SignedTicket>
parse_ticket (base::ByteView raw)
{
  auto ticket = wire::decode_members<SignedTicket> (raw);
  if (! ticket || protocol_version != ticket->ticket.version
      || ticket->ticket.admission_fragment.value > base::id_max
      || ticket->ticket.admission_message.value > base::id_max
      || ticket->ticket.generation.value > base::id_max)
    return std::nullopt;
  return ticket;
}

std::optional<RefusalCode>
ticket_fault (const SignedTicket &ticket, const base::ChannelKey &group,
              const base::PeerId &peer, base::TimePoint now,
              const port::Verifier &verifier)
{
  if (ticket.ticket.group != group)
    return RefusalCode::ticket_group;
  if (! ticket.ticket.is_open () && ticket.ticket.peer != peer)
    return RefusalCode::ticket_peer;
  if (ticket.ticket.expiry <= now)
    return RefusalCode::ticket_expired;
  if (! is_signed (verifier, group, port::Purpose::ticket, ticket.ticket,
                   ticket.signature))
    return RefusalCode::ticket_signature;
  return std::nullopt;
}
} // namespace multicast
