// SPDX-License-Identifier: AGPL-3.0-or-later
//
// One member of one group, without I/O: finds the origin and keeps attached,
// asks at the door, checks fragments and repairs what is missing, sends
// requests.
#pragma once

#include <optional>

#include "multicast/core/effects.hpp"
#include "port/crypto.hpp"

namespace multicast
{
struct MemberConfig
{
  base::ChannelKey group;
  base::PeerId own_peer;
  base::PeerId origin;
  std::vector<base::PeerId> relays;
  base::Bytes ticket;       // empty: ask at the door
  base::Bytes join_request; // said at the door; may be empty
  // The own stream starts here; none: after the admission of the decision or
  // the ticket.
  base::FragmentId first_fragment_id;
  std::vector<base::Interval> have; // fragments that need not come any more
  base::Duration heartbeat = base::seconds (5);
};

// Call advance_time () before any other input when time has passed, and after
// every input drain poll_effect () and look at next_deadline () again.
// `signer`, `verifier` and `random` must outlive the core.
class MemberCore
{
public:
  MemberCore (MemberConfig config, const port::MemberSigner &signer,
              const port::Verifier &verifier, port::Random &random,
              base::TimePoint now);

  // --- the client ---------------------------------------------------------

  void on_fragment_stored (base::FragmentId id);
  // It could not be stored: it is asked for again in 10 s.
  void on_fragment_failed (base::FragmentId id);

  // `full`: read no more from this client until has_room ().
  [[nodiscard]] ClientResult on_client_request (NewRequest request);
  [[nodiscard]] bool has_room () const;

  // Fragments or messages wanted besides the own stream; ends with Fetched,
  // whatever happens. Waits while not attached.
  [[nodiscard]] ClientResult on_fetch (ReplayUnit unit, std::uint64_t first,
                                       std::uint64_t last);
  // Leave for good. Ends with Parted.
  void on_part ();

  void on_replay_fragment (ReplayId replay, base::ByteView fragment);
  void on_replay_end (ReplayId replay, ReplayCode code);

  // --- the network --------------------------------------------------------

  void on_path_known (const base::PeerId &peer, PathState state);
  void on_peer_message (ChannelId channel, base::ByteView message);
  // CADET took one of our messages on that channel.
  void on_channel_sent (ChannelId channel);
  // CADET told that the channel is gone.
  void on_channel_closed (ChannelId channel);

  // --- time and effects ---------------------------------------------------

  void advance_time (base::TimePoint now);
  [[nodiscard]] base::TimePoint next_deadline () const;
  [[nodiscard]] std::optional<MemberEffect> poll_effect ();

  [[nodiscard]] MemberState state () const;
  // Highest signed head known.
  [[nodiscard]] base::Head head () const;
};
} // namespace multicast
