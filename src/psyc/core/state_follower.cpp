// SPDX-License-Identifier: AGPL-3.0-or-later
#include "psyc/core/state_follower.hpp"

#include <algorithm>

namespace psyc::core
{
namespace
{
// Changes that wait for a checkpoint; with more, an even newer one is needed.
constexpr std::size_t waiting_max = 4096;
} // namespace

void
StateFollower::restore (const std::vector<StateMessage> &waiting, bool is_lost)
{
  waiting_.assign (waiting.begin (), waiting.end ());
  is_lost_ = is_lost;
  pump ();
}

void
StateFollower::add (const StateMessage &message)
{
  waiting_.push_back (message);
  if (is_lost_ && ! is_busy_ && waiting_.size () > waiting_max)
    waiting_.pop_front ();
  pump ();
}

// What it includes need not be applied; the store passes over it.
void
StateFollower::add_checkpoint (base::MessageId id)
{
  if (! is_lost_)
    return;
  // What is being applied stays the first.
  waiting_.insert (waiting_.begin () + (is_busy_ ? 1 : 0), { id, 0 });
  pump ();
}

void
StateFollower::on_hole ()
{
  lose (StateLoss::missing, {});
}

void
StateFollower::on_empty ()
{
  is_lost_ = false;
  pump ();
}

void
StateFollower::skip (base::MessageId id)
{
  if (! waiting_.empty () && waiting_.front ().id == id)
    waiting_.pop_front ();
  is_lost_ = false;
  pump ();
}

bool
StateFollower::waits_for (base::MessageId change) const
{
  return std::any_of (waiting_.begin (), waiting_.end (),
                      [change] (const StateMessage &message)
                      { return message.id <= change; });
}

void
StateFollower::pump ()
{
  if (is_busy_ || base::time_never != retry_at_)
    return;
  if (is_lost_)
  {
    // Only the newest checkpoint matters, and what is behind it.
    const auto newest = std::find_if (waiting_.rbegin (), waiting_.rend (),
                                      [] (const StateMessage &message)
                                      { return message.is_checkpoint (); });
    if (waiting_.rend () == newest)
      return;
    waiting_.erase (waiting_.begin (), std::prev (newest.base ()));
  }
  if (waiting_.empty ())
    return;
  is_busy_ = true;
  const StateMessage message = waiting_.front ();
  context_.store.call (ModifyState{ message.id.value, message.delta },
                       [this, message] (const StoreResult &result)
                       { on_result (message, result); });
}

void
StateFollower::on_result (const StateMessage &message,
                          const StoreResult &result)
{
  is_busy_ = false;
  switch (result.result)
  {
  case result_yes:
    waiting_.pop_front ();
    if (message.is_checkpoint ())
      is_lost_ = false;
    owner_.on_state_applied (message);
    break;
  case result_no:
    lose (StateLoss::missing, message.id);
    break;
  case result_state_refused:
    lose (StateLoss::refused, message.id);
    break;
  case result_state_differs:
    lose (StateLoss::differs, message.id);
    break;
  default:
    // The store's trouble, not the state's.
    context_.count ("# state changes that the store failed");
    retry_at_ = context_.now + context_.config.store_retry;
    return;
  }
  pump ();
}

void
StateFollower::lose (StateLoss loss, base::MessageId at)
{
  // A checkpoint that cannot be applied helps nobody.
  if (! waiting_.empty () && waiting_.front ().id == at
      && waiting_.front ().is_checkpoint ())
    waiting_.pop_front ();
  is_lost_ = true;
  owner_.on_state_lost (loss, at);
}

void
StateFollower::on_time ()
{
  if (context_.now < retry_at_)
    return;
  retry_at_ = base::time_never;
  pump ();
}
} // namespace psyc::core
