// SPDX-License-Identifier: AGPL-3.0-or-later
//
// One origin and a few members in a simulated CADET, with disks that may
// fail, crashes, silent cuts and stale tunnels; all of it from one seed.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>

#include "multicast/core/batches.hpp"
#include "multicast/core/member_core.hpp"
#include "multicast/core/origin_core.hpp"
#include "fake_crypto.hpp"

namespace testing_multicast
{
using namespace multicast;
using base::milliseconds;
using base::seconds;
using base::TimePoint;

// One channel, seen from both ends; a silent one loses everything.
struct Wire
{
  std::size_t member = 0;
  ChannelId at_member;
  ChannelId at_origin; // none: not connected yet
  bool is_silent = false;
  bool is_gone = false;
  std::deque<base::Bytes> to_origin; // before it is connected
  TimePoint origin_gets{}, member_gets{};
  std::size_t origin_under_way = 0;
  std::size_t member_under_way = 0;
};
using WirePtr = std::shared_ptr<Wire>;

struct Said
{
  base::RequestId id;
  std::uint64_t offset = 0;
  bool operator== (const Said &) const = default;
  auto operator<=> (const Said &) const = default;
};

struct MemberNode
{
  std::unique_ptr<FakeMemberSigner> signer;
  base::PeerId peer;
  std::unique_ptr<MemberCore> core;
  std::uint64_t life = 0; // one core each
  TimePoint wake = base::time_never;
  std::map<ChannelId, WirePtr> wires;
  bool is_cut = false;
  bool is_stale = false; // of the tunnel between the two peers
  TimePoint last_contact{};
  // On disk.
  std::map<base::FragmentId, base::Bytes> store;
  base::Bytes ticket;
  std::optional<base::FragmentId> admission;
  std::set<base::FragmentId> given_up;
  std::deque<Said> outbox;
  std::uint64_t last_request = 0;
  // In the core's life.
  std::set<base::FragmentId> delivered;
  MemberState state = MemberState::connecting;
  bool was_refused = false;
  bool was_ejected = false; // said by the origin's client
  base::FragmentId ejected_at;
};

struct Options
{
  std::size_t members = 3;
  bool is_private = true;
  bool with_faults = true;
  bool with_ejections = true;
};

class Simulation
{
public:
  Simulation (std::uint64_t seed, Options options);

  // Faults and talk for a while, then quiet until all is repaired.
  void run ();
  // What went against a rule; empty: nothing did.
  [[nodiscard]] const std::vector<std::string> &
  faults () const
  {
    return faults_;
  }

  // For scenarios that are played by hand.
  void run_until (TimePoint end);
  void
  run_for (base::Duration length)
  {
    run_until (now_ + length);
  }
  void say (std::size_t count = 1);
  void ask (std::size_t member);
  void start_origin (StartKind start);
  void crash_origin_service (base::Duration down);
  void restart_origin_peer (base::Duration down);
  void start_member (std::size_t index);
  void crash_member (std::size_t index, base::Duration down);
  void cut (std::size_t index, base::Duration length);
  void cut_told (std::size_t index);
  void eject (std::size_t index);
  void restore_backup (std::uint64_t fragments_lost);
  void
  set_slow (std::size_t index)
  {
    slow_ = index;
  }
  void check_complete ();

  std::vector<MemberNode> members;
  std::unique_ptr<OriginCore> origin;
  std::map<base::FragmentId, base::Bytes> origin_store;
  std::vector<OriginState> origin_states;
  std::map<base::MemberKey, std::vector<Said>> inbox; // order of arrival
  std::map<std::string, std::int64_t> counts;
  std::vector<Gap> gaps;
  std::vector<Fetched> fetched;

private:
  struct Event
  {
    TimePoint at;
    std::uint64_t order = 0;
    std::function<void ()> action;
    bool
    operator> (const Event &other) const
    {
      return std::tie (at, order) > std::tie (other.at, other.order);
    }
  };

  void after (base::Duration delay, std::function<void ()> action);
  [[nodiscard]] std::uint64_t below (std::uint64_t bound);
  [[nodiscard]] base::Duration latency ();
  void fault (std::string text);

  void with_origin (const std::function<void (OriginCore &)> &input);
  void with_member (std::size_t index,
                    const std::function<void (MemberCore &)> &input);
  void drain_origin ();
  void drain_member (std::size_t index);
  void plan_origin ();
  void plan_member (std::size_t index);

  void on (const SendToPeer &effect);
  void on (const CloseChannel &effect);
  void on (const EchoFragment &effect);
  void on (const DeliverRequest &effect);
  void on (const AskJoin &effect);
  void on (const AskReplay &effect);
  void on (const OriginStateChange &effect);
  void
  on (const MemberChange &)
  {}
  void
  on (const JoinWithdrawn &)
  {}
  void
  on (const CancelReplay &)
  {}
  void
  on (const Count &effect)
  {
    counts[std::string (effect.name)] += effect.delta;
  }

  void on_member (std::size_t index, const SendToPeer &effect);
  void on_member (std::size_t index, const OpenChannel &effect);
  void on_member (std::size_t index, const CloseChannel &effect);
  void on_member (std::size_t index, const AskPath &effect);
  void on_member (std::size_t index, const DeliverFragment &effect);
  void on_member (std::size_t index, const JoinDecided &effect);
  void on_member (std::size_t index, const MemberStateChange &effect);
  void on_member (std::size_t index, const Gap &effect);
  void
  on_member (std::size_t index, const Fetched &effect)
  {
    (void)index;
    fetched.push_back (effect);
  }
  void
  on_member (std::size_t index, const TicketRenewed &effect)
  {
    members[index].ticket = effect.ticket;
  }
  void on_member (std::size_t index, const RequestStored &effect);
  void on_member (std::size_t index, const AskReplay &effect);
  void on_member (std::size_t index, const RequestSettled &effect);
  void
  on_member (std::size_t, const EjectionNotice &)
  {}
  void
  on_member (std::size_t, const HeadChange &)
  {}
  void
  on_member (std::size_t, const PeersKnown &)
  {}
  void
  on_member (std::size_t, const OpenPort &)
  {}
  void
  on_member (std::size_t, const Parted &)
  {}
  void
  on_member (std::size_t, const CancelReplay &)
  {}
  void
  on_member (std::size_t, const Count &effect)
  {
    on (effect);
  }

  void connect (WirePtr wire);
  void carry_to_origin (WirePtr wire, base::Bytes message);
  void carry_to_member (WirePtr wire, base::Bytes message);
  void check_content (base::ByteView message);
  void store_next_echo (std::uint64_t life);
  void send_outbox (std::size_t index);
  void random_fault ();
  void random_talk ();
  void check_deadline (TimePoint deadline, const char *who);

  FakeRandom random_;
  Options options_;
  FakeVerifier verifier_;
  FakeChannelSigner origin_signer_{ 1 };
  base::PeerId origin_peer_ = key_of<base::PeerId> (100);
  TimePoint now_{ base::hours (400000) };
  std::uint64_t last_order_ = 0;
  std::vector<Event> events_; // a heap
  std::vector<std::string> faults_;

  std::uint64_t origin_life_ = 0;
  bool is_origin_peer_up_ = true;
  TimePoint origin_wake_ = base::time_never;
  std::map<ChannelId, WirePtr> origin_wires_;
  ChannelId last_origin_channel_;
  std::deque<EchoFragment> echoed_;
  bool is_storing_ = false;
  std::uint64_t last_message_ = 0;
  std::uint64_t generation_ = 1;
  std::map<base::MemberKey, std::uint64_t> revoked_;
  std::map<base::MemberKey, base::FragmentId> admitted_;
  std::map<base::FragmentId, std::uint64_t> on_the_wire_; // id -> content
  std::optional<std::size_t> slow_;
  bool has_faults_ = false;
};
} // namespace testing_multicast
