// SPDX-License-Identifier: AGPL-3.0-or-later
#include "social/shell/gnunet_keys.hpp"

#include "social/shell/gnunet_social.hpp"

namespace social
{
namespace
{
// Text of a 32-byte key in GNUnet's base 32.
constexpr std::size_t key_text_length = 52;
} // namespace

base::ChannelPrivateKey
GnunetKeys::make_channel_key ()
{
  struct GNUNET_CRYPTO_EddsaPrivateKey secret;
  GNUNET_CRYPTO_eddsa_key_create (&secret);
  const auto out = shell::from_gnunet<base::ChannelPrivateKey> (secret);
  GNUNET_CRYPTO_eddsa_key_clear (&secret);
  return out;
}

base::ChannelKey
GnunetKeys::public_key (const base::ChannelPrivateKey &secret) const
{
  const auto key
      = shell::to_gnunet<struct GNUNET_CRYPTO_EddsaPrivateKey> (secret);
  struct GNUNET_CRYPTO_EddsaPublicKey pub;
  GNUNET_CRYPTO_eddsa_key_get_public (&key, &pub);
  return shell::from_gnunet<base::ChannelKey> (pub);
}

std::string
GnunetKeys::place_text (const base::ChannelKey &key) const
{
  const auto pub = shell::to_gnunet<struct GNUNET_CRYPTO_EddsaPublicKey> (key);
  char *text = GNUNET_CRYPTO_eddsa_public_key_to_string (&pub);
  std::string out (text);
  GNUNET_free (text);
  return out;
}

std::optional<base::ChannelKey>
GnunetKeys::place_from_text (std::string_view text) const
{
  struct GNUNET_CRYPTO_EddsaPublicKey pub;
  if (key_text_length != text.size ()
      || GNUNET_OK
             != GNUNET_CRYPTO_eddsa_public_key_from_string (text.data (),
                                                            text.size (), &pub))
    return std::nullopt;
  return shell::from_gnunet<base::ChannelKey> (pub);
}

std::optional<base::Bytes>
GnunetKeys::zone_from_text (std::string_view text) const
{
  // The tagged form: type and key together.
  struct GNUNET_IDENTITY_PublicKey key;
  const std::string copy (text);
  if (copy.size () < key_text_length || copy.size () > 63
      || GNUNET_OK
             != GNUNET_IDENTITY_public_key_from_string (copy.c_str (), &key))
    return std::nullopt;
  return packed_zone (key);
}

std::string
GnunetKeys::nym_text (const base::MemberKey &key) const
{
  return to_text (nym_to_gnunet (key));
}

std::string
GnunetKeys::normalized_label (const std::string &label) const
{
  if (std::string::npos != label.find ('\0'))
    return label;
  char *normal = GNUNET_GNSRECORD_string_normalize (label.c_str ());
  if (nullptr == normal)
    return label; // no UTF-8: no name of anybody
  std::string out (normal);
  GNUNET_free (normal);
  return out;
}

base::SendTag
GnunetKeys::make_tag ()
{
  base::SendTag tag;
  GNUNET_CRYPTO_random_block (GNUNET_CRYPTO_QUALITY_NONCE, tag.bytes.data (),
                              tag.bytes.size ());
  return tag;
}
} // namespace social
