// SPDX-License-Identifier: AGPL-3.0-or-later
#include "psyc/core/spool.hpp"

namespace psyc::core
{
using transfer::SendState;

namespace
{
// Bytes of one message that wait for the disk before more is read.
constexpr std::uint64_t waiting_max = 512 * 1024;

// What the publisher must know of a chunk, beside the fragment's own flags.
constexpr std::uint32_t has_lasting = 1u << 8;
constexpr std::uint32_t is_head_open = 1u << 9;
constexpr unsigned transmit_flags_shift = 16;

std::uint32_t
spooled_flags (const Chunk &chunk)
{
  return chunk.flags | (chunk.has_lasting ? has_lasting : 0)
         | (chunk.is_head_open ? is_head_open : 0);
}

Chunk
chunk_of (const RequestFragment &fragment)
{
  Chunk chunk;
  chunk.body = base::to_bytes (fragment.body ());
  chunk.offset = fragment.head.offset;
  chunk.flags = fragment.head.flags & (first_fragment | last_fragment);
  chunk.has_lasting = 0 != (fragment.head.flags & has_lasting);
  chunk.is_head_open = 0 != (fragment.head.flags & is_head_open);
  return chunk;
}
} // namespace

// ---- taking in -----------------------------------------------------------

std::optional<std::string>
Spool::refusal ()
{
  return publisher_.refusal ();
}

void
Spool::begin_upload (UploadKey upload, std::uint32_t flags,
                     const base::SendTag &tag)
{
  Input input;
  input.tag = tag;
  input.flags = flags;
  inputs_.emplace (upload, std::move (input));
}

void
Spool::add_chunk (UploadKey upload, Chunk chunk)
{
  auto it = inputs_.find (upload);
  if (it == inputs_.end ())
    return;
  Input &input = it->second;
  const bool is_last = 0 != (chunk.flags & last_fragment);
  if (input.is_on_disk)
  {
    chunk.flags = spooled_flags (chunk);
    drafts_.add (upload, chunk);
    return;
  }
  hold (upload, input, std::move (chunk));
  const Config &config = context_.config;
  if (is_last)
    give_held (upload, std::move (inputs_.extract (it).mapped ()));
  else if (input.held_bytes > config.spool_message_held_max
           || held_bytes_ > config.spool_held_max)
    to_disk (upload, input);
}

// What is held is bounded here: its sender may go on.
void
Spool::hold (UploadKey upload, Input &input, Chunk chunk)
{
  input.held_bytes += chunk.body.size ();
  held_bytes_ += chunk.body.size ();
  const bool is_last = 0 != (chunk.flags & last_fragment);
  const std::uint64_t credit
      = is_last ? 0 : std::exchange (chunk.input_bytes, 0);
  input.held.push_back (std::move (chunk));
  uploads_.on_durable (upload, credit);
}

void
Spool::to_disk (UploadKey upload, Input &input)
{
  input.is_on_disk = true;
  drafts_.begin (upload, input.tag, input.flags << transmit_flags_shift);
  for (Chunk &chunk : input.held)
  {
    chunk.flags = spooled_flags (chunk);
    drafts_.add (upload, chunk);
  }
  held_bytes_ -= std::exchange (input.held_bytes, 0);
  input.held.resize (1);
}

void
Spool::give_held (UploadKey upload, Input input)
{
  held_bytes_ -= input.held_bytes;
  auto message = std::make_shared<Publication> ();
  message->flags = input.flags;
  message->settlement.tag = input.tag;
  message->on_durable = [this, upload] (std::uint64_t bytes)
  { uploads_.on_durable (upload, bytes); };
  message->on_stored = [this, upload] (base::MessageId id)
  {
    publications_.erase (upload);
    uploads_.on_status (upload, { SendState::stored, 0, id.value, 0, "" });
  };
  message->on_failed = [this, upload] (const std::string &reason)
  {
    publications_.erase (upload);
    uploads_.on_status (upload, { SendState::failed, 0, 0, 0, reason });
  };
  publications_.emplace (upload, message);
  for (Chunk &chunk : input.held)
    publisher_.add (message, std::move (chunk));
}

// Given up before its end: nobody has heard of it.
void
Spool::cancel_upload (UploadKey upload)
{
  auto node = inputs_.extract (upload);
  if (node.empty ())
    return;
  held_bytes_ -= node.mapped ().held_bytes;
  if (node.mapped ().is_on_disk)
    drafts_.cancel (upload);
}

void
Spool::on_draft_failed (UploadKey upload, base::RequestId,
                        const std::string &error)
{
  inputs_.erase (upload);
  uploads_.on_status (upload, { SendState::failed, 0, 0, 0, error });
}

// The tag was stored before.
void
Spool::resolve_upload (UploadKey upload, const TagInfo &known)
{
  Job *job = find (base::RequestId{ known.request_id });
  if (0 != known.message_id)
    uploads_.on_status (upload,
                        { SendState::stored, 0, known.message_id, 0, "" });
  else if (nullptr == job)
    uploads_.on_status (upload,
                        { SendState::failed, 0, 0, 0, "it was not finished" });
  else
  {
    job->watchers.push_back (upload);
    uploads_.on_status (upload, { SendState::queued, 0, 0, 0, "" });
  }
}

// ---- from the disk into the channel --------------------------------------

Spool::Job *
Spool::find (base::RequestId id)
{
  for (Job &job : jobs_)
    if (job.id == id)
      return &job;
  return nullptr;
}

void
Spool::on_listed (const RequestInfo &info)
{
  drafts_.on_listed (info.request_id);
  if (RequestOutcome::open != info.outcome)
    return;
  if (0 == info.sequence)
    drafts_.remove_from_store (info.request_id);
  else
    add_job (info.request_id, 0);
}

Spool::Job &
Spool::add_job (base::RequestId id, std::uint32_t flags)
{
  Job &job = jobs_.emplace_back ();
  job.id = id;
  job.message = std::make_shared<Publication> ();
  Publication &message = *job.message;
  message.flags = flags;
  // With it the store settles the tag, too.
  message.settlement.member = nobody;
  message.settlement.request_id = id;
  message.on_durable = [this] (std::uint64_t) { pump (); };
  message.on_stored
      = [this, id] (base::MessageId stored) { on_stored (id, stored); };
  message.on_failed
      = [this, id] (const std::string &error) { fail (id, error); };
  return job;
}

void
Spool::on_draft_complete (UploadKey upload, base::RequestId id,
                          std::deque<RequestPtr>)
{
  const Input input = std::move (inputs_.extract (upload).mapped ());
  Job &job = add_job (id, input.flags);
  job.watchers.push_back (upload);
  uploads_.on_status (upload, { SendState::queued, 0, 0, 0, "" });
  // It takes its place at once: what is said after it comes after it.
  Chunk first = input.held.front ();
  first.flags &= first_fragment | last_fragment;
  give (job, std::move (first));
  pump ();
}

void
Spool::pump ()
{
  for (Job &job : jobs_)
    if (! job.is_reading && ! job.is_given && job.message->waiting < waiting_max
        && publisher_.has_room ())
      read (job);
}

void
Spool::read (Job &job)
{
  job.is_reading = true;
  const std::uint64_t from = job.next_offset;
  context_.store.read (
      ReadRequest{ Box::in, nobody, job.id, from,
                   from + context_.config.request_read_bytes - 1 },
      [this, id = job.id] (StoreItem &item)
      {
        const auto *fragment = std::get_if<RequestPtr> (&item);
        Job *found = find (id);
        if (nullptr == fragment || nullptr == found || found->is_given)
          return false;
        give (*found, **fragment);
        return true;
      },
      [this, id = job.id, from] (const StoreResult &result)
      {
        Job *found = find (id);
        if (nullptr == found)
          return;
        found->is_reading = false;
        if (! result.is_error () && found->next_offset != from)
          return pump ();
        const PublicationPtr message = found->message;
        fail (id, result.is_error () ? result.error
                                     : "a part of it is not on disk any more");
        publisher_.cancel (message);
      });
}

void
Spool::give (Job &job, const RequestFragment &fragment)
{
  if (fragment.head.offset != job.next_offset)
    return;
  if (0 == fragment.head.offset)
    job.message->flags = fragment.head.flags >> transmit_flags_shift;
  give (job, chunk_of (fragment));
}

// The publisher may end the job: nothing of it is used afterwards.
void
Spool::give (Job &job, Chunk chunk)
{
  job.next_offset = chunk.offset + chunk.body.size ();
  job.is_given = 0 != (chunk.flags & last_fragment);
  const PublicationPtr message = job.message;
  publisher_.add (message, std::move (chunk));
}

void
Spool::on_stored (base::RequestId id, base::MessageId message)
{
  const Job *job = find (id);
  if (nullptr == job)
    return;
  const auto watchers = job->watchers;
  jobs_.remove_if ([id] (const Job &one) { return one.id == id; });
  for (const UploadKey watcher : watchers)
    uploads_.on_status (watcher,
                        { SendState::stored, 0, message.value, 0, "" });
  pump ();
}

// It is told, so it must not be said at the next start.
void
Spool::fail (base::RequestId id, const std::string &error)
{
  const Job *job = find (id);
  if (nullptr == job)
    return;
  const auto watchers = job->watchers;
  jobs_.remove_if ([id] (const Job &one) { return one.id == id; });
  drafts_.remove_from_store (id);
  for (const UploadKey watcher : watchers)
    uploads_.on_status (watcher, { SendState::failed, 0, 0, 0, error });
}
} // namespace psyc::core
