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
  void say_what_fits ();
  void remove (psycstore::Operation &operation);

  std::map<std::uint64_t, std::shared_ptr<psycstore::Operation>> operations_;
  std::uint64_t last_number_ = 0;
  // Everything below this was said on this connection.
  std::uint64_t next_to_say_ = 1;
  std::size_t pending_bytes_ = 0;
  std::size_t sent_bytes_ = 0;
  std::unique_ptr<shell::ServiceLink> link_;
};
