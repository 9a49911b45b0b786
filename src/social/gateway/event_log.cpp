// SPDX-License-Identifier: AGPL-3.0-or-later
#include "social/gateway/event_log.hpp"

#include "social/view/text.hpp"

namespace social::gateway
{
void
EventLog::add (std::string event)
{
  bytes_ += event.size ();
  events_.push_back (std::move (event));
  while (events_.size () > limits_.events_kept
         || (bytes_ > limits_.bytes_kept && events_.size () > 1))
  {
    bytes_ -= events_.front ().size ();
    events_.pop_front ();
    forgotten_++;
  }
}

std::string
EventLog::token_of (std::uint64_t position) const
{
  return run_ + "-" + std::to_string (position);
}

std::string
EventLog::newest_token () const
{
  return token_of (forgotten_ + events_.size ());
}

std::optional<std::uint64_t>
EventLog::position_of (const std::string &token) const
{
  if (! token.starts_with (run_ + "-"))
    return std::nullopt;
  const auto position = view::parse_id (token.substr (run_.size () + 1));
  if (! position || *position < forgotten_
      || *position > forgotten_ + events_.size ())
    return std::nullopt;
  return position;
}

EventLog::News
EventLog::news_since (const std::string &token) const
{
  const std::size_t dash = token.find ('-');
  if (std::string::npos == dash || ! view::parse_id (token.substr (dash + 1)))
    return News::never;
  const auto position = position_of (token);
  return position && *position == forgotten_ + events_.size () ? News::none
                                                               : News::some;
}

std::string
EventLog::answer_since (const std::string &token) const
{
  auto position = position_of (token);
  if (! position)
    return "{\"next\":\"" + newest_token ()
           + "\",\"events\":[],\"reset\":true}";
  std::string events;
  for (std::size_t i = *position - forgotten_; i < events_.size (); i++)
  {
    if (! events.empty () && events.size () > limits_.bytes_told)
      break;
    events += (events.empty () ? "" : ",") + events_[i];
    ++*position;
  }
  return "{\"next\":\"" + token_of (*position) + "\",\"events\":[" + events
         + "]}";
}
} // namespace social::gateway
