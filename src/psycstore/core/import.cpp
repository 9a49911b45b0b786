// SPDX-License-Identifier: AGPL-3.0-or-later
#include "psycstore/core/import.hpp"

#include "psyc/message/names.hpp"
#include "psycstore/core/changes.hpp"
#include "psycstore/core/signed_fragment.hpp"
#include "psycstore/core/staging.hpp"

namespace psycstore
{
namespace
{
using Items
    = wire::MessageList<FragmentStore, MembershipStore, RequestStore,
                        RequestSettle, RecordItem, StateReset, ExportHead,
                        TagItem, VariableItem, StateHeadItem>;

bool
is_here (Database &db, const base::ChannelKey &channel)
{
  const auto info = db.channel_from (channel);
  return (info && info->key == channel) || db.records_settled (channel);
}

Outcome
take (Database &db, const base::ChannelKey &staging, const TagItem &item)
{
  if (item.message_id.value > base::id_max
      || item.request_id.value > base::id_max)
    return refused ("id out of bounds (up to 2^53 - 1)");
  db.tag_put (staging, item.tag, { item.message_id, item.request_id });
  return done ();
}

Outcome
take (Database &db, const base::ChannelKey &staging, const VariableItem &item)
{
  const base::Bytes &bytes = item.bytes.bytes;
  const std::uint64_t first = item.piece * state_piece_size;
  if (! psyc::is_name (item.name) || item.changed_by.value > base::id_max
      || item.size > state_change_bytes_max || item.piece > item.size
      || bytes.empty () || first + bytes.size () > item.size
      || (bytes.size () != state_piece_size
          && first + bytes.size () != item.size))
    return refused ("malformed variable");
  auto variable = db.variable (staging, StateSlot::live, item.name);
  const bool is_next
      = variable
            ? 0 != item.piece && variable->size == item.size
                  && db.variable_piece (*variable, item.piece).empty ()
                  && ! db.variable_piece (*variable, item.piece - 1).empty ()
            : 0 == item.piece;
  if (! is_next)
    return refused ("pieces of a variable out of order");
  if (! variable)
  {
    variable.emplace ();
    variable->name = item.name;
    variable->size = item.size;
    variable->changed_by = item.changed_by;
    db.variable_put (staging, StateSlot::live, *variable);
  }
  db.variable_piece_put (*variable, item.piece, bytes);
  return done ();
}

Outcome
take (Database &db, const base::ChannelKey &staging, const StateHeadItem &item)
{
  if (item.applied.value > base::id_max || item.checkpoint > item.applied
      || item.hash_message_id.value > base::id_max)
    return refused ("id out of bounds (up to 2^53 - 1)");
  db.state_head_put (staging,
                     { item.applied, item.checkpoint, item.changes,
                       item.change_bytes, item.hash_message_id, item.hash });
  return done ();
}

Outcome
take (Database &, const base::ChannelKey &, const ExportHead &)
{
  return done (); // for people
}

Outcome
take (Database &db, const base::ChannelKey &staging, RecordItem &item)
{
  return change (db, RecordStore{ 0, staging, item.member, item.settled, true,
                                  std::move (item.data) });
}

// What a client could have said, too.
template <typename Message>
requires requires (Database &db, const Message &m) { change (db, m); }
Outcome
take (Database &db, const base::ChannelKey &staging, Message &message)
{
  message.channel = staging;
  return change (db, message);
}
} // namespace

Outcome
begin_import (Database &db, const base::ChannelKey &channel)
{
  if (is_here (db, channel))
    return refused ("the channel is here already: nothing is overwritten");
  return done ();
}

Outcome
import_item (Database &db, const port::Verifier &verifier,
             const base::ChannelKey &staging, const ImportItem &request)
{
  Outcome outcome = refused ("not an item of an export");
  const auto result = Items::dispatch (
      request.item.bytes,
      [&] (auto item)
      {
        if constexpr (std::is_same_v<decltype (item), FragmentStore>)
          if (! is_signed_fragment (verifier, request.channel,
                                    item.fragment.bytes))
          {
            outcome = refused ("a fragment without the channel's signature");
            return;
          }
        outcome = take (db, staging, item);
      });
  if (wire::DispatchResult::ok != result)
    return refused ("malformed item of an export");
  return outcome;
}

Outcome
end_import (Database &db, const base::ChannelKey &staging,
            const base::ChannelKey &channel)
{
  if (is_here (db, channel))
    return refused ("the channel is here already: nothing is overwritten");
  db.channel_rename (staging, channel);
  return done ();
}

void
remove_stagings (Database &db)
{
  for (auto info = db.channel_from (staging_key (0));
       info && is_staging (info->key); info = db.channel_from (staging_key (0)))
    db.channel_remove (info->key);
}
} // namespace psycstore
