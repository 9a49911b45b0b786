// SPDX-License-Identifier: AGPL-3.0-or-later
//
// SHA-512 of a file as it comes, in the text form of GNUnet: what _hash_file
// says.
#pragma once

#include <string>
#include <utility>

#include "base/bytes.hpp"
#include "gnunet_social_service.h"

namespace social::cli
{
class FileHash
{
public:
  FileHash () = default;
  FileHash (const FileHash &) = delete;
  FileHash &operator= (const FileHash &) = delete;
  ~FileHash ()
  {
    if (nullptr != context_)
      GNUNET_CRYPTO_hash_context_abort (context_);
  }

  void
  add (base::ByteView bytes)
  {
    GNUNET_CRYPTO_hash_context_read (context_, bytes.data (), bytes.size ());
  }

  // Of all that was added; once.
  [[nodiscard]] std::string
  text ()
  {
    struct GNUNET_HashCode hash;
    GNUNET_CRYPTO_hash_context_finish (std::exchange (context_, nullptr),
                                       &hash);
    struct GNUNET_CRYPTO_HashAsciiEncoded out;
    GNUNET_CRYPTO_hash_to_enc (&hash, &out);
    return reinterpret_cast<const char *> (out.encoding);
  }

private:
  struct GNUNET_HashContext *context_ = GNUNET_CRYPTO_hash_context_start ();
};
} // namespace social::cli
