// SPDX-License-Identifier: AGPL-3.0-or-later
#include "social/gateway/shell/news.hpp"

#include "social/gateway/shell/followed.hpp"

namespace social::gateway
{
namespace
{
// Names are looked up again no more often than that.
constexpr base::Duration people_delay = base::seconds (2);
// Connections, and nyms that were let in, come and go without a word: for who
// waits we look.
constexpr base::Duration look_period = base::seconds (5);

// This run of the program, in the tokens of clients.
[[nodiscard]] std::string
random_run ()
{
  const std::uint64_t number
      = GNUNET_CRYPTO_random_u64 (GNUNET_CRYPTO_QUALITY_NONCE, UINT64_MAX);
  std::string out;
  for (int shift = 60; shift >= 0; shift -= 4)
    out += "0123456789abcdef"[(number >> shift) & 15u];
  return out;
}

// Worth an event: not what each message changes.
[[nodiscard]] bool
is_changed (const view::PlaceView &before, const view::PlaceView &now)
{
  return before.name != now.name || before.state != now.state
         || before.policy != now.policy || before.nyms != now.nyms
         || before.is_connected != now.is_connected;
}
} // namespace

News::News (GNUNET_SOCIAL_App *app)
    : app_ (app), log_ (random_run (), {}), tell_ ([this] { tell_waiters (); }),
      look_ ([this] { look_at_places (); }),
      look_at_people_ (
          [this]
          {
            if (std::exchange (must_look_at_people_, false))
              look_at_people ();
          })
{}

News::~News () = default;

// ---------------------------------------------------------------- waiters

News::Waiter::Waiter (News &news, std::function<void ()> on_news)
    : news_ (news), on_news_ (std::move (on_news)),
      position_ (news.waiters_.insert (news.waiters_.end (), this))
{
  if (! news_.is_looking_ && ! news_.look_.is_armed ())
    news_.look_.arm_in (look_period);
}

News::Waiter::~Waiter ()
{
  if (is_waiting_)
    news_.waiters_.erase (position_);
}

void
News::add (std::string event)
{
  log_.add (std::move (event));
  if (! tell_.is_armed ())
    tell_.arm_now (); // what comes together is told together
}

void
News::tell_waiters ()
{
  for (std::size_t i = waiters_.size (); i > 0 && ! waiters_.empty (); i--)
  {
    Waiter *waiter = waiters_.front ();
    waiters_.pop_front ();
    waiter->is_waiting_ = false;
    const auto on_news = waiter->on_news_; // it may destroy the waiter
    on_news ();
  }
}

void
News::stop_waiting ()
{
  is_stopping_ = true;
  tell_waiters ();
}

// ----------------------------------------------------------------- places

void
News::look_at_places ()
{
  must_look_again_ = true;
  if (std::exchange (is_looking_, true))
    return;
  must_look_again_ = false;
  if (! has_seen_places_)
    look_at_people ();
  places_query_.list_places (app_, [this] (std::vector<view::Place> places)
                             { on_places (std::move (places)); });
}

void
News::on_places (std::vector<view::Place> places)
{
  is_looking_ = false;
  const bool is_first = ! std::exchange (has_seen_places_, true);
  for (const view::Place &place : places)
  {
    auto &followed
        = followed_[{ place.view.key, view::key_text (place.ego_key) }];
    if (followed)
    {
      if (is_changed (followed->place ().view, place.view))
        add (view::json_line (place.view));
      followed->update (place);
      continue;
    }
    if (! is_first)
      add (view::json_line (place.view));
    // Of a new place of our own all is news, of others' what comes from now.
    const auto told_id = is_first
                             ? std::optional<std::uint64_t> ()
                             : std::optional<std::uint64_t> (
                                 place.view.is_host ? 0 : place.view.messages);
    followed = std::make_unique<Followed> (*this, place, told_id);
  }
  if (must_look_again_)
    look_.arm_now ();
  else if (! waiters_.empty ())
    look_.arm_in (look_period);
}

void
News::look_at_people ()
{
  if (look_at_people_.is_armed ())
  {
    must_look_at_people_ = true;
    return;
  }
  with_people (people_query_, app_,
               [this] (People people) { people_ = std::move (people); });
  look_at_people_.arm_in (people_delay);
}
} // namespace social::gateway
