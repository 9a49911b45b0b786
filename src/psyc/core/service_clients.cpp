// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The clients of the service: from the first message, which says what channel
// and what part in it, until they are gone.
#include "psyc/core/service.hpp"

namespace psyc::core
{
namespace
{
using ClientMessages = wire::MessageList<
    local::MasterStart, local::SlaveJoin, local::ObserveStart,
    local::MasterMode, local::StreamAck, local::Part, local::JoinDecision,
    local::JoinPending, local::RequestDecision, local::Eject, local::Adopt,
    local::MembershipStore, local::HistoryStart, local::StateGet,
    local::OperationCancel, local::InfoGet, local::Forget, local::Upload,
    local::UploadCancel, local::UploadQuery>;

template <typename M>
constexpr bool is_first_message
    = std::is_same_v<
          M,
          local::
              MasterStart> || std::is_same_v<M, local::SlaveJoin> || std::is_same_v<M, local::ObserveStart>;

// A message in one piece, with its header, or nothing.
bool
is_message_or_empty (base::ByteView bytes)
{
  return bytes.empty ()
         || (bytes.size () <= local::join_message_size_max
             && wire::message_type (bytes).has_value ());
}
} // namespace

void
Service::on_client_message (ClientId client, base::ByteView message)
{
  clients_[client].is_held = true;
  const auto result
      = ClientMessages::dispatch (message, [this, client] (auto &&decoded)
                                  { on_decoded (client, decoded); });
  if (wire::DispatchResult::ok != result)
    drop (client, "malformed message");
  auto it = clients_.find (client);
  if (it == clients_.end ())
    return;
  if (! it->second.channel.is_none ())
    settle (it->second.channel);
  else if (! it->second.first && std::exchange (it->second.is_held, false))
    effects_.push_back (ContinueClient{ client });
}

template <typename M>
void
Service::on_decoded (ClientId client, M &&message)
{
  using Type = std::decay_t<M>;
  if constexpr (is_first_message<Type>)
    on_first (client, First (std::move (message)));
  else
  {
    Client &from = clients_[client];
    Channel *channel = find (from.channel);
    if (! from.has_begun)
    {
      drop (client, "first message expected");
      return;
    }
    if constexpr (std::is_same_v<Type, local::Part>)
    {
      const ChannelNo number = std::exchange (from.channel, {});
      if (nullptr == channel)
        effects_.push_back (
            ToClient{ client, wire::must_encode (local::PartAck{}) });
      else
        (void)channel->on_message (client, message);
      settle (number);
    }
    else if (nullptr != channel && channel->has_session (client)
             && ! channel->on_message (client, message))
      drop (client, std::string ("malformed ") + std::string (Type::wire_name));
  }
}

void
Service::on_first (ClientId client, First first)
{
  Client &from = clients_[client];
  if (from.has_begun)
  {
    drop (client, "second first message");
    return;
  }
  const auto version = std::visit (
      [] (const auto &message) { return message.version; }, first);
  if (local::protocol_version != version)
  {
    refuse (client, "unknown version of the protocol");
    return;
  }
  from.has_begun = true;
  if (! let_in (client, first))
    clients_[client].first = std::move (first);
}

bool
Service::let_in (ClientId client, const First &first)
{
  if (! is_loaded_ || is_ending_)
    return false;
  return std::visit ([this, client] (const auto &message)
                     { return let_in (client, message); },
                     first);
}

bool
Service::let_in (ClientId client, const local::MasterStart &first)
{
  if (first.policy > static_cast<std::uint32_t> (Policy::is_private))
  {
    refuse (client, "unknown policy");
    return true;
  }
  const Name name{ keys_.public_key (first.private_key), std::nullopt };
  Channel *channel = running (name);
  if (nullptr != channel && Channel::State::ending == channel->state ())
    return false;
  if (nullptr == channel)
  {
    auto known = known_.find (name);
    if (known != known_.end () && ! known->second.record)
    {
      refuse (client, known->second.error);
      return true;
    }
    const bool is_new = known == known_.end ();
    if (is_new && look_again (client))
      return false;
    ChannelRecord record;
    if (! is_new)
      record = std::move (*known_.extract (known).mapped ().record);
    record.role = Role::master;
    record.channel_key = first.private_key;
    record.policy = static_cast<Policy> (first.policy);
    channel = create (name, std::move (record), is_new);
  }
  Session session;
  session.client = client;
  session.kind = SessionKind::master;
  session.flags = first.flags;
  session.after = first.after_fragment_id;
  attach (client, *channel, std::move (session));
  return true;
}

// A channel that is new to us may have been imported since we read the
// records: they are read once more before it is taken for a new one.
bool
Service::look_again (ClientId client)
{
  if (std::exchange (clients_[client].has_looked_again, true))
    return false;
  is_loaded_ = false;
  read_records ();
  return true;
}

bool
Service::let_in (ClientId client, const local::SlaveJoin &first)
{
  if (first.relays.size () > local::relays_max
      || ! is_message_or_empty (first.join_message.bytes))
  {
    refuse (client, "malformed wish to join");
    return true;
  }
  const Name name{ first.channel_key, keys_.public_key (first.private_key) };
  Channel *channel = running (name);
  if (nullptr != channel && Channel::State::ending == channel->state ())
    return false;
  const bool is_local = 0 != (first.flags & join_local);
  if (nullptr == channel)
  {
    auto known = known_.find (name);
    if (known != known_.end () && ! known->second.record)
    {
      refuse (client, known->second.error);
      return true;
    }
    const bool is_new = known == known_.end ();
    ChannelRecord record;
    if (! is_new)
      record = std::move (*known_.extract (known).mapped ().record);
    record.role = Role::slave;
    record.member_key = first.private_key;
    channel = create (name, std::move (record), is_new);
  }
  auto &slave = dynamic_cast<SlaveChannel &> (*channel);
  if (! is_local)
    slave.ask_in (first.origin, first.relays, first.join_message.bytes);
  Session session;
  session.client = client;
  session.kind = SessionKind::slave;
  session.after = first.after_fragment_id;
  session.is_local = is_local;
  attach (client, slave, std::move (session));
  return true;
}

bool
Service::let_in (ClientId client, const local::ObserveStart &first)
{
  const Name name{ first.channel_key, first.slave_key };
  Channel *channel = running (name);
  if (nullptr != channel && Channel::State::ending == channel->state ())
    return false;
  if (nullptr == channel)
  {
    auto known = known_.find (name);
    if (known == known_.end () || ! known->second.record)
    {
      refuse (client, known == known_.end () ? "no such channel here"
                                             : known->second.error);
      return true;
    }
    channel = create_known (name);
  }
  Session session;
  session.client = client;
  session.kind = SessionKind::observer;
  session.after = first.after_fragment_id;
  attach (client, *channel, std::move (session));
  return true;
}

void
Service::attach (ClientId client, Channel &channel, Session session)
{
  const Name name{ channel.key (), channel.member () };
  clients_[client].channel = by_name_.at (name);
  channel.attach (std::move (session));
}

void
Service::refuse (ClientId client, const std::string &reason)
{
  clients_[client].has_begun = true;
  effects_.push_back (
      ToClient{ client, wire::must_encode (local::Started{
                            local::StartResult::failed, 0, 0, 0, reason }) });
}

void
Service::drop (ClientId client, std::string reason)
{
  on_client_gone (client);
  effects_.push_back (DropClient{ client, std::move (reason) });
}

void
Service::on_client_gone (ClientId client)
{
  auto node = clients_.extract (client);
  if (node.empty ())
    return;
  const ChannelNo number = node.mapped ().channel;
  if (Channel *channel = find (number))
    channel->on_client_gone (client);
  settle (number);
}

// Clients that came while the records were read, or their channel was ending.
void
Service::retry_waiting ()
{
  std::vector<ClientId> waiting;
  for (const auto &[id, client] : clients_)
    if (client.first)
      waiting.push_back (id);
  for (const ClientId id : waiting)
  {
    const First first = *clients_[id].first;
    if (! let_in (id, first))
      continue;
    Client &client = clients_[id];
    client.first.reset ();
    if (std::exchange (client.is_held, false))
      effects_.push_back (ContinueClient{ id });
  }
}

void
Service::release_held (ChannelNo channel)
{
  Channel &found = *find (channel);
  for (const ClientId id : found.clients ())
  {
    auto it = clients_.find (id);
    if (it == clients_.end () || ! it->second.is_held
        || found.is_congested (id))
      continue;
    it->second.is_held = false;
    effects_.push_back (ContinueClient{ id });
  }
}
} // namespace psyc::core
