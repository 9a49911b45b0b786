// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Own identities, from GNUnet's identity service, as they come and go. Private
// keys stay here and are lent to whoever must sign.
#pragma once

#include <map>
#include <optional>

#include "social/shell/gnunet_social.hpp"

namespace social
{
class Egos
{
public:
  Egos (const struct GNUNET_CONFIGURATION_Handle *cfg, CoreDoor &door);
  ~Egos ();
  Egos (const Egos &) = delete;
  Egos &operator= (const Egos &) = delete;

  // NULL when there is none (any more).
  [[nodiscard]] const struct GNUNET_IDENTITY_PrivateKey *
  private_key (const base::MemberKey &ego) const;

  [[nodiscard]] std::optional<struct GNUNET_CRYPTO_EcdsaPrivateKey>
  member_key (const base::MemberKey &ego) const;

private:
  static void on_identity (void *cls, struct GNUNET_IDENTITY_Ego *ego,
                           void **ctx, const char *name) noexcept;
  void on_ego (struct GNUNET_IDENTITY_Ego &ego, const char *name);

  CoreDoor &door_;
  std::map<base::MemberKey, struct GNUNET_IDENTITY_PrivateKey> keys_;
  struct GNUNET_IDENTITY_Handle *handle_ = nullptr;
};
} // namespace social
