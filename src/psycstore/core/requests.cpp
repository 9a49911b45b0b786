// SPDX-License-Identifier: AGPL-3.0-or-later
#include "psycstore/core/requests.hpp"

namespace psycstore
{
namespace
{
bool
is_box (Box box)
{
  return Box::out == box || Box::in == box;
}

Outcome
conflict ()
{
  return { result_refused,
           "conflicting request fragment: its place is taken by another" };
}

// Is that one, which must be here first, here?
bool
is_complete (Database &db, const RequestStore &message,
             const base::MemberKey &member)
{
  const auto request
      = db.request (message.channel, message.box, member, message.after);
  return request
         && (0 != request->sequence || RequestState::open != request->state);
}

// Does the fragment overlap with others, or lie outside the body?
bool
is_misplaced (Database &db, const Request &request,
              const RequestFragmentInfo &info)
{
  if (request.body_end
      && (info.end () > *request.body_end
          || (info.is_last () && info.end () != *request.body_end)))
    return true;
  const auto before = db.request_piece_before (request, info.offset);
  if (before && before->end () > info.offset)
    return true;
  const auto after = db.request_piece_from (request, info.offset);
  return after && (after->offset < info.end () || info.is_last ());
}

void
advance (Database &db, Request &request)
{
  while (const auto next
         = db.request_piece_from (request, request.contiguous_end))
  {
    if (next->offset != request.contiguous_end || 0 == next->body_size)
      return;
    request.contiguous_end = next->end ();
  }
}

void
record_tag (Database &db, const RequestStore &message, const Request &request)
{
  if (! message.tag)
    return;
  const auto known = db.tag (message.channel, *message.tag);
  const base::MessageId became = known ? known->message_id : base::MessageId{};
  db.tag_put (message.channel, *message.tag, { became, request.request_id });
}

// The very same fragment was stored before?
std::optional<bool>
is_same_piece (Database &db, const Request &request,
               const RequestFragmentInfo &info, base::ByteView bytes)
{
  const auto there = db.request_piece_from (request, info.offset);
  if (! there || there->offset != info.offset)
    return std::nullopt;
  const base::Bytes stored = db.request_piece_bytes (request, *there);
  return stored.size () == bytes.size ()
         && std::equal (stored.begin (), stored.end (), bytes.begin ());
}

Outcome
take_in (Database &db, const RequestStore &message, Request &request,
         const RequestFragmentInfo &info)
{
  if (is_misplaced (db, request, info))
    return conflict ();
  if (info.is_last ())
  {
    request.body_end = info.end ();
    request.tag = message.tag;
  }
  request.size += info.body_size;
  if (0 == request.row)
    db.request_put (message.channel, request);
  db.request_piece_put (request, { info.offset, info.body_size, 0 },
                        message.request.bytes);
  advance (db, request);
  if (0 == request.sequence && request.body_end
      && request.contiguous_end == *request.body_end)
    request.sequence = db.request_number (message.channel);
  db.request_put (message.channel, request);
  if (info.is_last ())
    record_tag (db, message, request);
  return done ();
}

bool
is_outcome (const Request &request, const RequestSettle &settlement)
{
  return request.state == settlement.state
         && request.message_id == settlement.message_id
         && request.code == settlement.code;
}

void
learn_message (Database &db, const base::ChannelKey &channel,
               const Request &request)
{
  if (! request.tag || request.message_id.is_none ())
    return;
  const base::RequestId id
      = Box::out == request.box ? request.request_id : base::RequestId{};
  db.tag_put (channel, *request.tag, { request.message_id, id });
}
} // namespace

Outcome
store_request (Database &db, const RequestStore &message)
{
  std::string why;
  const auto info = parse_request_fragment (message.request.bytes, why);
  if (! info)
    return { result_refused, std::move (why) };
  if (! is_box (message.box))
    return { result_refused, "no such box" };
  if (! message.after.is_none () && ! is_complete (db, message, info->member))
    return refused ("request " + std::to_string (message.after.value)
                    + ", which comes before it, is not complete");
  auto request = db.request (message.channel, message.box, info->member,
                             info->request_id);
  if (request && RequestState::open != request->state)
    return { result_no, "the request is settled already" };
  if (! request)
  {
    request.emplace ();
    request->box = message.box;
    request->member = info->member;
    request->request_id = info->request_id;
    return take_in (db, message, *request, *info);
  }
  if (const auto is_same
      = is_same_piece (db, *request, *info, message.request.bytes))
    return *is_same ? done () : conflict ();
  return take_in (db, message, *request, *info);
}

Outcome
settle_request (Database &db, const RequestSettle &message)
{
  if (! is_box (message.box))
    return refused ("no such box");
  if (RequestState::accepted != message.state
      && RequestState::refused != message.state)
    return refused ("no outcome of a request");
  if (message.request_id.is_none () || message.request_id.value > id_max
      || message.message_id.value > id_max)
    return refused ("id out of bounds (1 to 2^63 - 2)");
  auto request = db.request (message.channel, message.box, message.member,
                             message.request_id);
  if (request && RequestState::open != request->state)
    return is_outcome (*request, message)
               ? done ()
               : Outcome{ result_no, "the request has another outcome" };
  if (! request)
    request.emplace ();
  request->box = message.box;
  request->member = message.member;
  request->request_id = message.request_id;
  request->state = message.state;
  request->message_id = message.message_id;
  request->code = message.code;
  request->reason = message.reason.substr (0, reason_bytes_max);
  request->size = 0;
  request->contiguous_end = 0;
  request->settled = db.request_number (message.channel);
  if (0 != request->row)
    db.request_pieces_remove (*request);
  db.request_put (message.channel, *request);
  learn_message (db, message.channel, *request);
  db.request_settled_trim (message.channel, message.box, message.member,
                           settled_requests_max);
  return done ();
}
} // namespace psycstore
