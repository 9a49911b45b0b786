// SPDX-License-Identifier: AGPL-3.0-or-later
#include "psycstore/plugin/memory_database.hpp"

#include <algorithm>

namespace psycstore
{
namespace
{
base::MemberKey
member_column (const RecordPosition &position)
{
  return position.member.value_or (base::MemberKey{});
}

// The order of a list of open requests: incomplete ones last.
auto
list_order (const RequestPosition &position)
{
  return std::make_tuple (0 == position.sequence, position.sequence,
                          position.member, position.request_id);
}
} // namespace

void
MemoryDatabase::begin ()
{
  saved_ = data_;
}

void
MemoryDatabase::commit ()
{
  if (commit_failure_)
    failure_ = std::exchange (commit_failure_, std::nullopt);
  if (! failure_)
    saved_.reset ();
}

void
MemoryDatabase::rollback ()
{
  if (saved_)
    data_ = std::move (*saved_);
  saved_.reset ();
}

std::optional<Failure>
MemoryDatabase::take_failure ()
{
  return std::exchange (failure_, std::nullopt);
}

void
MemoryDatabase::fail_next_commit (Failure failure)
{
  commit_failure_ = std::move (failure);
}

void
MemoryDatabase::fail_changes (Failure failure)
{
  change_failure_ = std::move (failure);
}

void
MemoryDatabase::heal ()
{
  change_failure_.reset ();
}

bool
MemoryDatabase::may_change ()
{
  if (change_failure_ && ! failure_)
    failure_ = change_failure_;
  return ! failure_;
}

MemoryDatabase::Channel *
MemoryDatabase::find (const base::ChannelKey &key)
{
  const auto it = data_.channels.find (key);
  return failure_ || data_.channels.end () == it ? nullptr : &it->second;
}

MemoryDatabase::Channel *
MemoryDatabase::change (const base::ChannelKey &key)
{
  return may_change () ? &data_.channels[key] : nullptr;
}

// -- Fragments ---------------------------------------------------------------

PutResult
MemoryDatabase::fragment_put (const base::ChannelKey &key,
                              const FragmentInfo &info, base::ByteView bytes)
{
  Channel *channel = change (key);
  if (nullptr == channel)
    return PutResult::stored; // the failure tells
  const auto there = channel->fragments.find (info.fragment_id);
  if (channel->fragments.end () != there)
    return is_same_fragment (*there->second.bytes, bytes) ? PutResult::same
                                                          : PutResult::conflict;
  const MessagePlace place{ info.message_id, info.offset };
  if (! channel->places.try_emplace (place, info.fragment_id).second)
    return PutResult::conflict;
  channel->fragments[info.fragment_id]
      = { info, std::make_shared<base::Bytes> (base::to_bytes (bytes)) };
  channel->generation = std::max (channel->generation, info.generation);
  return PutResult::stored;
}

std::optional<FragmentInfo>
MemoryDatabase::fragment_from (const base::ChannelKey &key,
                               base::FragmentId first)
{
  const Channel *channel = find (key);
  if (nullptr == channel)
    return std::nullopt;
  const auto it = channel->fragments.lower_bound (first);
  if (channel->fragments.end () == it)
    return std::nullopt;
  return it->second.info;
}

std::optional<FragmentInfo>
MemoryDatabase::fragment_before (const base::ChannelKey &key,
                                 base::FragmentId end)
{
  const Channel *channel = find (key);
  if (nullptr == channel)
    return std::nullopt;
  const auto it = channel->fragments.lower_bound (end);
  if (channel->fragments.begin () == it)
    return std::nullopt;
  return std::prev (it)->second.info;
}

std::optional<FragmentInfo>
MemoryDatabase::message_fragment_from (const base::ChannelKey &key,
                                       base::MessageId message,
                                       std::uint64_t offset)
{
  const Channel *channel = find (key);
  if (nullptr == channel)
    return std::nullopt;
  const auto it = channel->places.lower_bound ({ message, offset });
  if (channel->places.end () == it || it->first.first != message)
    return std::nullopt;
  return channel->fragments.at (it->second).info;
}

base::Bytes
MemoryDatabase::fragment_bytes (const base::ChannelKey &key,
                                const FragmentInfo &info)
{
  const Channel *channel = find (key);
  return nullptr == channel ? base::Bytes{}
                            : *channel->fragments.at (info.fragment_id).bytes;
}

std::optional<base::Interval>
MemoryDatabase::range_from (const base::ChannelKey &key, base::FragmentId first)
{
  const Channel *channel = find (key);
  if (nullptr == channel)
    return std::nullopt;
  base::IntervalSet set;
  for (const auto &[id, fragment] : channel->fragments)
    set.add (id.value);
  const auto at = channel->fragments.lower_bound (first);
  if (channel->fragments.end () == at)
    return std::nullopt;
  base::Interval run{ at->first.value, set.contiguous_end (at->first.value) };
  while (set.contains (run.first - 1))
    run.first--;
  return run;
}

base::Head
MemoryDatabase::counters (const base::ChannelKey &key)
{
  const Channel *channel = find (key);
  if (nullptr == channel)
    return {};
  base::Head head;
  head.generation = channel->generation;
  if (! channel->fragments.empty ())
  {
    head.fragment_id = channel->fragments.rbegin ()->first;
    head.message_id = channel->places.rbegin ()->first.first;
  }
  return head;
}

// -- Messages by method ------------------------------------------------------

void
MemoryDatabase::method_put (const base::ChannelKey &key,
                            base::MessageId message, std::string_view prefix)
{
  if (Channel *channel = change (key))
    channel->methods[std::string (prefix)][message] = true;
}

std::optional<base::MessageId>
MemoryDatabase::message_from (const base::ChannelKey &key,
                              std::string_view prefix, base::MessageId first)
{
  const Channel *channel = find (key);
  if (nullptr == channel)
    return std::nullopt;
  if (prefix.empty ())
  {
    const auto it = channel->places.lower_bound ({ first, 0 });
    if (channel->places.end () == it)
      return std::nullopt;
    return it->first.first;
  }
  const auto method = channel->methods.find (prefix);
  if (channel->methods.end () == method)
    return std::nullopt;
  const auto it = method->second.lower_bound (first);
  if (method->second.end () == it)
    return std::nullopt;
  return it->first;
}

std::optional<base::MessageId>
MemoryDatabase::message_before (const base::ChannelKey &key,
                                std::string_view prefix, base::MessageId end)
{
  const Channel *channel = find (key);
  if (nullptr == channel)
    return std::nullopt;
  if (prefix.empty ())
  {
    const auto it = channel->places.lower_bound ({ end, 0 });
    if (channel->places.begin () == it)
      return std::nullopt;
    return std::prev (it)->first.first;
  }
  const auto method = channel->methods.find (prefix);
  if (channel->methods.end () == method)
    return std::nullopt;
  const auto it = method->second.lower_bound (end);
  if (method->second.begin () == it)
    return std::nullopt;
  return std::prev (it)->first;
}

// -- Membership --------------------------------------------------------------

void
MemoryDatabase::membership_put (const base::ChannelKey &key,
                                const base::MemberKey &slave,
                                const MembershipEvent &event)
{
  Channel *channel = change (key);
  if (nullptr == channel)
    return;
  const auto order = [] (const MembershipEvent &e)
  { return std::make_tuple (e.announced_at, e.generation, ! e.did_join); };
  auto &events = channel->memberships[slave];
  std::erase_if (events, [&] (const MembershipEvent &e)
                 { return order (e) == order (event); });
  events.push_back (event);
  std::sort (events.begin (), events.end (),
             [&] (const auto &one, const auto &other)
             { return order (one) < order (other); });
  channel->generation = std::max (channel->generation, event.generation);
}

std::vector<MembershipEvent>
MemoryDatabase::memberships (const base::ChannelKey &key,
                             const base::MemberKey &slave)
{
  const Channel *channel = find (key);
  if (nullptr == channel || ! channel->memberships.contains (slave))
    return {};
  return channel->memberships.at (slave);
}

// -- State -------------------------------------------------------------------

StateHead
MemoryDatabase::state_head (const base::ChannelKey &key)
{
  const Channel *channel = find (key);
  return nullptr == channel ? StateHead{} : channel->state_head;
}

void
MemoryDatabase::state_head_put (const base::ChannelKey &key,
                                const StateHead &head)
{
  if (Channel *channel = change (key))
    channel->state_head = head;
}

std::optional<Variable>
MemoryDatabase::variable (const base::ChannelKey &key, StateSlot slot,
                          std::string_view name)
{
  const Channel *channel = find (key);
  if (nullptr == channel)
    return std::nullopt;
  const auto it = channel->variables.find ({ slot, std::string (name) });
  if (channel->variables.end () == it)
    return std::nullopt;
  return it->second;
}

std::optional<Variable>
MemoryDatabase::variable_from (const base::ChannelKey &key, StateSlot slot,
                               std::string_view first)
{
  const Channel *channel = find (key);
  if (nullptr == channel)
    return std::nullopt;
  const auto it
      = channel->variables.lower_bound ({ slot, std::string (first) });
  if (channel->variables.end () == it || it->first.first != slot)
    return std::nullopt;
  return it->second;
}

void
MemoryDatabase::variable_put (const base::ChannelKey &key, StateSlot slot,
                              Variable &variable)
{
  Channel *channel = change (key);
  if (nullptr == channel)
    return;
  const VariableKey place{ slot, variable.name };
  if (0 == variable.row)
  {
    variable.row = data_.next_row++;
    data_.variable_places[variable.row] = { key, place, {} };
  }
  channel->variables[place] = variable;
}

MemoryDatabase::VariablePlace *
MemoryDatabase::find_place (const Variable &variable)
{
  const auto it = data_.variable_places.find (variable.row);
  return failure_ || data_.variable_places.end () == it ? nullptr : &it->second;
}

void
MemoryDatabase::variable_remove (const Variable &variable)
{
  const VariablePlace *place = find_place (variable);
  if (nullptr == place || ! may_change ())
    return;
  data_.channels[place->channel].variables.erase (place->key);
  data_.variable_places.erase (variable.row);
}

void
MemoryDatabase::variable_make_live (const Variable &variable)
{
  VariablePlace *place = find_place (variable);
  if (nullptr == place || ! may_change ())
    return;
  auto &variables = data_.channels[place->channel].variables;
  auto node = variables.extract (place->key);
  place->key.first = StateSlot::live;
  node.key () = place->key;
  variables.insert (std::move (node));
}

base::Bytes
MemoryDatabase::variable_piece (const Variable &variable, std::uint64_t number)
{
  const VariablePlace *place = find_place (variable);
  return nullptr == place || number >= place->pieces.size ()
             ? base::Bytes{}
             : *place->pieces[number];
}

void
MemoryDatabase::variable_piece_put (const Variable &variable,
                                    std::uint64_t number, base::ByteView bytes)
{
  VariablePlace *place = find_place (variable);
  if (nullptr == place || ! may_change ())
    return;
  place->pieces.resize (std::max (place->pieces.size (), number + 1),
                        std::make_shared<base::Bytes> ());
  place->pieces[number]
      = std::make_shared<base::Bytes> (base::to_bytes (bytes));
}

void
MemoryDatabase::variables_clear (const base::ChannelKey &key, StateSlot slot)
{
  if (nullptr == find (key))
    return;
  Channel *channel = change (key);
  if (nullptr == channel)
    return;
  std::erase_if (channel->variables,
                 [this, slot] (const auto &entry)
                 {
                   if (entry.first.first != slot)
                     return false;
                   data_.variable_places.erase (entry.second.row);
                   return true;
                 });
}

// -- Requests ----------------------------------------------------------------

std::optional<Request>
MemoryDatabase::request (const base::ChannelKey &key, Box box,
                         const base::MemberKey &member, base::RequestId id)
{
  const Channel *channel = find (key);
  if (nullptr == channel)
    return std::nullopt;
  const auto it = channel->requests.find ({ box, member, id });
  if (channel->requests.end () == it)
    return std::nullopt;
  return it->second;
}

void
MemoryDatabase::request_put (const base::ChannelKey &key, Request &request)
{
  Channel *channel = change (key);
  if (nullptr == channel)
    return;
  if (0 == request.row)
    request.row = data_.next_row++;
  channel->requests[{ request.box, request.member, request.request_id }]
      = request;
}

std::uint64_t
MemoryDatabase::request_number (const base::ChannelKey &key)
{
  Channel *channel = change (key);
  return nullptr == channel ? 0 : ++channel->request_number;
}

void
MemoryDatabase::request_settled_trim (const base::ChannelKey &key, Box box,
                                      const base::MemberKey &member,
                                      std::uint64_t keep)
{
  Channel *channel = change (key);
  if (nullptr == channel)
    return;
  std::map<std::uint64_t, RequestKey> settled;
  for (const auto &[id, request] : channel->requests)
    if (request.box == box && request.member == member
        && RequestState::open != request.state)
      settled[request.settled] = id;
  for (; settled.size () > keep; settled.erase (settled.begin ()))
    channel->requests.erase (settled.begin ()->second);
}

std::optional<Request>
MemoryDatabase::open_request_after (
    const base::ChannelKey &key, Box box,
    const std::optional<base::MemberKey> &member,
    const std::optional<RequestPosition> &after)
{
  const Channel *channel = find (key);
  if (nullptr == channel)
    return std::nullopt;
  std::optional<Request> best;
  for (const auto &[id, request] : channel->requests)
  {
    const auto order = list_order (request.position ());
    if (RequestState::open == request.state && request.box == box
        && (! member || request.member == *member)
        && (! after || order > list_order (*after))
        && (! best || order < list_order (best->position ())))
      best = request;
  }
  return best;
}

void
MemoryDatabase::request_piece_put (const Request &request,
                                   const RequestPiece &piece,
                                   base::ByteView bytes)
{
  if (may_change ())
    data_.pieces[request.row][piece.offset]
        = { piece, std::make_shared<base::Bytes> (base::to_bytes (bytes)) };
}

std::optional<RequestPiece>
MemoryDatabase::request_piece_from (const Request &request,
                                    std::uint64_t offset)
{
  const auto found = data_.pieces.find (request.row);
  if (failure_ || data_.pieces.end () == found)
    return std::nullopt;
  const auto it = found->second.lower_bound (offset);
  if (found->second.end () == it)
    return std::nullopt;
  return it->second.piece;
}

std::optional<RequestPiece>
MemoryDatabase::request_piece_before (const Request &request,
                                      std::uint64_t offset)
{
  const auto found = data_.pieces.find (request.row);
  if (failure_ || data_.pieces.end () == found)
    return std::nullopt;
  const auto it = found->second.lower_bound (offset);
  if (found->second.begin () == it)
    return std::nullopt;
  return std::prev (it)->second.piece;
}

base::Bytes
MemoryDatabase::request_piece_bytes (const Request &request,
                                     const RequestPiece &piece)
{
  if (failure_)
    return {};
  return *data_.pieces.at (request.row).at (piece.offset).bytes;
}

void
MemoryDatabase::request_pieces_remove (const Request &request)
{
  if (may_change ())
    data_.pieces.erase (request.row);
}

// -- Tags, records -------------------------------------------------

std::optional<TagEntry>
MemoryDatabase::tag (const base::ChannelKey &key, const base::SendTag &tag)
{
  const Channel *channel = find (key);
  if (nullptr == channel || ! channel->tags.contains (tag))
    return std::nullopt;
  return channel->tags.at (tag);
}

void
MemoryDatabase::tag_put (const base::ChannelKey &key, const base::SendTag &tag,
                         const TagEntry &entry)
{
  if (Channel *channel = change (key))
    channel->tags[tag] = entry;
}

void
MemoryDatabase::record_put (const Record &record)
{
  if (! may_change ())
    return;
  const auto key = std::make_pair (record.position.channel,
                                   member_column (record.position));
  if (record.data.empty ())
    data_.records.erase (key);
  else
    data_.records[key] = record;
}

std::optional<Record>
MemoryDatabase::record_after (const std::optional<RecordPosition> &after)
{
  if (failure_)
    return std::nullopt;
  const auto it = after ? data_.records.upper_bound (
                      std::make_pair (after->channel, member_column (*after)))
                        : data_.records.begin ();
  if (data_.records.end () == it)
    return std::nullopt;
  return it->second;
}
} // namespace psycstore
