// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The origin of one group, without I/O: numbers and signs fragments, holds them
// back until they are stored, sends them to the attached children, answers
// joiners and repairs, takes requests.
#pragma once

#include <deque>
#include <map>
#include <optional>

#include "multicast/core/child_session.hpp"
#include "multicast/core/effect_queue.hpp"
#include "multicast/core/head_probe.hpp"
#include "multicast/core/join_desk.hpp"
#include "multicast/core/replay_desk.hpp"
#include "multicast/core/tickets.hpp"
#include "multicast/core/write_ahead.hpp"
#include "port/crypto.hpp"

namespace multicast
{
struct OriginConfig
{
  base::PeerId own_peer;    // zero: not known yet, see on_own_peer_known ()
  std::uint32_t policy = 0; // goes into tickets; not interpreted here
  base::Head head;          // highest ids that were ever stored
  // Not none: ids above it up to the head's were not given by this copy of the
  // group, but may have been by another.
  base::FragmentId known = {};
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
  // `next`: nothing is there before it, from what was asked for on.
  void on_replay_end (ReplayId replay, ReplayCode code,
                      base::FragmentId next = {});

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

  // Must be said before any channel.
  void on_own_peer_known (const base::PeerId &peer);
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

private:
  using Session = ChildSession;
  using Kind = Outbox::Kind;

  //   probing --time--> running        head_behind, ended: nothing goes out
  //      |                 |           any more
  //      +----- proof -----+--> head_behind
  enum class State : std::uint8_t
  {
    probing,
    running,
    head_behind,
    ended,
  };

  // Fragments (origin_core.cpp).
  void number (const NewFragment &fragment);
  void send_live (const WriteAhead::Numbered &issued);
  void start_running ();
  void stop_behind (const base::Head &proved);

  // Joins and tickets (origin_door.cpp).
  void on (Session &session, const PeerJoinRequest &request);
  void on (Session &session, const PeerAttach &attach);
  void attach (Session &session, const SignedTicket &ticket,
               base::FragmentId highest_held);
  // Not given by us: above our head, or where this copy has skipped.
  [[nodiscard]] bool is_foreign (base::FragmentId id) const;
  void check_claim (Session &session, base::FragmentId highest_held);
  [[nodiscard]] bool is_proved (const Session &session,
                                const SignedTicket &ticket,
                                const PeerAttach &attach) const;
  [[nodiscard]] base::Bytes make_ticket (const base::MemberKey &member,
                                         const base::PeerId &peer,
                                         const base::Head &admission) const;
  void renew_ticket (Session &session, const Ticket &old);
  void send_ejection (Session &session, base::Generation generation,
                      const base::Bytes &notice);

  // The rest of the conversation (origin_peers.cpp).
  void handle (ChannelId channel, base::ByteView message);
  void on (Session &session, const PeerHello &hello);
  void on (Session &session, const PeerRefusal &refusal);
  void on (Session &session, const PeerAlive &alive);
  void on (Session &session, const PeerReplayRequest &request);
  void on (Session &session, const PeerReplayEnd &end);
  void on (Session &session, const PeerReplayCancel &cancel);
  void on (Session &session, const PeerPart &part);
  void on_request (Session &session, const Request &request,
                   base::ByteView raw);
  void on_claimed_fragment (Session &session, const Fragment &fragment,
                            base::ByteView raw);
  void pump_replays ();
  void end_replay (const ReplayDesk::Ended &ended);
  void cancel_replay (std::optional<ReplayId> replay);

  // Sessions (origin_sessions.cpp). `refuse`, `close` and `drop` end the
  // session: it must not be touched after them.
  [[nodiscard]] Session *find (ChannelId channel);
  [[nodiscard]] Session *find_attached (const base::MemberKey &member);
  [[nodiscard]] bool has_room_for (const base::PeerId &peer) const;
  template <typename M> void send (Session &session, const M &message);
  void push (Session &session, base::Bytes message, Kind kind);
  template <typename M> void send_last (Session &session, const M &message);
  void flush (Session &session);
  void refuse (Session &session, RefusalCode code);
  void close (Session &session);
  void drop (Session &session);
  void set_state (Session &session, Session::State state);
  [[nodiscard]] bool require (Session &session, Session::State state);
  void sweep ();
  void beat ();
  [[nodiscard]] bool is_dead (const Session &session) const;
  [[nodiscard]] SignedHead signed_head () const;

  OriginConfig config_;
  const port::ChannelSigner &signer_;
  const port::Verifier &verifier_;
  port::Random &random_;
  base::ChannelKey group_;
  base::TimePoint now_;
  State state_ = State::probing;

  WriteAhead log_;
  HeadProbe probe_;
  std::deque<NewFragment> held_; // not numbered while probing
  std::size_t held_bytes_ = 0;
  base::Generation generation_;

  std::map<ChannelId, Session> sessions_;
  std::map<base::MemberKey, ChannelId> attached_;
  std::vector<ChannelId> doomed_; // do not read: closed by sweep ()
  base::TimePoint next_beat_ = base::time_never;

  JoinDesk door_;
  Revocations revocations_;
  ReplayDesk replays_;
  EffectQueue<OriginEffect> effects_;
};

template <typename M>
void
OriginCore::send (Session &session, const M &message)
{
  push (session, wire::must_encode (message), Kind::control);
}

// Past what is queued: for the last word before closing.
template <typename M>
void
OriginCore::send_last (Session &session, const M &message)
{
  effects_.push (SendToPeer{ session.channel, wire::must_encode (message) });
}
} // namespace multicast
