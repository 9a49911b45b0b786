// SPDX-License-Identifier: AGPL-3.0-or-later
#include "base/interval_set.hpp"

#include <random>
#include <set>

#include <gtest/gtest.h>

using base::Interval;
using base::IntervalSet;

TEST (IntervalSet, JoinsNeighbours)
{
  IntervalSet set;
  set.add (1);
  set.add (3);
  EXPECT_EQ (2u, set.interval_count ());
  set.add (2);
  EXPECT_EQ (1u, set.interval_count ());
  EXPECT_EQ (3u, set.contiguous_end (1));
}

TEST (IntervalSet, NamesWhatIsMissing)
{
  IntervalSet set;
  set.add (5, 7);
  set.add (10, 12);
  const std::vector<Interval> expected{ { 1, 4 }, { 8, 9 }, { 13, 20 } };
  EXPECT_EQ (expected, set.missing (1, 20, 10));
  EXPECT_EQ (2u, set.missing (1, 20, 2).size ());
  EXPECT_TRUE (set.missing (6, 6, 10).empty ());
}

TEST (IntervalSet, KeepsItsHeadAtTheEndOfTheRange)
{
  IntervalSet set;
  set.add (UINT64_MAX);
  set.add (UINT64_MAX - 1);
  EXPECT_EQ (1u, set.interval_count ());
  EXPECT_TRUE (set.missing (UINT64_MAX - 1, UINT64_MAX, 3).empty ());
}

TEST (IntervalSet, AgreesWithAPlainSet)
{
  const auto seed = std::random_device{}();
  RecordProperty ("seed", std::to_string (seed));
  SCOPED_TRACE (seed);
  std::mt19937 random (seed);
  for (int round = 0; round < 200; round++)
  {
    IntervalSet set;
    std::set<std::uint64_t> plain;
    for (int step = 0; step < 40; step++)
    {
      const std::uint64_t first = 1 + random () % 60;
      const std::uint64_t last = first + random () % 6;
      set.add (first, last);
      for (auto n = first; n <= last; n++)
        plain.insert (n);
      if (0 == random () % 10)
      {
        const std::uint64_t below = random () % 30;
        set.trim_below (below);
        plain.erase (plain.begin (), plain.lower_bound (below));
      }
      std::set<std::uint64_t> absent;
      for (const auto &gap : set.missing (1, 70, 100))
        for (auto n = gap.first; n <= gap.last; n++)
          absent.insert (n);
      for (std::uint64_t n = 1; n <= 70; n++)
      {
        ASSERT_EQ (plain.contains (n), set.contains (n)) << n;
        ASSERT_EQ (! plain.contains (n), absent.contains (n)) << n;
      }
    }
  }
}
