// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What every handle of the library is: one connection to the service that is
// made again when it breaks, a cursor in the channel's log, acknowledgements,
// and a life that may end inside any of its own callbacks.
//
//             Started              connection lost
//   waiting ------------> started -----------------> waiting
//      |                     |
//      +------ part () ------+--> parting --(PartAck, or nobody there)--> gone
//
// waiting: our first message is said, nothing else. started: everything is
// said. parting: only the continuation will be called any more.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>

#include "psyc/psyc_messages.hpp"
#include "shell/service_link.hpp"
#include "gnunet_psyc_service.h"

namespace psyc::api
{
class Handle : public std::enable_shared_from_this<Handle>
{
public:
  Handle (const Handle &) = delete;
  Handle &operator= (const Handle &) = delete;
  virtual ~Handle () = default;

  // Connects, and lives by itself until part () or end ().
  void begin (const struct GNUNET_CONFIGURATION_Handle *cfg);

  // No callback follows; the object is gone when the innermost of its own
  // functions returns.
  void end ();

  // Lets go of the channel, then calls `done_cb` (may be NULL).
  void part (bool keep_active, GNUNET_ContinuationCallback done_cb,
             void *done_cls);

  // No callback of the application is allowed any more.
  [[nodiscard]] bool
  is_ended () const
  {
    return is_ended_;
  }

  [[nodiscard]] bool
  is_started () const
  {
    return is_started_;
  }

  // Runs `event` from the scheduler, unless the handle ends before.
  void defer (std::function<void ()> event);

  // The application took that much of a stream.
  void acknowledge (std::uint64_t stream_id, std::uint64_t cost);
  void forget_stream (std::uint64_t stream_id);

  template <wire::Message M>
  void
  say (const M &message)
  {
    if (link_)
      link_->send (message);
  }

protected:
  explicit Handle (std::uint64_t after_fragment_id)
      : cursor_ (after_fragment_id)
  {}

  // --- what a kind of handle adds ---
  virtual void say_hello () = 0;
  // The connection is usable (is_anew: it was not before): say what is wanted.
  virtual void
  on_usable ()
  {}
  virtual void
  on_lost ()
  {}
  // Drop all that might call back.
  virtual void
  on_end ()
  {}
  // Tell the application.
  virtual void on_start (const local::Started &started) = 0;

  // Messages; false when it has no business on this kind of handle.
  // clang-format off
  virtual bool on (local::Fragment &&) { return false; }
  virtual bool on (local::Gap &&) { return false; }
  virtual bool on (local::Request &&) { return false; }
  virtual bool on (local::RequestSettled &&) { return false; }
  virtual bool on (local::JoinRequest &&) { return false; }
  virtual bool on (local::JoinVerdict &&) { return false; }
  virtual bool on (local::LinkState &&) { return false; }
  virtual bool on (local::StateEvent &&) { return false; }
  virtual bool on (local::MemberEvent &&) { return false; }
  virtual bool on (local::OperationResult &&) { return false; }
  virtual bool on (local::StateValue &&) { return false; }
  virtual bool on (local::HistoryRange &&) { return false; }
  virtual bool on (local::Info &&) { return false; }
  virtual bool on (local::UploadCredit &&) { return false; }
  virtual bool on (local::UploadState &&) { return false; }
  // clang-format on
  bool on (local::Started &&started);
  bool on (local::PartAck &&);

  [[nodiscard]] std::uint64_t
  cursor () const
  {
    return cursor_;
  }

  // Moves the cursor; false when all up to `last` was delivered before.
  [[nodiscard]] bool advance_cursor (std::uint64_t last);

private:
  void on_connected ();
  void on_disconnected ();
  bool on_bytes (base::ByteView bytes);
  void run_events ();
  void flush_acknowledgements ();
  void say_part ();
  void await_service ();
  void finish_parting ();

  std::shared_ptr<Handle> self_; // until we are gone
  std::unique_ptr<shell::ServiceLink> link_;
  std::uint64_t cursor_;
  bool is_started_ = false;
  bool was_started_ = false;
  bool is_ended_ = false;

  std::deque<std::function<void ()>> events_;
  shell::Timer events_due_{ [this] { run_events (); } };

  std::map<std::uint64_t, std::uint64_t> owed_; // by stream
  shell::Timer acknowledgements_due_{ [this] { flush_acknowledgements (); } };

  bool is_parting_ = false;
  bool keep_active_ = false;
  GNUNET_ContinuationCallback done_cb_ = nullptr;
  void *done_cls_ = nullptr;
  shell::Timer parting_over_{ [this] { finish_parting (); } };
};
} // namespace psyc::api
