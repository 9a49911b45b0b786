// SPDX-License-Identifier: AGPL-3.0-or-later
#include "social/client/tag.hpp"

#include <cstring>

namespace social::client
{
struct GNUNET_Uuid
tag_of (const std::string &what)
{
  struct GNUNET_HashCode hash;
  GNUNET_CRYPTO_hash (what.data (), what.size (), &hash);
  struct GNUNET_Uuid out;
  static_assert (sizeof (out) <= sizeof (hash));
  std::memcpy (&out, &hash, sizeof (out));
  return out;
}
} // namespace social::client
