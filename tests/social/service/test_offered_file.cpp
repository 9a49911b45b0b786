// SPDX-License-Identifier: AGPL-3.0-or-later
//
// A file that was offered is read as what it was, or refused by reason.
#include "social/shell/offered_file.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "shell/gnunet.hpp"

using namespace social;

namespace
{
class OfferedFileTest : public ::testing::Test
{
protected:
  void
  SetUp () override
  {
    char folder[] = "/tmp/social-offer-XXXXXX";
    ASSERT_NE (nullptr, ::mkdtemp (folder));
    folder_ = folder;
    offer_.path = folder_ + "/film";
    write (std::string (100'000, 'a'));
    note ();
  }
  void
  TearDown () override
  {
    std::filesystem::remove_all (folder_);
  }

  void
  write (const std::string &content)
  {
    content_ = content;
    std::ofstream (offer_.path, std::ios::binary) << content;
  }

  void
  note ()
  {
    struct stat found;
    ASSERT_EQ (0, ::stat (offer_.path.c_str (), &found));
    offer_.size = content_.size ();
    offer_.modified = base::TimePoint{ base::seconds (found.st_mtim.tv_sec)
                                       + base::microseconds (
                                           found.st_mtim.tv_nsec / 1000) };
    struct GNUNET_HashCode hash;
    GNUNET_CRYPTO_hash (content_.data (), content_.size (), &hash);
    struct GNUNET_CRYPTO_HashAsciiEncoded text;
    GNUNET_CRYPTO_hash_to_enc (&hash, &text);
    offer_.hash = reinterpret_cast<const char *> (text.encoding);
  }

  // All of it, or why not.
  std::string
  read ()
  {
    OfferedFile file (offer_);
    if (const auto error = file.open ())
      return *error;
    std::string all;
    while (! file.is_at_end ())
    {
      base::Bytes bytes;
      if (const auto error = file.read (bytes, 30'000))
        return *error;
      EXPECT_LE (bytes.size (), 30'000u);
      all += std::string (base::as_text (bytes));
    }
    const auto error = file.finish ();
    return error ? *error : all;
  }

  static constexpr const char *changed
      = "the file was changed since it was offered";
  std::string folder_;
  std::string content_;
  Offer offer_;
};
} // namespace

TEST_F (OfferedFileTest, IsReadWhole)
{
  EXPECT_EQ (content_, read ());
  write ("");
  note ();
  EXPECT_EQ ("", read ());
}

TEST_F (OfferedFileTest, ThatIsGoneOrNoFileIsRefused)
{
  const std::string path = offer_.path;
  std::filesystem::remove (path);
  EXPECT_EQ ("the file is not there any more", read ());
  std::filesystem::create_directory (path);
  EXPECT_EQ (changed, read ());
  std::filesystem::remove (path);
  ASSERT_EQ (0, ::mkfifo (path.c_str (), 0600));
  EXPECT_EQ (changed, read ()) << "and it did not wait for a writer";
  offer_.path = path + "/below";
  EXPECT_EQ ("the file is not there any more", read ());
}

TEST_F (OfferedFileTest, ThatChangedIsRefused)
{
  write (std::string (99'999, 'a'));
  EXPECT_EQ (changed, read ());
  write (std::string (100'000, 'a'));
  offer_.modified -= base::seconds (1);
  EXPECT_EQ (changed, read ());
}

TEST_F (OfferedFileTest, ThatHasOtherBytesIsRefusedByItsHash)
{
  write (std::string (99'999, 'a') + "b");
  struct stat found;
  ASSERT_EQ (0, ::stat (offer_.path.c_str (), &found));
  offer_.modified
      = base::TimePoint{ base::seconds (found.st_mtim.tv_sec)
                         + base::microseconds (found.st_mtim.tv_nsec / 1000) };
  EXPECT_EQ (changed, read ());
}

TEST_F (OfferedFileTest, ThatShrinksWhileItIsReadIsRefused)
{
  OfferedFile file (offer_);
  ASSERT_FALSE (file.open ());
  base::Bytes bytes;
  ASSERT_FALSE (file.read (bytes, 1000));
  std::filesystem::resize_file (offer_.path, 1000);
  EXPECT_EQ (changed, file.read (bytes, 1000).value_or ("none"));
}
