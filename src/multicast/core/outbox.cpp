// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What waits to be sent on one channel: see outbox.hpp.
#include "multicast/core/outbox.hpp"

#include "multicast/core/limits.hpp"
#include "multicast/peer_messages.hpp"

namespace multicast
{
void
Outbox::push (base::Bytes message, Kind kind)
{
  push (std::make_shared<const base::Bytes> (std::move (message)), kind);
}

void
Outbox::push (SharedBytes message, Kind kind)
{
  bytes_[static_cast<std::size_t> (kind)] += message->size ();
  queue_.push_back ({ std::move (message), kind });
}

Outbox::Entry
Outbox::pop ()
{
  Entry entry = std::move (queue_.front ());
  queue_.pop_front ();
  bytes_[static_cast<std::size_t> (entry.kind)] -= entry.message->size ();
  return entry;
}

// How many from the front fit into one message.
std::size_t
Outbox::batch_count () const
{
  std::size_t count = 0;
  std::size_t size = wire::header_size;
  for (const Entry &entry : queue_)
  {
    size += entry.message->size ();
    if (size > cadet_message_size_max || count >= limits::batch_messages_max)
      break;
    count++;
  }
  return count;
}

std::optional<base::Bytes>
Outbox::next ()
{
  if (queue_.empty () || under_way_ >= limits::channel_under_way_max)
    return std::nullopt;
  under_way_++;
  std::size_t count = batch_count ();
  if (count < 2)
    return *pop ().message;
  PeerBatch batch;
  while (count-- > 0)
  {
    const Entry entry = pop ();
    batch.messages.bytes.insert (batch.messages.bytes.end (),
                                 entry.message->begin (),
                                 entry.message->end ());
  }
  return wire::must_encode (batch);
}

void
Outbox::on_sent ()
{
  if (under_way_ > 0)
    under_way_--;
}

void
Outbox::drop_live ()
{
  std::erase_if (queue_,
                 [] (const Entry &entry) { return Kind::live == entry.kind; });
  bytes_[static_cast<std::size_t> (Kind::live)] = 0;
}

std::size_t
Outbox::bytes (Kind kind) const
{
  return bytes_[static_cast<std::size_t> (kind)];
}

bool
Outbox::is_empty () const
{
  return queue_.empty ();
}
} // namespace multicast
