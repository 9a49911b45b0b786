// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The shell of one membership: its core, its clients, its channels.
#pragma once

#include <optional>

#include "multicast/core/member_core.hpp"
#include "multicast/shell/core_group.hpp"

namespace multicast
{
class MemberGroup final
    : public CoreGroup<MemberGroup, MemberCore, shell::GnunetMemberSigner>
{
public:
  MemberGroup (const Surroundings &around, const Settings &settings,
               const ClientMemberOpen &open);

  void add_client (Client &client) override;
  [[nodiscard]] bool on_client_leave (Client &client) override;
  [[nodiscard]] ServicePosition position () const override;
  void on_path_known (const base::PeerId &peer, PathState state) override;

private:
  friend CoreGroup;

  void
  on_primary_gone ()
  {}

  // Client messages.
  using CoreGroup::on;
  [[nodiscard]] Verdict on (Client &client, const ClientRequest &message);
  [[nodiscard]] Verdict on (Client &client,
                            const ClientFragmentStored &message);
  [[nodiscard]] Verdict on (Client &client,
                            const ClientFragmentFailed &message);
  [[nodiscard]] Verdict on (Client &client, const ClientFetch &message);
  [[nodiscard]] Verdict on (Client &client, const ClientReplayEnd &message);

  // Effects.
  using CoreGroup::carry_out;
  void carry_out (const OpenChannel &effect);
  void carry_out (const OpenPort &effect);
  void carry_out (const AskPath &effect);
  void carry_out (const DeliverFragment &effect);
  void carry_out (const JoinDecided &effect);
  void carry_out (const MemberStateChange &effect);
  void carry_out (const EjectionNotice &effect);
  void carry_out (const HeadChange &effect);
  void carry_out (const Gap &effect);
  void carry_out (const TicketRenewed &effect);
  void carry_out (const Fetched &effect);
  void carry_out (const RequestStored &effect);
  void carry_out (const RequestSettled &effect);
  void carry_out (const PeersKnown &effect);
  void carry_out (const Parted &effect);

  const base::ChannelKey group_;
  std::optional<ServiceDecision> decision_; // the newest, for later clients
};
} // namespace multicast
