// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The door of a group: checks what joiners say, remembers their nonces so that
// no question is taken twice, and keeps the open questions, all of it bounded.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <set>

#include "multicast/core/limits.hpp"
#include "multicast/core/types.hpp"
#include "multicast/core/voices.hpp"
#include "multicast/peer_messages.hpp"
#include "port/crypto.hpp"

namespace multicast
{
class JoinDesk
{
public:
  // Who waits for an answer, and where.
  struct Question
  {
    Address address;
    base::PeerId peer;
    base::MemberKey member;
    base::Nonce nonce;
  };

  explicit JoinDesk (const base::ChannelKey &group) : group_ (group) {}

  // May this be put to the application? Nothing: yes, and the nonce is used
  // up. `peer` is who sent it, as CADET knows.
  [[nodiscard]] std::optional<RefusalCode>
  refusal_of (const PeerJoinRequest &request, const base::PeerId &peer,
              base::TimePoint now, const port::Verifier &verifier);

  // Is this the first time that somebody shows this nonce, is its time right,
  // and has the member, who signed it, not shown too many? Nothing: yes, and
  // the nonce is used up.
  [[nodiscard]] std::optional<RefusalCode>
  refusal_of (const base::MemberKey &member, const base::Nonce &nonce,
              base::TimePoint time, base::TimePoint now);

  [[nodiscard]] JoinId open (Question question);
  [[nodiscard]] std::optional<Question> find (JoinId join) const;
  void close (JoinId join);

private:
  struct UsedNonce
  {
    base::TimePoint at;
    base::Nonce nonce;
    base::MemberKey member;
  };

  [[nodiscard]] bool has_room_for (const base::PeerId &peer) const;
  [[nodiscard]] std::optional<RefusalCode> staleness (const base::Nonce &nonce,
                                                      base::TimePoint time,
                                                      base::TimePoint now);
  [[nodiscard]] bool may_use_up_another (const base::MemberKey &member) const;
  void use_up (const base::MemberKey &member, const base::Nonce &nonce,
               base::TimePoint now);
  [[nodiscard]] bool take_token (base::TimePoint now);
  void forget_old_nonces (base::TimePoint now);

  base::ChannelKey group_;
  JoinId last_;
  std::map<JoinId, Question> open_;
  std::set<base::Nonce> nonces_;
  std::deque<UsedNonce> nonces_by_age_;
  std::map<base::MemberKey, std::size_t> nonces_of_; // none is 0
  // How many more questions may be looked at just now: grows at a steady rate.
  std::size_t tokens_ = limits::joins_burst;
  base::TimePoint tokens_at_{};
};
} // namespace multicast
