// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The sender of the C interface over a message queue: psyc::MessagePull makes
// the chunks, each goes out as one struct GNUNET_PSYC_Message and the next
// waits for its acknowledgement. Callbacks may call every function, also
// destroy.
#include <algorithm>
#include <optional>

#include "gnunet_multicast_service.h"
#include "psyc/message/c_api/environment.hpp"
#include "psyc/message/c_api/fragment.hpp"
#include "psyc/message/message_pull.hpp"
#include "psyc/message/names.hpp"

struct GNUNET_PSYC_TransmitHandle final : psyc::MessageSource
{
  struct GNUNET_MQ_Handle *mq = nullptr;
  std::optional<psyc::MessagePull> message;
  GNUNET_PSYC_TransmitNotifyModifier notify_mod = nullptr;
  GNUNET_PSYC_TransmitNotifyData notify_data = nullptr;
  void *cls = nullptr;
  unsigned int acks_pending = 0;
  bool is_paused = false;
  // Inside `send_next`, where callbacks run: what they call is done after.
  bool is_sending = false;
  bool is_destroyed = false;

  Piece new_modifier (std::span<std::uint8_t> room) override;
  Piece more_value (std::span<std::uint8_t> room) override;
  Piece more_data (std::span<std::uint8_t> room) override;
};

using Handle = struct GNUNET_PSYC_TransmitHandle;
using psyc::MessagePull;

namespace
{
constexpr psyc::MessageSource::Piece nothing_more{
  psyc::MessageSource::Answer::done, 0, 0, 0
};

psyc::MessageSource::Answer
answer_from (int result)
{
  using Answer = psyc::MessageSource::Answer;
  switch (result)
  {
  case GNUNET_NO:
    return Answer::more;
  case GNUNET_YES:
    return Answer::done;
  default:
    return Answer::refuse;
  }
}

std::uint16_t
size_of (std::span<std::uint8_t> room)
{
  return static_cast<std::uint16_t> (
      std::min<std::size_t> (room.size (), UINT16_MAX));
}

void
send_chunk (Handle *tmit, base::ByteView parts)
{
  struct GNUNET_PSYC_Message *msg = nullptr;
  struct GNUNET_MQ_Envelope *env
      = GNUNET_MQ_msg_extra (msg, static_cast<std::uint16_t> (parts.size ()),
                             GNUNET_MESSAGE_TYPE_PSYC_MESSAGE);
  std::memcpy (&msg[1], parts.data (), parts.size ());
  tmit->acks_pending++;
  GNUNET_MQ_send (tmit->mq, env);
}

// Sends the next chunk if it may go. Returns whether a further one may.
bool
send_one (Handle *tmit)
{
  if (! tmit->message || tmit->is_paused || 0 != tmit->acks_pending)
    return false;
  const auto result = tmit->message->pull (*tmit);
  if (tmit->is_destroyed)
    return false;
  if (MessagePull::Status::paused == result.status)
    tmit->is_paused = true;
  else if (MessagePull::Status::more != result.status)
    tmit->message.reset ();
  if (! result.parts.empty ())
    send_chunk (tmit, result.parts);
  return true;
}

void
send_next (Handle *tmit)
{
  if (tmit->is_sending)
    return;
  tmit->is_sending = true;
  while (send_one (tmit))
    ;
  tmit->is_sending = false;
  if (tmit->is_destroyed)
    delete tmit;
}
} // namespace

psyc::MessageSource::Piece
Handle::new_modifier (std::span<std::uint8_t> room)
{
  if (nullptr == notify_mod)
    return nothing_more;
  Piece piece;
  std::uint16_t size = size_of (room);
  piece.answer = answer_from (notify_mod (cls, &size, room.data (), &piece.oper,
                                          &piece.full_value_size));
  piece.size = size;
  return is_destroyed ? Piece{} : piece;
}

psyc::MessageSource::Piece
Handle::more_value (std::span<std::uint8_t> room)
{
  Piece piece;
  std::uint16_t size = size_of (room);
  piece.answer
      = answer_from (notify_mod (cls, &size, room.data (), nullptr, nullptr));
  piece.size = size;
  return is_destroyed ? Piece{} : piece;
}

psyc::MessageSource::Piece
Handle::more_data (std::span<std::uint8_t> room)
{
  if (nullptr == notify_data)
    return nothing_more;
  Piece piece;
  std::uint16_t size = size_of (room);
  piece.answer = answer_from (notify_data (cls, &size, room.data ()));
  piece.size = size;
  return is_destroyed ? Piece{} : piece;
}

Handle *
GNUNET_PSYC_transmit_create (struct GNUNET_MQ_Handle *mq)
{
  auto *tmit = new Handle ();
  tmit->mq = mq;
  return tmit;
}

void
GNUNET_PSYC_transmit_destroy (Handle *tmit)
{
  if (nullptr == tmit)
    return;
  tmit->is_destroyed = true;
  if (! tmit->is_sending)
    delete tmit;
}

int
GNUNET_PSYC_transmit_message (Handle *tmit, const char *method_name,
                              const struct GNUNET_PSYC_Environment *env,
                              GNUNET_PSYC_TransmitNotifyModifier notify_mod,
                              GNUNET_PSYC_TransmitNotifyData notify_data,
                              void *notify_cls, uint32_t flags)
{
  if (tmit->message || nullptr == method_name || ! psyc::is_name (method_name))
    return GNUNET_SYSERR;
  MessagePull message (method_name, flags,
                       GNUNET_MULTICAST_FRAGMENT_MAX_PAYLOAD);
  const auto *mod = nullptr == env ? nullptr : env->head;
  for (; nullptr != mod; mod = mod->next)
  {
    const auto oper
        = psyc::operator_from (static_cast<std::uint8_t> (mod->oper));
    if (! oper
        || ! message.add_modifier (
            *oper, mod->name,
            { static_cast<const std::uint8_t *> (mod->value),
              mod->value_size }))
      return GNUNET_SYSERR;
  }
  tmit->message.emplace (std::move (message));
  tmit->notify_mod = notify_mod;
  tmit->notify_data = notify_data;
  tmit->cls = notify_cls;
  tmit->is_paused = false;
  send_next (tmit);
  return GNUNET_OK;
}

void
GNUNET_PSYC_transmit_resume (Handle *tmit)
{
  // From inside a callback nothing is paused yet: its answer decides.
  tmit->is_paused = false;
  send_next (tmit);
}

void
GNUNET_PSYC_transmit_cancel (Handle *tmit)
{
  if (! tmit->message)
    return;
  tmit->message->abort ();
  if (tmit->is_sending)
    return; // `pull` sees it when the callback returns
  // Does not wait: nothing of ours comes after it.
  const auto result = tmit->message->pull (*tmit);
  tmit->message.reset ();
  if (! result.parts.empty ())
    send_chunk (tmit, result.parts);
}

void
GNUNET_PSYC_transmit_got_ack (Handle *tmit)
{
  if (0 == tmit->acks_pending)
    return; // nothing waits for it: not ours to judge
  tmit->acks_pending--;
  send_next (tmit);
}
