// SPDX-License-Identifier: AGPL-3.0-or-later
//
// A client library's link to its service: connects, reconnects by itself with
// a growing delay, decodes what the service says. What to say again after a
// reconnect is the owner's business (on_connected).
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "shell/message_queue.hpp"
#include "shell/timer.hpp"

namespace shell
{
class ServiceLink
{
public:
  struct Callbacks
  {
    // A new connection: say who we are and what is still wanted. Never called
    // from within the constructor.
    std::function<void ()> on_connected;
    // The connection broke; a new one is tried by itself.
    std::function<void ()> on_disconnected;
    // One message; false when it was malformed: the link starts anew.
    std::function<bool (base::ByteView)> on_message;
  };

  // `List` names the messages that the service may send.
  template <typename List>
  static std::unique_ptr<ServiceLink>
  open (const struct GNUNET_CONFIGURATION_Handle *cfg, std::string service,
        Callbacks callbacks)
  {
    return std::unique_ptr<ServiceLink> (new ServiceLink (
        cfg, std::move (service), std::move (callbacks),
        [] (void *cls)
        { return message_handlers<List> (&ServiceLink::on_mq_message, cls); }));
  }

  ServiceLink (const ServiceLink &) = delete;
  ServiceLink &operator= (const ServiceLink &) = delete;
  ~ServiceLink () { close (); }

  [[nodiscard]] bool
  is_connected () const
  {
    return nullptr != mq_;
  }

  // Queues `message`; dropped when not connected (on_connected says anew what
  // is still wanted).
  template <wire::Message M>
  void
  send (const M &message)
  {
    if (nullptr != mq_)
      shell::send (mq_, message);
  }

  // The same for a message that is encoded already.
  void
  send_bytes (base::ByteView message)
  {
    if (nullptr != mq_)
      shell::send_bytes (mq_, message);
  }

  // Calls `on_sent` once all that was queued so far has left, or at once when
  // not connected.
  void
  notify_when_sent (std::function<void ()> on_sent)
  {
    if (nullptr == mq_ || 0 == GNUNET_MQ_get_length (mq_))
    {
      on_sent ();
      return;
    }
    drained_ = std::move (on_sent);
    watch_drain ();
  }

private:
  using MakeHandlers
      = std::vector<struct GNUNET_MQ_MessageHandler> (*) (void *);

  ServiceLink (const struct GNUNET_CONFIGURATION_Handle *cfg,
               std::string service, Callbacks callbacks,
               MakeHandlers make_handlers)
      : cfg_ (cfg), service_ (std::move (service)),
        callbacks_ (std::move (callbacks)), make_handlers_ (make_handlers),
        retry_ ([this] { connect (); }), drain_ ([this] { watch_drain (); })
  {
    retry_.arm_now ();
  }

  void
  connect ()
  {
    const auto handlers = make_handlers_ (this);
    mq_ = GNUNET_CLIENT_connect (cfg_, service_.c_str (), handlers.data (),
                                 &ServiceLink::on_mq_error, this);
    if (nullptr == mq_)
    {
      retry_later ();
      return;
    }
    callbacks_.on_connected ();
  }

  void
  close ()
  {
    retry_.disarm ();
    drain_.disarm ();
    if (nullptr != mq_)
      GNUNET_MQ_destroy (std::exchange (mq_, nullptr));
  }

  void
  lose ()
  {
    close ();
    retry_later (); // first, as the callback may destroy us
    callbacks_.on_disconnected ();
  }

  void
  retry_later ()
  {
    backoff_ = GNUNET_TIME_randomized_backoff (
        backoff_, GNUNET_TIME_relative_multiply (GNUNET_TIME_UNIT_SECONDS, 2));
    retry_.arm_in (
        base::Duration{ static_cast<std::int64_t> (backoff_.rel_value_us) });
  }

  void
  watch_drain ()
  {
    if (nullptr == mq_ || 0 == GNUNET_MQ_get_length (mq_))
    {
      auto on_sent = std::exchange (drained_, nullptr);
      if (on_sent)
        on_sent ();
      return;
    }
    drain_.arm_in (base::milliseconds (1));
  }

  static void
  on_mq_message (void *cls, const struct GNUNET_MessageHeader *header) noexcept
  {
    auto *self = static_cast<ServiceLink *> (cls);
    self->backoff_ = GNUNET_TIME_UNIT_ZERO;
    // The callback may destroy the link: touch nothing of it after `true`.
    auto on_message = self->callbacks_.on_message;
    if (! on_message (message_bytes (header)))
    {
      GNUNET_break (0);
      // It would say the same again at once: give it, and the log, some rest.
      self->backoff_ = GNUNET_TIME_UNIT_SECONDS;
      self->lose ();
    }
  }

  static void
  on_mq_error (void *cls, enum GNUNET_MQ_Error) noexcept
  {
    static_cast<ServiceLink *> (cls)->lose ();
  }

  const struct GNUNET_CONFIGURATION_Handle *cfg_;
  const std::string service_;
  Callbacks callbacks_;
  MakeHandlers make_handlers_;
  struct GNUNET_MQ_Handle *mq_ = nullptr;
  struct GNUNET_TIME_Relative backoff_ = { 0 };
  std::function<void ()> drained_;
  Timer retry_;
  Timer drain_;
};
} // namespace shell
