// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Requests, tags and records in an SQL database.
#include "psycstore/plugin/sql_database.hpp"
#include "psycstore/plugin/sql_rows.hpp"

namespace psycstore
{
namespace
{
std::optional<RequestPiece>
read_piece (SqlQuery &query)
{
  if (! query.row ())
    return std::nullopt;
  return RequestPiece{ query.number (1), query.number (2),
                       query.signed_number (0) };
}

// A master's record has no member: the empty key.
base::ByteView
member_column (const RecordPosition &position)
{
  return position.member ? position.member->view () : base::ByteView{};
}

std::optional<Record>
read_record (SqlQuery &query)
{
  if (! query.row ())
    return std::nullopt;
  Record out;
  out.position.channel = query.fixed<base::ChannelKey> (0);
  if (! query.bytes (1).empty ())
    out.position.member = query.fixed<base::MemberKey> (1);
  out.data = base::to_bytes (query.bytes (2));
  out.settled.value = query.number (3);
  out.is_imported = 0 != query.number (4);
  return out;
}
} // namespace

std::optional<Request>
read_request (SqlQuery &query)
{
  if (! query.row ())
    return std::nullopt;
  Request out;
  out.row = query.signed_number (0);
  out.box = static_cast<Box> (query.number (1));
  out.member = query.fixed<base::MemberKey> (2);
  out.request_id.value = query.number (3);
  out.sequence = query.number (4);
  out.state = static_cast<RequestState> (query.number (5));
  out.message_id.value = query.number (6);
  out.code = static_cast<std::uint32_t> (query.number (7));
  out.reason = base::as_text (query.bytes (8));
  if (! query.is_null (9))
    out.tag = query.fixed<base::SendTag> (9);
  out.size = query.number (10);
  out.contiguous_end = query.number (11);
  if (! query.is_null (12))
    out.body_end = query.number (12);
  out.settled = query.number (13);
  return out;
}

std::optional<Request>
SqlDatabase::request (const base::ChannelKey &channel, Box box,
                      const base::MemberKey &member, base::RequestId id)
{
  SqlQuery query (sql_.request, find_channel (channel).id,
                  static_cast<int> (box), member, id);
  return read_request (query);
}

void
SqlDatabase::request_put (const base::ChannelKey &channel, Request &request)
{
  const std::int64_t id = need_channel (channel).id;
  const int state = static_cast<int> (request.state);
  if (0 != request.row)
  {
    SqlQuery (sql_.request_update, request.row, request.sequence, state,
              request.message_id, request.code, request.reason, request.tag,
              request.size, request.contiguous_end, request.body_end,
              request.settled)
        .run ();
    return;
  }
  SqlQuery insert (sql_.request_insert, id, static_cast<int> (request.box),
                   request.member, request.request_id, request.sequence, state,
                   request.message_id, request.code, request.reason,
                   request.tag, request.size, request.contiguous_end,
                   request.body_end, request.settled);
  request.row = insert.row () ? insert.signed_number (0) : 0;
  (void)insert.row (); // to its end, or nothing is changed
}

std::uint64_t
SqlDatabase::request_number (const base::ChannelKey &channel)
{
  SqlQuery query (sql_.request_number, need_channel (channel).id);
  const std::uint64_t number = query.row () ? query.number (0) : 0;
  (void)query.row (); // to its end, or nothing is changed
  return number;
}

void
SqlDatabase::request_settled_trim (const base::ChannelKey &channel, Box box,
                                   const base::MemberKey &member,
                                   std::uint64_t keep)
{
  const std::int64_t id = find_channel (channel).id;
  while (true)
  {
    std::int64_t row = 0;
    {
      SqlQuery query (sql_.settled_to_trim, id, static_cast<int> (box), member,
                      keep);
      if (! query.row ())
        return;
      row = query.signed_number (0);
    }
    if (! SqlQuery (sql_.request_remove, row).run ())
      return;
  }
}

std::optional<Request>
SqlDatabase::open_request_after (const base::ChannelKey &channel, Box box,
                                 const std::optional<base::MemberKey> &member,
                                 const std::optional<RequestPosition> &after)
{
  const std::int64_t id = find_channel (channel).id;
  const int box_number = static_cast<int> (box);
  if (! after || 0 != after->sequence)
  {
    const std::uint64_t sequence = after ? after->sequence : 0;
    auto complete = [&]
    {
      if (member)
      {
        SqlQuery query (sql_.member_complete_after, id, box_number, *member,
                        sequence);
        return read_request (query);
      }
      SqlQuery query (sql_.open_complete_after, id, box_number, sequence);
      return read_request (query);
    }();
    if (complete)
      return complete;
  }
  const bool is_among_incomplete = after && 0 == after->sequence;
  const base::RequestId request
      = is_among_incomplete ? after->request_id : base::RequestId{};
  if (member)
  {
    SqlQuery query (sql_.member_incomplete_after, id, box_number, *member,
                    request);
    return read_request (query);
  }
  const base::MemberKey from
      = is_among_incomplete ? after->member : base::MemberKey{};
  SqlQuery query (sql_.open_incomplete_after, id, box_number, from, request);
  return read_request (query);
}

void
SqlDatabase::request_piece_put (const Request &request,
                                const RequestPiece &piece, base::ByteView bytes)
{
  SqlQuery (sql_.piece_insert, request.row, piece.offset, piece.body_size,
            bytes)
      .run ();
}

std::optional<RequestPiece>
SqlDatabase::request_piece_from (const Request &request, std::uint64_t offset)
{
  SqlQuery query (sql_.piece_from, request.row, offset);
  return read_piece (query);
}

std::optional<RequestPiece>
SqlDatabase::request_piece_before (const Request &request, std::uint64_t offset)
{
  SqlQuery query (sql_.piece_before, request.row, offset);
  return read_piece (query);
}

base::Bytes
SqlDatabase::request_piece_bytes (const Request &, const RequestPiece &piece)
{
  SqlQuery query (sql_.piece_bytes, piece.location);
  return query.row () ? base::to_bytes (query.bytes (0)) : base::Bytes{};
}

void
SqlDatabase::request_pieces_remove (const Request &request)
{
  SqlQuery (sql_.pieces_remove, request.row).run ();
}

std::optional<TagEntry>
SqlDatabase::tag (const base::ChannelKey &channel, const base::SendTag &tag)
{
  SqlQuery query (sql_.tag, find_channel (channel).id, tag);
  if (! query.row ())
    return std::nullopt;
  return TagEntry{ base::MessageId{ query.number (0) },
                   base::RequestId{ query.number (1) } };
}

void
SqlDatabase::tag_put (const base::ChannelKey &channel, const base::SendTag &tag,
                      const TagEntry &entry)
{
  SqlQuery (sql_.tag_put, need_channel (channel).id, tag, entry.message_id,
            entry.request_id)
      .run ();
}

void
SqlDatabase::record_put (const Record &record)
{
  const base::ByteView member = member_column (record.position);
  if (record.data.empty ())
    SqlQuery (sql_.record_remove, record.position.channel, member).run ();
  else
    SqlQuery (sql_.record_put, record.position.channel, member,
              base::ByteView (record.data), record.settled,
              record.is_imported ? 1 : 0)
        .run ();
}

std::optional<Record>
SqlDatabase::record_after (const std::optional<RecordPosition> &after)
{
  if (! after)
  {
    SqlQuery query (sql_.record_first);
    return read_record (query);
  }
  SqlQuery query (sql_.record_after, after->channel, member_column (*after));
  return read_record (query);
}
} // namespace psycstore
