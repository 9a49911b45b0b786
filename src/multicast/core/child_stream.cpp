// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Serving children: who is attached, what it gets of the stream, revocations.
// See child_desk.hpp.
#include <algorithm>

#include "multicast/core/child_desk.hpp"
#include "multicast/core/fragments.hpp"
#include "multicast/core/signing.hpp"
#include "multicast/core/tickets.hpp"

namespace multicast
{
// --- attaching ---------------------------------------------------------------

bool
ChildDesk::is_proved (const Session &session, const PeerAttach &message) const
{
  TicketProof proof;
  proof.group = config_.group;
  proof.relay = config_.own_peer;
  proof.relay_nonce = session.own_nonce;
  proof.features = message.features;
  return is_signed (verifier_, message.member, port::Purpose::ticket_proof,
                    proof, message.proof);
}

std::optional<RefusalCode>
ChildDesk::fault_of (const Session &session,
                     const std::optional<SignedTicket> &ticket,
                     const PeerAttach &message) const
{
  if (! ticket || message.kind > AttachKind::visitor)
    return RefusalCode::ticket_malformed;
  if (const auto fault
      = ticket_fault (*ticket, config_.group, session.peer, now_, verifier_))
    return fault;
  if (ticket->ticket.is_open ())
  {
    if (DeskKind::origin == config_.kind)
      return RefusalCode::ticket_open;
  }
  else if (message.member != ticket->ticket.member)
    return RefusalCode::ticket_proof;
  if (! is_proved (session, message))
    return RefusalCode::ticket_proof;
  return std::nullopt;
}

void
ChildDesk::on (Session &session, const PeerAttach &message)
{
  if (! require (session, Session::State::greeted))
    return;
  const auto ticket = parse_ticket (message.ticket);
  if (const auto fault = fault_of (session, ticket, message))
    return refuse (session, *fault);
  session.member = message.member;
  if (owner_.is_void (session.member, ticket->ticket))
  {
    effects_.count ("tickets refused: revoked");
    send_last (session, owner_.ejection_of (session.member));
    return close (session);
  }
  if (AttachKind::visitor == message.kind)
  {
    if (visitors_ >= limits::visitors_max)
      return refuse (session, RefusalCode::busy);
    visitors_++;
    effects_.count ("visitors");
    session.kind = AttachKind::visitor;
    return attach (session, ticket->ticket, message);
  }
  if (Session *other = find_attached (session.member))
    refuse (*other, RefusalCode::replaced);
  if (owner_.is_above (session.peer))
    return refuse (session, RefusalCode::loop);
  if (attached_.size () >= config_.children_max)
  {
    if (attached_.empty ())
      return refuse (session, RefusalCode::full);
    effects_.count ("children sent on: no room here");
    send_last (session, redirect ());
    return close (session);
  }
  attach (session, ticket->ticket, message);
}

void
ChildDesk::attach (Session &session, const Ticket &ticket,
                   const PeerAttach &message)
{
  // Any ejection ends what an open ticket allows.
  session.ticket_generation
      = ticket.is_open () ? base::Generation{} : ticket.generation;
  session.admission = ticket.admission_fragment;
  session.admission_message = ticket.admission_message;
  session.policy = ticket.policy;
  session.live_from = owner_.highest_sent ();
  session.revocations = message.revocations;
  PeerAttached answer = owner_.introduction ();
  for (const base::PeerId &peer : child_peers (limits::siblings_max))
    answer.siblings.push_back (peer);
  set_state (session, Session::State::attached);
  if (AttachKind::child == session.kind)
    attached_[session.member] = session.channel;
  // Before it serves anybody itself it knows whom not to.
  send_revocations (session);
  send (session, answer);
  show_newest (session);
  owner_.on_child_attached (session, ticket, message);
}

void
ChildDesk::show_newest (Session &session)
{
  const NewestFragment newest = owner_.newest_beyond_head ();
  if (newest.bytes && session.is_child () && newest.id > session.admission)
    push (session, newest.bytes, Kind::replay);
}

PeerRedirect
ChildDesk::redirect ()
{
  PeerRedirect out;
  for (const auto &[member, channel] : attached_)
  {
    // A free place is named once until it is heard of again: a crowd would only
    // find it taken, and is better spread over the children.
    Session &session = sessions_.at (channel);
    const FreeSpot spot = std::exchange (session.spot, {});
    out.spots.push_back (spot.is_none () ? FreeSpot{ session.peer, no_depth }
                                         : spot);
  }
  while (out.spots.size () > limits::redirects_max)
  {
    out.spots[random_.below (static_cast<std::uint32_t> (out.spots.size ()))]
        = out.spots.back ();
    out.spots.pop_back ();
  }
  return out;
}

// --- revocations -------------------------------------------------------------

// What it lacks: those behind the newest that it knows, and when that was not
// all, everything. Who knows as many or more, but others, may lack some of ours
// all the same (an origin that forgot is told of them by nobody): once is
// enough for it.
void
ChildDesk::send_revocations (Session &session)
{
  const RevocationMark own = revocations_.mark ();
  if (! session.is_child () || own == session.revocations
      || (own.count <= session.revocations.count && own == session.told))
    return;
  base::Generation from;
  if (session.revocations.newest < own.newest)
    from = session.revocations.newest.next ();
  auto lacking = owner_.revocations_from (from);
  if (session.revocations.count + lacking.size () != own.count)
    lacking = owner_.revocations_from (from = {});
  session.revocations = own;
  if (from.is_none ())
    session.told = own;
  for (std::size_t i = 0; i < lacking.size ();
       i += limits::revocations_per_message)
  {
    const auto first = lacking.begin () + static_cast<std::ptrdiff_t> (i);
    const auto count
        = std::min (limits::revocations_per_message, lacking.size () - i);
    send (session,
          PeerRevocations{
              { first, first + static_cast<std::ptrdiff_t> (count) } });
  }
}

void
ChildDesk::send_revocations (const std::vector<Revocation> &news)
{
  if (! news.empty ())
    send_to_children (PeerRevocations{ news });
}

void
ChildDesk::eject (const base::MemberKey &member, const PeerEject &message)
{
  std::vector<ChannelId> theirs;
  for (const auto &[channel, session] : sessions_)
    if (Session::State::attached == session.state && session.member == member
        && message.ejection.generation >= session.ticket_generation)
      theirs.push_back (channel);
  for (const ChannelId channel : theirs)
  {
    Session &session = *find (channel);
    send_last (session, message);
    close (session);
  }
}

// --- the stream --------------------------------------------------------------

void
ChildDesk::send_live (base::FragmentId id, const SharedBytes &fragment)
{
  for (const auto &[member, channel] : attached_)
  {
    Session &session = sessions_.at (channel);
    if (session.is_lagging || id <= session.admission
        || id <= session.live_from)
      continue;
    effects_.count ("fragments sent first");
    if (0 == session.outbox.bytes (Kind::live))
      session.last_taken = now_;
    push (session, fragment, Kind::live);
    if (session.outbox.bytes (Kind::live) <= limits::live_queue_bytes_max
        && queued_bytes_ <= config_.queue_memory)
      continue;
    // It sees from the next heartbeat what it missed, and pulls.
    drop_live (session);
    session.is_lagging = true;
    effects_.count ("children lagging");
  }
}

// A relay goes by the ticket; at the origin the client knows better.
bool
ChildDesk::may_read (const Session &session,
                     const PeerReplayRequest &request) const
{
  if (DeskKind::origin == config_.kind
      || 0 == (session.policy & policy_restricted_history))
    return true;
  return ReplayUnit::fragments == request.unit
             ? request.first > session.admission.value
             : request.first > session.admission_message.value;
}

void
ChildDesk::on (Session &session, const PeerReplayRequest &request)
{
  if (! require (session, Session::State::attached))
    return;
  if (request.unit > ReplayUnit::messages || 0 == request.first
      || request.first > request.last || request.last > base::id_max)
    return refuse (session, RefusalCode::malformed);
  session.since = now_; // a visitor that is not idle
  effects_.count ("replays asked for");
  PeerReplayRequest clipped = request;
  PeerReplayEnd end{ request.replay, ReplayCode::ok, request.first - 1,
                     request.after };
  if (! may_read (session, request))
  {
    end.code = ReplayCode::access_denied;
    end.last = request.last;
    return send (session, end);
  }
  if (ReplayUnit::fragments == request.unit && ! request.detail.is_literal)
    if (const auto coming = owner_.first_coming ({ request.first }))
    {
      end.code = ReplayCode::coming;
      if (coming->value == request.first)
        return send (session, end);
      clipped.last = std::min (clipped.last, coming->value - 1);
    }
  if (const auto at_once
      = replays_.ask (session.channel, clipped, owner_.known_head (),
                      owner_.coverage_of (request)))
    send (session, *at_once);
}

void
ChildDesk::on (Session &session, const PeerReplayCancel &cancel)
{
  cancel_replay (replays_.cancel (session.channel, cancel.replay));
}

void
ChildDesk::cancel_replay (std::optional<ReplayId> replay)
{
  if (replay)
    effects_.push (CancelReplay{ *replay });
}

void
ChildDesk::pump_replays ()
{
  const auto has_room = [this] (ChannelId child)
  {
    return find (child)->outbox.bytes (Kind::replay)
           < limits::replay_queue_bytes_low;
  };
  while (const auto chunk = replays_.next_chunk (has_room, now_))
    effects_.push (AskReplay{ chunk->replay, find (chunk->child)->member,
                              chunk->unit, chunk->first, chunk->last,
                              chunk->detail });
}

void
ChildDesk::on_replay_fragment (ReplayId replay, base::ByteView raw)
{
  const auto chunk = replays_.find (replay);
  if (! chunk)
    return;
  const auto fragment = wire::decode<Fragment> (raw);
  if (! fragment || ! fragment_fault (*fragment, raw).empty ())
    return effects_.count ("replayed fragments ignored: malformed");
  const std::uint64_t position = ReplayUnit::fragments == chunk->unit
                                     ? fragment->fragment_id.value
                                     : fragment->message_id.value;
  // What a literal question asks for, the client knows.
  const bool is_literal = chunk->detail.is_literal;
  if (! is_literal && (position < chunk->first || position > chunk->last))
    return effects_.count ("replayed fragments ignored: not asked for");
  const bool is_first_message = is_literal
                                || ReplayUnit::fragments == chunk->unit
                                || position == chunk->first;
  if (is_first_message && fragment->fragment_id <= chunk->after)
    return; // the child has it already
  Session &session = *find (chunk->child);
  replays_.on_fragment (replay, fragment->fragment_id, fragment->message_id,
                        now_);
  effects_.count ("fragments sent as repairs");
  push (session, std::make_shared<const base::Bytes> (base::to_bytes (raw)),
        Kind::replay);
  if (session.outbox.bytes (Kind::replay) > limits::replay_queue_bytes_max)
  {
    cancel_replay (replay);
    end_replay (replays_.stop (replay));
  }
  sweep ();
}

void
ChildDesk::on_replay_end (ReplayId replay, ReplayCode code,
                          base::FragmentId next)
{
  if (const auto ended = replays_.on_end (replay, code, next))
    end_replay (*ended);
  pump_replays ();
  sweep ();
}

void
ChildDesk::end_replay (const ReplayDesk::Ended &ended)
{
  send (*find (ended.child), ended.end);
}
} // namespace multicast
