// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The words that the parts of psyc's core share: names of channels, clients,
// store operations, and the limits of the service.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <string>

#include "base/bytes.hpp"
#include "base/ids.hpp"
#include "base/time.hpp"

namespace psyc::core
{
// One running channel of this process; never used twice.
using ChannelNo = base::Id<struct ChannelNoTag>;
// One connection of a client library.
using ClientId = base::Id<struct ClientIdTag>;
// A question at the door, a wish for stored fragments: multicast's handles,
// kept by the shell.
using JoinToken = base::Id<struct JoinTokenTag>;
using ReplayToken = base::Id<struct ReplayTokenTag>;

// One operation of the store.
struct OpId
{
  ChannelNo channel;
  std::uint64_t number = 0;

  auto operator<=> (const OpId &) const = default;
};

// enum GNUNET_PSYC_Policy.
enum class Policy : std::uint32_t
{
  anonymous = 0,
  closed = 1,
  open = 2,
  is_private = 3,
};

// Does everybody get in who asks?
[[nodiscard]] constexpr bool
admits_all (Policy policy)
{
  return Policy::anonymous == policy || Policy::open == policy;
}

// May a member read only what was said while it was one?
[[nodiscard]] constexpr bool
has_restricted_history (Policy policy)
{
  return Policy::is_private == policy || Policy::open == policy;
}

// enum GNUNET_MULTICAST_MemberState.
enum class LinkState : std::uint8_t
{
  none = 0,
  connecting = 1,
  pending = 2,
  attached = 3,
  detached = 4,
  service_lost = 5,
  ejected = 6,
  refused = 7,
  group_ended = 8,
};

// enum GNUNET_MULTICAST_OriginState.
enum class OriginState : std::uint8_t
{
  none = 0,
  started = 1,
  service_lost = 2,
  head_behind = 3,
};

// enum GNUNET_MULTICAST_MemberEvent.
enum class MemberEvent : std::uint8_t
{
  attached = 1,
  detached = 2,
  parted = 3,
};

// enum GNUNET_MULTICAST_ReplayErrorCode.
enum class ReplayCode : std::uint8_t
{
  ok = 0,
  not_found = 1,
  past_head = 2,
  access_denied = 3,
  internal_error = 4,
};

// enum GNUNET_MULTICAST_ReplayUnit.
enum class ReplayUnit : std::uint8_t
{
  fragments = 0,
  messages = 1,
};

// Flags of a fragment, GNUNET_MULTICAST_MESSAGE_....
inline constexpr std::uint32_t first_fragment = 1;
inline constexpr std::uint32_t last_fragment = 2;

// enum GNUNET_PSYC_MessageFlags: of what goes to applications.
inline constexpr std::uint32_t message_historic = 1;
inline constexpr std::uint32_t message_request = 2;

// enum GNUNET_PSYC_MasterTransmitFlags.
inline constexpr std::uint32_t transmit_state_reset = 1;
inline constexpr std::uint32_t transmit_state_modify = 2;
inline constexpr std::uint32_t transmit_state_hash = 4;
inline constexpr std::uint32_t transmit_inc_group_gen = 8;

// enum GNUNET_PSYC_SlaveJoinFlags, GNUNET_PSYC_HistoryReplayFlags.
inline constexpr std::uint32_t join_local = 1;
inline constexpr std::uint32_t history_remote = 1;

// GNUnet's three answers.
inline constexpr std::int64_t result_yes = 1;
inline constexpr std::int64_t result_no = 0;
inline constexpr std::int64_t result_error = -1;
// GNUNET_PSYCSTORE_STATE_REFUSED, …_DIFFERS.
inline constexpr std::int64_t result_state_refused = -3;
inline constexpr std::int64_t result_state_differs = -4;

// Asked for as a message that never is, it means the newest checkpoint.
inline constexpr std::uint64_t checkpoint_question = base::id_max;

struct Config
{
  // Body of one fragment (GNUNET_MULTICAST_FRAGMENT_MAX_PAYLOAD).
  std::size_t payload_max = 60000;

  // Tail of a log in memory.
  std::size_t tail_fragments_max = 256;
  std::size_t tail_bytes_max = std::size_t{ 4 } << 20;
  // What a reader takes from the store at a time.
  std::uint64_t read_fragments_max = 64;

  // Fragments of ours that multicast or the store has not confirmed.
  std::size_t publish_bytes_max = std::size_t{ 2 } << 20;
  // Parts of one client that are not durable; above, it is not read.
  std::size_t client_bytes_max = std::size_t{ 4 } << 20;
  std::size_t client_uploads_max = 1024; // whose input has not ended
  // Whose tag is looked up; above, no client of the channel is read.
  std::size_t uploads_checking_max = 256;
  std::size_t client_streams_max = 64;

  // What the host's programs say and what is not complete: above, on disk.
  std::size_t spool_message_held_max = std::size_t{ 1 } << 20;
  std::size_t spool_held_max = std::size_t{ 4 } << 20;

  // Requests.
  std::size_t outbox_window_bytes = std::size_t{ 1 } << 20;
  std::size_t outbox_window_fragments = 512;
  std::size_t outbox_requests_max = 65536;
  std::size_t request_cache_bytes = std::size_t{ 4 } << 20;
  // Of what members said and the store does not take.
  std::size_t requests_held_bytes = std::size_t{ 16 } << 20;
  std::uint64_t request_read_bytes = 256 * 1024;
  std::size_t member_unfinished_max = 1024; // above any member's window
  std::size_t unfinished_max = 16384;
  std::uint64_t request_bytes_max = std::uint64_t{ 4 } << 30;
  std::size_t relays_active_max = 16;

  // The state. A checkpoint is said after so many changes, or bytes of changes;
  // when the state is large, after proportionally more.
  std::uint64_t checkpoint_changes = 256;
  std::uint64_t checkpoint_bytes = std::uint64_t{ 1 } << 20;
  // Between two that members asked for, and for each MiB of the last one.
  base::Duration checkpoint_interval = base::seconds (1);
  // A member that lacks the state asks for it so often.
  base::Duration state_ask_interval = base::seconds (20);
  // Questions wait so long for a state that is behind, and for one that was
  // never here.
  base::Duration state_wait = base::seconds (5);
  base::Duration first_state_wait = base::seconds (20);
  // Of a message that changes the state, what waits until it was tried out;
  // what is more goes out, and is cancelled if the change is refused.
  std::size_t state_withheld_bytes = 256 * 1024;
  std::size_t state_change_bytes_max = std::size_t{ 17 } << 20;
  std::size_t state_read_bytes = 256 * 1024;

  // The door.
  std::size_t questions_max = 1024;
  std::size_t revocations_max = 1000;

  base::Duration store_retry = base::seconds (1);
  base::Duration linger = base::seconds (60);
  // Ids that are passed over when a channel goes on from a copy: more than were
  // said since the copy was made.
  std::uint64_t copy_skip = 100'000;
  // Between closing an origin at multicast and opening it again.
  base::Duration reopen_wait = base::seconds (1);
  base::Duration end_wait = base::seconds (2);
  base::Duration record_interval = base::seconds (30);
  std::size_t unfinished_kept_max = 1024; // in a record
  std::size_t ranges_kept_max = 256;
  // Fragments between two writes of a channel's record.
  std::uint64_t record_fragments = 1024;
};
} // namespace psyc::core
