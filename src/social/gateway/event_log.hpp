// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What is new, for long polls: the latest events under growing numbers, within
// bounds. A token names the event behind which a client goes on, and this run
// of the program: what is older than both is told by a reset. Pure.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>

namespace social::gateway
{
class EventLog
{
public:
  struct Limits
  {
    std::size_t events_kept = 10000;
    std::size_t bytes_kept = std::size_t{ 16 } * 1024 * 1024;
    std::size_t bytes_told = std::size_t{ 1024 } * 1024; // in one answer
  };

  // `run` is different in each run of the program.
  EventLog (std::string run, Limits limits)
      : run_ (std::move (run)), limits_ (limits)
  {}

  // A JSON object.
  void add (std::string event);

  [[nodiscard]] std::string newest_token () const;

  enum class News
  {
    none,  // nothing yet
    some,  // something, or a reset
    never, // that is no token
  };
  [[nodiscard]] News news_since (const std::string &token) const;

  // {"next":TOKEN,"events":[…]}: of what came behind `token` as much as one
  // answer takes; a reset when that is not known any more.
  [[nodiscard]] std::string answer_since (const std::string &token) const;

private:
  // The event behind which the client goes on; nothing: from another time.
  [[nodiscard]] std::optional<std::uint64_t>
  position_of (const std::string &token) const;
  [[nodiscard]] std::string token_of (std::uint64_t position) const;

  const std::string run_;
  const Limits limits_;
  std::deque<std::string> events_;
  std::size_t bytes_ = 0;
  std::uint64_t forgotten_ = 0; // number of the last one that is not kept
};
} // namespace social::gateway
