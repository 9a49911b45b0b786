// SPDX-License-Identifier: AGPL-3.0-or-later
//
// When to call a peer: see contact_policy.hpp.
#include "multicast/core/contact_policy.hpp"

#include <algorithm>

namespace multicast
{
namespace
{
// Up to half as long again, so that children of one parent do not all come
// back in the same moment.
base::Duration
jittered (base::Duration delay, port::Random &random)
{
  const auto spread = static_cast<std::uint32_t> (delay.count () / 2 + 1);
  return delay
         + base::Duration (static_cast<std::int64_t> (random.below (spread)));
}
} // namespace

ContactPolicy::ContactPolicy (PeerKind kind, base::TimePoint now)
    : kind_ (kind), since_ (now), until_ (now), ask_again_ (now)
{}

bool
ContactPolicy::may_call (base::TimePoint now) const
{
  return PeerKind::own == kind_ || PathState::known == path_
         || now - since_ >= path_patience;
}

ContactPolicy::Step
ContactPolicy::next_step (base::TimePoint now, Calls calls)
{
  switch (phase_)
  {
  case Phase::resting:
    if (now < until_)
      return Step::nothing;
    phase_ = Phase::seeking;
    path_ = PathState::unknown;
    since_ = now;
    ask_again_ = now;
    [[fallthrough]];
  case Phase::seeking:
    if (may_call (now))
    {
      if (Calls::held == calls)
        return Step::nothing;
      phase_ = Phase::calling;
      since_ = now;
      until_ = now + attempt_;
      return Step::call;
    }
    if (now < ask_again_)
      return Step::nothing;
    ask_again_ = now + path_question_interval;
    return Step::ask_path;
  case Phase::calling:
    if (now < until_)
      return Step::nothing;
    on_silence (now);
    return Step::hang_up;
  case Phase::talking:
    return Step::nothing;
  }
  return Step::nothing;
}

base::TimePoint
ContactPolicy::next_deadline (Calls calls) const
{
  switch (phase_)
  {
  case Phase::resting:
  case Phase::calling:
    return until_;
  case Phase::seeking:
    if (Calls::held == calls)
      return base::time_never;
    return PathState::known == path_ || PeerKind::own == kind_ ? since_
                                                               : ask_again_;
  case Phase::talking:
    return base::time_never;
  }
  return base::time_never;
}

bool
ContactPolicy::is_free (base::TimePoint now) const
{
  return Phase::seeking == phase_
         || (Phase::resting == phase_ && until_ <= now);
}

bool
ContactPolicy::is_calling () const
{
  return Phase::calling == phase_;
}

bool
ContactPolicy::lacks_path () const
{
  return Phase::seeking == phase_ && since_ < ask_again_
         && PathState::unknown == path_ && PeerKind::other == kind_;
}

void
ContactPolicy::on_path (PathState state)
{
  if (Phase::seeking == phase_)
    path_ = state;
}

void
ContactPolicy::on_answer (base::TimePoint now)
{
  if (Phase::calling != phase_)
    return;
  phase_ = Phase::talking;
  since_ = now;
  attempt_ = attempt_first;
}

void
ContactPolicy::end_conversation (base::TimePoint now)
{
  if (Phase::talking != phase_ || now - since_ < good_conversation)
    return;
  told_delay_ = told_delay_min;
  refusal_delay_ = refusal_delay_min;
}

void
ContactPolicy::rest_until (base::TimePoint until)
{
  phase_ = Phase::resting;
  until_ = until;
}

void
ContactPolicy::on_told_end (base::TimePoint now, port::Random &random)
{
  end_conversation (now);
  rest_until (now + jittered (told_delay_, random));
  told_delay_ = std::min (told_delay_ * 2, told_delay_max);
  attempt_ = attempt_after_told_end;
}

void
ContactPolicy::on_silence (base::TimePoint now)
{
  end_conversation (now);
  rest_until (now + quiet);
  attempt_ = attempt_after_quiet;
}

void
ContactPolicy::on_refusal (base::TimePoint now, port::Random &random)
{
  end_conversation (now);
  rest_until (now + jittered (refusal_delay_, random));
  refusal_delay_ = std::min (refusal_delay_ * 2, refusal_delay_max);
  attempt_ = attempt_after_told_end;
}

void
ContactPolicy::on_left (base::TimePoint now)
{
  end_conversation (now);
  rest_until (now);
}
} // namespace multicast
