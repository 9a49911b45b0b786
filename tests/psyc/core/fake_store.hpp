// SPDX-License-Identifier: AGPL-3.0-or-later
//
// psycstore in memory, as the core sees it: what survives a crash of psyc.
#pragma once

#include <array>
#include <functional>
#include <map>
#include <set>

#include "psyc/core/effects.hpp"
#include "psyc/core/relay.hpp"
#include "psyc/message/message.hpp"
#include "psyc/message/names.hpp"
#include "../../psycstore/cheap_hash.hpp"
#include "psycstore/core/reads.hpp"
#include "psycstore/core/state.hpp"
#include "psycstore/plugin/memory_database.hpp"

namespace psyc::test
{
using namespace psyc::core;

class FakeStore
{
public:
  using Emit = std::function<bool (StoreItem)>;

  bool is_full = false; // every write fails
  // Of these calls the disk knows nothing.
  std::function<bool (const StoreCall &)> fails
      = [] (const StoreCall &) { return false; };

  struct Request
  {
    std::map<std::uint64_t, RequestPtr> fragments;
    std::uint64_t sequence = 0;
    std::optional<base::SendTag> tag;
    SettleRequest settled = open_settlement ();
    static SettleRequest
    open_settlement ()
    {
      SettleRequest none;
      none.outcome = RequestOutcome::open;
      return none;
    }
    bool
    is_open () const
    {
      return RequestOutcome::open == settled.outcome;
    }
    std::uint64_t
    contiguous () const
    {
      std::uint64_t end = 0;
      for (const auto &[offset, fragment] : fragments)
        if (offset == end)
          end += fragment->body ().size ();
      return end;
    }
    bool
    is_complete () const
    {
      return ! fragments.empty () && fragments.rbegin ()->second->is_last ()
             && contiguous ()
                    == fragments.rbegin ()->first
                           + fragments.rbegin ()->second->body ().size ();
    }
  };
  struct Interval
  {
    std::uint64_t first = 0;
    std::uint64_t last = UINT64_MAX;
  };
  struct ChannelData
  {
    std::map<std::uint64_t, FragmentPtr> fragments;
    std::map<base::SendTag, TagInfo> tags;
    std::array<std::map<RequestName, Request>, 2> boxes;
    std::map<base::MemberKey, std::vector<Interval>> members;
  };

  std::map<base::ChannelKey, ChannelData> channels;
  using RecordName
      = std::pair<base::ChannelKey, std::optional<base::MemberKey>>;
  std::map<RecordName, base::Bytes> records;
  std::set<RecordName> imported;
  std::uint64_t sequence = 0;
  // States are the real store's.
  psycstore::CheapHasherMaker hashers;
  psycstore::MemoryDatabase states;

  StoreResult
  run (const CallStore &call, const Emit &emit)
  {
    ChannelData &data = channels[call.channel];
    if (fails (call.call))
      return refused ();
    return std::visit ([&] (const auto &what)
                       { return apply (call.channel, data, what, emit); },
                       call.call);
  }

private:
  void
  put_for_state (const base::ChannelKey &channel,
                 const StoredFragment &fragment)
  {
    psycstore::FragmentInfo info;
    info.fragment_id = fragment.head.id;
    info.message_id = fragment.head.message_id;
    info.offset = fragment.head.offset;
    info.generation = fragment.head.generation;
    info.multicast_flags = fragment.head.flags;
    info.body_size = fragment.body ().size ();
    (void)states.fragment_put (channel, info, fragment.bytes);
  }

  static StoreResult
  to_result (const psycstore::Outcome &outcome)
  {
    return { outcome.result, outcome.message };
  }

  // Answers until nobody wants more.
  template <typename Answer, typename Give>
  StoreResult
  read_all (psycstore::Reader &reader, Give give)
  {
    for (;;)
    {
      psycstore::Page page (1);
      const auto outcome = reader.step (states, page);
      for (const base::Bytes &answer : page.take ())
        if (! give (*wire::decode<Answer> (answer)))
          return { result_yes, "" };
      if (outcome)
        return to_result (*outcome);
    }
  }

  StoreResult
  refused () const
  {
    return { result_error, "disk full" };
  }

  StoreResult
  apply (const base::ChannelKey &channel, ChannelData &data,
         const StoreFragment &c, const Emit &)
  {
    if (is_full)
      return refused ();
    auto [it, is_new]
        = data.fragments.emplace (c.fragment->head.id.value, c.fragment);
    if (! is_new && it->second->bytes != c.fragment->bytes)
      return { result_error, "conflicting fragment" };
    put_for_state (channel, *c.fragment);
    if (! c.settlement)
      return {};
    const std::uint64_t message = c.fragment->head.message_id.value;
    if (c.settlement->tag)
      data.tags[*c.settlement->tag] = { message, 0 };
    if (c.settlement->member)
    {
      Request &request
          = data.boxes[1][{ *c.settlement->member, c.settlement->request_id }];
      request.fragments.clear ();
      request.settled.outcome = RequestOutcome::accepted;
      request.settled.message_id = message;
    }
    return {};
  }

  static bool
  may_read (const ChannelData &data,
            const std::optional<base::MemberKey> &reader, std::uint64_t message)
  {
    if (! reader)
      return true;
    auto it = data.members.find (*reader);
    if (it == data.members.end ())
      return false;
    for (const auto &interval : it->second)
      if (interval.first <= message && message <= interval.last)
        return true;
    return false;
  }

  static StoreResult
  give (const ChannelData &data, const std::vector<FragmentPtr> &found,
        const std::optional<base::MemberKey> &reader, const Emit &emit)
  {
    std::int64_t count = 0;
    bool was_denied = false;
    for (const auto &fragment : found)
    {
      if (! may_read (data, reader, fragment->head.message_id.value))
      {
        was_denied = true;
        continue;
      }
      count++;
      if (! emit (fragment))
        break;
    }
    if (0 == count && was_denied)
      return { -2, "" };
    return { count, "" };
  }

  StoreResult
  apply (const base::ChannelKey &, ChannelData &data, const ReadFragments &c,
         const Emit &emit)
  {
    std::vector<FragmentPtr> found;
    for (auto it = data.fragments.lower_bound (c.first);
         it != data.fragments.end () && it->first <= c.last; ++it)
      found.push_back (it->second);
    return give (data, found, c.reader, emit);
  }

  // By message id, then by offset.
  static std::vector<FragmentPtr>
  messages (const ChannelData &data, std::uint64_t first, std::uint64_t last,
            const std::string &prefix)
  {
    std::map<std::pair<std::uint64_t, std::uint64_t>, FragmentPtr> sorted;
    std::set<std::uint64_t> wanted;
    for (const auto &[id, fragment] : data.fragments)
    {
      const auto &head = fragment->head;
      if (head.message_id.value < first || head.message_id.value > last)
        continue;
      if (head.is_first ())
        if (const auto parsed = parse_head (fragment->body ());
            parsed && is_a (parsed->method, prefix))
          wanted.insert (head.message_id.value);
      sorted[{ head.message_id.value, head.offset }] = fragment;
    }
    std::vector<FragmentPtr> found;
    for (const auto &[key, fragment] : sorted)
      if (prefix.empty () || wanted.contains (key.first))
        found.push_back (fragment);
    return found;
  }

  StoreResult
  apply (const base::ChannelKey &, ChannelData &data, const ReadMessages &c,
         const Emit &emit)
  {
    auto found = messages (data, c.first, c.last, c.method_prefix);
    if (0 < c.fragments_max && found.size () > c.fragments_max)
      found.resize (c.fragments_max);
    return give (data, found, c.reader, emit);
  }

  StoreResult
  apply (const base::ChannelKey &, ChannelData &data,
         const ReadLatestMessages &c, const Emit &emit)
  {
    auto found = messages (data, 1, UINT64_MAX, c.method_prefix);
    std::set<std::uint64_t> ids;
    for (const auto &fragment : found)
      ids.insert (fragment->head.message_id.value);
    while (ids.size () > c.count)
      ids.erase (ids.begin ());
    std::erase_if (found,
                   [&] (const FragmentPtr &fragment) {
                     return ! ids.contains (fragment->head.message_id.value);
                   });
    return give (data, found, std::nullopt, emit);
  }

  StoreResult
  apply (const base::ChannelKey &, ChannelData &data,
         const ReadMessageFragment &c, const Emit &emit)
  {
    for (const auto &[id, fragment] : data.fragments)
      if (fragment->head.message_id == c.message_id
          && fragment->head.offset == c.offset)
        return give (data, { fragment }, std::nullopt, emit);
    return { result_no, "" };
  }

  StoreResult
  apply (const base::ChannelKey &channel, ChannelData &data,
         const ReadCounters &, const Emit &emit)
  {
    Counters counters;
    for (const auto &[id, fragment] : data.fragments)
    {
      counters.fragment_id = id;
      counters.message_id
          = std::max (counters.message_id, fragment->head.message_id.value);
      counters.generation
          = std::max (counters.generation, fragment->head.generation.value);
    }
    counters.state_message_id = states.state_head (channel).applied.value;
    (void)emit (counters);
    return {};
  }

  StoreResult
  apply (const base::ChannelKey &, ChannelData &data, const ReadRanges &c,
         const Emit &emit)
  {
    base::IntervalSet ids;
    for (const auto &[id, fragment] : data.fragments)
      if (id >= c.first)
        ids.add (id);
    std::uint64_t from = c.first;
    while (const auto highest = ids.highest ())
    {
      if (from > *highest)
        break;
      if (! ids.contains (from))
      {
        from++;
        continue;
      }
      const std::uint64_t last = ids.contiguous_end (from);
      (void)emit (base::Interval{ from, last });
      from = last + 1;
    }
    return {};
  }

  StoreResult
  apply (const base::ChannelKey &, ChannelData &data, const FindTag &c,
         const Emit &emit)
  {
    auto it = data.tags.find (c.tag);
    if (it == data.tags.end ())
      return { result_no, "" };
    (void)emit (it->second);
    return {};
  }

  StoreResult
  apply (const base::ChannelKey &, ChannelData &data, const StoreRequest &c,
         const Emit &)
  {
    if (is_full)
      return refused ();
    const auto &head = c.request->head;
    auto &box = data.boxes[static_cast<std::size_t> (c.box)];
    if (const auto before = box.find ({ head.member, c.after });
        ! c.after.is_none ()
        && (before == box.end ()
            || (before->second.is_open () && 0 == before->second.sequence)))
      return { result_error, "not after " + std::to_string (c.after.value) };
    Request &request = box[{ head.member, head.request_id }];
    if (! request.is_open ())
      return { result_no, "" };
    request.fragments.emplace (head.offset, c.request);
    if (c.tag)
      data.tags[*c.tag] = { 0, head.request_id.value };
    if (0 == request.sequence && request.is_complete ())
      request.sequence = ++sequence;
    return {};
  }

  StoreResult
  apply (const base::ChannelKey &, ChannelData &data, const ReadRequest &c,
         const Emit &emit)
  {
    auto &box = data.boxes[static_cast<std::size_t> (c.box)];
    auto it = box.find ({ c.member, c.request_id });
    if (it == box.end ())
      return { result_no, "" };
    std::int64_t count = 0;
    for (auto at = it->second.fragments.lower_bound (c.first_offset);
         at != it->second.fragments.end () && at->first <= c.last_offset; ++at)
    {
      count++;
      (void)emit (at->second);
    }
    return { count, "" };
  }

  static RequestInfo
  info_of (const RequestName &name, const Request &request)
  {
    RequestInfo info;
    info.member = name.member;
    info.request_id = name.request_id;
    info.sequence = request.sequence;
    for (const auto &[offset, fragment] : request.fragments)
      info.size += fragment->body ().size ();
    info.outcome = request.settled.outcome;
    info.message_id = request.settled.message_id;
    info.code = request.settled.code;
    info.reason = request.settled.reason;
    info.contiguous_end = request.contiguous ();
    return info;
  }

  StoreResult
  apply (const base::ChannelKey &, ChannelData &data, const ListRequests &c,
         const Emit &emit)
  {
    std::map<std::pair<std::uint64_t, std::uint64_t>, RequestInfo> sorted;
    std::uint64_t number = 0;
    for (const auto &[name, request] :
         data.boxes[static_cast<std::size_t> (c.box)])
      if (request.is_open () && (! c.member || *c.member == name.member))
        sorted[{ 0 == request.sequence ? UINT64_MAX : request.sequence,
                 number++ }]
            = info_of (name, request);
    for (const auto &[key, info] : sorted)
      (void)emit (info);
    return { static_cast<std::int64_t> (sorted.size ()), "" };
  }

  StoreResult
  apply (const base::ChannelKey &, ChannelData &data,
         const ReadRequestStatus &c, const Emit &emit)
  {
    auto &box = data.boxes[static_cast<std::size_t> (c.box)];
    auto it = box.find ({ c.member, c.request_id });
    if (it == box.end ())
      return { result_no, "" };
    (void)emit (info_of (it->first, it->second));
    return {};
  }

  StoreResult
  apply (const base::ChannelKey &, ChannelData &data, const SettleRequest &c,
         const Emit &)
  {
    if (is_full)
      return refused ();
    Request &request = data.boxes[static_cast<std::size_t> (c.box)]
                                 [{ c.member, c.request_id }];
    if (! request.is_open ())
      return { result_no, "" };
    request.fragments.clear ();
    request.settled = c;
    return {};
  }

  StoreResult
  apply (const base::ChannelKey &, ChannelData &data, const StoreMembership &c,
         const Emit &)
  {
    if (is_full)
      return refused ();
    auto &intervals = data.members[c.member];
    const bool is_in
        = ! intervals.empty () && UINT64_MAX == intervals.back ().last;
    if (Membership::begins == c.change && ! is_in)
      intervals.push_back ({ c.effective_since, UINT64_MAX });
    else if (Membership::ends == c.change && is_in)
      intervals.back ().last = c.announced_at;
    return {};
  }

  StoreResult
  apply (const base::ChannelKey &, ChannelData &data, const TestMembership &c,
         const Emit &)
  {
    return { may_read (data, c.member, c.message_id) ? result_yes : result_no,
             "" };
  }

  StoreResult
  apply (const base::ChannelKey &channel, ChannelData &, const ModifyState &c,
         const Emit &)
  {
    if (is_full)
      return refused ();
    return to_result (psycstore::modify_state (
        states, hashers, { 0, channel, { c.message_id }, c.state_delta }));
  }

  StoreResult
  apply (const base::ChannelKey &channel, ChannelData &, const TryState &c,
         const Emit &)
  {
    return to_result (psycstore::try_state (
        states, hashers, { 0, channel, c.is_reset, c.wants_hash, true, {} },
        c.head));
  }

  StoreResult
  apply (const base::ChannelKey &channel, ChannelData &, const ReadState &c,
         const Emit &emit)
  {
    const auto reader
        = StateMatch::best == c.match
              ? psycstore::make_reader (
                  psycstore::StateGet{ 0, channel, c.name, c.first_byte })
              : psycstore::make_reader (psycstore::StateGetPrefix{
                  0, channel, c.name, c.first_name, c.first_byte });
    return read_all<psycstore::StateResult> (
        *reader,
        [&] (psycstore::StateResult answer)
        {
          return emit (core::StateValue{ answer.name, answer.value.bytes,
                                         answer.size,
                                         answer.changed_by.value });
        });
  }

  StoreResult
  apply (const base::ChannelKey &channel, ChannelData &, const ReadStateInfo &c,
         const Emit &emit)
  {
    const auto reader = psycstore::make_reader (
        psycstore::StateInfoGet{ 0, channel, c.wants_hash }, hashers);
    return read_all<psycstore::StateInfoResult> (
        *reader,
        [&] (const psycstore::StateInfoResult &answer)
        {
          return emit (core::StateInfo{
              answer.applied.value, answer.checkpoint.value, answer.changes,
              answer.change_bytes, answer.hash.value_or (base::Hash{}) });
        });
  }

  StoreResult
  apply (const base::ChannelKey &channel, ChannelData &, const StoreRecord &c,
         const Emit &)
  {
    if (is_full)
      return refused ();
    if (c.record.empty ())
      records.erase ({ channel, c.member });
    else
      records[{ channel, c.member }] = c.record;
    imported.erase ({ channel, c.member });
    if (c.is_imported)
      imported.insert ({ channel, c.member });
    return {};
  }

  StoreResult
  apply (const base::ChannelKey &, ChannelData &, const ReadRecords &,
         const Emit &emit)
  {
    for (const auto &[key, record] : records)
      (void)emit (
          RecordInfo{ key.first, key.second, record, imported.contains (key) });
    return {};
  }

  StoreResult
  apply (const base::ChannelKey &channel, ChannelData &data,
         const RemoveChannel &, const Emit &)
  {
    data = {};
    states.channel_remove (channel);
    std::erase_if (records, [&channel] (const auto &entry)
                   { return entry.first.first == channel; });
    return {};
  }
};
} // namespace psyc::test
