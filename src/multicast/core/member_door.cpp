// SPDX-License-Identifier: AGPL-3.0-or-later
//
// One member of one group: asking at the door, attaching by ticket, and the
// end of a membership. See member_core.hpp.
#include <algorithm>

#include "multicast/core/limits.hpp"
#include "multicast/core/member_core.hpp"
#include "multicast/core/signing.hpp"
#include "multicast/core/tickets.hpp"

namespace multicast
{
// A ticket that the origin would refuse anyway is not shown.
void
MemberCore::check_own_ticket ()
{
  if (config_.ticket.empty ())
    return;
  const auto ticket = parse_ticket (config_.ticket);
  if (! ticket || ticket->ticket.member != own_key_
      || ticket_fault (*ticket, config_.group, config_.own_peer, now_,
                       verifier_))
  {
    effects_.count ("own tickets put away: no longer good");
    config_.ticket.clear ();
    return;
  }
  stream_.start_after (ticket->ticket.admission_fragment);
}

void
MemberCore::ask_or_attach ()
{
  check_own_ticket ();
  if (config_.ticket.empty ())
    ask ();
  else
    attach ();
}

void
MemberCore::ask ()
{
  PeerJoinRequest request;
  request.question.group = config_.group;
  request.question.member = own_key_;
  request.question.peer = config_.own_peer;
  request.question.nonce = random_.nonce ();
  request.question.time = now_ + clock_offset_;
  if (config_.join_request.size () <= limits::join_message_size_max)
    request.question.message = config_.join_request;
  request.signature
      = sign (signer_, port::Purpose::join_request, request.question);
  link_->question_nonce = request.question.nonce;
  set_link_state (Link::State::asking);
  send (request);
}

void
MemberCore::on (const PeerJoinPending &pending)
{
  if (Link::State::asking != link_->state
      || pending.nonce != link_->question_nonce)
    return refuse (RefusalCode::out_of_state);
  set_state (MemberState::pending);
}

bool
MemberCore::is_for_us (const PeerJoinDecision &message) const
{
  const JoinDecision &decision = message.decision;
  return protocol_version == decision.version && decision.group == config_.group
         && decision.member == own_key_
         && decision.nonce == link_->question_nonce
         && decision.head.fragment_id.value <= base::id_max
         && is_signed (verifier_, config_.group, port::Purpose::join_decision,
                       decision, message.signature);
}

void
MemberCore::on (const PeerJoinDecision &message)
{
  if (! require (Link::State::asking))
    return;
  if (! is_for_us (message))
    return fault ("join decisions refused: not the group's answer to us");
  const JoinDecision &decision = message.decision;
  if (decision.is_admitted)
  {
    config_.ticket = decision.ticket;
    check_own_ticket ();
    if (config_.ticket.empty ())
      return fault ("join decisions refused: without a good ticket");
  }
  effects_.push (JoinDecided{ decision.is_admitted, decision.head.head (),
                              config_.origin, decision.relays, decision.ticket,
                              decision.answer });
  if (! decision.is_admitted)
    return finish (MemberState::refused);
  attach ();
}

void
MemberCore::attach ()
{
  TicketProof proof;
  proof.group = config_.group;
  proof.relay = link_->peer;
  proof.relay_nonce = link_->their_nonce;
  proof.features = features_known;
  PeerAttach message;
  message.ticket = config_.ticket;
  message.proof = sign (signer_, port::Purpose::ticket_proof, proof);
  message.highest_held = stream_.highest_held ();
  set_link_state (Link::State::attaching);
  send (message);
}

void
MemberCore::on (const PeerAttached &attached)
{
  if (! require (Link::State::attaching))
    return;
  if (! is_genuine (attached.head))
    return fault ("heads refused: not the group's");
  set_link_state (Link::State::attached);
  note_head (attached.head.statement.head.head ());
  set_state (MemberState::attached);
}

void
MemberCore::on (const PeerTicket &message)
{
  if (! require (Link::State::attached))
    return;
  const auto ticket = parse_ticket (message.ticket);
  if (! ticket || ticket->ticket.member != own_key_
      || ticket_fault (*ticket, config_.group, config_.own_peer, now_,
                       verifier_))
    return fault ("tickets refused: not for us");
  config_.ticket = message.ticket;
  effects_.push (TicketRenewed{ message.ticket });
}

// --- the end of a membership
// ---------------------------------------------------

void
MemberCore::on (const PeerPartAck &)
{
  if (! parting_until_)
    return refuse (RefusalCode::out_of_state);
  finish ();
}

void
MemberCore::on (const PeerEject &message)
{
  const Ejection &ejection = message.ejection;
  const auto ticket = parse_ticket (config_.ticket);
  const bool is_ours = protocol_version == ejection.version
                       && ejection.group == config_.group
                       && ejection.member == own_key_ && ticket
                       && ejection.generation >= ticket->ticket.generation;
  if (! is_ours
      || ! is_signed (verifier_, config_.group, port::Purpose::ejection,
                      ejection, message.signature))
    return fault ("ejections refused: not the group's about us");
  effects_.push (EjectionNotice{ ejection.notice });
  finish (MemberState::ejected);
}

void
MemberCore::on (const PeerGroupEnd &message)
{
  if (protocol_version != message.end.version
      || message.end.group != config_.group
      || ! is_signed (verifier_, config_.group, port::Purpose::group_end,
                      message.end, message.signature))
    return fault ("ends refused: not the group's");
  finish (MemberState::group_ended);
}
} // namespace multicast
