// SPDX-License-Identifier: AGPL-3.0-or-later
//
// A group of the service's own cores on a simulated mesh, with simulated disks
// and applications behind them, on simulated time; all chance from one seed.
// What happens to it is story.hpp.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <set>

#include "../multicast/core/fake_crypto.hpp"
#include "mesh.hpp"
#include "multicast/core/member_core.hpp"
#include "multicast/core/origin_core.hpp"
#include "watch.hpp"

namespace sim
{
using namespace multicast;
using testing_multicast::FakeChannelSigner;
using testing_multicast::FakeMemberSigner;
using testing_multicast::FakeRandom;
using testing_multicast::FakeVerifier;

// A piece of a request.
struct Said
{
  base::RequestId id;
  std::uint64_t offset = 0;
  auto operator<=> (const Said &) const = default;
};

struct Member
{
  explicit Member (std::uint32_t number) : signer (number) {}

  FakeMemberSigner signer;
  std::unique_ptr<MemberCore> core;
  std::uint32_t life = 0; // one core each
  base::TimePoint armed = base::time_never;
  // On its disk.
  base::IntervalSet stored;
  base::Bytes ticket;
  std::optional<base::FragmentId> admission;
  std::vector<base::PeerId> relays;
  std::deque<Said> outbox;
  std::uint64_t last_request = 0;
  // In this life.
  std::vector<base::FragmentId> storing;
  std::deque<AskReplay> asked;
  MemberState state = MemberState::connecting;
  bool has_port = false; // serves children
  base::TimePoint started_at;
  // For good.
  bool is_gone = false; // left
  bool is_ejected = false;
  base::FragmentId ejected_after; // what has its number when it is ejected
  base::TimePoint ejected_at;
  bool is_slow = false;
  bool is_liar = false;
  bool is_orphan = false;  // by the loss that the report is about
  std::vector<Said> taken; // by the origin's application, in order
};

class World : public MeshListener
{
public:
  World (const Options &options, std::uint64_t seed);

  // --- what there is ------------------------------------------------------

  [[nodiscard]] Member &
  member (Node node)
  {
    return members_[node - 1];
  }
  [[nodiscard]] const Member &
  member (Node node) const
  {
    return members_[node - 1];
  }
  // Nodes are 1 to that.
  [[nodiscard]] Node
  member_count () const
  {
    return static_cast<Node> (members_.size ());
  }
  [[nodiscard]] bool is_running (Node node) const;
  [[nodiscard]] bool is_attached (Node node) const;
  [[nodiscard]] std::optional<Node> parent_of (Node node) const;
  // Has it all that it may have of what was issued?
  [[nodiscard]] bool is_complete (Node node) const;
  // Steps from the origin; nothing: not connected to it, or in a loop.
  [[nodiscard]] std::vector<std::uint32_t> depths () const;
  static constexpr std::uint32_t depth_none = UINT32_MAX;
  static constexpr std::uint32_t depth_loop = UINT32_MAX - 1;
  [[nodiscard]] bool
  has_said_all () const
  {
    return log_.size () == wanted_;
  }
  [[nodiscard]] base::FragmentId
  head () const
  {
    return { log_.size () };
  }

  // --- what happens to it -------------------------------------------------

  Node add_member (std::vector<base::PeerId> relays, bool has_ticket);
  void start_member (Node node);
  // The program dies and CADET tells; or the peer, without a word.
  void crash_program (Node node);
  void crash_peer (Node node);
  void start_peer (Node node);
  void leave (Node node); // politely
  void eject (Node node);
  void ask (Node node); // say a request

  void start_origin (StartKind start);
  void crash_origin_program ();
  void crash_origin_peer ();
  // Now, or when the origin is back.
  void say (std::size_t count);
  void set_disk_faults (bool has_faults);

  // --- time ---------------------------------------------------------------

  void after (base::Duration delay, std::function<void ()> action);
  // Until then, or until `is_over`, looked at after each event.
  void run_until (base::TimePoint end, const std::function<bool ()> &is_over);
  [[nodiscard]] base::TimePoint
  now () const
  {
    return now_;
  }
  [[nodiscard]] std::uint64_t below (std::uint64_t bound);

  Mesh &
  mesh ()
  {
    return mesh_;
  }
  Watch watch;
  std::function<void (Node, base::FragmentId)> on_delivered;
  std::uint64_t events = 0;
  // How long fragments took from the origin's disk to members that were there
  // already: counted by powers of two of milliseconds.
  std::array<std::uint64_t, 40> delays{};
  std::vector<OriginState> origin_states;

private:
  // The mesh's words (world.cpp).
  [[nodiscard]] bool is_listening (Node node) const override;
  void on_opened (Node node, ChannelId channel, Node from) override;
  void on_message (Node node, ChannelId channel, base::Bytes message) override;
  void on_taken (Node node, ChannelId channel) override;
  void on_closed (Node node, ChannelId channel) override;
  void on_letting_go (Node node, ChannelId channel) override;

  template <typename Input> void with_origin (Input input);
  template <typename Input> void with_member (Node node, Input input);
  template <typename Input> void with (Node node, Input input);
  void arm (base::TimePoint deadline, base::TimePoint &armed, Node node,
            std::uint32_t life);
  void dispatch (const Event &event);
  void wake (Node node, std::uint32_t life);
  void on_channel_missing (Node node, ChannelId channel, const char *what);
  void send (Node node, SendToPeer effect);
  void close (Node node, ChannelId channel);

  // The origin's client (host.cpp).
  [[nodiscard]] std::uint32_t policy () const;
  void drain_origin ();
  void on (SendToPeer &&effect);
  void on (CloseChannel &&effect);
  void on (EchoFragment &&effect);
  void on (DeliverRequest &&effect);
  void on (AskJoin &&effect);
  void on (AskReplay &&effect);
  void on (OriginStateChange &&effect);
  void on (MemberChange &&effect);
  void
  on (JoinWithdrawn &&)
  {}
  void
  on (CancelReplay &&)
  {}
  void
  on (Count &&effect)
  {
    watch.count (effect.name, effect.delta);
  }
  void give (std::size_t count);
  void store_echoes ();
  void answer_at_origin ();
  void answer_at_origin (const AskReplay &question);
  void decide (const AskJoin &question, std::uint32_t life);
  void take_requests (std::uint32_t life);

  // The members' clients (guest.cpp).
  void drain_member (Node node);
  void on_member (Node node, SendToPeer &&effect);
  void on_member (Node node, OpenChannel &&effect);
  void on_member (Node node, CloseChannel &&effect);
  void on_member (Node node, AskPath &&effect);
  void on_member (Node node, OpenPort &&effect);
  void on_member (Node node, DeliverFragment &&effect);
  void on_member (Node node, JoinDecided &&effect);
  void on_member (Node node, MemberStateChange &&effect);
  void on_member (Node node, Gap &&effect);
  void on_member (Node node, TicketRenewed &&effect);
  void on_member (Node node, RequestStored &&effect);
  void on_member (Node node, RequestSettled &&effect);
  void on_member (Node node, AskReplay &&effect);
  void on_member (Node node, Parted &&effect);
  void
  on_member (Node, Count &&effect)
  {
    watch.count (effect.name, effect.delta);
  }
  template <typename Other>
  void
  on_member (Node, Other &&)
  {}
  void count_delay (const Member &member, base::FragmentId id);
  void check_delivery (Node node, const DeliverFragment &effect);
  void store_fragments (Node node);
  void answer_at_member (Node node);
  void send_outbox (Node node);
  void end_life (Node node);
  [[nodiscard]] MemberConfig config_of (const Member &member, Node node) const;
  [[nodiscard]] bool is_same_fragment (base::FragmentId id,
                                       base::ByteView raw) const;
  [[nodiscard]] bool is_on_disk (const Member &member,
                                 base::FragmentId id) const;
  [[nodiscard]] Node node_of_key (const base::MemberKey &key) const;

  const Options &options_;
  EventQueue queue_;
  FakeRandom random_;      // of the world
  FakeRandom core_random_; // of the cores
  FakeVerifier verifier_;
  FakeChannelSigner signer_{ 1 };
  base::TimePoint now_ = world_start;
  Mesh mesh_;
  std::pair<Node, ChannelId> told_end_; // while a core hears of it
  std::vector<std::function<void ()>> actions_;
  std::vector<std::uint32_t> free_actions_;
  bool has_disk_faults_ = false;

  std::unique_ptr<OriginCore> origin_;
  std::uint32_t origin_life_ = 0;
  base::TimePoint origin_armed_ = base::time_never;
  std::vector<base::Bytes> log_; // what is on the origin's disk, by id
  std::vector<base::TimePoint> logged_at_;
  std::size_t wanted_ = 0; // how many there shall be
  std::deque<EchoFragment> echoed_;
  bool is_storing_ = false;
  std::deque<AskReplay> asked_;
  std::deque<std::pair<Node, Said>> requests_; // not on the disk yet
  std::uint64_t last_message_ = 0;
  base::Generation generation_{ 1 };
  std::map<base::MemberKey, base::Generation> revoked_;

  std::deque<Member> members_;            // by node, from 1
  std::map<base::MemberKey, Node> nodes_; // by key
};
} // namespace sim
