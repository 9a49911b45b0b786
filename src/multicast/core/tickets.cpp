// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Tickets: see tickets.hpp.
#include "multicast/core/tickets.hpp"

#include <algorithm>

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
  if (! ticket || protocol_version != ticket->ticket.version)
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
  if (ticket.ticket.peer != peer)
    return RefusalCode::ticket_peer;
  if (ticket.ticket.expiry <= now)
    return RefusalCode::ticket_expired;
  if (! is_signed (verifier, group, port::Purpose::ticket, ticket.ticket,
                   ticket.signature))
    return RefusalCode::ticket_signature;
  return std::nullopt;
}

void
Revocations::add (const base::MemberKey &member, base::Generation generation)
{
  auto &revoked = revoked_[member];
  revoked = std::max (revoked, generation);
}

bool
Revocations::is_void (const base::MemberKey &member,
                      base::Generation issued) const
{
  const auto it = revoked_.find (member);
  return it != revoked_.end () && it->second >= issued;
}

base::Generation
Revocations::generation_of_issue (const base::MemberKey &member,
                                  base::Generation current) const
{
  const auto it = revoked_.find (member);
  return it == revoked_.end () ? current
                               : std::max (current, it->second.next ());
}

std::optional<base::Generation>
Revocations::find (const base::MemberKey &member) const
{
  const auto it = revoked_.find (member);
  if (it == revoked_.end ())
    return std::nullopt;
  return it->second;
}
} // namespace multicast
