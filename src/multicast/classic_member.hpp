// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The member of the interface of 2019 over that of multicast_api.hpp: pulled
// requests, stored when the callback returned. Pieces of a request are kept
// here until the origin has them, and said again on each attach.
#pragma once

#include "multicast/classic_pull.hpp"
#include "multicast/classic_replay.hpp"

struct GNUNET_MULTICAST_MemberTransmitHandle : multicast::api::ClassicPull
{
  using ClassicPull::ClassicPull;

  std::uint64_t request_id = 0;
};

struct GNUNET_MULTICAST_MemberReplayHandle
{
  struct GNUNET_MULTICAST_Member *member = nullptr;
};

namespace multicast::api
{
class ClassicMember final : public ClassicOutlet
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
  struct GNUNET_MULTICAST_MemberReplayHandle *fetch (const ClientFetch &fetch);
  void forget (struct GNUNET_MULTICAST_MemberReplayHandle *replay);

  struct GNUNET_MULTICAST_Member *member = nullptr;

private:
  static constexpr std::size_t kept_bytes_max = 1U << 20;

  void on_message (const struct GNUNET_MULTICAST_MessageHeader *message);
  void on_state (enum GNUNET_MULTICAST_MemberState state);
  void on_request_stored (std::uint64_t request_id, std::uint64_t offset);

  [[nodiscard]] bool has_room () const override;
  void emit (std::uint64_t offset, std::uint32_t flags,
             base::Bytes body) override;
  void on_pulled () override;

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
