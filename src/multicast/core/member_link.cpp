// SPDX-License-Identifier: AGPL-3.0-or-later
//
// One member of one group: the channels that it opened, from the wish for one
// to its end. See member_core.hpp.
#include <algorithm>

#include "multicast/core/limits.hpp"
#include "multicast/core/member_core.hpp"
#include "multicast/core/silence.hpp"
#include "multicast/core/refusals.hpp"

namespace multicast
{
MemberCore::Link *
MemberCore::find_link (ChannelId channel)
{
  const auto it = links_.find (channel);
  return it == links_.end () ? nullptr : &it->second;
}

MemberCore::Link *
MemberCore::link_to (const base::PeerId &peer)
{
  for (auto &[channel, link] : links_)
    if (link.peer == peer)
      return &link;
  return nullptr;
}

const MemberCore::Link *
MemberCore::parent () const
{
  const auto it = links_.find (parent_);
  return it == links_.end () ? nullptr : &it->second;
}

MemberCore::Link *
MemberCore::parent ()
{
  return const_cast<Link *> (std::as_const (*this).parent ());
}

bool
MemberCore::is_attached () const
{
  return nullptr != parent ();
}

void
MemberCore::open_link (const base::PeerId &peer, Link::Role role)
{
  last_channel_ = last_channel_.next ();
  Link &link = links_[last_channel_];
  link.channel = last_channel_;
  link.peer = peer;
  link.role = role;
  link.is_origin = peer == config_.origin;
  link.since = now_;
  link.last_heard = now_;
  next_beat_ = std::min (next_beat_, now_ + config_.heartbeat);
  if (Link::Role::suitor == role)
    newest_call_ = now_;
  effects_.count ("calls");
  effects_.push (
      OpenChannel{ link.channel, peer,
                   link.is_origin ? PortKind::origin : PortKind::relay });
  PeerHello hello;
  hello.nonce = random_.nonce ();
  hello.heartbeat = config_.heartbeat;
  send (link, hello);
}

void
MemberCore::on_channel_closed (ChannelId channel)
{
  if (channel.value <= channel_opened_by_core)
    return desk_.on_channel_closed (channel);
  Link *link = find_link (channel);
  if (nullptr == link)
    return;
  effects_.count ("channels that CADET closed");
  if (ContactPolicy *policy = candidates_.find (link->peer))
    policy->on_told_end (now_, random_);
  drop_link (*link);
  pump ();
}

void
MemberCore::on_channel_sent (ChannelId channel)
{
  if (channel.value <= channel_opened_by_core)
    return desk_.on_channel_sent (channel);
  Link *link = find_link (channel);
  if (nullptr == link)
    return;
  link->outbox.on_sent ();
  flush (*link);
}

void
MemberCore::close_link (Link &link)
{
  effects_.push (CloseChannel{ link.channel });
  drop_link (link);
}

// The channel is gone: so is all that hangs on it.
void
MemberCore::drop_link (Link &link)
{
  const ChannelId channel = link.channel;
  const Link::Role role = link.role;
  links_.erase (channel);
  if (links_.empty ())
    next_beat_ = base::time_never;
  if (voice_ && voice_->channel == channel)
    drop_voice ();
  if (channel == parent_)
    lose_parent ();
  else if (Link::Role::visit == role)
    on_visit_over ();
}

// We do not need it any more.
void
MemberCore::leave (Link &link)
{
  if (ContactPolicy *policy = candidates_.find (link.peer))
    policy->on_left (now_);
  close_link (link);
}

// It will not have us, or we not it, just now.
void
MemberCore::put_off (Link &link)
{
  if (ContactPolicy *policy = candidates_.find (link.peer))
    policy->on_refusal (now_, random_);
  close_link (link);
}

void
MemberCore::lose_silent (Link &link)
{
  if (ContactPolicy *policy = candidates_.find (link.peer))
    policy->on_silence (now_);
  close_link (link);
}

// The peer said what it may not: tell it, and come back later.
void
MemberCore::refuse (Link &link, RefusalCode code)
{
  effects_.count (refusal_name (code));
  PeerRefusal refusal;
  refusal.code = code;
  refusal.receiver_time = now_;
  refusal.text = refusal_name (code);
  effects_.push (SendToPeer{ link.channel, wire::must_encode (refusal) });
  put_off (link);
}

void
MemberCore::fault (Link &link, std::string_view name)
{
  effects_.count (name);
  refuse (link, RefusalCode::malformed);
}

// Refuses and closes unless the link is in that state.
bool
MemberCore::require (Link &link, Link::State state)
{
  if (link.state == state)
    return true;
  refuse (link, RefusalCode::out_of_state);
  return false;
}

void
MemberCore::set_link_state (Link &link, Link::State state)
{
  link.state = state;
  link.since = now_;
}

void
MemberCore::push (Link &link, base::Bytes message, Kind kind)
{
  link.outbox.push (std::move (message), kind);
  flush (link);
}

void
MemberCore::flush (Link &link)
{
  while (auto message = link.outbox.next ())
    effects_.push (SendToPeer{ link.channel, std::move (*message) });
}

// --- the heartbeat -----------------------------------------------------------

base::Duration
MemberCore::interval_of (const Link &link) const
{
  return std::max (config_.heartbeat, link.their_heartbeat);
}

void
MemberCore::beat ()
{
  const bool was_late = is_late (next_beat_, config_.heartbeat, now_);
  next_beat_ = now_ + config_.heartbeat;
  std::vector<ChannelId> channels;
  for (const auto &[channel, link] : links_)
    channels.push_back (channel);
  for (const ChannelId channel : channels)
    if (Link *link = find_link (channel))
    {
      if (was_late)
        link->last_heard
            = excused (link->last_heard, interval_of (*link), now_);
      beat (*link);
    }
  tell_peers ();
}

void
MemberCore::beat (Link &link)
{
  if (Link::State::opening == link.state)
    return; // the contact policy has the time-out
  const bool is_stuck = (Link::State::greeted == link.state
                         || Link::State::attaching == link.state)
                        && link.since + limits::half_open_timeout <= now_;
  if (is_silent (link.last_heard, interval_of (link), now_))
  {
    effects_.count ("channels closed: nothing heard");
    return lose_silent (link);
  }
  if (is_stuck
      || link.outbox.bytes (Kind::control) > limits::control_queue_bytes_max)
  {
    effects_.count ("channels closed: the parent does not read or answer");
    return put_off (link);
  }
  PeerAlive alive;
  alive.highest_held = stream_.highest_held ();
  if (Link::Role::parent == link.role)
  {
    alive.revocations = revocations_.mark ();
    alive.subtree = 1 + desk_.subtree ();
    alive.spot = desk_.best_spot ();
  }
  send (link, alive);
}
} // namespace multicast
