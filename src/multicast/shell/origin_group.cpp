// SPDX-License-Identifier: AGPL-3.0-or-later
#include "multicast/shell/origin_group.hpp"

#include <algorithm>

namespace multicast
{
namespace
{
[[nodiscard]] OriginConfig
core_config (const Settings &settings, const ClientOriginOpen &open)
{
  OriginConfig config;
  config.policy = open.policy;
  config.head = open.head.head ();
  config.known = open.known;
  config.resumed = open.resumed;
  config.start = open.is_unclean ? StartKind::unclean : StartKind::clean;
  config.heartbeat = settings.heartbeat;
  config.head_probe = settings.head_probe;
  // With 0 nobody at all would hear the host.
  config.children_max = std::max (settings.children_max, 1U);
  config.queue_memory = settings.queue_memory;
  config.route_memory = settings.route_memory;
  return config;
}
} // namespace

OriginGroup::OriginGroup (const Surroundings &around, const Settings &settings,
                          const ClientOriginOpen &open)
    : CoreGroup (
        around, settings,
        shell::to_gnunet<struct GNUNET_CRYPTO_EddsaPrivateKey> (open.key),
        core_config (settings, open)),
      newest_stored_ (open.head.fragment_id)
{}

void
OriginGroup::add_client (Client &client)
{
  Group::add_client (client);
  if (state_)
    tell (client, *state_);
  tell_position (client);
}

void
OriginGroup::remove_client (Client &client)
{
  for (Awaited &awaited : awaited_)
    if (awaited.client == &client)
      awaited.client = nullptr;
  CoreGroup::remove_client (client);
}

// What it had not stored is lost with it, and was never sent.
void
OriginGroup::on_primary_gone ()
{
  core_.on_fragment_discarded (newest_stored_.next ());
}

void
OriginGroup::on_own_peer_known (const base::PeerId &peer)
{
  CoreGroup::on_own_peer_known (peer);
  has_peer_ = true;
  listen ();
}

void
OriginGroup::listen ()
{
  if (! has_peer_ || ! is_ready_ || std::exchange (is_listening_, true))
    return;
  around_.network.listen (*this, signer_.public_key (), PortKind::origin);
}

bool
OriginGroup::on_client_leave (Client &client)
{
  if (1 == clients_.size ())
  {
    touch ();
    core_.on_group_end ();
    drain ();
  }
  remove_client (client);
  return true;
}

// --- the network ------------------------------------------------------------

// --- clients ----------------------------------------------------------------

Verdict
OriginGroup::on (Client &, const ClientOriginReady &)
{
  is_ready_ = true;
  listen ();
  return Verdict::taken;
}

Verdict
OriginGroup::on (Client &client, const ClientFragment &message)
{
  if (message.body.bytes.size () > fragment_body_size_max)
    return Verdict::malformed;
  return try_input (client,
                    [this, &client, message]
                    {
                      if (! core_.has_room ())
                        return false;
                      const auto result = core_.on_client_fragment (
                          { message.message_id, message.fragment_offset,
                            message.generation, message.flags,
                            message.body.bytes });
                      if (ClientResult::taken == result)
                        awaited_.push_back ({ &client, message.serial });
                      else if (ClientResult::full == result)
                        return false;
                      else
                        around_.counters.count ("fragments refused: by state "
                                                "or numbers");
                      return true;
                    });
}

Verdict
OriginGroup::on (Client &client, const ClientFragmentStored &message)
{
  if (primary () != &client)
    return Verdict::taken;
  newest_stored_ = std::max (newest_stored_, message.fragment_id);
  core_.on_fragment_stored (message.fragment_id);
  return Verdict::taken;
}

Verdict
OriginGroup::on (Client &client, const ClientFragmentDiscard &message)
{
  if (primary () == &client)
    core_.on_fragment_discarded (message.fragment_id);
  return Verdict::taken;
}

Verdict
OriginGroup::on (Client &client, const ClientRequestStored &message)
{
  if (primary () == &client)
    core_.on_request_stored (message.member, message.request_id,
                             message.fragment_offset);
  return Verdict::taken;
}

Verdict
OriginGroup::on (Client &client, const ClientRequestSettled &message)
{
  if (message.reason.size () > reason_size_max)
    return Verdict::malformed;
  if (primary () == &client)
    core_.on_request_settled (
        message.member,
        { message.request_id, static_cast<RequestResult> (message.result),
          message.message_id, message.code, message.reason });
  return Verdict::taken;
}

Verdict
OriginGroup::on (Client &, const ClientEject &message)
{
  if (message.notice.bytes.size () > join_message_size_max)
    return Verdict::malformed;
  core_.on_eject (message.member, message.generation, message.notice.bytes);
  return Verdict::taken;
}

Verdict
OriginGroup::on (Client &, const ClientRevoke &message)
{
  core_.on_revoke (message.member, message.generation);
  return Verdict::taken;
}

Verdict
OriginGroup::on (Client &client, const ClientJoinAnswer &message)
{
  if (message.answer.bytes.size () > join_message_size_max
      || message.relays.size () > relays_max)
    return Verdict::malformed;
  if (primary () != &client)
    return Verdict::taken;
  const JoinId join{ message.join_id };
  JoinVerdict verdict = JoinVerdict::cannot_say;
  switch (message.verdict)
  {
  case ClientJoinVerdict::pending:
    core_.on_join_pending (join);
    return Verdict::taken;
  case ClientJoinVerdict::admitted:
    verdict = JoinVerdict::admitted;
    break;
  case ClientJoinVerdict::refused:
    verdict = JoinVerdict::refused;
    break;
  case ClientJoinVerdict::cannot_say:
    break;
  }
  core_.on_join_decided (join,
                         { verdict, message.relays, message.answer.bytes });
  return Verdict::taken;
}

Verdict
OriginGroup::on (Client &client, const ClientReplayEnd &message)
{
  if (ends_replay (client, message))
    core_.on_replay_end ({ message.replay_id },
                         static_cast<ReplayCode> (message.code), message.next);
  return Verdict::taken;
}

// --- the core ---------------------------------------------------------------

ServicePosition
OriginGroup::position () const
{
  ServicePosition out;
  out.is_rooted = true;
  out.child_count = core_.child_count ();
  out.subtree = core_.tree_size ();
  return out;
}

void
OriginGroup::carry_out (const EchoFragment &effect)
{
  Awaited whose{ nullptr, 0 };
  if (! awaited_.empty ())
  {
    whose = awaited_.front ();
    awaited_.pop_front ();
  }
  for (Client *client : clients_)
    tell (*client, ServiceEcho{ client == whose.client ? whose.serial : 0,
                                { effect.fragment } });
}

void
OriginGroup::carry_out (const DeliverRequest &effect)
{
  tell_all (ServiceRequest{ { effect.request } });
}

void
OriginGroup::carry_out (const AskJoin &effect)
{
  if (Client *client = primary ())
    tell (*client, ServiceJoinQuestion{
                       effect.join.value, effect.member, { effect.message } });
}

void
OriginGroup::carry_out (const JoinWithdrawn &)
{
  // The client's answer, when it comes, is for the joiner's next call.
}

void
OriginGroup::carry_out (const MemberChange &effect)
{
  on_moved ();
  tell_all (ServiceMemberEvent{ effect.member,
                                static_cast<std::uint8_t> (effect.event) });
}

void
OriginGroup::carry_out (const OriginStateChange &effect)
{
  state_ = ServiceOriginState{ static_cast<std::uint8_t> (effect.state),
                               WireHead::from (effect.head) };
  tell_all (*state_);
}

} // namespace multicast
