// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What every parent does for its children, the origin and relays alike: greets
// and attaches them by ticket, sends the stream on, answers replays, tells
// revocations, notices who is gone. What only the origin may decide is left to
// the owner.
#pragma once

#include <map>

#include "multicast/core/child_session.hpp"
#include "multicast/core/effect_queue.hpp"
#include "multicast/core/replay_desk.hpp"
#include "multicast/core/revocations.hpp"
#include "multicast/core/throttle.hpp"
#include "port/crypto.hpp"

namespace multicast
{
enum class DeskKind : std::uint8_t
{
  origin,
  relay,
};

struct DeskConfig
{
  DeskKind kind = DeskKind::origin;
  base::ChannelKey group;
  base::PeerId own_peer;
  base::Duration heartbeat = base::seconds (5);
  std::uint32_t children_max = 8;
  std::uint64_t bandwidth = 0; // bytes a second to children; 0: no limit
  std::size_t queue_memory = 64 * limits::mib; // waiting for all of them
};

struct NewestFragment
{
  base::FragmentId id;
  SharedBytes bytes;
};

// The core around a desk. None of these may end a session, but for those that
// are given one that is not const.
class DeskOwner
{
public:
  virtual ~DeskOwner () = default;

  // May anybody attach here now? What to say if not.
  [[nodiscard]] virtual std::optional<RefusalCode> closed () const = 0;
  // Does our own way to the origin lead over that peer?
  [[nodiscard]] virtual bool is_above (const base::PeerId &peer) const = 0;
  [[nodiscard]] virtual base::Head known_head () const = 0;
  // Highest fragment that went to the children already.
  [[nodiscard]] virtual base::FragmentId highest_sent () const = 0;
  // The newest signed one; there is one whenever somebody may attach.
  [[nodiscard]] virtual SignedHead signed_head () const = 0;
  // When it is later than the newest signed head: only from it can a child see
  // what it misses while the origin is away.
  [[nodiscard]] virtual NewestFragment
  newest_beyond_head () const
  {
    return {};
  }
  // But for siblings.
  [[nodiscard]] virtual PeerAttached introduction () const = 0;
  // How deep our children are; 1 at the origin.
  [[nodiscard]] virtual std::uint16_t child_depth () const = 0;
  // The first fragment from `id` on that will come here but is not here yet.
  [[nodiscard]] virtual std::optional<base::FragmentId>
  first_coming (base::FragmentId id) const = 0;
  // Do we hold, or will, all that is asked for?
  [[nodiscard]] virtual ReplayDesk::Coverage
  coverage_of (const PeerReplayRequest &request) const = 0;
  [[nodiscard]] virtual bool is_void (const base::MemberKey &member,
                                      const Ticket &ticket) const = 0;
  [[nodiscard]] virtual std::vector<Revocation>
  revocations_from (base::Generation generation) = 0;
  // The ejection of a member whose ticket is void.
  [[nodiscard]] virtual PeerEject ejection_of (const base::MemberKey &member)
      = 0;

  virtual void on_child_attached (ChildSession &session, const Ticket &ticket,
                                  const PeerAttach &message)
      = 0;
  // The session ends, whatever its state was.
  virtual void on_session_gone (const ChildSession &session) = 0;
  virtual void
  on_refused_by_child (const ChildSession &)
  {}

  virtual void on (ChildSession &session, const PeerJoinRequest &request) = 0;
  virtual void on (ChildSession &session, const PeerPart &part) = 0;
  virtual void on (ChildSession &session, const PeerReplayEnd &end) = 0;
  virtual void on (ChildSession &session, const PeerPipeOpen &open) = 0;
  virtual void on (ChildSession &session, const PeerPipeUp &up) = 0;
  virtual void on (ChildSession &session, const PeerPipeClose &close) = 0;
  virtual void on_request (ChildSession &session, const Request &request,
                           base::ByteView raw)
      = 0;
  virtual void on_child_fragment (ChildSession &session,
                                  const Fragment &fragment, base::ByteView raw)
      = 0;
};

class ChildDesk
{
public:
  using Session = ChildSession;
  using Kind = Outbox::Kind;

  // All references must outlive the desk.
  ChildDesk (DeskConfig config, DeskOwner &owner, EffectSink &effects,
             const Revocations &revocations, const port::Verifier &verifier,
             port::Random &random, base::TimePoint now);

  void on_own_peer_known (const base::PeerId &peer);

  // --- the network --------------------------------------------------------
  void on_channel_opened (ChannelId channel, const base::PeerId &peer);
  void on_peer_message (ChannelId channel, base::ByteView message);
  void on_channel_sent (ChannelId channel);
  void on_channel_closed (ChannelId channel);

  // --- the client ---------------------------------------------------------
  void on_replay_fragment (ReplayId replay, base::ByteView fragment);
  // `next`: nothing is there before it, from what was asked for on.
  void on_replay_end (ReplayId replay, ReplayCode code,
                      base::FragmentId next = {});

  // --- the owner ----------------------------------------------------------
  // To all children that listen.
  void send_live (base::FragmentId id, const SharedBytes &fragment);
  // A fresh head, and perhaps an offer of a free place, to all children.
  void send_heartbeats (const FreeSpot &from_above);
  void send_revocations (const std::vector<Revocation> &news);
  template <typename M> void send_to_children (const M &message);
  // Ends every session of that member; `message` is the last one it hears.
  void eject (const base::MemberKey &member, const PeerEject &message);
  // Ends every channel.
  template <typename M> void end_all (const M &message);
  void refuse_all (RefusalCode code);

  template <typename M> void send (Session &session, const M &message);
  // Past what is queued: for the last word before closing.
  template <typename M> void send_last (Session &session, const M &message);
  // These end the session: it must not be touched after them.
  void refuse (Session &session, RefusalCode code);
  void close (Session &session);
  void set_state (Session &session, Session::State state);
  [[nodiscard]] bool require (Session &session, Session::State state);

  [[nodiscard]] Session *find (ChannelId channel);
  [[nodiscard]] Session *find_attached (const base::MemberKey &member);

  // --- what is to be seen -------------------------------------------------
  [[nodiscard]] std::uint32_t child_count () const;
  [[nodiscard]] bool has_sessions () const;
  // Members below us.
  [[nodiscard]] std::uint64_t subtree () const;
  [[nodiscard]] std::vector<base::PeerId> child_peers (std::size_t max) const;
  // The free place nearest to the origin, here or below; one of the nearest.
  [[nodiscard]] FreeSpot best_spot ();
  // Fragments that wait, of all children.
  [[nodiscard]] std::size_t
  queued_bytes () const
  {
    return queued_bytes_;
  }
  // Live bytes that wait for the child in the middle of those that keep up:
  // half of them have no more. Nothing: none keeps up.
  [[nodiscard]] std::optional<std::size_t> middle_waiting () const;

  // Ends what doomed itself by not reading; after every input.
  void sweep ();
  void advance_time (base::TimePoint now);
  [[nodiscard]] base::TimePoint next_deadline () const;

private:
  void handle (ChannelId channel, base::ByteView message);
  void on (Session &session, const PeerHello &hello);
  void on (Session &session, const PeerRefusal &refusal);
  void on (Session &session, const PeerAlive &alive);
  void on (Session &session, const PeerAttach &attach);
  void on (Session &session, const PeerReplayRequest &request);
  void on (Session &session, const PeerReplayCancel &cancel);

  [[nodiscard]] bool has_room_for (const base::PeerId &peer) const;
  [[nodiscard]] bool is_proved (const Session &session,
                                const PeerAttach &attach) const;
  [[nodiscard]] std::optional<RefusalCode>
  fault_of (const Session &session, const std::optional<SignedTicket> &ticket,
            const PeerAttach &attach) const;
  void attach (Session &session, const Ticket &ticket,
               const PeerAttach &message);
  [[nodiscard]] PeerRedirect redirect ();
  void send_revocations (Session &session);
  void show_newest (Session &session);
  [[nodiscard]] bool may_read (const Session &session,
                               const PeerReplayRequest &request) const;

  void push (Session &session, SharedBytes message, Kind kind);
  void flush (Session &session);
  void drop_live (Session &session);
  void drop (Session &session);
  void pump_replays ();
  void end_replay (const ReplayDesk::Ended &ended);
  void cancel_replay (std::optional<ReplayId> replay);
  void beat ();
  [[nodiscard]] base::Duration interval_of (const Session &session) const;
  [[nodiscard]] bool is_dead (const Session &session) const;

  DeskConfig config_;
  DeskOwner &owner_;
  EffectSink &effects_;
  const Revocations &revocations_;
  const port::Verifier &verifier_;
  port::Random &random_;
  base::TimePoint now_;

  std::map<ChannelId, Session> sessions_;
  std::map<base::MemberKey, ChannelId> attached_; // children, not visitors
  std::size_t visitors_ = 0;
  std::vector<ChannelId> doomed_; // do not read: closed by sweep ()
  base::TimePoint next_beat_ = base::time_never;
  Throttle throttle_;
  std::size_t queued_bytes_ = 0; // of fragments
  ReplayDesk replays_;
};

template <typename M>
void
ChildDesk::send (Session &session, const M &message)
{
  push (session,
        std::make_shared<const base::Bytes> (wire::must_encode (message)),
        Kind::control);
}

template <typename M>
void
ChildDesk::send_last (Session &session, const M &message)
{
  effects_.push (SendToPeer{ session.channel, wire::must_encode (message) });
}

template <typename M>
void
ChildDesk::send_to_children (const M &message)
{
  const auto bytes
      = std::make_shared<const base::Bytes> (wire::must_encode (message));
  for (const auto &[member, channel] : attached_)
    push (sessions_.at (channel), bytes, Kind::control);
}

template <typename M>
void
ChildDesk::end_all (const M &message)
{
  while (! sessions_.empty ())
  {
    Session &session = sessions_.begin ()->second;
    send_last (session, message);
    close (session);
  }
}
} // namespace multicast
