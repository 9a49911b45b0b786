// SPDX-License-Identifier: AGPL-3.0-or-later
#include "psyc/core/drafts.hpp"

namespace psyc::core
{
base::RequestId
Drafts::next_id ()
{
  const auto now
      = static_cast<std::uint64_t> (context_.now.time_since_epoch ().count ());
  last_id_.value = std::max (last_id_.value + 1, now);
  return last_id_;
}

void
Drafts::begin (UploadKey upload, const base::SendTag &tag, std::uint32_t flags)
{
  Draft draft;
  draft.id = next_id ();
  draft.tag = tag;
  draft.flags = flags;
  drafts_.emplace (upload, std::move (draft));
}

void
Drafts::add (UploadKey upload, const Chunk &chunk)
{
  auto it = drafts_.find (upload);
  if (it == drafts_.end () || ! it->second.error.empty ())
    return;
  Draft &draft = it->second;
  Piece piece;
  piece.request = make_request ({ member_, ++draft.fragment_count, chunk.offset,
                                  draft.id, chunk.flags | draft.flags },
                                chunk.body);
  piece.input_bytes = chunk.input_bytes;
  keep (draft, piece.request);
  if (piece.request->is_last () && 0 < draft.in_flight)
    draft.last = std::move (piece);
  else
    store (upload, draft, piece);
}

void
Drafts::keep (Draft &draft, const RequestPtr &request)
{
  const std::size_t size = request->bytes.size ();
  if (draft.is_kept && kept_bytes_ + size <= kept_bytes_max_)
  {
    draft.fragments.push_back (request);
    kept_bytes_ += size;
    return;
  }
  draft.is_kept = false;
  release (draft.fragments);
  draft.fragments.clear ();
}

void
Drafts::release (const std::deque<RequestPtr> &fragments)
{
  for (const auto &fragment : fragments)
    kept_bytes_ -= std::min (kept_bytes_, fragment->bytes.size ());
}

void
Drafts::store (UploadKey upload, Draft &draft, const Piece &piece)
{
  draft.in_flight++;
  const bool is_last = piece.request->is_last ();
  context_.store.call (
      StoreRequest{ box_, piece.request,
                    is_last ? std::optional (draft.tag) : std::nullopt },
      [this, upload, bytes = piece.input_bytes,
       is_last] (const StoreResult &result)
      { on_stored (upload, bytes, is_last, result); });
}

void
Drafts::on_stored (UploadKey upload, std::uint64_t input_bytes, bool is_last,
                   const StoreResult &result)
{
  auto it = drafts_.find (upload);
  if (it == drafts_.end ())
    return;
  Draft &draft = it->second;
  draft.in_flight--;
  if (result_yes != result.result && draft.error.empty ())
  {
    // No: a request of that number was settled, the clock went back.
    context_.count ("# requests that the store refused");
    draft.error = result.error.empty () ? "the store failed" : result.error;
  }
  if (! draft.error.empty () || draft.is_cancelled)
  {
    if (0 == draft.in_flight)
      drop (upload);
    return;
  }
  if (0 == draft.in_flight && draft.last)
  {
    const Piece last = *std::exchange (draft.last, std::nullopt);
    store (upload, draft, last);
  }
  owner_.on_draft_durable (upload, input_bytes);
  if (is_last)
    complete (upload);
}

void
Drafts::complete (UploadKey upload)
{
  auto node = drafts_.extract (upload);
  if (! node.empty ())
    owner_.on_draft_complete (upload, node.mapped ().id,
                              std::move (node.mapped ().fragments));
}

void
Drafts::cancel (UploadKey upload)
{
  auto it = drafts_.find (upload);
  if (it == drafts_.end ())
    return;
  it->second.is_cancelled = true;
  if (0 == it->second.in_flight)
    drop (upload);
}

// What of it is in the store goes too.
void
Drafts::drop (UploadKey upload)
{
  const Draft draft = std::move (drafts_.extract (upload).mapped ());
  release (draft.fragments);
  if (0 < draft.fragment_count)
    remove_from_store (draft.id);
  if (! draft.error.empty ())
    owner_.on_draft_failed (upload, draft.id, draft.error);
}

void
Drafts::remove_from_store (base::RequestId id)
{
  SettleRequest settle;
  settle.box = box_;
  settle.member = member_;
  settle.request_id = id;
  settle.reason = "not finished";
  context_.store.call (
      std::move (settle),
      [this, id] (const StoreResult &result)
      {
        if (! result.is_error ())
          return;
        to_remove_.push_back (id);
        retry_at_
            = std::min (retry_at_, context_.now + context_.config.store_retry);
      });
}

void
Drafts::on_time ()
{
  if (context_.now < retry_at_)
    return;
  retry_at_ = base::time_never;
  for (const base::RequestId id : std::exchange (to_remove_, {}))
    remove_from_store (id);
}
} // namespace psyc::core
