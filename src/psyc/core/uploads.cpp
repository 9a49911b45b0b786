// SPDX-License-Identifier: AGPL-3.0-or-later
#include "psyc/core/uploads.hpp"

namespace psyc::core
{
using transfer::SendState;

std::optional<std::size_t>
find_hash_place (base::ByteView parts)
{
  PartReader reader (parts);
  while (const auto part = reader.next ())
  {
    const auto *modifier = std::get_if<ModifierPart> (&*part);
    if (nullptr != modifier && state_hash_name == modifier->name
        && state_hash_size == modifier->value.size ())
      return static_cast<std::size_t> (modifier->value.data () - parts.data ());
  }
  return std::nullopt;
}

bool
Assembler::is_left_out (const Part &part)
{
  if (const auto *modifier = std::get_if<ModifierPart> (&part))
    is_leaving_out_ = state_hash_name == modifier->name;
  else if (! std::holds_alternative<ModContPart> (part))
    is_leaving_out_ = false;
  return is_leaving_out_;
}

void
Assembler::leave_place_for_hash ()
{
  const HashPlace hash = std::exchange (hash_, HashPlace::none);
  if (HashPlace::always == hash
      || (HashPlace::if_changed == hash && has_lasting_))
    (void)writer_.modifier (Operator::set, state_hash_name,
                            base::Bytes (state_hash_size, '0'));
}

PartError
Assembler::add (const Part &part, std::size_t input_bytes)
{
  if (const PartError error = checker_.on_part (part); PartError::none != error)
    return error;
  uncredited_ += input_bytes;
  if (is_left_out (part))
    return PartError::none;
  if (std::holds_alternative<DataPart> (part)
      || std::holds_alternative<EndPart> (part))
    leave_place_for_hash ();
  if (const auto *modifier = std::get_if<ModifierPart> (&part))
    has_lasting_ |= is_lasting (modifier->oper);
  if (! writer_.add (part))
    return PartError::bad_name;
  if (checker_.is_finished ())
    writer_.flush ();
  return PartError::none;
}

PartError
Assembler::add (base::ByteView parts)
{
  PartReader reader (parts);
  while (const auto part = reader.next ())
    if (const PartError error = add (*part, reader.raw ().size ());
        PartError::none != error)
      return error;
  return reader.error ();
}

std::optional<Chunk>
Assembler::take ()
{
  auto body = writer_.take ();
  if (! body)
    return std::nullopt;
  Chunk chunk;
  chunk.body = std::move (*body);
  chunk.offset = offset_;
  offset_ += chunk.body.size ();
  if (0 == chunk.offset)
    chunk.flags |= first_fragment;
  if (is_ended () && 0 == writer_.pending ())
    chunk.flags |= last_fragment;
  // What still waits in the writer is credited with the chunk it leaves in.
  const std::uint64_t waiting = writer_.pending ();
  chunk.input_bytes = uncredited_ - std::min (uncredited_, waiting);
  uncredited_ -= chunk.input_bytes;
  chunk.has_lasting = has_lasting_;
  chunk.is_head_open = PartChecker::State::head == checker_.state ()
                       || PartChecker::State::value == checker_.state ();
  return chunk;
}

Uploads::Upload *
Uploads::find (UploadKey key)
{
  auto it = uploads_.find (key);
  return it == uploads_.end () ? nullptr : &it->second;
}

bool
Uploads::on_upload (ClientId client, const local::Upload &message)
{
  auto it = by_name_.find ({ client, message.upload_id });
  if (it == by_name_.end ())
  {
    // What follows of a message that ended early is not wanted any more.
    return 0 != message.offset || begin (client, message);
  }
  Upload &upload = *find (it->second);
  if (message.offset != upload.next_offset)
    return false;
  upload.next_offset += message.parts.bytes.size ();
  if (State::checking == upload.state)
  {
    upload.held.insert (upload.held.end (), message.parts.bytes.begin (),
                        message.parts.bytes.end ());
    count_bytes (upload, message.parts.bytes.size ());
  }
  else
    take (it->second, upload, message.parts.bytes);
  return true;
}

bool
Uploads::begin (ClientId client, const local::Upload &message)
{
  if (by_tag_.contains (message.tag))
  {
    listen (by_tag_.at (message.tag), client, message.upload_id);
    return true;
  }
  if (by_name_.size () >= context_.config.client_uploads_max)
  {
    tell (client, message.upload_id,
          { SendState::failed, 0, 0, 0, "too many messages at once" });
    return true;
  }
  const UploadKey key{ ++last_key_ };
  const HashPlace hash = 0 != (message.flags & transmit_state_hash)
                             ? HashPlace::always
                             : HashPlace::none;
  Upload &upload = uploads_.try_emplace (key, context_.config.payload_max, hash)
                       .first->second;
  upload.client = client;
  upload.upload_id = message.upload_id;
  upload.tag = message.tag;
  upload.flags = message.flags;
  upload.held = message.parts.bytes;
  upload.next_offset = message.parts.bytes.size ();
  upload.listeners.push_back ({ client, message.upload_id });
  count_bytes (upload, upload.held.size ());
  by_name_.emplace (Name{ client, message.upload_id }, key);
  by_tag_.emplace (message.tag, key);
  check_tag (key);
  return true;
}

void
Uploads::check_tag (UploadKey key)
{
  checking_count_++;
  auto known = std::make_shared<std::optional<TagInfo>> ();
  context_.store.read (
      FindTag{ find (key)->tag },
      [known] (StoreItem &item)
      {
        if (const auto *info = std::get_if<TagInfo> (&item))
          *known = *info;
        return true;
      },
      [this, key, known] (const StoreResult &result)
      {
        checking_count_--;
        if (nullptr == find (key))
          return;
        if (result.is_error ())
          drop (key, { SendState::failed, 0, 0, 0, result.error });
        else
          on_tag (key, *known);
      });
}

void
Uploads::on_tag (UploadKey key, const std::optional<TagInfo> &known)
{
  Upload &upload = *find (key);
  if (known)
  {
    upload.state = State::resolving;
    by_name_.erase ({ upload.client, upload.upload_id });
    settle_bytes (upload, upload.pending);
    sink_.resolve_upload (key, *known);
    return;
  }
  if (0 == upload.next_offset && upload.client.is_none ())
  {
    // Only asked for (UploadQuery).
    drop (key, { SendState::failed, 0, 0, 0, "unknown tag" });
    return;
  }
  if (auto reason = sink_.refusal ())
  {
    drop (key, { SendState::failed, 0, 0, 0, std::move (*reason) });
    return;
  }
  upload.state = State::taking;
  sink_.begin_upload (key, upload.flags, upload.tag);
  const base::Bytes held = std::move (upload.held);
  upload.held.clear ();
  settle_bytes (upload, held.size ());
  take (key, upload, held);
}

// Calls of the sink may end the upload: it is looked up anew after each.
void
Uploads::take (UploadKey key, Upload &upload, base::ByteView parts)
{
  const PartError error = upload.assembler.add (parts);
  if (PartError::none != error || upload.assembler.is_cancelled ())
  {
    sink_.cancel_upload (key);
    drop (key, PartError::none == error
                   ? UploadStatus{ SendState::cancelled, 0, 0, 0, "" }
                   : UploadStatus{ SendState::failed, 0, 0, 0,
                                   std::string (error_name (error)) });
    return;
  }
  if (upload.assembler.is_ended ())
  {
    upload.state = State::given;
    by_name_.erase ({ upload.client, upload.upload_id });
  }
  for (Upload *now = &upload; nullptr != now; now = find (key))
  {
    auto chunk = now->assembler.take ();
    if (! chunk)
      return;
    count_bytes (*now, chunk->input_bytes);
    sink_.add_chunk (key, std::move (*chunk));
  }
}

void
Uploads::on_cancel (ClientId client, std::uint64_t upload_id)
{
  auto it = by_name_.find ({ client, upload_id });
  if (it != by_name_.end ())
    abandon (it->second);
}

void
Uploads::abandon (UploadKey key)
{
  if (State::taking == find (key)->state)
    sink_.cancel_upload (key);
  drop (key, { SendState::cancelled, 0, 0, 0, "" });
}

void
Uploads::on_query (ClientId client, const local::UploadQuery &message)
{
  if (auto it = by_tag_.find (message.tag); it != by_tag_.end ())
  {
    listen (it->second, client, message.upload_id);
    return;
  }
  const UploadKey key{ ++last_key_ };
  Upload &upload
      = uploads_.try_emplace (key, context_.config.payload_max).first->second;
  upload.tag = message.tag;
  upload.listeners.push_back ({ client, message.upload_id });
  by_tag_.emplace (message.tag, key);
  check_tag (key);
}

void
Uploads::listen (UploadKey key, ClientId client, std::uint64_t upload_id)
{
  Upload &upload = *find (key);
  upload.listeners.push_back ({ client, upload_id });
  if (upload.last)
    tell (client, upload_id, *upload.last);
}

void
Uploads::on_client_gone (ClientId client)
{
  for (auto it = by_name_.lower_bound ({ client, 0 });
       it != by_name_.end () && it->first.first == client;
       it = by_name_.lower_bound ({ client, 0 }))
    abandon (it->second);
  for (auto &[key, upload] : uploads_)
  {
    std::erase_if (upload.listeners, [client] (const Listener &listener)
                   { return listener.client == client; });
    if (upload.client == client)
      upload.client = {};
  }
  pending_.erase (client);
}

void
Uploads::on_durable (UploadKey key, std::uint64_t input_bytes)
{
  Upload *upload = find (key);
  if (nullptr == upload || 0 == input_bytes)
    return;
  settle_bytes (*upload, input_bytes);
  if (! upload->client.is_none () && ! upload->assembler.is_ended ())
    context_.send (
        upload->client,
        local::UploadCredit{ upload->upload_id,
                             static_cast<std::uint32_t> (input_bytes) });
}

// What waits in an assembler for the rest of its fragment does not count: the
// client must be read for it to go on.
void
Uploads::count_bytes (Upload &upload, std::size_t bytes)
{
  upload.pending += bytes;
  if (! upload.client.is_none ())
    pending_[upload.client] += bytes;
}

void
Uploads::settle_bytes (Upload &upload, std::size_t bytes)
{
  bytes = std::min (bytes, upload.pending);
  upload.pending -= bytes;
  if (auto it = pending_.find (upload.client); it != pending_.end ())
    it->second -= std::min (bytes, it->second);
}

void
Uploads::on_status (UploadKey key, const UploadStatus &status)
{
  Upload *upload = find (key);
  if (nullptr == upload)
    return;
  if (transfer::is_final (status.state))
  {
    drop (key, status);
    return;
  }
  upload->last = status;
  for (const Listener &listener : upload->listeners)
    tell (listener, status);
}

void
Uploads::drop (UploadKey key, const UploadStatus &status)
{
  Upload *upload = find (key);
  if (nullptr == upload)
    return;
  settle_bytes (*upload, upload->pending);
  for (const Listener &listener : upload->listeners)
    tell (listener, status);
  by_name_.erase ({ upload->client, upload->upload_id });
  by_tag_.erase (upload->tag);
  uploads_.erase (key);
}

void
Uploads::tell (const Listener &listener, const UploadStatus &status)
{
  tell (listener.client, listener.upload_id, status);
}

void
Uploads::tell (ClientId client, std::uint64_t upload_id,
               const UploadStatus &status)
{
  context_.send (client, local::UploadState{
                             upload_id, status.state, status.request_id,
                             status.message_id, status.code, status.reason });
}

bool
Uploads::is_congested (ClientId client) const
{
  auto it = pending_.find (client);
  return checking_count_ >= context_.config.uploads_checking_max
         || (it != pending_.end ()
             && it->second > context_.config.client_bytes_max);
}
} // namespace psyc::core
