// SPDX-License-Identifier: AGPL-3.0-or-later
//
// One member of one group, without I/O: finds a parent in the tree and keeps
// attached, asks at the door, checks fragments, passes them on to its own
// children and repairs what is missing, speaks to the origin near by or through
// relays. What it does for children as the origin does is in child_desk.hpp.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <set>

#include "multicast/core/candidates.hpp"
#include "multicast/core/child_desk.hpp"
#include "multicast/core/effect_queue.hpp"
#include "multicast/core/parent_link.hpp"
#include "multicast/core/puller.hpp"
#include "multicast/core/request_window.hpp"
#include "multicast/core/routes.hpp"
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
  // As a relay; 0: none (another membership of this peer is).
  std::uint32_t children_max = 8;
  std::uint64_t relay_bandwidth = 0; // bytes a second; 0: no limit
  std::size_t relay_queue_memory = 64 * limits::mib;
  std::size_t route_memory = 16 * limits::mib;
};

// Where a member hangs, for people to see.
struct MemberPosition
{
  base::PeerId parent;     // zero: none
  std::uint16_t depth = 0; // 0: not attached; 1: a child of the origin
  bool is_rooted = false;  // the way up ends at the origin
  std::uint32_t child_count = 0;
  std::uint64_t subtree = 1; // members that hang here, itself included
  std::uint64_t lag = 0;     // fragments issued and not here
  bool operator== (const MemberPosition &) const = default;
};

// Call advance_time () before any other input when time has passed, and after
// every input drain poll_effect () and look at next_deadline () again.
// `signer`, `verifier` and `random` must outlive the core.
class MemberCore final : private DeskOwner
{
public:
  MemberCore (MemberConfig config, const port::MemberSigner &signer,
              const port::Verifier &verifier, port::Random &random,
              base::TimePoint now);
  MemberCore (const MemberCore &) = delete;
  MemberCore &operator= (const MemberCore &) = delete;

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
  // Somebody opened a channel to our relay port (see OpenPort).
  void on_channel_opened (ChannelId channel, const base::PeerId &peer);
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
  [[nodiscard]] MemberPosition position () const;
  [[nodiscard]] Load
  load () const
  {
    return { desk_.queued_bytes (), routes_.size () };
  }
  // Zero: not attached.
  [[nodiscard]] base::PeerId parent_peer () const;
  // Was the relay port opened?
  [[nodiscard]] bool is_serving () const;

private:
  using Link = ParentLink;
  using Kind = Outbox::Kind;

  // Client and time (member_core.cpp).
  void set_state (MemberState state);
  void finish (MemberState state);
  void finish ();
  void pump ();
  void pump_pulls ();
  void cancel_overdue_pulls ();

  // Channels that we opened (member_link.cpp). Those that end a link say so:
  // it must not be touched after them.
  [[nodiscard]] Link *find_link (ChannelId channel);
  [[nodiscard]] Link *link_to (const base::PeerId &peer);
  [[nodiscard]] Link *parent ();
  [[nodiscard]] const Link *parent () const;
  [[nodiscard]] bool is_attached () const;
  void open_link (const base::PeerId &peer, Link::Role role);
  void close_link (Link &link); // ends it
  void drop_link (Link &link);  // ends it
  // What became of the peer at the other end; each ends the link.
  void leave (Link &link);
  void put_off (Link &link);
  void lose_silent (Link &link);
  void refuse (Link &link, RefusalCode code);
  void fault (Link &link, std::string_view name);
  [[nodiscard]] bool require (Link &link, Link::State state);
  [[nodiscard]] bool require_origin (Link &link);
  void set_link_state (Link &link, Link::State state);
  void beat ();
  void beat (Link &link);
  [[nodiscard]] base::Duration interval_of (const Link &link) const;
  template <typename M> void send (Link &link, const M &message);
  void push (Link &link, base::Bytes message, Kind kind);
  void flush (Link &link);

  // Joins, tickets and their end (member_door.cpp).
  void ask_or_attach (Link &link);
  void ask (Link &link);
  [[nodiscard]] PeerJoinRequest make_question ();
  void attach (Link &link);
  [[nodiscard]] bool has_good_ticket (base::ByteView raw) const;
  void check_own_ticket ();
  [[nodiscard]] bool has_open_ticket () const;
  void on (Link &link, const PeerJoinPending &pending);
  void on (Link &link, const PeerJoinDecision &message);
  [[nodiscard]] bool is_for_us (const PeerJoinDecision &message,
                                const base::Nonce &nonce) const;
  [[nodiscard]] bool take_decision (const JoinDecision &decision);
  void on (Link &link, const PeerTicket &message);
  void on (Link &link, const PeerOpenTicket &message);
  void on (Link &link, const PeerPartAck &ack);
  void on (Link &link, const PeerEject &message);
  void on (Link &link, const PeerGroupEnd &message);
  [[nodiscard]] bool take_ejection (const PeerEject &message);

  // The rest of the conversation (member_peers.cpp).
  void handle (ChannelId channel, base::ByteView message);
  void on (Link &link, const PeerHello &hello);
  void on (Link &link, const PeerRefusal &refusal);
  void on (Link &link, const PeerAlive &alive);
  void on (Link &link, const PeerHeartbeat &heartbeat);
  void on (Link &link, const PeerReplayRequest &request);
  void on (Link &link, const PeerReplayEnd &end);
  void on (Link &link, const PeerReplayCancel &cancel);
  void on (Link &link, const PeerRequestAck &ack);
  void on (Link &link, const PeerRequestSettled &settled);
  void on_fragment (Link &link, const Fragment &fragment, base::ByteView raw);
  void pass_on (base::FragmentId id, base::ByteView raw);
  void heed_refusal (const PeerRefusal &refusal, Puller::Word word);
  [[nodiscard]] bool take_head (const SignedHead &head);
  void note_head (const base::Head &head);
  void stop_serving ();
  [[nodiscard]] Puller *puller_of (const Link &link);

  // The place in the tree (member_tree.cpp).
  void pump_contact ();
  [[nodiscard]] bool is_seeking () const;
  [[nodiscard]] Candidates::Calls calls () const;
  [[nodiscard]] bool is_rooted () const;
  void on (Link &link, const PeerAttached &attached);
  void on (Link &link, const PeerPath &path);
  void on (Link &link, const PeerRedirect &redirect);
  void descend (const PeerRedirect &redirect);
  void on (Link &link, const PeerRevocations &message);
  [[nodiscard]] bool is_welcome (const Position &position) const;
  void adopt (Link &link, Position position);
  void spare_origin ();
  void set_position (Position position);
  void lose_parent ();
  void learn_above ();
  void learn_beside (const Position &position);
  [[nodiscard]] bool consider (const FreeSpot &spot);
  void pump_errand ();
  void watch_root ();
  void tell_peers ();
  void plan_to_look ();
  [[nodiscard]] base::Duration jittered (base::Duration length);

  // Visits for what the parent does not have (member_visit.cpp).
  void pump_visit ();
  void end_visit ();
  void on_visit_over ();
  [[nodiscard]] std::optional<base::PeerId> whom_to_visit ();
  void give_up_fetches ();

  // Speaking to the origin (member_voice.cpp).
  void pump_requests ();
  void pump_voice ();
  void open_voice (Link &link);
  void open_pipe (Link &link);
  void show_ticket ();
  void ask_through_pipe ();
  void pump_open_voice ();
  void drop_voice ();  // it is gone
  void close_voice (); // it is not needed
  void retry_voice (); // it brought nothing
  void forget_requests ();
  void resay ();
  void say (const base::Bytes &message);
  void on (Link &link, const PeerPipeDown &down);
  void on (Link &link, const PeerPipeClose &close);
  void on_word (const PeerRefusal &refusal);
  void on_word (const PeerJoinPending &pending);
  void on_word (const PeerJoinDecision &decision);
  void on_word (const PeerTicket &ticket);
  void on_word (const PeerRequestAck &ack);
  void on_word (const PeerRequestSettled &settled);
  void on_word (const PeerPartAck &ack);
  void on_word (const PeerEject &eject);
  void on_word (const PeerVoiceOpen &open);
  void take_ack (const PeerRequestAck &ack);
  [[nodiscard]] static std::string_view
  settlement_fault (const PeerRequestSettled &settled);
  void take_settlement (const PeerRequestSettled &settled);
  [[nodiscard]] bool needs_voice () const;
  [[nodiscard]] base::TimePoint voice_deadline () const;

  // Serving children (member_children.cpp).
  [[nodiscard]] std::optional<RefusalCode> closed () const override;
  [[nodiscard]] bool is_above (const base::PeerId &peer) const override;
  [[nodiscard]] base::Head known_head () const override;
  [[nodiscard]] base::FragmentId highest_sent () const override;
  [[nodiscard]] SignedHead signed_head () const override;
  [[nodiscard]] NewestFragment newest_beyond_head () const override;
  [[nodiscard]] PeerAttached introduction () const override;
  [[nodiscard]] std::uint16_t child_depth () const override;
  [[nodiscard]] std::optional<base::FragmentId>
  first_coming (base::FragmentId id) const override;
  [[nodiscard]] ReplayDesk::Coverage
  coverage_of (const PeerReplayRequest &request) const override;
  [[nodiscard]] bool is_void (const base::MemberKey &member,
                              const Ticket &ticket) const override;
  [[nodiscard]] std::vector<Revocation>
  revocations_from (base::Generation generation) override;
  [[nodiscard]] PeerEject ejection_of (const base::MemberKey &member) override;
  void on_child_attached (ChildSession &session, const Ticket &ticket,
                          const PeerAttach &message) override;
  void on_session_gone (const ChildSession &session) override;
  void on (ChildSession &session, const PeerJoinRequest &request) override;
  void on (ChildSession &session, const PeerPart &part) override;
  void on (ChildSession &session, const PeerReplayEnd &end) override;
  void on (ChildSession &session, const PeerPipeOpen &open) override;
  void on (ChildSession &session, const PeerPipeUp &up) override;
  void on (ChildSession &session, const PeerPipeClose &close) override;
  void on_request (ChildSession &session, const Request &request,
                   base::ByteView raw) override;
  void on_child_fragment (ChildSession &session, const Fragment &fragment,
                          base::ByteView raw) override;
  void remember (const ChildSession &session);
  [[nodiscard]] bool is_sound_question (const ChildSession &session,
                                        base::ByteView message) const;
  void close_pipe (const Address &child, PipeEnd end);
  void close_pipes (PipeEnd end);
  void forget_idle_pipes ();
  [[nodiscard]] std::vector<base::PeerId> path_for_children () const;
  void tell_path ();

  // A fragment that the origin asked us for, to prove a head.
  struct Serving
  {
    ReplayId ours;
    ReplayId theirs;
    std::uint64_t id = 0;
  };
  // A piece of a request that is not said yet.
  struct Outgoing
  {
    base::RequestId request_id;
    std::uint64_t fragment_offset = 0;
    base::Bytes message;
  };
  // Our own pipe to the origin, on the link to a relay.
  //   opening --taken--> open
  struct Voice
  {
    enum class State : std::uint8_t
    {
      asking,  // at the door
      opening, // our ticket was shown
      open,
    };
    State state = State::opening;
    ChannelId channel;
    PipeId pipe;
    base::Nonce nonce;
    base::TimePoint used;  // when something was said last
    base::TimePoint heard; // or came
    bool is_heard = false;
  };
  // One that is called for a purpose, and not because a parent is missing.
  struct Errand
  {
    base::PeerId peer;
    Link::Role role = Link::Role::suitor;
    base::TimePoint until;
  };

  MemberConfig config_;
  const port::MemberSigner &signer_;
  const port::Verifier &verifier_;
  port::Random &random_;
  base::MemberKey own_key_;
  base::TimePoint now_;
  MemberState state_ = MemberState::connecting;
  bool is_finished_ = false; // ejected, refused, parted, group ended
  bool has_own_peer_ = false;
  base::Head head_;
  base::Head told_head_; // last one that the client was told
  std::optional<SignedHead> signed_head_;
  base::TimePoint fresh_at_; // when a newer one came last
  NewestFragment newest_;    // as the children get it

  EffectQueue<MemberEffect> effects_;
  Candidates candidates_;
  std::map<ChannelId, Link> links_;
  ChannelId parent_; // none: not attached
  ChannelId last_channel_{ channel_opened_by_core };
  base::TimePoint next_beat_ = base::time_never;
  base::TimePoint newest_call_{};
  unsigned steps_down_ = 0; // redirections since there was a parent
  // The origin's clock less ours, known once it refused a question by time.
  base::Duration clock_offset_{};
  std::optional<base::TimePoint> parting_until_;

  Position position_;
  base::TimePoint parentless_since_;
  bool is_told_rooted_ = false;                // what the children know
  bool has_port_ = false;                      // the shell was told to open it
  base::TimePoint look_at_ = base::time_never; // for a parent with the origin
  base::TimePoint look_until_{};               // in vain until then
  base::Duration look_pause_ = limits::rootless_patience_min;
  std::optional<Errand> errand_;
  base::TimePoint errand_not_before_{};
  std::vector<base::PeerId> told_peers_; // sorted
  base::TimePoint tell_peers_at_{};

  Stream stream_;
  Puller puller_;
  std::optional<Puller> visit_; // while on a visit
  base::PeerId visited_;
  std::deque<Puller::Want> visit_wants_;
  unsigned visits_in_vain_ = 0;
  base::TimePoint visit_not_before_{};
  std::optional<Serving> serving_;
  ReplayId last_served_;

  RequestWindow window_; // said, not acknowledged
  std::deque<Outgoing> unsaid_;
  std::size_t unsaid_bytes_ = 0;
  std::set<base::RequestId> unsettled_; // acknowledged, and not answered yet
  std::optional<Voice> voice_;
  base::TimePoint voice_not_before_{};
  base::Duration voice_pause_ = limits::voice_retry_min;

  Revocations revocations_;
  base::Bytes open_ticket_; // for those who come while the origin is away
  Routes routes_;
  base::TimePoint next_idle_check_ = base::time_never;
  Throttle joins_{ limits::joins_per_second };
  ChildDesk desk_;
};

template <typename M>
void
MemberCore::send (Link &link, const M &message)
{
  push (link, wire::must_encode (message), Kind::control);
}
} // namespace multicast
