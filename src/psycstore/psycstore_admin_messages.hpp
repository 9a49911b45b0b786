// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What tools say to the service about whole channels: what is stored, how much
// is to be kept, whether it is sound, a copy out of it and back in. The items
// of an export are messages too; those that are nothing else's stand here. The
// file around them is described in doc/spec/export.md.
#pragma once

#include <optional>
#include <string>

#include "base/wire.hpp"

namespace psycstore
{
// How much of a channel's history is kept; nothing: all.
struct Retention
{
  std::optional<std::uint64_t> age_s;
  std::optional<std::uint64_t> count; // messages
  std::optional<std::uint64_t> bytes;
  WIRE_STRUCT (age_s, count, bytes)
  bool operator== (const Retention &) const = default;

  [[nodiscard]] bool
  is_limited () const
  {
    return age_s || count || bytes;
  }
};

// -- Client to service -------------------------------------------------------

struct ChannelList
{
  std::uint64_t operation = 0;
  // This one and those behind it.
  base::ChannelKey first;
  WIRE_MESSAGE (ChannelList, 62700, operation, first)
};

struct RetentionSet
{
  std::uint64_t operation = 0;
  base::ChannelKey channel;
  // Nothing: as all for which nothing else is said.
  std::optional<Retention> retention;
  WIRE_MESSAGE (RetentionSet, 62701, operation, channel, retention)
};

struct Check
{
  std::uint64_t operation = 0;
  base::ChannelKey channel;
  WIRE_MESSAGE (Check, 62702, operation, channel)
};

// What an export goes through, in this order.
enum class ExportStep : std::uint8_t
{
  head = 0,
  records = 1,
  fragments = 2,
  state = 3,
  late_fragments = 4, // stored while the state was read
  memberships = 5,
  tags = 6,
  requests_out = 7,
  requests_in = 8,
  settled_out = 9,
  settled_in = 10,
  done = 11,
};

// Where it goes on: behind this item of this step.
struct ExportPosition
{
  ExportStep step = ExportStep::head;
  // The log as the copy has it ends here.
  base::FragmentId last_fragment;
  base::MessageId last_message;
  // Of the step: the last fragment, the last piece, the last request.
  std::uint64_t number = 0;
  std::uint64_t sequence = 0;
  // The last message applied to the state when its reading began.
  base::MessageId applied;
  // The last variable, slave, tag, member of a request.
  base::Bytes key;
  WIRE_STRUCT (step, last_fragment, last_message, number, sequence, applied,
               key)
};

struct Export
{
  std::uint64_t operation = 0;
  base::ChannelKey channel;
  ExportPosition after;
  WIRE_MESSAGE (Export, 62703, operation, channel, after)
};

// From here on this client's ImportItems of the channel are put aside, until
// ImportEnd puts them in place, all at once.
struct ImportBegin
{
  std::uint64_t operation = 0;
  base::ChannelKey channel;
  WIRE_MESSAGE (ImportBegin, 62704, operation, channel)
};

struct ImportItem
{
  std::uint64_t operation = 0;
  base::ChannelKey channel;
  wire::Rest item;
  WIRE_MESSAGE (ImportItem, 62705, operation, channel, item)
};

struct ImportEnd
{
  std::uint64_t operation = 0;
  base::ChannelKey channel;
  WIRE_MESSAGE (ImportEnd, 62706, operation, channel)
};

// -- Items of an export ------------------------------------------------------
// Besides them FragmentStore, MembershipStore, RequestStore, RequestSettle and
// StateReset (the state changed meanwhile: it comes again). Their operation is
// 0.

struct ExportHead
{
  base::ChannelKey channel;
  // UTC microseconds since 1970.
  std::uint64_t exported_at = 0;
  // What the exporting store counted; for people.
  std::uint64_t fragments = 0;
  std::uint64_t messages = 0;
  std::uint64_t bytes = 0;
  WIRE_MESSAGE (ExportHead, 62710, channel, exported_at, fragments, messages,
                bytes)
};

// psyc's record; once it is imported it counts as such (RecordStore).
struct RecordItem
{
  std::uint64_t operation = 0;
  base::ChannelKey channel;
  std::optional<base::MemberKey> member;
  base::FragmentId settled;
  wire::Rest data;
  WIRE_MESSAGE (RecordItem, 62662, operation, channel, member, settled, data)
};

struct TagItem
{
  base::SendTag tag;
  base::MessageId message_id;
  base::RequestId request_id;
  WIRE_MESSAGE (TagItem, 62711, tag, message_id, request_id)
};

// A variable begins with its piece 0.
struct VariableItem
{
  std::string name;
  std::uint64_t size = 0;
  base::MessageId changed_by;
  std::uint64_t piece = 0;
  wire::Rest bytes;
  WIRE_MESSAGE (VariableItem, 62712, name, size, changed_by, piece, bytes)
};

struct StateHeadItem
{
  base::MessageId applied;
  base::MessageId checkpoint;
  std::uint64_t changes = 0;
  std::uint64_t change_bytes = 0;
  base::MessageId hash_message_id;
  base::Hash hash;
  WIRE_MESSAGE (StateHeadItem, 62713, applied, checkpoint, changes,
                change_bytes, hash_message_id, hash)
};

// -- Service to client -------------------------------------------------------

struct ChannelResult
{
  std::uint64_t operation = 0;
  base::ChannelKey channel;
  std::uint64_t fragments = 0;
  std::uint64_t messages = 0;
  std::uint64_t bytes = 0;
  std::uint64_t variables = 0;
  base::Head head;
  // Of the newest fragment: seconds since 1970.
  std::uint64_t stored_at = 0;
  // Its own; nothing: as all for which nothing else is said.
  std::optional<Retention> retention;
  WIRE_MESSAGE (ChannelResult, 62720, operation, channel, fragments, messages,
                bytes, variables, head.fragment_id, head.message_id,
                head.generation, stored_at, retention)
};

struct CheckResult
{
  std::uint64_t operation = 0;
  std::string problem;
  WIRE_MESSAGE (CheckResult, 62721, operation, problem)
};

struct ExportResult
{
  std::uint64_t operation = 0;
  ExportPosition position;
  wire::Rest item;
  WIRE_MESSAGE (ExportResult, 62722, operation, position, item)
};
} // namespace psycstore
