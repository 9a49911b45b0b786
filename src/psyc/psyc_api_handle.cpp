// SPDX-License-Identifier: AGPL-3.0-or-later
//
// See psyc_api_handle.hpp.
#include "psyc/psyc_api_handle.hpp"

namespace psyc::api
{
namespace
{
// So long a part waits for a service that was there before: it may just be
// restarting, and should not take up again what we want to leave.
constexpr base::Duration parting_grace = base::milliseconds (2000);

// Acknowledgements of less travel together.
constexpr std::uint64_t acknowledge_at_once = local::stream_window_bytes / 4;
} // namespace

void
Handle::begin (const struct GNUNET_CONFIGURATION_Handle *cfg)
{
  self_ = shared_from_this ();
  link_ = shell::ServiceLink::open<local::ServiceMessages> (
      cfg, "psyc",
      { .on_connected = [this] { on_connected (); },
        .on_disconnected = [this] { on_disconnected (); },
        .on_message
        = [this] (base::ByteView bytes) { return on_bytes (bytes); } });
}

void
Handle::end ()
{
  const auto keep = std::move (self_);
  is_ended_ = true;
  events_.clear ();
  events_due_.disarm ();
  acknowledgements_due_.disarm ();
  parting_over_.disarm ();
  on_end ();
  link_.reset ();
}

void
Handle::part (bool keep_active, GNUNET_ContinuationCallback done_cb,
              void *done_cls)
{
  is_ended_ = true;
  is_parting_ = true;
  keep_active_ = keep_active;
  done_cb_ = done_cb;
  done_cls_ = done_cls;
  events_.clear ();
  events_due_.disarm ();
  acknowledgements_due_.disarm ();
  on_end ();
  if (is_started_)
    say_part ();
  else if (was_started_ && ! keep_active_)
  {
    say_part ();
    await_service ();
  }
  else
    parting_over_.arm_now ();
}

void
Handle::defer (std::function<void ()> event)
{
  events_.push_back (std::move (event));
  if (! events_due_.is_armed ())
    events_due_.arm_now ();
}

void
Handle::run_events ()
{
  const auto keep = shared_from_this ();
  while (! is_ended_ && ! events_.empty ())
  {
    const auto event = std::move (events_.front ());
    events_.pop_front ();
    event ();
  }
}

void
Handle::acknowledge (std::uint64_t stream_id, std::uint64_t cost)
{
  if (is_ended_)
    return;
  std::uint64_t &owed = owed_[stream_id];
  owed += cost;
  if (owed >= acknowledge_at_once)
    say (local::StreamAck{ stream_id, std::exchange (owed, 0) });
  else if (! acknowledgements_due_.is_armed ())
    acknowledgements_due_.arm_now ();
}

void
Handle::forget_stream (std::uint64_t stream_id)
{
  owed_.erase (stream_id);
}

void
Handle::flush_acknowledgements ()
{
  for (const auto &[stream_id, bytes] : std::exchange (owed_, {}))
    if (0 != bytes)
      say (local::StreamAck{ stream_id, bytes });
}

bool
Handle::advance_cursor (std::uint64_t last)
{
  if (local::from_now != cursor_ && last <= cursor_)
    return false;
  cursor_ = last;
  return true;
}

void
Handle::on_connected ()
{
  say_hello ();
  if (is_parting_)
    say_part ();
}

void
Handle::on_disconnected ()
{
  // The link is calling from within itself: nothing may destroy it here.
  is_started_ = false;
  owed_.clear ();
  if (! is_parting_)
    on_lost ();
  else if (! parting_over_.is_armed ())
    keep_active_ ? parting_over_.arm_now () : await_service ();
}

bool
Handle::on_bytes (base::ByteView bytes)
{
  const auto keep = shared_from_this ();
  bool is_expected = true;
  const auto result = local::ServiceMessages::dispatch (
      bytes,
      [&] (auto &&message)
      {
        using M = std::decay_t<decltype (message)>;
        if (! is_ended_ || std::is_same_v<M, local::PartAck>)
          is_expected = on (std::move (message));
      });
  if (is_ended_ || (wire::DispatchResult::ok == result && is_expected))
    return true;
  GNUNET_log (GNUNET_ERROR_TYPE_WARNING,
              "The psyc service said what it must not (type %u, %s)\n",
              unsigned{ wire::message_type (bytes).value_or (0) },
              is_expected ? "malformed" : "not expected");
  return false;
}

bool
Handle::on (local::Started &&started)
{
  if (local::from_now == cursor_)
    cursor_ = started.after_fragment_id;
  const bool is_usable = local::StartResult::failed != started.result;
  const bool is_anew = is_usable && ! is_started_;
  if (is_anew)
    is_started_ = was_started_ = true;
  on_start (started);
  if (is_anew && ! is_ended_)
    on_usable ();
  return true;
}

bool
Handle::on (local::PartAck &&)
{
  if (! is_parting_)
    return false;
  finish_parting ();
  return true;
}

void
Handle::say_part ()
{
  say (local::Part{ keep_active_ });
}

void
Handle::await_service ()
{
  parting_over_.arm_in (parting_grace);
}

void
Handle::finish_parting ()
{
  const auto keep = std::move (self_);
  is_parting_ = false;
  parting_over_.disarm ();
  link_.reset ();
  if (nullptr != done_cb_)
    done_cb_ (done_cls_);
}
} // namespace psyc::api
