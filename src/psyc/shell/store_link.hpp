// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The core's store operations as calls of libgnunetpsycstore, and their
// answers as the core's inputs.
#pragma once

#include <functional>
#include <memory>
#include <unordered_set>

#include "gnunet_psycstore_service.h"
#include "psyc/core/effects.hpp"
#include "shell/keys.hpp"

namespace psyc
{
class StoreLink
{
public:
  struct Inputs
  {
    std::function<bool (core::OpId, core::StoreItem)> on_item;
    std::function<void (core::OpId, core::StoreResult)> on_result;
  };

  StoreLink (const struct GNUNET_CONFIGURATION_Handle *cfg, Inputs inputs);
  StoreLink (const StoreLink &) = delete;
  StoreLink &operator= (const StoreLink &) = delete;
  ~StoreLink ();

  [[nodiscard]] bool
  is_open () const
  {
    return nullptr != store_;
  }
  void call (const core::CallStore &call);

private:
  // Closure of one operation's callbacks.
  struct Pending
  {
    StoreLink *link = nullptr;
    core::OpId op;
  };
  struct Caller; // one overload for each kind of call

  static Pending &of (void *cls);
  static void item (void *cls, core::StoreItem item);
  static void end (void *cls, std::int64_t result, std::string error);
  static void on_result (void *cls, int64_t result, const char *err_msg,
                         uint16_t err_msg_size) noexcept;
  static int on_fragment (void *cls,
                          struct GNUNET_MULTICAST_MessageHeader *message,
                          enum GNUNET_PSYCSTORE_MessageFlags flags) noexcept;
  static void on_counters (void *cls, int result_code, uint64_t max_fragment_id,
                           uint64_t max_message_id,
                           uint64_t max_group_generation,
                           uint64_t max_state_message_id) noexcept;
  static void on_range (void *cls, uint64_t first, uint64_t last) noexcept;
  static void on_tag (void *cls, int result, uint64_t message_id,
                      uint64_t request_id) noexcept;
  static void
  on_request (void *cls,
              const struct GNUNET_MULTICAST_RequestHeader *request) noexcept;
  static void
  on_request_info (void *cls,
                   const struct GNUNET_PSYCSTORE_RequestInfo *info) noexcept;
  static void on_record (void *cls,
                         const struct GNUNET_CRYPTO_EddsaPublicKey *channel_key,
                         const struct GNUNET_CRYPTO_EcdsaPublicKey *member_key,
                         int is_imported, const void *data,
                         uint16_t size) noexcept;
  static int
  on_state (void *cls,
            const struct GNUNET_PSYCSTORE_StatePiece *piece) noexcept;
  static void on_state_info (void *cls, int result,
                             const struct GNUNET_PSYCSTORE_StateInfo *info,
                             const char *error) noexcept;

  Inputs inputs_;
  std::unordered_set<Pending *> pending_;
  struct GNUNET_PSYCSTORE_Handle *store_;
};
} // namespace psyc
