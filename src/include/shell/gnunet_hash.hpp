// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The hash port over GNUnet's SHA-512.
#pragma once

#include <utility>

#include "port/hash.hpp"
#include "shell/keys.hpp"

namespace shell
{
class Sha512 : public port::Hasher
{
public:
  Sha512 () : context_ (GNUNET_CRYPTO_hash_context_start ()) {}
  Sha512 (const Sha512 &) = delete;
  Sha512 &operator= (const Sha512 &) = delete;
  ~Sha512 () override
  {
    if (nullptr != context_)
      GNUNET_CRYPTO_hash_context_abort (context_);
  }

  void
  add (base::ByteView bytes) override
  {
    GNUNET_CRYPTO_hash_context_read (context_, bytes.data (), bytes.size ());
  }

  [[nodiscard]] base::Hash
  finish () override
  {
    struct GNUNET_HashCode hash;
    GNUNET_CRYPTO_hash_context_finish (std::exchange (context_, nullptr),
                                       &hash);
    return from_gnunet<base::Hash> (hash);
  }

private:
  struct GNUNET_HashContext *context_;
};

class Sha512Maker : public port::HasherMaker
{
public:
  [[nodiscard]] std::unique_ptr<port::Hasher>
  make () const override
  {
    return std::make_unique<Sha512> ();
  }
};
} // namespace shell
