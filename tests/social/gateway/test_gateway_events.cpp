// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The log of events: in order, each once, within bounds, with a reset when
// something was missed.
#include <gtest/gtest.h>

#include <jansson.h>
#include <memory>
#include <random>
#include <vector>

#include "social/gateway/event_log.hpp"

using namespace social::gateway;

namespace
{
struct Told
{
  std::string next;
  std::vector<std::int64_t> events;
  bool is_reset = false;
};

[[nodiscard]] Told
told (const EventLog &log, const std::string &token)
{
  const std::unique_ptr<json_t, void (*) (json_t *)> object (
      json_loads (log.answer_since (token).c_str (), 0, nullptr), &json_decref);
  Told out;
  EXPECT_TRUE (object);
  out.next = json_string_value (json_object_get (object.get (), "next"));
  out.is_reset = json_is_true (json_object_get (object.get (), "reset"));
  std::size_t i = 0;
  json_t *event = nullptr;
  json_array_foreach (json_object_get (object.get (), "events"), i, event)
      out.events.push_back (json_integer_value (json_object_get (event, "n")));
  return out;
}

[[nodiscard]] std::string
event (std::int64_t n, std::size_t padding = 0)
{
  return "{\"n\":" + std::to_string (n) + ",\"x\":\""
         + std::string (padding, 'x') + "\"}";
}
} // namespace

TEST (Events, AreToldInOrderEachOnce)
{
  EventLog log ("run", {});
  const std::string begin = log.newest_token ();
  EXPECT_EQ (EventLog::News::none, log.news_since (begin));
  log.add (event (1));
  log.add (event (2));
  EXPECT_EQ (EventLog::News::some, log.news_since (begin));
  const Told first = told (log, begin);
  EXPECT_EQ (first.events, (std::vector<std::int64_t>{ 1, 2 }));
  EXPECT_FALSE (first.is_reset);
  EXPECT_EQ (EventLog::News::none, log.news_since (first.next));
  log.add (event (3));
  EXPECT_EQ (told (log, first.next).events, (std::vector<std::int64_t>{ 3 }));
  EXPECT_EQ (told (log, begin).events, (std::vector<std::int64_t>{ 1, 2, 3 }));
}

TEST (Events, OfAnotherRunOrTooOldAreAReset)
{
  EventLog log ("run", { 2, 1000, 1000 });
  const std::string begin = log.newest_token ();
  for (int i = 0; i < 3; i++)
    log.add (event (i));
  for (const std::string &token :
       { begin, std::string ("other-2"), std::string ("run-4") })
  {
    EXPECT_EQ (EventLog::News::some, log.news_since (token)) << token;
    const Told reset = told (log, token);
    EXPECT_TRUE (reset.is_reset) << token;
    EXPECT_TRUE (reset.events.empty ());
    EXPECT_EQ (log.newest_token (), reset.next);
  }
}

TEST (Events, RefuseWhatIsNoToken)
{
  const EventLog log ("run", {});
  for (const char *bad : { "", "run", "run-", "run-x", "run--1", "-" })
    EXPECT_EQ (EventLog::News::never, log.news_since (bad)) << bad;
}

// A client that goes on with each answer's token misses nothing, or is told.
TEST (Events, LoseNothingWithoutAWord)
{
  const auto seed = std::random_device () ();
  std::printf ("seed %u\n", seed);
  std::mt19937 random (seed);
  const auto below = [&random] (std::size_t limit) {
    return std::uniform_int_distribution<std::size_t> (0, limit - 1) (random);
  };
  EventLog log ("run", { 50, 4000, 500 });
  std::string token = log.newest_token ();
  std::int64_t said = 0;
  std::int64_t heard = 0;
  for (int step = 0; step < 20000; step++)
  {
    if (0 != below (3))
    {
      log.add (event (++said, below (300)));
      continue;
    }
    const Told answer = told (log, token);
    if (answer.is_reset)
      heard = said;
    for (const std::int64_t n : answer.events)
      ASSERT_EQ (++heard, n);
    token = answer.next;
    ASSERT_EQ (heard == said, EventLog::News::none == log.news_since (token));
  }
}
