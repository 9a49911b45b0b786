// SPDX-License-Identifier: AGPL-3.0-or-later
#include "psycstore/plugin/sqlite_database.hpp"

#include <algorithm>

#include "psycstore/plugin/sqlite_open.hpp"

namespace psycstore
{
namespace
{
// What is remembered of channels and methods is bounded.
constexpr std::size_t remembered_max = 10000;

std::optional<FragmentInfo>
read_fragment (SqliteQuery &query)
{
  if (! query.row ())
    return std::nullopt;
  FragmentInfo info;
  info.fragment_id.value = query.number (0);
  info.message_id.value = query.number (1);
  info.offset = query.number (2);
  info.generation.value = query.number (3);
  info.multicast_flags = static_cast<std::uint32_t> (query.number (4));
  info.store_flags = static_cast<std::uint32_t> (query.number (5));
  info.body_size = query.number (6);
  info.location = query.signed_number (7);
  return info;
}

template <typename IdType>
std::optional<IdType>
read_id (SqliteQuery &query)
{
  if (! query.row ())
    return std::nullopt;
  return IdType{ query.number (0) };
}

base::Bytes
read_bytes (SqliteConnection &connection, SqliteQuery &query)
{
  if (query.row ())
    return base::to_bytes (query.bytes (0));
  connection.fail (
      { FailureKind::damaged, "the database is damaged: bytes are missing" });
  return {};
}
} // namespace

SqliteDatabase::SqliteDatabase (std::unique_ptr<FileLock> lock,
                                std::unique_ptr<SqliteConnection> connection)
    : lock_ (std::move (lock)), connection_ (std::move (connection)),
      sql_ (*connection_)
{}

SqliteDatabase::~SqliteDatabase () = default;

void
SqliteDatabase::begin ()
{
  SqliteQuery (sql_.begin).run ();
}

void
SqliteDatabase::commit ()
{
  write_run ();
  SqliteQuery (sql_.commit).run ();
}

void
SqliteDatabase::rollback ()
{
  forget ();
  // After some errors SQLite has rolled back by itself.
  if (0 == sqlite3_get_autocommit (connection_->handle ()))
    sqlite3_exec (connection_->handle (), "ROLLBACK", nullptr, nullptr,
                  nullptr);
}

std::optional<Failure>
SqliteDatabase::take_failure ()
{
  return connection_->take_failure ();
}

void
SqliteDatabase::forget ()
{
  channels_.clear ();
  methods_.clear ();
  next_body_ = 0;
  growing_ = {};
}

SqliteDatabase::Channel
SqliteDatabase::find_channel (const base::ChannelKey &key)
{
  const auto known = channels_.find (key);
  if (channels_.end () != known)
    return known->second;
  SqliteQuery query (sql_.channel, key);
  if (! query.row ())
    return {};
  if (channels_.size () >= remembered_max)
    channels_.clear ();
  return channels_[key]
         = { query.signed_number (0), base::Generation{ query.number (1) } };
}

SqliteDatabase::Channel
SqliteDatabase::need_channel (const base::ChannelKey &key)
{
  Channel channel = find_channel (key);
  if (0 != channel.id || ! SqliteQuery (sql_.channel_insert, key).run ())
    return channel;
  channel.id = sqlite3_last_insert_rowid (connection_->handle ());
  return channels_[key] = channel;
}

void
SqliteDatabase::raise_generation (const base::ChannelKey &key, Channel channel,
                                  base::Generation generation)
{
  if (generation <= channel.generation)
    return;
  SqliteQuery (sql_.channel_generation, channel.id, generation).run ();
  channels_[key].generation = generation;
}

// -- Fragments ---------------------------------------------------------------

PutResult
SqliteDatabase::fragment_put (const base::ChannelKey &key,
                              const FragmentInfo &info, base::ByteView bytes)
{
  const Channel channel = need_channel (key);
  const std::int64_t body = take_body_id ();
  SqliteQuery (sql_.fragment_insert, channel.id, info.fragment_id,
               info.message_id, info.offset, info.generation,
               info.multicast_flags, info.store_flags, info.body_size, body)
      .run ();
  if (connection_->has_failed ())
    return PutResult::stored; // the failure tells
  if (0 == sqlite3_changes (connection_->handle ()))
    return compare (channel.id, info, bytes);
  SqliteQuery (sql_.body_insert, body, bytes).run ();
  next_body_ = body + 1;
  grow_run (channel.id, info.fragment_id.value);
  raise_generation (key, channel, info.generation);
  return PutResult::stored;
}

PutResult
SqliteDatabase::compare (std::int64_t channel, const FragmentInfo &info,
                         base::ByteView bytes)
{
  SqliteQuery query (sql_.fragment_from, channel, info.fragment_id);
  const auto there = read_fragment (query);
  if (! there || there->fragment_id != info.fragment_id)
    return PutResult::conflict; // its place in the message is taken
  SqliteQuery body (sql_.body, there->location);
  return body.row () && is_same_fragment (body.bytes (0), bytes)
             ? PutResult::same
             : PutResult::conflict;
}

std::int64_t
SqliteDatabase::take_body_id ()
{
  if (0 == next_body_)
  {
    SqliteQuery query (sql_.body_max);
    next_body_ = query.row () ? query.signed_number (0) + 1 : 1;
  }
  return next_body_;
}

std::optional<FragmentInfo>
SqliteDatabase::fragment_from (const base::ChannelKey &channel,
                               base::FragmentId first)
{
  SqliteQuery query (sql_.fragment_from, find_channel (channel).id, first);
  return read_fragment (query);
}

std::optional<FragmentInfo>
SqliteDatabase::fragment_before (const base::ChannelKey &channel,
                                 base::FragmentId end)
{
  SqliteQuery query (sql_.fragment_before, find_channel (channel).id, end);
  return read_fragment (query);
}

std::optional<FragmentInfo>
SqliteDatabase::message_fragment_from (const base::ChannelKey &channel,
                                       base::MessageId message,
                                       std::uint64_t offset)
{
  SqliteQuery query (sql_.message_fragment_from, find_channel (channel).id,
                     message, offset);
  return read_fragment (query);
}

base::Bytes
SqliteDatabase::fragment_bytes (const base::ChannelKey &,
                                const FragmentInfo &info)
{
  SqliteQuery query (sql_.body, info.location);
  return read_bytes (*connection_, query);
}

base::Head
SqliteDatabase::counters (const base::ChannelKey &key)
{
  const Channel channel = find_channel (key);
  base::Head head;
  head.generation = channel.generation;
  SqliteQuery fragment (sql_.fragment_before, channel.id, INT64_MAX);
  if (fragment.row ())
    head.fragment_id.value = fragment.number (0);
  SqliteQuery message (sql_.message_before, channel.id, INT64_MAX);
  if (message.row ())
    head.message_id.value = message.number (0);
  return head;
}

// -- Runs of ids -------------------------------------------------------------

std::optional<base::Interval>
SqliteDatabase::range_from (const base::ChannelKey &key, base::FragmentId first)
{
  write_run ();
  const std::int64_t channel = find_channel (key).id;
  SqliteQuery holding (sql_.run_until, channel, first);
  if (holding.row () && holding.number (1) >= first.value)
    return base::Interval{ holding.number (0), holding.number (1) };
  SqliteQuery after (sql_.run_after, channel, first);
  if (after.row ())
    return base::Interval{ after.number (0), after.number (1) };
  return std::nullopt;
}

void
SqliteDatabase::grow_run (std::int64_t channel, std::uint64_t id)
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
SqliteDatabase::place_in_runs (std::int64_t channel, std::uint64_t id)
{
  write_run ();
  base::Interval run{ id, id };
  std::uint64_t next_first = INT64_MAX;
  {
    SqliteQuery before (sql_.run_until, channel, id);
    if (before.row () && before.number (1) + 1 == id)
      run.first = before.number (0);
  }
  {
    SqliteQuery after (sql_.run_after, channel, id);
    if (after.row ())
    {
      next_first = after.number (0);
      if (next_first == id + 1)
        run.last = after.number (1);
    }
  }
  if (run.last != id)
  {
    SqliteQuery (sql_.run_remove, channel, id + 1).run ();
    SqliteQuery after (sql_.run_after, channel, run.last);
    next_first = after.row () ? after.number (0) : INT64_MAX;
  }
  growing_ = { channel, run, next_first, true };
}

void
SqliteDatabase::write_run ()
{
  if (! growing_.is_dirty)
    return;
  SqliteQuery (sql_.run_put, growing_.channel, growing_.run.first,
               growing_.run.last)
      .run ();
  growing_.is_dirty = false;
}

// -- Messages by method ------------------------------------------------------

std::int64_t
SqliteDatabase::find_method (std::string_view name)
{
  const auto known = methods_.find (std::string (name));
  if (methods_.end () != known)
    return known->second;
  SqliteQuery query (sql_.method, name);
  if (! query.row ())
    return 0;
  if (methods_.size () >= remembered_max)
    methods_.clear ();
  return methods_[std::string (name)] = query.signed_number (0);
}

std::int64_t
SqliteDatabase::need_method (std::string_view name)
{
  const std::int64_t known = find_method (name);
  if (0 != known || ! SqliteQuery (sql_.method_insert, name).run ())
    return known;
  return methods_[std::string (name)]
         = sqlite3_last_insert_rowid (connection_->handle ());
}

void
SqliteDatabase::method_put (const base::ChannelKey &channel,
                            base::MessageId message, std::string_view prefix)
{
  SqliteQuery (sql_.method_put, need_channel (channel).id, need_method (prefix),
               message)
      .run ();
}

std::optional<base::MessageId>
SqliteDatabase::message_from (const base::ChannelKey &channel,
                              std::string_view prefix, base::MessageId first)
{
  const std::int64_t id = find_channel (channel).id;
  if (prefix.empty ())
  {
    SqliteQuery query (sql_.message_from, id, first);
    return read_id<base::MessageId> (query);
  }
  SqliteQuery query (sql_.method_message_from, id, find_method (prefix), first);
  return read_id<base::MessageId> (query);
}

std::optional<base::MessageId>
SqliteDatabase::message_before (const base::ChannelKey &channel,
                                std::string_view prefix, base::MessageId end)
{
  const std::int64_t id = find_channel (channel).id;
  if (prefix.empty ())
  {
    SqliteQuery query (sql_.message_before, id, end);
    return read_id<base::MessageId> (query);
  }
  SqliteQuery query (sql_.method_message_before, id, find_method (prefix), end);
  return read_id<base::MessageId> (query);
}

// -- Membership --------------------------------------------------------------

void
SqliteDatabase::membership_put (const base::ChannelKey &key,
                                const base::MemberKey &slave,
                                const MembershipEvent &event)
{
  const Channel channel = need_channel (key);
  SqliteQuery (sql_.membership_put, channel.id, slave, event.announced_at,
               event.generation, event.did_join ? 0 : 1, event.effective_since)
      .run ();
  raise_generation (key, channel, event.generation);
}

std::vector<MembershipEvent>
SqliteDatabase::memberships (const base::ChannelKey &channel,
                             const base::MemberKey &slave)
{
  std::vector<MembershipEvent> out;
  SqliteQuery query (sql_.memberships, find_channel (channel).id, slave);
  while (query.row ())
    out.push_back ({ 0 == query.number (0), base::MessageId{ query.number (1) },
                     base::MessageId{ query.number (2) },
                     base::Generation{ query.number (3) } });
  return out;
}

// -- State -------------------------------------------------------------------

StateHead
SqliteDatabase::state_head (const base::ChannelKey &channel)
{
  StateHead head;
  SqliteQuery query (sql_.state_head, find_channel (channel).id);
  if (! query.row ())
    return head;
  head.applied.value = query.number (0);
  head.hash_message_id.value = query.number (1);
  if (! query.is_null (2))
    head.hash = query.fixed<base::Hash> (2);
  return head;
}

void
SqliteDatabase::state_head_put (const base::ChannelKey &channel,
                                const StateHead &head)
{
  SqliteQuery (sql_.state_head_put, need_channel (channel).id, head.applied,
               head.hash_message_id, head.hash)
      .run ();
}

std::optional<base::Bytes>
SqliteDatabase::state_value (const base::ChannelKey &channel,
                             std::string_view name, std::uint64_t first,
                             std::uint64_t size_max)
{
  // SQLite counts bytes from 1, in 32 bits.
  const std::uint64_t size = std::min<std::uint64_t> (size_max, INT32_MAX);
  SqliteQuery query (sql_.state_value, find_channel (channel).id, name,
                     first + 1, size);
  if (! query.row ())
    return std::nullopt;
  return base::to_bytes (query.bytes (0));
}

std::optional<std::string>
SqliteDatabase::state_name_from (const base::ChannelKey &channel,
                                 std::string_view first)
{
  SqliteQuery query (sql_.state_name_from, find_channel (channel).id, first);
  if (! query.row ())
    return std::nullopt;
  return std::string (base::as_text (query.bytes (0)));
}

void
SqliteDatabase::state_put (const base::ChannelKey &channel,
                           std::string_view name, base::ByteView value)
{
  const std::int64_t id = need_channel (channel).id;
  if (value.empty ())
    SqliteQuery (sql_.state_remove, id, name).run ();
  else
    SqliteQuery (sql_.state_put, id, name, value).run ();
}

void
SqliteDatabase::state_clear (const base::ChannelKey &channel)
{
  SqliteQuery (sql_.state_clear, find_channel (channel).id).run ();
}

// -- A whole channel ---------------------------------------------------------

void
SqliteDatabase::channel_remove (const base::ChannelKey &key)
{
  write_run ();
  const std::int64_t id = find_channel (key).id;
  for (SqliteStatement *statement :
       { &sql_.remove_bodies, &sql_.remove_fragments, &sql_.remove_runs,
         &sql_.remove_methods, &sql_.remove_memberships, &sql_.state_clear,
         &sql_.remove_pieces, &sql_.remove_requests, &sql_.remove_tags,
         &sql_.remove_channel })
    SqliteQuery (*statement, id).run ();
  SqliteQuery (sql_.remove_records, key).run ();
  forget ();
}
} // namespace psycstore
