// SPDX-License-Identifier: AGPL-3.0-or-later
#include "multicast/tool/tool.hpp"

#include <cstring>
#include <utility>

namespace multicast::tool
{
namespace
{
constexpr base::Duration default_timeout = base::seconds (30);
constexpr std::size_t body_max = GNUNET_MULTICAST_FRAGMENT_MAX_PAYLOAD;
// Pieces that wait to be sent before no more is read.
constexpr std::size_t waiting_max = 64;
} // namespace

Tool::Tool (const struct GNUNET_CONFIGURATION_Handle *cfg, Options options)
    : cfg_ (cfg), options_ (std::move (options)),
      input_ ([this] (base::ByteView bytes) { on_input (bytes); },
              [this] (int error) { on_input_end (error); }),
      timer_ ([this] { on_timeout (); })
{}

void
Tool::start ()
{
  shutdown_ = GNUNET_SCHEDULER_add_shutdown (
      [] (void *cls) noexcept
      {
        auto *self = static_cast<Tool *> (cls);
        self->shutdown_ = nullptr;
        self->finish (self->is_open_ ? Status::done : Status::failed);
      },
      this);
  timer_.arm_in (options_.timeout.value_or (default_timeout));
  service_wait_.emplace (cfg_, "multicast",
                         [this]
                         {
                           fail (Status::failed,
                                 "the multicast service does not run: start it "
                                 "with gnunet-arm -s, or see gnunet-arm -I");
                         });
  open ();
}

void
Tool::begin ()
{
  if (is_over_)
    return;
  service_wait_->stop ();
  progress ();
  if (! options_.timeout)
    timer_.disarm ();
  if (! std::exchange (is_open_, true))
    input_.want ();
  pump ();
}

// ---- what goes -----------------------------------------------------------

void
Tool::pump ()
{
  while (! waiting_.empty () && send (waiting_.front ()))
    waiting_.pop_front ();
  if (is_open_ && ! is_input_over_ && ! is_over_
      && waiting_.size () < waiting_max)
    input_.want ();
  end_if_done ();
}

void
Tool::on_input (base::ByteView bytes)
{
  progress ();
  if (Form::raw == options_.form)
    take_raw (bytes);
  else
    take_lines (bytes);
  if (! is_over_)
    pump ();
}

void
Tool::on_input_end (int error)
{
  if (0 != error)
    return fail (Status::failed,
                 std::string ("stdin cannot be read: ") + strerror (error));
  if (! line_.empty ())
    take_line (std::exchange (line_, {}));
  if (raw_)
    queue (std::move (*std::exchange (raw_, std::nullopt)),
           GNUNET_MULTICAST_MESSAGE_LAST_FRAGMENT);
  is_input_over_ = true;
  if (! is_over_)
    pump ();
}

void
Tool::take_lines (base::ByteView bytes)
{
  std::string_view text = base::as_text (bytes);
  while (! text.empty () && ! is_over_)
  {
    const auto end = text.find ('\n');
    line_ += text.substr (0, end);
    if (line_.size () > 2 * body_max)
      return fail (Status::failed, "a line is longer than a fragment: see "
                                   "--raw");
    if (std::string_view::npos == end)
      return;
    text.remove_prefix (end + 1);
    take_line (std::exchange (line_, {}));
  }
}

void
Tool::take_line (std::string_view line)
{
  auto body = Form::hex == options_.form
                  ? bytes_of_hex (line)
                  : std::optional (base::to_bytes (base::as_bytes (line)));
  if (! body)
    return fail (Status::failed, "a line is not pairs of hexadecimal digits");
  if (body->size () > body_max)
    return fail (Status::failed, "a line is longer than a fragment: see --raw");
  last_number_++;
  offset_ = 0;
  queue (std::move (*body), GNUNET_MULTICAST_MESSAGE_NOT_FRAGMENTED);
}

// One piece is held back: the last one says that it is.
void
Tool::take_raw (base::ByteView bytes)
{
  if (0 == last_number_)
    last_number_ = 1;
  if (raw_)
    queue (std::move (*raw_), 0);
  raw_ = base::to_bytes (bytes);
}

void
Tool::queue (base::Bytes body, std::uint32_t flags)
{
  if (0 == offset_)
    flags |= GNUNET_MULTICAST_MESSAGE_FIRST_FRAGMENT;
  const std::size_t size = body.size ();
  waiting_.push_back ({ last_number_, offset_,
                        static_cast<enum GNUNET_MULTICAST_MessageFlags> (flags),
                        std::move (body) });
  offset_ += size;
}

// ---- printing, waiting, the end ------------------------------------------

void
Tool::print (const std::string &line)
{
  if (is_over_)
    return;
  progress ();
  printed_++;
  if (line.size () != fwrite (line.data (), 1, line.size (), stdout)
      || 0 != fflush (stdout))
    return finish (Status::failed); // nobody reads any more
  end_if_done ();
}

void
Tool::remark (const std::string &text)
{
  fprintf (stderr, "gnunet-multicast: %s\n", text.c_str ());
}

// Something came or went: the time to wait begins anew.
void
Tool::progress ()
{
  if (! is_over_ && timer_.is_armed ())
    timer_.arm_in (options_.timeout.value_or (default_timeout));
}

void
Tool::on_timeout ()
{
  if (is_at_door_)
    return fail (Status::pending, "the origin was asked and has not answered "
                                  "yet: wait longer with --timeout");
  fail (Status::no_answer,
        is_open_ ? "nothing came in time"
                 : "no answer in time: is the origin's peer reachable? Wait "
                   "longer with --timeout");
}

void
Tool::end_if_done ()
{
  if (is_over_)
    return;
  if (0 != options_.count && printed_ >= options_.count)
    return finish (Status::done);
  if (is_input_over_ && waiting_.empty () && is_sent () && 0 == options_.count
      && ! options_.follow)
    finish (Status::done);
}

void
Tool::fail (Status status, const std::string &why)
{
  if (is_over_)
    return;
  remark (why);
  finish (status);
}

void
Tool::finish (Status status)
{
  if (std::exchange (is_over_, true))
    return;
  status_ = status;
  timer_.disarm ();
  input_.stop ();
  if (service_wait_)
    service_wait_->stop ();
  // Not from inside a callback of what is let go.
  GNUNET_SCHEDULER_add_now (
      [] (void *cls) noexcept { static_cast<Tool *> (cls)->close (); }, this);
}

void
Tool::end_program (void *) noexcept
{
  GNUNET_SCHEDULER_shutdown ();
}
} // namespace multicast::tool
