// SPDX-License-Identifier: AGPL-3.0-or-later
//
// One member of one group: its place in the tree. Looking for a parent, a
// better one, and the way up to the origin. See member_core.hpp.
#include <algorithm>

#include "multicast/core/limits.hpp"
#include "multicast/core/member_core.hpp"
#include "multicast/core/tickets.hpp"

namespace multicast
{
namespace
{
// One in so many members with children takes an offered place itself; else one
// of those below does, who are further from the origin.
constexpr std::uint32_t leave_to_children = 8;
constexpr base::Duration move_pause = base::seconds (10);
} // namespace

void
MemberCore::on_own_peer_known (const base::PeerId &peer)
{
  if (has_own_peer_ || is_finished_)
    return;
  has_own_peer_ = true;
  config_.own_peer = peer;
  desk_.on_own_peer_known (peer);
  check_own_ticket ();
  candidates_.start (peer, config_.origin, now_, random_);
  for (const base::PeerId &relay : config_.relays)
    if (relay != config_.origin)
      candidates_.learn (relay, Candidates::known, now_, random_);
  pump_contact ();
}

void
MemberCore::on_path_known (const base::PeerId &peer, PathState state)
{
  if (is_finished_)
    return;
  if (ContactPolicy *policy = candidates_.find (peer))
    policy->on_path (state);
  pump_contact ();
}

base::Duration
MemberCore::jittered (base::Duration length)
{
  const auto spread = static_cast<std::uint32_t> (length.count () / 2 + 1);
  return length
         + base::Duration (static_cast<std::int64_t> (random_.below (spread)));
}

// --- looking for a parent ----------------------------------------------------

bool
MemberCore::is_seeking () const
{
  return ! is_finished_ && has_own_peer_
         && (! is_attached () || now_ < look_until_);
}

// One after another, and the next a little later while one is under way; none
// while our question is at the door.
Candidates::Calls
MemberCore::calls () const
{
  std::size_t suitors = 0;
  for (const auto &[channel, link] : links_)
  {
    if (Link::State::asking == link.state)
      return Candidates::Calls::held;
    suitors += Link::Role::suitor == link.role ? 1 : 0;
  }
  const bool is_waiting
      = 0 < suitors && now_ < newest_call_ + limits::suitor_patience;
  return is_waiting || suitors >= limits::suitors_max
             ? Candidates::Calls::held
             : Candidates::Calls::welcome;
}

void
MemberCore::pump_contact ()
{
  if (is_finished_)
    return;
  while (const auto peer = candidates_.next_overdue (now_))
  {
    effects_.count ("calls without an answer");
    if (Link *link = link_to (*peer))
      close_link (*link);
  }
  pump_errand ();
  while (is_seeking ())
  {
    const auto action = candidates_.next_for_parent (now_, calls ());
    if (Candidates::Step::ask_path == action.step)
      effects_.push (AskPath{ action.peer });
    else if (Candidates::Step::call == action.step)
      open_link (action.peer, Link::Role::suitor);
    else
      return;
  }
}

// One certain peer is called, for a better place or for a visit.
void
MemberCore::pump_errand ()
{
  if (! errand_)
    return;
  const Errand errand = *errand_;
  const auto give_up = [&]
  {
    errand_.reset ();
    if (Link::Role::visit == errand.role)
      on_visit_over ();
  };
  if (errand.until <= now_ || ! is_attached ())
    return give_up ();
  if (! candidates_.is_free (errand.peer, now_))
    return give_up ();
  switch (candidates_.next_for (errand.peer, now_))
  {
  case Candidates::Step::ask_path:
    effects_.push (AskPath{ errand.peer });
    return;
  case Candidates::Step::call:
    errand_.reset ();
    return open_link (errand.peer, errand.role);
  case Candidates::Step::nothing:
  case Candidates::Step::hang_up:
    return;
  }
}

// --- a parent ----------------------------------------------------------------

bool
MemberCore::is_rooted () const
{
  const Link *link = parent ();
  if (nullptr == link || ! position_.is_rooted)
    return false;
  if (link->is_origin)
    return true;
  // However it is told: who hears nothing new of the origin is cut off.
  const auto interval = std::max (config_.heartbeat, link->their_heartbeat);
  return now_ < fresh_at_ + interval * limits::heartbeats_of_staleness;
}

// Whether to hang below there: never below ourselves, and with children of our
// own, below one without the origin only when nobody else was to be found, and
// then all in one direction.
bool
MemberCore::is_welcome (const Position &position) const
{
  if (position.path.size () > limits::path_max
      || position.leads_over (config_.own_peer))
    return false;
  if (is_attached ())
    return position.is_rooted
           && (! is_rooted () || position.depth () < position_.depth ());
  if (position.is_rooted || 0 == desk_.child_count ())
    return true;
  return parentless_since_ + limits::merge_patience <= now_
         && ! position.path.empty ()
         && position.path.back () < config_.own_peer;
}

void
MemberCore::on (Link &link, const PeerAttached &attached)
{
  if (! require (link, Link::State::attaching))
    return;
  if (attached.path.size () > limits::path_max + 1
      || attached.siblings.size () > limits::siblings_max)
    return fault (link, "paths refused: too long");
  if (! take_head (attached.head))
    return fault (link, "heads refused: not the group's");
  set_link_state (link, Link::State::attached);
  for (const base::PeerId &peer : attached.siblings)
    candidates_.learn (peer,
                       link.is_origin ? Candidates::topmost : Candidates::known,
                       now_, random_);
  const Position position{ attached.path, attached.is_rooted };
  if (Link::Role::visit == link.role)
    return learn_beside (position);
  if (! is_welcome (position))
  {
    effects_.count ("parents not taken: no better place");
    return put_off (link);
  }
  if (! attached.open_ticket.empty () && has_good_ticket (attached.open_ticket))
    open_ticket_ = attached.open_ticket;
  adopt (link, position);
}

void
MemberCore::adopt (Link &link, Position position)
{
  const ChannelId before = parent_;
  link.role = Link::Role::parent;
  parent_ = link.channel;
  steps_down_ = 0;
  look_until_ = {};
  look_at_ = base::time_never;
  look_pause_ = limits::rootless_patience_min;
  puller_.on_detached ();
  stream_.clear_elsewhere ();
  if (link.is_origin)
    spare_origin ();
  stop_serving ();
  drop_voice ();
  close_pipes (PipeEnd::no_route);
  std::vector<ChannelId> others;
  for (const auto &[channel, other] : links_)
    if (channel != parent_ && Link::Role::visit != other.role)
      others.push_back (channel);
  for (const ChannelId channel : others)
    if (Link *other = find_link (channel))
      leave (*other);
  if (! before.is_none ())
  {
    effects_.count ("moves to a better parent");
    resay ();
  }
  set_state (MemberState::attached);
  if (! has_port_ && 0 < config_.children_max
      && config_.own_peer != config_.origin)
  {
    has_port_ = true;
    effects_.push (OpenPort{});
  }
  set_position (std::move (position));
  if (Link *now = parent ())
    beat (*now); // it learns who hangs on us
}

// It is there for everybody: what others have it is not asked for in bulk.
void
MemberCore::spare_origin ()
{
  if (stream_.missing_count () > limits::repairs_of_origin_max)
    stream_.put_elsewhere (1, head_.fragment_id.value);
}

// What hung on the parent is void: requests are said again by the client, pulls
// are asked again by ourselves, children's pipes are opened again by them.
void
MemberCore::lose_parent ()
{
  parent_ = {};
  parentless_since_ = now_;
  position_ = {};
  stop_serving ();
  puller_.on_detached ();
  forget_requests ();
  close_pipes (PipeEnd::no_route);
  end_visit ();
  tell_path ();
  if (MemberState::attached == state_)
    set_state (MemberState::detached);
  if (parting_until_)
    finish ();
}

void
MemberCore::set_position (Position position)
{
  const bool is_loop = has_port_ && position.leads_over (config_.own_peer);
  if (is_loop || position.path.size () > limits::path_max)
  {
    effects_.count (is_loop ? "parents left: the way up leads back to us"
                            : "parents left: the way up is too long");
    return put_off (*parent ());
  }
  const bool has_changed
      = position != position_ || is_told_rooted_ != position.is_rooted;
  position_ = std::move (position);
  if (! has_changed)
    return;
  learn_above ();
  tell_path ();
  plan_to_look ();
}

void
MemberCore::on (Link &link, const PeerPath &path)
{
  if (! require (link, Link::State::attached))
    return;
  if (path.path.size () > limits::path_max + 1)
    return fault (link, "paths refused: too long");
  if (Link::Role::parent == link.role)
    set_position ({ path.path, path.is_rooted });
}

// When the parent is gone, those above it are nearest.
void
MemberCore::learn_above ()
{
  const auto rank_of = [] (std::size_t above)
  { return static_cast<Candidates::Rank> (Candidates::above + above); };
  for (std::size_t i = 0; i < position_.path.size (); i++)
    candidates_.learn (position_.path[i],
                       0 == i ? Candidates::known : rank_of (i), now_, random_);
  if (position_.is_rooted)
    candidates_.learn (config_.origin, rank_of (position_.path.size ()), now_,
                       random_);
}

// Those above somebody whom we visit: should it lack what we look for, they may
// have it.
void
MemberCore::learn_beside (const Position &position)
{
  for (const base::PeerId &peer : position.path)
    if (nullptr == candidates_.find (peer))
      candidates_.learn (peer, Candidates::above, now_, random_);
}

void
MemberCore::on (Link &link, const PeerRedirect &redirect)
{
  if (! require (link, Link::State::attaching))
    return;
  if (redirect.spots.size () > limits::redirects_max)
    return fault (link, "redirections refused: too many places");
  effects_.count ("redirections");
  if (! is_attached ())
    descend (redirect);
  put_off (link);
}

// Down from there, not back to others above: they are full too, as a rule. What
// the newest redirection names comes first, and of that who is said to have
// room.
void
MemberCore::descend (const PeerRedirect &redirect)
{
  constexpr unsigned steps_max
      = (Candidates::above - Candidates::offered) / 2 - 1;
  steps_down_ = std::min (steps_down_ + 1, steps_max);
  for (const FreeSpot &spot : redirect.spots)
  {
    const unsigned rank = Candidates::offered + 2 * (steps_max - steps_down_)
                          + (spot.is_none () ? 1 : 0);
    candidates_.learn (spot.peer, static_cast<Candidates::Rank> (rank), now_,
                       random_);
  }
  newest_call_ = {}; // it was answered: the next one need not wait for it
}

// --- revocations -------------------------------------------------------------

void
MemberCore::on (Link &link, const PeerRevocations &message)
{
  if (Link::State::attaching != link.state
      && Link::State::attached != link.state)
    return refuse (link, RefusalCode::out_of_state);
  std::vector<Revocation> news;
  for (const Revocation &revocation : message.revocations)
  {
    if (revocations_.is_void (revocation.member, revocation.generation))
      continue;
    if (! is_genuine (verifier_, config_.group, revocation))
      return fault (link, "revocations refused: not the group's");
    if (revocations_.add (revocation))
      news.push_back (revocation);
  }
  effects_.count ("revocations learned",
                  static_cast<std::int64_t> (news.size ()));
  desk_.send_revocations (news);
  for (const Revocation &revocation : news)
  {
    PeerEject ejection;
    ejection.ejection = multicast::ejection_of (
        config_.group, revocation.member, revocation.generation);
    ejection.signature = revocation.signature;
    desk_.eject (revocation.member, ejection);
    if (revocation.member == own_key_ && take_ejection (ejection))
      return;
  }
}

// --- a better place ----------------------------------------------------------

// A place was offered. True: we try it.
bool
MemberCore::consider (const FreeSpot &spot)
{
  const Link *link = parent ();
  if (spot.is_none () || errand_ || nullptr == link || is_seeking ()
      || now_ < errand_not_before_ || spot.depth >= position_.depth ()
      || 0 == spot.depth || spot.peer == link->peer
      || spot.peer == config_.own_peer || parting_until_)
    return false;
  if (0 < desk_.child_count () && 0 != random_.below (leave_to_children))
    return false;
  errand_not_before_ = now_ + jittered (move_pause);
  errand_
      = Errand{ spot.peer, Link::Role::suitor, now_ + limits::errand_timeout };
  return true;
}

// While those above have lost the origin, one looks around oneself at times.
void
MemberCore::plan_to_look ()
{
  if (is_rooted () || ! is_attached ())
  {
    look_at_ = base::time_never;
    look_pause_ = limits::rootless_patience_min;
  }
  else if (base::time_never == look_at_)
    look_at_ = now_ + jittered (look_pause_);
}

void
MemberCore::watch_root ()
{
  if (! is_attached ())
    return;
  if (is_told_rooted_ != is_rooted ())
  {
    tell_path ();
    plan_to_look ();
    // Told that all is well, and it is not: somebody above is to be mistrusted.
    if (! is_rooted () && position_.is_rooted)
      look_at_ = now_;
  }
  if (now_ < look_at_)
    return;
  effects_.count ("searches for a parent that has the origin");
  look_until_ = now_ + limits::rootless_search;
  look_at_ = look_until_ + jittered (look_pause_);
  look_pause_ = std::min (look_pause_ * 2, limits::rootless_patience_max);
}

// The client keeps them for a start without the origin.
void
MemberCore::tell_peers ()
{
  if (! is_attached () || now_ < tell_peers_at_)
    return;
  std::vector<base::PeerId> peers = position_.path;
  const auto add = [&peers] (const base::PeerId &peer)
  {
    if (peers.size () < limits::peers_told_max
        && std::find (peers.begin (), peers.end (), peer) == peers.end ())
      peers.push_back (peer);
  };
  if (peers.size () > limits::peers_told_max)
    peers.resize (limits::peers_told_max);
  for (const base::PeerId &peer : desk_.child_peers (limits::siblings_max))
    add (peer);
  for (const base::PeerId &peer : candidates_.peers ())
    if (peer != config_.origin)
      add (peer);
  std::vector<base::PeerId> sorted = peers;
  std::sort (sorted.begin (), sorted.end ());
  if (sorted == told_peers_)
    return;
  tell_peers_at_ = now_ + limits::peers_told_pause;
  told_peers_ = std::move (sorted);
  effects_.push (PeersKnown{ std::move (peers) });
}
} // namespace multicast
