// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Signing and checking of structures declared for the wire: what is signed is
// their members as they travel.
#pragma once

#include "base/wire.hpp"
#include "port/crypto.hpp"

namespace multicast
{
template <wire::Struct T>
[[nodiscard]] base::ChannelSignature
sign (const port::ChannelSigner &signer, port::Purpose purpose, const T &value)
{
  return signer.sign (purpose, wire::encode_members (value));
}

template <wire::Struct T>
[[nodiscard]] base::MemberSignature
sign (const port::MemberSigner &signer, port::Purpose purpose, const T &value)
{
  return signer.sign (purpose, wire::encode_members (value));
}

template <wire::Struct T>
[[nodiscard]] bool
is_signed (const port::Verifier &verifier, const base::ChannelKey &key,
           port::Purpose purpose, const T &value,
           const base::ChannelSignature &signature)
{
  return verifier.is_signed_by_channel (
      key, purpose, wire::encode_members (value), signature);
}

template <wire::Struct T>
[[nodiscard]] bool
is_signed (const port::Verifier &verifier, const base::MemberKey &key,
           port::Purpose purpose, const T &value,
           const base::MemberSignature &signature)
{
  return verifier.is_signed_by_member (key, purpose,
                                       wire::encode_members (value), signature);
}
} // namespace multicast
