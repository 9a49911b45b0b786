// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The multicast service: which client belongs to which group, and what all
// groups share. Holds nothing that outlives its clients.
#pragma once

#include <map>
#include <memory>

#include "multicast/shell/group.hpp"
#include "multicast/shell/own_peer.hpp"
#include "shell/service_main.hpp"

namespace multicast
{
class Service final : public shell::ServiceApp
{
public:
  Service ();
  ~Service () override;

  void on_start (const struct GNUNET_CONFIGURATION_Handle *cfg,
                 struct GNUNET_SERVICE_Handle *service) override;
  void on_client (shell::ServiceClient &link) override;
  void on_client_gone (shell::ServiceClient &link) override;
  void on_message (shell::ServiceClient &link, base::ByteView message) override;
  void on_shutdown () override;

private:
  // Origins by the group's key and a zero member key, memberships by both.
  using GroupName = std::pair<base::ChannelKey, base::MemberKey>;
  struct Parts;

  [[nodiscard]] Verdict open (Client &client, base::ByteView message);
  [[nodiscard]] Verdict open_origin (Client &client,
                                     const ClientOriginOpen &open);
  [[nodiscard]] Verdict open_member (Client &client,
                                     const ClientMemberOpen &open);
  [[nodiscard]] Settings settings_for (const GroupName &member) const;
  [[nodiscard]] Verdict leave (Client &client);
  void start_group (Client &client, const GroupName &name,
                    std::unique_ptr<Group> group);
  void leave_group (Client &client);
  void set_gauges (Counters &counters) const;
  void doom (Client &client);
  void drop_doomed ();
  [[nodiscard]] Surroundings surroundings ();

  std::unique_ptr<Parts> parts_;
  Settings settings_;
  std::optional<base::PeerId> own_peer_;
  std::map<shell::ServiceClient *, std::unique_ptr<Client>> clients_;
  std::map<GroupName, std::unique_ptr<Group>> groups_;
  // Their last client is leaving for good; nobody joins them any more.
  std::vector<std::unique_ptr<Group>> ending_;
};
} // namespace multicast
