// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Replays for children: see replay_desk.hpp.
#include "multicast/core/replay_desk.hpp"

#include <algorithm>

#include "multicast/core/limits.hpp"

namespace multicast
{
std::optional<PeerReplayEnd>
ReplayDesk::ask (ChannelId child, const PeerReplayRequest &request,
                 const base::Head &head, Coverage coverage)
{
  const std::uint64_t highest = ReplayUnit::fragments == request.unit
                                    ? head.fragment_id.value
                                    : head.message_id.value;
  PeerReplayEnd end;
  end.replay = request.replay;
  end.last = request.first - 1;
  end.after = request.after;
  if (request.first > highest && ! request.detail.is_literal)
    end.code = ReplayCode::past_head;
  else if (queues_.contains (child)
           && queues_[child].size () >= limits::replays_per_child_max)
    end.code = ReplayCode::internal_error;
  else
  {
    Job job;
    job.theirs = request.replay;
    job.unit = request.unit;
    job.cursor = request.first;
    job.last = request.detail.is_literal ? request.first
                                         : std::min (request.last, highest);
    job.after = request.after;
    job.detail = request.detail;
    job.coverage = coverage;
    queues_[child].push_back (job);
    return std::nullopt;
  }
  return end;
}

std::optional<ReplayId>
ReplayDesk::cancel (ChannelId child, ReplayId theirs)
{
  const auto queue = queues_.find (child);
  if (queue == queues_.end ())
    return std::nullopt;
  const auto job
      = std::find_if (queue->second.begin (), queue->second.end (),
                      [&] (const Job &j) { return j.theirs == theirs; });
  if (job == queue->second.end ())
    return std::nullopt;
  const ReplayId asked = job->asked;
  at_client_.erase (asked);
  queue->second.erase (job);
  if (queue->second.empty ())
    queues_.erase (queue);
  return asked.is_none () ? std::nullopt : std::optional (asked);
}

std::optional<ReplayId>
ReplayDesk::drop_child (ChannelId child)
{
  const auto queue = queues_.find (child);
  if (queue == queues_.end ())
    return std::nullopt;
  const ReplayId asked = queue->second.front ().asked;
  at_client_.erase (asked);
  queues_.erase (queue);
  return asked.is_none () ? std::nullopt : std::optional (asked);
}

std::optional<ReplayDesk::Chunk>
ReplayDesk::next_chunk (const HasRoom &has_room, base::TimePoint now)
{
  if (at_client_.size () >= limits::replays_at_client_max)
    return std::nullopt;
  auto it = queues_.upper_bound (turn_);
  for (std::size_t i = 0; i < queues_.size (); i++, ++it)
  {
    if (it == queues_.end ())
      it = queues_.begin ();
    Job &job = it->second.front ();
    if (! job.asked.is_none () || ! has_room (it->first))
      continue;
    turn_ = it->first;
    return start_chunk (it->first, job, now);
  }
  return std::nullopt;
}

ReplayDesk::Chunk
ReplayDesk::start_chunk (ChannelId child, Job &job, base::TimePoint now)
{
  // A message may be of any size: a full queue stops the chunk in its middle.
  const std::uint64_t size = ReplayUnit::fragments == job.unit
                                 ? limits::replay_chunk_fragments
                                 : limits::replay_chunk_messages;
  last_ = last_.next ();
  job.asked = last_;
  job.chunk_last
      = job.last - job.cursor < size ? job.last : job.cursor + size - 1;
  job.active = now;
  at_client_.emplace (last_, child);
  return *find (last_);
}

const ReplayDesk::Job *
ReplayDesk::job_of (ReplayId ours) const
{
  const auto child = at_client_.find (ours);
  return child == at_client_.end () ? nullptr
                                    : &queues_.at (child->second).front ();
}

ReplayDesk::Job *
ReplayDesk::job_of (ReplayId ours)
{
  return const_cast<Job *> (std::as_const (*this).job_of (ours));
}

std::optional<ReplayDesk::Chunk>
ReplayDesk::find (ReplayId ours) const
{
  const Job *job = job_of (ours);
  if (nullptr == job)
    return std::nullopt;
  return Chunk{ at_client_.at (ours), ours,       job->unit,  job->cursor,
                job->chunk_last,      job->after, job->detail };
}

void
ReplayDesk::on_fragment (ReplayId ours, base::FragmentId id,
                         base::MessageId message, base::TimePoint now)
{
  if (Job *job = job_of (ours))
  {
    job->sent++;
    if (ReplayUnit::messages == job->unit && message.value > job->cursor)
    {
      job->cursor = message.value;
      job->after = {};
    }
    job->after = std::max (job->after, id);
    job->active = now;
  }
}

ReplayDesk::Ended
ReplayDesk::stop (ReplayId ours)
{
  return finish (ours, ReplayCode::more);
}

std::optional<ReplayDesk::Ended>
ReplayDesk::on_end (ReplayId ours, ReplayCode code, base::FragmentId next)
{
  Job *job = job_of (ours);
  if (nullptr == job)
    return std::nullopt;
  if (ReplayCode::internal_error == code || ReplayCode::past_head == code)
    return finish (ours, code);
  if (ReplayCode::ok != code)
    job->worst = code;
  job->cursor = job->chunk_last + 1;
  if (ReplayUnit::fragments == job->unit)
    job->cursor = std::max (job->cursor, next.value);
  job->after = {};
  if (job->cursor > job->last)
    return finish (ours, 0 < job->sent ? ReplayCode::ok : job->worst);
  at_client_.erase (ours);
  job->asked = {};
  return std::nullopt;
}

ReplayDesk::Ended
ReplayDesk::finish (ReplayId ours, ReplayCode code)
{
  const ChannelId child = at_client_.at (ours);
  const auto queue = queues_.find (child);
  const Job &job = queue->second.front ();
  Ended out;
  out.child = child;
  out.end.replay = job.theirs;
  out.end.code = ReplayCode::ok == code && Coverage::some == job.coverage
                     ? ReplayCode::not_found
                     : code;
  out.end.last = job.cursor - 1;
  out.end.after = job.after;
  out.end.sent = job.sent;
  at_client_.erase (ours);
  queue->second.pop_front ();
  if (queue->second.empty ())
    queues_.erase (queue);
  return out;
}

std::vector<ReplayId>
ReplayDesk::overdue (base::TimePoint now) const
{
  std::vector<ReplayId> out;
  for (const auto &[ours, child] : at_client_)
    if (job_of (ours)->active + limits::replay_client_timeout <= now)
      out.push_back (ours);
  return out;
}
} // namespace multicast
