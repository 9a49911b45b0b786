// SPDX-License-Identifier: AGPL-3.0-or-later
#include "social/gateway/shell/followed.hpp"

#include <algorithm>

#include "shell/keys.hpp"
#include "shell/message_queue.hpp"

namespace social::gateway
{
namespace
{
// Several that come at once are asked for once.
constexpr base::Duration nyms_delay = base::milliseconds (50);
// What is shorter is told of when it is whole.
constexpr std::uint64_t long_body_bytes = std::uint64_t{ 1024 } * 1024;
constexpr base::Duration arrival_period = base::seconds (1);
} // namespace

void
act_as (GNUNET_SOCIAL_App *app, const view::Place &place)
{
  GNUNET_SOCIAL_app_act_as (
      app, GNUNET_SOCIAL_ego_lookup (app, place.view.ego.c_str ()));
}

Followed::Followed (News &news, view::Place place,
                    std::optional<std::uint64_t> told_id)
    : news_ (news), place_ (std::move (place)), told_id_ (told_id),
      look_at_nyms_ ([this] { look_at_nyms (); })
{
  update (place_);
}

Followed::~Followed ()
{
  if (nullptr != follower_)
    GNUNET_SOCIAL_follower_destroy (follower_);
  if (nullptr != door_)
    GNUNET_SOCIAL_query_cancel (door_);
}

void
Followed::update (const view::Place &place)
{
  const bool has_other_nyms = place_.view.nyms != place.view.nyms;
  place_ = place;
  if (has_other_nyms && nullptr != door_)
    look_at_nyms ();
  if ("entered" != place_.view.state)
    return;
  if (nullptr == follower_)
    follow ();
  if (nullptr == door_ && place_.view.is_host)
    watch_door ();
}

// ------------------------------------------------------------------- door

void
Followed::watch_door ()
{
  act_as (news_.app_, place_);
  door_ = GNUNET_SOCIAL_door_watch (
      news_.app_, &place_.key,
      [] (void *cls, const struct GNUNET_CRYPTO_EcdsaPublicKey *nym) noexcept
      {
        auto *self = static_cast<Followed *> (cls);
        if (nullptr == nym)
          self->door_ = nullptr;
        else if (! self->look_at_nyms_.is_armed ())
          self->look_at_nyms_.arm_in (nyms_delay);
      },
      this);
  look_at_nyms ();
}

void
Followed::look_at_nyms ()
{
  act_as (news_.app_, place_);
  nyms_query_.list_nyms (news_.app_, place_,
                         [this] (std::vector<view::Nym> nyms)
                         { on_nyms (nyms); });
}

void
Followed::on_nyms (const std::vector<view::Nym> &nyms)
{
  const bool is_first = ! std::exchange (has_seen_nyms_, true);
  for (const view::Nym &nym : nyms)
  {
    std::string &state = nym_states_[nym.view.key];
    if (std::exchange (state, nym.view.state) != nym.view.state && ! is_first)
      news_.add (view::json_line (nym.view));
  }
}

// --------------------------------------------------------------- messages

void
Followed::follow ()
{
  act_as (news_.app_, place_);
  assembler_ = view::Assembler ();
  follower_ = GNUNET_SOCIAL_follow (news_.app_, &place_.key, UINT64_MAX,
                                    &Followed::on_start, &Followed::on_fragment,
                                    &Followed::on_gap, this);
}

void
Followed::on_start (void *cls, int result, std::uint64_t,
                    std::uint64_t max_message_id) noexcept
{
  auto *self = static_cast<Followed *> (cls);
  if (GNUNET_SYSERR == result)
  {
    // Goes on where it stopped when the place is entered again.
    self->follower_ = nullptr;
    self->told_id_ = self->newest_begun_;
    return;
  }
  const std::uint64_t told = self->told_id_.value_or (max_message_id);
  self->newest_begun_ = std::max (self->newest_begun_, max_message_id);
  if (told < max_message_id)
    self->read (told + 1, max_message_id, false);
}

void
Followed::on_fragment (void *cls, std::uint64_t,
                       const struct GNUNET_PSYC_MessageHeader *msg) noexcept
{
  auto *self = static_cast<Followed *> (cls);
  const auto fragment
      = view::parse_fragment (::shell::message_bytes (&msg->header));
  if (! fragment)
    return;
  self->tell_gap_before (fragment->message_id);
  if (const auto completed = self->assembler_.take (*fragment))
  {
    self->arriving_.erase (fragment->message_id);
    self->on_completed (*completed);
  }
  else
    self->on_more (fragment->message_id);
}

void
Followed::on_more (std::uint64_t message_id)
{
  const auto known = arriving_.find (message_id);
  const view::Message *begun = assembler_.begun (message_id);
  if (nullptr == begun)
  {
    if (arriving_.end () != known)
    {
      arriving_.erase (known);
      news_.add (view::json_cancelled (place_.view.key, message_id));
    }
    return;
  }
  const base::TimePoint now = ::shell::now ();
  const std::uint64_t size
      = std::max (begun->body_size, view::file_size (*begun).value_or (0));
  if (begun->method.empty () || size < long_body_bytes
      || (arriving_.end () != known && now - known->second < arrival_period))
    return;
  if (arriving_.size () > view::messages_at_once_max)
    arriving_.erase (arriving_.begin ());
  arriving_[message_id] = now;
  auto view = news_.people ().view_of (*begun, place_, false);
  view.received = begun->body_size;
  news_.add (view::json_line (view));
}

void
Followed::on_gap (void *cls, std::uint64_t, std::uint64_t) noexcept
{
  static_cast<Followed *> (cls)->is_gap_before_next_ = true;
}

// Gaps come as fragments; which messages were in them shows with the next.
void
Followed::tell_gap_before (std::uint64_t message_id)
{
  if (std::exchange (is_gap_before_next_, false)
      && message_id > newest_begun_ + 1)
    news_.add (
        view::json_gap (place_.view.key, newest_begun_ + 1, message_id - 1));
  newest_begun_ = std::max (newest_begun_, message_id);
}

void
Followed::on_completed (const view::Completed &completed)
{
  if (! completed.is_partial)
    tell (completed.message);
  else if (! told_.contains (completed.message.id))
    read (completed.message.id, completed.message.id, true);
}

void
Followed::read (std::uint64_t first, std::uint64_t last, bool is_gap_told)
{
  GNUNET_SOCIAL_follower_pause (follower_);
  act_as (news_.app_, place_);
  client::Reader::Wanted wanted;
  wanted.first = first;
  wanted.last = last;
  reader_ = std::make_unique<client::Reader> (
      news_.app_, place_.key, wanted,
      client::Reader::Callbacks{
          {},
          {},
          [this] (const view::Message &message) { tell (message); },
          [this, first, is_gap_told] (const auto &)
          {
            if (is_gap_told && ! told_.contains (first))
              news_.add (view::json_gap (place_.view.key, first, first));
            if (nullptr != follower_)
              GNUNET_SOCIAL_follower_resume (follower_);
          } });
}

void
Followed::tell (const view::Message &message)
{
  if (told_.contains (message.id))
    return;
  told_.add (message.id);
  const auto view = news_.people ().view_of (message, place_, false);
  if (view.author && ! view.author_name)
    news_.look_at_people (); // his name, if he has one, is for what comes next
  news_.add (view::json_line (view));
}
} // namespace social::gateway
