// SPDX-License-Identifier: AGPL-3.0-or-later
//
// A message pulled from the application's callbacks, as the interface of 2019
// wants it. One slot for each channel: the C handle is the slot, so that it
// may be used late without harm.
#pragma once

#include <memory>
#include <string_view>

#include "psyc/message/sender.hpp"
#include "shell/timer.hpp"
#include "gnunet_psyc_service.h"

namespace psyc::api
{
class Transmission
{
public:
  Transmission ();
  Transmission (const Transmission &) = delete;
  Transmission &operator= (const Transmission &) = delete;
  virtual ~Transmission ();

  // False while another message is being pulled, or for a bad name.
  [[nodiscard]] bool start (struct GNUNET_PSYC_Channel &channel,
                            std::string_view method,
                            GNUNET_PSYC_TransmitNotifyModifier notify_modifier,
                            GNUNET_PSYC_TransmitNotifyData notify_data,
                            void *cls, std::uint32_t flags);
  void resume ();
  virtual void cancel ();

  // The channel ends: nothing is called any more.
  void drop ();

  // --- from the sender ---
  [[nodiscard]] bool
  is_pulling (Sender::UploadId upload) const
  {
    return nullptr != message_ && upload == upload_;
  }
  void on_ready ();
  // The message failed; what is still pulled goes nowhere.
  void on_failed ();

private:
  class PulledMessage;

  void pull ();
  // False when the sender wants us to wait.
  [[nodiscard]] bool hand_over (const base::Bytes &parts);

  struct GNUNET_PSYC_Channel *channel_ = nullptr;
  // The one in progress, or NULL. Shared with the turn that is pulling it: a
  // callback may cancel it, or start the next.
  std::shared_ptr<PulledMessage> message_;
  Sender::UploadId upload_ = 0;
  bool is_paused_ = false;  // by the application
  bool is_waiting_ = false; // for the sender
  bool has_failed_ = false;
  shell::Timer pull_due_{ [this] { pull (); } };
};
} // namespace psyc::api

// A master's slot; what master_relay () gives is one too, of which only cancel
// does something.
struct GNUNET_PSYC_MasterTransmitHandle : psyc::api::Transmission
{
};

struct GNUNET_PSYC_SlaveTransmitHandle : psyc::api::Transmission
{
};
