// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The words that the two multicast cores and their shell share: names of
// channels, questions and answers, and the outcomes of a client's call. The
// numbers of the enumerations are those of the public C interface.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "base/ids.hpp"
#include "base/interval_set.hpp"
#include "base/time.hpp"
#include "multicast/peer_messages.hpp"

namespace multicast
{
// One CADET channel. Ids of channels that others opened are chosen by the
// shell (from 1, never used twice in a core's life); those of channels that the
// core opens are chosen by the core, above `channel_opened_by_core`.
using ChannelId = base::Id<struct ChannelIdTag>;
inline constexpr std::uint64_t channel_opened_by_core = std::uint64_t{ 1 }
                                                        << 63;
// Questions to a member's client: below are those for children, above those for
// the parent.
inline constexpr std::uint64_t replay_for_parent = std::uint64_t{ 1 } << 62;
// One question at the door.
using JoinId = base::Id<struct JoinIdTag>;

// Bits of a ticket's policy (GNUNET_PSYC_CHANNEL_*).
inline constexpr std::uint32_t policy_admission_control = 1;
inline constexpr std::uint32_t policy_restricted_history = 2;

enum class OriginState : std::uint8_t
{
  started = 1,
  head_behind = 3,
};

enum class MemberState : std::uint8_t
{
  connecting = 1,
  pending = 2,
  attached = 3,
  detached = 4,
  ejected = 6,
  refused = 7,
  group_ended = 8,
};

enum class MemberEvent : std::uint8_t
{
  attached = 1,
  detached = 2,
  parted = 3,
};

enum class JoinVerdict : std::uint8_t
{
  admitted,
  refused,
  cannot_say, // the joiner is told to ask again later
};

enum class PathState : std::uint8_t
{
  unknown, // CADET knows no way to that peer
  known,
};

enum class StartKind : std::uint8_t
{
  clean,
  unclean, // or restored from a copy: ask members for their heads first
};

// What became of something that a client asked for.
enum class ClientResult : std::uint8_t
{
  taken,
  not_attached, // nothing kept: say it again on the next `attached`
  full,         // nothing kept: too much waits; see has_room ()
  invalid,      // sizes or numbers that can never be right
  stopped,      // head_behind, ejected, refused, parted
};

// A fragment as the origin's client gives it, not yet numbered.
struct NewFragment
{
  base::MessageId message_id;
  std::uint64_t fragment_offset = 0;
  base::Generation generation;
  std::uint32_t flags = 0;
  base::Bytes body;
};

// A piece of a request as the member's client gives it.
struct NewRequest
{
  base::RequestId request_id;
  std::uint64_t fragment_offset = 0;
  std::uint32_t flags = 0;
  base::Bytes body;
};

struct RequestSettlement
{
  base::RequestId request_id;
  RequestResult result = RequestResult::refused;
  base::MessageId message_id; // when accepted; none: no message came of it
  std::uint32_t code = 0;
  std::string reason;
};

struct JoinAnswer
{
  JoinVerdict verdict = JoinVerdict::cannot_say;
  std::vector<base::PeerId> relays;
  base::Bytes answer; // the application's, also on refusal; may be empty
};

// What a core keeps for others now, of what is bounded by configuration.
struct Load
{
  std::size_t queued_bytes = 0; // fragments that wait for children
  std::size_t pipes = 0;        // ways to the origin, for members further down
};
} // namespace multicast
