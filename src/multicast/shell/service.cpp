// SPDX-License-Identifier: AGPL-3.0-or-later
#include "multicast/shell/service.hpp"

#include <algorithm>

#include "multicast/shell/member_group.hpp"
#include "multicast/shell/origin_group.hpp"

namespace multicast
{
struct Service::Parts
{
  explicit Parts (const struct GNUNET_CONFIGURATION_Handle *cfg,
                  std::function<void (Counters &)> look,
                  std::function<void (const base::PeerId &)> on_peer,
                  std::function<void ()> on_drop)
      : counters (cfg, "multicast", std::move (look)), network (cfg, counters),
        own_peer (cfg, std::move (on_peer)), drop (std::move (on_drop))
  {}

  Counters counters;
  shell::GnunetVerifier verifier;
  shell::GnunetRandom random;
  Network network;
  OwnPeer own_peer;
  shell::Timer drop;
};

namespace
{
[[nodiscard]] base::Duration
configured_time (const struct GNUNET_CONFIGURATION_Handle *cfg,
                 const char *option, base::Duration otherwise)
{
  struct GNUNET_TIME_Relative time;
  if (GNUNET_OK
          != GNUNET_CONFIGURATION_get_value_time (cfg, "multicast", option,
                                                  &time)
      || 0 == time.rel_value_us
      || time.rel_value_us > GNUNET_TIME_UNIT_HOURS.rel_value_us)
    return otherwise;
  return base::Duration{ static_cast<std::int64_t> (time.rel_value_us) };
}

[[nodiscard]] std::uint64_t
configured_number (const struct GNUNET_CONFIGURATION_Handle *cfg,
                   const char *option, std::uint64_t max,
                   std::uint64_t otherwise)
{
  unsigned long long number = 0;
  if (GNUNET_OK
          != GNUNET_CONFIGURATION_get_value_number (cfg, "multicast", option,
                                                    &number)
      || number > max)
    return otherwise;
  return number;
}

[[nodiscard]] std::uint64_t
configured_size (const struct GNUNET_CONFIGURATION_Handle *cfg,
                 const char *option, std::uint64_t otherwise)
{
  unsigned long long size = 0;
  if (GNUNET_OK
      != GNUNET_CONFIGURATION_get_value_size (cfg, "multicast", option, &size))
    return otherwise;
  return size;
}
} // namespace

Service::Service () = default;
Service::~Service () = default;

void
Service::on_start (const struct GNUNET_CONFIGURATION_Handle *cfg,
                   struct GNUNET_SERVICE_Handle *)
{
  settings_.heartbeat = configured_time (cfg, "HEARTBEAT", base::seconds (5));
  settings_.head_probe = configured_time (cfg, "HEAD_PROBE", base::seconds (2));
  settings_.children_max = static_cast<std::uint32_t> (
      configured_number (cfg, "MAX_CHILDREN", 65536, settings_.children_max));
  settings_.relay_bandwidth
      = configured_size (cfg, "RELAY_BANDWIDTH", settings_.relay_bandwidth);
  settings_.queue_memory
      = configured_size (cfg, "RELAY_QUEUE_MEMORY", settings_.queue_memory);
  settings_.route_memory
      = configured_size (cfg, "ROUTE_MEMORY", settings_.route_memory);
  parts_ = std::make_unique<Parts> (
      cfg, [this] (Counters &counters) { set_gauges (counters); },
      [this] (const base::PeerId &peer)
      {
        own_peer_ = peer;
        for (auto &[name, group] : groups_)
          group->on_own_peer_known (peer);
      },
      [this] { drop_doomed (); });
}

void
Service::set_gauges (Counters &counters) const
{
  std::uint64_t children = 0;
  std::uint64_t depth = 0;
  std::uint64_t queued_bytes = 0;
  std::uint64_t pipes = 0;
  for (const auto &[name, group] : groups_)
  {
    const ServicePosition at = group->position ();
    children += at.child_count;
    depth = std::max<std::uint64_t> (depth, at.depth);
    const Load load = group->load ();
    queued_bytes += load.queued_bytes;
    pipes += load.pipes;
  }
  counters.set ("clients connected", clients_.size ());
  counters.set ("groups open", groups_.size ());
  counters.set ("channels to peers",
                parts_ ? parts_->network.channel_count () : 0);
  counters.set ("children attached", children);
  counters.set ("depth in the tree", depth);
  counters.set ("bytes waiting for children", queued_bytes);
  counters.set ("pipes open", pipes);
}

void
Service::on_shutdown ()
{
  ending_.clear ();
  groups_.clear ();
  clients_.clear ();
  parts_.reset ();
}

void
Service::on_client (shell::ServiceClient &link)
{
  auto client = std::make_unique<Client> ();
  client->link = &link;
  clients_.emplace (&link, std::move (client));
}

void
Service::on_client_gone (shell::ServiceClient &link)
{
  const auto it = clients_.find (&link);
  if (it == clients_.end ())
    return;
  leave_group (*it->second);
  clients_.erase (it);
}

void
Service::on_message (shell::ServiceClient &link, base::ByteView message)
{
  const auto it = clients_.find (&link);
  if (it == clients_.end ())
    return; // shutting down
  Client &client = *it->second;
  parts_->counters.count ("messages from clients");
  parts_->counters.count ("bytes from clients",
                          static_cast<std::int64_t> (message.size ()));
  Verdict verdict = Verdict::taken;
  if (client.is_doomed || client.has_left)
    ; // nothing it says counts any more
  else if (wire::decode<ClientLeave> (message))
    verdict = leave (client);
  else if (nullptr == client.group)
    verdict = open (client, message);
  else
    verdict = client.group->on_client_message (client, message);
  if (Verdict::malformed == verdict)
  {
    GNUNET_break (0);
    parts_->counters.count ("clients dropped: malformed message");
    GNUNET_SERVICE_client_drop (link.handle);
  }
  else if (Verdict::taken == verdict)
    GNUNET_SERVICE_client_continue (link.handle);
}

Verdict
Service::open (Client &client, base::ByteView message)
{
  if (const auto origin = wire::decode<ClientOriginOpen> (message))
    return open_origin (client, *origin);
  if (const auto member = wire::decode<ClientMemberOpen> (message))
    return open_member (client, *member);
  return Verdict::malformed;
}

Verdict
Service::open_origin (Client &client, const ClientOriginOpen &open)
{
  if (open.head.fragment_id.value >= base::id_max
      || open.head.message_id.value > base::id_max
      || open.head.generation.value > base::id_max)
    return Verdict::malformed;
  client.kind = open.kind;
  const GroupName name{
    shell::GnunetChannelSigner (
        shell::to_gnunet<struct GNUNET_CRYPTO_EddsaPrivateKey> (open.key))
        .public_key (),
    {}
  };
  if (const auto it = groups_.find (name); it != groups_.end ())
    it->second->add_client (client);
  else
    start_group (
        client, name,
        std::make_unique<OriginGroup> (surroundings (), settings_, open));
  return Verdict::taken;
}

Verdict
Service::open_member (Client &client, const ClientMemberOpen &open)
{
  const auto is_bad = [] (const WireRange &range)
  { return 0 == range.first || range.last < range.first; };
  if (open.relays.size () > relays_max || open.ticket.size () > ticket_size_max
      || open.join_request.size () > join_message_size_max
      || open.have.size () > have_ranges_max
      || std::any_of (open.have.begin (), open.have.end (), is_bad))
    return Verdict::malformed;
  client.kind = open.kind;
  const GroupName name{
    open.group,
    shell::GnunetMemberSigner (
        shell::to_gnunet<struct GNUNET_CRYPTO_EcdsaPrivateKey> (open.key))
        .public_key ()
  };
  if (const auto it = groups_.find (name); it != groups_.end ())
    it->second->add_client (client);
  else
    start_group (client, name,
                 std::make_unique<MemberGroup> (surroundings (),
                                                settings_for (name), open));
  return Verdict::taken;
}

// One relay port for each group: the first of several memberships serves.
Settings
Service::settings_for (const GroupName &member) const
{
  Settings out = settings_;
  const auto first = groups_.upper_bound ({ member.first, {} });
  if (first != groups_.end () && first->first.first == member.first)
    out.children_max = 0;
  return out;
}

void
Service::start_group (Client &client, const GroupName &name,
                      std::unique_ptr<Group> group)
{
  group->add_client (client);
  if (own_peer_)
    group->on_own_peer_known (*own_peer_);
  groups_.emplace (name, std::move (group));
}

Verdict
Service::leave (Client &client)
{
  client.has_left = true;
  Group *const group = client.group;
  if (nullptr == group || group->on_client_leave (client))
    client.send (ServiceLeft{});
  if (nullptr == group)
    return Verdict::taken;
  const auto it = std::find_if (groups_.begin (), groups_.end (),
                                [&] (const auto &entry)
                                { return entry.second.get () == group; });
  const bool is_leaving_alone = nullptr != client.group;
  if (it == groups_.end () || (! is_leaving_alone && group->has_clients ()))
    return Verdict::taken;
  if (is_leaving_alone) // until the group has said goodbye
    ending_.push_back (std::move (it->second));
  groups_.erase (it);
  return Verdict::taken;
}

void
Service::leave_group (Client &client)
{
  Group *const group = client.group;
  if (nullptr == group)
    return;
  group->remove_client (client);
  if (group->has_clients ())
    return;
  std::erase_if (ending_,
                 [&] (const auto &entry) { return entry.get () == group; });
  std::erase_if (groups_, [&] (const auto &entry)
                 { return entry.second.get () == group; });
}

void
Service::doom (Client &client)
{
  client.is_doomed = true;
  parts_->drop.arm_now ();
}

void
Service::drop_doomed ()
{
  std::vector<struct GNUNET_SERVICE_Client *> doomed;
  for (const auto &[link, client] : clients_)
    if (client->is_doomed)
      doomed.push_back (link->handle);
  for (auto *handle : doomed)
    GNUNET_SERVICE_client_drop (handle);
}

Surroundings
Service::surroundings ()
{
  return { parts_->network, parts_->counters, parts_->verifier, parts_->random,
           [this] (Client &client) { doom (client); } };
}
} // namespace multicast
