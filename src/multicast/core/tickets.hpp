// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Tickets: what proves that the origin admitted a member, and what makes them
// void.
#pragma once

#include <map>
#include <optional>

#include "multicast/peer_messages.hpp"
#include "port/crypto.hpp"

namespace multicast
{
[[nodiscard]] base::Bytes issue_ticket (const port::ChannelSigner &signer,
                                        const Ticket &ticket);

[[nodiscard]] std::optional<SignedTicket> parse_ticket (base::ByteView raw);

// Is it one of that group for that peer, and still good? Nothing: it is.
[[nodiscard]] std::optional<RefusalCode>
ticket_fault (const SignedTicket &ticket, const base::ChannelKey &group,
              const base::PeerId &peer, base::TimePoint now,
              const port::Verifier &verifier);

// Which members' tickets are void, up to which generation.
class Revocations
{
public:
  void add (const base::MemberKey &member, base::Generation generation);

  [[nodiscard]] bool is_void (const base::MemberKey &member,
                              base::Generation issued) const;

  // The lowest generation from `current` on in which a ticket for `member` is
  // not void.
  [[nodiscard]] base::Generation
  generation_of_issue (const base::MemberKey &member,
                       base::Generation current) const;

  // Up to which generation that member's are void, if any are.
  [[nodiscard]] std::optional<base::Generation>
  find (const base::MemberKey &member) const;

private:
  std::map<base::MemberKey, base::Generation> revoked_;
};
} // namespace multicast
