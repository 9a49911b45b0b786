// SPDX-License-Identifier: AGPL-3.0-or-later
//
// SIGTERM taken from the process's scheduler, which would end at once: for who
// has last words to send, and then ends it himself.
#pragma once

#include <functional>

#include "shell/gnunet.hpp"

namespace social::gateway
{
class TermSignal
{
public:
  // Called in a task of its own. One of these at a time in a process.
  explicit TermSignal (std::function<void ()> on_term);
  TermSignal (const TermSignal &) = delete;
  TermSignal &operator= (const TermSignal &) = delete;
  // From then on the signal means what it did before.
  ~TermSignal ();

private:
  void wait ();

  const std::function<void ()> on_term_;
  struct GNUNET_DISK_PipeHandle *pipe_ = nullptr;
  struct GNUNET_SIGNAL_Context *handler_ = nullptr;
  struct GNUNET_SCHEDULER_Task *task_ = nullptr;
};
} // namespace social::gateway
