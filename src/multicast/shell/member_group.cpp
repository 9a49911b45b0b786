// SPDX-License-Identifier: AGPL-3.0-or-later
#include "multicast/shell/member_group.hpp"

namespace multicast
{
namespace
{
[[nodiscard]] MemberConfig
core_config (const Settings &settings, const ClientMemberOpen &open)
{
  MemberConfig config;
  config.group = open.group;
  config.origin = open.origin;
  config.relays = open.relays;
  config.ticket = open.ticket;
  config.join_request = open.join_request;
  config.first_fragment_id = open.first_fragment_id;
  for (const WireRange &range : open.have)
    config.have.push_back ({ range.first, range.last });
  config.heartbeat = settings.heartbeat;
  config.children_max = settings.children_max;
  config.relay_bandwidth = settings.relay_bandwidth;
  config.relay_queue_memory = settings.queue_memory;
  config.route_memory = settings.route_memory;
  return config;
}
} // namespace

MemberGroup::MemberGroup (const Surroundings &around, const Settings &settings,
                          const ClientMemberOpen &open)
    : CoreGroup (
        around, settings,
        shell::to_gnunet<struct GNUNET_CRYPTO_EcdsaPrivateKey> (open.key),
        core_config (settings, open)),
      group_ (open.group)
{}

void
MemberGroup::add_client (Client &client)
{
  const bool is_first = ! has_clients ();
  Group::add_client (client);
  if (is_first)
    return;
  if (decision_)
    tell (client, *decision_);
  tell (client, ServiceMemberState{ static_cast<std::uint8_t> (core_.state ()),
                                    WireHead::from (core_.head ()) });
  tell_position (client);
}

bool
MemberGroup::on_client_leave (Client &client)
{
  if (1 < clients_.size ())
  {
    remove_client (client);
    return true;
  }
  touch ();
  core_.on_part ();
  return false; // with Parted
}

// --- the network ------------------------------------------------------------

void
MemberGroup::on_path_known (const base::PeerId &peer, PathState state)
{
  touch ();
  core_.on_path_known (peer, state);
}

// --- clients ----------------------------------------------------------------

Verdict
MemberGroup::on (Client &client, const ClientRequest &message)
{
  if (message.body.bytes.size () > fragment_body_size_max)
    return Verdict::malformed;
  return try_input (client,
                    [this, message]
                    {
                      if (! core_.has_room ())
                        return false;
                      // Not attached: nothing is kept, the client says it
                      // again when it hears that we are.
                      return ClientResult::full
                             != core_.on_client_request (
                                 { message.request_id, message.fragment_offset,
                                   message.flags, message.body.bytes });
                    });
}

Verdict
MemberGroup::on (Client &client, const ClientFragmentStored &message)
{
  if (primary () == &client)
    core_.on_fragment_stored (message.fragment_id);
  return Verdict::taken;
}

Verdict
MemberGroup::on (Client &client, const ClientFragmentFailed &message)
{
  if (primary () == &client)
    core_.on_fragment_failed (message.fragment_id);
  return Verdict::taken;
}

Verdict
MemberGroup::on (Client &client, const ClientFetch &message)
{
  if (message.unit > static_cast<std::uint8_t> (ReplayUnit::messages))
    return Verdict::malformed;
  const auto result
      = core_.on_fetch (static_cast<ReplayUnit> (message.unit), message.first,
                        message.last, message.detail);
  if (ClientResult::taken != result)
    tell (client, ServiceFetched{ message.unit, message.first, message.last,
                                  static_cast<std::uint32_t> (
                                      ReplayCode::internal_error) });
  return Verdict::taken;
}

Verdict
MemberGroup::on (Client &client, const ClientReplayEnd &message)
{
  if (ends_replay (client, message))
    core_.on_replay_end ({ message.replay_id },
                         static_cast<ReplayCode> (message.code));
  return Verdict::taken;
}

// --- the core ---------------------------------------------------------------

ServicePosition
MemberGroup::position () const
{
  const MemberPosition at = core_.position ();
  return {
    at.parent, at.depth, at.is_rooted, at.child_count, at.subtree, at.lag
  };
}

void
MemberGroup::carry_out (const OpenChannel &effect)
{
  around_.network.open (*this, effect.channel, effect.peer, group_,
                        effect.port);
}

void
MemberGroup::carry_out (const OpenPort &)
{
  around_.network.listen (*this, group_, PortKind::relay);
}

void
MemberGroup::carry_out (const AskPath &effect)
{
  around_.network.ask_path (*this, effect.peer);
}

void
MemberGroup::carry_out (const DeliverFragment &effect)
{
  tell_all (ServiceFragment{ { effect.fragment } });
}

void
MemberGroup::carry_out (const JoinDecided &effect)
{
  decision_
      = ServiceDecision{ effect.is_admitted, WireHead::from (effect.admission),
                         effect.origin,      effect.relays,
                         effect.ticket,      { effect.answer } };
  tell_all (*decision_);
}

void
MemberGroup::carry_out (const MemberStateChange &effect)
{
  on_moved ();
  tell_all (ServiceMemberState{ static_cast<std::uint8_t> (effect.state),
                                WireHead::from (effect.head) });
}

void
MemberGroup::carry_out (const EjectionNotice &effect)
{
  tell_all (ServiceEjectionNotice{ { effect.notice } });
}

void
MemberGroup::carry_out (const HeadChange &effect)
{
  tell_all (ServiceHead{ WireHead::from (effect.head) });
}

void
MemberGroup::carry_out (const Gap &effect)
{
  tell_all (ServiceGap{ effect.first.value, effect.last.value });
}

void
MemberGroup::carry_out (const TicketRenewed &effect)
{
  if (decision_)
    decision_->ticket = effect.ticket;
  tell_all (ServiceTicket{ { effect.ticket } });
}

void
MemberGroup::carry_out (const Fetched &effect)
{
  tell_all (ServiceFetched{ static_cast<std::uint8_t> (effect.unit),
                            effect.first, effect.last,
                            static_cast<std::uint32_t> (effect.code) });
}

void
MemberGroup::carry_out (const RequestStored &effect)
{
  tell_all (ServiceRequestStored{ effect.request_id, effect.fragment_offset });
}

void
MemberGroup::carry_out (const RequestSettled &effect)
{
  const RequestSettlement &settled = effect.settlement;
  tell_all (ServiceRequestSettled{
      settled.request_id, static_cast<std::uint8_t> (settled.result),
      settled.message_id, settled.code, settled.reason });
}

void
MemberGroup::carry_out (const PeersKnown &effect)
{
  tell_all (ServicePeers{ effect.peers });
}

void
MemberGroup::carry_out (const Parted &)
{
  tell_all (ServiceLeft{});
}

} // namespace multicast
