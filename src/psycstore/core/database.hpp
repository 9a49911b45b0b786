// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What a plugin must do: keep rows. Everything that needs thought (who may see
// what, the chain of the state, when a request is complete) is the core's, so
// that a plugin is nothing but queries, and each of them costs O(log n).
//
// Failures stick: after one, every function does nothing and finds nothing
// until `take_failure` was asked; so the core asks once for each operation. A
// change is made only between `begin` and `commit` or `rollback`, and a
// failure in between leaves nothing but `rollback`.
//
// Iterating means asking for the next: "_from" is the first at or after a
// position, "_before" the last one before it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "base/ids.hpp"
#include "base/interval_set.hpp"
#include "psycstore/core/fragment.hpp"
#include "psycstore/psycstore_messages.hpp"

namespace psycstore
{
enum class FailureKind
{
  disk_full, // may go well once there is room
  damaged,   // what is on disk makes no sense
  other,
};

struct Failure
{
  FailureKind kind = FailureKind::other;
  // For people; begins with "disk full" for that kind.
  std::string message;
};

enum class PutResult
{
  stored,
  same,     // was there already
  conflict, // something else is there
};

// One join or part as it was announced.
struct MembershipEvent
{
  bool did_join = false;
  base::MessageId announced_at;
  base::MessageId effective_since;
  base::Generation generation;

  bool operator== (const MembershipEvent &) const = default;
};

// Where a channel's state stands.
struct StateHead
{
  // The last message that changed it.
  base::MessageId applied;
  // The last of those that emptied it first.
  base::MessageId checkpoint;
  // Changes since then, and the bytes of their names and values.
  std::uint64_t changes = 0;
  std::uint64_t change_bytes = 0;
  // The last hash of the state that its host signed, and in which message.
  base::MessageId hash_message_id;
  base::Hash hash;

  bool operator== (const StateHead &) const = default;
};

// A channel's state exists twice while a change is being made.
enum class StateSlot : std::uint8_t
{
  live = 0,
  // What a change makes of it: only the variables that are touched. Empty
  // before and after.
  next = 1,
};

// Values are kept in pieces of this size; only the last one may be shorter.
inline constexpr std::size_t state_piece_size = 60000;

// A variable without its value.
struct Variable
{
  std::string name;
  // Of the value in bytes; 0 in the slot `next`: it is to be removed.
  std::uint64_t size = 0;
  // The message that gave it this value.
  base::MessageId changed_by;
  // Over name and value (core/state_hash.hpp); nothing: not computed yet.
  std::optional<base::Hash> hash;
  // The plugin's name for it; 0: not stored yet.
  std::int64_t row = 0;

  bool operator== (const Variable &) const = default;
};

struct TagEntry
{
  base::MessageId message_id;
  base::RequestId request_id;

  bool operator== (const TagEntry &) const = default;
};

struct Request
{
  Box box = Box::out;
  base::MemberKey member;
  base::RequestId request_id;
  // Order of completion; 0: incomplete.
  std::uint64_t sequence = 0;
  RequestState state = RequestState::open;
  base::MessageId message_id;
  std::uint32_t code = 0;
  std::string reason;
  std::optional<base::SendTag> tag;
  std::uint64_t size = 0;
  std::uint64_t contiguous_end = 0;
  // Where the body ends; nothing while the last fragment is missing.
  std::optional<std::uint64_t> body_end;
  // Order of settling in its box; 0: open.
  std::uint64_t settled = 0;
  // The plugin's name for it; 0: not stored yet.
  std::int64_t row = 0;

  [[nodiscard]] RequestPosition
  position () const
  {
    return { sequence, member, request_id };
  }
};

// One fragment of a request, in its place.
struct RequestPiece
{
  std::uint64_t offset = 0;
  std::uint64_t body_size = 0;
  std::int64_t location = 0;

  [[nodiscard]] std::uint64_t
  end () const
  {
    return offset + body_size;
  }
};

struct Record
{
  RecordPosition position;
  base::Bytes data;
  base::FragmentId settled;
  // It came with an import.
  bool is_imported = false;
};

// What is stored of a channel, and how much of it is to be kept.
struct ChannelInfo
{
  base::ChannelKey key;
  std::uint64_t fragments = 0;
  std::uint64_t messages = 0; // whose beginning is stored
  std::uint64_t bytes = 0;    // of all fragments
  // Nothing: as all channels for which nothing else was said.
  std::optional<Retention> retention;
};

class Database
{
public:
  virtual ~Database () = default;

  // Transactions ----------------------------------------------------------
  virtual void begin () = 0;
  // After this, without a failure, everything since `begin` is durable.
  virtual void commit () = 0;
  virtual void rollback () = 0;
  [[nodiscard]] virtual std::optional<Failure> take_failure () = 0;

  // Fragments -------------------------------------------------------------
  // Conflict: its id, or its place in the message, is taken by another.
  [[nodiscard]] virtual PutResult fragment_put (const base::ChannelKey &channel,
                                                const FragmentInfo &info,
                                                base::ByteView bytes)
      = 0;
  [[nodiscard]] virtual std::optional<FragmentInfo>
  fragment_from (const base::ChannelKey &channel, base::FragmentId first) = 0;
  [[nodiscard]] virtual std::optional<FragmentInfo>
  fragment_before (const base::ChannelKey &channel, base::FragmentId end) = 0;
  // The first fragment of this message at this offset or later.
  [[nodiscard]] virtual std::optional<FragmentInfo>
  message_fragment_from (const base::ChannelKey &channel,
                         base::MessageId message, std::uint64_t offset)
      = 0;
  // The last by offset.
  [[nodiscard]] virtual std::optional<FragmentInfo>
  message_last_fragment (const base::ChannelKey &channel,
                         base::MessageId message)
      = 0;
  [[nodiscard]] virtual base::Bytes
  fragment_bytes (const base::ChannelKey &channel, const FragmentInfo &info)
      = 0;
  virtual void fragment_remove (const base::ChannelKey &channel,
                                const FragmentInfo &info)
      = 0;
  // The run of stored ids that holds `first`, else the next one.
  [[nodiscard]] virtual std::optional<base::Interval>
  range_from (const base::ChannelKey &channel, base::FragmentId first) = 0;
  [[nodiscard]] virtual base::Head counters (const base::ChannelKey &channel)
      = 0;

  // Messages by method ----------------------------------------------------
  // From now on the message is found under this prefix of its method.
  virtual void method_put (const base::ChannelKey &channel,
                           base::MessageId message, std::string_view prefix)
      = 0;
  virtual void method_remove (const base::ChannelKey &channel,
                              base::MessageId message, std::string_view prefix)
      = 0;
  // An empty prefix is every message of which a fragment is stored.
  [[nodiscard]] virtual std::optional<base::MessageId>
  message_from (const base::ChannelKey &channel, std::string_view prefix,
                base::MessageId first)
      = 0;
  [[nodiscard]] virtual std::optional<base::MessageId>
  message_before (const base::ChannelKey &channel, std::string_view prefix,
                  base::MessageId end)
      = 0;

  // Membership ------------------------------------------------------------
  virtual void membership_put (const base::ChannelKey &channel,
                               const base::MemberKey &slave,
                               const MembershipEvent &event)
      = 0;
  // In order of announcement; at the same message by generation, and of one
  // generation the join first.
  [[nodiscard]] virtual std::vector<MembershipEvent>
  memberships (const base::ChannelKey &channel, const base::MemberKey &slave)
      = 0;
  // The next slave of whom a membership is stored.
  [[nodiscard]] virtual std::optional<base::MemberKey>
  slave_after (const base::ChannelKey &channel,
               const std::optional<base::MemberKey> &after)
      = 0;

  // State -----------------------------------------------------------------
  [[nodiscard]] virtual StateHead state_head (const base::ChannelKey &channel)
      = 0;
  virtual void state_head_put (const base::ChannelKey &channel,
                               const StateHead &head)
      = 0;
  [[nodiscard]] virtual std::optional<Variable>
  variable (const base::ChannelKey &channel, StateSlot slot,
            std::string_view name)
      = 0;
  // The first by name at or after `first`; names are ordered by bytes.
  [[nodiscard]] virtual std::optional<Variable>
  variable_from (const base::ChannelKey &channel, StateSlot slot,
                 std::string_view first)
      = 0;
  // Inserts when variable.row is 0 (and sets it), else replaces all but the
  // name and the value.
  virtual void variable_put (const base::ChannelKey &channel, StateSlot slot,
                             Variable &variable)
      = 0;
  // With its value.
  virtual void variable_remove (const Variable &variable) = 0;
  // Into the live state, where there is none of its name.
  virtual void variable_make_live (const Variable &variable) = 0;
  // Empty: there is none.
  [[nodiscard]] virtual base::Bytes variable_piece (const Variable &variable,
                                                    std::uint64_t number)
      = 0;
  // Puts each piece once.
  virtual void variable_piece_put (const Variable &variable,
                                   std::uint64_t number, base::ByteView bytes)
      = 0;
  virtual void variables_clear (const base::ChannelKey &channel, StateSlot slot)
      = 0;

  // Requests --------------------------------------------------------------
  [[nodiscard]] virtual std::optional<Request>
  request (const base::ChannelKey &channel, Box box,
           const base::MemberKey &member, base::RequestId id)
      = 0;
  // Inserts when request.row is 0 (and sets it), else replaces.
  virtual void request_put (const base::ChannelKey &channel, Request &request)
      = 0;
  // Takes the next number of the channel, for sequences and settlements.
  [[nodiscard]] virtual std::uint64_t
  request_number (const base::ChannelKey &channel)
      = 0;
  // Forgets the oldest settled requests of the member beyond `keep`.
  virtual void request_settled_trim (const base::ChannelKey &channel, Box box,
                                     const base::MemberKey &member,
                                     std::uint64_t keep)
      = 0;
  // Open requests after a position (nothing: from the start), complete ones
  // by sequence, then the incomplete ones by member and id.
  [[nodiscard]] virtual std::optional<Request>
  open_request_after (const base::ChannelKey &channel, Box box,
                      const std::optional<base::MemberKey> &member,
                      const std::optional<RequestPosition> &after)
      = 0;
  // Settled ones, by member and id.
  [[nodiscard]] virtual std::optional<Request>
  settled_request_after (const base::ChannelKey &channel, Box box,
                         const base::MemberKey &member, base::RequestId after)
      = 0;
  virtual void request_piece_put (const Request &request,
                                  const RequestPiece &piece,
                                  base::ByteView bytes)
      = 0;
  [[nodiscard]] virtual std::optional<RequestPiece>
  request_piece_from (const Request &request, std::uint64_t offset) = 0;
  [[nodiscard]] virtual std::optional<RequestPiece>
  request_piece_before (const Request &request, std::uint64_t offset) = 0;
  [[nodiscard]] virtual base::Bytes
  request_piece_bytes (const Request &request, const RequestPiece &piece)
      = 0;
  virtual void request_pieces_remove (const Request &request) = 0;

  // Tags and records ------------------------------------------------------
  [[nodiscard]] virtual std::optional<TagEntry>
  tag (const base::ChannelKey &channel, const base::SendTag &tag) = 0;
  virtual void tag_put (const base::ChannelKey &channel,
                        const base::SendTag &tag, const TagEntry &entry)
      = 0;
  [[nodiscard]] virtual std::optional<base::SendTag>
  tag_after (const base::ChannelKey &channel,
             const std::optional<base::SendTag> &after)
      = 0;
  virtual void tags_remove (const base::ChannelKey &channel,
                            base::MessageId message)
      = 0;
  // Empty data removes the record. Fragments above `settled` are not to be
  // removed.
  virtual void record_put (const Record &record) = 0;
  [[nodiscard]] virtual std::optional<Record>
  record_after (const std::optional<RecordPosition> &after) = 0;

  // The lowest of the channel's records; nothing: it has none.
  [[nodiscard]] virtual std::optional<base::FragmentId>
  records_settled (const base::ChannelKey &channel) = 0;

  // Channels --------------------------------------------------------------
  // The first by key at or after `first`.
  [[nodiscard]] virtual std::optional<ChannelInfo>
  channel_from (const base::ChannelKey &first) = 0;
  virtual void retention_put (const base::ChannelKey &channel,
                              const std::optional<Retention> &retention)
      = 0;
  // Everything of `from`, its records too, is `to`'s from now on; of that there
  // must be nothing.
  virtual void channel_rename (const base::ChannelKey &from,
                               const base::ChannelKey &to)
      = 0;
  virtual void channel_remove (const base::ChannelKey &channel) = 0;
};
} // namespace psycstore
