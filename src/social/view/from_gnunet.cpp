// SPDX-License-Identifier: AGPL-3.0-or-later
#include "social/view/from_gnunet.hpp"

#include <cstring>
#include <strings.h>

#include "shell/keys.hpp"

namespace social::view
{
namespace
{
[[nodiscard]] std::string
taken (char *text)
{
  std::string out = nullptr == text ? "" : text;
  GNUNET_free (text);
  return out;
}

[[nodiscard]] const char *
state_text (enum GNUNET_SOCIAL_PlaceState state)
{
  switch (state)
  {
  case GNUNET_SOCIAL_PLACE_IS_ENTERED:
    return "entered";
  case GNUNET_SOCIAL_PLACE_IS_PENDING:
    return "pending";
  case GNUNET_SOCIAL_PLACE_IS_REFUSED:
    return "refused";
  case GNUNET_SOCIAL_PLACE_IS_CLOSED:
    return "closed";
  case GNUNET_SOCIAL_PLACE_IS_ARCHIVED:
    return "archived";
  case GNUNET_SOCIAL_PLACE_IS_EJECTED:
    return "ejected";
  }
  return "archived";
}

[[nodiscard]] const char *
state_text (enum GNUNET_SOCIAL_NymState state)
{
  switch (state)
  {
  case GNUNET_SOCIAL_NYM_STATE_PRESENT:
    return "present";
  case GNUNET_SOCIAL_NYM_STATE_WAITING:
    return "waiting";
  case GNUNET_SOCIAL_NYM_STATE_LEFT:
    return "left";
  case GNUNET_SOCIAL_NYM_STATE_EJECTED:
    return "ejected";
  }
  return "left";
}

[[nodiscard]] std::string_view
policy_text (enum GNUNET_PSYC_Policy policy)
{
  switch (policy)
  {
  case GNUNET_PSYC_CHANNEL_ANONYMOUS:
    return "anonymous";
  case GNUNET_PSYC_CHANNEL_CLOSED:
    return "closed";
  case GNUNET_PSYC_CHANNEL_OPEN:
    return "open";
  case GNUNET_PSYC_CHANNEL_PRIVATE:
    return "private";
  }
  return "private";
}
} // namespace

// ------------------------------------------------------------------- keys

std::string
key_text (const struct GNUNET_IDENTITY_PublicKey &key)
{
  return taken (GNUNET_IDENTITY_public_key_to_string (&key));
}

std::string
key_text (const struct GNUNET_CRYPTO_EcdsaPublicKey &key)
{
  struct GNUNET_IDENTITY_PublicKey tagged;
  std::memset (&tagged, 0, sizeof (tagged));
  tagged.type = htonl (GNUNET_IDENTITY_TYPE_ECDSA);
  tagged.ecdsa_key = key;
  return key_text (tagged);
}

std::string
key_text (const struct GNUNET_CRYPTO_EddsaPublicKey &key)
{
  return taken (GNUNET_CRYPTO_eddsa_public_key_to_string (&key));
}

std::optional<struct GNUNET_IDENTITY_PublicKey>
parse_zone_key (const std::string &text)
{
  struct GNUNET_IDENTITY_PublicKey key;
  std::memset (&key, 0, sizeof (key));
  if (GNUNET_OK == GNUNET_IDENTITY_public_key_from_string (text.c_str (), &key))
    return key;
  std::memset (&key, 0, sizeof (key));
  key.type = htonl (GNUNET_IDENTITY_TYPE_ECDSA);
  if (GNUNET_OK
      == GNUNET_CRYPTO_ecdsa_public_key_from_string (
          text.c_str (), text.size (), &key.ecdsa_key))
    return key;
  return std::nullopt;
}

bool
names_key (const struct GNUNET_CRYPTO_EcdsaPublicKey &key,
           const std::string &text)
{
  const std::string untagged
      = taken (GNUNET_CRYPTO_ecdsa_public_key_to_string (&key));
  const auto begins = [&text] (const std::string &whole)
  {
    return ! text.empty () && text.size () <= whole.size ()
           && 0 == strncasecmp (whole.c_str (), text.c_str (), text.size ());
  };
  return begins (key_text (key)) || begins (untagged);
}

std::optional<std::string>
optional_text (const char *text)
{
  return nullptr == text ? std::nullopt : std::optional<std::string> (text);
}

const char *
send_state_text (std::optional<enum GNUNET_PSYC_SendState> state)
{
  if (! state)
    return "failed";
  switch (*state)
  {
  case GNUNET_PSYC_SEND_QUEUED:
    return "queued";
  case GNUNET_PSYC_SEND_SENT:
    return "sent";
  case GNUNET_PSYC_SEND_STORED:
    return "stored";
  case GNUNET_PSYC_SEND_ACCEPTED:
    return "accepted";
  case GNUNET_PSYC_SEND_REFUSED:
    return "refused";
  case GNUNET_PSYC_SEND_CANCELLED:
  case GNUNET_PSYC_SEND_FAILED:
    break;
  }
  return "failed";
}

std::optional<enum GNUNET_PSYC_Policy>
policy_from (const std::string &text)
{
  for (const auto policy :
       { GNUNET_PSYC_CHANNEL_ANONYMOUS, GNUNET_PSYC_CHANNEL_OPEN,
         GNUNET_PSYC_CHANNEL_CLOSED, GNUNET_PSYC_CHANNEL_PRIVATE })
    if (policy_text (policy) == text)
      return policy;
  return std::nullopt;
}

const std::string &
Place::label () const
{
  return view.name ? *view.name : view.key;
}

Place
to_place (const struct GNUNET_SOCIAL_PlaceInfo &info)
{
  Place place;
  place.key = info.key;
  place.ego_key = info.ego_key;
  place.view.key = key_text (info.key);
  place.view.name = optional_text (info.name);
  place.view.is_host = (GNUNET_YES == info.is_host);
  place.view.ego = nullptr == info.ego_name ? "" : info.ego_name;
  place.view.policy = std::string (policy_text (info.policy));
  place.view.state = state_text (info.state);
  place.view.messages = info.message_count;
  place.view.nyms = info.nym_count;
  place.view.is_connected = (GNUNET_YES == info.is_connected);
  place.view.outbox = info.outbox_count;
  place.view.is_behind = (GNUNET_YES == info.is_behind);
  const struct GNUNET_MULTICAST_Position &at = info.position;
  if (0 < at.depth)
    place.view.parent = key_text (at.parent.public_key);
  place.view.depth = at.depth;
  place.view.children = at.child_count;
  // A membership counts itself.
  place.view.below = at.subtree_size;
  if (! place.view.is_host && 0 < place.view.below)
    place.view.below--;
  place.view.lag = at.lag;
  return place;
}

Nym
to_nym (const std::string &place, const struct GNUNET_SOCIAL_NymInfo &info)
{
  return { info.key,
           { place, key_text (info.key), optional_text (info.name),
             state_text (info.state), optional_text (info.message) } };
}

StatusView
to_status (const struct GNUNET_SOCIAL_StatusInfo &info)
{
  StatusView view;
  view.software = nullptr == info.software ? "" : info.software;
  view.peer = key_text (info.peer.public_key);
  view.hosted = info.hosted_count;
  view.entered = info.entered_count;
  view.pending = info.pending_count;
  view.connected = info.connected_count;
  view.waiting = info.waiting_count;
  view.outbox = info.outbox_count;
  return view;
}

std::optional<std::string>
author_of (const Message &message, const Place &place)
{
  if (const std::string *author = message.find ("_nym_author"))
    return *author;
  if (! message.sender.is_zero ())
    return key_text (
        shell::to_gnunet<struct GNUNET_CRYPTO_EcdsaPublicKey> (message.sender));
  if (place.view.is_host)
    return key_text (place.ego_key);
  return std::nullopt;
}
} // namespace social::view
