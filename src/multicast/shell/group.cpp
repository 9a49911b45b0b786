// SPDX-License-Identifier: AGPL-3.0-or-later
#include "multicast/shell/group.hpp"

#include <algorithm>

namespace multicast
{
namespace
{
// A client that does not read this many messages is let go; its library calls
// again and says what it has.
constexpr unsigned int client_queue_max = 8192;
} // namespace

void
Group::add_client (Client &client)
{
  client.group = this;
  clients_.push_back (&client);
}

void
Group::remove_client (Client &client)
{
  std::erase (clients_, &client);
  client.group = nullptr;
  client.stalled = nullptr;
}

void
Group::pump ()
{
  advance (shell::now ());
  drain ();
  retry_stalled ();
  drain ();
  if (! pump_.is_armed ())
    pump_.arm_at (next_deadline ());
}

Client *
Group::primary () const
{
  const auto it = std::find_if (clients_.begin (), clients_.end (),
                                [] (const Client *client) {
                                  return ClientKind::extended == client->kind;
                                });
  if (it != clients_.end ())
    return *it;
  return clients_.empty () ? nullptr : clients_.front ();
}

void
Group::tell (Client &client, base::ByteView message)
{
  if (client.is_doomed)
    return;
  if (GNUNET_MQ_get_length (client.link->mq) >= client_queue_max)
  {
    around_.counters.count ("clients dropped: do not read");
    around_.doom (client);
    return;
  }
  around_.counters.count ("messages to clients");
  around_.counters.count ("bytes to clients",
                          static_cast<std::int64_t> (message.size ()));
  shell::send_bytes (client.link->mq, message);
}

void
Group::tell_position ()
{
  const base::TimePoint now = shell::now ();
  if (now < position_due_)
    return;
  position_due_ = now + heartbeat_;
  base::Bytes message = wire::must_encode (position ());
  if (position_ == message)
    return;
  position_ = std::move (message);
  for (Client *client : clients_)
    tell_position (*client);
}

void
Group::tell_position (Client &client)
{
  if (position_ && ClientKind::extended == client.kind)
    tell (client, *position_);
}

Verdict
Group::try_input (Client &client, std::function<bool ()> input)
{
  if (input ())
    return Verdict::taken;
  client.stalled = std::move (input);
  return Verdict::stalled;
}

void
Group::retry_stalled ()
{
  for (Client *client : clients_)
    if (client->stalled && client->stalled ())
    {
      client->stalled = nullptr;
      GNUNET_SERVICE_client_continue (client->link->handle);
    }
}
} // namespace multicast
