// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The crypto port over GNUnet's EdDSA, ECDSA and random numbers.
#pragma once

#include <arpa/inet.h>

#include "port/crypto.hpp"
#include "shell/keys.hpp"

namespace shell
{
// GNUnet signs a block that starts with its own size and purpose.
[[nodiscard]] inline base::Bytes
purpose_block (port::Purpose purpose, base::ByteView data)
{
  struct GNUNET_CRYPTO_EccSignaturePurpose head;
  head.size = htonl (static_cast<std::uint32_t> (sizeof (head) + data.size ()));
  head.purpose = htonl (static_cast<std::uint32_t> (purpose));
  base::Bytes block (sizeof (head) + data.size ());
  std::memcpy (block.data (), &head, sizeof (head));
  std::copy (data.begin (), data.end (), block.begin () + sizeof (head));
  return block;
}

[[nodiscard]] inline const struct GNUNET_CRYPTO_EccSignaturePurpose *
as_purpose (const base::Bytes &block)
{
  return reinterpret_cast<const struct GNUNET_CRYPTO_EccSignaturePurpose *> (
      block.data ());
}

class GnunetVerifier : public port::Verifier
{
public:
  [[nodiscard]] bool
  is_signed_by_channel (const base::ChannelKey &key, port::Purpose purpose,
                        base::ByteView data,
                        const base::ChannelSignature &signature) const override
  {
    const base::Bytes block = purpose_block (purpose, data);
    const auto sig = to_gnunet<struct GNUNET_CRYPTO_EddsaSignature> (signature);
    const auto pub = to_gnunet<struct GNUNET_CRYPTO_EddsaPublicKey> (key);
    return GNUNET_OK
           == GNUNET_CRYPTO_eddsa_verify_ (static_cast<std::uint32_t> (purpose),
                                           as_purpose (block), &sig, &pub);
  }

  [[nodiscard]] bool
  is_signed_by_member (const base::MemberKey &key, port::Purpose purpose,
                       base::ByteView data,
                       const base::MemberSignature &signature) const override
  {
    const base::Bytes block = purpose_block (purpose, data);
    const auto sig = to_gnunet<struct GNUNET_CRYPTO_EcdsaSignature> (signature);
    const auto pub = to_gnunet<struct GNUNET_CRYPTO_EcdsaPublicKey> (key);
    return GNUNET_OK
           == GNUNET_CRYPTO_ecdsa_verify_ (static_cast<std::uint32_t> (purpose),
                                           as_purpose (block), &sig, &pub);
  }
};

class GnunetChannelSigner : public port::ChannelSigner
{
public:
  explicit GnunetChannelSigner (
      const struct GNUNET_CRYPTO_EddsaPrivateKey &private_key)
      : private_key_ (private_key)
  {}

  [[nodiscard]] base::ChannelKey
  public_key () const override
  {
    struct GNUNET_CRYPTO_EddsaPublicKey pub;
    GNUNET_CRYPTO_eddsa_key_get_public (&private_key_, &pub);
    return from_gnunet<base::ChannelKey> (pub);
  }

  [[nodiscard]] base::ChannelSignature
  sign (port::Purpose purpose, base::ByteView data) const override
  {
    const base::Bytes block = purpose_block (purpose, data);
    struct GNUNET_CRYPTO_EddsaSignature sig;
    GNUNET_assert (
        GNUNET_OK
        == GNUNET_CRYPTO_eddsa_sign_ (&private_key_, as_purpose (block), &sig));
    return from_gnunet<base::ChannelSignature> (sig);
  }

private:
  struct GNUNET_CRYPTO_EddsaPrivateKey private_key_;
};

class GnunetMemberSigner : public port::MemberSigner
{
public:
  explicit GnunetMemberSigner (
      const struct GNUNET_CRYPTO_EcdsaPrivateKey &private_key)
      : private_key_ (private_key)
  {}

  [[nodiscard]] base::MemberKey
  public_key () const override
  {
    struct GNUNET_CRYPTO_EcdsaPublicKey pub;
    GNUNET_CRYPTO_ecdsa_key_get_public (&private_key_, &pub);
    return from_gnunet<base::MemberKey> (pub);
  }

  [[nodiscard]] base::MemberSignature
  sign (port::Purpose purpose, base::ByteView data) const override
  {
    const base::Bytes block = purpose_block (purpose, data);
    struct GNUNET_CRYPTO_EcdsaSignature sig;
    GNUNET_assert (
        GNUNET_OK
        == GNUNET_CRYPTO_ecdsa_sign_ (&private_key_, as_purpose (block), &sig));
    return from_gnunet<base::MemberSignature> (sig);
  }

private:
  struct GNUNET_CRYPTO_EcdsaPrivateKey private_key_;
};

class GnunetRandom : public port::Random
{
public:
  void
  fill (std::span<std::uint8_t> out) override
  {
    GNUNET_CRYPTO_random_block (GNUNET_CRYPTO_QUALITY_NONCE, out.data (),
                                out.size ());
  }
};
} // namespace shell
