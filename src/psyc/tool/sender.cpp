// SPDX-License-Identifier: AGPL-3.0-or-later
#include "psyc/tool/sender.hpp"

#include <algorithm>
#include <utility>

namespace psyc::tool
{
namespace
{
// An answer at the door is held until it is whole.
constexpr std::size_t answer_body_max = 32000;

bool
has_routing (const Packet &packet, std::string_view name)
{
  return std::any_of (packet.routing.begin (), packet.routing.end (),
                      [name] (const PacketVariable &variable)
                      { return variable.name == name; });
}
} // namespace

PacketSender::~PacketSender ()
{
  for (auto &[raw, upload] : uploads_)
    GNUNET_PSYC_upload_detach (upload->handle);
}

std::string
PacketSender::error () const
{
  return error_.empty () ? std::string (error_name (parser_.error ())) : error_;
}

bool
PacketSender::refuse (std::string why)
{
  error_ = std::move (why);
  return false;
}

bool
PacketSender::take (base::ByteView input)
{
  input_ = input;
  is_used_up_ = false;
  return pump ();
}

bool
PacketSender::pump ()
{
  while (nullptr == blocked_by_)
  {
    const auto event = parser_.next (input_);
    if (! event)
    {
      is_used_up_ = true;
      return TextError::none == parser_.error ();
    }
    if (! on_event (*event))
      return false;
  }
  return true;
}

bool
PacketSender::on_event (const TextEvent &event)
{
  if (std::holds_alternative<TextEnd> (event))
  {
    end ();
    return true;
  }
  if (const auto *data = std::get_if<TextData> (&event))
    return on_data (data->bytes);
  packet_.add (event);
  if (! std::holds_alternative<TextMethod> (event))
    return true;
  if (! has_routing (packet_, "_target"))
    return begin ();
  fate_ = Fate::answer;
  return true;
}

bool
PacketSender::on_data (base::ByteView data)
{
  if (Fate::skipped == fate_)
    return true;
  if (Fate::sent == fate_)
  {
    writer_.data (data);
    flush ();
    return true;
  }
  packet_.add (TextData{ data });
  return packet_.data.size () <= answer_body_max
         || refuse ("an answer at the door is at most 32,000 bytes");
}

// Method and variables are there; the body follows.
bool
PacketSender::begin ()
{
  const auto message = message_of (std::exchange (packet_, {}));
  if (! message.value)
    return refuse (std::string (error_name (message.error)));
  const bool is_reset = state_reset == message.value->state_delta;
  auto upload = std::make_unique<Upload> ();
  upload->sender = this;
  upload->handle = GNUNET_PSYC_channel_upload (
      channel_, nullptr,
      is_reset ? GNUNET_PSYC_MASTER_TRANSMIT_STATE_RESET
               : GNUNET_PSYC_MASTER_TRANSMIT_NONE,
      &on_ready, &on_state, upload.get ());
  if (nullptr == upload->handle)
    return refuse ("the channel takes no message now");
  fate_ = Fate::sent;
  current_ = upload.get ();
  uploads_.emplace (current_, std::move (upload));
  // Names were checked by the parser.
  (void)writer_.method (message.value->method, 0, message.value->state_delta);
  for (const auto &modifier : message.value->modifiers)
    (void)writer_.modifier (modifier.oper, modifier.name, modifier.value);
  return true;
}

void
PacketSender::end ()
{
  const Fate fate = std::exchange (fate_, Fate::kept);
  const Packet packet = std::exchange (packet_, {});
  if (Fate::sent == fate)
  {
    writer_.end ();
    flush ();
    current_ = nullptr;
  }
  else if (Fate::answer == fate)
    events_.on_answer (packet);
  else if (Fate::kept == fate)
    events_.on_own (packet);
}

void
PacketSender::flush ()
{
  writer_.flush ();
  while (const auto parts = writer_.take ())
  {
    if (GNUNET_NO
        == GNUNET_PSYC_upload_parts (
            current_->handle, parts->data (),
            static_cast<std::uint16_t> (parts->size ())))
      blocked_by_ = current_;
  }
}

void
PacketSender::unblock (Upload *upload)
{
  if (blocked_by_ != upload)
    return;
  blocked_by_ = nullptr;
  if (pump ())
    events_.on_ready ();
  else
    events_.on_failed (false, error ());
}

void
PacketSender::on_ready (void *cls) noexcept
{
  auto *upload = static_cast<Upload *> (cls);
  upload->sender->unblock (upload);
}

void
PacketSender::on_state (void *cls, enum GNUNET_PSYC_SendState state, uint64_t,
                        uint64_t, uint32_t, const char *reason) noexcept
{
  if (state < GNUNET_PSYC_SEND_STORED)
    return;
  auto *upload = static_cast<Upload *> (cls);
  auto *self = upload->sender;
  if (self->current_ == upload)
  {
    self->current_ = nullptr;
    self->fate_ = Fate::skipped;
  }
  // Kept while it may unblock.
  const auto ended = std::move (self->uploads_.at (upload));
  self->uploads_.erase (upload);
  const std::string why = nullptr == reason ? "" : reason;
  const bool is_sent
      = GNUNET_PSYC_SEND_STORED == state || GNUNET_PSYC_SEND_ACCEPTED == state;
  if (! is_sent)
    return self->events_.on_failed (GNUNET_PSYC_SEND_REFUSED == state, why);
  self->unblock (upload);
  self->events_.on_sent ();
}
} // namespace psyc::tool
