// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Runs a GNUnet service whose clients speak the messages of one MessageList.
// A client's malformed message drops that client by name; nothing asserts.
#pragma once

#include "shell/message_queue.hpp"

namespace shell
{
// One connected client of our service. Derive, or hang data on it by pointer.
struct ServiceClient
{
  struct GNUNET_SERVICE_Client *handle = nullptr;
  struct GNUNET_MQ_Handle *mq = nullptr;

  template <wire::Message M>
  void
  send (const M &message)
  {
    shell::send (mq, message);
  }
};

// What a service makes of its life and its clients.
class ServiceApp
{
public:
  virtual ~ServiceApp () = default;
  virtual void on_start (const struct GNUNET_CONFIGURATION_Handle *cfg,
                         struct GNUNET_SERVICE_Handle *service)
      = 0;
  virtual void on_client (ServiceClient &client) = 0;
  // After this the client is gone, its queue too.
  virtual void on_client_gone (ServiceClient &client) = 0;
  // One message of the client. The app must, now or later, let the next one
  // come: GNUNET_SERVICE_client_continue (client.handle), or drop the client.
  virtual void on_message (ServiceClient &client, base::ByteView message) = 0;
  // All clients are gone; release everything.
  virtual void on_shutdown () = 0;
};

namespace detail
{
inline void *
client_connected (void *cls, struct GNUNET_SERVICE_Client *handle,
                  struct GNUNET_MQ_Handle *mq) noexcept
{
  auto *client = new ServiceClient{ handle, mq };
  static_cast<ServiceApp *> (cls)->on_client (*client);
  return client;
}

inline void
client_disconnected (void *cls, struct GNUNET_SERVICE_Client *,
                     void *client_cls) noexcept
{
  auto *client = static_cast<ServiceClient *> (client_cls);
  static_cast<ServiceApp *> (cls)->on_client_gone (*client);
  delete client;
}

inline ServiceApp *running_app = nullptr;

inline void
client_message (void *cls, const struct GNUNET_MessageHeader *header) noexcept
{
  running_app->on_message (*static_cast<ServiceClient *> (cls),
                           message_bytes (header));
}

inline void
shut_down (void *) noexcept
{
  running_app->on_shutdown ();
}

inline void
service_started (void *cls, const struct GNUNET_CONFIGURATION_Handle *cfg,
                 struct GNUNET_SERVICE_Handle *service) noexcept
{
  GNUNET_SCHEDULER_add_shutdown (&shut_down, nullptr);
  static_cast<ServiceApp *> (cls)->on_start (cfg, service);
}
} // namespace detail

// A service's main (): returns its exit status. `List` names the messages that
// clients may send.
template <typename List>
[[nodiscard]] int
run_service (int argc, char *const *argv, const char *name, ServiceApp &app)
{
  detail::running_app = &app;
  const auto handlers
      = message_handlers<List> (&detail::client_message, nullptr);
  return GNUNET_SERVICE_run_ (
      argc, argv, name, GNUNET_SERVICE_OPTION_NONE, &detail::service_started,
      &detail::client_connected, &detail::client_disconnected, &app,
      handlers.data ());
}
} // namespace shell
