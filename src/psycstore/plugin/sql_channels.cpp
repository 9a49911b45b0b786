// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Whole channels in an SQL database: what is stored of each, what is removed.
#include "psycstore/plugin/sql_database.hpp"
#include "psycstore/plugin/sql_rows.hpp"

namespace psycstore
{
std::optional<ChannelInfo>
SqlDatabase::channel_from (const base::ChannelKey &first)
{
  write_tallies ();
  SqlQuery query (sql_.channel_from, first);
  if (! query.row ())
    return std::nullopt;
  ChannelInfo info;
  info.key = query.fixed<base::ChannelKey> (0);
  info.fragments = query.number (1);
  info.messages = query.number (2);
  info.bytes = query.number (3);
  const auto limit = [&query] (int column) -> std::optional<std::uint64_t>
  {
    if (query.is_null (column))
      return std::nullopt;
    return query.number (column);
  };
  if (0 != query.number (4))
    info.retention = { limit (5), limit (6), limit (7) };
  return info;
}

void
SqlDatabase::tally (std::int64_t channel, const FragmentInfo &info, int sign)
{
  Tally &sum = tallies_[channel];
  sum.fragments += sign;
  sum.messages += 0 == info.offset ? sign : 0;
  sum.bytes
      += sign
         * static_cast<std::int64_t> (info.body_size + fragment_header_size);
}

void
SqlDatabase::write_tallies ()
{
  for (const auto &[channel, sum] : tallies_)
    SqlQuery (sql_.channel_tally, channel, sum.fragments, sum.messages,
              sum.bytes)
        .run ();
  tallies_.clear ();
}

void
SqlDatabase::retention_put (const base::ChannelKey &channel,
                            const std::optional<Retention> &retention)
{
  const Retention limits = retention.value_or (Retention{});
  SqlQuery (sql_.retention_put, need_channel (channel).id, retention ? 1 : 0,
            limits.age_s, limits.count, limits.bytes)
      .run ();
}

void
SqlDatabase::fragment_remove (const base::ChannelKey &key,
                              const FragmentInfo &info)
{
  const std::int64_t channel = find_channel (key).id;
  SqlQuery (sql_.fragment_remove, channel, info.fragment_id).run ();
  SqlQuery (sql_.body_remove, info.location).run ();
  cut_from_runs (channel, info.fragment_id.value);
  tally (channel, info, -1);
}

void
SqlDatabase::cut_from_runs (std::int64_t channel, std::uint64_t id)
{
  write_run ();
  growing_ = {};
  base::Interval run;
  {
    SqlQuery holding (sql_.run_until, channel, id);
    if (! holding.row ())
      return;
    run = { holding.number (0), holding.number (1) };
  }
  SqlQuery (sql_.run_remove, channel, run.first).run ();
  if (run.first < id)
    SqlQuery (sql_.run_put, channel, run.first, id - 1).run ();
  if (run.last > id)
    SqlQuery (sql_.run_put, channel, id + 1, run.last).run ();
}

void
SqlDatabase::channel_rename (const base::ChannelKey &from,
                             const base::ChannelKey &to)
{
  SqlQuery (sql_.channel_rename, need_channel (from).id, to).run ();
  SqlQuery (sql_.records_rename, from, to).run ();
  channels_.clear ();
}

void
SqlDatabase::channel_remove (const base::ChannelKey &key)
{
  write_run ();
  write_tallies ();
  variables_clear (key, StateSlot::live);
  const std::int64_t id = find_channel (key).id;
  for (SqlStatement *statement :
       { &sql_.remove_bodies, &sql_.remove_fragments, &sql_.remove_runs,
         &sql_.remove_methods, &sql_.remove_memberships, &sql_.remove_pieces,
         &sql_.remove_requests, &sql_.remove_tags, &sql_.remove_channel })
    SqlQuery (*statement, id).run ();
  SqlQuery (sql_.remove_records, key).run ();
  forget ();
}

// -- What an export goes through ---------------------------------------------

std::optional<FragmentInfo>
SqlDatabase::message_last_fragment (const base::ChannelKey &channel,
                                    base::MessageId message)
{
  SqlQuery query (sql_.message_last_fragment, find_channel (channel).id,
                  message);
  return read_fragment (query);
}

void
SqlDatabase::method_remove (const base::ChannelKey &channel,
                            base::MessageId message, std::string_view prefix)
{
  SqlQuery (sql_.method_remove, find_channel (channel).id, find_method (prefix),
            message)
      .run ();
}

std::optional<base::MemberKey>
SqlDatabase::slave_after (const base::ChannelKey &channel,
                          const std::optional<base::MemberKey> &after)
{
  const base::ByteView position = after ? after->view () : base::ByteView{};
  SqlQuery query (sql_.slave_after, find_channel (channel).id, position);
  if (! query.row ())
    return std::nullopt;
  return query.fixed<base::MemberKey> (0);
}

std::optional<Request>
SqlDatabase::settled_request_after (const base::ChannelKey &channel, Box box,
                                    const base::MemberKey &member,
                                    base::RequestId after)
{
  SqlQuery query (sql_.settled_after, find_channel (channel).id,
                  static_cast<int> (box), member, after);
  return read_request (query);
}

std::optional<base::SendTag>
SqlDatabase::tag_after (const base::ChannelKey &channel,
                        const std::optional<base::SendTag> &after)
{
  const base::ByteView position = after ? after->view () : base::ByteView{};
  SqlQuery query (sql_.tag_after, find_channel (channel).id, position);
  if (! query.row ())
    return std::nullopt;
  return query.fixed<base::SendTag> (0);
}

void
SqlDatabase::tags_remove (const base::ChannelKey &channel,
                          base::MessageId message)
{
  SqlQuery (sql_.tags_remove, find_channel (channel).id, message).run ();
}

std::optional<base::FragmentId>
SqlDatabase::records_settled (const base::ChannelKey &channel)
{
  SqlQuery query (sql_.records_settled, channel);
  if (! query.row ())
    return std::nullopt;
  return base::FragmentId{ query.number (0) };
}
} // namespace psycstore
