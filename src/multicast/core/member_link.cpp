// SPDX-License-Identifier: AGPL-3.0-or-later
//
// One member of one group: the channel to its parent, from the wish for one to
// its end. See member_core.hpp.
#include <algorithm>

#include "multicast/core/limits.hpp"
#include "multicast/core/member_core.hpp"
#include "multicast/core/refusals.hpp"

namespace multicast
{
void
MemberCore::on_own_peer_known (const base::PeerId &peer)
{
  if (contact_ || is_finished_)
    return;
  config_.own_peer = peer;
  check_own_ticket ();
  contact_.emplace (config_.origin == peer ? PeerKind::own : PeerKind::other,
                    now_);
  pump_contact ();
}

void
MemberCore::pump_contact ()
{
  while (contact_ && ! is_finished_)
    switch (contact_->next_step (now_))
    {
    case ContactPolicy::Step::nothing:
      return;
    case ContactPolicy::Step::ask_path:
      effects_.push (AskPath{ config_.origin });
      break;
    case ContactPolicy::Step::call:
      open_link ();
      break;
    case ContactPolicy::Step::hang_up:
      effects_.count ("calls without an answer");
      close_link ();
      break;
    }
}

void
MemberCore::on_path_known (const base::PeerId &peer, PathState state)
{
  if (! contact_ || is_finished_ || peer != config_.origin)
    return;
  contact_->on_path (state);
  pump_contact ();
}

void
MemberCore::open_link ()
{
  last_channel_ = last_channel_.next ();
  link_.emplace ();
  link_->channel = last_channel_;
  link_->peer = config_.origin;
  link_->since = now_;
  link_->last_heard = now_;
  next_beat_ = now_ + config_.heartbeat;
  effects_.count ("calls");
  effects_.push (OpenChannel{ link_->channel, link_->peer });
  PeerHello hello;
  hello.nonce = random_.nonce ();
  hello.heartbeat = config_.heartbeat;
  send (hello);
}

void
MemberCore::on_channel_closed (ChannelId channel)
{
  if (! link_ || link_->channel != channel)
    return;
  effects_.count ("channels that CADET closed");
  contact_->on_told_end (now_, random_);
  lose_link ();
  pump_contact ();
}

void
MemberCore::on_channel_sent (ChannelId channel)
{
  if (! link_ || link_->channel != channel)
    return;
  link_->outbox.on_sent ();
  flush ();
}

void
MemberCore::close_link ()
{
  effects_.push (CloseChannel{ link_->channel });
  lose_link ();
}

// What hung on the channel is void: requests are said again by the client,
// pulls are asked again by ourselves.
void
MemberCore::lose_link ()
{
  link_.reset ();
  next_beat_ = base::time_never;
  stop_serving ();
  puller_.on_detached ();
  window_.clear ();
  queued_requests_.clear ();
  queued_bytes_ = 0;
  if (MemberState::attached == state_)
    set_state (MemberState::detached);
  if (parting_until_)
    finish ();
}

bool
MemberCore::is_attached () const
{
  return link_ && Link::State::attached == link_->state;
}

void
MemberCore::push (base::Bytes message, Kind kind)
{
  link_->outbox.push (std::move (message), kind);
  flush ();
}

void
MemberCore::flush ()
{
  while (auto message = link_->outbox.next ())
    effects_.push (SendToPeer{ link_->channel, std::move (*message) });
}

// The parent said what it may not: tell it, and come back later.
void
MemberCore::refuse (RefusalCode code)
{
  effects_.count (refusal_name (code));
  PeerRefusal refusal;
  refusal.code = code;
  refusal.receiver_time = now_;
  refusal.text = refusal_name (code);
  effects_.push (SendToPeer{ link_->channel, wire::must_encode (refusal) });
  contact_->on_refusal (now_, random_);
  close_link ();
}

void
MemberCore::fault (std::string_view name)
{
  effects_.count (name);
  refuse (RefusalCode::malformed);
}

// Refuses and closes unless the link is in that state.
bool
MemberCore::require (Link::State state)
{
  if (link_->state == state)
    return true;
  refuse (RefusalCode::out_of_state);
  return false;
}

void
MemberCore::set_link_state (Link::State state)
{
  link_->state = state;
  link_->since = now_;
}

void
MemberCore::beat ()
{
  next_beat_ = now_ + config_.heartbeat;
  if (Link::State::opening == link_->state)
    return;
  const auto interval = std::max (config_.heartbeat, link_->their_heartbeat);
  const bool is_stuck = (Link::State::greeted == link_->state
                         || Link::State::attaching == link_->state)
                        && link_->since + limits::half_open_timeout <= now_;
  if (link_->last_heard + interval * limits::heartbeats_of_silence <= now_)
  {
    effects_.count ("channels closed: nothing heard");
    contact_->on_silence (now_);
    close_link ();
  }
  else if (is_stuck
           || link_->outbox.bytes (Kind::control)
                  > limits::control_queue_bytes_max)
  {
    effects_.count ("channels closed: the parent does not read or answer");
    contact_->on_refusal (now_, random_);
    close_link ();
  }
  else
    send (PeerAlive{ stream_.highest_held () });
}
} // namespace multicast
