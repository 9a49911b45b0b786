// SPDX-License-Identifier: AGPL-3.0-or-later
#include "multicast/core/contact_policy.hpp"

#include "bench.hpp"

using namespace testing_multicast;
using Step = ContactPolicy::Step;

namespace
{
struct Caller
{
  FakeRandom random{ 3 };
  TimePoint now = start_time;
  ContactPolicy policy;

  explicit Caller (PeerKind kind = PeerKind::other) : policy (kind, now) {}

  Step
  step ()
  {
    return policy.next_step (now);
  }

  // Until it calls; how long that took.
  base::Duration
  wait_for_call (PathState path)
  {
    const TimePoint begin = now;
    for (int i = 0; i < 1000; i++)
    {
      const Step s = step ();
      if (Step::call == s)
        return now - begin;
      if (Step::ask_path == s)
        policy.on_path (path);
      if (Step::nothing == s)
        now = policy.next_deadline ();
    }
    ADD_FAILURE () << "never calls";
    return {};
  }
};
} // namespace

TEST (ContactPolicy, CallsItsOwnPeerAtOnce)
{
  Caller caller (PeerKind::own);
  EXPECT_EQ (Step::call, caller.step ());
}

TEST (ContactPolicy, AsksForAPathFirstAndEverySecond)
{
  Caller caller;
  EXPECT_EQ (Step::ask_path, caller.step ());
  EXPECT_EQ (Step::nothing, caller.step ());
  EXPECT_EQ (caller.now + seconds (1), caller.policy.next_deadline ());
  caller.policy.on_path (PathState::unknown);
  EXPECT_EQ (Step::nothing, caller.step ());
  caller.now += seconds (1);
  EXPECT_EQ (Step::ask_path, caller.step ());
  caller.policy.on_path (PathState::known);
  EXPECT_EQ (Step::call, caller.step ());
}

TEST (ContactPolicy, TriesOnceWithoutAPathAfterAMinute)
{
  Caller caller;
  EXPECT_EQ (seconds (60), caller.wait_for_call (PathState::unknown));
}

TEST (ContactPolicy, LeavesAPeerAloneAfterAnAttemptInVain)
{
  Caller caller;
  caller.wait_for_call (PathState::known);
  EXPECT_EQ (Step::nothing, caller.step ());
  EXPECT_EQ (caller.now + ContactPolicy::attempt_first,
             caller.policy.next_deadline ());
  caller.now += ContactPolicy::attempt_first;
  EXPECT_EQ (Step::hang_up, caller.step ());
  EXPECT_EQ (ContactPolicy::quiet, caller.wait_for_call (PathState::known));
}

TEST (ContactPolicy, TakesMoreTimeForTheAttemptAfterTheQuiet)
{
  Caller caller;
  (void)caller.wait_for_call (PathState::known);
  caller.now += ContactPolicy::attempt_first;
  EXPECT_EQ (Step::hang_up, caller.policy.next_step (caller.now));
  (void)caller.wait_for_call (PathState::known);
  EXPECT_EQ (caller.now + seconds (20), caller.policy.next_deadline ());
}

TEST (ContactPolicy, LeavesAPeerAloneAfterSilence)
{
  Caller caller;
  caller.wait_for_call (PathState::known);
  caller.policy.on_answer (caller.now);
  EXPECT_EQ (base::time_never, caller.policy.next_deadline ());
  caller.now += seconds (30);
  caller.policy.on_silence (caller.now);
  EXPECT_EQ (ContactPolicy::quiet, caller.wait_for_call (PathState::known));
}

TEST (ContactPolicy, CallsAgainSoonWhenTheEndWasToldAndWaitsLonger)
{
  Caller caller;
  caller.wait_for_call (PathState::known);
  caller.policy.on_answer (caller.now);
  caller.policy.on_told_end (caller.now, caller.random);
  const auto first = caller.wait_for_call (PathState::known);
  EXPECT_GE (first, milliseconds (100));
  EXPECT_LE (first, milliseconds (151));
  EXPECT_EQ (caller.now + seconds (30), caller.policy.next_deadline ());
}

TEST (ContactPolicy, DoublesTheDelayUpToTwoSecondsWhileEndsAreTold)
{
  Caller caller;
  base::Duration last{};
  for (int i = 0; i < 10; i++)
  {
    caller.wait_for_call (PathState::known);
    caller.policy.on_told_end (caller.now, caller.random);
    last = caller.policy.next_deadline () - caller.now;
    EXPECT_LE (last, seconds (3));
  }
  EXPECT_GE (last, seconds (2));
  // A good conversation makes it short again.
  caller.wait_for_call (PathState::known);
  caller.policy.on_answer (caller.now);
  caller.now += seconds (11);
  caller.policy.on_told_end (caller.now, caller.random);
  EXPECT_LE (caller.policy.next_deadline () - caller.now, milliseconds (151));
}

TEST (ContactPolicy, GoesQuietAfterALongAttemptWithoutAnswer)
{
  Caller caller;
  caller.wait_for_call (PathState::known);
  caller.policy.on_told_end (caller.now, caller.random);
  caller.wait_for_call (PathState::known);
  caller.now += seconds (30);
  EXPECT_EQ (Step::hang_up, caller.step ());
  EXPECT_EQ (ContactPolicy::quiet, caller.wait_for_call (PathState::known));
}

TEST (ContactPolicy, BacksOffFromAPeerThatRefuses)
{
  Caller caller;
  base::Duration before{};
  for (int i = 0; i < 12; i++)
  {
    caller.wait_for_call (PathState::known);
    caller.policy.on_answer (caller.now);
    caller.policy.on_refusal (caller.now, caller.random);
    before = caller.policy.next_deadline () - caller.now;
    EXPECT_GE (before, seconds (2));
    EXPECT_LE (before, seconds (151));
  }
  EXPECT_GE (before, ContactPolicy::refusal_delay_max);
}

TEST (ContactPolicy, TakesAPathThatItDidNotAskForAsNoReasonToCallTwice)
{
  Caller caller;
  caller.wait_for_call (PathState::known);
  caller.policy.on_path (PathState::known);
  EXPECT_EQ (Step::nothing, caller.step ());
}
