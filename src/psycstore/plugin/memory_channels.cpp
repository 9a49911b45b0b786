// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Whole channels in memory: what is stored of each, what is removed.
#include "psycstore/plugin/memory_database.hpp"

namespace psycstore
{
namespace
{
// The first key of a map after one, or at all.
template <typename Map>
std::optional<typename Map::key_type>
key_after (const Map &map, const std::optional<typename Map::key_type> &after)
{
  const auto it = after ? map.upper_bound (*after) : map.begin ();
  if (map.end () == it)
    return std::nullopt;
  return it->first;
}
} // namespace

std::optional<ChannelInfo>
MemoryDatabase::channel_from (const base::ChannelKey &first)
{
  const auto it = data_.channels.lower_bound (first);
  if (failure_ || data_.channels.end () == it)
    return std::nullopt;
  ChannelInfo info;
  info.key = it->first;
  for (const auto &[id, fragment] : it->second.fragments)
  {
    info.fragments++;
    info.messages += 0 == fragment.info.offset ? 1 : 0;
    info.bytes += fragment.bytes->size ();
  }
  info.retention = it->second.retention;
  return info;
}

void
MemoryDatabase::retention_put (const base::ChannelKey &key,
                               const std::optional<Retention> &retention)
{
  if (Channel *channel = change (key))
    channel->retention = retention;
}

void
MemoryDatabase::fragment_remove (const base::ChannelKey &key,
                                 const FragmentInfo &info)
{
  Channel *channel = change (key);
  if (nullptr == channel)
    return;
  channel->fragments.erase (info.fragment_id);
  channel->places.erase ({ info.message_id, info.offset });
}

void
MemoryDatabase::channel_rename (const base::ChannelKey &from,
                                const base::ChannelKey &to)
{
  if (! may_change ())
    return;
  auto channel = data_.channels.extract (from);
  if (! channel.empty ())
  {
    for (const auto &[place, variable] : channel.mapped ().variables)
      data_.variable_places.at (variable.row).channel = to;
    channel.key () = to;
    data_.channels.insert (std::move (channel));
  }
  for (auto it = data_.records.lower_bound ({ from, base::MemberKey{} });
       data_.records.end () != it && it->first.first == from;
       it = data_.records.lower_bound ({ from, base::MemberKey{} }))
  {
    auto record = data_.records.extract (it);
    record.key ().first = to;
    record.mapped ().position.channel = to;
    data_.records.insert (std::move (record));
  }
}

void
MemoryDatabase::channel_remove (const base::ChannelKey &key)
{
  const Channel *channel = change (key);
  if (nullptr == channel)
    return;
  for (const auto &[id, request] : channel->requests)
    data_.pieces.erase (request.row);
  for (const auto &[place, variable] : channel->variables)
    data_.variable_places.erase (variable.row);
  data_.channels.erase (key);
  std::erase_if (data_.records,
                 [&] (const auto &entry) { return entry.first.first == key; });
}

// -- What an export goes through ---------------------------------------------

std::optional<FragmentInfo>
MemoryDatabase::message_last_fragment (const base::ChannelKey &key,
                                       base::MessageId message)
{
  const Channel *channel = find (key);
  if (nullptr == channel)
    return std::nullopt;
  const auto it = channel->places.lower_bound ({ message.next (), 0 });
  if (channel->places.begin () == it || std::prev (it)->first.first != message)
    return std::nullopt;
  return channel->fragments.at (std::prev (it)->second).info;
}

void
MemoryDatabase::method_remove (const base::ChannelKey &key,
                               base::MessageId message, std::string_view prefix)
{
  Channel *channel = change (key);
  if (nullptr == channel)
    return;
  const auto found = channel->methods.find (prefix);
  if (channel->methods.end () != found)
    found->second.erase (message);
}

std::optional<base::MemberKey>
MemoryDatabase::slave_after (const base::ChannelKey &key,
                             const std::optional<base::MemberKey> &after)
{
  const Channel *channel = find (key);
  if (nullptr == channel)
    return std::nullopt;
  return key_after (channel->memberships, after);
}

std::optional<Request>
MemoryDatabase::settled_request_after (const base::ChannelKey &key, Box box,
                                       const base::MemberKey &member,
                                       base::RequestId after)
{
  const Channel *channel = find (key);
  if (nullptr == channel)
    return std::nullopt;
  for (auto it = channel->requests.upper_bound ({ box, member, after });
       channel->requests.end () != it && it->second.box == box; ++it)
    if (RequestState::open != it->second.state)
      return it->second;
  return std::nullopt;
}

std::optional<base::SendTag>
MemoryDatabase::tag_after (const base::ChannelKey &key,
                           const std::optional<base::SendTag> &after)
{
  const Channel *channel = find (key);
  if (nullptr == channel)
    return std::nullopt;
  return key_after (channel->tags, after);
}

void
MemoryDatabase::tags_remove (const base::ChannelKey &key,
                             base::MessageId message)
{
  Channel *channel = change (key);
  if (nullptr == channel || message.is_none ())
    return;
  std::erase_if (channel->tags, [message] (const auto &entry)
                 { return entry.second.message_id == message; });
}

std::optional<base::FragmentId>
MemoryDatabase::records_settled (const base::ChannelKey &key)
{
  std::optional<base::FragmentId> lowest;
  for (const auto &[position, record] : data_.records)
    if (position.first == key && (! lowest || record.settled < *lowest))
      lowest = record.settled;
  return lowest;
}
} // namespace psycstore
