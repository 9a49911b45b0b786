// SPDX-License-Identifier: AGPL-3.0-or-later
//
// gnunet-social-web: the gateway as a daemon of the user's, under arm. The tour
// of the gateway begins here: config, Gateway (what is asked), HttpServer (how
// it comes in).
#include <csignal>

#include "social/gateway/shell/config.hpp"

namespace
{
using namespace social::gateway;

struct Daemon
{
  std::unique_ptr<Gateway> gateway;
  std::unique_ptr<HttpServer> server; // ends before the gateway
  int status = 0;
};

void
stop (void *cls) noexcept
{
  auto *daemon = static_cast<Daemon *> (cls);
  daemon->server.reset ();
  daemon->gateway.reset ();
}

void
run (void *cls, char *const *, const char *,
     const struct GNUNET_CONFIGURATION_Handle *cfg) noexcept
{
  auto *daemon = static_cast<Daemon *> (cls);
  Settings settings = settings_of (cfg);
  if (! settings.error.empty ())
  {
    GNUNET_log (GNUNET_ERROR_TYPE_ERROR, "%s\n", settings.error.c_str ());
    daemon->status = 1;
    return;
  }
  settings.gateway.port = settings.server.port;
  daemon->gateway
      = std::make_unique<Gateway> (cfg, std::move (settings.gateway));
  daemon->server
      = std::make_unique<HttpServer> (*daemon->gateway, settings.server);
  GNUNET_SCHEDULER_add_shutdown (&stop, daemon);
  if (daemon->server->start ())
    return;
  GNUNET_log (GNUNET_ERROR_TYPE_ERROR, "libmicrohttpd does not start\n");
  daemon->status = 1;
  GNUNET_SCHEDULER_shutdown ();
}
} // namespace

int
main (int argc, char *const *argv)
{
  std::signal (SIGPIPE, SIG_IGN);
  const struct GNUNET_GETOPT_CommandLineOption no_options[]
      = { GNUNET_GETOPT_OPTION_END };
  Daemon daemon;
  if (GNUNET_OK
      != GNUNET_PROGRAM_run (argc, argv, "gnunet-social-web",
                             "The REST gateway and web UI of gnunet-social",
                             no_options, &run, &daemon))
    return 1;
  return daemon.status;
}
