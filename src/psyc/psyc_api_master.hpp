// SPDX-License-Identifier: AGPL-3.0-or-later
//
// A channel run by us: the door, and what becomes of members' requests.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <utility>

#include "psyc/psyc_api_channel.hpp"

// A question at the door. A stale one belongs to a connection that is gone:
// answering it does nothing, as the question comes again.
struct GNUNET_PSYC_JoinHandle
{
  struct GNUNET_PSYC_Master &master;
  std::uint64_t number = 0;  // of ours, never twice
  std::uint64_t join_id = 0; // of the connection
  bool is_stale = false;
};

struct GNUNET_PSYC_Master final : GNUNET_PSYC_Channel
{
  struct Callbacks
  {
    GNUNET_PSYC_MasterStartCallback start_cb = nullptr;
    GNUNET_PSYC_JoinRequestCallback join_request_cb = nullptr;
  };

  GNUNET_PSYC_Master (psyc::local::MasterStart hello, Callbacks callbacks,
                      psyc::api::MessageSink sink);

  // --- door ---
  void decide (GNUNET_PSYC_JoinHandle &question,
               psyc::local::JoinDecision decision);
  void say_pending (const GNUNET_PSYC_JoinHandle &question);

  // --- requests ---
  void handle_requests (GNUNET_PSYC_RequestCallback request_cb, void *cls);
  void decide (psyc::local::RequestDecision decision);
  // Relay the request that is being delivered; NULL when there is none.
  [[nodiscard]] GNUNET_PSYC_MasterTransmitHandle *
  relay (std::uint64_t request_id);
  void unrelay ();

  void watch_members (GNUNET_PSYC_MemberCallback member_cb, void *cls);

  [[nodiscard]] GNUNET_PSYC_MasterTransmitHandle &
  transmit_handle ()
  {
    return static_cast<GNUNET_PSYC_MasterTransmitHandle &> (transmission ());
  }

private:
  using RequestKey = std::pair<base::MemberKey, std::uint64_t>;
  struct RequestEntry
  {
    bool is_explicit = false;
    bool may_relay = false;        // the application said so
    std::uint64_t next_offset = 0; // of what was not delivered yet
    std::optional<psyc::local::RequestDecision> decision;
  };

  void say_hello () override;
  void on_usable () override;
  void on_lost () override;
  void on_end () override;
  void on_start (const psyc::local::Started &started) override;
  using GNUNET_PSYC_Channel::on;
  bool on (psyc::local::Request &&request) override;
  bool on (psyc::local::RequestSettled &&settled) override;
  bool on (psyc::local::JoinRequest &&request) override;
  bool on (psyc::local::MemberEvent &&event) override;

  void offer (const psyc::local::Request &request);
  void deliver_request (const psyc::local::Request &request);
  void set_flag (psyc::local::MasterFlags flag, const void *is_set);

  psyc::local::MasterStart hello_;
  const Callbacks callbacks_;
  std::map<std::uint64_t, std::unique_ptr<GNUNET_PSYC_JoinHandle>> questions_;
  std::uint64_t last_question_ = 0;
  GNUNET_PSYC_RequestCallback request_cb_ = nullptr;
  void *request_cls_ = nullptr;
  std::map<RequestKey, RequestEntry> requests_;
  std::optional<RequestKey> in_delivery_;
  std::unique_ptr<GNUNET_PSYC_MasterTransmitHandle> relay_handle_;
  GNUNET_PSYC_MemberCallback member_cb_ = nullptr;
  void *member_cls_ = nullptr;
};
