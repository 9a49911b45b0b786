// SPDX-License-Identifier: AGPL-3.0-or-later
#include "psyc/core/outbox.hpp"

namespace psyc::core
{
using transfer::SendState;

void
Outbox::on_listed (const RequestInfo &info)
{
  drafts_.on_listed (info.request_id);
  if (0 == info.sequence)
  {
    // Its sender did not finish it, and the sender is gone.
    drafts_.remove_from_store (info.request_id);
    return;
  }
  if (RequestOutcome::open != info.outcome)
    return;
  Entry entry;
  entry.id = info.request_id;
  entries_.push_back (std::move (entry));
  by_id_[info.request_id] = std::prev (entries_.end ());
  if (next_ == entries_.end ())
    next_ = std::prev (entries_.end ());
}

// ---- taking in -----------------------------------------------------------

std::optional<std::string>
Outbox::refusal ()
{
  if (entries_.size () + drafts_.count ()
      >= context_.config.outbox_requests_max)
    return "the outbox is full";
  return std::nullopt;
}

void
Outbox::begin_upload (UploadKey upload, std::uint32_t, const base::SendTag &tag)
{
  drafts_.begin (upload, tag, 0);
}

void
Outbox::add_chunk (UploadKey upload, Chunk chunk)
{
  drafts_.add (upload, chunk);
}

void
Outbox::cancel_upload (UploadKey upload)
{
  drafts_.cancel (upload);
}

void
Outbox::on_draft_complete (UploadKey upload, base::RequestId id,
                           std::deque<RequestPtr> fragments)
{
  Entry entry;
  entry.id = id;
  entry.fragments = std::move (fragments);
  entry.watchers.push_back (upload);
  entries_.push_back (std::move (entry));
  const auto added = std::prev (entries_.end ());
  by_id_[added->id] = added;
  if (next_ == entries_.end ())
    next_ = added;
  tell (*added, { SendState::queued, added->id.value, 0, 0, "" });
  pump ();
}

void
Outbox::on_draft_failed (UploadKey upload, base::RequestId id,
                         const std::string &error)
{
  uploads_.on_status (upload, { SendState::failed, id.value, 0, 0, error });
}

// The tag was stored before: say how its request stands.
void
Outbox::resolve_upload (UploadKey upload, const TagInfo &known)
{
  const base::RequestId request{ known.request_id };
  if (by_id_.contains (request))
  {
    watch (upload, request);
    return;
  }
  auto status = std::make_shared<std::optional<RequestInfo>> ();
  context_.store.read (
      ReadRequestStatus{ Box::out, self_, request },
      [status] (StoreItem &item)
      {
        if (auto *info = std::get_if<RequestInfo> (&item))
          *status = std::move (*info);
        return true;
      },
      [this, upload, request, status] (const StoreResult &result)
      {
        UploadStatus out{ SendState::failed, request.value, 0, 0,
                          result.is_error () ? result.error
                                             : "its outcome is forgotten" };
        if (*status && RequestOutcome::open != (*status)->outcome)
        {
          out.state = RequestOutcome::accepted == (*status)->outcome
                          ? SendState::accepted
                          : SendState::refused;
          out.message_id = (*status)->message_id;
          out.code = (*status)->code;
          out.reason = (*status)->reason;
        }
        uploads_.on_status (upload, out);
      });
}

void
Outbox::watch (UploadKey upload, base::RequestId request)
{
  Entry &entry = *by_id_.at (request);
  entry.watchers.push_back (upload);
  uploads_.on_status (upload, { SendState::queued, request.value, 0, 0, "" });
  if (entry.was_sent)
    uploads_.on_status (upload, { SendState::sent, request.value, 0, 0, "" });
}

void
Outbox::tell (const Entry &entry, const UploadStatus &status)
{
  const auto watchers = entry.watchers;
  for (const UploadKey watcher : watchers)
    uploads_.on_status (watcher, status);
}

// ---- sending -------------------------------------------------------------

void
Outbox::on_attached ()
{
  on_detached ();
  is_attached_ = true;
  pump ();
}

void
Outbox::on_detached ()
{
  is_attached_ = false;
  attachment_++;
  in_flight_.clear ();
  in_flight_bytes_ = 0;
  if (0 != reading_)
    context_.store.forget (std::exchange (reading_, 0));
  for (auto &entry : entries_)
  {
    entry.next_offset = 0;
    entry.is_sent = false;
  }
  next_ = entries_.begin ();
}

bool
Outbox::has_room () const
{
  return in_flight_bytes_ < context_.config.outbox_window_bytes
         && in_flight_.size () < context_.config.outbox_window_fragments;
}

void
Outbox::pump ()
{
  while (is_attached_ && 0 == reading_ && next_ != entries_.end ()
         && has_room ())
  {
    if (next_->is_sent || next_->outcome)
      ++next_;
    else if (! next_->fragments.empty ())
      send_kept (*next_);
    else
      read (*next_);
  }
}

void
Outbox::send_kept (Entry &entry)
{
  for (const auto &fragment : entry.fragments)
  {
    if (! has_room ())
      return;
    if (fragment->head.offset == entry.next_offset)
      send (entry, fragment);
  }
  if (! entry.is_sent)
  {
    // Should not be: the copy is incomplete, the store has all.
    drafts_.release (entry.fragments);
    entry.fragments.clear ();
  }
}

void
Outbox::read (Entry &entry)
{
  const std::uint64_t from = entry.next_offset;
  reading_ = context_.store.read (
      ReadRequest{ Box::out, self_, entry.id, from,
                   from + context_.config.request_read_bytes - 1 },
      [this, id = entry.id] (StoreItem &item)
      {
        auto *fragment = std::get_if<RequestPtr> (&item);
        auto it = by_id_.find (id);
        if (nullptr == fragment || it == by_id_.end ())
          return false;
        if ((*fragment)->head.offset == it->second->next_offset)
          send (*it->second, *fragment);
        return ! it->second->is_sent;
      },
      [this, id = entry.id, from] (const StoreResult &result)
      {
        reading_ = 0;
        auto it = by_id_.find (id);
        const bool has_moved = it == by_id_.end () || it->second->is_sent
                               || it->second->next_offset != from;
        if (! has_moved || result.is_error ())
        {
          context_.count ("# requests of ours that the store did not give");
          retry_at_ = std::min (retry_at_,
                                context_.now + context_.config.store_retry);
          // The store fails: nothing overtakes it meanwhile.
          if (result.is_error ())
            return;
          // The store lost it: others are said.
          if (it != by_id_.end () && next_ == it->second)
            ++next_;
        }
        pump ();
      });
}

void
Outbox::send (Entry &entry, const RequestPtr &fragment)
{
  const std::size_t size = fragment->body ().size ();
  entry.next_offset = fragment->head.offset + size;
  if (in_flight_.emplace (std::pair{ entry.id, fragment->head.offset }, size)
          .second)
    in_flight_bytes_ += size;
  context_.effects.push_back (MemberRequestSend{ context_.channel, fragment });
  if (fragment->is_last ())
    on_all_sent (entry);
}

void
Outbox::on_all_sent (Entry &entry)
{
  entry.is_sent = true;
  if (! std::exchange (entry.was_sent, true))
    tell (entry, { SendState::sent, entry.id.value, 0, 0, "" });
}

void
Outbox::on_acknowledged (base::RequestId request, std::uint64_t offset)
{
  auto it = in_flight_.find ({ request, offset });
  if (it == in_flight_.end ())
    return;
  in_flight_bytes_ -= it->second;
  in_flight_.erase (it);
  pump ();
}

// ---- outcome -------------------------------------------------------------

void
Outbox::on_settled (base::RequestId request, RequestOutcome outcome,
                    std::uint64_t message_id, std::uint32_t code,
                    const std::string &reason)
{
  auto it = by_id_.find (request);
  if (it == by_id_.end () || it->second->outcome)
    return;
  it->second->outcome = SettleRequest{ Box::out,   self_, request, outcome,
                                       message_id, code,  reason };
  settle (*it->second);
}

void
Outbox::settle (Entry &entry)
{
  context_.store.call (*entry.outcome,
                       [this, id = entry.id] (const StoreResult &result)
                       { on_outcome_stored (id, result); });
}

void
Outbox::on_outcome_stored (base::RequestId request, const StoreResult &result)
{
  auto it = by_id_.find (request);
  if (it == by_id_.end ())
    return;
  Entry &entry = *it->second;
  if (result.is_error ())
  {
    entry.outcome.reset ();
    retry_at_
        = std::min (retry_at_, context_.now + context_.config.store_retry);
    // Asked again, the host answers again.
    entry.next_offset = 0;
    entry.is_sent = false;
    return;
  }
  const SettleRequest outcome = *entry.outcome;
  tell (entry,
        { RequestOutcome::accepted == outcome.outcome ? SendState::accepted
                                                      : SendState::refused,
          request.value, outcome.message_id, outcome.code, outcome.reason });
  drafts_.release (entry.fragments);
  for (auto flight = in_flight_.lower_bound ({ request, 0 });
       flight != in_flight_.end () && flight->first.first == request;)
  {
    in_flight_bytes_ -= flight->second;
    flight = in_flight_.erase (flight);
  }
  if (next_ == it->second)
    ++next_;
  entries_.erase (it->second);
  by_id_.erase (it);
  pump ();
}

void
Outbox::on_time ()
{
  drafts_.on_time ();
  if (context_.now < retry_at_)
    return;
  retry_at_ = base::time_never;
  next_ = entries_.begin ();
  pump ();
}

base::TimePoint
Outbox::next_deadline () const
{
  return std::min (retry_at_, drafts_.next_deadline ());
}
} // namespace psyc::core
