// SPDX-License-Identifier: AGPL-3.0-or-later
#include "psyc/message/sender.hpp"

#include <algorithm>
#include <utility>

#include "psyc/message/part_writer.hpp"

namespace psyc
{
Sender::UploadId
Sender::start (const base::SendTag &tag, std::uint32_t flags)
{
  const UploadId id = next_id_++;
  Upload &upload = uploads_[id];
  upload.tag = tag;
  upload.flags = flags;
  return id;
}

std::uint64_t
Sender::under_way (const Upload &upload)
{
  return upload.end_offset - upload.sent_offset + upload.uncredited;
}

bool
Sender::is_welcome (const Upload &upload) const
{
  // While nothing goes out, all uploads share what may be kept.
  return under_way (upload) < transfer::window_bytes
         && (is_up_ || kept_bytes_ < transfer::kept_bytes_max);
}

namespace
{
// The checker after these parts, or why they are refused.
PartError
check (PartChecker &checker, base::ByteView parts)
{
  PartReader reader (parts);
  while (const auto part = reader.next ())
  {
    if (const auto error = checker.on_part (*part); PartError::none != error)
      return error;
  }
  return reader.error ();
}
} // namespace

Sender::Push
Sender::push (UploadId id, base::ByteView parts)
{
  const auto at = uploads_.find (id);
  if (uploads_.end () == at || at->second.checker.is_finished ())
    return Push::unknown;
  Upload &upload = at->second;
  PartChecker checker = upload.checker;
  if (const auto error = check (checker, parts); PartError::none != error)
  {
    fail (id, error_name (error));
    return Push::refused;
  }
  if (upload.is_waiting)
    upload.pushed_while_waiting += parts.size ();
  if (upload.pushed_while_waiting > impatience_max)
  {
    fail (id, "more was given without waiting until it is welcome");
    return Push::refused;
  }
  upload.checker = checker;
  take_in (upload, parts);
  send_what_fits (id, upload);
  forget_most ();
  upload.is_waiting = ! checker.is_finished () && ! is_welcome (upload);
  return upload.is_waiting ? Push::wait : Push::more;
}

void
Sender::take_in (Upload &upload, base::ByteView parts)
{
  const auto keep = [&] (base::Bytes chunk)
  {
    kept_bytes_ += chunk.size ();
    upload.end_offset += chunk.size ();
    upload.chunks.push_back (std::move (chunk));
  };
  if (parts.empty ())
    return;
  if (parts.size () <= transfer::upload_parts_max)
    return keep (base::to_bytes (parts));
  PartWriter writer (transfer::upload_parts_max);
  PartReader reader (parts);
  while (const auto part = reader.next ())
    (void)writer.add (*part);
  writer.flush ();
  while (auto chunk = writer.take ())
    keep (std::move (*chunk));
}

void
Sender::send_what_fits (UploadId id, Upload &upload)
{
  while (is_up_ && upload.sent < upload.chunks.size ())
  {
    const base::Bytes &chunk = upload.chunks[upload.sent];
    if (0 != upload.uncredited
        && upload.uncredited + chunk.size () > transfer::window_bytes)
      break;
    effects_.push_back (
        SendParts{ id, upload.tag, upload.flags, upload.sent_offset, chunk });
    upload.uncredited += chunk.size ();
    upload.sent_offset += chunk.size ();
    upload.sent++;
    upload.was_sent = true;
  }
  if (upload.checker.is_finished () && upload.sent == upload.chunks.size ())
    upload.was_sent_whole = upload.was_sent_whole || upload.was_sent;
  if (upload.is_forgetting)
    forget_sent (upload);
}

void
Sender::forget_sent (Upload &upload)
{
  for (; upload.sent > 0; upload.sent--)
  {
    const std::size_t size = upload.chunks.front ().size ();
    kept_bytes_ -= size;
    upload.first_offset += size;
    upload.chunks.pop_front ();
  }
}

void
Sender::forget_all (Upload &upload)
{
  upload.sent = upload.chunks.size ();
  upload.sent_offset = upload.end_offset;
  upload.uncredited = 0;
  forget_sent (upload);
}

void
Sender::forget_most ()
{
  while (kept_bytes_ > transfer::kept_bytes_max)
  {
    // The largest is the least likely to be kept whole in the end.
    const auto most = std::max_element (
        uploads_.begin (), uploads_.end (),
        [] (const auto &left, const auto &right)
        {
          return left.second.sent_offset - left.second.first_offset
                 < right.second.sent_offset - right.second.first_offset;
        });
    if (0 == most->second.sent)
      return;
    most->second.is_forgetting = true;
    forget_sent (most->second);
  }
}

void
Sender::tell_ready ()
{
  for (auto &[id, upload] : uploads_)
  {
    if (! upload.is_waiting || ! is_welcome (upload))
      continue;
    upload.is_waiting = false;
    upload.pushed_while_waiting = 0;
    if (! upload.is_detached)
      effects_.push_back (Ready{ id });
  }
}

void
Sender::finish (Uploads::iterator at, State state)
{
  for (const auto &chunk : at->second.chunks)
    kept_bytes_ -= chunk.size ();
  state.upload_id = at->first;
  if (! at->second.is_detached)
    effects_.push_back (std::move (state));
  uploads_.erase (at);
  tell_ready ();
}

void
Sender::fail (UploadId id, std::string_view reason)
{
  const auto at = uploads_.find (id);
  if (is_up_ && at->second.was_sent)
    effects_.push_back (SendCancel{ id });
  State state;
  state.state = transfer::SendState::failed;
  state.reason = reason;
  finish (at, std::move (state));
}

void
Sender::cancel (UploadId id)
{
  const auto at = uploads_.find (id);
  if (uploads_.end () == at)
    return;
  Upload &upload = at->second;
  if (is_up_ && upload.was_sent)
    effects_.push_back (SendCancel{ id });
  if (upload.was_sent_whole)
  {
    upload.is_cancelled = true;
    forget_all (upload);
    return;
  }
  State state;
  state.state = transfer::SendState::cancelled;
  finish (at, std::move (state));
}

void
Sender::detach (UploadId id)
{
  const auto at = uploads_.find (id);
  if (uploads_.end () != at)
    at->second.is_detached = true;
}

void
Sender::on_link_up ()
{
  if (is_up_)
    return;
  is_up_ = true;
  for (auto &[id, upload] : uploads_)
  {
    if (upload.is_confirmed || upload.is_cancelled)
      effects_.push_back (SendQuery{ id, upload.tag });
    else
      send_what_fits (id, upload);
  }
  tell_ready ();
}

void
Sender::on_link_down ()
{
  is_up_ = false;
  std::erase_if (effects_,
                 [] (const Effect &effect)
                 {
                   return std::holds_alternative<SendParts> (effect)
                          || std::holds_alternative<SendCancel> (effect)
                          || std::holds_alternative<SendQuery> (effect);
                 });
  for (auto at = uploads_.begin (); uploads_.end () != at;)
  {
    const auto current = at++;
    Upload &upload = current->second;
    if (upload.is_confirmed || upload.is_cancelled)
      continue;
    if (upload.is_forgetting)
    {
      fail (current->first, "the service went away in the middle");
      continue;
    }
    upload.sent = 0;
    upload.sent_offset = upload.first_offset;
    upload.uncredited = 0;
  }
}

void
Sender::on_credit (UploadId id, std::uint32_t bytes)
{
  const auto at = uploads_.find (id);
  if (uploads_.end () == at)
    return;
  Upload &upload = at->second;
  upload.uncredited -= std::min<std::uint64_t> (bytes, upload.uncredited);
  send_what_fits (id, upload);
  tell_ready ();
}

void
Sender::on_state (const State &state)
{
  const auto at = uploads_.find (state.upload_id);
  if (uploads_.end () == at)
    return;
  Upload &upload = at->second;
  if (transfer::is_final (state.state))
  {
    State last = state;
    // The service never had it, or lost it: as the owner wished.
    if (upload.is_cancelled && transfer::SendState::failed == state.state)
      last.state = transfer::SendState::cancelled;
    return finish (at, std::move (last));
  }
  // QUEUED is said when all of it is durable; before its end was sent it
  // confirms nothing.
  if (upload.checker.is_finished () && upload.sent == upload.chunks.size ())
  {
    upload.is_confirmed = true;
    forget_all (upload);
  }
  if (! upload.is_detached && (! upload.told || state.state > *upload.told))
  {
    upload.told = state.state;
    effects_.push_back (state);
  }
  tell_ready ();
}

std::optional<Sender::Effect>
Sender::poll_effect ()
{
  if (effects_.empty ())
    return std::nullopt;
  Effect effect = std::move (effects_.front ());
  effects_.pop_front ();
  return effect;
}
} // namespace psyc
