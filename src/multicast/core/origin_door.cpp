// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The origin of one group: who may be attached. Questions at the door, tickets
// and their end. See origin_core.hpp.
#include <algorithm>

#include "multicast/core/limits.hpp"
#include "multicast/core/origin_core.hpp"
#include "multicast/core/signing.hpp"

namespace multicast
{
// --- the door ----------------------------------------------------------------

void
OriginCore::ask (const Address &address, const PeerJoinRequest &request,
                 const base::PeerId &peer)
{
  const JoinQuestion &question = request.question;
  const JoinId join
      = door_.open ({ address, peer, question.member, question.nonce });
  if (address.pipe.is_none ())
  {
    Session &session = *desk_.find (address.channel);
    session.member = question.member;
    session.join = join;
    desk_.set_state (session, Session::State::asking);
  }
  else
  {
    Voice &voice = *voices_.find (address);
    voice.member = question.member;
    voice.nonce = question.nonce;
    voice.join = join;
    voice.state = Voice::State::asking;
  }
  effects_.push (AskJoin{ join, question.member, peer, question.message });
}

void
OriginCore::on (ChildSession &session, const PeerJoinRequest &request)
{
  if (! desk_.require (session, Session::State::greeted))
    return;
  if (const auto refusal
      = door_.refusal_of (request, session.peer, now_, verifier_))
    return desk_.refuse (session, *refusal);
  ask ({ session.channel, {} }, request, session.peer);
}

void
OriginCore::on_join_pending (JoinId join)
{
  if (const auto question = door_.find (join))
    answer (question->address, PeerJoinPending{ question->nonce });
  desk_.sweep ();
}

void
OriginCore::on_join_decided (JoinId join, JoinAnswer verdict)
{
  const auto question = door_.find (join);
  if (! question)
  {
    effects_.count ("join decisions ignored: nobody waits for them");
    return;
  }
  door_.close (join);
  Session *session = nullptr; // none: it is far away
  Voice *voice = nullptr;
  if (question->address.pipe.is_none ())
  {
    session = desk_.find (question->address.channel);
    desk_.set_state (*session, Session::State::greeted);
    if (JoinVerdict::cannot_say == verdict.verdict)
      return desk_.refuse (*session, RefusalCode::join_undecided);
  }
  else
  {
    voice = voices_.find (question->address);
    voice->state = Voice::State::fresh;
    if (JoinVerdict::cannot_say == verdict.verdict)
      return refuse (*voice, RefusalCode::join_undecided);
  }

  PeerJoinDecision message;
  JoinDecision &decision = message.decision;
  decision.group = group_;
  decision.member = question->member;
  decision.nonce = question->nonce;
  decision.is_admitted = JoinVerdict::admitted == verdict.verdict;
  // What has its number already was said before, though it may leave later.
  const base::Head admission = log_.numbered_head ();
  decision.head = HeadIds::of (admission);
  decision.relays = std::move (verdict.relays);
  for (const base::PeerId &peer : desk_.child_peers (limits::siblings_max))
    decision.relays.push_back (peer);
  if (decision.relays.size () > limits::relays_max)
    decision.relays.resize (limits::relays_max);
  if (verdict.answer.size () <= limits::join_message_size_max)
    decision.answer = std::move (verdict.answer);
  else
    effects_.count ("join answers left out: too large");
  if (decision.is_admitted)
    decision.ticket = make_ticket (question->member, question->peer, admission);
  message.signature = sign (signer_, port::Purpose::join_decision, decision);
  if (nullptr != voice || decision.is_admitted)
    return answer (question->address, message);
  desk_.send_last (*session, message);
  desk_.close (*session);
}

// --- tickets -----------------------------------------------------------------

base::Bytes
OriginCore::make_ticket (const base::MemberKey &member,
                         const base::PeerId &peer,
                         const base::Head &admission) const
{
  Ticket ticket;
  ticket.group = group_;
  ticket.member = member;
  ticket.peer = peer;
  ticket.admission_fragment = admission.fragment_id;
  ticket.admission_message = admission.message_id;
  ticket.policy = config_.policy;
  ticket.generation
      = std::max (revocations_.generation_of_issue (member, generation_),
                  parted_.generation_of_issue (member, generation_));
  ticket.issued = now_;
  ticket.expiry = now_ + limits::ticket_lifetime;
  return issue_ticket (signer_, ticket);
}

// Where nobody is asked at the door, relays may let people in without us.
void
OriginCore::renew_open_ticket ()
{
  if (0 != (config_.policy & policy_admission_control))
    return;
  open_ticket_ = make_ticket ({}, {}, log_.numbered_head ());
  open_ticket_until_ = now_ + limits::ticket_renewal_age;
  desk_.send_to_children (PeerOpenTicket{ open_ticket_ });
}

// The old one is a day old: a fresh one with the same admission.
std::optional<PeerTicket>
OriginCore::renewed (const Ticket &old) const
{
  if (old.issued + limits::ticket_renewal_age > now_)
    return std::nullopt;
  const base::Head admission{ old.admission_fragment,
                              old.admission_message,
                              {} };
  return PeerTicket{ make_ticket (old.member, old.peer, admission) };
}

// --- the end of a membership -------------------------------------------------

PeerEject
OriginCore::make_ejection (const base::MemberKey &member,
                           base::Generation generation,
                           const base::Bytes &notice) const
{
  PeerEject message;
  message.ejection = multicast::ejection_of (group_, member, generation);
  if (notice.size () <= limits::join_message_size_max)
    message.ejection.notice = notice;
  message.signature = sign (signer_, port::Purpose::ejection, message.ejection);
  return message;
}

PeerEject
OriginCore::ejection_of (const base::MemberKey &member)
{
  const base::Generation none;
  return make_ejection (member,
                        std::max (revocations_.find (member).value_or (none),
                                  parted_.find (member).value_or (none)),
                        {});
}

std::vector<Revocation>
OriginCore::revocations_from (base::Generation generation)
{
  return revocations_.from (
      generation, [this] (const base::MemberKey &member, base::Generation of)
      { return make_ejection (member, of, {}).signature; });
}

void
OriginCore::revoke (const base::MemberKey &member, base::Generation generation)
{
  generation_ = std::max (generation_, generation);
  if (revocations_.add (member, generation) && 0 < desk_.child_count ())
    desk_.send_revocations (
        { { member, generation,
            make_ejection (member, generation, {}).signature } });
}

void
OriginCore::on_eject (const base::MemberKey &member,
                      base::Generation generation, base::Bytes notice)
{
  if (const Session *session = desk_.find_attached (member))
    generation = std::max (generation, session->ticket_generation);
  if (const Voice *voice = voices_.find (member))
    generation = std::max (generation, voice->ticket_generation);
  const PeerEject message = make_ejection (member, generation, notice);
  // The one that it names hears it before all others.
  if (const Voice *voice = voices_.find (member))
  {
    answer (voice->address, message);
    close_voice (voice->address);
  }
  desk_.eject (member, message);
  revoke (member, generation);
}

void
OriginCore::on_revoke (const base::MemberKey &member,
                       base::Generation generation)
{
  revoke (member, generation);
  const PeerEject message = make_ejection (member, generation, {});
  if (const Voice *voice = voices_.find (member);
      nullptr != voice && voice->ticket_generation <= generation)
  {
    answer (voice->address, message);
    close_voice (voice->address);
  }
  desk_.eject (member, message);
}

void
OriginCore::on_parted (const base::MemberKey &member,
                       base::Generation generation)
{
  // Where nobody is asked at the door, who left may come again.
  if (0 != (config_.policy & policy_admission_control))
    revoke (member, generation);
  else
    parted_.add (member, generation);
  effects_.push (MemberChange{ member, MemberEvent::parted });
}

void
OriginCore::on (ChildSession &session, const PeerPart &)
{
  if (! session.is_child ())
    return desk_.refuse (session, RefusalCode::out_of_state);
  const base::MemberKey member = session.member;
  const base::Generation generation = session.ticket_generation;
  desk_.set_state (session, Session::State::greeted); // parted, not detached
  desk_.send_last (session, PeerPartAck{});
  desk_.close (session);
  on_parted (member, generation);
}
} // namespace multicast
