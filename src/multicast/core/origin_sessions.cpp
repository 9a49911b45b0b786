// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The origin of one group: channels from their opening to their end, and the
// heartbeat that tells which are alive. See origin_core.hpp.
#include <algorithm>

#include "multicast/core/limits.hpp"
#include "multicast/core/origin_core.hpp"
#include "multicast/core/refusals.hpp"
#include "multicast/core/signing.hpp"

namespace multicast
{
void
OriginCore::on_own_peer_known (const base::PeerId &peer)
{
  config_.own_peer = peer;
}

void
OriginCore::on_channel_opened (ChannelId channel, const base::PeerId &peer)
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
  if (State::head_behind == state_ || State::ended == state_)
    return refuse (session, RefusalCode::behind);
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
OriginCore::has_room_for (const base::PeerId &peer) const
{
  std::size_t of_peer = 0;
  for (const auto &[channel, session] : sessions_)
    if (Session::State::attached != session.state && session.peer == peer)
      of_peer++;
  return of_peer < limits::half_open_per_peer_max
         && sessions_.size () - attached_.size () < limits::half_open_max;
}

void
OriginCore::on_channel_closed (ChannelId channel)
{
  if (Session *session = find (channel))
    drop (*session);
}

void
OriginCore::on_channel_sent (ChannelId channel)
{
  Session *session = find (channel);
  if (nullptr == session)
    return;
  session->outbox.on_sent ();
  flush (*session);
  if (session->is_lagging && session->outbox.is_empty ())
  {
    session->is_lagging = false;
    send (*session, PeerHeartbeat{ signed_head () });
  }
  pump_replays ();
  sweep ();
}

OriginCore::Session *
OriginCore::find (ChannelId channel)
{
  const auto it = sessions_.find (channel);
  return it == sessions_.end () ? nullptr : &it->second;
}

OriginCore::Session *
OriginCore::find_attached (const base::MemberKey &member)
{
  const auto it = attached_.find (member);
  return it == attached_.end () ? nullptr : find (it->second);
}

void
OriginCore::push (Session &session, base::Bytes message, Kind kind)
{
  session.outbox.push (std::move (message), kind);
  flush (session);
  if (session.outbox.bytes (Kind::control) > limits::control_queue_bytes_max)
    doomed_.push_back (session.channel);
}

void
OriginCore::flush (Session &session)
{
  while (auto message = session.outbox.next ())
    effects_.push (SendToPeer{ session.channel, std::move (*message) });
}

void
OriginCore::refuse (Session &session, RefusalCode code)
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
OriginCore::close (Session &session)
{
  effects_.push (CloseChannel{ session.channel });
  drop (session);
}

// The channel is gone: so is all that hangs on it.
void
OriginCore::drop (Session &session)
{
  const ChannelId channel = session.channel;
  if (Session::State::asking == session.state)
  {
    door_.close (session.join);
    effects_.push (JoinWithdrawn{ session.join });
  }
  if (Session::State::attached == session.state)
  {
    attached_.erase (session.member);
    effects_.push (MemberChange{ session.member, MemberEvent::detached });
  }
  cancel_replay (replays_.drop_child (channel));
  probe_.dismiss (channel);
  sessions_.erase (channel);
}

void
OriginCore::set_state (Session &session, Session::State state)
{
  session.state = state;
  session.since = now_;
}

// Refuses and ends the session unless it is in that state.
bool
OriginCore::require (Session &session, Session::State state)
{
  if (session.state == state)
    return true;
  refuse (session, RefusalCode::out_of_state);
  return false;
}

void
OriginCore::sweep ()
{
  const auto doomed = std::exchange (doomed_, {});
  for (const ChannelId channel : doomed)
    if (Session *session = find (channel))
    {
      effects_.count ("channels closed: the peer does not read");
      close (*session);
    }
}

SignedHead
OriginCore::signed_head () const
{
  SignedHead out;
  out.statement.group = group_;
  out.statement.head = HeadIds::of (head ());
  out.statement.time = now_;
  out.signature = sign (signer_, port::Purpose::heartbeat, out.statement);
  return out;
}

bool
OriginCore::is_dead (const Session &session) const
{
  const auto interval = std::max (config_.heartbeat, session.their_heartbeat);
  switch (session.state)
  {
  case Session::State::fresh:
  case Session::State::greeted:
    return session.since + limits::half_open_timeout <= now_;
  case Session::State::asking:
  case Session::State::attached:
    return session.last_heard + interval * limits::heartbeats_of_silence
           <= now_;
  }
  return true;
}

void
OriginCore::beat ()
{
  std::vector<ChannelId> dead;
  const PeerHeartbeat heartbeat{ signed_head () };
  for (auto &[channel, session] : sessions_)
    if (is_dead (session))
      dead.push_back (channel);
    else if (Session::State::attached == session.state)
      send (session, heartbeat);
    else
      send (session, PeerAlive{});
  for (const ChannelId channel : dead)
  {
    effects_.count ("channels closed: nothing heard");
    close (*find (channel));
  }
  for (const ReplayId replay : replays_.overdue (now_))
  {
    cancel_replay (replay);
    end_replay (*replays_.on_end (replay, ReplayCode::internal_error));
  }
  pump_replays ();
  sweep ();
  next_beat_ = sessions_.empty () ? base::time_never : now_ + config_.heartbeat;
}
} // namespace multicast
