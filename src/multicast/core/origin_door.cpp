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
OriginCore::on (Session &session, const PeerJoinRequest &request)
{
  if (! require (session, Session::State::greeted))
    return;
  if (const auto refusal
      = door_.refusal_of (request, session.peer, now_, verifier_))
    return refuse (session, *refusal);
  const JoinQuestion &question = request.question;
  session.member = question.member;
  session.join = door_.open (
      { session.channel, session.peer, question.member, question.nonce });
  set_state (session, Session::State::asking);
  effects_.push (
      AskJoin{ session.join, question.member, session.peer, question.message });
}

void
OriginCore::on_join_pending (JoinId join)
{
  if (const auto question = door_.find (join))
    send (*find (question->channel), PeerJoinPending{ question->nonce });
  sweep ();
}

void
OriginCore::on_join_decided (JoinId join, JoinAnswer answer)
{
  const auto question = door_.find (join);
  if (! question)
  {
    effects_.count ("join decisions ignored: nobody waits for them");
    return;
  }
  door_.close (join);
  Session &session = *find (question->channel);
  set_state (session, Session::State::greeted);
  if (JoinVerdict::cannot_say == answer.verdict)
    return refuse (session, RefusalCode::join_undecided);

  PeerJoinDecision message;
  JoinDecision &decision = message.decision;
  decision.group = group_;
  decision.member = question->member;
  decision.nonce = question->nonce;
  decision.is_admitted = JoinVerdict::admitted == answer.verdict;
  // What has its number already was said before, though it may leave later.
  const base::Head admission = log_.numbered_head ();
  decision.head = HeadIds::of (admission);
  decision.relays = std::move (answer.relays);
  if (decision.relays.size () > limits::relays_max)
    decision.relays.resize (limits::relays_max);
  if (answer.answer.size () <= limits::join_message_size_max)
    decision.answer = std::move (answer.answer);
  else
    effects_.count ("join answers left out: too large");
  if (decision.is_admitted)
    decision.ticket = make_ticket (question->member, question->peer, admission);
  message.signature = sign (signer_, port::Purpose::join_decision, decision);
  if (decision.is_admitted)
    return send (session, message);
  send_last (session, message);
  close (session);
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
  ticket.generation = revocations_.generation_of_issue (member, generation_);
  ticket.issued = now_;
  ticket.expiry = now_ + limits::ticket_lifetime;
  return issue_ticket (signer_, ticket);
}

void
OriginCore::renew_ticket (Session &session, const Ticket &old)
{
  if (old.issued + limits::ticket_renewal_age > now_)
    return;
  const base::Head admission{ old.admission_fragment,
                              old.admission_message,
                              {} };
  send (session,
        PeerTicket{ make_ticket (session.member, session.peer, admission) });
  session.ticket_generation
      = revocations_.generation_of_issue (session.member, generation_);
}

void
OriginCore::on (Session &session, const PeerAttach &attach_message)
{
  if (! require (session, Session::State::greeted))
    return;
  const auto ticket = parse_ticket (attach_message.ticket);
  if (! ticket)
    return refuse (session, RefusalCode::ticket_malformed);
  if (const auto fault
      = ticket_fault (*ticket, group_, session.peer, now_, verifier_))
    return refuse (session, *fault);
  if (! is_proved (session, *ticket, attach_message))
    return refuse (session, RefusalCode::ticket_proof);
  session.member = ticket->ticket.member;
  if (revocations_.is_void (session.member, ticket->ticket.generation))
  {
    effects_.count ("tickets refused: revoked");
    return send_ejection (session, *revocations_.find (session.member), {});
  }
  if (Session *other = find_attached (session.member))
    refuse (*other, RefusalCode::replaced);
  if (attached_.size () >= config_.children_max)
    return refuse (session, RefusalCode::full);
  attach (session, *ticket, attach_message.highest_held);
}

bool
OriginCore::is_proved (const Session &session, const SignedTicket &ticket,
                       const PeerAttach &attach_message) const
{
  TicketProof proof;
  proof.group = group_;
  proof.relay = config_.own_peer;
  proof.relay_nonce = session.own_nonce;
  proof.features = attach_message.features;
  return is_signed (verifier_, ticket.ticket.member,
                    port::Purpose::ticket_proof, proof, attach_message.proof);
}

void
OriginCore::attach (Session &session, const SignedTicket &ticket,
                    base::FragmentId highest_held)
{
  session.ticket_generation = ticket.ticket.generation;
  session.admission = ticket.ticket.admission_fragment;
  set_state (session, Session::State::attached);
  attached_[session.member] = session.channel;
  effects_.push (MemberChange{ session.member, MemberEvent::attached });
  PeerAttached message;
  message.head = signed_head ();
  message.path = { config_.own_peer };
  send (session, message);
  renew_ticket (session, ticket.ticket);
  check_claim (session, highest_held);
}

bool
OriginCore::is_foreign (base::FragmentId id) const
{
  const bool is_skipped = ! config_.known.is_none () && id > config_.known
                          && id <= config_.head.fragment_id;
  return is_skipped || id > log_.head ().fragment_id;
}

// It holds more than we issued? Let it show.
void
OriginCore::check_claim (Session &session, base::FragmentId highest_held)
{
  if (! is_foreign (highest_held) || highest_held.value > base::id_max
      || ! probe_.claim (session.channel, highest_held, now_))
    return;
  effects_.count ("heads claimed above our own");
  PeerReplayRequest request;
  request.replay = { 1 };
  request.first = highest_held.value;
  request.last = highest_held.value;
  send (session, request);
}

// --- the end of a membership
// ---------------------------------------------------

void
OriginCore::send_ejection (Session &session, base::Generation generation,
                           const base::Bytes &notice)
{
  PeerEject message;
  message.ejection.group = group_;
  message.ejection.member = session.member;
  message.ejection.generation = generation;
  if (notice.size () <= limits::join_message_size_max)
    message.ejection.notice = notice;
  message.signature = sign (signer_, port::Purpose::ejection, message.ejection);
  send_last (session, message);
  close (session);
}

void
OriginCore::on_eject (const base::MemberKey &member,
                      base::Generation generation, base::Bytes notice)
{
  generation_ = std::max (generation_, generation);
  Session *session = find_attached (member);
  if (nullptr != session)
    generation = std::max (generation, session->ticket_generation);
  revocations_.add (member, generation);
  if (nullptr != session)
    send_ejection (*session, generation, notice);
}

void
OriginCore::on_revoke (const base::MemberKey &member,
                       base::Generation generation)
{
  generation_ = std::max (generation_, generation);
  revocations_.add (member, generation);
  Session *session = find_attached (member);
  if (nullptr != session
      && revocations_.is_void (member, session->ticket_generation))
    send_ejection (*session, generation, {});
}

void
OriginCore::on (Session &session, const PeerPart &)
{
  if (! require (session, Session::State::attached))
    return;
  revocations_.add (session.member, session.ticket_generation);
  effects_.push (MemberChange{ session.member, MemberEvent::parted });
  attached_.erase (session.member);
  set_state (session, Session::State::greeted); // parted, not detached
  send_last (session, PeerPartAck{});
  close (session);
}
} // namespace multicast
