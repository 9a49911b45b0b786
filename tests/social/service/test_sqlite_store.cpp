// SPDX-License-Identifier: AGPL-3.0-or-later
#include "social/shell/sqlite_store.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

using namespace social;

namespace
{
template <typename Fixed>
Fixed
numbered (std::uint8_t number)
{
  Fixed out;
  out.bytes.fill (number);
  return out;
}

class PlaceFile : public ::testing::Test
{
protected:
  void
  SetUp () override
  {
    char folder[] = "/tmp/social-store-XXXXXX";
    ASSERT_NE (nullptr, ::mkdtemp (folder));
    folder_ = folder;
    path_ = folder_ + "/social/social.sqlite";
  }
  void
  TearDown () override
  {
    std::filesystem::remove_all (folder_);
  }

  std::unique_ptr<SqliteStore>
  open ()
  {
    auto opened = SqliteStore::open (path_);
    auto *store = std::get_if<std::unique_ptr<SqliteStore>> (&opened);
    EXPECT_NE (nullptr, store) << std::get<std::string> (opened);
    return nullptr == store ? nullptr : std::move (*store);
  }

  std::string
  refusal ()
  {
    auto opened = SqliteStore::open (path_);
    const auto *error = std::get_if<std::string> (&opened);
    EXPECT_NE (nullptr, error) << "was opened";
    return nullptr == error ? "" : *error;
  }

  Snapshot
  load ()
  {
    auto loaded = open ()->load ();
    EXPECT_TRUE (std::holds_alternative<Snapshot> (loaded));
    return std::get<Snapshot> (loaded);
  }

  void
  run_sql (const std::string &sql)
  {
    sqlite3 *db = nullptr;
    ASSERT_EQ (SQLITE_OK, sqlite3_open (path_.c_str (), &db));
    EXPECT_EQ (SQLITE_OK,
               sqlite3_exec (db, sql.c_str (), nullptr, nullptr, nullptr));
    sqlite3_close (db);
  }

  std::string
  content () const
  {
    std::ifstream in (path_, std::ios::binary);
    return { std::istreambuf_iterator<char> (in), {} };
  }

  static Place
  place ()
  {
    Place p;
    p.ref = { numbered<base::ChannelKey> (1), numbered<base::MemberKey> (2) };
    p.role = Role::guest;
    p.state = PlaceState::pending;
    p.policy = Policy::open;
    p.door = DoorMode::welcomes;
    p.ending = Ending::begun;
    p.name = "lounge.älice";
    p.other_names = { "lounge.ZONE", "x" };
    p.told = Told::no;
    p.ego_name = "bob";
    p.label = "lounge";
    p.secret = numbered<base::ChannelPrivateKey> (3);
    p.origin = numbered<base::PeerId> (4);
    p.relays = { numbered<base::PeerId> (5), numbered<base::PeerId> (6) };
    p.tag = numbered<base::SendTag> (7);
    p.query_tag = numbered<base::SendTag> (8);
    p.ending_tag = numbered<base::SendTag> (9);
    p.request = { 0, 1, 2 };
    p.answer = { 3, 0 };
    p.changed = base::TimePoint{ base::seconds (12345) };
    return p;
  }

  static Nym
  nym ()
  {
    Nym n;
    n.key = numbered<base::MemberKey> (20);
    n.standing = NymStanding::ejected;
    n.delivery = Delivery::done;
    n.ejection = Ejection::begun;
    n.tag = numbered<base::SendTag> (21);
    n.request = { 9, 9 };
    n.text = std::string ("a\0b", 3);
    n.answer = { 1 };
    n.changed = base::TimePoint{ base::seconds (1) };
    n.heard = { base::id_max };
    return n;
  }

  static Offer
  offer ()
  {
    Offer o;
    o.key = numbered<base::SendTag> (40);
    o.path = "/home/\xff/film";
    o.size = std::uint64_t{ 5 } << 40;
    o.modified = base::TimePoint{ base::Duration{ 1234567 } };
    o.hash = "HASH";
    o.name = "film";
    o.type = "video/webm";
    o.description = "what is in it";
    o.state = OfferState::wanted;
    o.request_id = 77;
    o.answered = base::TimePoint{ base::seconds (9) };
    return o;
  }

  std::string folder_;
  std::string path_;
};
} // namespace

TEST_F (PlaceFile, GivesBackAllThatWasKeptAfterReopening)
{
  const Place p = place ();
  const Nym n = nym ();
  const Rule rule{ RuleKind::object, "_topic", 1 };
  const Wish wish{
    numbered<base::SendTag> (30),        p.ref.ego, "a.b", "secret", { 4, 5 },
    base::TimePoint{ base::seconds (2) }
  };
  const Offer o = offer ();
  ASSERT_FALSE (open ()->commit ({ PutPlace{ p }, PutNym{ p.ref, n },
                                   PutRule{ p.ref, rule }, PutWish{ wish },
                                   PutOffer{ p.ref, o } }));
  const Snapshot kept = load ();
  ASSERT_EQ (1u, kept.places.size ());
  EXPECT_EQ (p, kept.places[0]);
  ASSERT_EQ (1u, kept.nyms.size ());
  EXPECT_EQ (p.ref, kept.nyms[0].first);
  EXPECT_EQ (n, kept.nyms[0].second);
  ASSERT_EQ (1u, kept.rules.size ());
  EXPECT_EQ (rule, kept.rules[0].second);
  ASSERT_EQ (1u, kept.offers.size ());
  EXPECT_EQ (p.ref, kept.offers[0].first);
  EXPECT_EQ (o, kept.offers[0].second);
  ASSERT_EQ (1u, kept.wishes.size ());
  EXPECT_EQ (wish, kept.wishes[0]);
}

TEST_F (PlaceFile, ChangesAndForgets)
{
  Place p = place ();
  {
    auto store = open ();
    ASSERT_FALSE (store->commit ({ PutPlace{ p }, PutNym{ p.ref, nym () },
                                   PutRule{ p.ref, { {}, "_a", 1 } } }));
    p.state = PlaceState::entered;
    ASSERT_FALSE (store->commit ({ PutPlace{ p } })) << "nyms refer to it";
    ASSERT_FALSE (store->commit (
        { DropNym{ p.ref, nym ().key }, PutRule{ p.ref, { {}, "_a", 0 } } }));
  }
  const Snapshot kept = load ();
  EXPECT_EQ (PlaceState::entered, kept.places.at (0).state);
  EXPECT_TRUE (kept.nyms.empty ());
  EXPECT_TRUE (kept.rules.empty ());
}

TEST_F (PlaceFile, OfTheFirstSchemaKeepsAllThatItHolds)
{
  const Place p = place ();
  ASSERT_FALSE (open ()->commit ({ PutPlace{ p } }));
  run_sql ("ALTER TABLE nym DROP COLUMN heard; DROP TABLE offer; "
           "PRAGMA user_version = 1");
  ASSERT_FALSE (open ()->commit ({ PutOffer{ p.ref, offer () } }));
  EXPECT_TRUE (std::filesystem::exists (path_ + ".v1"));
  {
    const Snapshot kept = load ();
    ASSERT_EQ (1u, kept.places.size ());
    EXPECT_EQ (p, kept.places[0]);
    EXPECT_EQ (1u, kept.offers.size ());
  }
  ASSERT_FALSE (open ()->commit ({ DropOffer{ p.ref, offer ().key } }));
  EXPECT_TRUE (load ().offers.empty ());
}

TEST_F (PlaceFile, OfTheSecondSchemaKeepsAllThatItHolds)
{
  const Place p = place ();
  Nym n = nym ();
  ASSERT_FALSE (open ()->commit (
      { PutPlace{ p }, PutNym{ p.ref, n }, PutOffer{ p.ref, offer () } }));
  run_sql ("ALTER TABLE nym DROP COLUMN heard; PRAGMA user_version = 2");
  const Snapshot kept = load ();
  EXPECT_TRUE (std::filesystem::exists (path_ + ".v2"));
  EXPECT_EQ (1u, kept.offers.size ());
  ASSERT_EQ (1u, kept.nyms.size ());
  EXPECT_TRUE (kept.nyms[0].second.heard.is_none ());
  n.heard = {};
  EXPECT_EQ (n, kept.nyms[0].second);
  n.heard = { 5 };
  ASSERT_FALSE (open ()->commit ({ PutNym{ p.ref, n } }));
  EXPECT_EQ (n, load ().nyms.at (0).second);
}

TEST_F (PlaceFile, DoesAllOfACommitOrNothingAndGoesOn)
{
  auto store = open ();
  const Place p = place ();
  PlaceRef unknown = p.ref;
  unknown.key.bytes[0] = 99;
  // The second breaks the reference to its place.
  EXPECT_TRUE (store->commit ({ PutPlace{ p }, PutNym{ unknown, nym () } }));
  auto loaded = store->load ();
  EXPECT_TRUE (std::get<Snapshot> (loaded).places.empty ());
  EXPECT_FALSE (store->commit ({ PutPlace{ p } })) << "no transaction is left";
}

TEST_F (PlaceFile, IsReadableByItsOwnerOnly)
{
  auto store = open ();
  ASSERT_FALSE (store->commit ({ PutPlace{ place () } }));
  struct stat info;
  for (const auto &entry :
       std::filesystem::directory_iterator (folder_ + "/social"))
  {
    ASSERT_EQ (0, ::stat (entry.path ().c_str (), &info));
    EXPECT_EQ (0600u, info.st_mode & 0777u) << entry.path ();
  }
  ASSERT_EQ (0, ::stat ((folder_ + "/social").c_str (), &info));
  EXPECT_EQ (0700u, info.st_mode & 0777u);
}

TEST_F (PlaceFile, RefusesANewerSchemaAndLeavesItAsItIs)
{
  open ();
  run_sql ("PRAGMA user_version = 99");
  const auto before = content ();
  EXPECT_NE (std::string::npos, refusal ().find ("newer"));
  EXPECT_EQ (before, content ());
}

TEST_F (PlaceFile, RefusesADamagedFileAndLeavesItAsItIs)
{
  {
    auto store = open ();
    Place p = place ();
    for (std::uint8_t i = 0; i < 200; i++)
    {
      p.ref.key.bytes[1] = i;
      ASSERT_FALSE (store->commit ({ PutPlace{ p } }));
    }
  }
  {
    std::fstream file (path_, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp (5000);
    file << std::string (20'000, '\xa5');
  }
  const auto before = content ();
  EXPECT_NE (std::string::npos, refusal ().find ("damaged"));
  EXPECT_EQ (before, content ());
}

TEST_F (PlaceFile, RefusesWhatIsNoDatabaseOrAnotherPrograms)
{
  std::filesystem::create_directories (folder_ + "/social");
  {
    std::ofstream out (path_);
    out << std::string (4096, 'x');
  }
  EXPECT_NE (std::string::npos, refusal ().find ("damaged"));
  std::filesystem::remove (path_);
  run_sql ("CREATE TABLE other (a); PRAGMA user_version = 1");
  EXPECT_NE (std::string::npos, refusal ().find ("another program"));
}

TEST_F (PlaceFile, SaysThatTheDiskIsFull)
{
  auto store = open ();
  // A filesystem without room is imitated by a page limit on the same
  // connection: SQLITE_FULL either way.
  Place p = place ();
  ASSERT_FALSE (store->commit ({ PutPlace{ p } }));
  store->limit_pages_for_test (4);
  std::optional<std::string> error;
  for (std::uint8_t i = 0; i < 100 && ! error; i++)
  {
    p.ref.key.bytes[1] = i;
    p.request = base::Bytes (20'000, 1);
    error = store->commit ({ PutPlace{ p } });
  }
  ASSERT_TRUE (error);
  EXPECT_EQ ("disk full", error);
}
