// SPDX-License-Identifier: AGPL-3.0-or-later
//
// A place in a channel's log that moves on from fragment to fragment: out of
// the tail, or out of what a bounded read of the store brought.
#pragma once

#include <deque>
#include <functional>

#include "psyc/core/context.hpp"
#include "psyc/core/log.hpp"

namespace psyc::core
{
class LogCursor
{
public:
  // `on_more` is called when the store has brought what `next` lacked.
  LogCursor (Context &context, const Log &log, base::FragmentId after,
             std::function<void ()> on_more)
      : context_ (context), log_ (log), position_ (after),
        on_more_ (std::move (on_more))
  {}
  LogCursor (const LogCursor &) = delete;
  LogCursor &operator= (const LogCursor &) = delete;
  ~LogCursor ();

  // All up to here was given out.
  [[nodiscard]] base::FragmentId
  position () const
  {
    return position_;
  }

  // The next piece, and the cursor moves behind it. AtEnd: nothing now, either
  // as there is nothing, or as the store is being asked.
  using Piece = std::variant<Log::AtEnd, Log::Gap, FragmentPtr>;
  [[nodiscard]] Piece next ();

private:
  [[nodiscard]] Piece give (FragmentPtr fragment);
  [[nodiscard]] Piece give (Log::Gap gap);
  [[nodiscard]] std::optional<Piece> from_buffer ();
  void read (const Log::OnDisk &range);
  void on_read_end (const StoreResult &result, std::uint64_t last);

  Context &context_;
  const Log &log_;
  base::FragmentId position_;
  std::function<void ()> on_more_;
  // What the store brought, and up to which id it is complete.
  std::deque<FragmentPtr> buffer_;
  std::uint64_t complete_to_ = 0;
  std::uint64_t reading_ = 0; // number of the operation, 0: none
  std::uint64_t span_ = 0;    // ids asked for at a time
};
} // namespace psyc::core
