// SPDX-License-Identifier: AGPL-3.0-or-later
#include "social/client/speaker.hpp"

namespace social::client
{
namespace
{
constexpr std::size_t chunk_bytes = std::size_t{ 32 } * 1024;
} // namespace

Speaker::Speaker (GNUNET_SOCIAL_App *app, const Wanted &wanted,
                  Callbacks callbacks)
    : callbacks_ (std::move (callbacks)),
      writer_ (psyc::PartWriter::chunk_min + chunk_bytes)
{
  upload_ = GNUNET_SOCIAL_say (
      app, &wanted.place, wanted.tag ? &*wanted.tag : nullptr, wanted.flags,
      [] (void *cls) noexcept
      {
        auto *self = static_cast<Speaker *> (cls);
        self->is_waiting_ = false;
        self->push ();
        if (! self->is_full ())
          self->callbacks_.on_room ();
      },
      [] (void *cls, enum GNUNET_PSYC_SendState state, std::uint64_t,
          std::uint64_t message_id, std::uint32_t, const char *reason) noexcept
      {
        auto *self = static_cast<Speaker *> (cls);
        self->said_.state = state;
        self->said_.id = message_id;
        if (nullptr != reason)
          self->said_.reason = reason;
        if (self->said_.is_final ())
          self->upload_ = nullptr;
        self->callbacks_.on_state (self->said_);
      },
      this);
}

Speaker::~Speaker ()
{
  if (nullptr == upload_)
    return;
  if (is_ended_ && 0 == writer_.pending ())
    GNUNET_SOCIAL_say_detach (upload_);
  else
    GNUNET_SOCIAL_say_cancel (upload_);
}

bool
Speaker::head (const std::string &method,
               const std::vector<Variable> &variables)
{
  bool is_fine = writer_.method (method, 0, psyc::state_not_modified);
  for (const Variable &variable : variables)
    is_fine = is_fine
              && writer_.modifier (variable.oper, variable.name,
                                   base::as_bytes (variable.value));
  return is_fine;
}

void
Speaker::body (base::ByteView bytes)
{
  if (nullptr == upload_ || bytes.empty ())
    return;
  writer_.data (bytes);
  push ();
}

void
Speaker::end ()
{
  is_ended_ = true;
  writer_.end ();
  writer_.flush ();
  push ();
}

bool
Speaker::is_full () const
{
  return nullptr != upload_ && is_waiting_;
}

void
Speaker::give_up ()
{
  if (nullptr != upload_)
    GNUNET_SOCIAL_say_cancel (std::exchange (upload_, nullptr));
}

void
Speaker::push ()
{
  while (nullptr != upload_ && ! is_waiting_)
  {
    const auto chunk = writer_.take ();
    if (! chunk)
      return;
    const int outcome = GNUNET_SOCIAL_say_parts (
        upload_, chunk->data (), static_cast<std::uint16_t> (chunk->size ()));
    is_waiting_ = GNUNET_NO == outcome;
    if (GNUNET_SYSERR == outcome)
    {
      upload_ = nullptr;
      said_.state = GNUNET_PSYC_SEND_FAILED;
      said_.reason = "the message is malformed";
      callbacks_.on_state (said_);
    }
  }
}
} // namespace social::client
