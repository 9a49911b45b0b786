// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What libgnunetsocial tells, as it is shown: keys as text, states and policies
// as words. Shared by the command and the gateway.
#pragma once

#include <optional>
#include <string>

#include "gnunet_social_service.h"
#include "social/view/json.hpp"

namespace social::view
{
struct Place
{
  struct GNUNET_CRYPTO_EddsaPublicKey key;
  struct GNUNET_CRYPTO_EcdsaPublicKey ego_key;
  PlaceView view;

  // Its name, or its key.
  [[nodiscard]] const std::string &label () const;
};

struct Nym
{
  struct GNUNET_CRYPTO_EcdsaPublicKey key;
  NymView view;
};

[[nodiscard]] Place to_place (const struct GNUNET_SOCIAL_PlaceInfo &info);
[[nodiscard]] Nym to_nym (const std::string &place,
                          const struct GNUNET_SOCIAL_NymInfo &info);
[[nodiscard]] StatusView
to_status (const struct GNUNET_SOCIAL_StatusInfo &info);
// NULL: nothing.
[[nodiscard]] std::optional<std::string> optional_text (const char *text);

// What became of a message; nothing: it is not even on our own disk.
[[nodiscard]] const char *
send_state_text (std::optional<enum GNUNET_PSYC_SendState> state);
[[nodiscard]] std::optional<enum GNUNET_PSYC_Policy>
policy_from (const std::string &text);

// Tagged text forms.
[[nodiscard]] std::string
key_text (const struct GNUNET_IDENTITY_PublicKey &key);
[[nodiscard]] std::string
key_text (const struct GNUNET_CRYPTO_EcdsaPublicKey &key);
[[nodiscard]] std::string
key_text (const struct GNUNET_CRYPTO_EddsaPublicKey &key);
// Tagged, or the untagged form of an ECDSA key.
[[nodiscard]] std::optional<struct GNUNET_IDENTITY_PublicKey>
parse_zone_key (const std::string &text);
// Does `text` name this key: whole or by its start, tagged or not?
[[nodiscard]] bool names_key (const struct GNUNET_CRYPTO_EcdsaPublicKey &key,
                              const std::string &text);

// Who said it, as a tagged key: the verified guest, or the host, whom only the
// host itself can name when the message does not.
[[nodiscard]] std::optional<std::string> author_of (const Message &message,
                                                    const Place &place);
} // namespace social::view
