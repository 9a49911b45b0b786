// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Bodies cut out of a log and put on a shelf: whole ones appear, once, under
// their id; nothing else stays.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <sys/stat.h>

#include "psyc/message/part_writer.hpp"
#include "social/core/body_cutter.hpp"
#include "social/shell/file_shelf.hpp"

using namespace social;

namespace
{
class OnShelf final : public BodySink
{
public:
  explicit OnShelf (FileShelf &shelf) : shelf_ (shelf) {}
  void
  begin (std::uint64_t id) override
  {
    shelf_.begin (id);
  }
  void
  add (std::uint64_t id, base::ByteView bytes) override
  {
    shelf_.add (id, bytes);
  }
  void
  end (std::uint64_t id) override
  {
    shelf_.end (id);
  }
  void
  abandon (std::uint64_t id) override
  {
    shelf_.abandon (id);
  }

private:
  FileShelf &shelf_;
};

class Shelf : public ::testing::Test
{
protected:
  Shelf ()
  {
    std::string name = ::testing::TempDir () + "shelf.XXXXXX";
    base_ = ::mkdtemp (name.data ());
    folder_ = base_ + "/a/b";
    open ();
  }
  ~Shelf () override { std::filesystem::remove_all (base_); }

  void
  open ()
  {
    cutter_.reset ();
    sink_.reset ();
    shelf_.reset ();
    shelf_.emplace (folder_, 10'000);
    sink_.emplace (*shelf_);
    cutter_.emplace (*sink_);
    cutter_->want ({ "_file" });
  }

  enum class End
  {
    whole,
    cancelled,
  };

  // A message in fragments.
  static std::vector<base::Bytes>
  fragments (std::string_view method, const std::string &body,
             End end = End::whole)
  {
    psyc::PartWriter writer (2000);
    EXPECT_TRUE (writer.method (method, 0, 0));
    EXPECT_TRUE (writer.modifier (psyc::Operator::set, "_name_file",
                                  base::as_bytes (std::string_view ("x"))));
    writer.data (base::as_bytes (body));
    End::whole == end ? writer.end () : writer.cancel ();
    writer.flush ();
    std::vector<base::Bytes> out;
    while (auto chunk = writer.take ())
      out.push_back (std::move (*chunk));
    return out;
  }

  void
  give (std::uint64_t id, const std::vector<base::Bytes> &all,
        std::size_t first = 0, std::size_t last = SIZE_MAX)
  {
    std::uint64_t offset = 0;
    for (std::size_t i = 0; i < all.size () && i <= last; i++)
    {
      if (i >= first)
        cutter_->take (++fragment_, id, offset, all[i]);
      offset += all[i].size ();
    }
  }

  std::string
  saved (std::uint64_t id)
  {
    std::ifstream file (folder_ + "/" + std::to_string (id));
    std::stringstream out;
    out << file.rdbuf ();
    return out.str ();
  }
  std::size_t
  file_count ()
  {
    const std::filesystem::directory_iterator all (folder_);
    return static_cast<std::size_t> (std::distance (begin (all), end (all)));
  }

  std::string base_;
  std::string folder_;
  std::optional<FileShelf> shelf_;
  std::optional<OnShelf> sink_;
  std::optional<BodyCutter> cutter_;
  std::uint64_t fragment_ = 0;
};
} // namespace

TEST_F (Shelf, HoldsWholeBodiesOfTheWantedMethodsAlone)
{
  const std::string body (7000, 'b');
  const auto one = fragments ("_file_image", body);
  const auto other = fragments ("_files", "not a file");
  ASSERT_LT (3u, one.size ());
  give (1, one, 0, 1);
  give (2, other);
  give (3, fragments ("_file", ""));
  EXPECT_EQ ("", saved (1));
  EXPECT_EQ (0u, cutter_->position ());
  give (1, one, 2);
  EXPECT_EQ (body, saved (1));
  EXPECT_EQ (fragment_, cutter_->position ());
  EXPECT_EQ (2u, file_count ());
  struct stat info;
  ASSERT_EQ (0, ::stat ((folder_ + "/1").c_str (), &info));
  EXPECT_EQ (0600u, info.st_mode & 0777);
  ASSERT_EQ (0, ::stat (folder_.c_str (), &info));
  EXPECT_EQ (0700u, info.st_mode & 0777);
  EXPECT_FALSE (shelf_->take_error ());
}

TEST_F (Shelf, KeepsNothingOfWhatIsCancelledBrokenOrTooLong)
{
  give (1, fragments ("_file", std::string (5000, 'c'), End::cancelled));
  const auto hole = fragments ("_file", std::string (7000, 'h'));
  give (2, hole, 0, 0);
  give (2, hole, 2);
  give (3, fragments ("_file", std::string (10'001, 'l')));
  const auto error = shelf_->take_error ();
  ASSERT_TRUE (error);
  EXPECT_NE (std::string::npos, error->find ("FILE_SIZE_MAX"));
  const auto gap = fragments ("_file", std::string (7000, 'g'));
  give (4, gap, 0, 1);
  cutter_->on_gap (++fragment_);
  give (4, gap, 2);
  EXPECT_EQ (0u, file_count ());
  EXPECT_EQ (fragment_, cutter_->position ());
}

TEST_F (Shelf, NeverWritesOverWhatIsThere)
{
  give (1, fragments ("_file", "first"));
  give (1, fragments ("_file", "second"));
  EXPECT_EQ ("first", saved (1));
  // Put there while it was under way.
  const auto late = fragments ("_file", std::string (7000, 'x'));
  give (2, late, 0, 1);
  std::ofstream (folder_ + "/2") << "mine";
  give (2, late, 2);
  EXPECT_EQ ("mine", saved (2));
  EXPECT_EQ (2u, file_count ());
}

TEST_F (Shelf, ForgetsWhatARestartCutOffAndRemembersWhereItWas)
{
  EXPECT_FALSE (shelf_->position ());
  const auto all = fragments ("_file", std::string (7000, 'r'));
  give (1, all, 0, 1);
  shelf_->set_position (41);
  std::ofstream (folder_ + "/7.part") << "left by a crash";
  open ();
  EXPECT_EQ (41u, shelf_->position ());
  EXPECT_EQ (1u, file_count ());
  give (1, all);
  EXPECT_EQ (7000u, saved (1).size ());
  shelf_->forget_position ();
  EXPECT_FALSE (shelf_->position ());
}

TEST_F (Shelf, IsBoundedAndSurvivesAnything)
{
  const auto all = fragments ("_file", std::string (7000, 'b'));
  for (std::uint64_t id = 1; id <= 200; id++)
    give (id, all, 0, 0);
  EXPECT_EQ (bodies_at_once_max, file_count ());
  cutter_->on_gap (++fragment_);
  for (std::size_t size = 0; size < 300; size++)
  {
    base::Bytes bytes (size, static_cast<std::uint8_t> (size));
    cutter_->take (++fragment_, 1000 + size, 0, bytes);
  }
  const auto cut = fragments ("_file", "short");
  for (std::size_t size = 0; size < cut[0].size (); size++)
    cutter_->take (++fragment_, 2000 + size, 0,
                   base::ByteView (cut[0]).first (size));
  cutter_->on_gap (++fragment_);
  EXPECT_EQ (0u, file_count ());
}
