// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The origin of one group: what members and joiners say through relays. See
// origin_core.hpp.
#include <algorithm>

#include "multicast/core/limits.hpp"
#include "multicast/core/origin_core.hpp"
#include "multicast/core/refusals.hpp"

namespace multicast
{
void
OriginCore::on (ChildSession &session, const PeerPipeOpen &open)
{
  if (! desk_.require (session, Session::State::attached))
    return;
  const Address address{ session.channel, open.pipe };
  if (open.pipe.is_none ())
    return desk_.refuse (session, RefusalCode::malformed);
  if (nullptr != voices_.find (address))
    return desk_.refuse (session, RefusalCode::out_of_state);
  if (nullptr == voices_.open (address, now_))
  {
    effects_.count ("pipes refused: too many");
    return desk_.send (session, PeerPipeClose{ open.pipe, PipeEnd::full });
  }
  effects_.count ("pipes opened");
  if (base::time_never == next_idle_check_)
    next_idle_check_ = now_ + limits::pipe_idle;
}

// What comes in a pipe that is closed already was on its way.
void
OriginCore::on (ChildSession &session, const PeerPipeUp &up)
{
  Voice *voice = voices_.find (Address{ session.channel, up.pipe });
  if (nullptr == voice)
    return;
  voice->used = now_;
  const base::ByteView message = up.message.bytes;
  if (message.empty ())
    return; // it is still wanted
  const auto result
      = FromVoice::dispatch (message,
                             [&] (const auto &decoded)
                             {
                               using M = std::decay_t<decltype (decoded)>;
                               if constexpr (std::is_same_v<M, Request>)
                                 on_request (*voice, decoded, message);
                               else
                                 on (*voice, decoded);
                             });
  if (wire::DispatchResult::ok != result)
    refuse (*voice, RefusalCode::malformed);
}

void
OriginCore::on (ChildSession &session, const PeerPipeClose &close)
{
  drop_voice ({ session.channel, close.pipe });
}

void
OriginCore::on (Voice &voice, const PeerJoinRequest &request)
{
  if (Voice::State::asking == voice.state)
    return refuse (voice, RefusalCode::out_of_state);
  // The relay that the joiner called has compared the peer with its caller.
  if (const auto refusal
      = door_.refusal_of (request, request.question.peer, now_, verifier_))
  {
    voice.nonce = request.question.nonce; // so that it believes the answer
    return refuse (voice, *refusal);
  }
  const Address address = voice.address;
  if (Voice::State::open == voice.state)
  {
    drop_voice (address); // an open ticket's holder asks for its own
    (void)voices_.open (address, now_);
  }
  ask (address, request, request.question.peer);
}

std::optional<RefusalCode>
OriginCore::fault_of (const std::optional<SignedTicket> &ticket,
                      const PeerVoice &message)
{
  if (! ticket)
    return RefusalCode::ticket_malformed;
  if (ticket->ticket.is_open ())
    return RefusalCode::ticket_open;
  if (const auto fault
      = ticket_fault (*ticket, group_, ticket->ticket.peer, now_, verifier_))
    return fault;
  VoiceProof proof;
  proof.group = group_;
  proof.nonce = message.nonce;
  proof.time = message.time;
  if (! is_signed (verifier_, ticket->ticket.member, port::Purpose::voice,
                   proof, message.proof))
    return RefusalCode::ticket_proof;
  return door_.refusal_of (ticket->ticket.member, message.nonce, message.time,
                           now_);
}

void
OriginCore::on (Voice &voice, const PeerVoice &message)
{
  if (Voice::State::fresh != voice.state)
    return refuse (voice, RefusalCode::out_of_state);
  const auto ticket = parse_ticket (message.ticket);
  voice.nonce = message.nonce;
  if (const auto fault = fault_of (ticket, message))
    return refuse (voice, *fault);
  voice.member = ticket->ticket.member;
  voice.ticket_generation = ticket->ticket.generation;
  if (is_void (voice.member, ticket->ticket))
  {
    effects_.count ("tickets refused: revoked");
    answer (voice.address, ejection_of (voice.member));
    return close_voice (voice.address);
  }
  const bool was_present = is_present (voice.member);
  const Address address = voice.address;
  if (const Voice *older = voices_.find (voice.member))
  {
    const Address gone = older->address;
    desk_.send (*desk_.find (gone.channel),
                PeerPipeClose{ gone.pipe, PipeEnd::done });
    voices_.drop (gone);
  }
  voices_.name (*voices_.find (address));
  if (! was_present)
    effects_.push (MemberChange{ voice.member, MemberEvent::attached });
  answer (address, PeerVoiceOpen{});
  if (const auto fresh = renewed (ticket->ticket))
  {
    answer (address, *fresh);
    voice.ticket_generation = parse_ticket (fresh->ticket)->ticket.generation;
  }
}

void
OriginCore::on (Voice &voice, const PeerVoicePart &part)
{
  PartStatement statement;
  statement.group = group_;
  statement.nonce = voice.nonce;
  if (Voice::State::open != voice.state
      || ! is_signed (verifier_, voice.member, port::Purpose::part, statement,
                      part.signature))
    return refuse (voice, RefusalCode::out_of_state);
  const base::MemberKey member = voice.member;
  const base::Generation generation = voice.ticket_generation;
  const Address address = voice.address;
  answer (address, PeerPartAck{});
  voices_.drop (address);
  on_parted (member, generation);
}

void
OriginCore::on_request (Voice &voice, const Request &request,
                        base::ByteView raw)
{
  if (Voice::State::open != voice.state)
  {
    effects_.count ("requests refused: not admitted");
    return refuse (voice, RefusalCode::out_of_state);
  }
  const std::string_view fault = fault_of (request, raw, voice.member);
  if (! fault.empty ())
  {
    effects_.count (fault);
    return refuse (voice, RefusalCode::malformed);
  }
  deliver (voice.requests, request, raw);
}

// --- the end of a voice ------------------------------------------------------

void
OriginCore::refuse (Voice &voice, RefusalCode code)
{
  effects_.count (refusal_name (code));
  PeerRefusal refusal;
  refusal.code = code;
  refusal.receiver_time = now_;
  refusal.text = refusal_name (code);
  answer (voice.address, refusal);
  close_voice (voice.address);
}

void
OriginCore::close_voice (const Address &address)
{
  const Address gone = address; // perhaps inside the voice
  if (Session *session = desk_.find (gone.channel))
    desk_.send (*session, PeerPipeClose{ gone.pipe, PipeEnd::done });
  drop_voice (gone);
}

void
OriginCore::drop_voice (const Address &address)
{
  const Voice *voice = voices_.find (address);
  if (nullptr == voice)
    return;
  if (Voice::State::asking == voice->state)
  {
    door_.close (voice->join);
    effects_.push (JoinWithdrawn{ voice->join });
  }
  const bool was_open = Voice::State::open == voice->state;
  const base::MemberKey member = voice->member;
  voices_.drop (address);
  if (was_open && ! is_present (member))
    effects_.push (MemberChange{ member, MemberEvent::detached });
}

bool
OriginCore::is_present (const base::MemberKey &member)
{
  return nullptr != desk_.find_attached (member)
         || nullptr != voices_.find (member);
}

void
OriginCore::forget_idle_voices ()
{
  for (const Address &address : voices_.idle_since (now_ - limits::pipe_idle))
    close_voice (address);
  next_idle_check_
      = 0 == voices_.size () ? base::time_never : now_ + limits::pipe_idle / 4;
}
} // namespace multicast
