// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Follows the log fragment by fragment: which messages are in progress (a host
// that died in the middle cancels them at its next start), and which complete
// ones change the channel's state.
#pragma once

#include <map>
#include <vector>

#include "psyc/core/cursor.hpp"
#include "psyc/core/state_follower.hpp"

namespace psyc::core
{
// A message whose last fragment is not in the log.
struct UnfinishedMessage
{
  base::MessageId message_id;
  std::uint64_t next_offset = 0;
  std::uint64_t state_delta = 0;
  WIRE_STRUCT (message_id, next_offset, state_delta)

  bool operator== (const UnfinishedMessage &) const = default;
};

class Tracker
{
public:
  // `on_gap`: something is not in the log.
  Tracker (Context &context, const Log &log, StateFollower &state,
           base::FragmentId after,
           const std::vector<UnfinishedMessage> &unfinished,
           std::function<void ()> on_progress, std::function<void ()> on_gap);

  // Does this beginning of a message empty the state?
  [[nodiscard]] static bool changes_all (const StoredFragment &first);

  void pump ();

  [[nodiscard]] base::FragmentId
  position () const
  {
    return cursor_.position ();
  }

  // As of position (); at most `count_max`, the oldest.
  [[nodiscard]] std::vector<UnfinishedMessage>
  unfinished (std::size_t count_max) const;

private:
  void on_fragment (const StoredFragment &fragment);
  void begin (const StoredFragment &fragment);
  void end (const UnfinishedMessage &message, base::ByteView last_body);

  StateFollower &state_;
  LogCursor cursor_;
  std::function<void ()> on_progress_;
  std::function<void ()> on_gap_;
  std::map<base::MessageId, UnfinishedMessage> open_;
};
} // namespace psyc::core
