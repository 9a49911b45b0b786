// SPDX-License-Identifier: AGPL-3.0-or-later
//
// A psyc service under the test's control: listens on a socket of its own in
// the same process, keeps what the library says, says what the test wants.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <iterator>
#include <list>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "psyc/psyc_messages.hpp"
#include "shell/message_queue.hpp"

namespace test
{
namespace local = psyc::local;

// One connection of the library, also after it is gone.
struct Connection
{
  struct GNUNET_SERVICE_Client *handle = nullptr;
  struct GNUNET_MQ_Handle *mq = nullptr; // NULL when gone
  std::vector<base::Bytes> received;

  // All messages of this type, in order.
  template <wire::Message M>
  [[nodiscard]] std::vector<M>
  all () const
  {
    std::vector<M> out;
    for (const base::Bytes &bytes : received)
      if (wire::message_type (bytes) == M::wire_type)
        out.push_back (*wire::decode<M> (bytes));
    return out;
  }

  template <wire::Message M>
  [[nodiscard]] std::size_t
  count () const
  {
    return all<M> ().size ();
  }

  template <wire::Message M>
  [[nodiscard]] M
  last () const
  {
    const auto found = all<M> ();
    if (! found.empty ())
      return found.back ();
    ADD_FAILURE () << "no " << M::wire_name;
    return {};
  }

  [[nodiscard]] std::uint64_t
  acknowledged (std::uint64_t stream_id = local::log_stream) const
  {
    std::uint64_t sum = 0;
    for (const auto &ack : all<local::StreamAck> ())
      if (ack.stream_id == stream_id)
        sum += ack.bytes;
    return sum;
  }

  template <wire::Message M>
  void
  say (const M &message) const
  {
    if (nullptr != mq)
      shell::send (mq, message);
    else
      ADD_FAILURE () << "connection is gone";
  }
};

class FakeService
{
public:
  FakeService ()
  {
    char name[] = "/tmp/psyc-test-XXXXXX";
    directory_ = mkdtemp (name);
    cfg_ = GNUNET_CONFIGURATION_create ();
    GNUNET_CONFIGURATION_set_value_string (
        cfg_, "psyc", "UNIXPATH", (directory_ + "/psyc.sock").c_str ());
    GNUNET_CONFIGURATION_set_value_string (cfg_, "psyc", "UNIX_MATCH_UID",
                                           "YES");
    GNUNET_CONFIGURATION_set_value_string (cfg_, "psyc", "UNIX_MATCH_GID",
                                           "NO");
  }
  FakeService (const FakeService &) = delete;
  FakeService &operator= (const FakeService &) = delete;
  ~FakeService ()
  {
    GNUNET_CONFIGURATION_destroy (cfg_);
    std::filesystem::remove_all (directory_);
  }

  [[nodiscard]] const struct GNUNET_CONFIGURATION_Handle *
  cfg () const
  {
    return cfg_;
  }

  void
  start ()
  {
    const auto handlers = shell::message_handlers<local::ClientMessages> (
        &FakeService::on_message, nullptr);
    handle_ = GNUNET_SERVICE_start ("psyc", cfg_, &FakeService::on_client,
                                    &FakeService::on_client_gone, this,
                                    handlers.data ());
    ASSERT_NE (handle_, nullptr);
  }

  void
  stop ()
  {
    if (nullptr != handle_)
      GNUNET_SERVICE_stop (std::exchange (handle_, nullptr));
  }

  void
  restart ()
  {
    stop ();
    start ();
  }

  // The n-th connection ever made, from 0.
  [[nodiscard]] Connection &
  connection (std::size_t number)
  {
    return *std::next (connections_.begin (),
                       static_cast<std::ptrdiff_t> (number));
  }

  [[nodiscard]] Connection &
  newest ()
  {
    return connections_.back ();
  }

  [[nodiscard]] std::size_t
  connection_count () const
  {
    return connections_.size ();
  }

  // Connection `number` is there and said an M.
  template <wire::Message M>
  [[nodiscard]] bool
  heard (std::size_t number)
  {
    return connection_count () > number && connection (number).count<M> () > 0;
  }

private:
  static void *
  on_client (void *cls, struct GNUNET_SERVICE_Client *client,
             struct GNUNET_MQ_Handle *mq) noexcept
  {
    auto *self = static_cast<FakeService *> (cls);
    self->connections_.push_back ({ client, mq, {} });
    return &self->connections_.back ();
  }

  static void
  on_client_gone (void *, struct GNUNET_SERVICE_Client *,
                  void *client_cls) noexcept
  {
    static_cast<Connection *> (client_cls)->mq = nullptr;
  }

  static void
  on_message (void *cls, const struct GNUNET_MessageHeader *header) noexcept
  {
    auto *connection = static_cast<Connection *> (cls);
    connection->received.push_back (
        base::to_bytes (shell::message_bytes (header)));
    GNUNET_SERVICE_client_continue (connection->handle);
  }

  std::string directory_;
  struct GNUNET_CONFIGURATION_Handle *cfg_ = nullptr;
  struct GNUNET_SERVICE_Handle *handle_ = nullptr;
  std::list<Connection> connections_;
};
} // namespace test
