// SPDX-License-Identifier: AGPL-3.0-or-later
//
// A group around its core: hands the network's events and its clients'
// messages to the core, and carries out the effects that both kinds of core
// have. What only one kind has is in `Self`: on () for each client message,
// carry_out () for each effect of its own, on_primary_gone ().
#pragma once

#include <set>

#include "multicast/shell/group.hpp"

namespace multicast
{
template <typename Self, typename Core, typename Signer>
class CoreGroup : public Group
{
public:
  void
  remove_client (Client &client) override
  {
    const bool was_primary = primary () == &client;
    Group::remove_client (client);
    if (! was_primary || ! has_clients ())
      return;
    touch ();
    self ().on_primary_gone ();
    for (const ReplayId replay : std::exchange (replays_, {}))
      core_.on_replay_end (replay, ReplayCode::internal_error);
  }

  [[nodiscard]] Verdict
  on_client_message (Client &client, base::ByteView message) override
  {
    touch ();
    Verdict verdict = Verdict::malformed;
    const auto result = ClientMessages::dispatch (
        message,
        [&] (const auto &decoded) { verdict = self ().on (client, decoded); });
    return wire::DispatchResult::ok == result ? verdict : Verdict::malformed;
  }

  void
  on_own_peer_known (const base::PeerId &peer) override
  {
    touch ();
    core_.on_own_peer_known (peer);
  }

  [[nodiscard]] Load
  load () const override
  {
    return core_.load ();
  }

  void
  on_channel_opened (ChannelId channel, const base::PeerId &peer) override
  {
    touch ();
    core_.on_channel_opened (channel, peer);
  }

  void
  on_peer_message (ChannelId channel, base::ByteView message) override
  {
    touch ();
    core_.on_peer_message (channel, message);
  }

  void
  on_channel_sent (ChannelId channel) override
  {
    touch ();
    core_.on_channel_sent (channel);
  }

  void
  on_channel_closed (ChannelId channel) override
  {
    touch ();
    core_.on_channel_closed (channel);
  }

protected:
  template <typename GnunetKey, typename Config>
  CoreGroup (const Surroundings &around, const Settings &settings,
             const GnunetKey &key, const Config &config)
      : Group (around, settings.heartbeat), signer_ (key),
        core_ (config, signer_, around.verifier, around.random, shell::now ())
  {
    touch ();
  }

  // --- client messages, the same for both -----------------------------------

  [[nodiscard]] Verdict
  on (Client &client, const ClientReplayFragment &message)
  {
    if (primary () == &client)
      core_.on_replay_fragment ({ message.replay_id }, message.fragment.bytes);
    return Verdict::taken;
  }

  // Was it asked for, of this client?
  [[nodiscard]] bool
  ends_replay (const Client &client, const ClientReplayEnd &message)
  {
    return primary () == &client
           && 0 != replays_.erase (ReplayId{ message.replay_id });
  }

  // The other kind's.
  template <typename Other>
  [[nodiscard]] Verdict
  on (Client &, const Other &)
  {
    return Verdict::malformed;
  }

  // --- effects, the same for both -------------------------------------------

  void
  carry_out (const SendToPeer &effect)
  {
    around_.network.send (*this, effect.channel, effect.message);
  }

  void
  carry_out (const CloseChannel &effect)
  {
    around_.network.close (*this, effect.channel);
  }

  void
  carry_out (const AskReplay &effect)
  {
    Client *client = primary ();
    if (nullptr == client)
      return;
    replays_.insert (effect.replay);
    tell (*client,
          ServiceReplayWanted{ effect.replay.value, effect.member,
                               static_cast<std::uint8_t> (effect.unit),
                               effect.first, effect.last, effect.detail });
  }

  void
  carry_out (const CancelReplay &effect)
  {
    replays_.erase (effect.replay);
  }

  void
  carry_out (const Count &effect)
  {
    around_.counters.count (effect.name, effect.delta);
  }

  void
  drain () override
  {
    while (const auto effect = core_.poll_effect ())
      std::visit ([this] (const auto &what) { self ().carry_out (what); },
                  *effect);
    tell_position ();
  }

private:
  void
  advance (base::TimePoint now) override
  {
    core_.advance_time (now);
  }

  [[nodiscard]] base::TimePoint
  next_deadline () const override
  {
    return core_.next_deadline ();
  }

  [[nodiscard]] Self &
  self ()
  {
    return static_cast<Self &> (*this);
  }

protected:
  const Signer signer_;
  Core core_;

private:
  std::set<ReplayId> replays_; // asked of the primary
};
} // namespace multicast
