// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Applies the messages that change the channel's state, one after the other,
// as they are complete in the log. When one does not fit (one before it was
// never seen, or the state is not the host's), what we have stays, and what
// follows waits until a checkpoint brings the whole state.
//
//   following --- does not fit ---> lost --- checkpoint applied ---> following
#pragma once

#include <deque>

#include "psyc/core/context.hpp"

namespace psyc::core
{
// A complete message that changes the state.
struct StateMessage
{
  base::MessageId id;
  std::uint64_t delta = 0;
  WIRE_STRUCT (id, delta)

  bool operator== (const StateMessage &) const = default;
  [[nodiscard]] bool
  is_checkpoint () const
  {
    return 0 == delta; // state_reset
  }
};

// Why the state cannot be followed.
enum class StateLoss : std::uint8_t
{
  missing, // something before it is not here
  refused, // an operator does not fit to our state
  differs, // the host's hash is another
};

class StateOwner
{
public:
  virtual ~StateOwner () = default;
  virtual void on_state_applied (const StateMessage &message) = 0;
  // From here on only a checkpoint helps.
  virtual void on_state_lost (StateLoss loss, base::MessageId at) = 0;
};

class StateFollower
{
public:
  StateFollower (Context &context, StateOwner &owner)
      : context_ (context), owner_ (owner)
  {}

  // Where it stood when psyc ended.
  void restore (const std::vector<StateMessage> &waiting, bool is_lost);
  // The next one in the log.
  void add (const StateMessage &message);
  // A checkpoint that is stored, but not in our log: it comes before what
  // waits.
  void add_checkpoint (base::MessageId id);
  // There is something that we did not see: what is here cannot be trusted to
  // be all.
  void on_hole ();
  // There is no state, the host says.
  void on_empty ();
  // Goes on without the one that does not fit (the host's way out).
  void skip (base::MessageId id);

  [[nodiscard]] bool
  is_lost () const
  {
    return is_lost_;
  }
  [[nodiscard]] const std::deque<StateMessage> &
  waiting () const
  {
    return waiting_;
  }
  // The last one that is to be applied; none: all are.
  [[nodiscard]] base::MessageId
  last_change () const
  {
    return waiting_.empty () ? base::MessageId{} : waiting_.back ().id;
  }
  // Is this one, or one before it, still to be applied?
  [[nodiscard]] bool waits_for (base::MessageId change) const;
  [[nodiscard]] bool
  is_idle () const
  {
    return ! is_busy_ && (waiting_.empty () || is_lost_);
  }
  void on_time ();
  [[nodiscard]] base::TimePoint
  next_deadline () const
  {
    return retry_at_;
  }

private:
  void pump ();
  void on_result (const StateMessage &message, const StoreResult &result);
  void lose (StateLoss loss, base::MessageId at);

  Context &context_;
  StateOwner &owner_;
  std::deque<StateMessage> waiting_;
  bool is_busy_ = false; // the first one is being applied
  bool is_lost_ = false;
  base::TimePoint retry_at_ = base::time_never;
};
} // namespace psyc::core
