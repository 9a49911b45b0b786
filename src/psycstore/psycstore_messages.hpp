// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What libgnunetpsycstore and the service say to each other. Every operation
// carries the client's number for it; whatever answers it carries the same
// number, and a Result ends it.
//
// Types 660 to 677 are GNUnet's for psycstore; those from 62660 on travel on
// this socket only.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/wire.hpp"
#include "psycstore/psycstore_admin_messages.hpp"

namespace psycstore
{
enum class Box : std::uint8_t
{
  out = 0,
  in = 1,
};

enum class RequestState : std::uint8_t
{
  open = 0,
  accepted = 1,
  refused = 2,
};

// What a fragment has to do with the state (C: enum MessageFlags).
inline constexpr std::uint32_t flag_state = 1;
inline constexpr std::uint32_t flag_state_applied = 2;
inline constexpr std::uint32_t flag_state_hash = 4;

// Result codes besides counts.
inline constexpr std::int64_t result_ok = 1;
inline constexpr std::int64_t result_no = 0;
inline constexpr std::int64_t result_failed = -1;
inline constexpr std::int64_t result_hidden = -2;
// Of state changes: the message is none, or an operator cannot do what it is
// asked to; the state comes out other than its host says. Of requests: what
// cannot be stored at any other time either.
inline constexpr std::int64_t result_refused = -3;
inline constexpr std::int64_t result_differs = -4;

// Several whole messages, in order, either way: what waits together travels
// together. Bundles hold no bundles.
struct Bundle
{
  wire::Rest messages;
  WIRE_MESSAGE (Bundle, 62690, messages)
};

inline constexpr std::size_t bundle_bytes_max = 60000;

// The first message in `in`, which goes on behind it; nothing when it is none.
[[nodiscard]] inline std::optional<base::ByteView>
next_of_bundle (base::ByteView &in)
{
  std::uint16_t size = 0;
  wire::Decoder decoder (in);
  if (! decoder.get (size) || size < wire::header_size || size > in.size ())
    return std::nullopt;
  const base::ByteView out = in.first (size);
  in = in.subspan (size);
  return wire::message_type (out) == Bundle::wire_type ? std::nullopt
                                                       : std::optional (out);
}

// Collects messages into bundles; a single one stays as it is.
class Bundler
{
public:
  // True: `message` has no room any more, `take` first.
  [[nodiscard]] bool
  is_full_for (base::ByteView message) const
  {
    return 0 != count_
           && collected_.size () + message.size () > bundle_bytes_max;
  }

  void
  add (base::ByteView message)
  {
    collected_.insert (collected_.end (), message.begin (), message.end ());
    count_++;
  }

  [[nodiscard]] bool
  is_empty () const
  {
    return 0 == count_;
  }

  // What is to be sent.
  [[nodiscard]] base::Bytes
  take ()
  {
    const bool is_single = 1 == std::exchange (count_, std::size_t{ 0 });
    base::Bytes messages = std::exchange (collected_, {});
    return is_single ? messages
                     : wire::must_encode (Bundle{ { std::move (messages) } });
  }

private:
  base::Bytes collected_;
  std::size_t count_ = 0;
};

// -- Client to service: changes --------------------------------------------

struct MembershipStore
{
  std::uint64_t operation = 0;
  base::ChannelKey channel;
  base::MemberKey slave;
  bool did_join = false;
  base::MessageId announced_at;
  base::MessageId effective_since;
  base::Generation generation;
  WIRE_MESSAGE (MembershipStore, 660, operation, channel, slave, did_join,
                announced_at, effective_since, generation)
};

struct FragmentStore
{
  std::uint64_t operation = 0;
  base::ChannelKey channel;
  std::uint32_t flags = 0;
  std::optional<base::SendTag> tag;
  // Request of the inbox that the fragment's message relays.
  std::optional<base::MemberKey> member;
  base::RequestId request_id;
  // Seconds since 1970; 0: now.
  std::uint64_t stored_at = 0;
  // As on the network: struct GNUNET_MULTICAST_MessageHeader and body.
  wire::Rest fragment;
  WIRE_MESSAGE (FragmentStore, 662, operation, channel, flags, tag, member,
                request_id, stored_at, fragment)
};

struct StateModify
{
  std::uint64_t operation = 0;
  base::ChannelKey channel;
  base::MessageId message_id;
  std::uint64_t state_delta = 0;
  WIRE_MESSAGE (StateModify, 668, operation, channel, message_id, state_delta)
};

// One piece of a message's head (its method and modifiers); all with the same
// operation, in order. The Result's message is the hash, if it is wanted.
struct StateTry
{
  std::uint64_t operation = 0;
  base::ChannelKey channel;
  // From an empty state?
  bool is_reset = false;
  bool wants_hash = false;
  bool is_last = false;
  wire::Rest piece;
  WIRE_MESSAGE (StateTry, 62664, operation, channel, is_reset, wants_hash,
                is_last, piece)
};

// One piece of a StateImage; all with the same operation, in order.
struct StateSync
{
  std::uint64_t operation = 0;
  base::ChannelKey channel;
  base::MessageId applied;
  base::MessageId hash_message_id;
  bool is_last = false;
  wire::Rest piece;
  WIRE_MESSAGE (StateSync, 669, operation, channel, applied, hash_message_id,
                is_last, piece)
};

struct StateVariable
{
  std::string name;
  base::Bytes value;
  WIRE_STRUCT (name, value)
};

struct StateImage
{
  std::vector<StateVariable> variables;
  WIRE_STRUCT (variables)
};

struct StateReset
{
  std::uint64_t operation = 0;
  base::ChannelKey channel;
  WIRE_MESSAGE (StateReset, 670, operation, channel)
};

struct StateHashUpdate
{
  std::uint64_t operation = 0;
  base::ChannelKey channel;
  base::MessageId message_id;
  base::Hash hash;
  WIRE_MESSAGE (StateHashUpdate, 671, operation, channel, message_id, hash)
};

struct RequestStore
{
  std::uint64_t operation = 0;
  base::ChannelKey channel;
  Box box = Box::out;
  std::optional<base::SendTag> tag;
  // As on the network: struct GNUNET_MULTICAST_RequestHeader and body.
  wire::Rest request;
  // Only when that one of the same member is complete; none: in any case.
  base::RequestId after{};
  WIRE_MESSAGE (RequestStore, 62660, operation, channel, box, tag, after,
                request)
};

struct RequestSettle
{
  std::uint64_t operation = 0;
  base::ChannelKey channel;
  Box box = Box::out;
  base::MemberKey member;
  base::RequestId request_id;
  RequestState state = RequestState::accepted;
  base::MessageId message_id;
  std::uint32_t code = 0;
  std::string reason;
  WIRE_MESSAGE (RequestSettle, 62661, operation, channel, box, member,
                request_id, state, message_id, code, reason)
};

struct RecordStore
{
  std::uint64_t operation = 0;
  base::ChannelKey channel;
  std::optional<base::MemberKey> member;
  // Fragments above it are not to be removed by retention.
  base::FragmentId settled;
  // It is still what came with an import.
  bool is_imported = false;
  // Empty removes the record.
  wire::Rest data;
  WIRE_MESSAGE (RecordStore, 62665, operation, channel, member, settled,
                is_imported, data)
};

struct ChannelRemove
{
  std::uint64_t operation = 0;
  base::ChannelKey channel;
  WIRE_MESSAGE (ChannelRemove, 62663, operation, channel)
};

// -- Client to service: reads ----------------------------------------------
// Reads that give much can begin in the middle, so that one that was cut by a
// restart goes on where it was.

struct MembershipTest
{
  std::uint64_t operation = 0;
  base::ChannelKey channel;
  base::MemberKey slave;
  base::MessageId message_id;
  base::Generation generation;
  WIRE_MESSAGE (MembershipTest, 661, operation, channel, slave, message_id,
                generation)
};

struct FragmentGet
{
  std::uint64_t operation = 0;
  base::ChannelKey channel;
  std::optional<base::MemberKey> slave;
  base::FragmentId first;
  base::FragmentId last;
  // Not 0: the newest so many, of all.
  std::uint64_t latest = 0;
  WIRE_MESSAGE (FragmentGet, 663, operation, channel, slave, first, last,
                latest)
};

struct MessageGet
{
  std::uint64_t operation = 0;
  base::ChannelKey channel;
  std::optional<base::MemberKey> slave;
  base::MessageId first;
  // Of the first message only what begins here or later.
  std::uint64_t first_offset = 0;
  base::MessageId last;
  // Not 0: the newest so many messages, of all.
  std::uint64_t latest = 0;
  // Not 0: at most so many fragments.
  std::uint64_t fragment_limit = 0;
  std::string method_prefix;
  WIRE_MESSAGE (MessageGet, 664, operation, channel, slave, first, first_offset,
                last, latest, fragment_limit, method_prefix)
};

struct MessageGetFragment
{
  std::uint64_t operation = 0;
  base::ChannelKey channel;
  std::optional<base::MemberKey> slave;
  base::MessageId message_id;
  std::uint64_t offset = 0;
  WIRE_MESSAGE (MessageGetFragment, 665, operation, channel, slave, message_id,
                offset)
};

struct CountersGet
{
  std::uint64_t operation = 0;
  base::ChannelKey channel;
  WIRE_MESSAGE (CountersGet, 666, operation, channel)
};

struct StateGet
{
  std::uint64_t operation = 0;
  base::ChannelKey channel;
  std::string name;
  std::uint64_t first_byte = 0;
  WIRE_MESSAGE (StateGet, 672, operation, channel, name, first_byte)
};

struct StateGetPrefix
{
  std::uint64_t operation = 0;
  base::ChannelKey channel;
  std::string prefix;
  // Begin with this name, and of its value with this byte.
  std::string first_name;
  std::uint64_t first_byte = 0;
  WIRE_MESSAGE (StateGetPrefix, 673, operation, channel, prefix, first_name,
                first_byte)
};

struct StateInfoGet
{
  std::uint64_t operation = 0;
  base::ChannelKey channel;
  bool wants_hash = false;
  WIRE_MESSAGE (StateInfoGet, 62677, operation, channel, wants_hash)
};

struct TagGet
{
  std::uint64_t operation = 0;
  base::ChannelKey channel;
  base::SendTag tag;
  WIRE_MESSAGE (TagGet, 62670, operation, channel, tag)
};

struct RangesGet
{
  std::uint64_t operation = 0;
  base::ChannelKey channel;
  base::FragmentId first;
  WIRE_MESSAGE (RangesGet, 62671, operation, channel, first)
};

struct RequestGet
{
  std::uint64_t operation = 0;
  base::ChannelKey channel;
  Box box = Box::out;
  base::MemberKey member;
  base::RequestId request_id;
  std::uint64_t first_offset = 0;
  std::uint64_t last_offset = 0;
  WIRE_MESSAGE (RequestGet, 62672, operation, channel, box, member, request_id,
                first_offset, last_offset)
};

// Where a request stands in a list: complete ones by sequence, then those
// with sequence 0 by member and id.
struct RequestPosition
{
  std::uint64_t sequence = 0;
  base::MemberKey member;
  base::RequestId request_id;
  bool operator== (const RequestPosition &) const = default;
  WIRE_STRUCT (sequence, member, request_id)
};

struct RequestList
{
  std::uint64_t operation = 0;
  base::ChannelKey channel;
  Box box = Box::out;
  std::optional<base::MemberKey> member;
  std::optional<RequestPosition> after;
  WIRE_MESSAGE (RequestList, 62673, operation, channel, box, member, after)
};

struct RequestStatus
{
  std::uint64_t operation = 0;
  base::ChannelKey channel;
  Box box = Box::out;
  base::MemberKey member;
  base::RequestId request_id;
  WIRE_MESSAGE (RequestStatus, 62674, operation, channel, box, member,
                request_id)
};

struct RecordPosition
{
  base::ChannelKey channel;
  std::optional<base::MemberKey> member;
  WIRE_STRUCT (channel, member)
};

struct RecordGetAll
{
  std::uint64_t operation = 0;
  std::optional<RecordPosition> after;
  WIRE_MESSAGE (RecordGetAll, 62675, operation, after)
};

struct Cancel
{
  std::uint64_t operation = 0;
  WIRE_MESSAGE (Cancel, 62676, operation)
};

// -- Service to client -----------------------------------------------------

struct Result
{
  std::uint64_t operation = 0;
  std::int64_t result = 0;
  std::string message;
  WIRE_MESSAGE (Result, 674, operation, result, message)
};

struct FragmentResult
{
  std::uint64_t operation = 0;
  std::uint32_t flags = 0;
  wire::Rest fragment;
  WIRE_MESSAGE (FragmentResult, 675, operation, flags, fragment)
};

struct CountersResult
{
  std::uint64_t operation = 0;
  base::Head head;
  base::MessageId state_message_id;
  WIRE_MESSAGE (CountersResult, 676, operation, head.fragment_id,
                head.message_id, head.generation, state_message_id)
};

// A variable, or (without a name) the next piece of its value.
struct StateResult
{
  std::uint64_t operation = 0;
  std::string name;
  // Of the whole value, and the message that gave it: pieces that do not agree
  // on these are of different values.
  std::uint64_t size = 0;
  base::MessageId changed_by;
  wire::Rest value;
  WIRE_MESSAGE (StateResult, 677, operation, name, size, changed_by, value)
};

// Where the state stands; `hash` is that of the state now, if it is wanted.
struct StateInfoResult
{
  std::uint64_t operation = 0;
  base::MessageId applied;
  base::MessageId checkpoint;
  std::uint64_t changes = 0;
  std::uint64_t change_bytes = 0;
  base::MessageId hash_message_id;
  std::optional<base::Hash> hash;
  WIRE_MESSAGE (StateInfoResult, 62685, operation, applied, checkpoint, changes,
                change_bytes, hash_message_id, hash)
};

struct TagResult
{
  std::uint64_t operation = 0;
  base::MessageId message_id;
  base::RequestId request_id;
  WIRE_MESSAGE (TagResult, 62680, operation, message_id, request_id)
};

struct RangeResult
{
  std::uint64_t operation = 0;
  base::FragmentId first;
  base::FragmentId last;
  WIRE_MESSAGE (RangeResult, 62681, operation, first, last)
};

struct RequestResult
{
  std::uint64_t operation = 0;
  wire::Rest request;
  WIRE_MESSAGE (RequestResult, 62682, operation, request)
};

struct RequestInfoResult
{
  std::uint64_t operation = 0;
  RequestPosition position;
  std::uint64_t size = 0;
  std::uint64_t contiguous_end = 0;
  RequestState state = RequestState::open;
  base::MessageId message_id;
  std::uint32_t code = 0;
  std::string reason;
  WIRE_MESSAGE (RequestInfoResult, 62683, operation, position, size,
                contiguous_end, state, message_id, code, reason)
};

struct RecordResult
{
  std::uint64_t operation = 0;
  RecordPosition position;
  bool is_imported = false;
  wire::Rest data;
  WIRE_MESSAGE (RecordResult, 62684, operation, position, is_imported, data)
};

using ClientMessages = wire::MessageList<
    MembershipStore, FragmentStore, StateModify, StateTry, StateSync,
    StateReset, StateHashUpdate, RequestStore, RequestSettle, RecordStore,
    ChannelRemove, MembershipTest, FragmentGet, MessageGet, MessageGetFragment,
    CountersGet, StateGet, StateGetPrefix, StateInfoGet, TagGet, RangesGet,
    RequestGet, RequestList, RequestStatus, RecordGetAll, ChannelList,
    RetentionSet, Check, Export, ImportBegin, ImportItem, ImportEnd, Cancel,
    Bundle>;

using ServiceMessages
    = wire::MessageList<Result, FragmentResult, CountersResult, StateResult,
                        StateInfoResult, TagResult, RangeResult, RequestResult,
                        RequestInfoResult, RecordResult, ChannelResult,
                        CheckResult, ExportResult, Bundle>;
} // namespace psycstore
