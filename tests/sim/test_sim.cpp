// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Simulated groups in the test run: many storms, each from one seed; groups
// that once failed (the file failed-seeds); that a seed repeats exactly. With
// CHECK_LONG=yes also the large number of large ones.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <sstream>

#include "story.hpp"

using namespace sim;

namespace
{
[[nodiscard]] Options
options_of (const std::string &line)
{
  std::istringstream in (line);
  std::vector<std::string> words{ "multicast-sim" };
  std::copy (std::istream_iterator<std::string> (in), {},
             std::back_inserter (words));
  std::vector<char *> arguments;
  for (std::string &word : words)
    arguments.push_back (word.data ());
  std::string error;
  const auto options = parse_options (static_cast<int> (arguments.size ()),
                                      arguments.data (), error);
  EXPECT_TRUE (options) << line << ": " << error;
  return options.value_or (Options{});
}

void
run_all (const std::string &line)
{
  const Options options = options_of (line);
  for (std::uint64_t seed = options.seed_first;
       seed <= options.seed_last && ! testing::Test::HasFailure (); seed++)
  {
    Story story (options, seed);
    story.run ();
    for (const std::string &fault : story.watch ().faults ())
      ADD_FAILURE () << fault;
    if (! story.is_good ())
      std::cout << story.watch ().last_notes (30) << "repeat it: multicast-sim "
                << line << " --seed " << seed << "\n";
  }
}
} // namespace

TEST (Simulator, EveryMemberGetsEverythingOnceWhateverBefallsTheGroup)
{
  run_all ("--storm --members 40 --fragments 200 --children 3 --seeds 1-60");
}

TEST (Simulator, TheOriginsUploadDoesNotGrowWithTheGroup)
{
  Options options = options_of (
      "--members 400 --fragments 300 --churn 10 --loss 1 --children 4");
  Story story (options, 1);
  story.run ();
  EXPECT_TRUE (story.is_good ());
  EXPECT_LE (story.watch ().first_sends, 300u * 4);
}

TEST (Simulator, WhatOnceFailedDoesNotFailAgain)
{
  const char *source = std::getenv ("srcdir");
  std::ifstream file (std::string (nullptr == source ? "." : source)
                      + "/tests/sim/failed-seeds");
  ASSERT_TRUE (file) << "no tests/sim/failed-seeds: set srcdir";
  std::string line;
  while (std::getline (file, line))
    if (const auto text = line.substr (0, line.find ('#')); ! text.empty ())
      run_all (text);
}

TEST (Simulator, ASeedRepeatsExactly)
{
  const Options options
      = options_of ("--storm --members 30 --fragments 100 --children 3");
  for (std::uint64_t seed = 1; seed <= 5; seed++)
  {
    Story first (options, seed);
    first.run ();
    Story second (options, seed);
    second.run ();
    EXPECT_EQ (first.json (), second.json ());
    EXPECT_EQ (first.watch ().last_notes (1000),
               second.watch ().last_notes (1000));
  }
}

// A watch that sees nothing would pass everything.
TEST (Simulator, SeesWhoMissesSomething)
{
  Options options = options_of ("--members 20 --fragments 50 --loss 50");
  options.patience = base::seconds (0);
  Story story (options, 1);
  story.run ();
  EXPECT_FALSE (story.is_good ());
}

TEST (Simulator, LongStorms)
{
  const char *is_long = std::getenv ("CHECK_LONG");
  if (nullptr == is_long || std::string ("yes") != is_long)
    GTEST_SKIP () << "with check.sh --long only";
  run_all ("--members 500 --fragments 300 --churn 10 --loss 1 --seeds 1-200");
  run_all ("--storm --members 500 --fragments 300 --seeds 1-200");
}
