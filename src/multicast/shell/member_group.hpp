// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The shell of one membership: its core, its clients, its channels.
#pragma once

#include <set>

#include "multicast/core/member_core.hpp"
#include "multicast/shell/group.hpp"

namespace multicast
{
class MemberGroup final : public Group
{
public:
  MemberGroup (const Surroundings &around, const Settings &settings,
               const ClientMemberOpen &open);

  void add_client (Client &client) override;
  void remove_client (Client &client) override;
  [[nodiscard]] Verdict on_client_message (Client &client,
                                           base::ByteView message) override;
  [[nodiscard]] bool on_client_leave (Client &client) override;
  void on_own_peer_known (const base::PeerId &peer) override;
  [[nodiscard]] ServicePosition position () const override;
  [[nodiscard]] Load
  load () const override
  {
    return core_.load ();
  }

  void on_channel_opened (ChannelId channel, const base::PeerId &peer) override;
  void on_peer_message (ChannelId channel, base::ByteView message) override;
  void on_channel_sent (ChannelId channel) override;
  void on_channel_closed (ChannelId channel) override;
  void on_path_known (const base::PeerId &peer, PathState state) override;

private:
  void advance (base::TimePoint now) override;
  void drain () override;
  [[nodiscard]] base::TimePoint next_deadline () const override;

  // Client messages.
  [[nodiscard]] Verdict on (Client &client, const ClientRequest &message);
  [[nodiscard]] Verdict on (Client &client,
                            const ClientFragmentStored &message);
  [[nodiscard]] Verdict on (Client &client,
                            const ClientFragmentFailed &message);
  [[nodiscard]] Verdict on (Client &client, const ClientFetch &message);
  [[nodiscard]] Verdict on (Client &client,
                            const ClientReplayFragment &message);
  [[nodiscard]] Verdict on (Client &client, const ClientReplayEnd &message);
  template <typename Other>
  [[nodiscard]] Verdict
  on (Client &, const Other &)
  {
    return Verdict::malformed; // an origin's
  }

  // Effects.
  void carry_out (const SendToPeer &effect);
  void carry_out (const OpenChannel &effect);
  void carry_out (const OpenPort &effect);
  void carry_out (const CloseChannel &effect);
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
  void carry_out (const AskReplay &effect);
  void carry_out (const CancelReplay &effect);
  void carry_out (const Count &effect);

  const base::ChannelKey group_;
  shell::GnunetMemberSigner signer_;
  MemberCore core_;
  std::optional<ServiceDecision> decision_; // the newest, for later clients
  std::set<ReplayId> replays_;              // asked of the primary
};
} // namespace multicast
