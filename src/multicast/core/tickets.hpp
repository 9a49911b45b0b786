// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Tickets: what proves that the origin admitted a member. What makes them void:
// revocations.hpp.
#pragma once

#include <optional>

#include "multicast/peer_messages.hpp"
#include "port/crypto.hpp"

namespace multicast
{
[[nodiscard]] base::Bytes issue_ticket (const port::ChannelSigner &signer,
                                        const Ticket &ticket);

[[nodiscard]] std::optional<SignedTicket> parse_ticket (base::ByteView raw);

// Is it one of that group for that peer (an open one: for anybody), and still
// good? Nothing: it is.
[[nodiscard]] std::optional<RefusalCode>
ticket_fault (const SignedTicket &ticket, const base::ChannelKey &group,
              const base::PeerId &peer, base::TimePoint now,
              const port::Verifier &verifier);
} // namespace multicast
