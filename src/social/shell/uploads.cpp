// SPDX-License-Identifier: AGPL-3.0-or-later
#include "social/shell/uploads.hpp"

#include "psyc/message/message.hpp"
#include "social/core/offer_key.hpp"
#include "social/core/own_words.hpp"

namespace social
{
namespace
{
// Messages of one application that are not settled yet.
constexpr std::size_t uploads_of_client_max = 16'384;

using psyc::transfer::SendState;
} // namespace

Uploads::~Uploads ()
{
  while (! uploads_.empty ())
    close (*uploads_.begin ()->second);
}

Uploads::Upload *
Uploads::find (const shell::ServiceClient &client, std::uint64_t id)
{
  const auto found = uploads_.find ({ &client, id });
  return uploads_.end () == found ? nullptr : found->second.get ();
}

bool
Uploads::say (shell::ServiceClient &client, const AppSay &message)
{
  if (0 == message.upload_id || nullptr != find (client, message.upload_id)
      || counts_[&client] >= uploads_of_client_max)
    return false;
  auto upload = std::make_unique<Upload> ();
  upload->owner = this;
  upload->client = &client;
  upload->id = message.upload_id;
  upload->ref = message.place;
  counts_[&client]++;
  uploads_.emplace (Key{ &client, message.upload_id }, std::move (upload));
  return true;
}

bool
Uploads::take (shell::ServiceClient &client, const AppUpload &message)
{
  Upload *upload = find (client, message.upload_id);
  if (nullptr == upload)
    return true; // ended meanwhile: the state was told
  if (upload->is_watch || message.offset != upload->offset)
    return false;
  if (! upload->filter && ! begin (*upload, message))
    return true;
  const auto size = static_cast<std::uint32_t> (message.parts.bytes.size ());
  if (upload->held_back + size > psyc::transfer::window_bytes)
    return false;
  const auto parts = upload->filter->take (message.parts.bytes);
  if (! parts)
  {
    fail (*upload, upload->filter->why_not ());
    return true;
  }
  upload->offset += size;
  upload->held_back += size;
  hand_on (*upload, *parts);
  return true;
}

bool
Uploads::begin (Upload &upload, const AppUpload &message)
{
  const Place *place = door_.core ().find_place (upload.ref);
  if (nullptr == place)
  {
    fail (upload, "no such place here: gnunet-social places lists them");
    return false;
  }
  if (const auto why = door_.core ().why_not_say (*place))
  {
    fail (upload, *why);
    return false;
  }
  upload.ref = place->ref;
  auto *channel = places_.running_channel (place->ref);
  const auto tag = shell::to_gnunet<struct GNUNET_Uuid> (message.tag);
  if (nullptr != channel)
    upload.handle = GNUNET_PSYC_channel_upload (channel, &tag, message.flags,
                                                &Uploads::on_ready,
                                                &Uploads::on_state, &upload);
  if (nullptr == upload.handle)
  {
    fail (upload, "the place is not ready yet: try again");
    return false;
  }
  upload.filter.emplace (own_variables (*place));
  if (Role::host == place->role)
    look_for_request (place->ref, message.parts.bytes);
  return true;
}

// A guest's question for an offered file comes by the place; the host's own
// need not.
void
Uploads::look_for_request (const PlaceRef &ref, base::ByteView parts)
{
  const auto head = psyc::parse_head (parts);
  if (! head || offer_request_method != head->method)
    return;
  if (const auto key = head->find_text (offer_key_variable))
    door_.tell ([&] (Core &core) { core.on_file_wanted (ref, *key, 0); });
}

std::vector<Variable>
Uploads::own_variables (const Place &place) const
{
  if (Role::guest == place.role)
    return words_of_guest (shell::now ());
  return words_of_host (keys_.nym_text (place.ref.ego), shell::now ());
}

void
Uploads::hand_on (Upload &upload, const base::Bytes &parts)
{
  if (parts.empty ())
    return credit (upload);
  const Key key{ upload.client, upload.id };
  const int taken = GNUNET_PSYC_upload_parts (
      upload.handle, parts.data (), static_cast<std::uint16_t> (parts.size ()));
  // The state may have been told, and the upload ended, before that returned.
  if (! uploads_.contains (key))
    return;
  if (GNUNET_YES == taken)
    credit (upload);
}

void
Uploads::credit (Upload &upload)
{
  const std::uint32_t bytes = std::exchange (upload.held_back, 0);
  if (0 != bytes)
    upload.client->send (SocialUploadCredit{ upload.id, bytes });
}

void
Uploads::on_ready (void *cls) noexcept
{
  auto *upload = static_cast<Upload *> (cls);
  upload->owner->credit (*upload);
}

void
Uploads::on_state (void *cls, enum GNUNET_PSYC_SendState state,
                   std::uint64_t request_id, std::uint64_t message_id,
                   std::uint32_t code, const char *reason) noexcept
{
  auto *upload = static_cast<Upload *> (cls);
  SocialUploadState told;
  told.upload_id = upload->id;
  told.state = static_cast<SendState> (state);
  told.request_id = request_id;
  told.message_id = message_id;
  told.code = code;
  if (nullptr != reason)
    told.reason = std::string (reason).substr (0, answer_text_max);
  upload->client->send (told);
  if (! psyc::transfer::is_final (told.state))
    return;
  upload->handle = nullptr; // psyc frees it when we return
  upload->owner->close (*upload);
}

void
Uploads::fail (Upload &upload, const std::string &why)
{
  SocialUploadState told;
  told.upload_id = upload.id;
  told.state = SendState::failed;
  told.reason = why;
  upload.client->send (told);
  close (upload);
}

bool
Uploads::ask (shell::ServiceClient &client, const AppUploadQuery &message)
{
  Upload *upload = find (client, message.upload_id);
  if (nullptr == upload)
    return true;
  if (upload->filter || upload->is_watch)
    return false;
  upload->is_watch = true;
  const Place *place = door_.core ().find_place (upload->ref);
  if (nullptr == place)
  {
    fail (*upload, "no such place here");
    return true;
  }
  upload->ref = place->ref;
  auto *channel = places_.channel (*place);
  const auto tag = shell::to_gnunet<struct GNUNET_Uuid> (message.tag);
  if (nullptr != channel)
    upload->handle = GNUNET_PSYC_channel_upload_watch (
        channel, &tag, &Uploads::on_state, upload);
  if (nullptr == upload->handle)
    fail (*upload, "the place is not ready yet: ask again");
  return true;
}

void
Uploads::cancel (const shell::ServiceClient &client,
                 const AppUploadCancel &message)
{
  if (Upload *upload = find (client, message.upload_id))
    close (*upload);
}

// An unfinished message is given up, a finished one goes on without us.
void
Uploads::close (Upload &upload)
{
  if (nullptr != upload.handle)
  {
    if (upload.filter && ! upload.filter->is_finished ())
      GNUNET_PSYC_upload_cancel (upload.handle);
    else
      GNUNET_PSYC_upload_detach (upload.handle);
  }
  const auto count = counts_.find (upload.client);
  if (counts_.end () != count && 0 == --count->second)
    counts_.erase (count);
  uploads_.erase ({ upload.client, upload.id });
}

void
Uploads::on_client_gone (const shell::ServiceClient &client)
{
  for (auto it = uploads_.lower_bound ({ &client, 0 });
       it != uploads_.end () && it->first.first == &client;
       it = uploads_.lower_bound ({ &client, 0 }))
    close (*it->second);
}

void
Uploads::on_channel_ending (const PlaceRef &ref)
{
  std::vector<Upload *> ending;
  for (const auto &[key, upload] : uploads_)
    if (upload->ref == ref && nullptr != upload->handle)
      ending.push_back (upload.get ());
  for (Upload *upload : ending)
    fail (*upload, "the place has ended, or begins anew");
}
} // namespace social
