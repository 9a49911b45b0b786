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

// --- the tree --------------------------------------------------------------
// Peers that a member remembers to call.
inline constexpr std::size_t candidates_max = 64;
// Of them, told to the client, and how often at most.
inline constexpr std::size_t peers_told_max = 32;
inline constexpr base::Duration peers_told_pause = base::seconds (30);
// Calls at the same time, and how long the newest is waited for before the
// next is made.
inline constexpr std::size_t suitors_max = 3;
inline constexpr base::Duration suitor_patience = base::seconds (2);
// A place that was offered, somebody to visit: not pursued for longer.
inline constexpr base::Duration errand_timeout = base::seconds (30);
// Heartbeats without a newer head before a parent's word on its way up counts
// for nothing.
inline constexpr int heartbeats_of_staleness = 6;
// How long a member below others waits for those above to find the origin
// again, before it looks around itself; doubling.
inline constexpr base::Duration rootless_patience_min = base::seconds (60);
inline constexpr base::Duration rootless_patience_max = base::minutes (10);
inline constexpr base::Duration rootless_search = base::seconds (20);
// How long the top of a tree looks for the origin before it joins another tree
// that lacks it too.
inline constexpr base::Duration merge_patience = base::seconds (20);
// Fragments with a wrong signature before a parent is left.
inline constexpr std::size_t forged_max = 16;
// Relays between a member and the origin.
inline constexpr std::size_t path_max = 63;
// Whose tickets are void: some 160 bytes each; beyond, the oldest generation is
// forgotten.
inline constexpr std::size_t revocations_max = 65536;
inline constexpr std::size_t revocations_per_message = 500;
inline constexpr std::size_t visitors_max = 16;
inline constexpr base::Duration visitor_idle = base::seconds (30);
// Told to a child, so that it knows others.
inline constexpr std::size_t siblings_max = 8;
inline constexpr std::size_t redirects_max = 16;
// Members that may be claimed to hang on one child.
inline constexpr std::uint64_t subtree_max = std::uint64_t{ 1 } << 40;

// --- pipes to the origin ---------------------------------------------------
// What one costs a relay or the origin, as a round number.
inline constexpr std::size_t route_bytes = 256;
// Waiting on the link that a pipe's message would take: above it, the pipe is
// closed, and its member tries again.
inline constexpr std::size_t pipe_queue_bytes_max = 2 * mib;
inline constexpr base::Duration pipe_idle = base::minutes (15);
// A member says something in the pipe that it needs, closes one that it does
// not.
inline constexpr base::Duration voice_refresh = base::minutes (5);
inline constexpr base::Duration voice_idle = base::seconds (60);
inline constexpr base::Duration voice_timeout = base::seconds (20);
inline constexpr base::Duration voice_retry_min = base::seconds (1);
inline constexpr base::Duration voice_retry_max = base::seconds (60);

// --- the door --------------------------------------------------------------
inline constexpr base::Duration nonce_memory = base::minutes (10);
inline constexpr base::Duration join_time_tolerance = base::hours (1);
// A joiner believes the origin about the time so far.
inline constexpr base::Duration clock_offset_max = base::hours (50 * 365 * 24);
inline constexpr std::size_t joins_per_second = 20;
inline constexpr std::size_t joins_burst = 100;
inline constexpr std::size_t nonces_max = 65536;
inline constexpr std::size_t nonces_per_member_max = 128;
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
// Not yet stored or, for the child in the middle, not yet sent: above it
// nothing more is numbered. A child that took nothing for so long is not waited
// for.
inline constexpr std::size_t pace_bytes_max = 3 * mib / 2;
inline constexpr base::Duration pace_patience = base::seconds (1);
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
// A question to which nothing came for so long is asked again; the third time
// somebody else is.
inline constexpr base::Duration pull_timeout = base::seconds (6);
inline constexpr unsigned pulls_in_vain_max = 3;
// Whatever else comes meanwhile, a question is not waited for longer.
inline constexpr base::Duration pull_patience = base::seconds (60);
inline constexpr base::Duration pull_retry = base::seconds (10);
// A fragment that a parent lacks too will soon be sent, as a rule. It is asked
// for so often before somebody else is.
inline constexpr base::Duration coming_retry = base::seconds (1);
inline constexpr unsigned coming_max = 60;
// The first few visits follow each other after this pause, then it doubles.
inline constexpr unsigned visits_at_once = 3;
inline constexpr base::Duration visit_retry_min = base::seconds (1);
inline constexpr base::Duration visit_retry_max = base::seconds (60);
// Nobody is visited again for so long.
inline constexpr base::Duration visit_memory = base::seconds (30);
// Others that are visited before the origin, and in vain before a fetch ends.
inline constexpr unsigned visits_before_origin = 6;
inline constexpr unsigned visits_in_vain_max = 9;
// A child of the origin that lacks more asks other relays first, too.
inline constexpr std::uint64_t repairs_of_origin_max = 8;
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
// Acknowledged and not answered, that a member keeps in mind.
inline constexpr std::size_t unsettled_max = 4096;
} // namespace multicast::limits
