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
bool
MemberCore::has_good_ticket (base::ByteView raw) const
{
  const auto ticket = parse_ticket (raw);
  return ticket
         && (ticket->ticket.is_open () || ticket->ticket.member == own_key_)
         && ! ticket_fault (*ticket, config_.group, config_.own_peer, now_,
                            verifier_);
}

// A ticket that everybody would refuse is not shown.
void
MemberCore::check_own_ticket ()
{
  if (config_.ticket.empty ())
    return;
  if (! has_good_ticket (config_.ticket))
  {
    effects_.count ("own tickets put away: no longer good");
    config_.ticket.clear ();
    return;
  }
  stream_.start_after (
      parse_ticket (config_.ticket)->ticket.admission_fragment);
}

bool
MemberCore::has_open_ticket () const
{
  const auto ticket = parse_ticket (config_.ticket);
  return ticket && ticket->ticket.is_open ();
}

void
MemberCore::ask_or_attach (Link &link)
{
  check_own_ticket ();
  const bool may_show
      = ! config_.ticket.empty () && ! (link.is_origin && has_open_ticket ());
  if (may_show)
    return attach (link);
  const bool is_asking_elsewhere
      = std::any_of (links_.begin (), links_.end (),
                     [] (const auto &entry)
                     { return Link::State::asking == entry.second.state; });
  if (is_asking_elsewhere)
    return leave (link);
  ask (link);
}

PeerJoinRequest
MemberCore::make_question ()
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
  return request;
}

void
MemberCore::ask (Link &link)
{
  set_link_state (link, Link::State::asking);
  if (! link.is_origin)
    return open_voice (link);
  const PeerJoinRequest request = make_question ();
  link.question_nonce = request.question.nonce;
  send (link, request);
}

void
MemberCore::on (Link &link, const PeerJoinPending &pending)
{
  if (Link::State::asking != link.state || ! link.is_origin
      || pending.nonce != link.question_nonce)
    return refuse (link, RefusalCode::out_of_state);
  if (! is_attached ())
    set_state (MemberState::pending);
}

bool
MemberCore::is_for_us (const PeerJoinDecision &message,
                       const base::Nonce &nonce) const
{
  const JoinDecision &decision = message.decision;
  return protocol_version == decision.version && decision.group == config_.group
         && decision.member == own_key_ && decision.nonce == nonce
         && decision.head.fragment_id.value <= base::id_max
         && decision.head.message_id.value <= base::id_max
         && decision.head.generation.value <= base::id_max
         && is_signed (verifier_, config_.group, port::Purpose::join_decision,
                       decision, message.signature);
}

// False: it is worth nothing. With a no the core is finished.
bool
MemberCore::take_decision (const JoinDecision &decision)
{
  if (decision.is_admitted)
  {
    config_.ticket = decision.ticket;
    check_own_ticket ();
    if (config_.ticket.empty () || has_open_ticket ())
    {
      config_.ticket.clear ();
      return false;
    }
    for (const base::PeerId &peer : decision.relays)
      candidates_.learn (peer, Candidates::known, now_, random_);
  }
  effects_.push (JoinDecided{ decision.is_admitted, decision.head.head (),
                              config_.origin, decision.relays, decision.ticket,
                              decision.answer });
  if (! decision.is_admitted)
    finish (MemberState::refused);
  return true;
}

void
MemberCore::on (Link &link, const PeerJoinDecision &message)
{
  if (! require (link, Link::State::asking))
    return;
  if (! is_for_us (message, link.question_nonce))
    return fault (link, "join decisions refused: not the group's answer to us");
  if (! take_decision (message.decision))
    return fault (link, "join decisions refused: without a good ticket");
  if (! is_finished_)
    attach (link);
}

void
MemberCore::attach (Link &link)
{
  TicketProof proof;
  proof.group = config_.group;
  proof.relay = link.peer;
  proof.relay_nonce = link.their_nonce;
  proof.features = features_known;
  PeerAttach message;
  message.ticket = config_.ticket;
  message.proof = sign (signer_, port::Purpose::ticket_proof, proof);
  message.highest_held = stream_.highest_held ();
  message.member = own_key_;
  message.kind = Link::Role::visit == link.role ? AttachKind::visitor
                                                : AttachKind::child;
  message.revocations = revocations_.mark ();
  set_link_state (link, Link::State::attaching);
  send (link, message);
}

void
MemberCore::on (Link &link, const PeerTicket &message)
{
  if (! require (link, Link::State::attached))
    return;
  if (! has_good_ticket (message.ticket))
    return fault (link, "tickets refused: not for us");
  config_.ticket = message.ticket;
  effects_.push (TicketRenewed{ message.ticket });
}

// From a relay that cannot reach the origin, to one who asks at the door; and
// to its children, for those who ask them.
void
MemberCore::on (Link &link, const PeerOpenTicket &message)
{
  const auto ticket = parse_ticket (message.ticket);
  if (! ticket || ! ticket->ticket.is_open ()
      || ! has_good_ticket (message.ticket))
    return fault (link, "tickets refused: not for everybody");
  if (Link::State::attached == link.state)
  {
    if (Link::Role::parent != link.role)
      return;
    open_ticket_ = message.ticket;
    desk_.send_to_children (message);
    return;
  }
  if (Link::State::asking != link.state || ! config_.ticket.empty ())
    return; // it was too late, or comes too early
  effects_.count ("admissions without the origin");
  config_.ticket = message.ticket;
  check_own_ticket ();
  const Ticket &open = ticket->ticket;
  effects_.push (
      JoinDecided{ true,
                   { open.admission_fragment, open.admission_message, {} },
                   config_.origin,
                   candidates_.peers (),
                   message.ticket,
                   {} });
  close_voice ();
  attach (link);
}

// --- the end of a membership -------------------------------------------------

void
MemberCore::on (Link &link, const PeerPartAck &)
{
  if (! parting_until_ || ! link.is_origin)
    return refuse (link, RefusalCode::out_of_state);
  finish ();
}

// True: it is genuine and about us, and that was all.
bool
MemberCore::take_ejection (const PeerEject &message)
{
  const Ejection &ejection = message.ejection;
  const auto ticket = parse_ticket (config_.ticket);
  const bool is_ours = protocol_version == ejection.version
                       && ejection.group == config_.group
                       && ejection.member == own_key_ && ticket
                       && (ticket->ticket.is_open ()
                           || ejection.generation >= ticket->ticket.generation);
  if (! is_ours
      || ! is_signed (verifier_, config_.group, port::Purpose::ejection,
                      ejection, message.signature))
    return false;
  effects_.push (EjectionNotice{ ejection.notice });
  finish (MemberState::ejected);
  return true;
}

void
MemberCore::on (Link &link, const PeerEject &message)
{
  if (! take_ejection (message))
    fault (link, "ejections refused: not the group's about us");
}

void
MemberCore::on (Link &link, const PeerGroupEnd &message)
{
  if (protocol_version != message.end.version
      || message.end.group != config_.group
      || ! is_signed (verifier_, config_.group, port::Purpose::group_end,
                      message.end, message.signature))
    return fault (link, "ends refused: not the group's");
  desk_.end_all (message);
  finish (MemberState::group_ended);
}
} // namespace multicast
