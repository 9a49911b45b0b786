// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Many short lives of a group, each from one seed. `--seed N` repeats one;
// `--seeds N` runs N of them.
#include <gtest/gtest.h>

#include <cstdlib>
#include <iostream>

#include "multicast/core/limits.hpp"
#include "simulation.hpp"

using namespace testing_multicast;

namespace
{
std::uint64_t seed_first = 1;
std::uint64_t seed_count = 300;

std::string
joined (const std::vector<std::string> &lines)
{
  std::string out;
  for (const auto &line : lines)
    out += "  " + line + "\n";
  return out;
}
} // namespace

TEST (Simulation, EveryMemberGetsEverythingOnceWhateverFails)
{
  std::map<std::string, std::int64_t> counts;
  for (std::uint64_t seed = seed_first; seed < seed_first + seed_count; seed++)
  {
    Options options;
    options.members = 1 + seed % 4;
    options.is_private = 0 != seed % 3;
    options.with_ejections = 0 == seed % 2;
    Simulation simulation (seed, options);
    simulation.run ();
    EXPECT_TRUE (simulation.faults ().empty ())
        << "--seed " << seed << "\n"
        << joined (simulation.faults ());
    if (HasFailure ())
      return;
    for (const auto &[name, count] : simulation.counts)
      counts[name] += count;
  }
  // What these lives went through: a fault that never strikes proves nothing.
  const bool are_many = seed_count > 100;
  for (const char *name :
       { "channels closed: nothing heard", "channels that CADET closed",
         "calls without an answer", "repairs and fetches asked for",
         "fragments that the client could not store",
         "tickets refused: revoked" })
    EXPECT_TRUE (counts[name] > 0 || ! are_many) << name;
  if (std::getenv ("SIMULATION_COUNTS"))
    for (const auto &[name, count] : counts)
      std::cout << count << " " << name << "\n";
}

TEST (Simulation, WithoutFaultsNothingIsRepairedButAtTheJoin)
{
  Options options;
  options.with_faults = false;
  Simulation simulation (seed_first, options);
  simulation.run ();
  EXPECT_TRUE (simulation.faults ().empty ()) << joined (simulation.faults ());
  EXPECT_TRUE (simulation.gaps.empty ());
  EXPECT_EQ (0, simulation.counts["channels closed: nothing heard"]);
}

TEST (Simulation, AnOriginOnABackupStopsBeforeItGivesAnIdTwice)
{
  Simulation simulation (5, { 2, false, false, false });
  simulation.start_origin (StartKind::clean);
  simulation.start_member (0);
  simulation.start_member (1);
  simulation.run_for (seconds (3));
  simulation.say (20);
  simulation.run_for (seconds (3));
  simulation.restore_backup (5);
  const auto kept = simulation.origin_store;
  simulation.crash_origin_service (milliseconds (500));
  simulation.run_for (milliseconds (600));
  simulation.say (3);
  simulation.run_for (seconds (10));
  ASSERT_FALSE (simulation.origin_states.empty ());
  EXPECT_EQ (OriginState::head_behind, simulation.origin_states.back ());
  EXPECT_EQ (kept, simulation.origin_store);
  EXPECT_TRUE (simulation.faults ().empty ()) << joined (simulation.faults ());
}

TEST (Simulation, APeerThatRestartsAfterTenSecondsIsBackWithinThreeMinutes)
{
  Simulation simulation (6, { 1, false, false, false });
  simulation.start_origin (StartKind::clean);
  simulation.start_member (0);
  simulation.run_for (seconds (3));
  simulation.say (10);
  simulation.run_for (seconds (1));
  simulation.restart_origin_peer (seconds (10));
  simulation.run_for (seconds (12));
  simulation.say (10);
  simulation.run_for (seconds (168));
  simulation.check_complete ();
  EXPECT_TRUE (simulation.faults ().empty ()) << joined (simulation.faults ());
}

TEST (Simulation, ASlowChildLagsAndPullsAndHoldsUpNobody)
{
  Simulation simulation (7, { 2, false, false, false });
  simulation.start_origin (StartKind::clean);
  simulation.start_member (0);
  simulation.start_member (1);
  simulation.run_for (seconds (3));
  simulation.set_slow (0);
  for (int i = 0; i < 300; i++)
  {
    simulation.say (30);
    simulation.run_for (milliseconds (50));
  }
  simulation.run_for (seconds (2));
  EXPECT_GT (simulation.counts["children lagging"], 0);
  // All but what is on its way.
  EXPECT_LT (simulation.origin_store.size (),
             simulation.members[1].store.size () + 100);
  EXPECT_LT (simulation.members[0].store.size (),
             simulation.members[1].store.size ());
  simulation.run_for (seconds (200));
  simulation.check_complete ();
  EXPECT_TRUE (simulation.faults ().empty ()) << joined (simulation.faults ());
}

int
main (int argc, char **argv)
{
  testing::InitGoogleTest (&argc, argv);
  for (int i = 1; i + 1 < argc; i++)
    if (std::string ("--seed") == argv[i])
    {
      seed_first = std::strtoull (argv[i + 1], nullptr, 10);
      seed_count = 1;
    }
    else if (std::string ("--seeds") == argv[i])
      seed_count = std::strtoull (argv[i + 1], nullptr, 10);
  return RUN_ALL_TESTS ();
}
