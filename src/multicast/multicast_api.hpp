// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Inside libgnunetmulticast: the two handles, origin and membership, with what
// they remember so that a restart of the service is not noticed. The interface
// of 2019 is built on them in classic_origin.hpp and classic_member.hpp.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>

#include "base/interval_set.hpp"
#include "gnunet_multicast_service.h"
#include "multicast/multicast_messages.hpp"
#include "shell/service_link.hpp"

namespace multicast::api
{
class Endpoint;

// A callback that may be set at any time.
template <typename Callback> struct Watch
{
  Callback callback = nullptr;
  void *cls = nullptr;
};

// Tells whether an object that user code may have destroyed still lives.
class LifeSign
{
public:
  [[nodiscard]] std::weak_ptr<int>
  watch () const
  {
    return sign_;
  }

private:
  std::shared_ptr<int> sign_ = std::make_shared<int> (0);
};
} // namespace multicast::api

// A question at the door. Of an older connection (`epoch`) it is answered into
// the void: the joiner asks again.
struct GNUNET_MULTICAST_JoinHandle
{
  multicast::api::Endpoint *endpoint = nullptr;
  std::uint64_t epoch = 0;
  std::uint64_t join_id = 0;
};

struct GNUNET_MULTICAST_ReplayHandle
{
  multicast::api::Endpoint *endpoint = nullptr;
  multicast::ReplayDetail detail; // of the question
  base::FragmentId next;          // nothing is there before it; none: not said
  // Where an answer goes. `end` destroys the handle's owner's reference.
  std::function<void (const struct GNUNET_MessageHeader *)> on_fragment;
  std::function<void (enum GNUNET_MULTICAST_ReplayErrorCode)> on_end;
  // replay_response2: pulled from the scheduler.
  GNUNET_MULTICAST_ReplayTransmitNotify notify = nullptr;
  void *notify_cls = nullptr;
  std::unique_ptr<shell::Timer> pull;
};

namespace multicast::api
{
// What origin and membership have in common: the link, the questions that
// wait for the client, and going away.
class Endpoint
{
public:
  using JoinHandle = struct GNUNET_MULTICAST_JoinHandle;
  using ReplayHandle = struct GNUNET_MULTICAST_ReplayHandle;

  explicit Endpoint (const struct GNUNET_CONFIGURATION_Handle *cfg);
  Endpoint (const Endpoint &) = delete;
  Endpoint &operator= (const Endpoint &) = delete;
  virtual ~Endpoint () = default;

  void answer_join (JoinHandle *join, ClientJoinVerdict verdict,
                    std::vector<base::PeerId> relays, base::Bytes answer);
  // Makes a handle for replays that are answered otherwise than to the service.
  [[nodiscard]] ReplayHandle *new_replay (
      std::function<void (const struct GNUNET_MessageHeader *)> fragment,
      std::function<void (enum GNUNET_MULTICAST_ReplayErrorCode)> end);
  // Ends and frees it.
  void end_replay (ReplayHandle *replay,
                   enum GNUNET_MULTICAST_ReplayErrorCode code);

  // Says `leave`, waits for the service to let go, then destroys this and
  // calls `done`. No callback of the user comes any more from now on.
  void leave (GNUNET_ContinuationCallback done, void *done_cls);

  [[nodiscard]] std::weak_ptr<int>
  life () const
  {
    return life_.watch ();
  }

  // False once destroyed or leaving: nothing more may be told to the user.
  [[nodiscard]] static bool
  is_usable (const std::weak_ptr<int> &life, const Endpoint *endpoint)
  {
    return ! life.expired () && ! endpoint->is_leaving_;
  }

protected:
  // A new connection: say who we are and what is still wanted.
  virtual void on_connected () = 0;
  virtual void on_disconnected () = 0;
  // One message; may destroy the endpoint. False when malformed.
  [[nodiscard]] virtual bool on_message (base::ByteView message) = 0;
  // Forget the user's callbacks.
  virtual void forget_callbacks () = 0;

  [[nodiscard]] JoinHandle *new_join (std::uint64_t join_id);
  [[nodiscard]] ReplayHandle *new_service_replay (std::uint64_t replay_id);

  template <wire::Message M>
  void
  send (const M &message)
  {
    if (link_)
      link_->send (message);
  }

  [[nodiscard]] bool
  is_connected () const
  {
    return link_ && link_->is_connected ();
  }

private:
  [[nodiscard]] bool take_message (base::ByteView message);
  void finish_leaving ();

  LifeSign life_;
  std::uint64_t epoch_ = 0;
  bool is_leaving_ = false;
  GNUNET_ContinuationCallback left_ = nullptr;
  void *left_cls_ = nullptr;
  std::map<JoinHandle *, std::unique_ptr<JoinHandle>> joins_;
  std::map<ReplayHandle *, std::unique_ptr<ReplayHandle>> replays_;
  shell::Timer leave_timer_;
  std::unique_ptr<shell::ServiceLink> link_;
};

// The fragment or request in `bytes`, when it is whole.
template <typename Header>
[[nodiscard]] const Header *
as_header (const base::Bytes &bytes)
{
  if (bytes.size () < sizeof (Header))
    return nullptr;
  const auto *header = reinterpret_cast<const Header *> (bytes.data ());
  return bytes.size () == ntohs (header->header.size) ? header : nullptr;
}

// Words of an application (GNUnet messages), which may be missing.
[[nodiscard]] inline base::Bytes
copy_message (const struct GNUNET_MessageHeader *message)
{
  return nullptr == message ? base::Bytes{}
                            : base::to_bytes (shell::message_bytes (message));
}

[[nodiscard]] const struct GNUNET_MessageHeader *
as_message (const base::Bytes &bytes);

[[nodiscard]] std::vector<base::PeerId>
copy_peers (const struct GNUNET_PeerIdentity *peers, std::uint16_t count);

[[nodiscard]] inline struct GNUNET_MULTICAST_Position
to_public (const ServicePosition &position)
{
  struct GNUNET_MULTICAST_Position out
  {
  };
  out.parent = shell::to_gnunet<struct GNUNET_PeerIdentity> (position.parent);
  out.depth = position.depth;
  out.is_rooted = position.is_rooted ? GNUNET_YES : GNUNET_NO;
  out.child_count = position.child_count;
  out.subtree_size = position.subtree;
  out.lag = position.lag;
  return out;
}

[[nodiscard]] inline struct GNUNET_MULTICAST_Head
to_public (const base::Head &head)
{
  return { head.fragment_id.value, head.message_id.value,
           head.generation.value };
}

class ClassicOrigin;
class ClassicMember;
} // namespace multicast::api

struct GNUNET_MULTICAST_Origin final : multicast::api::Endpoint
{
public:
  struct Setup
  {
    base::ChannelPrivateKey key;
    std::uint32_t policy = 0;
    base::Head head;
    bool is_unclean = false;
    // With the first head: what was not given in between. The head moves on.
    base::FragmentId known;
    base::FragmentId resumed;
    multicast::ClientKind kind = multicast::ClientKind::extended;
    struct GNUNET_MULTICAST_OriginCallbacks callbacks = {};
    void *cls = nullptr;
  };

  GNUNET_MULTICAST_Origin (const struct GNUNET_CONFIGURATION_Handle *cfg,
                           const Setup &setup);
  ~GNUNET_MULTICAST_Origin () override;

  [[nodiscard]] int send_fragment (multicast::ClientFragment fragment);
  [[nodiscard]] bool
  has_room () const
  {
    return queued_bytes_ < queued_bytes_max;
  }
  void stored (base::FragmentId id);
  void discard (base::FragmentId id);
  void request_stored (const multicast::ClientRequestStored &message);
  void request_settled (const multicast::ClientRequestSettled &message);
  void eject (const multicast::ClientEject &message);
  void revoke (const multicast::ClientRevoke &message);

  std::unique_ptr<multicast::api::ClassicOrigin> classic;
  multicast::api::Watch<GNUNET_MULTICAST_PositionCallback> position_watch;

private:
  static constexpr std::size_t queued_bytes_max = 4U << 20;

  // Echoed, not yet stored: numbered anew in the same order, it gets the same
  // id and signature.
  struct Echoed
  {
    base::FragmentId id;
    multicast::ClientFragment fragment;
  };

  void on_connected () override;
  void on_disconnected () override;
  [[nodiscard]] bool on_message (base::ByteView message) override;
  void forget_callbacks () override;

  void on (const multicast::ServiceEcho &message);
  void on (const multicast::ServicePosition &message);
  void on (const multicast::ServiceRequest &message);
  void on (const multicast::ServiceJoinQuestion &message);
  void on (const multicast::ServiceMemberEvent &message);
  void on (const multicast::ServiceOriginState &message);
  void on (const multicast::ServiceReplayWanted &message);
  template <typename Other>
  void
  on (const Other &)
  {}

  void submit (multicast::ClientFragment &fragment);

  Setup setup_; // head: what is stored
  bool is_behind_ = false;
  std::uint64_t serial_ = 0;
  std::uint64_t serial_discarded_ = 0; // echoes up to it are not wanted
  base::FragmentId newest_echo_;
  std::deque<Echoed> unstored_;
  std::deque<multicast::ClientFragment> queued_; // not yet echoed
  std::size_t queued_bytes_ = 0;
  std::map<base::MemberKey, base::Generation> revocations_;
};

struct GNUNET_MULTICAST_Member final : multicast::api::Endpoint
{
public:
  struct Setup
  {
    multicast::ClientMemberOpen open; // `have` stays empty: see have_
    struct GNUNET_MULTICAST_MemberCallbacks callbacks = {};
    void *cls = nullptr;
  };

  GNUNET_MULTICAST_Member (const struct GNUNET_CONFIGURATION_Handle *cfg,
                           Setup setup, base::IntervalSet have);
  ~GNUNET_MULTICAST_Member () override;

  void stored (base::FragmentId id);
  void failed (base::FragmentId id);
  [[nodiscard]] int send_request (const multicast::ClientRequest &request);
  [[nodiscard]] int fetch (const multicast::ClientFetch &fetch);
  [[nodiscard]] bool
  is_attached () const
  {
    return GNUNET_MULTICAST_MEMBER_STATE_ATTACHED == state_;
  }

  std::unique_ptr<multicast::api::ClassicMember> classic;
  multicast::api::Watch<GNUNET_MULTICAST_PositionCallback> position_watch;
  multicast::api::Watch<GNUNET_MULTICAST_PeersCallback> peers_watch;

private:
  void on_connected () override;
  void on_disconnected () override;
  [[nodiscard]] bool on_message (base::ByteView message) override;
  void forget_callbacks () override;

  void on (const multicast::ServiceFragment &message);
  void on (const multicast::ServiceDecision &message);
  void on (const multicast::ServiceMemberState &message);
  void on (const multicast::ServiceHead &message);
  void on (const multicast::ServiceGap &message);
  void on (const multicast::ServiceTicket &message);
  void on (const multicast::ServiceFetched &message);
  void on (const multicast::ServiceRequestStored &message);
  void on (const multicast::ServiceRequestSettled &message);
  void on (const multicast::ServiceReplayWanted &message);
  void on (const multicast::ServiceEjectionNotice &message);
  void on (const multicast::ServicePosition &message);
  void on (const multicast::ServicePeers &message);
  template <typename Other>
  void
  on (const Other &)
  {}

  Setup setup_;
  base::IntervalSet have_; // stored or given up
  enum GNUNET_MULTICAST_MemberState state_
      = GNUNET_MULTICAST_MEMBER_STATE_CONNECTING;
  bool is_over_ = false; // refused, ejected, group ended
  base::Head head_;
  std::deque<multicast::ClientFetch> fetches_;
};
