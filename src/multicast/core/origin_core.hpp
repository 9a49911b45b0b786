// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The origin of one group, without I/O: numbers and signs fragments, holds them
// back until they are stored, sends them to the attached children, answers
// joiners and repairs, takes requests.
#pragma once

#include <optional>

#include "multicast/core/effects.hpp"
#include "port/crypto.hpp"

namespace multicast
{
struct OriginConfig
{
  base::PeerId own_peer;
  std::uint32_t policy = 0; // goes into tickets; not interpreted here
  base::Head head;          // highest ids that were ever stored
  StartKind start = StartKind::clean;
  base::Duration heartbeat = base::seconds (5);
  base::Duration head_probe = base::seconds (2);
  std::uint32_t children_max = 256;
};

// Call advance_time () before any other input when time has passed, and after
// every input drain poll_effect () and look at next_deadline () again.
// `signer`, `verifier` and `random` must outlive the core.
class OriginCore
{
public:
  OriginCore (OriginConfig config, const port::ChannelSigner &signer,
              const port::Verifier &verifier, port::Random &random,
              base::TimePoint now);

  // --- the client ---------------------------------------------------------

  // A new fragment: echoed (EchoFragment) once it is numbered, which is at
  // once, but for the seconds of a head probe. `full`: read no more from this
  // client until has_room ().
  [[nodiscard]] ClientResult on_client_fragment (NewFragment fragment);
  [[nodiscard]] bool has_room () const;
  // All up to `id` are durable: they may go out.
  void on_fragment_stored (base::FragmentId id);
  // `id` and all later ones that are not stored never were.
  void on_fragment_discarded (base::FragmentId id);

  void on_join_pending (JoinId join);
  void on_join_decided (JoinId join, JoinAnswer answer);

  void on_replay_fragment (ReplayId replay, base::ByteView fragment);
  void on_replay_end (ReplayId replay, ReplayCode code);

  void on_request_stored (const base::MemberKey &member,
                          base::RequestId request_id,
                          std::uint64_t fragment_offset);
  void on_request_settled (const base::MemberKey &member,
                           RequestSettlement settlement);

  // Tickets of `member` up to `generation` are void from now on. Eject also
  // tells the member, with `notice` (may be empty), if it is attached.
  void on_eject (const base::MemberKey &member, base::Generation generation,
                 base::Bytes notice);
  void on_revoke (const base::MemberKey &member, base::Generation generation);

  // The group ends for good: tells the attached children and closes. The core
  // may go once the effects are drained.
  void on_group_end ();

  // --- the network --------------------------------------------------------

  // Somebody opened a channel to our port.
  void on_channel_opened (ChannelId channel, const base::PeerId &peer);
  // One whole message, from any size on, its header included.
  void on_peer_message (ChannelId channel, base::ByteView message);
  // CADET took one of our messages on that channel.
  void on_channel_sent (ChannelId channel);
  // CADET told that the channel is gone.
  void on_channel_closed (ChannelId channel);

  // --- time and effects ---------------------------------------------------

  void advance_time (base::TimePoint now);
  [[nodiscard]] base::TimePoint next_deadline () const;
  [[nodiscard]] std::optional<OriginEffect> poll_effect ();

  // Highest ids that may have gone out.
  [[nodiscard]] base::Head head () const;
};
} // namespace multicast
