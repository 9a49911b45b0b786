// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Every bound of the multicast cores, with its unit.
#pragma once

#include "multicast/fragment_messages.hpp"

namespace multicast::limits
{
inline constexpr std::size_t mib = 1024 * 1024;

// --- one channel -----------------------------------------------------------
// Messages given to CADET and not yet taken by it.
inline constexpr std::size_t channel_under_way_max = 4;
// Queued behind them: fragments as they are issued (above it the child lags
// and pulls), repairs, and the rest (above it the channel is closed).
inline constexpr std::size_t live_queue_bytes_max = 2 * mib;
inline constexpr std::size_t replay_queue_bytes_low = 1 * mib;
inline constexpr std::size_t replay_queue_bytes_max = 8 * mib;
inline constexpr std::size_t control_queue_bytes_max = 4 * mib;
// Messages inside one PeerBatch, so that dispatching one is bounded work.
inline constexpr std::size_t batch_messages_max = 1024;

// --- contact ---------------------------------------------------------------
inline constexpr int heartbeats_of_silence = 3;
inline constexpr base::Duration heartbeat_min = base::milliseconds (50);
inline constexpr base::Duration heartbeat_max = base::seconds (60);
// From the opening of a channel to the first message, from one step of the
// opening conversation to the next.
inline constexpr base::Duration half_open_timeout = base::seconds (30);
inline constexpr std::size_t half_open_per_peer_max = 16;
inline constexpr std::size_t half_open_max = 256;

// --- the door --------------------------------------------------------------
inline constexpr base::Duration nonce_memory = base::minutes (10);
inline constexpr base::Duration join_time_tolerance = base::hours (1);
inline constexpr std::size_t joins_per_second = 20;
inline constexpr std::size_t joins_burst = 100;
inline constexpr std::size_t nonces_max = 16384;
inline constexpr std::size_t questions_per_peer_max = 8;
inline constexpr std::size_t questions_max = 256;
// What an application may say at the door, either way.
inline constexpr std::size_t join_message_size_max = 48 * 1024;
inline constexpr std::size_t relays_max = 128;
inline constexpr base::Duration ticket_lifetime = base::hours (30 * 24);
inline constexpr base::Duration ticket_renewal_age = base::hours (24);

// --- the origin's client ---------------------------------------------------
// Numbered or waiting for a number, not yet stored.
inline constexpr std::size_t unstored_bytes_max = 8 * mib;
inline constexpr base::Duration head_claim_timeout = base::seconds (5);

// --- replay ----------------------------------------------------------------
inline constexpr std::size_t replays_per_child_max = 4;
// Asked of the client at once, for all children together; fragments in each.
inline constexpr std::size_t replays_at_client_max = 4;
inline constexpr std::uint64_t replay_chunk_fragments = 32;
inline constexpr std::uint64_t replay_chunk_messages = 64;
inline constexpr base::Duration replay_client_timeout = base::seconds (60);

// --- a member --------------------------------------------------------------
inline constexpr std::uint64_t pull_fragments_max = 256;
inline constexpr base::Duration pull_timeout = base::seconds (60);
inline constexpr base::Duration pull_retry = base::seconds (10);
inline constexpr base::Duration store_retry = base::seconds (10);
inline constexpr std::size_t fetches_max = 256;
// Handed to the client and not yet stored; above the first nothing is pulled,
// above the second live fragments are dropped (and pulled later).
inline constexpr std::size_t undurable_bytes_low = 4 * mib;
inline constexpr std::size_t undurable_bytes_max = 16 * mib;
inline constexpr std::size_t undurable_fragments_max = 65536;
inline constexpr std::size_t holes_max = 65536;
inline constexpr base::Duration part_timeout = base::seconds (5);

// --- requests --------------------------------------------------------------
// Sent and not acknowledged: what a member does, what an origin bears.
inline constexpr std::size_t request_window_bytes = 1 * mib;
inline constexpr std::size_t request_queue_bytes_max = 4 * mib;
inline constexpr std::size_t request_flood_bytes = 4 * mib;
inline constexpr std::size_t request_overhead_bytes = 128;
inline constexpr std::size_t reason_size_max = 1024;
} // namespace multicast::limits
