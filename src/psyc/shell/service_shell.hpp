// SPDX-License-Identifier: AGPL-3.0-or-later
//
// psyc's service around its core: gives it clients' messages, psycstore's and
// multicast's answers and the time, and does what it wants done. Decides
// nothing.
#pragma once

#include <memory>
#include <unordered_map>

#include "psyc/shell/links.hpp"
#include "psyc/shell/store_link.hpp"
#include "shell/service_main.hpp"
#include "shell/statistics.hpp"
#include "shell/timer.hpp"

namespace psyc
{
class GnunetKeyDeriver : public core::KeyDeriver
{
public:
  [[nodiscard]] base::ChannelKey
  public_key (const base::ChannelPrivateKey &key) const override;
  [[nodiscard]] base::MemberKey
  public_key (const base::MemberPrivateKey &key) const override;
};

class ServiceShell : public shell::ServiceApp
{
public:
  ServiceShell ();

  void on_start (const struct GNUNET_CONFIGURATION_Handle *cfg,
                 struct GNUNET_SERVICE_Handle *service) override;
  void on_client (shell::ServiceClient &client) override;
  void on_client_gone (shell::ServiceClient &client) override;
  void on_message (shell::ServiceClient &client,
                   base::ByteView message) override;
  void on_shutdown () override;

private:
  // Does what the core wants, then arms the timer for when it wants time.
  void drain ();
  void arm_timer ();
  void on_time ();
  void release ();
  [[nodiscard]] shell::ServiceClient *client (core::ClientId id);
  void count (std::string_view name, std::size_t amount = 1);
  void look (shell::Statistics &statistics);
  template <typename Do>
  void with_origin (core::ChannelNo channel, Do &&action);
  template <typename Do>
  void with_member (core::ChannelNo channel, Do &&action);

  void perform (const core::CallStore &effect);
  void perform (const core::OriginOpen &effect);
  void perform (const core::OriginSend &effect);
  void perform (const core::OriginStored &effect);
  void perform (const core::OriginDiscard &effect);
  void perform (const core::OriginRequestStored &effect);
  void perform (const core::OriginRequestSettled &effect);
  void perform (const core::OriginEject &effect);
  void perform (const core::OriginRevoke &effect);
  void perform (const core::OriginEnd &effect);
  void perform (const core::DecideJoin &effect);
  void perform (const core::TellJoinPending &effect);
  void perform (const core::ReplayFragment &effect);
  void perform (const core::ReplayEnd &effect);
  void perform (const core::MemberOpen &effect);
  void perform (const core::MemberStored &effect);
  void perform (const core::MemberFailed &effect);
  void perform (const core::MemberRequestSend &effect);
  void perform (const core::MemberFetch &effect);
  void perform (const core::MemberEnd &effect);
  void perform (const core::ToClient &effect);
  void perform (const core::DropClient &effect);
  void perform (const core::ContinueClient &effect);
  void perform (const core::Count &effect);

  GnunetKeyDeriver keys_;
  core::Service core_;
  OpenQuestions questions_;
  LinkContext link_context_;
  const struct GNUNET_CONFIGURATION_Handle *cfg_ = nullptr;
  std::optional<shell::Statistics> statistics_;
  std::unique_ptr<StoreLink> store_;
  std::map<core::ChannelNo, std::unique_ptr<OriginLink>> origins_;
  std::map<core::ChannelNo, std::unique_ptr<MemberLink>> members_;
  std::uint64_t last_client_ = 0;
  std::map<core::ClientId, shell::ServiceClient *> clients_;
  std::unordered_map<shell::ServiceClient *, core::ClientId> client_ids_;
  bool is_draining_ = false;
  bool is_ending_ = false;
  base::TimePoint armed_for_ = base::time_never;
  shell::Timer timer_;
  shell::Timer release_;
};
} // namespace psyc
