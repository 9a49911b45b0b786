// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The origin of one group: what its children say, but for the door; repairs and
// requests. See origin_core.hpp.
#include <algorithm>

#include "multicast/core/fragments.hpp"
#include "multicast/core/limits.hpp"
#include "multicast/core/origin_core.hpp"
#include "multicast/core/batches.hpp"

namespace multicast
{
void
OriginCore::on_peer_message (ChannelId channel, base::ByteView message)
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
OriginCore::handle (ChannelId channel, base::ByteView message)
{
  Session &session = *find (channel);
  const auto result = FromChild::dispatch (
      message,
      [&] (const auto &decoded)
      {
        using M = std::decay_t<decltype (decoded)>;
        if constexpr (std::is_same_v<M, Fragment>)
          on_claimed_fragment (session, decoded, message);
        else if constexpr (std::is_same_v<M, Request>)
          on_request (session, decoded, message);
        else
          on (session, decoded);
      });
  if (wire::DispatchResult::ok != result)
    refuse (session, RefusalCode::malformed);
}

void
OriginCore::on (Session &session, const PeerHello &hello)
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
OriginCore::on (Session &session, const PeerRefusal &)
{
  effects_.count ("channels closed: refused by the child");
  close (session);
}

void
OriginCore::on (Session &session, const PeerAlive &)
{
  if (Session::State::fresh == session.state)
    refuse (session, RefusalCode::out_of_state);
}

// --- requests
// ------------------------------------------------------------------

void
OriginCore::on_request (Session &session, const Request &request,
                        base::ByteView raw)
{
  if (Session::State::attached != session.state)
  {
    effects_.count ("requests refused: not admitted");
    return refuse (session, RefusalCode::out_of_state);
  }
  std::string_view fault = request_fault (request, raw);
  if (fault.empty () && request.member_key != session.member)
    fault = "requests refused: another member's key";
  if (fault.empty () && ! is_signed_request (verifier_, group_, request, raw))
    fault = "requests refused: wrong signature";
  if (! fault.empty ())
  {
    effects_.count (fault);
    return refuse (session, RefusalCode::malformed);
  }
  if (session.requests.bytes () + raw.size () > limits::request_flood_bytes)
    return effects_.count ("requests dropped: too many not yet stored");
  if (! session.requests.add (request.request_id, request.fragment_offset,
                              raw.size ()))
    return effects_.count ("requests dropped: under way already");
  effects_.push (DeliverRequest{ session.member, base::to_bytes (raw) });
}

void
OriginCore::on_request_stored (const base::MemberKey &member,
                               base::RequestId request_id,
                               std::uint64_t fragment_offset)
{
  Session *session = find_attached (member);
  if (nullptr == session)
    return;
  session->requests.acknowledge (request_id, fragment_offset);
  send (*session, PeerRequestAck{ request_id, fragment_offset });
  sweep ();
}

void
OriginCore::on_request_settled (const base::MemberKey &member,
                                RequestSettlement settlement)
{
  Session *session = find_attached (member);
  if (nullptr == session)
    return;
  session->requests.settle (settlement.request_id);
  if (settlement.reason.size () > limits::reason_size_max)
    settlement.reason.resize (limits::reason_size_max);
  send (*session, PeerRequestSettled{ settlement.request_id, settlement.result,
                                      settlement.message_id, settlement.code,
                                      std::move (settlement.reason) });
  sweep ();
}

// --- heads that are claimed
// ------------------------------------------------------

void
OriginCore::on_claimed_fragment (Session &session, const Fragment &fragment,
                                 base::ByteView raw)
{
  if (! probe_.is_claimed (session.channel, fragment.fragment_id)
      || ! fragment_fault (fragment, raw).empty ()
      || ! is_signed_fragment (verifier_, group_, fragment, raw))
  {
    effects_.count ("fragments refused: from a child, not asked for");
    return refuse (session, RefusalCode::out_of_state);
  }
  if (is_foreign (fragment.fragment_id))
    stop_behind ({ fragment.fragment_id, fragment.message_id,
                   fragment.group_generation });
}

void
OriginCore::on (Session &session, const PeerReplayEnd &)
{
  probe_.dismiss (session.channel);
}

// --- replay
// ------------------------------------------------------------------------

void
OriginCore::on (Session &session, const PeerReplayRequest &request)
{
  if (! require (session, Session::State::attached))
    return;
  if (request.unit > ReplayUnit::messages || 0 == request.first
      || request.first > request.last || request.last > base::id_max)
    return refuse (session, RefusalCode::malformed);
  effects_.count ("replays asked for");
  if (const auto end = replays_.ask (session.channel, request, log_.head ()))
    send (session, *end);
}

void
OriginCore::on (Session &session, const PeerReplayCancel &cancel)
{
  cancel_replay (replays_.cancel (session.channel, cancel.replay));
}

void
OriginCore::cancel_replay (std::optional<ReplayId> replay)
{
  if (replay)
    effects_.push (CancelReplay{ *replay });
}

void
OriginCore::pump_replays ()
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
OriginCore::on_replay_fragment (ReplayId replay, base::ByteView raw)
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
  push (session, base::to_bytes (raw), Kind::replay);
  if (session.outbox.bytes (Kind::replay) > limits::replay_queue_bytes_max)
  {
    cancel_replay (replay);
    end_replay (replays_.stop (replay));
  }
  sweep ();
}

void
OriginCore::on_replay_end (ReplayId replay, ReplayCode code,
                           base::FragmentId next)
{
  if (const auto ended = replays_.on_end (replay, code, next))
    end_replay (*ended);
  pump_replays ();
  sweep ();
}

void
OriginCore::end_replay (const ReplayDesk::Ended &ended)
{
  send (*find (ended.child), ended.end);
}
} // namespace multicast
