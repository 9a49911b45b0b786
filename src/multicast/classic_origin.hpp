// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The origin of the interface of 2019 over that of multicast_api.hpp: pulled
// messages, stored when the callback returned.
#pragma once

#include "multicast/classic_pull.hpp"
#include "multicast/classic_replay.hpp"

struct GNUNET_MULTICAST_OriginTransmitHandle : multicast::api::ClassicPull
{
  using ClassicPull::ClassicPull;

  std::uint64_t message_id = 0;
  std::uint64_t generation = 0;
};

namespace multicast::api
{
class ClassicOrigin final : public ClassicOutlet
{
public:
  struct Callbacks
  {
    GNUNET_MULTICAST_JoinRequestCallback join_request = nullptr;
    ClassicReplay replay;
    GNUNET_MULTICAST_RequestCallback request = nullptr;
    GNUNET_MULTICAST_MessageCallback message = nullptr;
    void *cls = nullptr;
  };

  explicit ClassicOrigin (const Callbacks &callbacks) : callbacks_ (callbacks)
  {}

  // What to open the origin with; `cls` is this.
  [[nodiscard]] static struct GNUNET_MULTICAST_OriginCallbacks adapters ();

  struct GNUNET_MULTICAST_OriginTransmitHandle *
  begin (std::uint64_t message_id, std::uint64_t generation,
         GNUNET_MULTICAST_OriginTransmitNotify notify, void *notify_cls);

  struct GNUNET_MULTICAST_Origin *origin = nullptr;

private:
  void on_message (const struct GNUNET_MULTICAST_MessageHeader *message);
  void on_request (const struct GNUNET_MULTICAST_RequestHeader *request);

  [[nodiscard]] bool has_room () const override;
  void emit (std::uint64_t offset, std::uint32_t flags,
             base::Bytes body) override;
  void on_pulled () override;

  Callbacks callbacks_;
  std::unique_ptr<struct GNUNET_MULTICAST_OriginTransmitHandle> transmit_;
};
} // namespace multicast::api
