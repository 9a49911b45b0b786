// SPDX-License-Identifier: AGPL-3.0-or-later
//
// libgnunetsocial: uploads. psyc::Sender keeps what the service did not
// confirm and says it again after a reconnect; here its effects become
// messages (at once) and callbacks (from the scheduler).
#include "social/social_api.hpp"

#include "psyc/message/part_checker.hpp"

using namespace social;
using namespace social::api;

GNUNET_SOCIAL_Upload *
GNUNET_SOCIAL_App::start_upload (const PlaceRef &place,
                                 const struct GNUNET_Uuid *tag,
                                 std::uint32_t flags,
                                 GNUNET_PSYC_UploadReadyCallback ready_cb,
                                 GNUNET_PSYC_SendStateCallback state_cb,
                                 void *cls)
{
  auto upload = std::make_shared<GNUNET_SOCIAL_Upload> ();
  upload->app = this;
  upload->place = place;
  upload->ready_cb = ready_cb;
  upload->state_cb = state_cb;
  upload->cls = cls;
  upload->id = sender_.start (
      nullptr == tag ? random_tag () : shell::from_gnunet<base::SendTag> (*tag),
      flags);
  uploads_.emplace (upload->id, upload);
  return upload.get ();
}

int
GNUNET_SOCIAL_App::push (GNUNET_SOCIAL_Upload *upload, base::ByteView parts)
{
  const psyc::PartType last = psyc::check_run (parts).last;
  const auto outcome = sender_.push (upload->id, parts);
  if (psyc::Sender::Push::more == outcome
      || psyc::Sender::Push::wait == outcome)
    upload->is_input_over
        = psyc::PartType::end == last || psyc::PartType::cancel == last;
  else if (psyc::Sender::Push::refused == outcome)
    upload->is_dead = true;
  drain_sender ();
  switch (outcome)
  {
  case psyc::Sender::Push::more:
    return GNUNET_YES;
  case psyc::Sender::Push::wait:
  case psyc::Sender::Push::unknown: // ended meanwhile: its state is on its way
    return GNUNET_NO;
  case psyc::Sender::Push::refused:
    break;
  }
  return GNUNET_SYSERR;
}

void
GNUNET_SOCIAL_App::cancel (GNUNET_SOCIAL_Upload *upload)
{
  upload->is_dead = true;
  sender_.cancel (upload->id);
  drain_sender ();
}

void
GNUNET_SOCIAL_App::detach (GNUNET_SOCIAL_Upload *upload)
{
  upload->is_dead = true;
}

// The service learns of an upload's place once in each connection.
void
GNUNET_SOCIAL_App::say_place (psyc::Sender::UploadId id)
{
  auto it = uploads_.find (id);
  if (it != uploads_.end () && placed_.insert (id).second)
    send (AppSay{ id, it->second->place });
}

void
GNUNET_SOCIAL_App::drain_sender ()
{
  while (auto effect = sender_.poll_effect ())
  {
    if (auto *parts = std::get_if<psyc::Sender::SendParts> (&*effect))
    {
      say_place (parts->upload_id);
      send (AppUpload{ parts->upload_id,
                       parts->tag,
                       parts->flags,
                       parts->offset,
                       { std::move (parts->parts) } });
    }
    else if (const auto *cancel
             = std::get_if<psyc::Sender::SendCancel> (&*effect))
      send (AppUploadCancel{ cancel->upload_id });
    else if (const auto *query
             = std::get_if<psyc::Sender::SendQuery> (&*effect))
    {
      say_place (query->upload_id);
      send (AppUploadQuery{ query->upload_id, query->tag });
    }
    else if (const auto *ready = std::get_if<psyc::Sender::Ready> (&*effect))
      on_sender (*ready);
    else if (const auto *state = std::get_if<psyc::Sender::State> (&*effect))
      on_sender (*state);
  }
}

void
GNUNET_SOCIAL_App::on_sender (const psyc::Sender::Ready &ready)
{
  auto it = uploads_.find (ready.upload_id);
  if (it == uploads_.end () || is_closing_)
    return;
  defer (
      [upload = it->second]
      {
        if (! upload->is_dead && nullptr != upload->ready_cb)
          upload->ready_cb (upload->cls);
      });
}

void
GNUNET_SOCIAL_App::on_sender (const psyc::Sender::State &state)
{
  auto it = uploads_.find (state.upload_id);
  if (it == uploads_.end ())
    return;
  const auto upload = it->second;
  const bool is_final = psyc::transfer::is_final (state.state);
  if (is_final)
  {
    uploads_.erase (it);
    placed_.erase (state.upload_id);
  }
  if (is_closing_)
    return;
  defer (
      [upload, state, is_final]
      {
        if (upload->is_dead)
          return;
        upload->is_dead = is_final;
        if (nullptr != upload->state_cb)
          upload->state_cb (
              upload->cls,
              static_cast<enum GNUNET_PSYC_SendState> (state.state),
              state.request_id, state.message_id, state.code,
              state.reason.empty () ? nullptr : state.reason.c_str ());
      });
}

bool
GNUNET_SOCIAL_App::on (const SocialUploadCredit &message)
{
  sender_.on_credit (message.upload_id, message.bytes);
  drain_sender ();
  return true;
}

bool
GNUNET_SOCIAL_App::on (const SocialUploadState &message)
{
  psyc::Sender::State state;
  state.upload_id = message.upload_id;
  state.state = message.state;
  state.request_id = message.request_id;
  state.message_id = message.message_id;
  state.code = message.code;
  state.reason = message.reason;
  sender_.on_state (state);
  drain_sender ();
  return true;
}

// ------------------------------------------------------------ C interface

extern "C"
{
struct GNUNET_SOCIAL_Upload *
GNUNET_SOCIAL_say (struct GNUNET_SOCIAL_App *app,
                   const struct GNUNET_CRYPTO_EddsaPublicKey *place_key,
                   const struct GNUNET_Uuid *tag, uint32_t flags,
                   GNUNET_PSYC_UploadReadyCallback ready_cb,
                   GNUNET_PSYC_SendStateCallback state_cb, void *cls)
{
  return app->start_upload (app->place_ref (*place_key), tag, flags, ready_cb,
                            state_cb, cls);
}

int
GNUNET_SOCIAL_say_parts (struct GNUNET_SOCIAL_Upload *upload, const void *parts,
                         uint16_t size)
{
  return upload->app->push (
      upload, { static_cast<const std::uint8_t *> (parts), size });
}

void
GNUNET_SOCIAL_say_cancel (struct GNUNET_SOCIAL_Upload *upload)
{
  upload->app->cancel (upload);
}

void
GNUNET_SOCIAL_say_detach (struct GNUNET_SOCIAL_Upload *upload)
{
  upload->app->detach (upload);
}
}
