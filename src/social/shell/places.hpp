// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The psyc handles of active places: what happens on them goes to the core,
// what the core wants of them is done.
#pragma once

#include <map>
#include <memory>
#include <optional>

#include "social/shell/egos.hpp"

#include "gnunet_psyc_service.h"

namespace social
{
class HostRun;
class GuestRun;

[[nodiscard]] ChannelInfo
to_channel_info (const struct GNUNET_PSYC_ChannelInfo &info);

class Places
{
public:
  Places (const struct GNUNET_CONFIGURATION_Handle *cfg, CoreDoor &door,
          const Egos &egos);
  // Lets go of all channels; psyc goes on with them.
  ~Places ();
  Places (const Places &) = delete;
  Places &operator= (const Places &) = delete;

  void start (const StartHost &effect);
  void stop (const StopHost &effect);
  void join (const JoinGuest &effect);
  void part (const PartGuest &effect);
  void decide (const DecideJoin &effect);
  void confirm (const ConfirmQuestion &effect);
  void relay (const RelayRequest &effect);
  void refuse (const RefuseRequest &effect);
  void announce (const Announce &effect);
  void eject (const EjectNym &effect);
  void adopt (const AdoptHost &effect);
  void ask_info (const AskInfo &effect);

  // The channel's handle; of a place that does not run, one that only reads
  // what is stored. NULL when there is none.
  [[nodiscard]] struct GNUNET_PSYC_Channel *channel (const Place &place);
  // As above, without opening one.
  [[nodiscard]] struct GNUNET_PSYC_Channel *
  running_channel (const PlaceRef &ref);

  // Called before a handle ends: whatever hangs on its channel must go first.
  void
  on_channel_ending (std::function<void (const PlaceRef &)> callback)
  {
    channel_ending_ = std::move (callback);
  }

private:
  friend class HostRun;
  friend class GuestRun;

  [[nodiscard]] HostRun *host (const PlaceRef &ref);

  const struct GNUNET_CONFIGURATION_Handle *cfg_;
  CoreDoor &door_;
  const Egos &egos_;
  std::function<void (const PlaceRef &)> channel_ending_;
  std::map<PlaceRef, std::unique_ptr<HostRun>> hosts_;
  std::map<PlaceRef, std::unique_ptr<GuestRun>> guests_;
  // Readers of places that do not run (left, closed).
  std::map<PlaceRef, struct GNUNET_PSYC_Slave *> archives_;
};
} // namespace social
