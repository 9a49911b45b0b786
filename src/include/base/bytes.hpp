// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Raw bytes, and the fixed-size byte strings (keys, hashes, signatures) that
// are told apart by type.
#pragma once

#include <algorithm>
#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace base
{
using Bytes = std::vector<std::uint8_t>;
using ByteView = std::span<const std::uint8_t>;

[[nodiscard]] inline ByteView
as_bytes (std::string_view text)
{
  return { reinterpret_cast<const std::uint8_t *> (text.data ()),
           text.size () };
}

[[nodiscard]] inline std::string_view
as_text (ByteView bytes)
{
  return { reinterpret_cast<const char *> (bytes.data ()), bytes.size () };
}

[[nodiscard]] inline Bytes
to_bytes (ByteView view)
{
  return { view.begin (), view.end () };
}

// A byte string of exactly N bytes; `Tag` keeps a channel key from being
// passed where a member key is meant.
template <std::size_t N, typename Tag> struct FixedBytes
{
  static constexpr std::size_t size = N;
  std::array<std::uint8_t, N> bytes{};

  auto operator<=> (const FixedBytes &) const = default;

  [[nodiscard]] bool
  is_zero () const
  {
    return std::all_of (bytes.begin (), bytes.end (),
                        [] (std::uint8_t b) { return 0 == b; });
  }

  [[nodiscard]] ByteView
  view () const
  {
    return bytes;
  }

  // `raw` must hold exactly N bytes, else nothing.
  [[nodiscard]] static std::optional<FixedBytes>
  from (ByteView raw)
  {
    if (raw.size () != N)
      return std::nullopt;
    FixedBytes out;
    std::copy (raw.begin (), raw.end (), out.bytes.begin ());
    return out;
  }
};

// EdDSA public key of a channel (= group = place): its address.
using ChannelKey = FixedBytes<32, struct ChannelKeyTag>;
// ECDSA public key of a member (= slave = guest).
using MemberKey = FixedBytes<32, struct MemberKeyTag>;
// Their secrets.
using ChannelPrivateKey = FixedBytes<32, struct ChannelPrivateKeyTag>;
using MemberPrivateKey = FixedBytes<32, struct MemberPrivateKeyTag>;
// Identity of a GNUnet peer.
using PeerId = FixedBytes<32, struct PeerIdTag>;
// EdDSA signature by a channel's key.
using ChannelSignature = FixedBytes<64, struct ChannelSignatureTag>;
// ECDSA signature by a member's key.
using MemberSignature = FixedBytes<64, struct MemberSignatureTag>;
using Hash = FixedBytes<64, struct HashTag>;
using Nonce = FixedBytes<32, struct NonceTag>;
// Chosen at random by who sends a message: the same tag twice is the same
// message sent again.
using SendTag = FixedBytes<16, struct SendTagTag>;
} // namespace base

template <std::size_t N, typename Tag>
struct std::hash<base::FixedBytes<N, Tag>>
{
  std::size_t
  operator() (const base::FixedBytes<N, Tag> &value) const noexcept
  {
    // Keys and hashes are uniformly distributed: their first bytes will do.
    std::size_t out = 0;
    std::memcpy (&out, value.bytes.data (), std::min (sizeof (out), N));
    return out;
  }
};
