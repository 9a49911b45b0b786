// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Stream 0 of a client: the channel's log from a place on, under a window.
#pragma once

#include <set>

#include "psyc/core/cursor.hpp"

namespace psyc::core
{
enum class ReaderStart : std::uint8_t
{
  resume,   // every fragment behind the given place
  from_now, // not those of messages that began before
};

class LogReader
{
public:
  LogReader (Context &context, const Log &log, ClientId client,
             base::FragmentId after, ReaderStart start);

  // Sends what there is and what the window takes.
  void pump ();
  void on_ack (std::uint64_t bytes);

  // Room in the window for something else on this stream (requests)?
  [[nodiscard]] bool has_room (std::uint64_t cost) const;
  void use (std::uint64_t cost);

private:
  void deliver (const StoredFragment &fragment);
  void deliver (const Log::Gap &gap);
  [[nodiscard]] bool is_wanted (const FragmentHead &head);

  Context &context_;
  const ClientId client_;
  LogCursor cursor_;
  std::uint64_t in_flight_ = 0;
  const ReaderStart start_;
  CheckpointFilter filter_;
  std::set<base::MessageId> begun_; // from_now: whose beginning went out
};
} // namespace psyc::core
