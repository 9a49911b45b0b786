// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Files that are fetched: never written over, gone on with where they stopped.
#include "social/cli/part_file.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

namespace social::cli
{
namespace
{
namespace fs = std::filesystem;

struct PartFileTest : ::testing::Test
{
  PartFileTest ()
  {
    std::string pattern = fs::temp_directory_path () / "pf.XXXXXX";
    folder = ::mkdtemp (pattern.data ());
    path = folder / "out";
    part = folder / "out.part";
  }
  ~PartFileTest () override { fs::remove_all (folder); }

  static std::string
  content (const fs::path &of)
  {
    std::ifstream in (of, std::ios::binary);
    return { std::istreambuf_iterator<char> (in), {} };
  }
  static void
  put (const fs::path &where, const std::string &what)
  {
    std::ofstream (where, std::ios::binary) << what;
  }

  fs::path folder;
  fs::path path;
  fs::path part;
};
} // namespace

TEST_F (PartFileTest, IsThereWhenItIsWholeAndNotBefore)
{
  PartFile file;
  ASSERT_FALSE (file.open (path));
  ASSERT_FALSE (file.take (base::as_bytes ("hello ")));
  EXPECT_FALSE (fs::exists (path));
  ASSERT_FALSE (file.take (base::as_bytes ("world")));
  ASSERT_FALSE (file.finish ());
  EXPECT_EQ ("hello world", content (path));
  EXPECT_FALSE (fs::exists (part));
  EXPECT_EQ (fs::perms::owner_read | fs::perms::owner_write,
             fs::status (path).permissions ());
}

TEST_F (PartFileTest, GoesOnBehindWhatWasKept)
{
  {
    PartFile file;
    ASSERT_FALSE (file.open (path));
    ASSERT_FALSE (file.take (base::as_bytes ("hello wo")));
  }
  EXPECT_EQ ("hello wo", content (part));
  PartFile file;
  ASSERT_FALSE (file.open (path));
  EXPECT_EQ (8u, file.kept ());
  for (const char *piece : { "hel", "lo ", "world", "!" })
    ASSERT_FALSE (file.take (base::as_bytes (piece)));
  ASSERT_FALSE (file.finish ());
  EXPECT_EQ ("hello world!", content (path));
}

TEST_F (PartFileTest, WritesOverNothing)
{
  put (path, "mine");
  PartFile first;
  EXPECT_TRUE (first.open (path));
  EXPECT_FALSE (fs::exists (part));
  fs::remove (path);

  put (part, "mine, too");
  PartFile second;
  ASSERT_FALSE (second.open (path));
  EXPECT_TRUE (second.take (base::as_bytes ("another's")));
  EXPECT_EQ ("mine, too", content (part));
}

TEST_F (PartFileTest, RefusesAPartThatIsLongerThanTheFile)
{
  put (part, "hello world");
  PartFile file;
  ASSERT_FALSE (file.open (path));
  ASSERT_FALSE (file.take (base::as_bytes ("hello")));
  EXPECT_TRUE (file.finish ());
  EXPECT_EQ ("hello world", content (part));
  EXPECT_FALSE (fs::exists (path));
}

TEST_F (PartFileTest, WritesNotOverWhatCameMeanwhile)
{
  PartFile file;
  ASSERT_FALSE (file.open (path));
  ASSERT_FALSE (file.take (base::as_bytes ("theirs")));
  put (path, "mine");
  EXPECT_TRUE (file.finish ());
  EXPECT_EQ ("mine", content (path));
  EXPECT_EQ ("theirs", content (part));
}

TEST_F (PartFileTest, FollowsNoLinkAndLetsNoTwoWrite)
{
  put (folder / "other", "mine");
  fs::create_symlink (folder / "other", part);
  PartFile link;
  EXPECT_TRUE (link.open (path));
  fs::remove (part);

  PartFile first;
  ASSERT_FALSE (first.open (path));
  PartFile second;
  EXPECT_TRUE (second.open (path));
}

TEST_F (PartFileTest, DiscardsWhatIsNotAsItShouldBe)
{
  PartFile file;
  ASSERT_FALSE (file.open (path));
  ASSERT_FALSE (file.take (base::as_bytes ("broken")));
  file.discard ();
  EXPECT_TRUE (fs::is_empty (folder));
}
} // namespace social::cli
