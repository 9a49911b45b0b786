// SPDX-License-Identifier: AGPL-3.0-or-later
#include "psycstore/core/changes.hpp"

#include "psycstore/core/methods.hpp"
#include "psycstore/core/requests.hpp"

namespace psycstore
{
namespace
{
bool
is_id_or_none (std::uint64_t id)
{
  return id <= id_max;
}

void
index_method (Database &db, const base::ChannelKey &channel,
              const FragmentInfo &info, base::ByteView fragment)
{
  if (0 != info.offset)
    return;
  if (const auto method = method_of (fragment_body (fragment)))
    for (const std::string_view prefix : method_prefixes (*method))
      db.method_put (channel, info.message_id, prefix);
}

// Why the fragment may not be stored with this settlement; empty: it may.
std::string
settlement_conflict (Database &db, const FragmentStore &request,
                     base::MessageId message)
{
  if (request.tag)
  {
    const auto known = db.tag (request.channel, *request.tag);
    if (known && ! known->message_id.is_none () && known->message_id != message)
      return "conflicting tag: it belongs to message "
             + std::to_string (known->message_id.value);
  }
  if (! request.member)
    return {};
  if (request.request_id.is_none () || request.request_id.value > id_max)
    return "request id out of bounds (1 to 2^63 - 2)";
  const auto settled = db.request (request.channel, Box::in, *request.member,
                                   request.request_id);
  if (settled && RequestState::open != settled->state
      && (RequestState::accepted != settled->state
          || settled->message_id != message))
    return "request " + std::to_string (request.request_id.value)
           + " is settled already";
  return {};
}

void
settle (Database &db, const FragmentStore &request, base::MessageId message)
{
  if (request.tag)
    db.tag_put (request.channel, *request.tag, { message, {} });
  if (request.member)
  {
    RequestSettle settlement;
    settlement.channel = request.channel;
    settlement.box = Box::in;
    settlement.member = *request.member;
    settlement.request_id = request.request_id;
    settlement.state = RequestState::accepted;
    settlement.message_id = message;
    (void)settle_request (db, settlement); // was checked: never refused
  }
}
} // namespace

Outcome
change (Database &db, const MembershipStore &request)
{
  if (! is_id_or_none (request.announced_at.value)
      || ! is_id_or_none (request.effective_since.value)
      || ! is_id_or_none (request.generation.value))
    return refused ("id out of bounds (up to 2^63 - 2)");
  if (request.did_join && request.effective_since > request.announced_at)
    return refused ("a join takes effect after it was announced");
  db.membership_put (
      request.channel, request.slave,
      { request.did_join, request.announced_at,
        request.did_join ? request.effective_since : base::MessageId{},
        request.generation });
  return done ();
}

Outcome
change (Database &db, const FragmentStore &request)
{
  std::string why;
  const base::ByteView bytes = request.fragment.bytes;
  auto info = parse_fragment (bytes, why);
  if (! info)
    return refused (std::move (why));
  info->store_flags = request.flags & (flag_state | flag_state_hash);
  info->stored_at = request.stored_at;
  why = settlement_conflict (db, request, info->message_id);
  if (! why.empty ())
    return refused (std::move (why));
  switch (db.fragment_put (request.channel, *info, bytes))
  {
  case PutResult::conflict:
    return refused ("conflicting fragment "
                    + std::to_string (info->fragment_id.value)
                    + ": its place is taken by another");
  case PutResult::stored:
    index_method (db, request.channel, *info, bytes);
    break;
  case PutResult::same:
    break;
  }
  settle (db, request, info->message_id);
  return done ();
}

Outcome
change (Database &db, const StateReset &request)
{
  db.variables_clear (request.channel, StateSlot::live);
  return done ();
}

Outcome
change (Database &db, const StateHashUpdate &request)
{
  if (! is_id_or_none (request.message_id.value))
    return refused ("message id out of bounds (up to 2^63 - 2)");
  StateHead head = db.state_head (request.channel);
  head.hash_message_id = request.message_id;
  head.hash = request.hash;
  db.state_head_put (request.channel, head);
  return done ();
}

Outcome
change (Database &db, const RequestStore &request)
{
  return store_request (db, request);
}

Outcome
change (Database &db, const RequestSettle &request)
{
  return settle_request (db, request);
}

Outcome
change (Database &db, const RecordStore &request)
{
  if (request.data.bytes.size () > record_bytes_max)
    return refused ("record of more than 60,000 bytes");
  if (! is_id_or_none (request.settled.value))
    return refused ("fragment id out of bounds (up to 2^53 - 1)");
  db.record_put ({ { request.channel, request.member },
                   request.data.bytes,
                   request.settled,
                   request.is_imported });
  return done ();
}

Outcome
change (Database &db, const RetentionSet &request)
{
  const auto info = db.channel_from (request.channel);
  if (! info || info->key != request.channel)
    return done (result_no);
  db.retention_put (request.channel, request.retention);
  return done ();
}

Outcome
change (Database &db, const ChannelRemove &request)
{
  db.channel_remove (request.channel);
  return done ();
}
} // namespace psycstore
