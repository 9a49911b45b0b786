// SPDX-License-Identifier: AGPL-3.0-or-later
//
// libgnunetsocial: records in the zones of our egos.
#include "social/social_api.hpp"

#include <cstring>

using namespace social;
using namespace social::api;

namespace
{
constexpr std::size_t label_max = 63;
constexpr std::uint32_t relays_max = 256;

[[nodiscard]] base::TimePoint
from_gnunet_time (struct GNUNET_TIME_Absolute time)
{
  if (GNUNET_TIME_absolute_is_never (time))
    return base::time_never;
  return base::TimePoint{ base::Duration{
      static_cast<std::int64_t> (time.abs_value_us) } };
}

[[nodiscard]] bool
is_label (const char *name)
{
  return nullptr != name && '\0' != *name && std::strlen (name) <= label_max;
}

[[nodiscard]] QueryHandlers
result_handlers (GNUNET_ResultCallback cb, void *cls)
{
  QueryHandlers on;
  if (nullptr != cb)
    on.result = [cb, cls] (const SocialResult &result)
    {
      if (ResultCode::ok == result.result)
        return cb (cls, GNUNET_OK, nullptr, 0);
      const std::string error = result.text.value_or ("failed");
      cb (cls, GNUNET_SYSERR, error.c_str (),
          static_cast<std::uint16_t> (error.size () + 1));
    };
  return on;
}
} // namespace

extern "C"
{
int
GNUNET_SOCIAL_zone_add_place (
    const struct GNUNET_SOCIAL_App *app, const struct GNUNET_SOCIAL_Ego *ego,
    const char *name, const char *password,
    const struct GNUNET_CRYPTO_EddsaPublicKey *place_pub_key,
    const struct GNUNET_PeerIdentity *origin, uint32_t relay_count,
    const struct GNUNET_PeerIdentity *relays,
    struct GNUNET_TIME_Absolute expiration_time,
    GNUNET_ResultCallback result_cb, void *result_cls)
{
  if (! is_label (name) || relay_count > relays_max
      || (nullptr != password && std::strlen (password) > name_length_max))
    return GNUNET_SYSERR;
  AppPublishPlace message;
  message.ego = ego->key;
  message.label = name;
  message.password = nullptr == password ? "" : password;
  message.place = shell::from_gnunet<base::ChannelKey> (*place_pub_key);
  if (nullptr != origin)
    message.origin = shell::from_gnunet<base::PeerId> (*origin);
  for (std::uint32_t i = 0; i < relay_count; i++)
    message.relays.push_back (shell::from_gnunet<base::PeerId> (relays[i]));
  message.expires = from_gnunet_time (expiration_time);
  auto *query = const_cast<struct GNUNET_SOCIAL_App *> (app)->ask (
      message, result_handlers (result_cb, result_cls));
  return nullptr == query ? GNUNET_SYSERR : GNUNET_OK;
}

int
GNUNET_SOCIAL_zone_add_nym (
    const struct GNUNET_SOCIAL_App *app, const struct GNUNET_SOCIAL_Ego *ego,
    const char *name, const struct GNUNET_CRYPTO_EcdsaPublicKey *nym_pub_key,
    struct GNUNET_TIME_Absolute expiration_time,
    GNUNET_ResultCallback result_cb, void *result_cls)
{
  if (! is_label (name))
    return GNUNET_SYSERR;
  struct GNUNET_IDENTITY_PublicKey zone;
  std::memset (&zone, 0, sizeof (zone));
  zone.type = htonl (GNUNET_IDENTITY_TYPE_ECDSA);
  zone.ecdsa_key = *nym_pub_key;
  AppNameNym message;
  message.ego = ego->key;
  message.label = name;
  message.zone = packed (zone);
  message.expires = from_gnunet_time (expiration_time);
  auto *query = const_cast<struct GNUNET_SOCIAL_App *> (app)->ask (
      message, result_handlers (result_cb, result_cls));
  return nullptr == query ? GNUNET_SYSERR : GNUNET_OK;
}
}
