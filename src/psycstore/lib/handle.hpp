// SPDX-License-Identifier: AGPL-3.0-or-later
//
// A client's handle: the operations under way, in order, and the link to the
// service. So many bytes are on their way at a time; the rest waits here.
#pragma once

#include <map>
#include <memory>

#include "psycstore/lib/operation.hpp"
#include "shell/service_link.hpp"

struct GNUNET_PSYCSTORE_Handle
{
public:
  explicit GNUNET_PSYCSTORE_Handle (
      const struct GNUNET_CONFIGURATION_Handle *cfg);
  ~GNUNET_PSYCSTORE_Handle ();

  // NULL when too much waits already.
  [[nodiscard]] psycstore::Operation *
  start (std::shared_ptr<psycstore::Operation> operation);
  // Nobody wants it any more.
  void forget (psycstore::Operation &operation);

private:
  void on_connected ();
  void on_disconnected ();
  [[nodiscard]] bool on_message (base::ByteView message);
  [[nodiscard]] bool on_bundle (const psycstore::Bundle &bundle);
  template <typename Message>
  [[nodiscard]] bool on_answer (const Message &message);
  void say_soon ();
  void say_what_fits ();
  void remove (psycstore::Operation &operation);

  std::map<std::uint64_t, std::shared_ptr<psycstore::Operation>> operations_;
  std::uint64_t last_number_ = 0;
  // Everything below this was said on this connection.
  std::uint64_t next_to_say_ = 1;
  std::size_t pending_bytes_ = 0;
  std::size_t sent_bytes_ = 0;
  // False once the handle is gone: callbacks may destroy it.
  std::shared_ptr<bool> is_alive_ = std::make_shared<bool> (true);
  std::unique_ptr<shell::ServiceLink> link_;
  // What is said in one go leaves a moment later, together.
  shell::Timer say_;
};
