// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What a member asks its parent for: see puller.hpp.
#include "multicast/core/puller.hpp"

#include <algorithm>

#include "multicast/core/limits.hpp"

namespace multicast
{
bool
Puller::fetch (ReplayUnit unit, std::uint64_t first, std::uint64_t last,
               const ReplayDetail &detail)
{
  if (wants_.size () >= limits::fetches_max)
    return false;
  wants_.push_back ({ unit, first, last, first, {}, false, detail });
  return true;
}

PeerReplayRequest
Puller::ask (std::optional<Pull> &pull, ReplayUnit unit, std::uint64_t first,
             std::uint64_t last, base::FragmentId after, base::TimePoint now)
{
  last_ = last_.next ();
  pull = Pull{ last_, first, last, false, false, now };
  return { last_, unit, first, last, after };
}

std::optional<PeerReplayRequest>
Puller::next (base::TimePoint now)
{
  if (! stream_.has_room ())
    return std::nullopt;
  if (! repair_ && now >= repair_not_before_)
    if (const auto range = stream_.next_missing (limits::pull_fragments_max))
      return ask (repair_, ReplayUnit::fragments, range->first, range->last, {},
                  now);
  if (! fetch_ && ! wants_.empty () && now >= fetch_not_before_)
  {
    const Want &want = wants_.front ();
    const std::uint64_t last
        = std::min (want.last, want.cursor + limits::pull_fragments_max - 1);
    auto question = ask (fetch_, want.unit, want.cursor, last, want.after, now);
    question.detail = want.detail;
    return question;
  }
  return std::nullopt;
}

void
Puller::on_fragment (base::TimePoint now)
{
  for (auto *pull : { &repair_, &fetch_ })
    if (*pull)
    {
      (*pull)->active = now;
      (*pull)->has_progress = true;
    }
}

void
Puller::on_fragment_dropped ()
{
  for (auto *pull : { &repair_, &fetch_ })
    if (*pull)
      (*pull)->is_spoiled = true;
}

Puller::Outcome
Puller::on_end (const PeerReplayEnd &end, base::TimePoint now)
{
  Outcome outcome;
  outcome.is_known = true;
  if (repair_ && repair_->id == end.replay)
    end_repair (end, now, outcome);
  else if (fetch_ && fetch_->id == end.replay)
    end_fetch (end, now, outcome);
  else
    outcome.is_known = false;
  return outcome;
}

// Only the origin's definite word makes a gap: what it answered for, sent
// nothing of, and we did not drop ourselves.
void
Puller::end_repair (const PeerReplayEnd &end, base::TimePoint now,
                    Outcome &outcome)
{
  const Pull pull = *repair_;
  repair_.reset ();
  const bool is_failure = ReplayCode::internal_error == end.code
                          || ReplayCode::past_head == end.code
                          || ReplayCode::more < end.code;
  // It may say more than it was asked: nothing is there for long.
  const std::uint64_t covered = end.last;
  if (! pull.is_spoiled && covered >= pull.first)
    outcome.gaps = stream_.give_up (pull.first, covered);
  const bool is_stuck = covered < pull.first && ! pull.has_progress;
  if (is_failure || is_stuck)
    repair_not_before_ = now + limits::pull_retry;
}

void
Puller::end_fetch (const PeerReplayEnd &end, base::TimePoint now,
                   Outcome &outcome)
{
  const Pull pull = *fetch_;
  fetch_.reset ();
  Want &want = wants_.front ();
  if (pull.is_spoiled)
    return; // the same again, when there is room
  const std::uint64_t covered = std::min (end.last, pull.last);
  const bool is_slice = covered == pull.last && covered < want.last
                        && ReplayCode::internal_error != end.code;
  want.has_some = want.has_some || ReplayCode::ok == end.code;
  if (ReplayCode::more == end.code && covered < pull.first
      && end.after <= want.after)
    fetch_not_before_ = now + limits::pull_retry; // no progress
  if (ReplayCode::more == end.code || is_slice)
  {
    want.after = end.after;
    if (covered >= want.cursor)
      want.cursor = covered + 1;
    if (is_slice)
      want.after = {};
    return;
  }
  ReplayCode code = end.code;
  if (want.has_some && ReplayCode::internal_error != code)
    code = ReplayCode::ok;
  outcome.fetched = Fetched{ want.unit, want.first, want.last,
                             std::min (code, ReplayCode::internal_error) };
  wants_.pop_front ();
}

std::vector<Fetched>
Puller::drain (ReplayCode code)
{
  std::vector<Fetched> out;
  for (const Want &want : wants_)
    out.push_back ({ want.unit, want.first, want.last, code });
  wants_.clear ();
  fetch_.reset ();
  return out;
}

// A past time must not stay a deadline.
void
Puller::advance_time (base::TimePoint now)
{
  for (auto *not_before : { &repair_not_before_, &fetch_not_before_ })
    if (*not_before <= now)
      *not_before = {};
}

void
Puller::on_detached ()
{
  repair_.reset ();
  fetch_.reset ();
  repair_not_before_ = {};
  fetch_not_before_ = {};
}

std::optional<ReplayId>
Puller::take_overdue (base::TimePoint now)
{
  for (auto *pull : { &repair_, &fetch_ })
    if (*pull && (*pull)->active + limits::pull_timeout <= now)
    {
      const ReplayId id = (*pull)->id;
      pull->reset ();
      return id;
    }
  return std::nullopt;
}

base::TimePoint
Puller::next_deadline () const
{
  base::TimePoint out = base::time_never;
  for (const auto *pull : { &repair_, &fetch_ })
    if (*pull)
      out = std::min (out, (*pull)->active + limits::pull_timeout);
  if (! repair_ && base::TimePoint{} != repair_not_before_)
    out = std::min (out, repair_not_before_);
  if (! fetch_ && base::TimePoint{} != fetch_not_before_)
    out = std::min (out, fetch_not_before_);
  return out;
}
} // namespace multicast
