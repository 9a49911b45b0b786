// SPDX-License-Identifier: AGPL-3.0-or-later
//
// GNUnet's headers as the social service needs them, beyond shell/gnunet.hpp.
#pragma once

#include "shell/gnunet.hpp"

extern "C"
{
#include <gnunet/gnunet_core_service.h>
#include <gnunet/gnunet_gns_service.h>
#include <gnunet/gnunet_gnsrecord_lib.h>
#include <gnunet/gnunet_identity_service.h>
#include <gnunet/gnunet_namestore_service.h>
}

#include "shell/keys.hpp"
#include "social/core/core.hpp"

namespace social
{
[[nodiscard]] inline struct GNUNET_IDENTITY_PublicKey
nym_to_gnunet (const base::MemberKey &key)
{
  struct GNUNET_IDENTITY_PublicKey out;
  std::memset (&out, 0, sizeof (out));
  out.type = htonl (GNUNET_IDENTITY_TYPE_ECDSA);
  out.ecdsa_key = shell::to_gnunet<struct GNUNET_CRYPTO_EcdsaPublicKey> (key);
  return out;
}

[[nodiscard]] inline std::string
to_text (const struct GNUNET_IDENTITY_PublicKey &key)
{
  char *text = GNUNET_IDENTITY_public_key_to_string (&key);
  std::string out (nullptr == text ? "" : text);
  GNUNET_free (text);
  return out;
}

[[nodiscard]] inline base::Bytes
packed_zone (const struct GNUNET_IDENTITY_PublicKey &key)
{
  base::Bytes out (64);
  const ssize_t size = GNUNET_IDENTITY_write_public_key_to_buffer (
      &key, out.data (), out.size ());
  out.resize (size < 0 ? 0 : static_cast<std::size_t> (size));
  return out;
}

[[nodiscard]] inline std::optional<struct GNUNET_IDENTITY_PublicKey>
unpacked_zone (base::ByteView packed)
{
  struct GNUNET_IDENTITY_PublicKey key;
  std::size_t read = 0;
  if (GNUNET_OK
          != GNUNET_IDENTITY_read_public_key_from_buffer (
              packed.data (), packed.size (), &key, &read)
      || read != packed.size ())
    return std::nullopt;
  return key;
}

// How the shell's parts reach the core: bring its time up to date, call one
// input, carry out what it wants.
class CoreDoor
{
public:
  virtual ~CoreDoor () = default;

  template <typename Input>
  void
  tell (Input &&input)
  {
    core ().advance_time (shell::now ());
    input (core ());
    drain ();
  }

  [[nodiscard]] virtual Core &core () = 0;
  virtual void drain () = 0;
};
} // namespace social
