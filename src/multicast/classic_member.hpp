// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The member of the interface of 2019 over that of multicast_api.hpp: pulled
// requests, stored when the callback returned. Pieces of a request are kept
// here until the origin has them, and said again on each attach.
#pragma once

#include "multicast/classic_origin.hpp"

struct GNUNET_MULTICAST_MemberTransmitHandle
{
  struct GNUNET_MULTICAST_Member *member = nullptr;
  std::uint64_t request_id = 0;
  GNUNET_MULTICAST_MemberTransmitNotify notify = nullptr;
  void *notify_cls = nullptr;
  std::uint64_t offset = 0;
  bool has_begun = false;
  bool is_paused = false;
  std::unique_ptr<shell::Timer> pull;
};

struct GNUNET_MULTICAST_MemberReplayHandle
{
  struct GNUNET_MULTICAST_Member *member = nullptr;
};

namespace multicast::api
{
class ClassicMember
{
public:
  struct Callbacks
  {
    GNUNET_MULTICAST_JoinDecisionCallback decision = nullptr;
    ClassicReplay replay;
    GNUNET_MULTICAST_MessageCallback message = nullptr;
    void *cls = nullptr;
  };

  explicit ClassicMember (const Callbacks &callbacks) : callbacks_ (callbacks)
  {}

  // What to open the membership with; `cls` is this.
  [[nodiscard]] static struct GNUNET_MULTICAST_MemberCallbacks adapters ();

  struct GNUNET_MULTICAST_MemberTransmitHandle *
  begin (std::uint64_t request_id, GNUNET_MULTICAST_MemberTransmitNotify notify,
         void *notify_cls);
  void cancel ();
  struct GNUNET_MULTICAST_MemberReplayHandle *fetch (const ClientFetch &fetch);
  void forget (struct GNUNET_MULTICAST_MemberReplayHandle *replay);

  struct GNUNET_MULTICAST_Member *member = nullptr;

private:
  static constexpr std::size_t kept_bytes_max = 1U << 20;

  void on_message (const struct GNUNET_MULTICAST_MessageHeader *message);
  void on_state (enum GNUNET_MULTICAST_MemberState state);
  void on_request_stored (std::uint64_t request_id, std::uint64_t offset);
  void pull ();
  void emit (base::Bytes body, std::uint32_t flags);

  Callbacks callbacks_;
  bool is_admitted_ = false;
  std::unique_ptr<struct GNUNET_MULTICAST_MemberTransmitHandle> transmit_;
  std::deque<ClientRequest> kept_; // not yet on the origin's disk
  std::size_t kept_bytes_ = 0;
  std::map<struct GNUNET_MULTICAST_MemberReplayHandle *,
           std::unique_ptr<struct GNUNET_MULTICAST_MemberReplayHandle>>
      replays_;
};
} // namespace multicast::api
