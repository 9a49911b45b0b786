// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Between the C structures and the views of the pure library.
#pragma once

#include <arpa/inet.h>

#include <cstring>
#include <optional>

#include "base/bytes.hpp"
#include "gnunet_psyc_message.h"
#include "psyc/message/receiver.hpp"

namespace psyc::c_api
{
// The whole of a message or part, by its own size field.
[[nodiscard]] inline base::ByteView
whole (const struct GNUNET_MessageHeader *header)
{
  return { reinterpret_cast<const std::uint8_t *> (header),
           ntohs (header->size) };
}

// What follows the first `header_size` bytes; nothing when the message is
// shorter than that.
[[nodiscard]] inline std::optional<base::ByteView>
after (const struct GNUNET_MessageHeader *header, std::size_t header_size)
{
  const auto all = whole (header);
  if (all.size () < header_size)
    return std::nullopt;
  return all.subspan (header_size);
}

[[nodiscard]] inline std::optional<base::ByteView>
parts_of (const struct GNUNET_PSYC_MessageHeader *msg)
{
  return after (&msg->header, sizeof (*msg));
}

[[nodiscard]] inline MessageKey
key_of (const struct GNUNET_PSYC_MessageHeader *msg)
{
  MessageKey key;
  static_assert (sizeof (msg->slave_pub_key) == base::MemberKey::size);
  std::memcpy (key.slave.bytes.data (), &msg->slave_pub_key,
               base::MemberKey::size);
  key.message_id = GNUNET_ntohll (msg->message_id);
  key.flags = ntohl (msg->flags)
              & (GNUNET_PSYC_MESSAGE_HISTORIC | GNUNET_PSYC_MESSAGE_REQUEST);
  return key;
}

[[nodiscard]] inline const struct GNUNET_MessageHeader *
as_header (base::ByteView part)
{
  return reinterpret_cast<const struct GNUNET_MessageHeader *> (part.data ());
}
} // namespace psyc::c_api
