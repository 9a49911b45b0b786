// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What will happen in the simulated world, by time and then in the order in
// which it was planned. Events are small values; what they are about is found
// by number.
#pragma once

#include <algorithm>
#include <vector>

#include "base/time.hpp"

namespace sim
{
enum class EventKind : std::uint32_t
{
  wake,         // subject: node, check: its life
  connect,      // subject: wire, check: its generation
  arrival,      // subject: twice the wire plus the end, check: its generation
  taken,        // subject: node
  taken_slowly, // as arrival: the end is the sender's
  stored,       // subject: node, check: its life
  answer,       // subject: node, check: its life
  action,       // subject: slot of the action
};

struct Event
{
  base::TimePoint at;
  std::uint64_t order = 0;
  EventKind kind = EventKind::wake;
  std::uint32_t subject = 0;
  std::uint32_t check = 0;
};

class EventQueue
{
public:
  void
  push (base::TimePoint at, EventKind kind, std::uint32_t subject,
        std::uint32_t check = 0)
  {
    heap_.push_back ({ at, ++last_order_, kind, subject, check });
    std::push_heap (heap_.begin (), heap_.end (), is_later);
  }

  [[nodiscard]] bool
  is_empty () const
  {
    return heap_.empty ();
  }

  [[nodiscard]] base::TimePoint
  next () const
  {
    return heap_.front ().at;
  }

  [[nodiscard]] Event
  pop ()
  {
    std::pop_heap (heap_.begin (), heap_.end (), is_later);
    const Event event = heap_.back ();
    heap_.pop_back ();
    return event;
  }

private:
  [[nodiscard]] static bool
  is_later (const Event &a, const Event &b)
  {
    return a.at != b.at ? a.at > b.at : a.order > b.order;
  }

  std::vector<Event> heap_;
  std::uint64_t last_order_ = 0;
};
} // namespace sim
