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

void
Puller::add (const Want &want)
{
  wants_.push_back (want);
}

bool
Puller::has_wants () const
{
  return ! wants_.empty ();
}

std::vector<Puller::Want>
Puller::take_wants ()
{
  std::vector<Want> out (wants_.begin (), wants_.end ());
  wants_.clear ();
  fetch_.reset ();
  return out;
}

bool
Puller::is_asking () const
{
  return repair_ || fetch_;
}

PeerReplayRequest
Puller::ask (std::optional<Pull> &pull, ReplayUnit unit, std::uint64_t first,
             std::uint64_t last, base::FragmentId after, base::TimePoint now)
{
  last_ = last_.next ();
  pull = Pull{ last_, unit, first, last, 0, false, now, now };
  return { last_, unit, first, last, after };
}

std::optional<PeerReplayRequest>
Puller::next (base::TimePoint now)
{
  if (! stream_.has_room ())
    return std::nullopt;
  if (! repair_ && now >= repair_not_before_)
    if (const auto range
        = Side::parent == side_
              ? stream_.next_missing (limits::pull_fragments_max)
              : stream_.next_elsewhere (limits::pull_fragments_max, asked_))
      return ask (repair_, ReplayUnit::fragments, range->first, range->last, {},
                  now);
  if (! fetch_ && ! wants_.empty () && now >= fetch_not_before_)
  {
    const Want &want = wants_.front ();
    const std::uint64_t last
        = std::min (want.last, want.cursor + limits::pull_fragments_max - 1);
    auto question = ask (fetch_, want.unit, want.cursor, last, want.after, now);
    question.detail = want.detail;
    fetch_->is_literal = want.detail.is_literal;
    return question;
  }
  return std::nullopt;
}

bool
Puller::is_asked_for (const Pull &pull, const Fragment &fragment)
{
  const std::uint64_t position = ReplayUnit::fragments == pull.unit
                                     ? fragment.fragment_id.value
                                     : fragment.message_id.value;
  return pull.is_literal || (position >= pull.first && position <= pull.last);
}

bool
Puller::on_fragment (const Fragment &fragment, base::TimePoint now)
{
  bool out = false;
  for (auto *pull : { &repair_, &fetch_ })
    if (*pull)
    {
      (*pull)->active = now;
      if (is_asked_for (**pull, fragment))
      {
        (*pull)->came++;
        out = true;
      }
    }
  has_brought_ = has_brought_ || out;
  return out;
}

// Was something sent to us that did not come? More is missing than was not
// sent.
bool
Puller::has_lost_some (const Pull &pull, const PeerReplayEnd &end) const
{
  const std::uint64_t covered = std::min (end.last, pull.last);
  if (covered < pull.first || 0 == end.sent)
    return false;
  const std::uint64_t count = covered - pull.first + 1;
  return stream_.missing_count (pull.first, covered)
         > count - std::min (count, end.sent);
}

void
Puller::on_fragment_taken (const Fragment &fragment, base::TimePoint now)
{
  for (auto *pull : { &repair_, &fetch_ })
    if (*pull && is_asked_for (**pull, fragment))
      (*pull)->progress = now;
}

void
Puller::on_fragment_dropped ()
{
  for (auto *pull : { &repair_, &fetch_ })
    if (*pull)
      (*pull)->is_spoiled = true;
}

Puller::Outcome
Puller::on_end (const PeerReplayEnd &end, base::TimePoint now, Word word)
{
  Outcome outcome;
  outcome.is_known = true;
  if (repair_ && repair_->id == end.replay)
    end_repair (end, now, word, outcome);
  else if (fetch_ && fetch_->id == end.replay)
    end_fetch (end, now, word, outcome);
  else
    outcome.is_known = false;
  return outcome;
}

// Only the origin's definite word makes a gap: what it answered for, sent
// nothing of, and we did not drop ourselves. What a relay does not send is
// asked for elsewhere.
void
Puller::end_repair (const PeerReplayEnd &end, base::TimePoint now, Word word,
                    Outcome &outcome)
{
  const Pull pull = *repair_;
  repair_.reset ();
  if (has_lost_some (pull, end))
    return ask_again (pull, now, word);
  in_vain_ = 0;
  const bool is_failure = ReplayCode::internal_error == end.code
                          || ReplayCode::past_head == end.code
                          || ReplayCode::coming < end.code;
  // The origin may say more than it was asked: nothing is there for long.
  const std::uint64_t covered
      = Word::origin == word ? end.last : std::min (end.last, pull.last);
  const bool has_covered = ! pull.is_spoiled && covered >= pull.first;
  if (has_covered && Word::origin == word)
    outcome.gaps = stream_.give_up (pull.first, covered);
  else if (has_covered)
    stream_.put_elsewhere (pull.first, covered);
  if (Side::visit == side_)
    asked_.add (pull.first, has_covered ? covered : pull.last);
  if (0 < pull.came || has_covered)
    coming_ = 0;
  const bool is_stuck = covered < pull.first && 0 == pull.came;
  if (Side::parent == side_ && Word::relay == word && is_stuck)
    return wait_for_coming (pull, now);
  if (is_failure || is_stuck)
    repair_not_before_ = now + limits::pull_retry;
}

// At once, but not for ever: perhaps nothing was sent at all.
void
Puller::ask_again (const Pull &pull, base::TimePoint now, Word word)
{
  if (++in_vain_ < limits::pulls_in_vain_max)
    return;
  in_vain_ = 0;
  repair_not_before_ = now + limits::coming_retry;
  if (Side::visit == side_)
    asked_.add (pull.first, pull.last);
  else if (Word::relay == word)
    stream_.put_elsewhere (pull.first, pull.last);
}

// The relay lacks it as well, and says that it will have it.
void
Puller::wait_for_coming (const Pull &pull, base::TimePoint now)
{
  repair_not_before_ = now + limits::coming_retry;
  if (++coming_ < limits::coming_max)
    return;
  coming_ = 0;
  stream_.put_elsewhere (pull.first, pull.last);
}

void
Puller::end_fetch (const PeerReplayEnd &end, base::TimePoint now, Word word,
                   Outcome &outcome)
{
  const Pull pull = *fetch_;
  fetch_.reset ();
  fetches_in_vain_ = 0;
  Want &want = wants_.front ();
  if (pull.is_spoiled || pull.came < end.sent)
    return; // the same again, when there is room
  const std::uint64_t covered = std::min (end.last, pull.last);
  const bool is_slice = covered == pull.last && covered < want.last
                        && ReplayCode::internal_error != end.code;
  const bool is_lacking = Word::relay == word && ReplayCode::ok != end.code
                          && ReplayCode::more != end.code;
  if (is_lacking)
  {
    outcome.elsewhere = want;
    wants_.pop_front ();
    return;
  }
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
  coming_ = 0;
  in_vain_ = 0;
  fetches_in_vain_ = 0;
}

base::TimePoint
Puller::deadline_of (const Pull &pull)
{
  return std::min (pull.active + limits::pull_timeout,
                   pull.progress + limits::pull_patience);
}

std::optional<ReplayId>
Puller::take_overdue (base::TimePoint now, Word word)
{
  if (repair_ && deadline_of (*repair_) <= now
      && ++in_vain_ >= limits::pulls_in_vain_max)
  {
    in_vain_ = 0;
    if (Word::relay == word && Side::parent == side_)
      stream_.put_elsewhere (repair_->first, repair_->last);
    else if (Side::visit == side_)
      asked_.add (repair_->first, repair_->last);
  }
  for (auto *pull : { &repair_, &fetch_ })
    if (*pull && deadline_of (**pull) <= now)
    {
      const bool is_fetch = pull == &fetch_;
      if (is_fetch && (Word::relay == word || Side::visit == side_))
        fetches_in_vain_++;
      const ReplayId id = (*pull)->id;
      pull->reset ();
      return id;
    }
  return std::nullopt;
}

std::vector<Puller::Want>
Puller::take_forsaken ()
{
  if (fetches_in_vain_ < limits::pulls_in_vain_max)
    return {};
  fetches_in_vain_ = 0;
  return take_wants ();
}

base::TimePoint
Puller::next_deadline () const
{
  base::TimePoint out = base::time_never;
  for (const auto *pull : { &repair_, &fetch_ })
    if (*pull)
      out = std::min (out, deadline_of (**pull));
  if (! repair_ && base::TimePoint{} != repair_not_before_)
    out = std::min (out, repair_not_before_);
  if (! fetch_ && base::TimePoint{} != fetch_not_before_)
    out = std::min (out, fetch_not_before_);
  return out;
}
} // namespace multicast
