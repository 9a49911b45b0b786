// SPDX-License-Identifier: AGPL-3.0-or-later
//
// One member of one group, without I/O: finds the origin and keeps attached,
// asks at the door, checks fragments and repairs what is missing, sends
// requests.
#pragma once

#include <deque>
#include <optional>

#include "multicast/core/contact_policy.hpp"
#include "multicast/core/effect_queue.hpp"
#include "multicast/core/parent_link.hpp"
#include "multicast/core/puller.hpp"
#include "multicast/core/request_window.hpp"
#include "multicast/core/stream.hpp"
#include "multicast/peer_messages.hpp"
#include "port/crypto.hpp"

namespace multicast
{
struct MemberConfig
{
  base::ChannelKey group;
  base::PeerId own_peer; // zero: not known yet, see on_own_peer_known ()
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
                                       std::uint64_t last,
                                       const ReplayDetail &detail = {});
  // Leave for good. Ends with Parted.
  void on_part ();

  void on_replay_fragment (ReplayId replay, base::ByteView fragment);
  void on_replay_end (ReplayId replay, ReplayCode code);

  // --- the network --------------------------------------------------------

  // Nobody is called before that. Once: later ones are ignored.
  void on_own_peer_known (const base::PeerId &peer);
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

private:
  using Link = ParentLink;
  using Kind = Outbox::Kind;

  // Client and time (member_core.cpp).
  void set_state (MemberState state);
  void finish (MemberState state);
  void finish ();
  void pump_requests ();
  void pump_pulls ();
  void cancel_overdue_pulls ();

  // The channel to the parent (member_link.cpp).
  void pump_contact ();
  void open_link ();
  void close_link ();
  void lose_link ();
  void beat ();
  [[nodiscard]] bool is_attached () const;
  template <typename M> void send (const M &message);
  void push (base::Bytes message, Kind kind);
  void flush ();
  void refuse (RefusalCode code);
  void fault (std::string_view name);
  [[nodiscard]] bool require (Link::State state);
  void set_link_state (Link::State state);

  // Joins, tickets and their end (member_door.cpp).
  void ask_or_attach ();
  void ask ();
  void attach ();
  void check_own_ticket ();
  void on (const PeerJoinPending &pending);
  void on (const PeerJoinDecision &message);
  [[nodiscard]] bool is_for_us (const PeerJoinDecision &message) const;
  void on (const PeerAttached &attached);
  void on (const PeerTicket &message);
  void on (const PeerPartAck &ack);
  void on (const PeerEject &message);
  void on (const PeerGroupEnd &message);

  // The rest of the conversation (member_peers.cpp).
  void handle (base::ByteView message);
  void on (const PeerHello &hello);
  void on (const PeerRefusal &refusal);
  void on (const PeerAlive &alive);
  void on (const PeerHeartbeat &heartbeat);
  void on (const PeerReplayRequest &request);
  void on (const PeerReplayEnd &end);
  void on (const PeerReplayCancel &cancel);
  void on (const PeerRequestAck &ack);
  void on (const PeerRequestSettled &settled);
  void on_fragment (const Fragment &fragment, base::ByteView raw);
  void note_head (const base::Head &head);
  [[nodiscard]] bool is_genuine (const SignedHead &head) const;
  void stop_serving ();

  // A fragment that the origin asked us for, to prove a head.
  struct Serving
  {
    ReplayId ours;
    ReplayId theirs;
    std::uint64_t id = 0;
  };

  MemberConfig config_;
  const port::MemberSigner &signer_;
  const port::Verifier &verifier_;
  port::Random &random_;
  base::MemberKey own_key_;
  base::TimePoint now_;
  MemberState state_ = MemberState::connecting;
  bool is_finished_ = false; // ejected, refused, parted, group ended
  base::Head head_;
  base::Head told_head_; // last one that the client was told

  // With the one candidate so far, the origin; none: own peer not known.
  std::optional<ContactPolicy> contact_;
  std::optional<Link> link_;
  ChannelId last_channel_{ channel_opened_by_core };
  base::TimePoint next_beat_ = base::time_never;
  // The origin's clock less ours, known once it refused a question by time.
  base::Duration clock_offset_{};
  std::optional<base::TimePoint> parting_until_;

  Stream stream_;
  Puller puller_;
  std::optional<Serving> serving_;
  ReplayId last_served_;

  RequestWindow window_; // sent, not acknowledged
  struct QueuedRequest
  {
    base::RequestId request_id;
    std::uint64_t fragment_offset = 0;
    base::Bytes message;
  };
  std::deque<QueuedRequest> queued_requests_;
  std::size_t queued_bytes_ = 0;
  EffectQueue<MemberEffect> effects_;
};

template <typename M>
void
MemberCore::send (const M &message)
{
  push (wire::must_encode (message), Kind::control);
}
} // namespace multicast
