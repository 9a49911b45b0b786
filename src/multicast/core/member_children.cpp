// SPDX-License-Identifier: AGPL-3.0-or-later
//
// One member of one group as a relay: what its desk for children asks of it,
// and the pipes of those below to the origin. See member_core.hpp.
#include <algorithm>

#include "multicast/core/limits.hpp"
#include "multicast/core/member_core.hpp"
#include "multicast/core/tickets.hpp"

namespace multicast
{
void
MemberCore::on_channel_opened (ChannelId channel, const base::PeerId &peer)
{
  desk_.on_channel_opened (channel, peer);
}

// --- what the desk asks ------------------------------------------------------

// Who was never attached knows neither the head nor who was thrown out.
std::optional<RefusalCode>
MemberCore::closed () const
{
  if (is_finished_ || ! has_port_ || ! signed_head_)
    return RefusalCode::busy;
  return std::nullopt;
}

bool
MemberCore::is_above (const base::PeerId &peer) const
{
  return position_.leads_over (peer);
}

base::Head
MemberCore::known_head () const
{
  return head_;
}

base::FragmentId
MemberCore::highest_sent () const
{
  return stream_.highest_taken ();
}

NewestFragment
MemberCore::newest_beyond_head () const
{
  const bool is_announced
      = signed_head_ && newest_.id <= signed_head_->statement.head.fragment_id;
  return is_announced ? NewestFragment{} : newest_;
}

SignedHead
MemberCore::signed_head () const
{
  return *signed_head_;
}

std::vector<base::PeerId>
MemberCore::path_for_children () const
{
  std::vector<base::PeerId> out{ config_.own_peer };
  out.insert (out.end (), position_.path.begin (), position_.path.end ());
  return out;
}

PeerAttached
MemberCore::introduction () const
{
  PeerAttached out;
  out.head = *signed_head_;
  out.path = path_for_children ();
  out.is_rooted = is_rooted ();
  out.open_ticket = open_ticket_;
  return out;
}

void
MemberCore::tell_path ()
{
  is_told_rooted_ = is_rooted ();
  desk_.send_to_children (PeerPath{ path_for_children (), is_told_rooted_ });
}

std::uint16_t
MemberCore::child_depth () const
{
  return static_cast<std::uint16_t> (position_.depth () + 1);
}

std::optional<base::FragmentId>
MemberCore::first_coming (base::FragmentId id) const
{
  return stream_.first_coming (id);
}

ReplayDesk::Coverage
MemberCore::coverage_of (const PeerReplayRequest &request) const
{
  const auto ticket = parse_ticket (config_.ticket);
  const bool is_covered
      = ReplayUnit::fragments == request.unit
            ? ! stream_.first ().is_none ()
                  && request.first >= stream_.first ().value
            : ticket && request.first > ticket->ticket.admission_message.value;
  return is_covered ? ReplayDesk::Coverage::all : ReplayDesk::Coverage::some;
}

bool
MemberCore::is_void (const base::MemberKey &member, const Ticket &ticket) const
{
  return ticket.is_open () ? revocations_.find (member).has_value ()
                           : revocations_.is_void (member, ticket.generation);
}

std::vector<Revocation>
MemberCore::revocations_from (base::Generation generation)
{
  return revocations_.from (generation,
                            [] (const base::MemberKey &, base::Generation)
                            { return base::ChannelSignature{}; });
}

PeerEject
MemberCore::ejection_of (const base::MemberKey &member)
{
  PeerEject out;
  if (const auto record = revocations_.record (member))
  {
    out.ejection
        = multicast::ejection_of (config_.group, member, record->generation);
    out.signature = record->signature;
  }
  return out;
}

void
MemberCore::on_child_attached (ChildSession &, const Ticket &,
                               const PeerAttach &)
{}

// --- what only the origin hears ----------------------------------------------

void
MemberCore::on (ChildSession &session, const PeerJoinRequest &)
{
  desk_.refuse (session, RefusalCode::out_of_state);
}

void
MemberCore::on (ChildSession &session, const PeerPart &)
{
  desk_.refuse (session, RefusalCode::out_of_state);
}

void
MemberCore::on (ChildSession &session, const PeerReplayEnd &)
{
  desk_.refuse (session, RefusalCode::out_of_state);
}

void
MemberCore::on_request (ChildSession &session, const Request &, base::ByteView)
{
  effects_.count ("requests refused: not in a pipe");
  desk_.refuse (session, RefusalCode::out_of_state);
}

void
MemberCore::on_child_fragment (ChildSession &session, const Fragment &,
                               base::ByteView)
{
  effects_.count ("fragments refused: from a child, not asked for");
  desk_.refuse (session, RefusalCode::out_of_state);
}

// --- pipes -------------------------------------------------------------------

void
MemberCore::on (ChildSession &session, const PeerPipeOpen &open)
{
  using State = ChildSession::State;
  const Address child{ session.channel, open.pipe };
  const bool is_joiner = State::attached != session.state;
  if (State::fresh == session.state || open.pipe.is_none ()
      || routes_.has (child) || AttachKind::visitor == session.kind
      || (is_joiner && State::greeted != session.state))
    return desk_.refuse (session, RefusalCode::out_of_state);
  Link *link = parent ();
  if (nullptr == link || ! is_rooted ())
  {
    if (is_joiner && ! open_ticket_.empty ())
      desk_.send (session, PeerOpenTicket{ open_ticket_ });
    return desk_.send (session, PeerPipeClose{ open.pipe, PipeEnd::no_route });
  }
  if (is_joiner && ! joins_.is_open ())
    return desk_.refuse (session, RefusalCode::busy);
  const auto ours = routes_.open (child, now_);
  if (! ours)
  {
    effects_.count ("pipes refused: too many");
    return desk_.send (session, PeerPipeClose{ open.pipe, PipeEnd::full });
  }
  effects_.count ("pipes opened");
  if (is_joiner)
  {
    joins_.take (1);
    desk_.set_state (session, State::asking);
  }
  if (base::time_never == next_idle_check_)
    next_idle_check_ = now_ + limits::pipe_idle;
  send (*link, PeerPipeOpen{ *ours });
}

// Only here can be seen that the joiner is who it says it is.
bool
MemberCore::is_sound_question (const ChildSession &session,
                               base::ByteView message) const
{
  const auto request = wire::decode<PeerJoinRequest> (message);
  return request && request->question.group == config_.group
         && request->question.peer == session.peer;
}

void
MemberCore::on (ChildSession &session, const PeerPipeUp &up)
{
  const Address child{ session.channel, up.pipe };
  const auto ours = routes_.way_up (child, now_);
  Link *link = parent ();
  if (! ours || nullptr == link)
    return; // it was closed meanwhile
  if (ChildSession::State::asking == session.state
      && ! up.message.bytes.empty ()
      && ! is_sound_question (session, up.message.bytes))
    return desk_.refuse (session, RefusalCode::join_peer);
  if (link->outbox.bytes (Kind::control) > limits::pipe_queue_bytes_max)
  {
    effects_.count ("pipes closed: too much in them");
    return close_pipe (child, PipeEnd::full);
  }
  send (*link, PeerPipeUp{ *ours, up.message });
}

void
MemberCore::on (ChildSession &session, const PeerPipeClose &close)
{
  const Address child{ session.channel, close.pipe };
  const auto ours = routes_.way_up (child, now_);
  if (ChildSession::State::asking == session.state)
    desk_.set_state (session, ChildSession::State::greeted);
  if (! ours)
    return;
  routes_.drop (child);
  if (Link *link = parent ())
    send (*link, PeerPipeClose{ *ours, close.end });
}

// Tells both sides.
void
MemberCore::close_pipe (const Address &child, PipeEnd end)
{
  const auto ours = routes_.way_up (child, now_);
  if (! ours)
    return;
  routes_.drop (child);
  if (Link *link = parent ())
    send (*link, PeerPipeClose{ *ours, end });
  ChildSession *session = desk_.find (child.channel);
  if (nullptr == session)
    return;
  if (ChildSession::State::asking == session->state)
    desk_.set_state (*session, ChildSession::State::greeted);
  desk_.send (*session, PeerPipeClose{ child.pipe, end });
}

// The link that they took is gone.
void
MemberCore::close_pipes (PipeEnd end)
{
  for (const Address &child : routes_.all ())
  {
    routes_.drop (child);
    ChildSession *session = desk_.find (child.channel);
    if (nullptr == session)
      continue;
    if (ChildSession::State::asking == session->state)
      desk_.set_state (*session, ChildSession::State::greeted);
    desk_.send (*session, PeerPipeClose{ child.pipe, end });
  }
}

// Who hung on us, or visited, may have a way up when we have none. One that
// fell silent is left alone first, as a parent is.
void
MemberCore::remember (const ChildSession &session)
{
  if (nullptr == candidates_.find (session.peer))
    candidates_.learn (session.peer, Candidates::known, now_, random_);
  ContactPolicy *policy = candidates_.find (session.peer);
  if (nullptr != policy && policy->is_free (now_)
      && session.last_heard + 2 * config_.heartbeat < now_)
    policy->on_silence (now_);
  if (is_seeking ())
    pump_contact ();
}

void
MemberCore::on_session_gone (const ChildSession &session)
{
  if (ChildSession::State::attached == session.state)
    remember (session);
  for (const Address &child : routes_.of_channel (session.channel))
  {
    const auto ours = routes_.way_up (child, now_);
    routes_.drop (child);
    if (Link *link = parent (); nullptr != link && ours)
      send (*link, PeerPipeClose{ *ours, PipeEnd::done });
  }
}

void
MemberCore::forget_idle_pipes ()
{
  for (const Address &child : routes_.idle_since (now_ - limits::pipe_idle))
    close_pipe (child, PipeEnd::done);
  next_idle_check_
      = 0 == routes_.size () ? base::time_never : now_ + limits::pipe_idle / 4;
}
} // namespace multicast
