// SPDX-License-Identifier: AGPL-3.0-or-later
//
// One own place over psyc: its master handle, who calls at the door, and the
// service's own messages on their way.
#pragma once

#include <list>
#include <map>

#include "social/shell/places.hpp"

namespace social
{
class HostRun
{
public:
  HostRun (Places &places, const StartHost &wish);
  ~HostRun ();
  HostRun (const HostRun &) = delete;
  HostRun &operator= (const HostRun &) = delete;

  // How the destructor lets go.
  void
  end_with (Stop stop)
  {
    stop_ = stop;
  }

  void decide (const DecideJoin &effect);
  void confirm (const ConfirmQuestion &effect);
  void relay (const RelayRequest &effect);
  void refuse (const RefuseRequest &effect);
  void announce (const Announce &effect);
  void eject (const EjectNym &effect);
  void adopt ();
  void ask_info ();

  [[nodiscard]] struct GNUNET_PSYC_Channel *
  channel () const
  {
    return nullptr == master_ ? nullptr
                              : GNUNET_PSYC_master_get_channel (master_);
  }

private:
  struct Announcement
  {
    HostRun *run = nullptr;
    base::SendTag tag;
  };
  struct Ejecting
  {
    HostRun *run = nullptr;
    base::MemberKey nym;
  };

  void end_announcement (Announcement *announcement, Outcome outcome);

  static void on_started (void *cls, int result,
                          std::uint64_t max_message_id) noexcept;
  static void on_join (void *cls, const struct GNUNET_PSYC_JoinRequestMessage *,
                       const struct GNUNET_CRYPTO_EcdsaPublicKey *slave_key,
                       const struct GNUNET_PSYC_Message *message,
                       struct GNUNET_PSYC_JoinHandle *handle) noexcept;
  static void
  on_request (void *cls, const struct GNUNET_CRYPTO_EcdsaPublicKey *slave_key,
              std::uint64_t request_id,
              const struct GNUNET_PSYC_MessageHeader *message) noexcept;
  static void on_member (void *cls,
                         const struct GNUNET_CRYPTO_EcdsaPublicKey *slave_key,
                         enum GNUNET_MULTICAST_MemberEvent event) noexcept;
  static void on_send_state (void *cls, enum GNUNET_PSYC_SendState state,
                             std::uint64_t, std::uint64_t message_id,
                             std::uint32_t, const char *) noexcept;
  static void on_adopted (void *cls, std::int64_t result, const void *data,
                          std::uint16_t size) noexcept;
  static void on_ejected (void *cls, std::int64_t result, const void *,
                          std::uint16_t) noexcept;
  static void on_info (void *cls,
                       const struct GNUNET_PSYC_ChannelInfo *info) noexcept;

  Places &places_;
  const PlaceRef ref_;
  Stop stop_ = Stop::for_now;
  struct GNUNET_PSYC_Master *master_ = nullptr;
  // The newest call of each; psyc frees them with the master.
  std::map<base::MemberKey, struct GNUNET_PSYC_JoinHandle *> callers_;
  std::list<Announcement> announcements_;
  std::list<Ejecting> ejections_;
  struct GNUNET_PSYC_InfoRequest *info_ = nullptr;
};
} // namespace social
