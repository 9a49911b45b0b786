// SPDX-License-Identifier: AGPL-3.0-or-later
//
// One member of one group: what its parent does not have it fetches from
// others, one after another, on a channel of its own; the origin is the last to
// be asked, and its word is final. See member_core.hpp.
#include <algorithm>

#include "multicast/core/limits.hpp"
#include "multicast/core/member_core.hpp"

namespace multicast
{
// The next in turn; nothing: nobody can be called just now. A question as it is
// can be answered by the origin's application alone.
std::optional<base::PeerId>
MemberCore::whom_to_visit ()
{
  const bool may_ask_origin = candidates_.is_free (config_.origin, now_);
  const auto is_for_origin
      = [] (const Puller::Want &want) { return want.detail.is_literal; };
  if (may_ask_origin
      && std::any_of (visit_wants_.begin (), visit_wants_.end (),
                      is_for_origin))
    return config_.origin;
  if (0 == visits_in_vain_ && 1 < position_.path.size ()
      && candidates_.may_visit (position_.path[1], now_))
    return position_.path[1];
  const auto other = candidates_.any_to_visit (now_, random_);
  if (other
      && (visits_in_vain_ < limits::visits_before_origin || ! may_ask_origin))
    return other;
  return may_ask_origin ? std::optional (config_.origin) : std::nullopt;
}

void
MemberCore::pump_visit ()
{
  const Link *link = parent ();
  if (nullptr == link)
    return;
  if (visit_)
  {
    // All that it may have was asked for, and answered.
    if (visit_->is_asking () || ! stream_.has_room ())
      return;
    for (auto &[channel, other] : links_)
      if (Link::Role::visit == other.role
          && Link::State::attached == other.state)
        return leave (other);
    return;
  }
  if ((! stream_.has_elsewhere () && visit_wants_.empty ())
      || now_ < visit_not_before_ || errand_)
    return;
  const auto is_alone
      = [this] { return ! candidates_.any_to_visit (now_, random_); };
  if (link->is_origin
      && (visits_in_vain_ >= limits::visits_before_origin || is_alone ()))
  {
    // There is nobody who knows better than the parent.
    stream_.clear_elsewhere ();
    for (; ! visit_wants_.empty (); visit_wants_.pop_front ())
      puller_.add (visit_wants_.front ());
    return pump_pulls ();
  }
  const auto peer = whom_to_visit ();
  if (! peer)
    return on_visit_over ();
  effects_.count ("visits");
  visit_.emplace (stream_, Puller::Side::visit);
  visited_ = *peer;
  for (; ! visit_wants_.empty (); visit_wants_.pop_front ())
    visit_->add (visit_wants_.front ());
  errand_ = Errand{ *peer, Link::Role::visit, now_ + limits::errand_timeout };
}

// It ended, well or not. What is still missing is looked for elsewhere, after a
// while.
void
MemberCore::on_visit_over ()
{
  if (visit_)
  {
    candidates_.on_visited (visited_, now_ + limits::visit_memory);
    if (visit_->has_brought ())
      visits_in_vain_ = 0;
    for (const Puller::Want &want : visit_->take_wants ())
      visit_wants_.push_back (want);
  }
  visit_.reset ();
  if (! stream_.has_elsewhere () && visit_wants_.empty ())
  {
    visits_in_vain_ = 0;
    return;
  }
  visits_in_vain_++;
  base::Duration pause = limits::visit_retry_min;
  for (unsigned i = limits::visits_at_once;
       i < visits_in_vain_ && pause < limits::visit_retry_max; i++)
    pause *= 2;
  visit_not_before_
      = now_ + jittered (std::min (pause, limits::visit_retry_max));
  if (visits_in_vain_ >= limits::visits_in_vain_max)
    give_up_fetches ();
}

// The parent is gone; the next one may have what this one lacked.
void
MemberCore::end_visit ()
{
  if (errand_ && Link::Role::visit == errand_->role)
    errand_.reset ();
  for (auto &[channel, link] : links_)
    if (Link::Role::visit == link.role)
    {
      leave (link);
      break;
    }
  on_visit_over ();
  stream_.clear_elsewhere ();
  for (; ! visit_wants_.empty (); visit_wants_.pop_front ())
    puller_.add (visit_wants_.front ());
  visits_in_vain_ = 0;
  visit_not_before_ = {};
}

// History that nobody has, or nobody who can be reached.
void
MemberCore::give_up_fetches ()
{
  for (; ! visit_wants_.empty (); visit_wants_.pop_front ())
  {
    const Puller::Want &want = visit_wants_.front ();
    effects_.push (
        Fetched{ want.unit, want.first, want.last, ReplayCode::not_found });
  }
}
} // namespace multicast
