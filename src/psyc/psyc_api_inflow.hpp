// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What comes on a stream that the application may hold: items wait here while
// it does. The service's window bounds them.
#pragma once

#include <deque>
#include <optional>
#include <variant>

#include "psyc/psyc_messages.hpp"

namespace psyc::api
{
class Inflow
{
public:
  using Item
      = std::variant<local::Fragment, local::Gap, local::OperationResult>;

  // False when the service says more than its window allows.
  [[nodiscard]] bool
  push (Item item)
  {
    waiting_cost_ += cost (item);
    waiting_.push_back (std::move (item));
    return waiting_cost_ <= 2 * local::stream_window_bytes;
  }

  // The next item, unless held.
  [[nodiscard]] std::optional<Item>
  take ()
  {
    if (is_held_ || waiting_.empty ())
      return std::nullopt;
    Item item = std::move (waiting_.front ());
    waiting_.pop_front ();
    waiting_cost_ -= cost (item);
    return item;
  }

  void
  hold ()
  {
    is_held_ = true;
  }

  void
  release ()
  {
    is_held_ = false;
  }

  // The connection is gone; what waits will be said again.
  void
  clear ()
  {
    waiting_.clear ();
    waiting_cost_ = 0;
  }

  // All that will ever come is here.
  [[nodiscard]] bool
  has_end () const
  {
    return ! waiting_.empty ()
           && std::holds_alternative<local::OperationResult> (waiting_.back ());
  }

private:
  [[nodiscard]] static std::uint64_t
  cost (const Item &item)
  {
    if (const auto *fragment = std::get_if<local::Fragment> (&item))
      return local::stream_cost (*fragment);
    return local::stream_cost_base;
  }

  std::deque<Item> waiting_;
  std::uint64_t waiting_cost_ = 0;
  bool is_held_ = false;
};
} // namespace psyc::api
