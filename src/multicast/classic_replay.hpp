// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Replays of the interface of 2019: the application is asked for one fragment
// or message after the other where a whole range is wanted.
#pragma once

#include "multicast/multicast_api.hpp"

namespace multicast::api
{
// Who has stored fragments, asked for one after the other.
struct ClassicReplay
{
  GNUNET_MULTICAST_ReplayFragmentCallback fragment = nullptr;
  GNUNET_MULTICAST_ReplayMessageCallback message = nullptr;
  void *cls = nullptr;

  // Answers a wish for a range of them.
  void answer (const struct GNUNET_CRYPTO_EcdsaPublicKey &reader,
               enum GNUNET_MULTICAST_ReplayUnit unit, std::uint64_t first,
               std::uint64_t last,
               struct GNUNET_MULTICAST_ReplayHandle *whole) const;
};
} // namespace multicast::api
