// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Reads that give one answer, and lists of other things than fragments.
#include "psycstore/core/reads.hpp"

#include <algorithm>
#include <functional>

#include "psycstore/core/staging.hpp"

namespace psycstore
{
namespace
{
// A read that is done in one step.
template <typename Request> class OnceReader : public Reader
{
public:
  using Answer = Outcome (*) (Database &, const Request &, Page &);

  OnceReader (Request request, Answer answer)
      : request_ (std::move (request)), answer_ (answer)
  {}

  std::optional<Outcome>
  step (Database &db, Page &page) override
  {
    return answer_ (db, request_, page);
  }

private:
  Request request_;
  Answer answer_;
};

template <typename Request>
std::unique_ptr<Reader>
once (Request request, typename OnceReader<Request>::Answer answer)
{
  return std::make_unique<OnceReader<Request>> (std::move (request), answer);
}

// A read that gives one thing after another: `next` gives one and says
// whether there was one.
template <typename Request> class ListReader : public Reader
{
public:
  using Next = bool (*) (Database &, Request &, Page &);

  ListReader (Request request, Next next)
      : request_ (std::move (request)), next_ (next)
  {}

  std::optional<Outcome>
  step (Database &db, Page &page) override
  {
    while (page.has_room ())
    {
      if (! next_ (db, request_, page))
        return done (static_cast<std::int64_t> (count_));
      count_++;
    }
    return std::nullopt;
  }

private:
  Request request_;
  Next next_;
  std::uint64_t count_ = 0;
};

template <typename Request>
std::unique_ptr<Reader>
list (Request request, typename ListReader<Request>::Next next)
{
  return std::make_unique<ListReader<Request>> (std::move (request), next);
}

RequestInfoResult
info_result (std::uint64_t operation, const Request &request)
{
  return { operation,     request.position (),
           request.size,  request.contiguous_end,
           request.state, request.message_id,
           request.code,  request.reason };
}

bool
next_range (Database &db, RangesGet &request, Page &page)
{
  const auto run = db.range_from (request.channel, request.first);
  if (! run)
    return false;
  page.add (RangeResult{
      request.operation,
      base::FragmentId{ std::max (run->first, request.first.value) },
      base::FragmentId{ run->last } });
  request.first.value = run->last + 1;
  return true;
}

bool
next_open_request (Database &db, RequestList &request, Page &page)
{
  const auto found = db.open_request_after (request.channel, request.box,
                                            request.member, request.after);
  if (! found)
    return false;
  page.add (info_result (request.operation, *found));
  request.after = found->position ();
  return true;
}

bool
next_record (Database &db, RecordGetAll &request, Page &page)
{
  auto record = db.record_after (request.after);
  while (record && is_staging (record->position.channel))
    record = db.record_after (record->position);
  if (! record)
    return false;
  request.after = record->position;
  page.add (RecordResult{ request.operation,
                          record->position,
                          record->is_imported,
                          { std::move (record->data) } });
  return true;
}

std::uint64_t
count_variables (Database &db, const base::ChannelKey &channel)
{
  std::uint64_t count = 0;
  std::string name;
  while (const auto variable
         = db.variable_from (channel, StateSlot::live, name))
  {
    count++;
    name = variable->name + '\0'; // the least name after it
  }
  return count;
}

bool
next_channel (Database &db, ChannelList &request, Page &page)
{
  auto info = db.channel_from (request.first);
  while (info && is_staging (info->key))
    info = db.channel_from (key_after (info->key));
  if (! info)
    return false;
  request.first = key_after (info->key);
  const base::Head head = db.counters (info->key);
  const auto newest = db.fragment_before (info->key, head.fragment_id.next ());
  page.add (ChannelResult{ request.operation, info->key, info->fragments,
                           info->messages, info->bytes,
                           count_variables (db, info->key), head,
                           newest ? newest->stored_at : 0, info->retention });
  return ! request.first.is_zero (); // zero: that was the last key there can be
}

bool
next_request_piece (Database &db, RequestGet &request, Page &page)
{
  const auto row = db.request (request.channel, request.box, request.member,
                               request.request_id);
  if (! row || RequestState::open != row->state)
    return false;
  const auto piece = db.request_piece_from (*row, request.first_offset);
  if (! piece || piece->offset > request.last_offset)
    return false;
  page.add (RequestResult{ request.operation,
                           { db.request_piece_bytes (*row, *piece) } });
  request.first_offset = piece->offset + 1;
  return true;
}
} // namespace

std::unique_ptr<Reader>
make_reader (MembershipTest request)
{
  return once<MembershipTest> (
      request,
      [] (Database &db, const MembershipTest &asked, Page &)
      {
        const Visibility visibility (
            db.memberships (asked.channel, asked.slave));
        return done (visibility.may_see (asked.message_id, asked.generation)
                         ? result_ok
                         : result_no);
      });
}

std::unique_ptr<Reader>
make_reader (CountersGet request)
{
  return once<CountersGet> (
      request,
      [] (Database &db, const CountersGet &asked, Page &page)
      {
        const base::Head head = db.counters (asked.channel);
        const auto applied = db.state_head (asked.channel).applied;
        page.add (CountersResult{ asked.operation, head, applied });
        const bool is_new = base::Head{} == head && applied.is_none ();
        return done (is_new ? result_no : result_ok);
      });
}

std::unique_ptr<Reader>
make_reader (TagGet request)
{
  return once<TagGet> (request,
                       [] (Database &db, const TagGet &asked, Page &page)
                       {
                         const auto entry = db.tag (asked.channel, asked.tag);
                         if (! entry)
                           return done (result_no);
                         page.add (TagResult{ asked.operation,
                                              entry->message_id,
                                              entry->request_id });
                         return done ();
                       });
}

std::unique_ptr<Reader>
make_reader (RangesGet request)
{
  return list (request, &next_range);
}

std::unique_ptr<Reader>
make_reader (RequestGet request)
{
  return list (request, &next_request_piece);
}

std::unique_ptr<Reader>
make_reader (RequestList request)
{
  return list (request, &next_open_request);
}

std::unique_ptr<Reader>
make_reader (RequestStatus request)
{
  return once<RequestStatus> (
      request,
      [] (Database &db, const RequestStatus &asked, Page &page)
      {
        const auto found = db.request (asked.channel, asked.box, asked.member,
                                       asked.request_id);
        if (! found)
          return done (result_no);
        page.add (info_result (asked.operation, *found));
        return done ();
      });
}

std::unique_ptr<Reader>
make_reader (ChannelList request)
{
  return list (request, &next_channel);
}

std::unique_ptr<Reader>
make_reader (RecordGetAll request)
{
  return list (std::move (request), &next_record);
}
} // namespace psycstore
