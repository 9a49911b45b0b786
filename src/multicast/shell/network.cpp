// SPDX-License-Identifier: AGPL-3.0-or-later
#include "multicast/shell/network.hpp"

#include <algorithm>

#include "shell/message_queue.hpp"

namespace multicast
{
namespace
{
constexpr base::Duration probe_pause = base::milliseconds (500);
// How long what was sent before a close may take to leave. Short: a channel to
// a peer that fell silent must not disturb the quiet that CADET needs.
constexpr base::Duration close_grace = base::seconds (1);

// Every type that our peers may say now or in a later version: the core
// refuses by name what it does not know, CADET's queue would fall silent.
constexpr std::uint16_t peer_type_first = 750;
constexpr std::uint16_t peer_type_last = 799;

[[nodiscard]] std::vector<struct GNUNET_MQ_MessageHandler>
peer_handlers (GNUNET_MQ_MessageCallback callback)
{
  std::vector<struct GNUNET_MQ_MessageHandler> handlers;
  for (std::uint16_t type = peer_type_first; type <= peer_type_last; type++)
    handlers.push_back ({ &shell::accept_any_size, callback, nullptr, type,
                          sizeof (struct GNUNET_MessageHeader) });
  handlers.push_back ({ nullptr, nullptr, nullptr, 0, 0 });
  return handlers;
}

// From group and role: two users of one machine do not take each other's
// calls.
[[nodiscard]] struct GNUNET_HashCode
port_of (const base::ChannelKey &group, PortKind kind)
{
  base::Bytes seed = base::to_bytes (
      base::as_bytes (PortKind::origin == kind ? "gnunet-multicast origin "
                                               : "gnunet-multicast relay "));
  const base::ByteView key = group.view ();
  seed.insert (seed.end (), key.begin (), key.end ());
  struct GNUNET_HashCode port;
  GNUNET_CRYPTO_hash (seed.data (), seed.size (), &port);
  return port;
}
} // namespace

struct Network::Port
{
  Network *network = nullptr;
  ChannelUser *user = nullptr;
  struct GNUNET_HashCode hash = {};
  struct GNUNET_CADET_Port *handle = nullptr;
  std::uint64_t newest_channel = 0;
};

struct Network::Channel
{
  Network *network = nullptr;
  ChannelUser *user = nullptr; // none: being closed
  ChannelId id;
  struct GNUNET_CADET_Channel *handle = nullptr; // none: gone
  std::size_t under_way = 0;
  bool has_heard = false;
  base::TimePoint close_by; // when closing: waits no longer
};

Network::Network (const struct GNUNET_CONFIGURATION_Handle *cfg,
                  Counters &counters)
    : cfg_ (cfg), counters_ (counters),
      peer_list_ (cfg, [this] (const auto &peers) { on_peers (peers); }),
      probe_ ([this] { peer_list_.ask (); }), lost_ ([this] { go_down (); }),
      reap_ ([this] { reap (); })
{
  probe_.arm_now ();
}

Network::~Network ()
{
  for (auto &port : ports_)
    port->user = nullptr;
  for (auto &channel : channels_)
    channel->user = nullptr;
  go_down ();
}

void
Network::come_up ()
{
  cadet_ = GNUNET_CADET_connect (cfg_);
  const struct GNUNET_MQ_MessageHandler none[]
      = { { nullptr, nullptr, nullptr, 0, 0 } };
  monitor_ = GNUNET_CLIENT_connect (cfg_, "cadet", none,
                                    &Network::on_monitor_error, this);
  if (nullptr == cadet_ || nullptr == monitor_)
  {
    lost_.arm_now ();
    return;
  }
  for (auto &port : ports_)
    open_port (*port);
}

void
Network::go_down ()
{
  if (nullptr != monitor_)
    GNUNET_MQ_destroy (std::exchange (monitor_, nullptr));
  for (auto &port : ports_)
    if (nullptr != port->handle)
      GNUNET_CADET_close_port (std::exchange (port->handle, nullptr));
  std::vector<std::pair<ChannelUser *, ChannelId>> lost;
  for (auto &channel : channels_)
  {
    if (nullptr != channel->user)
      lost.emplace_back (channel->user, channel->id);
    channel->user = nullptr;
    if (nullptr != channel->handle)
      GNUNET_CADET_channel_destroy (std::exchange (channel->handle, nullptr));
  }
  channels_.clear ();
  if (nullptr != cadet_)
    GNUNET_CADET_disconnect (std::exchange (cadet_, nullptr));
  for (const auto &[user, id] : lost)
    user->on_channel_closed (id);
  probe_.arm_in (probe_pause);
}

void
Network::on_monitor_error (void *cls, enum GNUNET_MQ_Error) noexcept
{
  static_cast<Network *> (cls)->lost_.arm_now ();
}

void
Network::on_peers (const std::optional<PeerList::Peers> &peers)
{
  if (peers && nullptr == cadet_)
    come_up ();
  else if (! peers && nullptr == cadet_)
    probe_.arm_in (probe_pause);
  for (const auto &[user, peer] : std::exchange (path_askers_, {}))
    user->on_path_known (peer, peers && peers->contains (peer)
                                   ? PathState::known
                                   : PathState::unknown);
}

void
Network::ask_path (ChannelUser &user, const base::PeerId &peer)
{
  path_askers_.emplace_back (&user, peer);
  peer_list_.ask ();
}

void
Network::listen (ChannelUser &user, const base::ChannelKey &group,
                 PortKind kind)
{
  auto &port = ports_.emplace_back (std::make_unique<Port> ());
  port->network = this;
  port->user = &user;
  port->hash = port_of (group, kind);
  open_port (*port);
}

void
Network::open_port (Port &port)
{
  if (nullptr == cadet_)
    return;
  const auto handlers = peer_handlers (&Network::on_message);
  port.handle = GNUNET_CADET_open_port (
      cadet_, &port.hash, &Network::on_connect, &port, nullptr,
      &Network::on_disconnect, handlers.data ());
}

void
Network::forget (ChannelUser &user)
{
  std::erase_if (path_askers_,
                 [&] (const auto &asker) { return asker.first == &user; });
  std::erase_if (ports_,
                 [&] (const auto &port)
                 {
                   if (port->user != &user)
                     return false;
                   if (nullptr != port->handle)
                     GNUNET_CADET_close_port (port->handle);
                   return true;
                 });
  for (auto &channel : channels_)
    if (channel->user == &user)
      close (user, channel->id);
}

Network::Channel *
Network::find (ChannelUser &user, ChannelId id)
{
  for (auto &channel : channels_)
    if (channel->user == &user && channel->id == id)
      return channel.get ();
  return nullptr;
}

Network::Channel &
Network::add_channel (ChannelUser &user, ChannelId id)
{
  auto &channel = channels_.emplace_back (std::make_unique<Channel> ());
  channel->network = this;
  channel->user = &user;
  channel->id = id;
  return *channel;
}

void
Network::open (ChannelUser &user, ChannelId id, const base::PeerId &peer,
               const base::ChannelKey &group, PortKind kind)
{
  Channel &channel = add_channel (user, id);
  if (nullptr != cadet_)
  {
    const auto handlers = peer_handlers (&Network::on_message);
    const auto to = shell::to_gnunet<struct GNUNET_PeerIdentity> (peer);
    const auto port = port_of (group, kind);
    channel.handle = GNUNET_CADET_channel_create (
        cadet_, &channel, &to, &port, nullptr, &Network::on_disconnect,
        handlers.data ());
  }
  if (nullptr == channel.handle)
    reap_.arm_now (); // tells that it is closed
}

void
Network::send (ChannelUser &user, ChannelId id, base::ByteView message)
{
  Channel *channel = find (user, id);
  if (nullptr == channel || nullptr == channel->handle)
    return;
  struct GNUNET_MQ_Envelope *envelope = GNUNET_MQ_msg_copy (
      reinterpret_cast<const struct GNUNET_MessageHeader *> (message.data ()));
  counters_.count ("messages to peers");
  counters_.count ("bytes to peers",
                   static_cast<std::int64_t> (message.size ()));
  GNUNET_MQ_notify_sent (envelope, &Network::on_sent, channel);
  channel->under_way++;
  GNUNET_MQ_send (GNUNET_CADET_get_mq (channel->handle), envelope);
}

void
Network::close (ChannelUser &user, ChannelId id)
{
  Channel *channel = find (user, id);
  if (nullptr == channel)
    return;
  channel->user = nullptr;
  // To a peer that never said anything no last word will get through.
  channel->close_by
      = shell::now () + (channel->has_heard ? close_grace : base::seconds (0));
  reap_.arm_now ();
}

// Frees channels that are gone or closed and have nothing under way.
void
Network::reap ()
{
  const base::TimePoint now = shell::now ();
  std::vector<std::pair<ChannelUser *, ChannelId>> lost;
  bool has_waiting = false;
  std::erase_if (channels_,
                 [&] (auto &channel)
                 {
                   if (nullptr == channel->handle)
                   {
                     if (nullptr != channel->user)
                       lost.emplace_back (channel->user, channel->id);
                     return true;
                   }
                   if (nullptr != channel->user)
                     return false;
                   if (0 < channel->under_way && now < channel->close_by)
                   {
                     has_waiting = true;
                     return false;
                   }
                   GNUNET_CADET_channel_destroy (
                       std::exchange (channel->handle, nullptr));
                   return true;
                 });
  if (has_waiting)
    reap_.arm_in (close_grace);
  for (const auto &[user, id] : lost)
    user->on_channel_closed (id);
}

void *
Network::on_connect (void *cls, struct GNUNET_CADET_Channel *handle,
                     const struct GNUNET_PeerIdentity *peer) noexcept
{
  auto *port = static_cast<Port *> (cls);
  Channel &channel = port->network->add_channel (
      *port->user, ChannelId{ ++port->newest_channel });
  channel.handle = handle;
  port->user->on_channel_opened (channel.id,
                                 shell::from_gnunet<base::PeerId> (*peer));
  return &channel;
}

void
Network::on_disconnect (void *cls, const struct GNUNET_CADET_Channel *) noexcept
{
  auto *channel = static_cast<Channel *> (cls);
  channel->handle = nullptr; // gone already: never to be destroyed
  channel->network->reap_.arm_now ();
}

void
Network::on_message (void *cls,
                     const struct GNUNET_MessageHeader *header) noexcept
{
  auto *channel = static_cast<Channel *> (cls);
  channel->has_heard = true;
  auto &counters = channel->network->counters_;
  counters.count ("messages from peers");
  counters.count ("bytes from peers", ntohs (header->size));
  if (nullptr != channel->user)
    channel->user->on_peer_message (channel->id, shell::message_bytes (header));
  GNUNET_CADET_receive_done (channel->handle);
}

void
Network::on_sent (void *cls) noexcept
{
  auto *channel = static_cast<Channel *> (cls);
  channel->under_way--;
  if (nullptr != channel->user)
    channel->user->on_channel_sent (channel->id);
  else if (0 == channel->under_way)
    channel->network->reap_.arm_now ();
}
} // namespace multicast
