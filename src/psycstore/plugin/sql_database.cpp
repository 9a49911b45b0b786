// SPDX-License-Identifier: AGPL-3.0-or-later
#include "psycstore/plugin/sql_database.hpp"

#include <algorithm>

#include "psycstore/plugin/sql_rows.hpp"

namespace psycstore
{
namespace
{
// What is remembered of channels and methods is bounded.
constexpr std::size_t remembered_max = 10000;

template <typename IdType>
std::optional<IdType>
read_id (SqlQuery &query)
{
  if (! query.row ())
    return std::nullopt;
  return IdType{ query.number (0) };
}

base::Bytes
read_bytes (SqlConnection &connection, SqlQuery &query)
{
  if (query.row ())
    return base::to_bytes (query.bytes (0));
  connection.fail (
      { FailureKind::damaged, "the database is damaged: bytes are missing" });
  return {};
}
} // namespace

SqlDatabase::SqlDatabase (std::unique_ptr<SqlConnection> connection)
    : connection_ (std::move (connection)), sql_ (*connection_)
{}

SqlDatabase::~SqlDatabase () = default;

void
SqlDatabase::begin ()
{
  connection_->begin ();
}

void
SqlDatabase::commit ()
{
  write_run ();
  write_tallies ();
  connection_->commit ();
}

void
SqlDatabase::rollback ()
{
  forget ();
  connection_->rollback ();
}

std::optional<Failure>
SqlDatabase::take_failure ()
{
  auto failure = connection_->take_failure ();
  if (failure)
    forget ();
  return failure;
}

void
SqlDatabase::forget ()
{
  channels_.clear ();
  methods_.clear ();
  next_body_ = 0;
  growing_ = {};
  tallies_.clear ();
}

template <typename... Values>
std::int64_t
SqlDatabase::inserted (SqlStatement &statement, const Values &...values)
{
  SqlQuery query (statement, values...);
  const std::int64_t id = query.row () ? query.signed_number (0) : 0;
  (void)query.row (); // to its end, or nothing is changed
  return id;
}

SqlDatabase::Channel
SqlDatabase::find_channel (const base::ChannelKey &key)
{
  const auto known = channels_.find (key);
  if (channels_.end () != known)
    return known->second;
  SqlQuery query (sql_.channel, key);
  if (! query.row ())
    return {};
  if (channels_.size () >= remembered_max)
    channels_.clear ();
  return channels_[key]
         = { query.signed_number (0), base::Generation{ query.number (1) } };
}

SqlDatabase::Channel
SqlDatabase::need_channel (const base::ChannelKey &key)
{
  Channel channel = find_channel (key);
  if (0 != channel.id)
    return channel;
  channel.id = inserted (sql_.channel_insert, key);
  return channels_[key] = channel;
}

void
SqlDatabase::raise_generation (const base::ChannelKey &key, Channel channel,
                               base::Generation generation)
{
  if (generation <= channel.generation)
    return;
  SqlQuery (sql_.channel_generation, channel.id, generation).run ();
  channels_[key].generation = generation;
}

// -- Fragments ---------------------------------------------------------------

PutResult
SqlDatabase::fragment_put (const base::ChannelKey &key,
                           const FragmentInfo &info, base::ByteView bytes)
{
  const Channel channel = need_channel (key);
  const std::int64_t body = take_body_id ();
  {
    SqlQuery insert (sql_.fragment_insert, channel.id, info.fragment_id,
                     info.message_id, info.offset, info.generation,
                     info.multicast_flags, info.store_flags, info.body_size,
                     info.stored_at, body);
    if (! insert.run ())
      return PutResult::stored; // the failure tells
    if (0 == insert.changes ())
      return compare (channel.id, info, bytes);
  }
  SqlQuery (sql_.body_insert, body, bytes).run ();
  next_body_ = body + 1;
  grow_run (channel.id, info.fragment_id.value);
  tally (channel.id, info, 1);
  raise_generation (key, channel, info.generation);
  return PutResult::stored;
}

PutResult
SqlDatabase::compare (std::int64_t channel, const FragmentInfo &info,
                      base::ByteView bytes)
{
  SqlQuery query (sql_.fragment_from, channel, info.fragment_id);
  const auto there = read_fragment (query);
  if (! there || there->fragment_id != info.fragment_id)
    return PutResult::conflict; // its place in the message is taken
  SqlQuery body (sql_.body, there->location);
  return body.row () && is_same_fragment (body.bytes (0), bytes)
             ? PutResult::same
             : PutResult::conflict;
}

std::int64_t
SqlDatabase::take_body_id ()
{
  if (0 == next_body_)
  {
    SqlQuery query (sql_.body_max);
    next_body_ = query.row () ? query.signed_number (0) + 1 : 1;
  }
  return next_body_;
}

std::optional<FragmentInfo>
SqlDatabase::fragment_from (const base::ChannelKey &channel,
                            base::FragmentId first)
{
  SqlQuery query (sql_.fragment_from, find_channel (channel).id, first);
  return read_fragment (query);
}

std::optional<FragmentInfo>
SqlDatabase::fragment_before (const base::ChannelKey &channel,
                              base::FragmentId end)
{
  SqlQuery query (sql_.fragment_before, find_channel (channel).id, end);
  return read_fragment (query);
}

std::optional<FragmentInfo>
SqlDatabase::message_fragment_from (const base::ChannelKey &channel,
                                    base::MessageId message,
                                    std::uint64_t offset)
{
  SqlQuery query (sql_.message_fragment_from, find_channel (channel).id,
                  message, offset);
  return read_fragment (query);
}

base::Bytes
SqlDatabase::fragment_bytes (const base::ChannelKey &, const FragmentInfo &info)
{
  SqlQuery query (sql_.body, info.location);
  return read_bytes (*connection_, query);
}

base::Head
SqlDatabase::counters (const base::ChannelKey &key)
{
  const Channel channel = find_channel (key);
  base::Head head;
  head.generation = channel.generation;
  SqlQuery fragment (sql_.fragment_before, channel.id, INT64_MAX);
  if (fragment.row ())
    head.fragment_id.value = fragment.number (0);
  SqlQuery message (sql_.message_before, channel.id, INT64_MAX);
  if (message.row ())
    head.message_id.value = message.number (0);
  return head;
}

// -- Runs of ids -------------------------------------------------------------

std::optional<base::Interval>
SqlDatabase::range_from (const base::ChannelKey &key, base::FragmentId first)
{
  write_run ();
  const std::int64_t channel = find_channel (key).id;
  SqlQuery holding (sql_.run_until, channel, first);
  if (holding.row () && holding.number (1) >= first.value)
    return base::Interval{ holding.number (0), holding.number (1) };
  SqlQuery after (sql_.run_after, channel, first);
  if (after.row ())
    return base::Interval{ after.number (0), after.number (1) };
  return std::nullopt;
}

void
SqlDatabase::grow_run (std::int64_t channel, std::uint64_t id)
{
  const bool is_next = growing_.channel == channel
                       && growing_.run.last + 1 == id
                       && id + 1 < growing_.next_first;
  if (! is_next)
    return place_in_runs (channel, id);
  growing_.run.last = id;
  growing_.is_dirty = true;
}

void
SqlDatabase::place_in_runs (std::int64_t channel, std::uint64_t id)
{
  write_run ();
  base::Interval run{ id, id };
  std::uint64_t next_first = INT64_MAX;
  {
    SqlQuery before (sql_.run_until, channel, id);
    if (before.row () && before.number (1) + 1 == id)
      run.first = before.number (0);
  }
  {
    SqlQuery after (sql_.run_after, channel, id);
    if (after.row ())
    {
      next_first = after.number (0);
      if (next_first == id + 1)
        run.last = after.number (1);
    }
  }
  if (run.last != id)
  {
    SqlQuery (sql_.run_remove, channel, id + 1).run ();
    SqlQuery after (sql_.run_after, channel, run.last);
    next_first = after.row () ? after.number (0) : INT64_MAX;
  }
  growing_ = { channel, run, next_first, true };
}

void
SqlDatabase::write_run ()
{
  if (! growing_.is_dirty)
    return;
  SqlQuery (sql_.run_put, growing_.channel, growing_.run.first,
            growing_.run.last)
      .run ();
  growing_.is_dirty = false;
}

// -- Messages by method ------------------------------------------------------

std::int64_t
SqlDatabase::find_method (std::string_view name)
{
  const auto known = methods_.find (std::string (name));
  if (methods_.end () != known)
    return known->second;
  SqlQuery query (sql_.method, name);
  if (! query.row ())
    return 0;
  if (methods_.size () >= remembered_max)
    methods_.clear ();
  return methods_[std::string (name)] = query.signed_number (0);
}

std::int64_t
SqlDatabase::need_method (std::string_view name)
{
  const std::int64_t known = find_method (name);
  if (0 != known)
    return known;
  return methods_[std::string (name)] = inserted (sql_.method_insert, name);
}

void
SqlDatabase::method_put (const base::ChannelKey &channel,
                         base::MessageId message, std::string_view prefix)
{
  SqlQuery (sql_.method_put, need_channel (channel).id, need_method (prefix),
            message)
      .run ();
}

std::optional<base::MessageId>
SqlDatabase::message_from (const base::ChannelKey &channel,
                           std::string_view prefix, base::MessageId first)
{
  const std::int64_t id = find_channel (channel).id;
  if (prefix.empty ())
  {
    SqlQuery query (sql_.message_from, id, first);
    return read_id<base::MessageId> (query);
  }
  SqlQuery query (sql_.method_message_from, id, find_method (prefix), first);
  return read_id<base::MessageId> (query);
}

std::optional<base::MessageId>
SqlDatabase::message_before (const base::ChannelKey &channel,
                             std::string_view prefix, base::MessageId end)
{
  const std::int64_t id = find_channel (channel).id;
  if (prefix.empty ())
  {
    SqlQuery query (sql_.message_before, id, end);
    return read_id<base::MessageId> (query);
  }
  SqlQuery query (sql_.method_message_before, id, find_method (prefix), end);
  return read_id<base::MessageId> (query);
}

// -- Membership --------------------------------------------------------------

void
SqlDatabase::membership_put (const base::ChannelKey &key,
                             const base::MemberKey &slave,
                             const MembershipEvent &event)
{
  const Channel channel = need_channel (key);
  SqlQuery (sql_.membership_put, channel.id, slave, event.announced_at,
            event.generation, event.did_join ? 0 : 1, event.effective_since)
      .run ();
  raise_generation (key, channel, event.generation);
}

std::vector<MembershipEvent>
SqlDatabase::memberships (const base::ChannelKey &channel,
                          const base::MemberKey &slave)
{
  std::vector<MembershipEvent> out;
  SqlQuery query (sql_.memberships, find_channel (channel).id, slave);
  while (query.row ())
    out.push_back ({ 0 == query.number (0), base::MessageId{ query.number (1) },
                     base::MessageId{ query.number (2) },
                     base::Generation{ query.number (3) } });
  return out;
}

// -- State -------------------------------------------------------------------

StateHead
SqlDatabase::state_head (const base::ChannelKey &channel)
{
  StateHead head;
  SqlQuery query (sql_.state_head, find_channel (channel).id);
  if (! query.row ())
    return head;
  head.applied.value = query.number (0);
  head.checkpoint.value = query.number (1);
  head.changes = query.number (2);
  head.change_bytes = query.number (3);
  head.hash_message_id.value = query.number (4);
  if (! query.is_null (5))
    head.hash = query.fixed<base::Hash> (5);
  return head;
}

void
SqlDatabase::state_head_put (const base::ChannelKey &channel,
                             const StateHead &head)
{
  SqlQuery (sql_.state_head_put, need_channel (channel).id, head.applied,
            head.checkpoint, head.changes, head.change_bytes,
            head.hash_message_id, head.hash)
      .run ();
}
} // namespace psycstore
