// SPDX-License-Identifier: AGPL-3.0-or-later
//
// A real gnunet-service-multicast in a folder of its own, without CADET, CORE
// or arm, and scenarios of waiting steps under GNUnet's scheduler.
#pragma once

#include <gtest/gtest.h> // first: GNUnet's headers make gettext a macro

#include <functional>
#include <string>
#include <vector>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sys/wait.h>
#include <unistd.h>

#include "multicast/multicast_messages.hpp"
#include "shell/gnunet_crypto.hpp"
#include "shell/message_queue.hpp"
#include "shell/timer.hpp"

// Runs steps one after the other: `act` at once, `until` polled for at most
// ten seconds.
class Scenario
{
public:
  Scenario &
  act (std::function<void ()> action)
  {
    return until (
        [action = std::move (action)]
        {
          action ();
          return true;
        });
  }
  Scenario &
  until (std::function<bool ()> condition)
  {
    steps_.push_back (std::move (condition));
    return *this;
  }
  void
  run ()
  {
    GNUNET_SCHEDULER_run (&Scenario::begin, this);
  }

private:
  static void
  begin (void *cls) noexcept
  {
    auto *self = static_cast<Scenario *> (cls);
    self->timer_ = std::make_unique<shell::Timer> ([self] { self->step (); });
    self->timer_->arm_now ();
  }
  void
  step ()
  {
    const auto now = shell::now ();
    if (since_done_ != done_)
    {
      since_done_ = done_;
      since_ = now;
    }
    if (done_ < steps_.size () && now - since_ < base::seconds (10))
    {
      if (steps_[done_]())
        done_++;
      timer_->arm_in (base::milliseconds (2));
      return;
    }
    if (done_ < steps_.size ())
    {
      // What the scenario opened would keep the scheduler going for ever.
      std::fprintf (stderr, "FAILED: step %zu waited in vain\n", done_ + 1);
      std::_Exit (1);
    }
    timer_.reset ();
    GNUNET_SCHEDULER_shutdown ();
  }

  std::vector<std::function<bool ()>> steps_;
  std::size_t done_ = 0;
  std::size_t since_done_ = SIZE_MAX;
  base::TimePoint since_;
  std::unique_ptr<shell::Timer> timer_;
};

class ServiceTest : public testing::Test
{
protected:
  void
  SetUp () override
  {
    char name[] = "/tmp/mcs.XXXXXX";
    ASSERT_NE (nullptr, mkdtemp (name));
    folder_ = name;
    const std::string conf = folder_ + "/c";
    std::ofstream (conf) << "[PATHS]\nGNUNET_HOME = " << folder_
                         << "\nGNUNET_RUNTIME_DIR = " << folder_
                         << "/r\nGNUNET_USER_RUNTIME_DIR = " << folder_
                         << "/u\nGNUNET_TMP = " << folder_
                         << "/t\n[multicast]\nHEAD_PROBE = 200 ms\nUNIXPATH = "
                         << folder_ << "/m.sock\nUNIX_MATCH_UID = YES\n"
                         << "UNIX_MATCH_GID = NO\n";
    cfg_ = GNUNET_CONFIGURATION_create ();
    ASSERT_EQ (GNUNET_OK, GNUNET_CONFIGURATION_load (cfg_, conf.c_str ()));
  }
  void
  TearDown () override
  {
    EXPECT_EQ (0, stop_service (SIGTERM)); // ends by itself, in order
    GNUNET_CONFIGURATION_destroy (cfg_);
    const std::string command = "rm -rf " + folder_;
    EXPECT_EQ (0, std::system (command.c_str ()));
  }

  void
  start_service ()
  {
    service_ = fork ();
    if (0 != service_)
      return;
    const std::string conf = folder_ + "/c";
    execl (MULTICAST_SERVICE, MULTICAST_SERVICE, "-c", conf.c_str (),
           static_cast<char *> (nullptr));
    _exit (127);
  }
  // Ends it by that signal and says how it ended.
  [[nodiscard]] int
  stop_service (int signal)
  {
    if (service_ <= 0)
      return 0;
    int status = 0;
    kill (service_, signal);
    waitpid (service_, &status, 0);
    service_ = 0;
    return status;
  }
  [[nodiscard]] bool
  is_service_alive () const
  {
    int status = 0;
    return service_ > 0 && 0 == waitpid (service_, &status, WNOHANG);
  }

  struct GNUNET_CONFIGURATION_Handle *cfg_ = nullptr;
  std::string folder_;
  pid_t service_ = 0;
};
