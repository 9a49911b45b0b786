// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Channels that are being imported: kept under keys that are no channel's,
// unseen, until the import is whole.
#pragma once

#include <algorithm>
#include <string_view>

#include "base/bytes.hpp"

namespace psycstore
{
inline constexpr std::string_view staging_prefix = "psycstore import staging";

[[nodiscard]] inline base::ChannelKey
staging_key (std::uint64_t number)
{
  base::ChannelKey key;
  std::copy (staging_prefix.begin (), staging_prefix.end (),
             key.bytes.begin ());
  for (std::size_t i = 0; i < sizeof (number); i++)
    key.bytes[staging_prefix.size () + i]
        = static_cast<std::uint8_t> (number >> (8 * (7 - i)));
  return key;
}

// The least key above this one; zero: there is none.
[[nodiscard]] inline base::ChannelKey
key_after (base::ChannelKey key)
{
  for (auto it = key.bytes.rbegin (); key.bytes.rend () != it; ++it)
    if (0 != ++*it)
      break;
  return key;
}

[[nodiscard]] inline bool
is_staging (const base::ChannelKey &key)
{
  return base::as_text (key.view ()).starts_with (staging_prefix);
}
} // namespace psycstore
