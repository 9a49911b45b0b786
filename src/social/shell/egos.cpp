// SPDX-License-Identifier: AGPL-3.0-or-later
#include "social/shell/egos.hpp"

namespace social
{
Egos::Egos (const struct GNUNET_CONFIGURATION_Handle *cfg, CoreDoor &door)
    : door_ (door)
{
  handle_ = GNUNET_IDENTITY_connect (cfg, &Egos::on_identity, this);
}

Egos::~Egos ()
{
  if (nullptr != handle_)
    GNUNET_IDENTITY_disconnect (handle_);
  for (auto &[ego, key] : keys_)
    GNUNET_CRYPTO_zero_keys (&key, sizeof (key));
}

const struct GNUNET_IDENTITY_PrivateKey *
Egos::private_key (const base::MemberKey &ego) const
{
  const auto found = keys_.find (ego);
  return keys_.end () == found ? nullptr : &found->second;
}

std::optional<struct GNUNET_CRYPTO_EcdsaPrivateKey>
Egos::member_key (const base::MemberKey &ego) const
{
  const auto *key = private_key (ego);
  if (nullptr == key || GNUNET_IDENTITY_TYPE_ECDSA != ntohl (key->type))
    return std::nullopt;
  return key->ecdsa_key;
}

// GNUnet says each ego once, then (NULL, NULL): that was all; later changes
// come one by one. A renamed ego comes with its new name, a deleted one
// without any.
void
Egos::on_identity (void *cls, struct GNUNET_IDENTITY_Ego *ego, void **,
                   const char *name) noexcept
{
  auto *self = static_cast<Egos *> (cls);
  if (nullptr != ego)
    return self->on_ego (*ego, name);
  if (nullptr == name)
    self->door_.tell ([] (Core &core) { core.on_egos_complete (); });
}

void
Egos::on_ego (struct GNUNET_IDENTITY_Ego &ego, const char *name)
{
  struct GNUNET_IDENTITY_PublicKey pub;
  GNUNET_IDENTITY_ego_get_public_key (&ego, &pub);
  const base::Bytes zone = packed_zone (pub);
  const Ego known{ nullptr == name ? "" : name, zone };
  if (nullptr == name)
  {
    door_.tell ([&] (Core &core) { core.on_ego_gone (zone); });
    keys_.erase (known.key ());
    return;
  }
  keys_.insert_or_assign (known.key (),
                          *GNUNET_IDENTITY_ego_get_private_key (&ego));
  door_.tell ([&] (Core &core) { core.on_ego (known); });
}
} // namespace social
