// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Serving children: channels from their opening to their end, and the
// heartbeat that tells which are alive. See child_desk.hpp.
#include "multicast/core/child_desk.hpp"

#include <algorithm>

#include "multicast/core/batches.hpp"
#include "multicast/core/refusals.hpp"
#include "multicast/core/silence.hpp"

namespace multicast
{
ChildDesk::ChildDesk (DeskConfig config, DeskOwner &owner, EffectSink &effects,
                      const Revocations &revocations,
                      const port::Verifier &verifier, port::Random &random,
                      base::TimePoint now)
    : config_ (std::move (config)), owner_ (owner), effects_ (effects),
      revocations_ (revocations), verifier_ (verifier), random_ (random),
      now_ (now), throttle_ (config_.bandwidth)
{}

void
ChildDesk::on_own_peer_known (const base::PeerId &peer)
{
  config_.own_peer = peer;
}

// --- the network -------------------------------------------------------------

void
ChildDesk::on_channel_opened (ChannelId channel, const base::PeerId &peer)
{
  const bool has_room = has_room_for (peer);
  auto [it, is_new] = sessions_.try_emplace (channel);
  if (! is_new)
    return;
  Session &session = it->second;
  session.channel = channel;
  session.peer = peer;
  session.own_nonce = random_.nonce ();
  session.since = now_;
  session.last_heard = now_;
  if (const auto refusal = owner_.closed ())
    return refuse (session, *refusal);
  if (! has_room)
    return refuse (session, RefusalCode::busy);
  if (base::time_never == next_beat_)
    next_beat_ = now_ + config_.heartbeat;
  PeerHello hello;
  hello.nonce = session.own_nonce;
  hello.heartbeat = config_.heartbeat;
  send (session, hello);
}

bool
ChildDesk::has_room_for (const base::PeerId &peer) const
{
  std::size_t of_peer = 0;
  for (const auto &[channel, session] : sessions_)
    if (Session::State::attached != session.state && session.peer == peer)
      of_peer++;
  return of_peer < limits::half_open_per_peer_max
         && sessions_.size () - attached_.size () < limits::half_open_max;
}

void
ChildDesk::on_channel_closed (ChannelId channel)
{
  if (Session *session = find (channel))
    drop (*session);
}

void
ChildDesk::on_channel_sent (ChannelId channel)
{
  Session *session = find (channel);
  if (nullptr == session)
    return;
  session->outbox.on_sent ();
  session->last_taken = now_;
  flush (*session);
  if (session->is_lagging && session->outbox.is_empty ())
  {
    session->is_lagging = false;
    send (*session, PeerHeartbeat{ owner_.signed_head (), {} });
    show_newest (*session);
  }
  pump_replays ();
  sweep ();
}

void
ChildDesk::on_peer_message (ChannelId channel, base::ByteView message)
{
  Session *session = find (channel);
  if (nullptr == session)
    return;
  session->last_heard = now_;
  const bool is_sound = for_each_in_batch (message,
                                           [&] (base::ByteView one)
                                           {
                                             handle (channel, one);
                                             return nullptr != find (channel);
                                           });
  session = find (channel);
  if (! is_sound && nullptr != session)
    refuse (*session, RefusalCode::malformed);
  pump_replays ();
  sweep ();
}

void
ChildDesk::handle (ChannelId channel, base::ByteView message)
{
  Session &session = *find (channel);
  const auto result = FromChild::dispatch (
      message,
      [&] (const auto &decoded)
      {
        using M = std::decay_t<decltype (decoded)>;
        if constexpr (std::is_same_v<M, Fragment>)
          owner_.on_child_fragment (session, decoded, message);
        else if constexpr (std::is_same_v<M, Request>)
          owner_.on_request (session, decoded, message);
        else if constexpr (requires { owner_.on (session, decoded); })
          owner_.on (session, decoded);
        else
          on (session, decoded);
      });
  if (wire::DispatchResult::ok != result)
    refuse (session, RefusalCode::malformed);
}

void
ChildDesk::on (Session &session, const PeerHello &hello)
{
  if (! require (session, Session::State::fresh))
    return;
  if (protocol_version != hello.version)
    return refuse (session, RefusalCode::version_unknown);
  session.their_heartbeat = std::clamp (hello.heartbeat, limits::heartbeat_min,
                                        limits::heartbeat_max);
  set_state (session, Session::State::greeted);
}

void
ChildDesk::on (Session &session, const PeerRefusal &)
{
  effects_.count ("channels closed: refused by the child");
  close (session);
}

void
ChildDesk::on (Session &session, const PeerAlive &alive)
{
  if (Session::State::fresh == session.state)
    return refuse (session, RefusalCode::out_of_state);
  if (! session.is_child ())
    return;
  // Never more than there can be numbers for, whatever a child says.
  session.subtree
      = std::clamp<std::uint64_t> (alive.subtree, 1, limits::subtree_max);
  session.spot = alive.spot;
  if (alive.spot.depth <= owner_.child_depth ())
    session.spot = {}; // nothing below it can be as near as itself
  session.revocations = alive.revocations;
  send_revocations (session);
}

// --- sessions ----------------------------------------------------------------

ChildDesk::Session *
ChildDesk::find (ChannelId channel)
{
  const auto it = sessions_.find (channel);
  return it == sessions_.end () ? nullptr : &it->second;
}

ChildDesk::Session *
ChildDesk::find_attached (const base::MemberKey &member)
{
  const auto it = attached_.find (member);
  return it == attached_.end () ? nullptr : find (it->second);
}

void
ChildDesk::push (Session &session, SharedBytes message, Kind kind)
{
  if (Kind::control != kind)
    queued_bytes_ += message->size ();
  session.outbox.push (std::move (message), kind);
  flush (session);
  if (session.outbox.bytes (Kind::control) > limits::control_queue_bytes_max)
    doomed_.push_back (session.channel);
}

void
ChildDesk::flush (Session &session)
{
  Outbox &outbox = session.outbox;
  const auto of_fragments = [&outbox]
  { return outbox.bytes (Kind::live) + outbox.bytes (Kind::replay); };
  const std::size_t before = of_fragments ();
  const bool was_open = throttle_.is_open ();
  while (throttle_.is_open () || 0 == of_fragments ())
  {
    auto message = outbox.next ();
    if (! message)
      break;
    throttle_.take (message->size ());
    effects_.push (SendToPeer{ session.channel, std::move (*message) });
  }
  if (was_open && ! throttle_.is_open ())
    effects_.count ("pauses: RELAY_BANDWIDTH is used up");
  queued_bytes_ -= before - of_fragments ();
}

void
ChildDesk::drop_live (Session &session)
{
  queued_bytes_ -= session.outbox.bytes (Kind::live);
  session.outbox.drop_live ();
}

void
ChildDesk::refuse (Session &session, RefusalCode code)
{
  effects_.count (refusal_name (code));
  PeerRefusal refusal;
  refusal.code = code;
  refusal.receiver_time = now_;
  refusal.text = refusal_name (code);
  send_last (session, refusal);
  close (session);
}

void
ChildDesk::close (Session &session)
{
  effects_.push (CloseChannel{ session.channel });
  drop (session);
}

// The channel is gone: so is all that hangs on it.
void
ChildDesk::drop (Session &session)
{
  const ChannelId channel = session.channel;
  owner_.on_session_gone (session);
  if (session.is_child ())
    attached_.erase (session.member);
  else if (Session::State::attached == session.state)
    visitors_--;
  cancel_replay (replays_.drop_child (channel));
  queued_bytes_ -= session.outbox.bytes (Kind::live)
                   + session.outbox.bytes (Kind::replay);
  sessions_.erase (channel);
}

void
ChildDesk::set_state (Session &session, Session::State state)
{
  if (session.is_child ())
    attached_.erase (session.member);
  session.state = state;
  session.since = now_;
}

// Refuses and ends the session unless it is in that state.
bool
ChildDesk::require (Session &session, Session::State state)
{
  if (session.state == state)
    return true;
  refuse (session, RefusalCode::out_of_state);
  return false;
}

void
ChildDesk::refuse_all (RefusalCode code)
{
  while (! sessions_.empty ())
    refuse (sessions_.begin ()->second, code);
}

void
ChildDesk::sweep ()
{
  const auto doomed = std::exchange (doomed_, {});
  for (const ChannelId channel : doomed)
    if (Session *session = find (channel))
    {
      effects_.count ("channels closed: the peer does not read");
      close (*session);
    }
}

// --- what is to be seen ------------------------------------------------------

std::uint32_t
ChildDesk::child_count () const
{
  return static_cast<std::uint32_t> (attached_.size ());
}

bool
ChildDesk::has_sessions () const
{
  return ! sessions_.empty ();
}

std::uint64_t
ChildDesk::subtree () const
{
  std::uint64_t out = 0;
  for (const auto &[member, channel] : attached_)
    out += sessions_.at (channel).subtree;
  return std::min (out, limits::subtree_max);
}

std::vector<base::PeerId>
ChildDesk::child_peers (std::size_t max) const
{
  std::vector<base::PeerId> out;
  for (const auto &[member, channel] : attached_)
    if (out.size () < max)
      out.push_back (sessions_.at (channel).peer);
  return out;
}

FreeSpot
ChildDesk::best_spot ()
{
  if (owner_.closed ())
    return {};
  if (attached_.size () < config_.children_max)
    return { config_.own_peer, owner_.child_depth () };
  FreeSpot best;
  std::uint32_t ties = 0;
  for (const auto &[member, channel] : attached_)
  {
    const FreeSpot &spot = sessions_.at (channel).spot;
    if (spot.is_none () || spot.depth > best.depth)
      continue;
    ties = spot.depth < best.depth ? 1 : ties + 1;
    if (1 == ties || 0 == random_.below (ties))
      best = spot;
  }
  return best;
}

std::optional<std::size_t>
ChildDesk::middle_waiting () const
{
  std::vector<std::size_t> waiting;
  for (const auto &[member, channel] : attached_)
  {
    const Session &session = sessions_.at (channel);
    const std::size_t bytes = session.outbox.bytes (Kind::live);
    if (! session.is_lagging
        && (0 == bytes || now_ < session.last_taken + limits::pace_patience))
      waiting.push_back (bytes);
  }
  if (waiting.empty ())
    return std::nullopt;
  const auto middle = waiting.begin ()
                      + static_cast<std::ptrdiff_t> (waiting.size () - 1) / 2;
  std::nth_element (waiting.begin (), middle, waiting.end ());
  return *middle;
}

// --- time --------------------------------------------------------------------

base::Duration
ChildDesk::interval_of (const Session &session) const
{
  return std::max (config_.heartbeat, session.their_heartbeat);
}

bool
ChildDesk::is_dead (const Session &session) const
{
  const bool says_nothing
      = is_silent (session.last_heard, interval_of (session), now_);
  switch (session.state)
  {
  case Session::State::fresh:
  case Session::State::greeted:
    return session.since + limits::half_open_timeout <= now_;
  case Session::State::asking:
    return says_nothing;
  case Session::State::attached:
    return says_nothing
           || (AttachKind::visitor == session.kind
               && session.since + limits::visitor_idle <= now_);
  }
  return true;
}

void
ChildDesk::beat ()
{
  if (is_late (next_beat_, config_.heartbeat, now_))
    for (auto &[channel, session] : sessions_)
      session.last_heard
          = excused (session.last_heard, interval_of (session), now_);
  std::vector<ChannelId> dead;
  for (auto &[channel, session] : sessions_)
    if (is_dead (session))
      dead.push_back (channel);
    else if (! session.is_child ())
      send (session, PeerAlive{});
  for (const ChannelId channel : dead)
  {
    effects_.count ("channels closed: nothing heard");
    close (*find (channel));
  }
  for (const ReplayId replay : replays_.overdue (now_))
  {
    cancel_replay (replay);
    if (const auto ended = replays_.on_end (replay, ReplayCode::internal_error))
      end_replay (*ended);
  }
  send_heartbeats ({});
  pump_replays ();
  sweep ();
}

void
ChildDesk::send_heartbeats (const FreeSpot &from_above)
{
  next_beat_ = sessions_.empty () ? base::time_never : now_ + config_.heartbeat;
  if (attached_.empty ())
    return;
  // One child gets the offer, so that one place does not call a thousand
  // members at once.
  const FreeSpot own = best_spot ();
  const FreeSpot offer = own.depth < from_above.depth ? own : from_above;
  auto lucky = std::next (attached_.begin (),
                          static_cast<std::ptrdiff_t> (random_.below (
                              static_cast<std::uint32_t> (attached_.size ()))));
  const ChannelId chosen = lucky->second;
  const SignedHead head = owner_.signed_head ();
  const auto plain = std::make_shared<const base::Bytes> (
      wire::must_encode (PeerHeartbeat{ head, {} }));
  for (const auto &[member, channel] : attached_)
    if (channel != chosen || offer.is_none ())
      push (sessions_.at (channel), plain, Kind::control);
    else
      send (sessions_.at (channel), PeerHeartbeat{ head, offer });
}

void
ChildDesk::advance_time (base::TimePoint now)
{
  now_ = std::max (now_, now);
  const bool was_open = throttle_.is_open ();
  throttle_.advance_time (now_);
  if (! was_open && throttle_.is_open ())
    for (auto &[channel, session] : sessions_)
      flush (session);
  if (now_ >= next_beat_)
    beat ();
}

base::TimePoint
ChildDesk::next_deadline () const
{
  return std::min (next_beat_, 0 < queued_bytes_ ? throttle_.next_deadline ()
                                                 : base::time_never);
}
} // namespace multicast
