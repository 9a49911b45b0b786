// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What waits to be sent on one channel: bounded, in order, and packed into
// batches while the channel is busy. Nothing waits while it is idle.
#pragma once

#include <deque>
#include <memory>
#include <optional>

#include "base/bytes.hpp"

namespace multicast
{
// One message that several queues hold.
using SharedBytes = std::shared_ptr<const base::Bytes>;

class Outbox
{
public:
  enum class Kind : std::uint8_t
  {
    control,
    live,   // a fragment just issued: may be dropped, the child pulls it
    replay, // a fragment that was asked for
  };

  void push (base::Bytes message, Kind kind);
  void push (SharedBytes message, Kind kind);

  // The next thing to hand to CADET; nothing when enough is under way.
  [[nodiscard]] std::optional<base::Bytes> next ();
  // CADET took one.
  void on_sent ();

  // Drops the live fragments that wait.
  void drop_live ();

  [[nodiscard]] std::size_t bytes (Kind kind) const;
  [[nodiscard]] bool is_empty () const;

private:
  struct Entry
  {
    SharedBytes message;
    Kind kind;
  };

  [[nodiscard]] Entry pop ();
  [[nodiscard]] std::size_t batch_count () const;

  std::deque<Entry> queue_;
  std::array<std::size_t, 3> bytes_{};
  std::size_t under_way_ = 0;
};
} // namespace multicast
