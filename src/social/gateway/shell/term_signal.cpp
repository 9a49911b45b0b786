// SPDX-License-Identifier: AGPL-3.0-or-later
#include "social/gateway/shell/term_signal.hpp"

#include <cerrno>
#include <csignal>

namespace social::gateway
{
namespace
{
// A signal handler has no closure.
const struct GNUNET_DISK_FileHandle *told = nullptr;

void
on_signal ()
{
  const int error = errno;
  const char byte = 0;
  (void)GNUNET_DISK_file_write (told, &byte, sizeof (byte));
  errno = error;
}
} // namespace

TermSignal::TermSignal (std::function<void ()> on_term)
    : on_term_ (std::move (on_term)),
      pipe_ (GNUNET_DISK_pipe (GNUNET_DISK_PF_NONE))
{
  if (nullptr == pipe_)
    return; // then the process ends as it did before
  told = GNUNET_DISK_pipe_handle (pipe_, GNUNET_DISK_PIPE_END_WRITE);
  handler_ = GNUNET_SIGNAL_handler_install (SIGTERM, &on_signal);
  wait ();
}

TermSignal::~TermSignal ()
{
  if (nullptr != handler_)
    GNUNET_SIGNAL_handler_uninstall (handler_);
  if (nullptr != task_)
    GNUNET_SCHEDULER_cancel (task_);
  if (nullptr != pipe_)
    GNUNET_DISK_pipe_close (pipe_);
}

void
TermSignal::wait ()
{
  task_ = GNUNET_SCHEDULER_add_read_file (
      GNUNET_TIME_UNIT_FOREVER_REL,
      GNUNET_DISK_pipe_handle (pipe_, GNUNET_DISK_PIPE_END_READ),
      [] (void *cls) noexcept
      {
        auto *self = static_cast<TermSignal *> (cls);
        self->task_ = nullptr;
        const auto on_term = self->on_term_; // it may free us
        on_term ();
      },
      this);
}
} // namespace social::gateway
