// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The door of a group: see join_desk.hpp.
#include "multicast/core/join_desk.hpp"

#include <algorithm>

#include "multicast/core/signing.hpp"

namespace multicast
{
std::optional<RefusalCode>
JoinDesk::refusal_of (const PeerJoinRequest &request, const base::PeerId &peer,
                      base::TimePoint now, const port::Verifier &verifier)
{
  const JoinQuestion &question = request.question;
  if (protocol_version != question.version)
    return RefusalCode::version_unknown;
  if (question.group != group_)
    return RefusalCode::join_group;
  if (question.peer != peer)
    return RefusalCode::join_peer;
  if (question.message.size () > limits::join_message_size_max)
    return RefusalCode::malformed;
  if (const auto stale = staleness (question.nonce, question.time, now))
    return stale;
  if (! has_room_for (peer) || ! may_use_up_another (question.member)
      || ! take_token (now))
    return RefusalCode::busy;
  // The costly check comes last, and at a bounded rate.
  if (! is_signed (verifier, question.member, port::Purpose::join_request,
                   question, request.signature))
    return RefusalCode::join_signature;
  use_up (question.member, question.nonce, now);
  return std::nullopt;
}

std::optional<RefusalCode>
JoinDesk::refusal_of (const base::MemberKey &member, const base::Nonce &nonce,
                      base::TimePoint time, base::TimePoint now)
{
  if (const auto stale = staleness (nonce, time, now))
    return stale;
  if (! may_use_up_another (member))
    return RefusalCode::busy;
  use_up (member, nonce, now);
  return std::nullopt;
}

std::optional<RefusalCode>
JoinDesk::staleness (const base::Nonce &nonce, base::TimePoint time,
                     base::TimePoint now)
{
  if (time < now - limits::join_time_tolerance
      || time > now + limits::join_time_tolerance)
    return RefusalCode::join_time;
  forget_old_nonces (now);
  if (nonces_.contains (nonce))
    return RefusalCode::join_replayed;
  return std::nullopt;
}

// One member cannot fill the memory for all others.
bool
JoinDesk::may_use_up_another (const base::MemberKey &member) const
{
  const auto it = nonces_of_.find (member);
  return nonces_.size () < limits::nonces_max
         && (it == nonces_of_.end ()
             || it->second < limits::nonces_per_member_max);
}

void
JoinDesk::use_up (const base::MemberKey &member, const base::Nonce &nonce,
                  base::TimePoint now)
{
  nonces_.insert (nonce);
  nonces_of_[member]++;
  nonces_by_age_.push_back ({ now, nonce, member });
}

JoinId
JoinDesk::open (Question question)
{
  last_ = last_.next ();
  open_.emplace (last_, std::move (question));
  return last_;
}

std::optional<JoinDesk::Question>
JoinDesk::find (JoinId join) const
{
  const auto it = open_.find (join);
  if (it == open_.end ())
    return std::nullopt;
  return it->second;
}

void
JoinDesk::close (JoinId join)
{
  open_.erase (join);
}

bool
JoinDesk::has_room_for (const base::PeerId &peer) const
{
  const auto of_peer = std::count_if (open_.begin (), open_.end (),
                                      [&] (const auto &entry)
                                      { return entry.second.peer == peer; });
  return open_.size () < limits::questions_max
         && static_cast<std::size_t> (of_peer) < limits::questions_per_peer_max;
}

bool
JoinDesk::take_token (base::TimePoint now)
{
  const auto interval
      = base::Duration (base::seconds (1)) / limits::joins_per_second;
  if (now - tokens_at_ >= interval)
  {
    const auto earned
        = static_cast<std::uint64_t> ((now - tokens_at_) / interval);
    tokens_ = static_cast<std::size_t> (std::min<std::uint64_t> (
        limits::joins_burst,
        tokens_ + std::min<std::uint64_t> (earned, limits::joins_burst)));
    tokens_at_ = now;
  }
  if (0 == tokens_)
    return false;
  tokens_--;
  return true;
}

void
JoinDesk::forget_old_nonces (base::TimePoint now)
{
  while (! nonces_by_age_.empty ()
         && nonces_by_age_.front ().at + limits::nonce_memory <= now)
  {
    const UsedNonce &oldest = nonces_by_age_.front ();
    nonces_.erase (oldest.nonce);
    if (0 == --nonces_of_[oldest.member])
      nonces_of_.erase (oldest.member);
    nonces_by_age_.pop_front ();
  }
}
} // namespace multicast
