// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The shell of one origin: its core, its clients, its port.
#pragma once

#include <deque>
#include <optional>

#include "multicast/core/origin_core.hpp"
#include "multicast/shell/core_group.hpp"

namespace multicast
{
class OriginGroup final
    : public CoreGroup<OriginGroup, OriginCore, shell::GnunetChannelSigner>
{
public:
  OriginGroup (const Surroundings &around, const Settings &settings,
               const ClientOriginOpen &open);

  void add_client (Client &client) override;
  void remove_client (Client &client) override;
  [[nodiscard]] bool on_client_leave (Client &client) override;
  void on_own_peer_known (const base::PeerId &peer) override;
  [[nodiscard]] ServicePosition position () const override;
  void
  on_path_known (const base::PeerId &, PathState) override
  {}

private:
  friend CoreGroup;

  // A fragment that is not echoed yet, and whose it is.
  struct Awaited
  {
    Client *client;
    std::uint64_t serial;
  };

  void on_primary_gone ();
  void listen ();

  // Client messages.
  using CoreGroup::on;
  [[nodiscard]] Verdict on (Client &client, const ClientOriginReady &message);
  [[nodiscard]] Verdict on (Client &client, const ClientFragment &message);
  [[nodiscard]] Verdict on (Client &client,
                            const ClientFragmentStored &message);
  [[nodiscard]] Verdict on (Client &client,
                            const ClientFragmentDiscard &message);
  [[nodiscard]] Verdict on (Client &client, const ClientRequestStored &message);
  [[nodiscard]] Verdict on (Client &client,
                            const ClientRequestSettled &message);
  [[nodiscard]] Verdict on (Client &client, const ClientEject &message);
  [[nodiscard]] Verdict on (Client &client, const ClientRevoke &message);
  [[nodiscard]] Verdict on (Client &client, const ClientJoinAnswer &message);
  [[nodiscard]] Verdict on (Client &client, const ClientReplayEnd &message);

  // Effects.
  using CoreGroup::carry_out;
  void carry_out (const EchoFragment &effect);
  void carry_out (const DeliverRequest &effect);
  void carry_out (const AskJoin &effect);
  void carry_out (const JoinWithdrawn &effect);
  void carry_out (const MemberChange &effect);
  void carry_out (const OriginStateChange &effect);

  bool has_peer_ = false;
  bool is_ready_ = false; // all revocations are known
  bool is_listening_ = false;
  base::FragmentId newest_stored_;
  std::optional<ServiceOriginState> state_; // the newest that was told
  std::deque<Awaited> awaited_;
};
} // namespace multicast
