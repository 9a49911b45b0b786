// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The host's checkpoints: when it is time for one, a message that empties the
// state and sets all variables again, streamed from the store. Members that
// come late, or have lost the thread, need nothing before it. While it is
// being said no other message changes the state; talk goes on.
//
//   none --- due ---> queued --- its turn ---> saying --- stored ---> none
#pragma once

#include "psyc/core/publisher.hpp"
#include "psyc/core/state_reader.hpp"

namespace psyc::core
{
class Checkpoints
{
public:
  Checkpoints (Context &context, Publisher &publisher)
      : context_ (context), publisher_ (publisher)
  {}

  // Where the state stands on disk.
  void open (const StateInfo &info);
  void on_applied (const StateMessage &message);
  // A member needs the state, and the newest checkpoint is not all of it.
  void want ();
  // Our own state cannot take what was said: only the whole state helps.
  void need ();
  void pump (); // the publisher may have room again
  void on_time ();
  [[nodiscard]] base::TimePoint
  next_deadline () const
  {
    return say_at_;
  }

  // The newest one that holds all there is; none: there is no such.
  [[nodiscard]] base::MessageId
  current () const
  {
    return info_.checkpoint_id == info_.message_id
               ? base::MessageId{ info_.checkpoint_id }
               : base::MessageId{};
  }
  // The last message that changed the state.
  [[nodiscard]] base::MessageId
  applied () const
  {
    return base::MessageId{ info_.message_id };
  }

private:
  void count_change ();
  [[nodiscard]] bool is_due () const;
  void queue ();
  void begin ();
  void write_head (const base::Hash &hash);
  void on_read (const std::string &error);
  void give ();
  void on_said ();
  void give_up ();

  Context &context_;
  Publisher &publisher_;
  StateInfo info_;
  std::uint64_t size_ = 0; // of the last one said
  base::TimePoint quiet_until_ = base::TimePoint::min ();
  base::TimePoint say_at_ = base::time_never;

  // The one in progress.
  PublicationPtr message_;
  std::unique_ptr<PartWriter> writer_;
  std::unique_ptr<StateReader> reader_;
  std::uint64_t offset_ = 0;
};
} // namespace psyc::core
