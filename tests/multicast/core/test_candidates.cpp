// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Whom a member calls, in which order, and whom it remembers.
#include <algorithm>

#include "bench.hpp"
#include "multicast/core/candidates.hpp"
#include "multicast/core/limits.hpp"

using namespace testing_multicast;
using Step = Candidates::Step;

namespace
{
class Calling : public testing::Test
{
protected:
  FakeRandom random{ 3 };
  TimePoint now = start_time;
  base::PeerId self = key_of<base::PeerId> (1);
  base::PeerId origin = key_of<base::PeerId> (100);
  Candidates candidates;

  static base::PeerId
  relay (std::uint64_t number)
  {
    return key_of<base::PeerId> (static_cast<std::uint8_t> (10 + number));
  }

  void
  learn (const base::PeerId &peer, Candidates::Rank rank = Candidates::known)
  {
    candidates.learn (peer, rank, now, random);
  }

  void
  start ()
  {
    candidates.start (self, origin, now, random);
  }

  // The next that is called, when CADET knows a path to everybody.
  std::optional<base::PeerId>
  called ()
  {
    for (int i = 0; i < 1000; i++)
    {
      const auto action
          = candidates.next_for_parent (now, Candidates::Calls::welcome);
      if (Step::ask_path == action.step)
        candidates.find (action.peer)->on_path (PathState::known);
      else
        return Step::call == action.step ? std::optional (action.peer)
                                         : std::nullopt;
    }
    ADD_FAILURE () << "asks for ever";
    return std::nullopt;
  }
};
} // namespace

TEST_F (Calling, WaitsUntilItKnowsWhoItIs)
{
  learn (relay (1));
  EXPECT_FALSE (called ());
  start ();
  EXPECT_EQ (relay (1), called ());
}

TEST_F (Calling, NeverCallsItselfOrNobody)
{
  learn (self);
  start ();
  learn (self);
  learn (base::PeerId{});
  EXPECT_EQ (std::vector{ origin }, candidates.peers ());
}

TEST_F (Calling, TakesTheNearestOfferFirst)
{
  start ();
  learn (relay (1));
  learn (relay (2), Candidates::offered + 3);
  learn (relay (3), Candidates::offered + 2);
  EXPECT_EQ (relay (3), called ());
  EXPECT_EQ (relay (2), called ());
}

TEST_F (Calling, GivesTheOriginEveryThirdTurn)
{
  start ();
  for (std::uint64_t i = 1; i <= 6; i++)
    learn (relay (i));
  EXPECT_NE (origin, called ());
  EXPECT_NE (origin, called ());
  EXPECT_EQ (origin, called ());
}

TEST_F (Calling, LeavesWhoFellSilentAloneAndCallsOthers)
{
  start ();
  learn (relay (1), Candidates::offered);
  ASSERT_EQ (relay (1), called ());
  candidates.find (relay (1))->on_answer (now);
  candidates.find (relay (1))->on_silence (now);
  EXPECT_EQ (origin, called ());
  EXPECT_FALSE (called ());
  EXPECT_FALSE (candidates.is_free (relay (1), now));
  now += ContactPolicy::quiet + seconds (1);
  EXPECT_EQ (relay (1), called ());
}

TEST_F (Calling, HangsUpWhenACallBringsNothing)
{
  start ();
  ASSERT_EQ (origin, called ());
  EXPECT_FALSE (candidates.next_overdue (now));
  now += ContactPolicy::attempt_first;
  EXPECT_EQ (origin, candidates.next_overdue (now));
  EXPECT_FALSE (candidates.next_overdue (now));
}

TEST_F (Calling, RemembersNoMoreThanItMayAndForgetsTheWorst)
{
  start ();
  learn (relay (1), Candidates::offered);
  for (std::uint64_t i = 2; i < 200; i++)
    learn (relay (i));
  const auto peers = candidates.peers ();
  EXPECT_EQ (limits::candidates_max, peers.size ());
  for (const auto &kept : { origin, relay (1) })
    EXPECT_NE (peers.end (), std::find (peers.begin (), peers.end (), kept));
}

TEST_F (Calling, ForgetsNobodyWhomItMustLeaveAlone)
{
  start ();
  learn (relay (1));
  ASSERT_EQ (relay (1), called ());
  candidates.find (relay (1))->on_silence (now);
  for (std::uint64_t i = 2; i < 200; i++)
    learn (relay (i), Candidates::offered);
  EXPECT_NE (nullptr, candidates.find (relay (1)));
}

TEST_F (Calling, VisitsNeitherTheOriginNorWhoWasVisitedLatelyNorWhoRests)
{
  start ();
  for (std::uint64_t i = 1; i <= 3; i++)
  {
    learn (relay (i));
    candidates.find (relay (i))->on_path (PathState::known);
  }
  candidates.find (relay (3))->on_silence (now);
  candidates.on_visited (relay (1), now + base::seconds (30));
  for (int i = 0; i < 50; i++)
    EXPECT_EQ (relay (2), candidates.any_to_visit (now, random));
}

TEST_F (Calling, VisitsOtherChildrenOfTheOriginFirstAndWhoIsMerelyKnownLast)
{
  start ();
  learn (relay (1));
  learn (relay (2), Candidates::above);
  learn (relay (3), Candidates::topmost);
  std::vector<base::PeerId> visited;
  while (const auto peer = candidates.any_to_visit (now, random))
  {
    visited.push_back (*peer);
    candidates.on_visited (*peer, now + base::seconds (30));
  }
  EXPECT_EQ ((std::vector{ relay (3), relay (2), relay (1) }), visited);
}
