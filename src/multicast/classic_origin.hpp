// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The origin of the interface of 2019 over that of multicast_api.hpp: pulled
// messages, replays fragment by fragment, stored when the callback returned.
#pragma once

#include "multicast/multicast_api.hpp"

struct GNUNET_MULTICAST_OriginTransmitHandle
{
  struct GNUNET_MULTICAST_Origin *origin = nullptr;
  std::uint64_t message_id = 0;
  std::uint64_t generation = 0;
  GNUNET_MULTICAST_OriginTransmitNotify notify = nullptr;
  void *notify_cls = nullptr;
  std::uint64_t offset = 0;
  bool has_begun = false;
  bool is_paused = false;
  std::unique_ptr<shell::Timer> pull;
};

namespace multicast::api
{
// Answers a wish for a range by asking the client for one after the other.
// `ask (number, replay)` asks for one.
using AskOne = std::function<void (std::uint64_t,
                                   struct GNUNET_MULTICAST_ReplayHandle *)>;
void replay_one_by_one (struct GNUNET_MULTICAST_ReplayHandle *whole,
                        std::uint64_t first, std::uint64_t last, AskOne ask);

class ClassicOrigin
{
public:
  struct Callbacks
  {
    GNUNET_MULTICAST_JoinRequestCallback join_request = nullptr;
    GNUNET_MULTICAST_ReplayFragmentCallback replay_fragment = nullptr;
    GNUNET_MULTICAST_ReplayMessageCallback replay_message = nullptr;
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
  void cancel ();

  struct GNUNET_MULTICAST_Origin *origin = nullptr;

private:
  void on_message (const struct GNUNET_MULTICAST_MessageHeader *message);
  void on_request (const struct GNUNET_MULTICAST_RequestHeader *request);
  void pull ();
  void emit (base::Bytes body, std::uint32_t flags);

  Callbacks callbacks_;
  std::unique_ptr<struct GNUNET_MULTICAST_OriginTransmitHandle> transmit_;
};
} // namespace multicast::api
