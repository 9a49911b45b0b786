// SPDX-License-Identifier: AGPL-3.0-or-later
#include "social/gateway/shell/http_server.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "social/gateway/shell/http_exchange.hpp"

namespace social::gateway
{
namespace
{
constexpr unsigned silent_s_max = 60; // a client that stops amid a request
constexpr std::size_t memory_per_connection = std::size_t{ 64 } * 1024;
constexpr int accepted_at_once = 64;
constexpr int first_high_fd = 1024; // select's limit
constexpr base::Duration listen_period = base::seconds (2);

void
log_mhd (void *, const char *format, va_list arguments) noexcept
{
  char line[512];
  // The text comes from libmicrohttpd, with its arguments.
  std::vsnprintf (line, sizeof (line), format, arguments);
  GNUNET_log (GNUNET_ERROR_TYPE_INFO, "libmicrohttpd: %s", line);
}

// Room for all connections above the low descriptors.
void
raise_descriptor_limit (unsigned connections)
{
  struct rlimit limit;
  if (0 != getrlimit (RLIMIT_NOFILE, &limit))
    return;
  const rlim_t wanted = first_high_fd + connections + 64;
  if (limit.rlim_cur >= wanted)
    return;
  limit.rlim_cur = std::min (wanted, limit.rlim_max);
  if (0 != setrlimit (RLIMIT_NOFILE, &limit))
    GNUNET_log (GNUNET_ERROR_TYPE_WARNING,
                "the limit of descriptors stays as it is: %s\n",
                std::strerror (errno));
}
} // namespace

HttpServer::HttpServer (Gateway &gateway, Config config)
    : gateway_ (gateway), config_ (std::move (config)),
      run_ ([this] { run (); }), listen_again_ ([this] { listen (); })
{}

HttpServer::~HttpServer ()
{
  stop_accepting ();
  listen_again_.disarm ();
  if (nullptr == daemon_)
    return;
  gateway_.stop_waiting ();
  for (int i = 0; i < 4; i++)
    MHD_run (daemon_);
  for (HttpExchange *exchange : exchanges_)
    exchange->resume ();
  run_.disarm ();
  if (nullptr != epoll_task_)
    GNUNET_SCHEDULER_cancel (epoll_task_);
  GNUNET_NETWORK_socket_free_memory_only_ (epoll_);
  MHD_stop_daemon (daemon_);
}

bool
HttpServer::start ()
{
  raise_descriptor_limit (config_.connections_max);
  daemon_ = MHD_start_daemon (
      MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_NO_LISTEN_SOCKET
          | MHD_USE_ERROR_LOG,
      0, nullptr, nullptr,
      [] (void *, struct MHD_Connection *connection, const char *,
          const char *method, const char *, const char *body,
          std::size_t *body_size, void **context) noexcept
      {
        return static_cast<HttpExchange *> (*context)->on_call (
            connection, method, body, body_size);
      },
      this, MHD_OPTION_EXTERNAL_LOGGER, &log_mhd, nullptr,
      MHD_OPTION_URI_LOG_CALLBACK,
      static_cast<void *(*)(void *, const char *, struct MHD_Connection *)> (
          [] (void *cls, const char *target,
              struct MHD_Connection *) noexcept -> void * {
            return new HttpExchange (*static_cast<HttpServer *> (cls), target);
          }),
      this, MHD_OPTION_NOTIFY_COMPLETED,
      static_cast<MHD_RequestCompletedCallback> (
          [] (void *, struct MHD_Connection *, void **context,
              enum MHD_RequestTerminationCode) noexcept
          {
            delete static_cast<HttpExchange *> (*context);
            *context = nullptr;
          }),
      nullptr, MHD_OPTION_NOTIFY_CONNECTION,
      static_cast<MHD_NotifyConnectionCallback> (
          [] (void *cls, struct MHD_Connection *, void **,
              enum MHD_ConnectionNotificationCode code) noexcept
          {
            auto *self = static_cast<HttpServer *> (cls);
            if (MHD_CONNECTION_NOTIFY_STARTED == code)
              self->connections_++;
            else
              self->connections_--;
          }),
      this, MHD_OPTION_CONNECTION_LIMIT, config_.connections_max + 1,
      MHD_OPTION_CONNECTION_TIMEOUT, silent_s_max,
      MHD_OPTION_CONNECTION_MEMORY_LIMIT, memory_per_connection,
      MHD_OPTION_END);
  if (nullptr == daemon_)
    return false;
  const auto *info = MHD_get_daemon_info (daemon_, MHD_DAEMON_INFO_EPOLL_FD);
  epoll_ = GNUNET_NETWORK_socket_box_native (info->epoll_fd);
  listen ();
  run ();
  return true;
}

void
HttpServer::add (HttpExchange *exchange)
{
  exchanges_.insert (exchange);
}

void
HttpServer::remove (HttpExchange *exchange)
{
  exchanges_.erase (exchange);
}

// ---------------------------------------------------------------- listening

void
HttpServer::listen ()
{
  listen_fd_ = open_socket ();
  if (listen_fd_ < 0)
  {
    GNUNET_log (GNUNET_ERROR_TYPE_WARNING,
                "cannot listen on %s port %u: %s; trying again (see HTTP_PORT "
                "in section [social-web])\n",
                config_.address.c_str (), config_.port, std::strerror (errno));
    return listen_again_.arm_in (listen_period);
  }
  listener_ = GNUNET_NETWORK_socket_box_native (listen_fd_);
  GNUNET_log (GNUNET_ERROR_TYPE_INFO, "listening on %s port %u\n",
              config_.address.c_str (), config_.port);
  await_connections ();
}

int
HttpServer::open_socket () const
{
  struct sockaddr_storage address;
  std::memset (&address, 0, sizeof (address));
  auto *v4 = reinterpret_cast<struct sockaddr_in *> (&address);
  auto *v6 = reinterpret_cast<struct sockaddr_in6 *> (&address);
  const auto port = htons (static_cast<std::uint16_t> (config_.port));
  socklen_t size = sizeof (*v4);
  if (1 == inet_pton (AF_INET, config_.address.c_str (), &v4->sin_addr))
  {
    v4->sin_family = AF_INET;
    v4->sin_port = port;
  }
  else if (1 == inet_pton (AF_INET6, config_.address.c_str (), &v6->sin6_addr))
  {
    v6->sin6_family = AF_INET6;
    v6->sin6_port = port;
    size = sizeof (*v6);
  }
  else
  {
    errno = EINVAL;
    return -1;
  }
  const int fd = socket (address.ss_family,
                         SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  const int on = 1;
  if (fd >= 0
      && (0 != setsockopt (fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof (on))
          || 0
                 != bind (fd, reinterpret_cast<struct sockaddr *> (&address),
                          size)
          || 0 != ::listen (fd, SOMAXCONN)))
  {
    const int error = errno;
    ::close (fd);
    errno = error;
    return -1;
  }
  return fd;
}

// Who comes when all places are taken waits in the kernel's queue.
void
HttpServer::await_connections ()
{
  if (nullptr == accept_task_ && nullptr != listener_
      && connections_ < config_.connections_max)
    accept_task_ = GNUNET_SCHEDULER_add_read_net (
        GNUNET_TIME_UNIT_FOREVER_REL, listener_,
        [] (void *cls) noexcept
        {
          auto *self = static_cast<HttpServer *> (cls);
          self->accept_task_ = nullptr;
          self->accept ();
        },
        this);
}

void
HttpServer::accept ()
{
  for (int i = 0; i < accepted_at_once; i++)
  {
    if (connections_ >= config_.connections_max)
      break;
    const int fd = ::accept4 (listen_fd_, nullptr, nullptr,
                              SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (fd < 0)
      break;
    take (fd);
  }
  run ();
}

void
HttpServer::take (int fd)
{
  const int high = fcntl (fd, F_DUPFD_CLOEXEC, first_high_fd);
  ::close (fd);
  if (high < 0)
  {
    GNUNET_log (GNUNET_ERROR_TYPE_WARNING,
                "no descriptor for another connection: %s (see ulimit -n)\n",
                std::strerror (errno));
    return;
  }
  const int on = 1;
  (void)setsockopt (high, IPPROTO_TCP, TCP_NODELAY, &on, sizeof (on));
  struct sockaddr_in anybody; // all of this machine
  std::memset (&anybody, 0, sizeof (anybody));
  anybody.sin_family = AF_INET;
  // It closes the descriptor also when it fails.
  (void)MHD_add_connection (daemon_, high,
                            reinterpret_cast<struct sockaddr *> (&anybody),
                            sizeof (anybody));
}

void
HttpServer::stop_accepting ()
{
  if (nullptr != accept_task_)
    GNUNET_SCHEDULER_cancel (std::exchange (accept_task_, nullptr));
  if (nullptr != listener_)
    GNUNET_NETWORK_socket_free_memory_only_ (
        std::exchange (listener_, nullptr));
  if (listen_fd_ >= 0)
    ::close (std::exchange (listen_fd_, -1));
}

// ------------------------------------------------------------------ running

void
HttpServer::run_soon ()
{
  // While it runs it is looked at afterwards.
  if (! is_running_)
    run_.arm_now ();
}

void
HttpServer::run ()
{
  is_running_ = true;
  MHD_run (daemon_);
  is_running_ = false;
  await_connections ();
  wait ();
}

void
HttpServer::wait ()
{
  if (nullptr == epoll_task_)
    epoll_task_ = GNUNET_SCHEDULER_add_read_net (
        GNUNET_TIME_UNIT_FOREVER_REL, epoll_,
        [] (void *cls) noexcept
        {
          auto *self = static_cast<HttpServer *> (cls);
          self->epoll_task_ = nullptr;
          self->run ();
        },
        this);
  unsigned long long timeout_ms = 0;
  if (MHD_YES == MHD_get_timeout (daemon_, &timeout_ms))
    run_.arm_in (base::milliseconds (static_cast<std::int64_t> (
        std::min<unsigned long long> (timeout_ms, 1000 * silent_s_max))));
  else
    run_.disarm ();
}
} // namespace social::gateway
