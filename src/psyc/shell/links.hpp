// SPDX-License-Identifier: AGPL-3.0-or-later
//
// One origin or member of libgnunetmulticast for each channel of the core:
// what it tells becomes the core's inputs.
#pragma once

#include <functional>
#include <map>

#include "gnunet_multicast_service.h"
#include "psyc/core/service.hpp"
#include "shell/keys.hpp"

namespace psyc
{
// Handles of multicast that wait for an answer of the core, by token.
struct OpenQuestions
{
  struct Join
  {
    core::ChannelNo channel;
    struct GNUNET_MULTICAST_JoinHandle *handle = nullptr;
  };
  struct Replay
  {
    core::ChannelNo channel;
    struct GNUNET_MULTICAST_ReplayHandle *handle = nullptr;
  };

  core::JoinToken add (Join join);
  core::ReplayToken add (Replay replay);
  // The handles of that channel are invalid.
  void forget (core::ChannelNo channel);

  std::map<core::JoinToken, Join> joins;
  std::map<core::ReplayToken, Replay> replays;

private:
  std::uint64_t last_ = 0;
};

// What links need of the shell.
struct LinkContext
{
  const struct GNUNET_CONFIGURATION_Handle *cfg = nullptr;
  core::Service *core = nullptr;
  OpenQuestions *questions = nullptr;
  std::function<void ()> after_input;
  std::function<void (const char *name, std::size_t amount)> count;
};

class OriginLink
{
public:
  OriginLink (LinkContext &context, const core::OriginOpen &open);
  OriginLink (const OriginLink &) = delete;
  OriginLink &operator= (const OriginLink &) = delete;
  ~OriginLink ();

  void send (const core::OriginSend &fragment);
  void end (core::Ending ending);
  [[nodiscard]] struct GNUNET_MULTICAST_Origin *
  handle () const
  {
    return origin_;
  }

private:
  static void
  on_join_request (void *cls,
                   const struct GNUNET_CRYPTO_EcdsaPublicKey *member_pub_key,
                   const struct GNUNET_MessageHeader *join_msg,
                   struct GNUNET_MULTICAST_JoinHandle *jh) noexcept;
  static void
  on_request (void *cls,
              const struct GNUNET_MULTICAST_RequestHeader *req) noexcept;
  static void
  on_message (void *cls,
              const struct GNUNET_MULTICAST_MessageHeader *msg) noexcept;
  static void on_replay (void *cls,
                         const struct GNUNET_CRYPTO_EcdsaPublicKey *member_key,
                         enum GNUNET_MULTICAST_ReplayUnit unit, uint64_t first,
                         uint64_t last,
                         struct GNUNET_MULTICAST_ReplayHandle *rh) noexcept;
  static void on_member (void *cls,
                         const struct GNUNET_CRYPTO_EcdsaPublicKey *member_key,
                         enum GNUNET_MULTICAST_MemberEvent event) noexcept;
  static void
  on_position (void *cls,
               const struct GNUNET_MULTICAST_Position *position) noexcept;
  static void on_state (void *cls, enum GNUNET_MULTICAST_OriginState state,
                        const struct GNUNET_MULTICAST_Head *head) noexcept;

  LinkContext &context_;
  const core::ChannelNo channel_;
  struct GNUNET_MULTICAST_Origin *origin_ = nullptr;
};

class MemberLink
{
public:
  MemberLink (LinkContext &context, const core::MemberOpen &open);
  MemberLink (const MemberLink &) = delete;
  MemberLink &operator= (const MemberLink &) = delete;
  ~MemberLink ();

  void send (const core::MemberRequestSend &request);
  void fetch (const core::MemberFetch &fetch);
  void end (core::Ending ending);
  [[nodiscard]] struct GNUNET_MULTICAST_Member *
  handle () const
  {
    return member_;
  }

private:
  static void on_decision (void *cls, int is_admitted,
                           const struct GNUNET_MULTICAST_Head *admission,
                           const struct GNUNET_PeerIdentity *origin,
                           uint16_t relay_count,
                           const struct GNUNET_PeerIdentity *relays,
                           const void *ticket, uint16_t ticket_size,
                           const struct GNUNET_MessageHeader *answer) noexcept;
  static void
  on_message (void *cls,
              const struct GNUNET_MULTICAST_MessageHeader *msg) noexcept;
  static void on_replay (void *cls,
                         const struct GNUNET_CRYPTO_EcdsaPublicKey *member_key,
                         enum GNUNET_MULTICAST_ReplayUnit unit, uint64_t first,
                         uint64_t last,
                         struct GNUNET_MULTICAST_ReplayHandle *rh) noexcept;
  static void on_gap (void *cls, uint64_t first, uint64_t last) noexcept;
  static void on_state (void *cls, enum GNUNET_MULTICAST_MemberState state,
                        const struct GNUNET_MULTICAST_Head *head) noexcept;
  static void on_head (void *cls,
                       const struct GNUNET_MULTICAST_Head *head) noexcept;
  static void on_ticket (void *cls, const void *ticket,
                         uint16_t ticket_size) noexcept;
  static void
  on_position (void *cls,
               const struct GNUNET_MULTICAST_Position *position) noexcept;
  static void on_peers (void *cls, uint16_t peer_count,
                        const struct GNUNET_PeerIdentity *peers) noexcept;
  static void on_fetched (void *cls, enum GNUNET_MULTICAST_ReplayUnit unit,
                          uint64_t first, uint64_t last,
                          enum GNUNET_MULTICAST_ReplayErrorCode code) noexcept;
  static void on_request_stored (void *cls, uint64_t request_id,
                                 uint64_t fragment_offset) noexcept;
  static void on_request_settled (void *cls, uint64_t request_id,
                                  enum GNUNET_MULTICAST_RequestResult result,
                                  uint64_t message_id, uint32_t code,
                                  const char *reason) noexcept;

  LinkContext &context_;
  const core::ChannelNo channel_;
  struct GNUNET_MULTICAST_Member *member_ = nullptr;
};

[[nodiscard]] base::Head to_head (const struct GNUNET_MULTICAST_Head *head);
[[nodiscard]] std::vector<struct GNUNET_PeerIdentity>
to_peers (const std::vector<base::PeerId> &peers);
// A whole message with its header, or NULL when there is none.
[[nodiscard]] const struct GNUNET_MessageHeader *
to_message (const base::Bytes &bytes);
[[nodiscard]] base::Bytes from_message (const struct GNUNET_MessageHeader *msg);
} // namespace psyc
