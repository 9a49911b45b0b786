// SPDX-License-Identifier: AGPL-3.0-or-later
//
// One member of one group: what it says to the origin, near by on its own
// channel, or far away through a pipe of relays. See member_core.hpp.
#include <algorithm>

#include "multicast/core/fragments.hpp"
#include "multicast/core/limits.hpp"
#include "multicast/core/member_core.hpp"
#include "multicast/core/signing.hpp"
#include "multicast/core/tickets.hpp"

namespace multicast
{
// --- requests ----------------------------------------------------------------

ClientResult
MemberCore::on_client_request (NewRequest request)
{
  if (is_finished_)
    return ClientResult::stopped;
  if (! is_valid (request))
    return ClientResult::invalid;
  if (! is_attached ())
    return ClientResult::not_attached;
  if (! has_room ())
    return ClientResult::full;
  Outgoing piece{ request.request_id, request.fragment_offset,
                  make_request (signer_, config_.group, request) };
  unsaid_bytes_ += piece.message.size ();
  unsaid_.push_back (std::move (piece));
  pump_requests ();
  return ClientResult::taken;
}

bool
MemberCore::has_room () const
{
  return unsaid_bytes_ < limits::request_queue_bytes_max;
}

void
MemberCore::pump_requests ()
{
  pump_voice ();
  Link *link = parent ();
  if (nullptr == link)
    return;
  const bool has_voice = voice_ && voice_->channel == parent_
                         && Voice::State::open == voice_->state;
  while ((link->is_origin || has_voice) && ! unsaid_.empty ()
         && window_.bytes () < limits::request_window_bytes)
  {
    Outgoing piece = std::move (unsaid_.front ());
    unsaid_.pop_front ();
    unsaid_bytes_ -= piece.message.size ();
    if (has_voice && 0 == window_.bytes ())
      voice_->heard = now_; // an answer is waited for from now on
    // The same piece again while it is under way: its answer will do.
    if (! window_.add (piece.request_id, piece.fragment_offset,
                       piece.message.size ()))
      continue;
    effects_.count ("requests sent");
    if (link->is_origin)
      push (*link, std::move (piece.message), Kind::control);
    else
      say (piece.message);
  }
}

void
MemberCore::forget_requests ()
{
  window_.clear ();
  unsaid_.clear ();
  unsaid_bytes_ = 0;
  unsettled_.clear ();
}

// What was said, or its answer, may be lost: the client says it again when it
// hears that we are attached.
void
MemberCore::resay ()
{
  if (0 == window_.bytes () && unsettled_.empty ())
    return;
  forget_requests ();
  if (is_attached () && ! is_finished_)
    effects_.push (MemberStateChange{ MemberState::attached, head_ });
}

void
MemberCore::take_ack (const PeerRequestAck &ack)
{
  if (! window_.acknowledge (ack.request_id, ack.fragment_offset))
    return effects_.count ("acknowledgements ignored: of nothing under way");
  if (unsettled_.size () < limits::unsettled_max)
    unsettled_.insert (ack.request_id);
  effects_.push (RequestStored{ ack.request_id, ack.fragment_offset });
}

std::string_view
MemberCore::settlement_fault (const PeerRequestSettled &settled)
{
  if (RequestResult::accepted != settled.result
      && RequestResult::refused != settled.result)
    return "settlements refused: neither yes nor no";
  if (settled.message_id.value > base::id_max)
    return "settlements refused: number out of range";
  return {};
}

void
MemberCore::take_settlement (const PeerRequestSettled &settled)
{
  window_.settle (settled.request_id);
  unsettled_.erase (settled.request_id);
  effects_.push (
      RequestSettled{ { settled.request_id, settled.result, settled.message_id,
                        settled.code, settled.reason } });
}

// --- the pipe ----------------------------------------------------------------

bool
MemberCore::needs_voice () const
{
  if (parting_until_ || ! unsaid_.empty () || 0 < window_.bytes ()
      || ! unsettled_.empty ())
    return true;
  const auto ticket = parse_ticket (config_.ticket);
  return ! ticket || ticket->ticket.is_open ()
         || ticket->ticket.issued + limits::ticket_renewal_age <= now_;
}

void
MemberCore::pump_voice ()
{
  Link *link = parent ();
  if (voice_)
    return pump_open_voice ();
  if (nullptr == link || link->is_origin || ! position_.is_rooted
      || now_ < voice_not_before_ || ! needs_voice ())
    return;
  open_voice (*link);
}

// One that is there: is it still good, and needed?
void
MemberCore::pump_open_voice ()
{
  const bool is_overdue = voice_->heard + limits::voice_timeout <= now_;
  switch (voice_->state)
  {
  case Voice::State::asking:
    // Once the door knows of it, it may take days.
    if (is_overdue && ! voice_->is_heard)
      retry_voice ();
    else if (voice_->used + limits::voice_refresh <= now_)
      say ({});
    return;
  case Voice::State::opening:
    if (is_overdue)
      retry_voice ();
    return;
  case Voice::State::open:
    break;
  }
  if (is_overdue && 0 < window_.bytes ())
    return retry_voice ();
  if (! needs_voice () && voice_->used + limits::voice_idle <= now_)
    return close_voice ();
  if (voice_->used + limits::voice_refresh <= now_)
    say ({});
}

base::TimePoint
MemberCore::voice_deadline () const
{
  const Link *link = parent ();
  if (! voice_)
    return nullptr != link && ! link->is_origin && position_.is_rooted
                   && now_ < voice_not_before_ && needs_voice ()
               ? voice_not_before_
               : base::time_never;
  switch (voice_->state)
  {
  case Voice::State::asking:
    return voice_->is_heard ? voice_->used + limits::voice_refresh
                            : voice_->heard + limits::voice_timeout;
  case Voice::State::opening:
    return voice_->heard + limits::voice_timeout;
  case Voice::State::open:
    break;
  }
  if (0 < window_.bytes ())
    return voice_->heard + limits::voice_timeout;
  return voice_->used
         + (needs_voice () ? limits::voice_refresh : limits::voice_idle);
}

void
MemberCore::open_voice (Link &link)
{
  voice_ = Voice{};
  voice_->channel = link.channel;
  voice_->pipe = routes_.new_pipe ();
  voice_->heard = now_;
  effects_.count ("own pipes to the origin");
  send (link, PeerPipeOpen{ voice_->pipe });
  if (config_.ticket.empty () || has_open_ticket ())
    ask_through_pipe ();
  else
    show_ticket ();
}

void
MemberCore::ask_through_pipe ()
{
  const PeerJoinRequest question = make_question ();
  voice_->state = Voice::State::asking;
  voice_->nonce = question.question.nonce;
  say (wire::must_encode (question));
}

void
MemberCore::show_ticket ()
{
  PeerVoice message;
  message.ticket = config_.ticket;
  message.nonce = random_.nonce ();
  message.time = now_ + clock_offset_;
  VoiceProof proof;
  proof.group = config_.group;
  proof.nonce = message.nonce;
  proof.time = message.time;
  message.proof = sign (signer_, port::Purpose::voice, proof);
  voice_->state = Voice::State::opening;
  voice_->nonce = message.nonce;
  say (wire::must_encode (message));
}

void
MemberCore::say (const base::Bytes &message)
{
  Link *link = find_link (voice_->channel);
  if (nullptr == link)
    return;
  voice_->used = now_;
  if (Voice::State::open != voice_->state)
    voice_->heard = now_;
  send (*link, PeerPipeUp{ voice_->pipe, { message } });
}

void
MemberCore::drop_voice ()
{
  if (! voice_)
    return;
  const bool was_parents = voice_->channel == parent_;
  voice_.reset ();
  if (was_parents)
    resay ();
}

void
MemberCore::close_voice ()
{
  if (! voice_)
    return;
  if (Link *link = find_link (voice_->channel))
    send (*link, PeerPipeClose{ voice_->pipe, PipeEnd::done });
  drop_voice ();
}

// Later again; a joiner tries elsewhere.
void
MemberCore::retry_voice ()
{
  effects_.count ("own pipes to the origin that failed");
  Link *link = find_link (voice_->channel);
  voice_not_before_ = now_ + jittered (voice_pause_);
  voice_pause_ = std::min (voice_pause_ * 2, limits::voice_retry_max);
  close_voice ();
  if (nullptr != link && Link::State::asking == link->state)
    put_off (*link);
}

// --- what comes in pipes -----------------------------------------------------

void
MemberCore::on (Link &link, const PeerPipeDown &down)
{
  if (voice_ && voice_->channel == link.channel && voice_->pipe == down.pipe)
  {
    OriginWord word;
    word.group = config_.group;
    word.nonce = voice_->nonce;
    word.message = down.message.bytes;
    if (! is_signed (verifier_, config_.group, port::Purpose::origin_word, word,
                     down.signature))
      return effects_.count ("words in pipes ignored: not the origin's");
    voice_->heard = now_;
    voice_->is_heard = true;
    const auto result
        = FromOrigin::dispatch (down.message.bytes, [this] (const auto &decoded)
                                { on_word (decoded); });
    if (wire::DispatchResult::ok != result)
      effects_.count ("words in pipes ignored: malformed");
    return;
  }
  const auto child = routes_.way_down (down.pipe);
  if (! child || link.channel != parent_)
    return; // it was closed meanwhile
  ChildSession &session = *desk_.find (child->channel);
  if (session.outbox.bytes (Kind::control) > limits::pipe_queue_bytes_max)
    return close_pipe (*child, PipeEnd::full);
  desk_.send (session,
              PeerPipeDown{ child->pipe, down.signature, down.message });
}

void
MemberCore::on (Link &link, const PeerPipeClose &close)
{
  if (voice_ && voice_->channel == link.channel && voice_->pipe == close.pipe)
  {
    if (PipeEnd::done == close.end && Voice::State::open == voice_->state
        && ! needs_voice ())
      return drop_voice ();
    return retry_voice ();
  }
  if (const auto child = routes_.way_down (close.pipe);
      child && link.channel == parent_)
    close_pipe (*child, close.end);
}

void
MemberCore::on_word (const PeerRefusal &refusal)
{
  heed_refusal (refusal, Puller::Word::origin);
  retry_voice ();
}

void
MemberCore::on_word (const PeerJoinPending &pending)
{
  if (pending.nonce == voice_->nonce && ! is_attached ())
    set_state (MemberState::pending);
}

void
MemberCore::on_word (const PeerJoinDecision &message)
{
  if (Voice::State::asking != voice_->state
      || ! is_for_us (message, voice_->nonce))
    return effects_.count (
        "join decisions refused: not the group's answer to us");
  const ChannelId channel = voice_->channel;
  if (! take_decision (message.decision))
    return retry_voice ();
  if (is_finished_)
    return;
  close_voice ();
  Link *link = find_link (channel);
  if (nullptr != link && Link::State::asking == link->state)
    return attach (*link);
  // We came with an open ticket.
  effects_.push (TicketRenewed{ config_.ticket });
}

void
MemberCore::on_word (const PeerTicket &message)
{
  const auto ticket = parse_ticket (message.ticket);
  if (! ticket || ticket->ticket.is_open ()
      || ! has_good_ticket (message.ticket))
    return effects_.count ("tickets refused: not for us");
  config_.ticket = message.ticket;
  effects_.push (TicketRenewed{ message.ticket });
}

void
MemberCore::on_word (const PeerRequestAck &ack)
{
  take_ack (ack);
}

void
MemberCore::on_word (const PeerRequestSettled &settled)
{
  if (const auto name = settlement_fault (settled); ! name.empty ())
    return effects_.count (name);
  take_settlement (settled);
}

void
MemberCore::on_word (const PeerPartAck &)
{
  if (parting_until_)
    finish ();
}

void
MemberCore::on_word (const PeerEject &eject)
{
  (void)take_ejection (eject);
}

void
MemberCore::on_word (const PeerVoiceOpen &)
{
  if (Voice::State::opening != voice_->state)
    return;
  voice_->state = Voice::State::open;
  voice_pause_ = limits::voice_retry_min;
  if (! parting_until_)
    return;
  PartStatement statement;
  statement.group = config_.group;
  statement.nonce = voice_->nonce;
  say (wire::must_encode (
      PeerVoicePart{ sign (signer_, port::Purpose::part, statement) }));
}
} // namespace multicast
