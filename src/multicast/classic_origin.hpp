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
// Who has stored fragments, asked for one after the other.
struct ClassicReplay
{
  GNUNET_MULTICAST_ReplayFragmentCallback fragment = nullptr;
  GNUNET_MULTICAST_ReplayMessageCallback message = nullptr;
  void *cls = nullptr;

  // Answers a wish for a range of them.
  void answer (const struct GNUNET_CRYPTO_EcdsaPublicKey &reader,
               enum GNUNET_MULTICAST_ReplayUnit unit, std::uint64_t first,
               std::uint64_t last,
               struct GNUNET_MULTICAST_ReplayHandle *whole) const;
};

class ClassicOrigin
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
