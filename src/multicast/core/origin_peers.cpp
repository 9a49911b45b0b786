// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The origin of one group: what its desk for children asks of it, and what
// children say to the origin alone. See origin_core.hpp.
#include <algorithm>

#include "multicast/core/fragments.hpp"
#include "multicast/core/limits.hpp"
#include "multicast/core/origin_core.hpp"

namespace multicast
{
// --- the network -------------------------------------------------------------

void
OriginCore::on_own_peer_known (const base::PeerId &peer)
{
  config_.own_peer = peer;
  desk_.on_own_peer_known (peer);
}

void
OriginCore::on_channel_opened (ChannelId channel, const base::PeerId &peer)
{
  desk_.on_channel_opened (channel, peer);
}

void
OriginCore::on_peer_message (ChannelId channel, base::ByteView message)
{
  desk_.on_peer_message (channel, message);
  number_held ();
}

void
OriginCore::on_channel_sent (ChannelId channel)
{
  desk_.on_channel_sent (channel);
  number_held ();
}

void
OriginCore::on_channel_closed (ChannelId channel)
{
  desk_.on_channel_closed (channel);
  number_held ();
}

void
OriginCore::on_replay_fragment (ReplayId replay, base::ByteView fragment)
{
  desk_.on_replay_fragment (replay, fragment);
}

void
OriginCore::on_replay_end (ReplayId replay, ReplayCode code,
                           base::FragmentId next)
{
  desk_.on_replay_end (replay, code, next);
}

// --- the desk ----------------------------------------------------------------

std::optional<RefusalCode>
OriginCore::closed () const
{
  if (State::head_behind == state_ || State::ended == state_)
    return RefusalCode::behind;
  return std::nullopt;
}

base::Head
OriginCore::known_head () const
{
  return log_.head ();
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

PeerAttached
OriginCore::introduction () const
{
  PeerAttached out;
  out.head = signed_head ();
  out.is_rooted = true;
  out.open_ticket = open_ticket_;
  return out;
}

bool
OriginCore::is_void (const base::MemberKey &member, const Ticket &ticket) const
{
  return revocations_.is_void (member, ticket.generation)
         || parted_.is_void (member, ticket.generation);
}

void
OriginCore::on_child_attached (ChildSession &session, const Ticket &ticket,
                               const PeerAttach &message)
{
  if (session.is_child ())
  {
    // It is near now: what it said from afar it says again.
    if (const Voice *voice = voices_.find (session.member))
      close_voice (voice->address);
    effects_.push (MemberChange{ session.member, MemberEvent::attached });
  }
  if (const auto fresh = renewed (ticket))
  {
    desk_.send (session, *fresh);
    session.ticket_generation = parse_ticket (fresh->ticket)->ticket.generation;
  }
  check_claim (session, message.highest_held);
}

void
OriginCore::on_session_gone (const ChildSession &session)
{
  if (Session::State::asking == session.state)
  {
    door_.close (session.join);
    effects_.push (JoinWithdrawn{ session.join });
  }
  if (session.is_child ())
    effects_.push (MemberChange{ session.member, MemberEvent::detached });
  for (const Address &address : voices_.of_channel (session.channel))
    drop_voice (address);
  probe_.dismiss (session.channel);
}

// --- requests ----------------------------------------------------------------

std::string_view
OriginCore::fault_of (const Request &request, base::ByteView raw,
                      const base::MemberKey &member) const
{
  if (const auto fault = request_fault (request, raw); ! fault.empty ())
    return fault;
  if (request.member_key != member)
    return "requests refused: another member's key";
  if (! is_signed_request (verifier_, group_, request, raw))
    return "requests refused: wrong signature";
  return {};
}

void
OriginCore::deliver (RequestWindow &window, const Request &request,
                     base::ByteView raw)
{
  if (window.bytes () + raw.size () > limits::request_flood_bytes)
    return effects_.count ("requests dropped: too many not yet stored");
  if (! window.add (request.request_id, request.fragment_offset, raw.size ()))
    return effects_.count ("requests dropped: under way already");
  effects_.push (DeliverRequest{ request.member_key, base::to_bytes (raw) });
}

void
OriginCore::on_request (ChildSession &session, const Request &request,
                        base::ByteView raw)
{
  if (! session.is_child ())
  {
    effects_.count ("requests refused: not admitted");
    return desk_.refuse (session, RefusalCode::out_of_state);
  }
  const std::string_view fault = fault_of (request, raw, session.member);
  if (! fault.empty ())
  {
    effects_.count (fault);
    return desk_.refuse (session, RefusalCode::malformed);
  }
  deliver (session.requests, request, raw);
}

void
OriginCore::on_request_stored (const base::MemberKey &member,
                               base::RequestId request_id,
                               std::uint64_t fragment_offset)
{
  const PeerRequestAck ack{ request_id, fragment_offset };
  if (Session *session = desk_.find_attached (member))
  {
    session->requests.acknowledge (request_id, fragment_offset);
    desk_.send (*session, ack);
  }
  else if (Voice *voice = voices_.find (member))
  {
    voice->requests.acknowledge (request_id, fragment_offset);
    answer (voice->address, ack);
  }
  desk_.sweep ();
}

void
OriginCore::on_request_settled (const base::MemberKey &member,
                                RequestSettlement settlement)
{
  if (settlement.reason.size () > limits::reason_size_max)
    settlement.reason.resize (limits::reason_size_max);
  const PeerRequestSettled settled{ settlement.request_id, settlement.result,
                                    settlement.message_id, settlement.code,
                                    std::move (settlement.reason) };
  if (Session *session = desk_.find_attached (member))
  {
    session->requests.settle (settlement.request_id);
    desk_.send (*session, settled);
  }
  else if (Voice *voice = voices_.find (member))
  {
    voice->requests.settle (settlement.request_id);
    answer (voice->address, settled);
  }
  desk_.sweep ();
}

// --- heads that are claimed --------------------------------------------------

bool
OriginCore::is_foreign (base::FragmentId id) const
{
  const bool is_skipped = id > config_.known && id <= config_.resumed;
  return is_skipped || id > log_.head ().fragment_id;
}

// It holds more than we issued? Let it show.
void
OriginCore::check_claim (Session &session, base::FragmentId highest_held)
{
  if (! is_foreign (highest_held) || highest_held.value > base::id_max
      || ! probe_.claim (session.channel, highest_held, now_))
    return;
  effects_.count ("heads claimed above our own");
  PeerReplayRequest request;
  request.replay = { 1 };
  request.first = highest_held.value;
  request.last = highest_held.value;
  desk_.send (session, request);
}

void
OriginCore::on_child_fragment (ChildSession &session, const Fragment &fragment,
                               base::ByteView raw)
{
  if (! probe_.is_claimed (session.channel, fragment.fragment_id)
      || ! fragment_fault (fragment, raw).empty ()
      || ! is_signed_fragment (verifier_, group_, fragment, raw))
  {
    effects_.count ("fragments refused: from a child, not asked for");
    return desk_.refuse (session, RefusalCode::out_of_state);
  }
  if (is_foreign (fragment.fragment_id))
    stop_behind ({ fragment.fragment_id, fragment.message_id,
                   fragment.group_generation });
}

void
OriginCore::on (ChildSession &session, const PeerReplayEnd &)
{
  probe_.dismiss (session.channel);
}
} // namespace multicast
