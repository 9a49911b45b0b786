// SPDX-License-Identifier: AGPL-3.0-or-later
//
// GNUnet's message queues and our declared messages: send one, and make the
// handler array that receives a MessageList.
#pragma once

#include <vector>

#include "base/wire.hpp"
#include "shell/gnunet.hpp"

namespace shell
{
// Queues a whole encoded message (header included).
inline void
send_bytes (struct GNUNET_MQ_Handle *mq, base::ByteView message)
{
  GNUNET_MQ_send (mq,
                  GNUNET_MQ_msg_copy (
                      reinterpret_cast<const struct GNUNET_MessageHeader *> (
                          message.data ())));
}

template <wire::Message M>
void
send (struct GNUNET_MQ_Handle *mq, const M &message)
{
  send_bytes (mq, wire::must_encode (message));
}

[[nodiscard]] inline base::ByteView
message_bytes (const struct GNUNET_MessageHeader *header)
{
  return { reinterpret_cast<const std::uint8_t *> (header),
           ntohs (header->size) };
}

// Takes a message of any size; our decoder judges it, not the queue.
inline int
accept_any_size (void *, const struct GNUNET_MessageHeader *) noexcept
{
  return GNUNET_OK;
}

// GNUnet's handler array for all messages of `List`: each calls
// `callback (cls, header)`. With a service's client, GNUnet replaces `cls` by
// what the connect callback returned; on a CADET port, by what the port's.
template <typename List>
[[nodiscard]] std::vector<struct GNUNET_MQ_MessageHandler>
message_handlers (GNUNET_MQ_MessageCallback callback, void *cls)
{
  std::vector<struct GNUNET_MQ_MessageHandler> handlers;
  List::for_each (
      [&]<typename M> ()
      {
        handlers.push_back ({ &accept_any_size, callback, cls, M::wire_type,
                              sizeof (struct GNUNET_MessageHeader) });
      });
  handlers.push_back ({ nullptr, nullptr, nullptr, 0, 0 });
  return handlers;
}
} // namespace shell
