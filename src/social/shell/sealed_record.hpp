// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The data of a PLACE record, encrypted under a password (doc/spec/social.md):
//
//   version 1 | salt 16 | nonce 24 | tag 16 and data
//
// Argon2id makes the key of password and salt, XSalsa20-Poly1305 encrypts.
// The length alone tells it from data in the clear.
#pragma once

#include <optional>
#include <string>

#include "base/bytes.hpp"

namespace social
{
// Nothing when the system has no memory for it.
[[nodiscard]] std::optional<base::Bytes>
seal_record (base::ByteView data, const std::string &password);

inline constexpr std::uint8_t sealed_version = 1;
inline constexpr std::size_t sealed_overhead = 1 + 16 + 24 + 16;

[[nodiscard]] inline bool
is_sealed_record (base::ByteView data)
{
  // A place's key, its origin, a count, and so many relays.
  constexpr std::size_t plain_min = 32 + 32 + 4;
  return data.size () >= sealed_overhead + plain_min
         && sealed_version == data[0]
         && 0 == (data.size () - sealed_overhead - plain_min) % 32;
}

// Nothing: another password, or damaged.
[[nodiscard]] std::optional<base::Bytes>
open_record (base::ByteView sealed, const std::string &password);
} // namespace social
