// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The shell of one origin: its core, its clients, its port.
#pragma once

#include <deque>
#include <set>

#include "multicast/core/origin_core.hpp"
#include "multicast/shell/group.hpp"

namespace multicast
{
class OriginGroup final : public Group
{
public:
  OriginGroup (const Surroundings &around, const Settings &settings,
               const ClientOriginOpen &open);

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
  void
  on_path_known (const base::PeerId &, PathState) override
  {}

private:
  // A fragment that is not echoed yet, and whose it is.
  struct Awaited
  {
    Client *client;
    std::uint64_t serial;
  };

  void advance (base::TimePoint now) override;
  void drain () override;
  [[nodiscard]] base::TimePoint next_deadline () const override;
  void listen ();

  // Client messages.
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
  [[nodiscard]] Verdict on (Client &client,
                            const ClientReplayFragment &message);
  [[nodiscard]] Verdict on (Client &client, const ClientReplayEnd &message);
  template <typename Other>
  [[nodiscard]] Verdict
  on (Client &, const Other &)
  {
    return Verdict::malformed; // a member's
  }

  // Effects.
  void carry_out (const SendToPeer &effect);
  void carry_out (const CloseChannel &effect);
  void carry_out (const EchoFragment &effect);
  void carry_out (const DeliverRequest &effect);
  void carry_out (const AskJoin &effect);
  void carry_out (const JoinWithdrawn &effect);
  void carry_out (const MemberChange &effect);
  void carry_out (const OriginStateChange &effect);
  void carry_out (const AskReplay &effect);
  void carry_out (const CancelReplay &effect);
  void carry_out (const Count &effect);

  shell::GnunetChannelSigner signer_;
  OriginCore core_;
  bool has_peer_ = false;
  bool is_ready_ = false; // all revocations are known
  bool is_listening_ = false;
  base::FragmentId newest_stored_;
  std::optional<ServiceOriginState> state_; // the newest that was told
  std::deque<Awaited> awaited_;
  std::set<ReplayId> replays_; // asked of the primary
};
} // namespace multicast
