// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What the functions of the C interface have in common: its types as ours,
// and how an operation starts.
#pragma once

#include <cstring>

#include "psycstore/lib/handle.hpp"
#include "shell/keys.hpp"

namespace psycstore::lib
{
using OperationPtr = struct GNUNET_PSYCSTORE_OperationHandle *;
using HandlePtr = struct GNUNET_PSYCSTORE_Handle *;
using ChannelPtr = const struct GNUNET_CRYPTO_EddsaPublicKey *;
using MemberPtr = const struct GNUNET_CRYPTO_EcdsaPublicKey *;

inline base::ChannelKey
channel (ChannelPtr key)
{
  return shell::from_gnunet<base::ChannelKey> (*key);
}

inline base::MemberKey
member (MemberPtr key)
{
  return shell::from_gnunet<base::MemberKey> (*key);
}

inline std::optional<base::MemberKey>
member_or_none (MemberPtr key)
{
  if (nullptr == key)
    return std::nullopt;
  return member (key);
}

inline std::optional<base::SendTag>
tag_or_none (const struct GNUNET_Uuid *tag)
{
  if (nullptr == tag)
    return std::nullopt;
  return shell::from_gnunet<base::SendTag> (*tag);
}

// The bytes of a fragment whose size is at least that of its header.
template <typename Header>
std::optional<wire::Rest>
fragment_bytes (const Header *fragment)
{
  if (nullptr == fragment)
    return std::nullopt;
  const std::size_t size = ntohs (fragment->header.size);
  if (size < sizeof (Header))
    return std::nullopt;
  const auto *data = reinterpret_cast<const std::uint8_t *> (fragment);
  return wire::Rest{ { data, data + size } };
}

template <typename OperationType, wire::Message M>
OperationPtr
start (HandlePtr h, const M &message, GNUNET_PSYCSTORE_ResultCallback result_cb,
       void *cls)
{
  auto bytes = wire::encode (message);
  if (nullptr == h || ! bytes)
  {
    GNUNET_break (0);
    return nullptr;
  }
  std::vector<base::Bytes> messages;
  messages.push_back (std::move (*bytes));
  return h->start (
      std::make_shared<OperationType> (std::move (messages), result_cb, cls));
}

template <wire::Message M>
OperationPtr
start_change (HandlePtr h, const M &message,
              GNUNET_PSYCSTORE_ResultCallback result_cb, void *cls)
{
  return start<ChangeOperation> (h, message, result_cb, cls);
}

template <typename OperationType, typename Request, typename... Callbacks>
OperationPtr
start_read (HandlePtr h, Request request, Callbacks... callbacks)
{
  if (nullptr == h || ! wire::encode (request))
  {
    GNUNET_break (0);
    return nullptr;
  }
  return h->start (
      std::make_shared<OperationType> (std::move (request), callbacks...));
}

inline OperationPtr
refuse ()
{
  GNUNET_break (0);
  return nullptr;
}
} // namespace psycstore::lib
