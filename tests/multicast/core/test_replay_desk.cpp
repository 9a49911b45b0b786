// SPDX-License-Identifier: AGPL-3.0-or-later
#include "multicast/core/replay_desk.hpp"

#include "bench.hpp"
#include "multicast/core/limits.hpp"

using namespace testing_multicast;

namespace
{
constexpr base::Head head{ { 1000 }, { 500 }, { 1 } };

struct Desk
{
  ReplayDesk desk;

  std::optional<PeerReplayEnd>
  ask (std::uint64_t child, std::uint64_t first, std::uint64_t last,
       ReplayUnit unit = ReplayUnit::fragments)
  {
    return desk.ask ({ child }, { { 1 }, unit, first, last, {} }, head);
  }

  std::optional<ReplayDesk::Chunk>
  next (std::uint64_t without_room = 0)
  {
    return desk.next_chunk ([=] (ChannelId child)
                            { return child.value != without_room; },
                            start_time);
  }
};
} // namespace

TEST (ReplayDesk, CutsARangeIntoChunksOneAtATime)
{
  Desk d;
  EXPECT_FALSE (d.ask (1, 10, 60));
  auto chunk = d.next ();
  ASSERT_TRUE (chunk);
  EXPECT_EQ (10u, chunk->first);
  EXPECT_EQ (41u, chunk->last);
  EXPECT_FALSE (d.next ());
  EXPECT_FALSE (d.desk.on_end (chunk->replay, ReplayCode::not_found));
  chunk = d.next ();
  ASSERT_TRUE (chunk);
  EXPECT_EQ (42u, chunk->first);
  EXPECT_EQ (60u, chunk->last);
  d.desk.on_fragment (chunk->replay, { 50 }, { 5 }, start_time);
  const auto ended = d.desk.on_end (chunk->replay, ReplayCode::ok);
  ASSERT_TRUE (ended);
  EXPECT_EQ (ReplayCode::ok, ended->end.code);
  EXPECT_EQ (60u, ended->end.last);
  EXPECT_FALSE (d.next ());
}

TEST (ReplayDesk, PassesOverAHoleThatTheClientKnows)
{
  Desk d;
  EXPECT_FALSE (d.ask (1, 10, 60));
  EXPECT_FALSE (
      d.desk.on_end (d.next ()->replay, ReplayCode::not_found, { 50 }));
  const auto chunk = d.next ();
  ASSERT_TRUE (chunk);
  EXPECT_EQ (50u, chunk->first);
  const auto ended
      = d.desk.on_end (chunk->replay, ReplayCode::not_found, { 700 });
  ASSERT_TRUE (ended);
  EXPECT_EQ (699u, ended->end.last);
}

TEST (ReplayDesk, AsksForManyMessagesAndKnowsWhichIsUnderWay)
{
  Desk d;
  EXPECT_FALSE (d.ask (1, 7, 200, ReplayUnit::messages));
  const auto chunk = d.next ();
  ASSERT_TRUE (chunk);
  EXPECT_EQ (7u, chunk->first);
  EXPECT_EQ (6 + limits::replay_chunk_messages, chunk->last);
  d.desk.on_fragment (chunk->replay, { 80 }, { 7 }, start_time);
  // Fragments of messages interleave: the next one's may have lower numbers.
  d.desk.on_fragment (chunk->replay, { 79 }, { 9 }, start_time);
  const auto now = d.desk.find (chunk->replay);
  EXPECT_EQ (9u, now->first);
  EXPECT_EQ (base::FragmentId{ 79 }, now->after);
  const auto ended = d.desk.stop (chunk->replay);
  EXPECT_EQ (8u, ended.end.last);
  EXPECT_EQ (base::FragmentId{ 79 }, ended.end.after);
}

TEST (ReplayDesk, TakesTurnsAmongChildren)
{
  Desk d;
  EXPECT_FALSE (d.ask (1, 1, 1000));
  EXPECT_FALSE (d.ask (2, 1, 1000));
  std::vector<std::uint64_t> served;
  for (int i = 0; i < 6; i++)
  {
    const auto chunk = d.next ();
    ASSERT_TRUE (chunk);
    served.push_back (chunk->child.value);
    EXPECT_FALSE (d.desk.on_end (chunk->replay, ReplayCode::ok));
  }
  EXPECT_EQ ((std::vector<std::uint64_t>{ 1, 2, 1, 2, 1, 2 }), served);
}

TEST (ReplayDesk, AsksTheClientForABoundedNumberAtOnce)
{
  Desk d;
  for (std::uint64_t child = 1; child <= 20; child++)
    EXPECT_FALSE (d.ask (child, 1, 10));
  for (std::size_t i = 0; i < limits::replays_at_client_max; i++)
    EXPECT_TRUE (d.next ());
  EXPECT_FALSE (d.next ());
}

TEST (ReplayDesk, KeepsABoundedNumberOfQuestionsForAChild)
{
  Desk d;
  for (std::size_t i = 0; i < limits::replays_per_child_max; i++)
    EXPECT_FALSE (d.ask (1, 1, 10));
  const auto end = d.ask (1, 1, 10);
  ASSERT_TRUE (end);
  EXPECT_EQ (ReplayCode::internal_error, end->code);
  EXPECT_EQ (0u, end->last);
}

TEST (ReplayDesk, AsksNothingForAChildWithoutRoom)
{
  Desk d;
  EXPECT_FALSE (d.ask (1, 1, 10));
  EXPECT_FALSE (d.next (1));
  EXPECT_FALSE (d.ask (2, 1, 10));
  EXPECT_EQ (ChannelId{ 2 }, d.next (1)->child);
  EXPECT_EQ (ChannelId{ 1 }, d.next ()->child);
}

TEST (ReplayDesk, EndsAtTheHead)
{
  Desk d;
  const auto end = d.ask (1, 1001, 1005);
  ASSERT_TRUE (end);
  EXPECT_EQ (ReplayCode::past_head, end->code);
  EXPECT_FALSE (d.ask (1, 990, base::id_max));
  EXPECT_EQ (1000u, d.next ()->last);
}

TEST (ReplayDesk, StopsInTheMiddleAndSaysWhereToGoOn)
{
  Desk d;
  EXPECT_FALSE (d.ask (1, 7, 9, ReplayUnit::messages));
  const auto chunk = d.next ();
  d.desk.on_fragment (chunk->replay, { 77 }, { 7 }, start_time);
  const auto ended = d.desk.stop (chunk->replay);
  EXPECT_EQ (ReplayCode::more, ended.end.code);
  EXPECT_EQ (6u, ended.end.last);
  EXPECT_EQ (base::FragmentId{ 77 }, ended.end.after);
}

TEST (ReplayDesk, ForgetsAChildAndWhatWasAskedForIt)
{
  Desk d;
  EXPECT_FALSE (d.ask (1, 1, 10));
  EXPECT_FALSE (d.ask (1, 1, 10));
  const auto chunk = d.next ();
  EXPECT_EQ (chunk->replay, d.desk.drop_child ({ 1 }));
  EXPECT_FALSE (d.desk.find (chunk->replay));
  EXPECT_FALSE (d.desk.on_end (chunk->replay, ReplayCode::ok));
  EXPECT_FALSE (d.next ());
}

TEST (ReplayDesk, CancelsWhatIsNotWantedAnyMore)
{
  Desk d;
  EXPECT_FALSE (d.ask (1, 1, 10));
  const auto chunk = d.next ();
  EXPECT_EQ (std::nullopt, d.desk.cancel ({ 1 }, { 99 }));
  EXPECT_EQ (chunk->replay, d.desk.cancel ({ 1 }, { 1 }));
  EXPECT_EQ (std::nullopt, d.desk.cancel ({ 1 }, { 1 }));
}

TEST (ReplayDesk, KnowsWhatTheClientDidNotAnswerInTime)
{
  Desk d;
  EXPECT_FALSE (d.ask (1, 1, 10));
  const auto chunk = d.next ();
  EXPECT_TRUE (d.desk.overdue (start_time + seconds (59)).empty ());
  EXPECT_EQ (std::vector{ chunk->replay },
             d.desk.overdue (start_time + seconds (60)));
}
