// SPDX-License-Identifier: AGPL-3.0-or-later
//
// How far a file is, in words and lines of any width, and how fast.
#include <gtest/gtest.h>

#include "social/cli/file_progress.hpp"
#include "social/cli/words.hpp"

namespace
{
using namespace social::cli;
using Stage = FileProgress::Stage;

constexpr std::uint64_t mib = std::uint64_t{ 1 } << 20;

[[nodiscard]] base::TimePoint
at (std::int64_t milliseconds)
{
  return base::TimePoint{} + base::milliseconds (milliseconds);
}

TEST (ProgressWords, SayHowMuchOfHowMuchAndHowFast)
{
  const FileProgress half{ Stage::sending, 5 * mib, 10 * mib };
  EXPECT_EQ (progress_words (half, std::nullopt), "sending 50 % of 10.0 MiB");
  EXPECT_EQ (progress_words (half, 3 * mib),
             "sending 50 % of 10.0 MiB, 3.0 MiB/s");
}

TEST (ProgressWords, OfWhatHasNotBegunHaveNoFigures)
{
  EXPECT_EQ (progress_words ({ Stage::asking, 0, 0 }, std::nullopt),
             "waiting for its sender");
}

// A sender may say a size that is not that of the body.
TEST (ProgressWords, NeverSayMoreThanAll)
{
  EXPECT_EQ ((FileProgress{ Stage::fetching, 20, 10 }).percent (), 100u);
  EXPECT_EQ ((FileProgress{ Stage::fetching, 20, 0 }).percent (), 100u);
  EXPECT_EQ ((FileProgress{ Stage::fetching, UINT64_MAX, 1 }).percent (), 100u);
}

TEST (ProgressLine, HasABarWhereThereIsRoom)
{
  const FileProgress half{ Stage::fetching, 5 * mib, 10 * mib };
  EXPECT_EQ (progress_line (half, std::nullopt, 79, Colour::off),
             "fetching 5.0 MiB / 10.0 MiB "
             "[####################....................] 50 %");
}

TEST (ProgressLine, IsColouredOnlyWhenWanted)
{
  const FileProgress half{ Stage::fetching, 5 * mib, 10 * mib };
  EXPECT_EQ (progress_line (half, mib, 79, Colour::off).find ('\x1b'),
             std::string::npos);
  EXPECT_NE (progress_line (half, mib, 79, Colour::on).find ("\x1b[32m"),
             std::string::npos);
}

TEST (ProgressLine, FitsIntoAnyWidth)
{
  for (const Stage stage : { Stage::reading, Stage::sending, Stage::waiting,
                             Stage::asking, Stage::comparing, Stage::fetching })
    for (std::size_t columns = 0; columns < 200; columns++)
      for (const Rate rate : { Rate (), Rate (123 * mib) })
      {
        const FileProgress whole{ stage, 1023 * mib, 1023 * mib };
        const std::string line
            = progress_line (whole, rate, columns, Colour::off);
        EXPECT_LE (width (line), columns) << line;
        EXPECT_TRUE (! line.empty () || columns < 22) << columns;
      }
}

TEST (FileRate, IsThatOfTheLastSeconds)
{
  FileRate rate;
  rate.take ({ Stage::fetching, 0, 100 * mib }, at (0));
  EXPECT_FALSE (rate.rate ());
  rate.take ({ Stage::fetching, mib, 100 * mib }, at (500));
  EXPECT_FALSE (rate.rate ()) << "too early to tell";
  rate.take ({ Stage::fetching, 4 * mib, 100 * mib }, at (2000));
  EXPECT_EQ (rate.rate (), 2 * mib);
  rate.take ({ Stage::fetching, 14 * mib, 100 * mib }, at (3000));
  EXPECT_EQ (rate.rate (), 10 * mib);
}

TEST (FileRate, BeginsAnewWithAStage)
{
  FileRate rate;
  rate.take ({ Stage::comparing, 0, 100 * mib }, at (0));
  rate.take ({ Stage::comparing, 50 * mib, 100 * mib }, at (1000));
  EXPECT_TRUE (rate.rate ());
  rate.take ({ Stage::fetching, 51 * mib, 100 * mib }, at (2000));
  EXPECT_FALSE (rate.rate ());
}
} // namespace
