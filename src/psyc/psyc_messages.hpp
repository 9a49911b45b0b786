// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What libgnunetpsyc and gnunet-service-psyc say to each other.
//
// One connection is one handle of the library: a master, a slave or an
// observer. Its first message says which (MasterStart, SlaveJoin,
// ObserveStart) and carries all that is needed to begin again after a
// reconnect; the service answers Started, or Started with `failed` and nothing
// more. A connection that ends without Part lets go as Part with the
// keep_active that the channel's record holds (false until a Part said
// otherwise).
//
// Streams. Stream 0 is the log of the channel, from the fragment after
// `after_fragment_id` on (from_now: from the head of that moment on, which
// Started tells); every history replay and state query is a stream of its own,
// numbered by its op_id. The service sends Fragment, Gap, Request, StateValue
// only while what it sent on that stream and what was not acknowledged add up
// to at most stream_window_bytes, by stream_cost (). The library says StreamAck
// once the application's callbacks have returned, and not while it is paused.
//
// op_ids are chosen by the library, from 1, never twice on a handle. After a
// reconnect it asks again for what was not answered: all operations can be
// repeated.
//
// After its first message the library says nothing but Part before Started has
// come.
//
// Uploads (a master's messages, a slave's requests): see
// psyc/message/transfer_messages.hpp. Ids with upload_watch_bit are those of
// UploadQuery alone: the library never sends parts for them. A tag that is not
// known is answered with state failed, "unknown tag".
#pragma once

#include "base/wire.hpp"
#include "psyc/message/transfer_messages.hpp"

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace psyc::local
{
inline constexpr std::uint32_t protocol_version = 1;
inline constexpr std::uint64_t stream_window_bytes = 256 * 1024;
inline constexpr std::uint64_t log_stream = 0;
// after_fragment_id that asks for what comes from now on.
inline constexpr std::uint64_t from_now
    = std::numeric_limits<std::uint64_t>::max ();
// Texts and notices that travel whole: at the door, on ejection.
inline constexpr std::size_t join_message_size_max = 32 * 1024;
inline constexpr std::size_t relays_max = 256;
inline constexpr std::size_t name_size_max = 1024;
// Requests offered to a client that has not decided them; more wait in the
// inbox. The same for questions at the door.
inline constexpr std::size_t undecided_requests_max = 256;

// ---- Client to service: who we are -------------------------------------

enum class MasterFlags : std::uint32_t
{
  none = 0,
  // Offer complete requests by their first fragment and wait for a
  // RequestDecision; without it the whole request is offered.
  explicit_requests = 1,
  // Send MemberEvent.
  watch_members = 2,
};

[[nodiscard]] constexpr bool
has_flag (MasterFlags flags, MasterFlags flag)
{
  return 0
         != (static_cast<std::uint32_t> (flags)
             & static_cast<std::uint32_t> (flag));
}

// First message of a master's connection.
struct MasterStart
{
  std::uint32_t version = protocol_version;
  base::ChannelPrivateKey private_key;
  std::uint32_t policy = 0; // enum GNUNET_PSYC_Policy
  MasterFlags flags = MasterFlags::none;
  std::uint64_t after_fragment_id = from_now;
  WIRE_MESSAGE (MasterStart, 900, version, private_key, policy, flags,
                after_fragment_id)
};

// First message of a slave's connection. `join_message`: a P.Message for the
// door, or empty.
struct SlaveJoin
{
  std::uint32_t version = protocol_version;
  base::ChannelKey channel_key;
  base::MemberPrivateKey private_key;
  std::uint32_t flags = 0; // enum GNUNET_PSYC_SlaveJoinFlags
  std::uint64_t after_fragment_id = from_now;
  std::optional<base::PeerId> origin; // nothing: known from before, or relays
  std::vector<base::PeerId> relays;
  wire::Rest join_message;
  WIRE_MESSAGE (SlaveJoin, 901, version, channel_key, private_key, flags,
                after_fragment_id, origin, relays, join_message)
};

// First message of an observer's connection: reads a local log, sends nothing.
struct ObserveStart
{
  std::uint32_t version = protocol_version;
  base::ChannelKey channel_key;
  std::optional<base::MemberKey> slave_key; // nothing: the master's log
  std::uint64_t after_fragment_id = from_now;
  WIRE_MESSAGE (ObserveStart, 902, version, channel_key, slave_key,
                after_fragment_id)
};

// A master's flags changed while it is connected.
struct MasterMode
{
  MasterFlags flags = MasterFlags::none;
  WIRE_MESSAGE (MasterMode, 903, flags)
};

// That much of the stream was taken by the application.
struct StreamAck
{
  std::uint64_t stream_id = log_stream;
  std::uint64_t bytes = 0;
  WIRE_MESSAGE (StreamAck, 904, stream_id, bytes)
};

// Last message of a connection; answered by PartAck once the service has let
// go. Not keep_active: the channel ends here when this was its last client (a
// slave leaves the group).
struct Part
{
  bool keep_active = false;
  WIRE_MESSAGE (Part, 905, keep_active)
};

// ---- Client to service: a master's decisions ---------------------------

enum class Admission : std::int8_t
{
  unknown = -1,
  refused = 0,
  admitted = 1,
};

// Master: the answer to JoinRequest `join_id`, once. `answer`: a P.Message or
// empty.
struct JoinDecision
{
  std::uint64_t join_id = 0;
  Admission admission = Admission::unknown;
  std::vector<base::PeerId> relays;
  wire::Rest answer;
  WIRE_MESSAGE (JoinDecision, 906, join_id, admission, relays, answer)
};

// Master: the question `join_id` is safe on disk, the decision comes later.
struct JoinPending
{
  std::uint64_t join_id = 0;
  WIRE_MESSAGE (JoinPending, 907, join_id)
};

enum class RequestAction : std::uint8_t
{
  accept = 1, // taken, not said to the channel
  relay = 2,  // said to the channel with `modifiers` added or replaced
  refuse = 3,
};

// Master: what becomes of a Request. Answered by RequestSettled when it is
// durable; said again after a reconnect until then. `modifiers`: a run of
// MODIFIER and MOD_CONT parts, for relay.
struct RequestDecision
{
  base::MemberKey member_key;
  std::uint64_t request_id = 0;
  RequestAction action = RequestAction::accept;
  std::uint32_t code = 0;
  std::string reason;
  wire::Rest modifiers;
  WIRE_MESSAGE (RequestDecision, 908, member_key, request_id, action, code,
                reason, modifiers)
};

// Master: throw a member out; `notice`: a P.Message for it, or empty.
// Answered by OperationResult.
struct Eject
{
  std::uint64_t op_id = 0;
  base::MemberKey member_key;
  wire::Rest notice;
  WIRE_MESSAGE (Eject, 909, op_id, member_key, notice)
};

// Go on though members have newer messages than we: behind all that they know.
// Answered by OperationResult.
struct Adopt
{
  std::uint64_t op_id = 0;
  WIRE_MESSAGE (Adopt, 948, op_id)
};

// ---- Client to service: operations on a channel (master or slave) ------

// Record a membership locally. Answered by OperationResult.
struct MembershipStore
{
  std::uint64_t op_id = 0;
  base::MemberKey member_key;
  bool did_join = false;
  std::uint64_t announced_at = 0;
  std::uint64_t effective_since = 0; // 0 when did_join is false
  WIRE_MESSAGE (MembershipStore, 910, op_id, member_key, did_join, announced_at,
                effective_since)
};

enum class HistoryMode : std::uint8_t
{
  range = 0,  // messages first to last, by id, inclusive
  latest = 1, // the newest `last` messages; first is 0
};

// Replay history on stream op_id: HistoryRange, then Fragment and Gap, message
// by message, then OperationResult (count of messages, or GNUNET_SYSERR and a
// text). Fragments of the first message up to after_fragment_id were delivered
// before and are left out.
struct HistoryStart
{
  std::uint64_t op_id = 0;
  HistoryMode mode = HistoryMode::range;
  std::uint64_t first = 0;
  std::uint64_t last = 0;
  std::uint64_t after_fragment_id = 0;
  std::uint32_t flags = 0; // enum GNUNET_PSYC_HistoryReplayFlags
  std::string method_prefix;
  WIRE_MESSAGE (HistoryStart, 911, op_id, mode, first, last, after_fragment_id,
                flags, method_prefix)
};

enum class StateMatch : std::uint8_t
{
  best = 0,   // this name, else the nearest shorter one
  prefix = 1, // every name that starts so, sorted
};

// Read the channel's state on stream op_id: StateValue for each part, then
// OperationResult (GNUNET_YES found, GNUNET_NO nothing, GNUNET_SYSERR).
// Prefix: names up to and including after_name are left out (empty: none are).
struct StateGet
{
  std::uint64_t op_id = 0;
  StateMatch match = StateMatch::best;
  std::string name;
  std::string after_name;
  WIRE_MESSAGE (StateGet, 912, op_id, match, name, after_name)
};

// Nothing more about op_id is wanted; not answered.
struct OperationCancel
{
  std::uint64_t op_id = 0;
  WIRE_MESSAGE (OperationCancel, 913, op_id)
};

// Answered by Info.
struct InfoGet
{
  std::uint64_t op_id = 0;
  WIRE_MESSAGE (InfoGet, 914, op_id)
};

// Remove everything of the channel from disk. Answered by OperationResult.
struct Forget
{
  std::uint64_t op_id = 0;
  WIRE_MESSAGE (Forget, 915, op_id)
};

// Parts of a message; abandon it; what became of it?
using Upload = transfer::Upload<916>;
using UploadCancel = transfer::UploadCancel<917>;
using UploadQuery = transfer::UploadQuery<918>;
inline constexpr std::uint64_t upload_watch_bit = std::uint64_t{ 1 } << 63;

// ---- Service to client -------------------------------------------------

enum class StartResult : std::int8_t
{
  failed = -1,  // `error` says why; the connection is of no use any more
  is_empty = 0, // no message yet
  has_messages = 1,
};

// The answer to the first message. after_fragment_id is where stream 0
// begins (what the client asked for, or the head when it asked from_now): the
// client asks for what comes after it when it connects anew.
struct Started
{
  StartResult result = StartResult::failed;
  std::uint64_t head_fragment_id = 0;
  std::uint64_t max_message_id = 0;
  std::uint64_t after_fragment_id = 0;
  std::string error;
  WIRE_MESSAGE (Started, 930, result, head_fragment_id, max_message_id,
                after_fragment_id, error)
};

// One stored fragment. `message`: P.MessageHeader with its parts.
struct Fragment
{
  std::uint64_t stream_id = log_stream;
  std::uint64_t fragment_id = 0;
  wire::Rest message;
  WIRE_MESSAGE (Fragment, 931, stream_id, fragment_id, message)
};

// These fragments cannot be had; the stream goes on behind them.
struct Gap
{
  std::uint64_t stream_id = log_stream;
  std::uint64_t first = 0;
  std::uint64_t last = 0;
  WIRE_MESSAGE (Gap, 932, stream_id, first, last)
};

// Master: a complete request of a member, offered until it is decided. One
// message with its first fragment (explicit_requests, is_last is then true),
// or one for each fragment in order. Counts on stream 0. `message`:
// P.MessageHeader (flag REQUEST, message_id = request_id, slave_pub_key) with
// its parts.
struct Request
{
  base::MemberKey member_key;
  std::uint64_t request_id = 0;
  bool is_last = true;
  wire::Rest message;
  WIRE_MESSAGE (Request, 933, member_key, request_id, is_last, message)
};

// Master: the decision of this request is on disk (or the request is not
// known).
struct RequestSettled
{
  base::MemberKey member_key;
  std::uint64_t request_id = 0;
  WIRE_MESSAGE (RequestSettled, 934, member_key, request_id)
};

// Master: somebody asks to join. join_id is of this connection. `message`: a
// P.Message or empty.
struct JoinRequest
{
  std::uint64_t join_id = 0;
  base::MemberKey member_key;
  wire::Rest message;
  WIRE_MESSAGE (JoinRequest, 935, join_id, member_key, message)
};

// Slave: the channel's answer to our wish to join. is_remembered: it came
// earlier (the service holds a ticket), said once after Started; the library
// tells the application only if this handle did not see it come. `answer`: a
// P.Message or empty.
struct JoinVerdict
{
  Admission admission = Admission::unknown;
  bool is_remembered = false;
  wire::Rest answer;
  WIRE_MESSAGE (JoinVerdict, 936, admission, is_remembered, answer)
};

// Slave: where the link to the channel stands; said after Started and at each
// change.
struct LinkState
{
  std::uint8_t state = 0; // enum GNUNET_MULTICAST_MemberState
  WIRE_MESSAGE (LinkState, 937, state)
};

// How the state of a guest's channel stands.
enum class StateChange : std::uint8_t
{
  whole = 0,   // it came, all of it
  missing = 1, // something was missed: it is asked for
  differs = 2, // it is not the host's: it is asked for
};

// To slaves: something happened to the state at that message.
struct StateEvent
{
  StateChange change = StateChange::whole;
  std::uint64_t message_id = 0;
  WIRE_MESSAGE (StateEvent, 947, change, message_id)
};

// Master with watch_members: a member came or went; after Started one
// (attached) for each that is there.
struct MemberEvent
{
  base::MemberKey member_key;
  std::uint8_t event = 0; // enum GNUNET_MULTICAST_MemberEvent
  WIRE_MESSAGE (MemberEvent, 938, member_key, event)
};

// End of an operation, and of its stream.
struct OperationResult
{
  std::uint64_t op_id = 0;
  std::int64_t result = 0; // GNUNET_OK, a count, GNUNET_NO, GNUNET_SYSERR
  std::string error;       // for people, empty when there was none
  WIRE_MESSAGE (OperationResult, 939, op_id, result, error)
};

// One part of a state query's answer: a MODIFIER part (name, full size of the
// value, its beginning) or a MOD_CONT part (more of the same value).
struct StateValue
{
  std::uint64_t op_id = 0;
  wire::Rest part;
  WIRE_MESSAGE (StateValue, 940, op_id, part)
};

// A history stream's selection as message ids, before its first fragment: the
// library asks for this range if it must ask again.
struct HistoryRange
{
  std::uint64_t op_id = 0;
  std::uint64_t first_message_id = 0;
  std::uint64_t last_message_id = 0;
  WIRE_MESSAGE (HistoryRange, 941, op_id, first_message_id, last_message_id)
};

// Where this end stands in the tree of the channel's group.
struct Position
{
  base::PeerId parent; // zero: none
  std::uint32_t depth = 0;
  bool is_rooted = false;
  std::uint32_t child_count = 0;
  std::uint64_t subtree_size = 0;
  std::uint64_t lag = 0;
  WIRE_STRUCT (parent, depth, is_rooted, child_count, subtree_size, lag)
};

struct Info
{
  std::uint64_t op_id = 0;
  std::uint64_t head_fragment_id = 0;
  std::uint64_t max_message_id = 0;
  std::uint64_t settled_fragment_id = 0;
  std::uint64_t outbox_count = 0;
  std::uint64_t member_count = 0;
  std::uint8_t state = 0; // MemberState of a slave, OriginState of a master
  Position position;
  WIRE_MESSAGE (Info, 942, op_id, head_fragment_id, max_message_id,
                settled_fragment_id, outbox_count, member_count, state,
                position)
};

// The service has let go: the answer to Part.
struct PartAck
{
  WIRE_MESSAGE (PartAck, 943)
};

// More parts are welcome; what became of a message.
using UploadCredit = transfer::UploadCredit<944>;
using UploadState = transfer::UploadState<945>;

// ---- All that each side understands ------------------------------------

using ClientMessages
    = wire::MessageList<MasterStart, SlaveJoin, ObserveStart, MasterMode,
                        StreamAck, Part, JoinDecision, JoinPending,
                        RequestDecision, Eject, Adopt, MembershipStore,
                        HistoryStart, StateGet, OperationCancel, InfoGet,
                        Forget, Upload, UploadCancel, UploadQuery>;
using ServiceMessages
    = wire::MessageList<Started, Fragment, Gap, Request, RequestSettled,
                        JoinRequest, JoinVerdict, LinkState, StateEvent,
                        MemberEvent, OperationResult, StateValue, HistoryRange,
                        Info, PartAck, UploadCredit, UploadState>;

// ---- Cost of what travels on a stream ----------------------------------

inline constexpr std::uint64_t stream_cost_base = 64;

[[nodiscard]] inline std::uint64_t
stream_cost (const Fragment &m)
{
  return stream_cost_base + m.message.bytes.size ();
}

[[nodiscard]] inline std::uint64_t
stream_cost (const Gap &)
{
  return stream_cost_base;
}

[[nodiscard]] inline std::uint64_t
stream_cost (const Request &m)
{
  return stream_cost_base + m.message.bytes.size ();
}

[[nodiscard]] inline std::uint64_t
stream_cost (const StateValue &m)
{
  return stream_cost_base + m.part.bytes.size ();
}
} // namespace psyc::local
