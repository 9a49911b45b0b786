// SPDX-License-Identifier: AGPL-3.0-or-later
//
// See psyc_api_transmission.hpp.
#include "psyc/psyc_api_transmission.hpp"

#include "psyc/message/message_pull.hpp"
#include "psyc/message/names.hpp"
#include "psyc/psyc_api_channel.hpp"
#include "shell/random_tag.hpp"

namespace psyc::api
{
static_assert (GNUNET_PSYC_DATA_MAX_PAYLOAD == MessagePull::piece_max);
static_assert (GNUNET_PSYC_MOD_CONT_MAX_PAYLOAD <= MessagePull::piece_max);
static_assert (GNUNET_PSYC_MODIFIER_MAX_PAYLOAD <= MessagePull::piece_max);

// The C callbacks as a source, and the message that is made of them.
class Transmission::PulledMessage final : public MessageSource
{
public:
  PulledMessage (std::string_view method, std::uint32_t flags,
                 GNUNET_PSYC_TransmitNotifyModifier notify_modifier,
                 GNUNET_PSYC_TransmitNotifyData notify_data, void *cls)
      : pull_ (method, flags, transfer::upload_parts_max),
        notify_modifier_ (notify_modifier), notify_data_ (notify_data),
        cls_ (cls)
  {}

  [[nodiscard]] MessagePull::Result
  pull ()
  {
    return pull_.pull (*this);
  }

  // No callback is to be called any more.
  void
  drop ()
  {
    is_dropped_ = true;
  }

private:
  [[nodiscard]] Piece
  new_modifier (std::span<std::uint8_t> room) override
  {
    if (is_dropped_ || nullptr == notify_modifier_)
      return { is_dropped_ ? Answer::refuse : Answer::done, 0, 0, 0 };
    std::uint16_t size = size_of (room);
    std::uint8_t oper = 0;
    std::uint32_t full_size = 0;
    const int result
        = notify_modifier_ (cls_, &size, room.data (), &oper, &full_size);
    return { answer_of (result), size, oper, full_size };
  }

  [[nodiscard]] Piece
  more_value (std::span<std::uint8_t> room) override
  {
    if (is_dropped_)
      return {};
    std::uint16_t size = size_of (room);
    const int result
        = notify_modifier_ (cls_, &size, room.data (), nullptr, nullptr);
    return { answer_of (result), size, 0, 0 };
  }

  [[nodiscard]] Piece
  more_data (std::span<std::uint8_t> room) override
  {
    if (is_dropped_ || nullptr == notify_data_)
      return { is_dropped_ ? Answer::refuse : Answer::done, 0, 0, 0 };
    std::uint16_t size = size_of (room);
    const int result = notify_data_ (cls_, &size, room.data ());
    return { answer_of (result), size, 0, 0 };
  }

  [[nodiscard]] static std::uint16_t
  size_of (std::span<std::uint8_t> room)
  {
    return static_cast<std::uint16_t> (
        std::min<std::size_t> (room.size (), UINT16_MAX));
  }

  [[nodiscard]] Answer
  answer_of (int result) const
  {
    if (is_dropped_)
      return Answer::refuse;
    return GNUNET_NO == result    ? Answer::more
           : GNUNET_YES == result ? Answer::done
                                  : Answer::refuse;
  }

  MessagePull pull_;
  const GNUNET_PSYC_TransmitNotifyModifier notify_modifier_;
  const GNUNET_PSYC_TransmitNotifyData notify_data_;
  void *const cls_;
  bool is_dropped_ = false;
};

Transmission::Transmission () = default;
Transmission::~Transmission () = default;

bool
Transmission::start (struct GNUNET_PSYC_Channel &channel,
                     std::string_view method,
                     GNUNET_PSYC_TransmitNotifyModifier notify_modifier,
                     GNUNET_PSYC_TransmitNotifyData notify_data, void *cls,
                     std::uint32_t flags)
{
  if (nullptr != message_ || ! is_name (method))
    return false;
  channel_ = &channel;
  message_ = std::make_shared<PulledMessage> (method, flags, notify_modifier,
                                              notify_data, cls);
  upload_ = channel.sender ().start (shell::random_tag (), flags);
  is_paused_ = is_waiting_ = has_failed_ = false;
  pull_due_.arm_now ();
  return true;
}

void
Transmission::resume ()
{
  if (nullptr == message_ || ! is_paused_)
    return;
  is_paused_ = false;
  if (! is_waiting_)
    pull_due_.arm_now ();
}

void
Transmission::cancel ()
{
  if (nullptr == message_)
    return;
  const Sender::UploadId upload = upload_;
  drop ();
  channel_->sender ().cancel (upload);
  channel_->sender ().detach (upload);
  channel_->pump ();
}

void
Transmission::drop ()
{
  if (nullptr != message_)
    message_->drop ();
  message_.reset ();
  pull_due_.disarm ();
}

void
Transmission::on_ready ()
{
  is_waiting_ = false;
  if (! is_paused_)
    pull_due_.arm_now ();
}

void
Transmission::on_failed ()
{
  has_failed_ = true;
  on_ready ();
}

// One chunk for each turn of the scheduler.
void
Transmission::pull ()
{
  const auto keep = channel_->shared_from_this ();
  const auto message = message_;
  is_paused_ = false;
  const auto result = message->pull ();
  if (message != message_)
    return; // a callback cancelled it, or ended the channel
  if (MessagePull::Status::aborted == result.status)
  {
    cancel ();
    return;
  }
  is_waiting_ = ! hand_over (result.parts);
  switch (result.status)
  {
  case MessagePull::Status::finished:
    channel_->sender ().detach (upload_);
    drop ();
    return;
  case MessagePull::Status::paused:
    // The callback may have called resume () by itself: that came too early
    // and means nothing.
    is_paused_ = true;
    return;
  case MessagePull::Status::more:
    if (! is_waiting_)
      pull_due_.arm_now ();
    return;
  case MessagePull::Status::aborted:
    return;
  }
}

bool
Transmission::hand_over (const base::Bytes &parts)
{
  if (has_failed_ || parts.empty ())
    return true;
  const auto push = channel_->sender ().push (upload_, parts);
  channel_->pump ();
  has_failed_ = Sender::Push::refused == push || Sender::Push::unknown == push;
  return Sender::Push::wait != push;
}
} // namespace psyc::api
