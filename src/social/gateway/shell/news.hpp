// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Follows all places that we are in and puts what is new into the log of
// events: messages, gaps, places that change, nyms that come to our doors.
// Who waits for news is called when there is some.
#pragma once

#include <list>
#include <map>

#include "shell/timer.hpp"
#include "social/gateway/event_log.hpp"
#include "social/gateway/shell/people.hpp"
#include "social/client/reader.hpp"

namespace social::gateway
{
class Followed;

class News
{
public:
  explicit News (GNUNET_SOCIAL_App *app);
  News (const News &) = delete;
  News &operator= (const News &) = delete;
  ~News ();

  [[nodiscard]] const EventLog &
  log () const
  {
    return log_;
  }

  // A place came, went, or changed.
  void look_at_places ();

  // Somebody was given a name.
  void look_at_people ();

  // Calls `on_news` once when there is some, unless the waiter went before.
  class Waiter
  {
  public:
    Waiter (News &news, std::function<void ()> on_news);
    Waiter (const Waiter &) = delete;
    Waiter &operator= (const Waiter &) = delete;
    ~Waiter ();

  private:
    friend class News;
    News &news_;
    std::function<void ()> on_news_;
    std::list<Waiter *>::iterator position_;
    bool is_waiting_ = true;
  };

  // Calls all that wait, and from now on at once.
  void stop_waiting ();
  [[nodiscard]] bool
  is_stopping () const
  {
    return is_stopping_;
  }

private:
  friend class Followed;
  // Place and ego, as text.
  using PlaceId = std::pair<std::string, std::string>;

  void add (std::string event);
  void tell_waiters ();
  void on_places (std::vector<view::Place> places);
  [[nodiscard]] const People &
  people () const
  {
    return people_;
  }

  GNUNET_SOCIAL_App *const app_;
  EventLog log_;
  std::list<Waiter *> waiters_;
  bool is_stopping_ = false;
  People people_;
  std::map<PlaceId, std::unique_ptr<Followed>> followed_;
  bool has_seen_places_ = false;
  bool is_looking_ = false;
  bool must_look_again_ = false;
  bool must_look_at_people_ = false;
  Query places_query_;
  Query people_query_;
  ::shell::Timer tell_;
  ::shell::Timer look_;
  ::shell::Timer look_at_people_;
};
} // namespace social::gateway
