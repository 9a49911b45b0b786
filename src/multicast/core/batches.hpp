// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Taking batches apart.
#pragma once

#include "multicast/core/limits.hpp"
#include "multicast/peer_messages.hpp"

namespace multicast
{
// Calls `on_message` with `message`, or with each one in it when it is a batch,
// until that returns false. False when it is a malformed batch: a size that
// does not fit, a batch in a batch, too many.
template <typename OnMessage>
[[nodiscard]] bool
for_each_in_batch (base::ByteView message, OnMessage on_message)
{
  if (wire::message_type (message) != PeerBatch::wire_type)
  {
    on_message (message);
    return true;
  }
  base::ByteView rest = message.subspan (wire::header_size);
  for (std::size_t i = 0; ! rest.empty (); i++)
  {
    if (rest.size () < wire::header_size || i >= limits::batch_messages_max)
      return false;
    const auto size = static_cast<std::size_t> (rest[0] << 8 | rest[1]);
    if (size < wire::header_size || size > rest.size ())
      return false;
    const base::ByteView one = rest.first (size);
    if (wire::message_type (one) == PeerBatch::wire_type)
      return false;
    if (! on_message (one))
      return true;
    rest = rest.subspan (size);
  }
  return true;
}
} // namespace multicast
