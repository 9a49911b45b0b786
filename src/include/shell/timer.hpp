// SPDX-License-Identifier: AGPL-3.0-or-later
//
// One scheduled task that is cancelled when its owner goes.
#pragma once

#include <functional>
#include <utility>

#include "base/time.hpp"
#include "shell/keys.hpp"

namespace shell
{
// Calls `on_due` once per arm (). Arming anew replaces what was armed; on_due
// may arm again, or destroy the timer.
class Timer
{
public:
  explicit Timer (std::function<void ()> on_due) : on_due_ (std::move (on_due))
  {}
  Timer (const Timer &) = delete;
  Timer &operator= (const Timer &) = delete;
  ~Timer () { disarm (); }

  void
  arm_at (base::TimePoint when)
  {
    disarm ();
    if (base::time_never != when)
      task_
          = GNUNET_SCHEDULER_add_at (to_gnunet_time (when), &Timer::run, this);
  }

  void
  arm_in (base::Duration delay)
  {
    disarm ();
    task_ = GNUNET_SCHEDULER_add_delayed (to_gnunet_time (delay), &Timer::run,
                                          this);
  }

  void
  arm_now ()
  {
    disarm ();
    task_ = GNUNET_SCHEDULER_add_now (&Timer::run, this);
  }

  void
  disarm ()
  {
    if (nullptr != task_)
      GNUNET_SCHEDULER_cancel (std::exchange (task_, nullptr));
  }

  [[nodiscard]] bool
  is_armed () const
  {
    return nullptr != task_;
  }

private:
  static void
  run (void *cls) noexcept
  {
    auto *self = static_cast<Timer *> (cls);
    self->task_ = nullptr;
    auto on_due = self->on_due_; // on_due may destroy the timer
    on_due ();
  }

  std::function<void ()> on_due_;
  struct GNUNET_SCHEDULER_Task *task_ = nullptr;
};
} // namespace shell
