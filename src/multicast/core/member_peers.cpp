// SPDX-License-Identifier: AGPL-3.0-or-later
//
// One member of one group: what those say that it called, but for the door and
// the tree. See member_core.hpp.
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
  if (channel.value <= channel_opened_by_core)
    return desk_.on_peer_message (channel, message);
  Link *link = find_link (channel);
  if (nullptr == link)
    return;
  link->last_heard = now_;
  const bool is_sound
      = for_each_in_batch (message,
                           [&] (base::ByteView one)
                           {
                             handle (channel, one);
                             return nullptr != find_link (channel);
                           });
  link = find_link (channel);
  if (! is_sound && nullptr != link)
    refuse (*link, RefusalCode::malformed);
  if (! is_finished_)
    pump ();
}

void
MemberCore::handle (ChannelId channel, base::ByteView message)
{
  Link &link = *find_link (channel);
  const auto result
      = FromParent::dispatch (message,
                              [&] (const auto &decoded)
                              {
                                using M = std::decay_t<decltype (decoded)>;
                                if constexpr (std::is_same_v<M, Fragment>)
                                  on_fragment (link, decoded, message);
                                else
                                  on (link, decoded);
                              });
  if (wire::DispatchResult::ok != result)
    refuse (link, RefusalCode::malformed);
}

void
MemberCore::on (Link &link, const PeerHello &hello)
{
  if (! require (link, Link::State::opening))
    return;
  if (ContactPolicy *policy = candidates_.find (link.peer))
    policy->on_answer (now_);
  if (protocol_version != hello.version)
    return refuse (link, RefusalCode::version_unknown);
  link.their_nonce = hello.nonce;
  link.their_heartbeat = std::clamp (hello.heartbeat, limits::heartbeat_min,
                                     limits::heartbeat_max);
  set_link_state (link, Link::State::greeted);
  ask_or_attach (link);
}

// Only the origin's word on our ticket and our clock counts.
void
MemberCore::heed_refusal (const PeerRefusal &refusal, Puller::Word word)
{
  switch (refusal.code)
  {
  case RefusalCode::ticket_malformed:
  case RefusalCode::ticket_group:
  case RefusalCode::ticket_signature:
  case RefusalCode::ticket_peer:
  case RefusalCode::ticket_expired:
  case RefusalCode::ticket_proof:
  case RefusalCode::ticket_open:
    if (Puller::Word::origin == word)
      config_.ticket.clear ();
    break;
  case RefusalCode::join_time:
    if (Puller::Word::origin == word
        && refusal.receiver_time >= now_ - limits::clock_offset_max
        && refusal.receiver_time <= now_ + limits::clock_offset_max)
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
  case RefusalCode::loop:
    break;
  }
}

void
MemberCore::on (Link &link, const PeerRefusal &refusal)
{
  heed_refusal (refusal,
                link.is_origin ? Puller::Word::origin : Puller::Word::relay);
  effects_.count ("channels closed: refused by the parent");
  if (ContactPolicy *policy = candidates_.find (link.peer))
    policy->on_answer (now_);
  put_off (link);
}

void
MemberCore::on (Link &link, const PeerAlive &)
{
  if (Link::State::opening == link.state)
    refuse (link, RefusalCode::out_of_state);
}

// --- heads -------------------------------------------------------------------

// False: it is not the group's. One that we know is not looked at again.
bool
MemberCore::take_head (const SignedHead &head)
{
  const HeadStatement &statement = head.statement;
  if (signed_head_ && signed_head_->signature == head.signature
      && signed_head_->statement.time == statement.time
      && signed_head_->statement.head.head () == statement.head.head ())
    return true;
  if (protocol_version != statement.version || statement.group != config_.group
      || statement.head.fragment_id.value > base::id_max
      || statement.head.message_id.value > base::id_max
      || statement.head.generation.value > base::id_max
      || ! is_signed (verifier_, config_.group, port::Purpose::heartbeat,
                      statement, head.signature))
    return false;
  if (! signed_head_ || signed_head_->statement.time < statement.time)
  {
    signed_head_ = head;
    fresh_at_ = now_;
  }
  note_head (statement.head.head ());
  return true;
}

void
MemberCore::on (Link &link, const PeerHeartbeat &heartbeat)
{
  if (! require (link, Link::State::attached))
    return;
  const auto before = fresh_at_;
  const bool is_known
      = signed_head_ && signed_head_->signature == heartbeat.head.signature;
  if (! take_head (heartbeat.head))
    return fault (link, "heads refused: not the group's");
  if (Link::Role::parent != link.role)
    return;
  if (nullptr == candidates_.find (heartbeat.spot.peer))
    candidates_.learn (heartbeat.spot.peer, Candidates::known, now_, random_);
  const bool is_taken = consider (heartbeat.spot);
  if (! is_known || before != fresh_at_)
    desk_.send_heartbeats (is_taken ? FreeSpot{} : heartbeat.spot);
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

// --- fragments ---------------------------------------------------------------

Puller *
MemberCore::puller_of (const Link &link)
{
  if (Link::State::attached != link.state)
    return nullptr;
  if (Link::Role::parent == link.role)
    return &puller_;
  return Link::Role::visit == link.role && visit_ ? &*visit_ : nullptr;
}

void
MemberCore::on_fragment (Link &link, const Fragment &fragment,
                         base::ByteView raw)
{
  if (! require (link, Link::State::attached))
    return;
  if (const auto name = fragment_fault (fragment, raw); ! name.empty ())
    return fault (link, name);
  Puller *puller = puller_of (link);
  if (nullptr == puller)
    return; // of one that is no parent yet or any more
  const bool is_asked_for = puller->on_fragment (fragment, now_);
  if (! is_asked_for && fragment.fragment_id < stream_.first ())
    return effects_.count ("fragments ignored: not asked for");
  switch (stream_.fate_of (fragment.fragment_id))
  {
  case Stream::Fate::known:
    return effects_.count ("fragments ignored: here already");
  case Stream::Fate::no_room:
    puller->on_fragment_dropped ();
    return effects_.count ("fragments dropped: the client is behind");
  case Stream::Fate::wanted:
    break;
  }
  // What somebody has on a damaged disk is no reason to leave it at once.
  if (! is_signed_fragment (verifier_, config_.group, fragment, raw))
  {
    effects_.count ("fragments refused: wrong signature");
    if (++link.forged >= limits::forged_max)
      fault (link, "parents left: too many forged fragments");
    return;
  }
  puller->on_fragment_taken (fragment, now_);
  stream_.take (fragment.fragment_id, raw.size ());
  stream_.note_head (fragment.fragment_id);
  head_ = { std::max (head_.fragment_id, fragment.fragment_id),
            std::max (head_.message_id, fragment.message_id),
            std::max (head_.generation, fragment.group_generation) };
  pass_on (fragment.fragment_id, raw);
  effects_.push (DeliverFragment{ fragment.fragment_id, base::to_bytes (raw) });
}

// To the children, before it is on our disk: one hop further.
void
MemberCore::pass_on (base::FragmentId id, base::ByteView raw)
{
  if (0 == desk_.child_count () && id < newest_.id)
    return;
  base::Bytes copy = base::to_bytes (raw);
  for (std::size_t i = fragment_hops_at + 4; i-- > fragment_hops_at;)
    if (0 != ++copy[i])
      break;
  const auto shared = std::make_shared<const base::Bytes> (std::move (copy));
  if (id > newest_.id)
    newest_ = { id, shared };
  desk_.send_live (id, shared);
  desk_.sweep ();
}

void
MemberCore::on (Link &link, const PeerReplayEnd &end)
{
  if (! require (link, Link::State::attached))
    return;
  Puller *puller = puller_of (link);
  if (nullptr == puller)
    return;
  Puller::Outcome outcome = puller->on_end (
      end, now_, link.is_origin ? Puller::Word::origin : Puller::Word::relay);
  if (! outcome.is_known)
    return effects_.count ("ends of replays ignored: not asked for");
  for (const base::Interval &gap : outcome.gaps)
    effects_.push (Gap{ { gap.first }, { gap.last } });
  if (outcome.fetched)
    effects_.push (std::move (*outcome.fetched));
  if (outcome.elsewhere)
    visit_wants_.push_back (*outcome.elsewhere);
}

// --- proving a head to the origin --------------------------------------------

void
MemberCore::on (Link &link, const PeerReplayRequest &request)
{
  if (! require (link, Link::State::attached))
    return;
  if (serving_ || link.channel != parent_ || ! link.is_origin
      || ReplayUnit::fragments != request.unit || request.first != request.last
      || 0 == request.first || request.first > base::id_max)
    return send (link, PeerReplayEnd{
                           request.replay, ReplayCode::access_denied, 0, {} });
  // Not a number that the desk for children uses.
  last_served_ = { std::max (last_served_.value, replay_for_parent) + 1 };
  serving_ = Serving{ last_served_, request.replay, request.first };
  effects_.push (AskReplay{ last_served_,
                            {},
                            request.unit,
                            request.first,
                            request.last,
                            request.detail });
}

void
MemberCore::on (Link &, const PeerReplayCancel &cancel)
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
  if (replay.value < replay_for_parent)
    return desk_.on_replay_fragment (replay, raw);
  Link *link = parent ();
  if (! serving_ || serving_->ours != replay || nullptr == link)
    return;
  const auto fragment = wire::decode<Fragment> (raw);
  if (fragment && fragment->fragment_id.value == serving_->id
      && fragment_fault (*fragment, raw).empty ())
    push (*link, base::to_bytes (raw), Kind::replay);
}

void
MemberCore::on_replay_end (ReplayId replay, ReplayCode code)
{
  if (replay.value < replay_for_parent)
    return desk_.on_replay_end (replay, code);
  if (! serving_ || serving_->ours != replay)
    return;
  if (Link *link = parent ())
    send (*link, PeerReplayEnd{ serving_->theirs, code, serving_->id, {} });
  serving_.reset ();
}

// --- requests ----------------------------------------------------------------

// In the origin's name only the origin speaks; from afar, in a pipe.
bool
MemberCore::require_origin (Link &link)
{
  if (link.is_origin && Link::State::attached == link.state)
    return true;
  refuse (link, RefusalCode::out_of_state);
  return false;
}

void
MemberCore::on (Link &link, const PeerRequestAck &ack)
{
  if (require_origin (link))
    take_ack (ack);
}

void
MemberCore::on (Link &link, const PeerRequestSettled &settled)
{
  if (! require_origin (link))
    return;
  if (const auto name = settlement_fault (settled); ! name.empty ())
    return fault (link, name);
  take_settlement (settled);
}
} // namespace multicast
