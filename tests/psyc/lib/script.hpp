// SPDX-License-Identifier: AGPL-3.0-or-later
//
// A test as a script under GNUnet's scheduler: acts, and waits for what must
// come true before the next act.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "shell/timer.hpp"

namespace test
{
class Script
{
public:
  Script &
  act (std::function<void ()> action)
  {
    steps_.push_back ({ {}, nullptr, std::move (action) });
    return *this;
  }

  // Goes on once `condition` holds; fails the test after ten seconds.
  Script &
  until (std::string what, std::function<bool ()> condition)
  {
    steps_.push_back ({ std::move (what), std::move (condition), nullptr });
    return *this;
  }

  // Lets time pass, for what must not happen.
  Script &
  rest (int milliseconds)
  {
    const auto end = std::make_shared<base::TimePoint> (base::time_never);
    act ([end, milliseconds]
         { *end = shell::now () + base::milliseconds (milliseconds); });
    return until ("time", [end] { return shell::now () >= *end; });
  }

  // Runs it all; the scheduler ends with the last step.
  void
  run ()
  {
    GNUNET_SCHEDULER_run ([] (void *cls) noexcept
                          { static_cast<Script *> (cls)->begin (); },
                          this);
    EXPECT_EQ (next_, steps_.size ());
  }

  // Takes down what keeps the scheduler busy.
  std::function<void ()> on_end;

private:
  struct Step
  {
    std::string what;
    std::function<bool ()> condition;
    std::function<void ()> action;
  };

  void
  begin ()
  {
    turn_ = std::make_unique<shell::Timer> ([this] { go_on (); });
    deadline_ = shell::now () + base::milliseconds (10000);
    turn_->arm_now ();
  }

  void
  go_on ()
  {
    if (next_ == steps_.size ())
    {
      end ();
      return;
    }
    const Step &step = steps_[next_];
    if (step.action)
      step.action ();
    if (! step.condition || step.condition ())
    {
      next_++;
      deadline_ = shell::now () + base::milliseconds (10000);
      turn_->arm_now ();
    }
    else if (shell::now () > deadline_)
    {
      ADD_FAILURE () << "never: " << step.what;
      end ();
    }
    else
      turn_->arm_in (base::milliseconds (1));
  }

  void
  end ()
  {
    turn_.reset ();
    GNUNET_SCHEDULER_shutdown ();
    if (on_end)
      on_end ();
  }

  std::vector<Step> steps_;
  std::size_t next_ = 0;
  base::TimePoint deadline_;
  std::unique_ptr<shell::Timer> turn_;
};
} // namespace test
