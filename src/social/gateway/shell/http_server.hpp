// SPDX-License-Identifier: AGPL-3.0-or-later
//
// libmicrohttpd in GNUnet's scheduler: it polls its connections by epoll, the
// scheduler polls that one descriptor. We accept the connections ourselves and
// move them to high descriptors, which GNUnet's select could not take: the low
// ones stay free for it, however many clients there are.
#pragma once

#include <set>
#include <string>

#include <microhttpd.h>

#include "shell/timer.hpp"
#include "social/gateway/shell/gateway.hpp"

namespace social::gateway
{
class HttpExchange;

class HttpServer
{
public:
  struct Config
  {
    std::string address; // 127.0.0.1, ::1
    unsigned port = 0;
    unsigned connections_max = 0;
  };

  HttpServer (Gateway &gateway, Config config);
  HttpServer (const HttpServer &) = delete;
  HttpServer &operator= (const HttpServer &) = delete;
  // Answers who waits, as far as that goes at once.
  ~HttpServer ();

  // False: libmicrohttpd does not start. The port is tried for as long as
  // somebody else has it.
  [[nodiscard]] bool start ();

  [[nodiscard]] Gateway &
  gateway ()
  {
    return gateway_;
  }
  void run_soon ();
  void add (HttpExchange *exchange);
  void remove (HttpExchange *exchange);

private:
  void listen ();
  [[nodiscard]] int open_socket () const;
  void await_connections ();
  void accept ();
  void take (int fd);
  void run ();
  void wait ();
  void stop_accepting ();

  Gateway &gateway_;
  const Config config_;
  struct MHD_Daemon *daemon_ = nullptr;
  struct GNUNET_NETWORK_Handle *epoll_ = nullptr;
  struct GNUNET_SCHEDULER_Task *epoll_task_ = nullptr;
  int listen_fd_ = -1;
  struct GNUNET_NETWORK_Handle *listener_ = nullptr;
  struct GNUNET_SCHEDULER_Task *accept_task_ = nullptr;
  unsigned connections_ = 0;
  std::set<HttpExchange *> exchanges_;
  ::shell::Timer run_;
  ::shell::Timer listen_again_;
  bool is_running_ = false; // in MHD_run: it calls us
};
} // namespace social::gateway
