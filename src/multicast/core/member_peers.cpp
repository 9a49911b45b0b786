// SPDX-License-Identifier: AGPL-3.0-or-later
//
// One member of one group: what its parent says, but for the door. See
// member_core.hpp.
#include <algorithm>

#include "multicast/core/batches.hpp"
#include "multicast/core/fragments.hpp"
#include "multicast/core/limits.hpp"
#include "multicast/core/member_core.hpp"
#include "multicast/core/signing.hpp"

namespace multicast
{
void
MemberCore::on_peer_message (ChannelId channel, base::ByteView message)
{
  const auto is_open
      = [this, channel] { return link_ && link_->channel == channel; };
  if (! is_open ())
    return;
  link_->last_heard = now_;
  const bool is_sound = for_each_in_batch (message,
                                           [&] (base::ByteView one)
                                           {
                                             handle (one);
                                             return is_open ();
                                           });
  if (! is_sound && is_open ())
    refuse (RefusalCode::malformed);
  pump_requests ();
  pump_pulls ();
  pump_contact ();
}

void
MemberCore::handle (base::ByteView message)
{
  const auto result
      = FromParent::dispatch (message,
                              [&] (const auto &decoded)
                              {
                                using M = std::decay_t<decltype (decoded)>;
                                if constexpr (std::is_same_v<M, Fragment>)
                                  on_fragment (decoded, message);
                                else
                                  on (decoded);
                              });
  if (wire::DispatchResult::ok != result)
    refuse (RefusalCode::malformed);
}

void
MemberCore::on (const PeerHello &hello)
{
  if (! require (Link::State::opening))
    return;
  contact_->on_answer (now_);
  if (protocol_version != hello.version)
    return refuse (RefusalCode::version_unknown);
  link_->their_nonce = hello.nonce;
  link_->their_heartbeat = std::clamp (hello.heartbeat, limits::heartbeat_min,
                                       limits::heartbeat_max);
  set_link_state (Link::State::greeted);
  ask_or_attach ();
}

void
MemberCore::on (const PeerRefusal &refusal)
{
  switch (refusal.code)
  {
  case RefusalCode::ticket_malformed:
  case RefusalCode::ticket_group:
  case RefusalCode::ticket_signature:
  case RefusalCode::ticket_peer:
  case RefusalCode::ticket_expired:
  case RefusalCode::ticket_proof:
    // Only the origin's word on our ticket counts.
    if (link_->peer == config_.origin)
      config_.ticket.clear ();
    break;
  case RefusalCode::join_time:
    clock_offset_ = refusal.receiver_time - now_;
    break;
  case RefusalCode::version_unknown:
  case RefusalCode::malformed:
  case RefusalCode::out_of_state:
  case RefusalCode::busy:
  case RefusalCode::full:
  case RefusalCode::join_replayed:
  case RefusalCode::join_group:
  case RefusalCode::join_peer:
  case RefusalCode::join_signature:
  case RefusalCode::join_undecided:
  case RefusalCode::behind:
  case RefusalCode::replaced:
    break;
  }
  effects_.count ("channels closed: refused by the parent");
  contact_->on_answer (now_);
  contact_->on_refusal (now_, random_);
  close_link ();
}

void
MemberCore::on (const PeerAlive &)
{
  if (Link::State::opening == link_->state)
    refuse (RefusalCode::out_of_state);
}

// --- heads
// -----------------------------------------------------------------------

bool
MemberCore::is_genuine (const SignedHead &head) const
{
  const HeadStatement &statement = head.statement;
  return protocol_version == statement.version
         && statement.group == config_.group
         && statement.head.fragment_id.value <= base::id_max
         && statement.head.message_id.value <= base::id_max
         && statement.head.generation.value <= base::id_max
         && is_signed (verifier_, config_.group, port::Purpose::heartbeat,
                       statement, head.signature);
}

void
MemberCore::on (const PeerHeartbeat &heartbeat)
{
  if (! require (Link::State::attached))
    return;
  if (! is_genuine (heartbeat.head))
    return fault ("heads refused: not the group's");
  note_head (heartbeat.head.statement.head.head ());
}

void
MemberCore::note_head (const base::Head &head)
{
  head_.fragment_id = std::max (head_.fragment_id, head.fragment_id);
  head_.message_id = std::max (head_.message_id, head.message_id);
  head_.generation = std::max (head_.generation, head.generation);
  stream_.note_head (head_.fragment_id);
  if (head_ == told_head_)
    return;
  told_head_ = head_;
  effects_.push (HeadChange{ head_ });
}

// --- fragments
// ---------------------------------------------------------------------

void
MemberCore::on_fragment (const Fragment &fragment, base::ByteView raw)
{
  if (! require (Link::State::attached))
    return;
  if (const auto name = fragment_fault (fragment, raw); ! name.empty ())
    return fault (name);
  puller_.on_fragment (now_);
  switch (stream_.fate_of (fragment.fragment_id))
  {
  case Stream::Fate::known:
    return effects_.count ("fragments ignored: here already");
  case Stream::Fate::no_room:
    puller_.on_fragment_dropped ();
    return effects_.count ("fragments dropped: the client is behind");
  case Stream::Fate::wanted:
    break;
  }
  // What the parent has on a damaged disk is no reason to leave it.
  if (! is_signed_fragment (verifier_, config_.group, fragment, raw))
    return effects_.count ("fragments refused: wrong signature");
  stream_.take (fragment.fragment_id, raw.size ());
  stream_.note_head (fragment.fragment_id);
  head_ = { std::max (head_.fragment_id, fragment.fragment_id),
            std::max (head_.message_id, fragment.message_id),
            std::max (head_.generation, fragment.group_generation) };
  effects_.push (DeliverFragment{ fragment.fragment_id, base::to_bytes (raw) });
}

void
MemberCore::on (const PeerReplayEnd &end)
{
  if (! require (Link::State::attached))
    return;
  Puller::Outcome outcome = puller_.on_end (end, now_);
  if (! outcome.is_known)
    return effects_.count ("ends of replays ignored: not asked for");
  for (const base::Interval &gap : outcome.gaps)
    effects_.push (Gap{ { gap.first }, { gap.last } });
  if (outcome.fetched)
    effects_.push (std::move (*outcome.fetched));
}

// --- proving a head to the origin
// ------------------------------------------------------

void
MemberCore::on (const PeerReplayRequest &request)
{
  if (! require (Link::State::attached))
    return;
  if (serving_ || ReplayUnit::fragments != request.unit
      || request.first != request.last)
    return send (
        PeerReplayEnd{ request.replay, ReplayCode::access_denied, 0, {} });
  last_served_ = last_served_.next ();
  serving_ = Serving{ last_served_, request.replay, request.first };
  effects_.push (AskReplay{ last_served_,
                            {},
                            request.unit,
                            request.first,
                            request.last,
                            request.detail });
}

void
MemberCore::on (const PeerReplayCancel &cancel)
{
  if (serving_ && serving_->theirs == cancel.replay)
    stop_serving ();
}

void
MemberCore::stop_serving ()
{
  if (serving_)
    effects_.push (CancelReplay{ serving_->ours });
  serving_.reset ();
}

void
MemberCore::on_replay_fragment (ReplayId replay, base::ByteView raw)
{
  if (! serving_ || serving_->ours != replay || ! is_attached ())
    return;
  const auto fragment = wire::decode<Fragment> (raw);
  if (fragment && fragment->fragment_id.value == serving_->id
      && fragment_fault (*fragment, raw).empty ())
    push (base::to_bytes (raw), Kind::replay);
}

void
MemberCore::on_replay_end (ReplayId replay, ReplayCode code)
{
  if (! serving_ || serving_->ours != replay)
    return;
  if (is_attached ())
    send (PeerReplayEnd{ serving_->theirs, code, serving_->id, {} });
  serving_.reset ();
}

// --- requests
// ----------------------------------------------------------------------------

void
MemberCore::on (const PeerRequestAck &ack)
{
  if (! require (Link::State::attached))
    return;
  if (! window_.acknowledge (ack.request_id, ack.fragment_offset))
    return effects_.count ("acknowledgements ignored: of nothing under way");
  effects_.push (RequestStored{ ack.request_id, ack.fragment_offset });
}

void
MemberCore::on (const PeerRequestSettled &settled)
{
  if (! require (Link::State::attached))
    return;
  if (RequestResult::accepted != settled.result
      && RequestResult::refused != settled.result)
    return fault ("settlements refused: neither yes nor no");
  window_.settle (settled.request_id);
  effects_.push (
      RequestSettled{ { settled.request_id, settled.result, settled.message_id,
                        settled.code, settled.reason } });
}
} // namespace multicast
