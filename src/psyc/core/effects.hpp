// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What the core wants done, as values: calls of psycstore's and multicast's
// libraries, messages to clients. The shell drains them in order and does
// exactly what they say.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/interval_set.hpp"
#include "psyc/core/fragment.hpp"

namespace psyc::core
{
// ---- psycstore -----------------------------------------------------------

enum class Box : std::uint8_t
{
  out = 0,
  in = 1,
};

enum class RequestOutcome : std::uint8_t
{
  open = 0,
  accepted = 1,
  refused = 2,
};

// What else becomes true together with a fragment.
struct Settlement
{
  std::optional<base::SendTag> tag;
  std::optional<base::MemberKey> member;
  base::RequestId request_id;
};

struct StoreFragment
{
  FragmentPtr fragment;
  std::optional<Settlement> settlement;
};
// By fragment id; a reader sees only what it may.
struct ReadFragments
{
  std::uint64_t first = 0;
  std::uint64_t last = 0;
  std::optional<base::MemberKey> reader;
};
struct ReadMessages
{
  std::uint64_t first = 0;
  std::uint64_t last = 0;
  std::uint64_t fragments_max = 0; // 0: all
  std::string method_prefix;
  std::optional<base::MemberKey> reader;
};
struct ReadLatestMessages
{
  std::uint64_t count = 0;
  std::string method_prefix;
};
struct ReadMessageFragment
{
  base::MessageId message_id;
  std::uint64_t offset = 0;
};
struct ReadCounters
{
};
struct ReadRanges
{
  std::uint64_t first = 1;
};
struct FindTag
{
  base::SendTag tag;
};
struct StoreRequest
{
  Box box = Box::out;
  RequestPtr request;
  std::optional<base::SendTag> tag;
  base::RequestId after{}; // this one must be complete
};
struct ReadRequest
{
  Box box = Box::out;
  base::MemberKey member;
  base::RequestId request_id;
  std::uint64_t first_offset = 0;
  std::uint64_t last_offset = 0;
};
struct ListRequests
{
  Box box = Box::out;
  std::optional<base::MemberKey> member;
};
struct ReadRequestStatus
{
  Box box = Box::out;
  base::MemberKey member;
  base::RequestId request_id;
};
struct SettleRequest
{
  Box box = Box::out;
  base::MemberKey member;
  base::RequestId request_id;
  RequestOutcome outcome = RequestOutcome::refused;
  std::uint64_t message_id = 0;
  std::uint32_t code = 0;
  std::string reason;
};
enum class Membership : std::uint8_t
{
  begins,
  ends,
};
struct StoreMembership
{
  base::MemberKey member;
  Membership change = Membership::begins;
  std::uint64_t announced_at = 0;
  std::uint64_t effective_since = 0;
  std::uint64_t generation = 0;
};
struct TestMembership
{
  base::MemberKey member;
  std::uint64_t message_id = 0;
  std::uint64_t generation = 0;
};
struct ModifyState
{
  std::uint64_t message_id = 0;
  std::uint64_t state_delta = 0;
};
// May a message with this head be said? Changes nothing. The result's text is
// why not, or the hash of the state that it makes.
struct TryState
{
  bool is_reset = false;
  bool wants_hash = false;
  base::Bytes head;
};
enum class StateMatch : std::uint8_t
{
  best,
  prefix,
};
// From the variable `first_name` on (with a prefix), and of the first one's
// value from that byte on.
struct ReadState
{
  StateMatch match = StateMatch::best;
  std::string name;
  std::string first_name;
  std::uint64_t first_byte = 0;
};
struct ReadStateInfo
{
  bool wants_hash = false;
};
// psyc's own record of a channel; empty removes it.
struct StoreRecord
{
  std::optional<base::MemberKey> member;
  base::Bytes record;
  // What is above it must be kept.
  base::FragmentId settled;
  bool is_imported = false;
};
struct ReadRecords
{
};
struct RemoveChannel
{
};

using StoreCall
    = std::variant<StoreFragment, ReadFragments, ReadMessages,
                   ReadLatestMessages, ReadMessageFragment, ReadCounters,
                   ReadRanges, FindTag, StoreRequest, ReadRequest, ListRequests,
                   ReadRequestStatus, SettleRequest, StoreMembership,
                   TestMembership, ModifyState, TryState, ReadState,
                   ReadStateInfo, StoreRecord, ReadRecords, RemoveChannel>;

// What a store operation brings before its result.
struct Counters
{
  std::uint64_t fragment_id = 0;
  std::uint64_t message_id = 0;
  std::uint64_t generation = 0;
  std::uint64_t state_message_id = 0;
};
struct TagInfo
{
  std::uint64_t message_id = 0;
  std::uint64_t request_id = 0;
};
struct RequestInfo
{
  base::MemberKey member;
  base::RequestId request_id;
  std::uint64_t sequence = 0; // 0: incomplete
  std::uint64_t size = 0;
  RequestOutcome outcome = RequestOutcome::open;
  std::uint64_t message_id = 0;
  std::uint32_t code = 0;
  std::string reason;
  std::uint64_t contiguous_end = 0;
};
struct RecordInfo
{
  base::ChannelKey channel;
  std::optional<base::MemberKey> member;
  base::Bytes record;
  bool is_imported = false; // it came with a copy of the channel
};
// A variable, or (without a name) the next piece of the one before. Pieces that
// differ in size or in who gave it are of different values.
struct StateValue
{
  std::string name;
  base::Bytes value;
  std::uint64_t size = 0; // of the whole value
  std::uint64_t changed_by = 0;
};
struct StateInfo
{
  std::uint64_t message_id = 0;
  std::uint64_t checkpoint_id = 0;
  std::uint64_t changes = 0; // since the checkpoint
  std::uint64_t change_bytes = 0;
  base::Hash hash;
};
using StoreItem
    = std::variant<FragmentPtr, RequestPtr, Counters, base::Interval, TagInfo,
                   RequestInfo, RecordInfo, StateValue, StateInfo>;

struct StoreResult
{
  std::int64_t result = result_yes;
  std::string error; // or what the operation tells besides

  [[nodiscard]] bool
  is_error () const
  {
    return result < 0;
  }
};

struct CallStore
{
  OpId op;
  base::ChannelKey channel;
  StoreCall call;
};

// ---- multicast: the origin -----------------------------------------------

struct OriginOpen
{
  ChannelNo channel;
  base::ChannelPrivateKey private_key;
  Policy policy = Policy::is_private;
  base::Head head;
  bool is_unclean = false;
  // Ids between this one and the head's were never given by this copy of the
  // channel, but may have been given by the one it was made from.
  base::FragmentId known;
};
struct OriginSend
{
  ChannelNo channel;
  base::MessageId message_id;
  std::uint64_t offset = 0;
  base::Generation generation;
  std::uint32_t flags = 0;
  base::Bytes body;
};
struct OriginStored
{
  ChannelNo channel;
  base::FragmentId fragment_id;
};
struct OriginDiscard
{
  ChannelNo channel;
  base::FragmentId fragment_id;
};
struct OriginRequestStored
{
  ChannelNo channel;
  base::MemberKey member;
  base::RequestId request_id;
  std::uint64_t offset = 0;
};
struct OriginRequestSettled
{
  ChannelNo channel;
  base::MemberKey member;
  base::RequestId request_id;
  RequestOutcome outcome = RequestOutcome::accepted;
  std::uint64_t message_id = 0;
  std::uint32_t code = 0;
  std::string reason;
};
// Closes the member out, with last words; `generation`: tickets up to it are
// void.
struct OriginEject
{
  ChannelNo channel;
  base::MemberKey member;
  base::Generation generation;
  base::Bytes notice;
};
struct OriginRevoke
{
  ChannelNo channel;
  base::MemberKey member;
  base::Generation generation;
};
enum class Ending : std::uint8_t
{
  for_now,  // we go, the group stays
  for_good, // the group ends; the member leaves
};
struct OriginEnd
{
  ChannelNo channel;
  Ending ending = Ending::for_now;
};

// ---- multicast: the door, replays ----------------------------------------

enum class Admission : std::int8_t
{
  unknown = -1,
  refused = 0,
  admitted = 1,
};
struct DecideJoin
{
  JoinToken join;
  Admission admission = Admission::unknown;
  std::vector<base::PeerId> relays;
  base::Bytes answer;
};
struct TellJoinPending
{
  JoinToken join;
};
struct ReplayFragment
{
  ReplayToken replay;
  FragmentPtr fragment;
};
struct ReplayEnd
{
  ReplayToken replay;
  ReplayCode code = ReplayCode::ok;
  // Nothing is there before it, from what was asked for on; none: not known.
  base::FragmentId next = {};
};

// ---- multicast: the member -----------------------------------------------

struct MemberOpen
{
  ChannelNo channel;
  base::ChannelKey key;
  base::MemberPrivateKey private_key;
  std::optional<base::PeerId> origin;
  std::vector<base::PeerId> relays;
  base::Bytes ticket;
  base::Bytes join_message;
  base::FragmentId first_fragment;
  std::vector<base::Interval> have;
};
struct MemberStored
{
  ChannelNo channel;
  base::FragmentId fragment_id;
};
struct MemberFailed
{
  ChannelNo channel;
  base::FragmentId fragment_id;
};
struct MemberRequestSend
{
  ChannelNo channel;
  RequestPtr request;
};
struct MemberFetch
{
  ChannelNo channel;
  ReplayUnit unit = ReplayUnit::messages;
  std::uint64_t first = 0;
  std::uint64_t last = 0;
  // A question to the host's psyc (first = last), not a range.
  bool is_question = false;
};
struct MemberEnd
{
  ChannelNo channel;
  Ending ending = Ending::for_now;
};

// ---- clients -------------------------------------------------------------

// A whole encoded message of psyc_messages.hpp.
struct ToClient
{
  ClientId client;
  base::Bytes message;
};
// The client broke the protocol: `reason` names how.
struct DropClient
{
  ClientId client;
  std::string reason;
};
// Its last message is dealt with: read the next.
struct ContinueClient
{
  ClientId client;
};
struct Count
{
  const char *name = "";
  std::uint64_t amount = 1;
};

using Effect
    = std::variant<CallStore, OriginOpen, OriginSend, OriginStored,
                   OriginDiscard, OriginRequestStored, OriginRequestSettled,
                   OriginEject, OriginRevoke, OriginEnd, DecideJoin,
                   TellJoinPending, ReplayFragment, ReplayEnd, MemberOpen,
                   MemberStored, MemberFailed, MemberRequestSend, MemberFetch,
                   MemberEnd, ToClient, DropClient, ContinueClient, Count>;

using Effects = std::deque<Effect>;
} // namespace psyc::core
