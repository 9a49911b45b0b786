// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The signature of a stored fragment: over all that comes behind it.
#pragma once

#include "base/bytes.hpp"
#include "port/crypto.hpp"
#include "psycstore/core/fragment.hpp"

namespace psycstore
{
[[nodiscard]] inline bool
is_signed_fragment (const port::Verifier &verifier,
                    const base::ChannelKey &channel, base::ByteView fragment)
{
  // Size and type of the message, hop counter; behind the signature the size
  // and the purpose of what is signed.
  constexpr std::size_t signature_at = 8;
  constexpr std::size_t signed_at
      = signature_at + base::ChannelSignature::size + 8;
  if (fragment.size () < fragment_header_size)
    return false;
  const auto signature = base::ChannelSignature::from (
      fragment.subspan (signature_at, base::ChannelSignature::size));
  return verifier.is_signed_by_channel (channel, port::Purpose::fragment,
                                        fragment.subspan (signed_at),
                                        *signature);
}
} // namespace psycstore
