// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What is special to the SQLite plugin: its file. Damage, other schemas, full
// disks, who may read it, and that every query goes by an index.
#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>
#include <fstream>

#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "psycstore/core/state_value.hpp"
#include "psycstore/core/changes.hpp"
#include "psycstore/core/reads.hpp"
#include "psycstore/plugin/sql_database.hpp"
#include "psycstore/plugin/sqlite_connection.hpp"
#include "psycstore/plugin/sqlite_open.hpp"
#include "samples.hpp"
#include "schema_v1.hpp"

using namespace psycstore;
using namespace psycstore::samples;
namespace fs = std::filesystem;

namespace
{
class SqliteFile : public testing::Test
{
protected:
  SqliteFile ()
  {
    char pattern[] = "/tmp/psycstore-file-XXXXXX";
    directory_ = ::mkdtemp (pattern);
    options_.path = directory_ / "new" / "deep" / "s.db";
  }
  ~SqliteFile () override { fs::remove_all (directory_); }

  PluginOpened
  open () const
  {
    return open_sqlite (options_);
  }

  static std::optional<Failure>
  store (Database &db, std::uint64_t id, std::size_t size = 100)
  {
    FragmentStore message;
    message.channel = channel ();
    message.fragment.bytes = fragment (
        { .fragment_id = id, .message_id = id, .body = base::Bytes (size, 7) });
    db.begin ();
    (void)change (db, message);
    db.commit ();
    auto failure = db.take_failure ();
    if (failure)
      db.rollback ();
    EXPECT_FALSE (db.take_failure ());
    return failure;
  }

  static std::string
  content (const fs::path &path)
  {
    std::ifstream file (path, std::ios::binary);
    return { std::istreambuf_iterator<char> (file), {} };
  }

  void
  overwrite (std::size_t at, const std::string &bytes) const
  {
    std::fstream file (options_.path,
                       std::ios::binary | std::ios::in | std::ios::out);
    file.seekp (static_cast<std::streamoff> (at));
    file << bytes;
  }

  void
  execute (const std::string &sql) const
  {
    SqliteConnection connection (options_.path);
    ASSERT_TRUE (connection.open ());
    EXPECT_TRUE (connection.execute (sql));
  }

  // Refused with these words, and left as it was.
  void
  expect_refused (const std::string &words) const
  {
    const std::string before = content (options_.path);
    const PluginOpened opened = open ();
    EXPECT_FALSE (opened.database);
    EXPECT_NE (std::string::npos, opened.why_not.find (words))
        << opened.why_not;
    EXPECT_NE (std::string::npos, opened.why_not.find (options_.path))
        << opened.why_not;
    EXPECT_EQ (before, content (options_.path));
  }

  fs::path directory_;
  SqliteOptions options_;
};

const auto schema_version = static_cast<int> (sqlite_schema_steps ().size ());

int
mode (const fs::path &path)
{
  struct stat about;
  EXPECT_EQ (0, ::stat (path.c_str (), &about)) << path;
  return static_cast<int> (about.st_mode & 0777);
}
} // namespace

TEST_F (SqliteFile, IsForItsOwnerAloneWhateverTheUmask)
{
  const mode_t mask = ::umask (0);
  const PluginOpened opened = open ();
  ASSERT_TRUE (opened.database) << opened.why_not;
  EXPECT_FALSE (store (*opened.database, 1));
  ::umask (mask);
  EXPECT_EQ (0600, mode (options_.path));
  EXPECT_EQ (0600, mode (options_.path + "-wal"));
  EXPECT_EQ (0700, mode (directory_ / "new" / "deep"));
  EXPECT_EQ (0700, mode (directory_ / "new"));
}

TEST_F (SqliteFile, CommitsDurablyWithAWriteAheadLog)
{
  const PluginOpened opened = open ();
  ASSERT_TRUE (opened.database);
  SqliteConnection other (options_.path);
  ASSERT_TRUE (other.open ());
  EXPECT_EQ ("wal", other.text ("PRAGMA journal_mode"));
  EXPECT_EQ (schema_version, other.number ("PRAGMA user_version"));
}

TEST_F (SqliteFile, IsRefusedWhenItIsNoDatabase)
{
  fs::create_directories (fs::path (options_.path).parent_path ());
  std::ofstream (options_.path) << std::string (10000, 'x');
  expect_refused ("damaged");
}

TEST_F (SqliteFile, IsRefusedByNameWhenItIsDamaged)
{
  {
    const PluginOpened opened = open ();
    for (std::uint64_t id = 1; id <= 300; id++)
      ASSERT_FALSE (store (*opened.database, id, 2000));
  }
  ASSERT_GT (fs::file_size (options_.path), 200000u);
  for (std::size_t page = 3; page < 40; page++)
    overwrite (page * 4096, std::string (64, '\xff'));
  expect_refused ("damaged");
}

TEST_F (SqliteFile, IsRefusedWhenItIsCutOff)
{
  {
    const PluginOpened opened = open ();
    for (std::uint64_t id = 1; id <= 300; id++)
      ASSERT_FALSE (store (*opened.database, id, 2000));
  }
  fs::resize_file (options_.path, fs::file_size (options_.path) / 2);
  expect_refused ("damaged");
}

TEST_F (SqliteFile, IsRefusedWhenANewerProgramMadeIt)
{
  (void)open ();
  execute ("PRAGMA user_version = " + std::to_string (schema_version + 1));
  expect_refused ("newer program");
}

TEST_F (SqliteFile, IsRefusedWhenItIsNotOurs)
{
  fs::create_directories (fs::path (options_.path).parent_path ());
  execute ("CREATE TABLE precious (x); PRAGMA user_version = 1");
  expect_refused ("not made by psycstore");
}

TEST_F (SqliteFile, IsRefusedWhileAnotherProcessHasIt)
{
  const PluginOpened first = open ();
  ASSERT_TRUE (first.database);
  const PluginOpened second = open ();
  EXPECT_FALSE (second.database);
  EXPECT_NE (std::string::npos, second.why_not.find ("in use"));
}

TEST_F (SqliteFile, IsBroughtUpToDateStepByStepAfterACopy)
{
  {
    const PluginOpened opened = open ();
    ASSERT_FALSE (store (*opened.database, 1));
  }
  options_.schema_steps.push_back ("CREATE TABLE second (x);");
  options_.schema_steps.push_back ("ALTER TABLE second ADD COLUMN y;");
  {
    const PluginOpened opened = open ();
    ASSERT_TRUE (opened.database) << opened.why_not;
    EXPECT_EQ (1u, opened.database->counters (channel ()).fragment_id.value);
  }
  execute ("SELECT y FROM second");
  const std::string backup
      = options_.path + ".v" + std::to_string (schema_version) + ".bak";
  EXPECT_EQ (0600, mode (backup));
  SqliteConnection copy (backup);
  ASSERT_TRUE (copy.open ());
  EXPECT_EQ (schema_version, copy.number ("PRAGMA user_version"));
  EXPECT_EQ (1, copy.number ("SELECT count(*) FROM fragments"));
  // The older program refuses it now.
  options_.schema_steps = sqlite_schema_steps ();
  expect_refused ("newer program");
}

TEST_F (SqliteFile, OfTheFirstSchemaKeepsAllThatItHolds)
{
  fs::create_directories (fs::path (options_.path).parent_path ());
  execute (sqlite_file_v1);
  const PluginOpened opened = open ();
  ASSERT_TRUE (opened.database) << opened.why_not;
  EXPECT_TRUE (fs::exists (options_.path + ".v1.bak"));
  Database &db = *opened.database;
  const auto info = db.channel_from ({});
  ASSERT_TRUE (info);
  EXPECT_EQ (channel (), info->key);
  EXPECT_EQ (4u, info->fragments);
  EXPECT_EQ (3u, info->messages);
  EXPECT_EQ (163u + 628 + 348 + 154, info->bytes);
  EXPECT_EQ (1u, db.state_head (channel ()).applied.value);
  const auto big = db.variable_from (channel (), StateSlot::live, "");
  ASSERT_TRUE (big);
  EXPECT_EQ ("_big", big->name);
  EXPECT_EQ (std::string (150001, 'v'), base::as_text (whole_value (db, *big)));
  const auto topic = db.variable (channel (), StateSlot::live, "_topic");
  ASSERT_TRUE (topic);
  EXPECT_EQ ("x", base::as_text (whole_value (db, *topic)));
  EXPECT_EQ (1u, db.memberships (channel (), member ()).size ());
  EXPECT_TRUE (db.open_request_after (channel (), Box::in, {}, {}));
  EXPECT_EQ (2u, db.tag (channel (), tag ())->message_id.value);
  // Until psyc writes its record again nothing may be removed.
  EXPECT_EQ (0u, db.records_settled (channel ())->value);
  // What it holds counts as stored now.
  EXPECT_LT (1600000000u, db.fragment_from (channel (), { 1 })->stored_at);
  const CheapVerifier verifier;
  const auto check = make_reader (Check{ 0, channel () }, verifier);
  Page page (1 << 20);
  EXPECT_EQ (0, check->step (db, page)->result);
}

TEST_F (SqliteFile, StaysAsItWasWhenAStepFails)
{
  (void)open ();
  options_.schema_steps.push_back ("CREATE TABLE second (x); nonsense;");
  EXPECT_FALSE (open ().database);
  options_.schema_steps = sqlite_schema_steps ();
  const PluginOpened opened = open ();
  EXPECT_TRUE (opened.database) << opened.why_not;
}

TEST_F (SqliteFile, SaysThatTheDiskIsFullAndGoesOnWhenThereIsRoom)
{
  options_.pages_max = 100;
  std::uint64_t stored = 0;
  {
    const PluginOpened opened = open ();
    ASSERT_TRUE (opened.database) << opened.why_not;
    Database &db = *opened.database;
    std::optional<Failure> failure;
    while (! failure && stored < 10000)
    {
      failure = store (db, stored + 1, 20000);
      stored += failure ? 0 : 1;
    }
    ASSERT_TRUE (failure);
    EXPECT_EQ (FailureKind::disk_full, failure->kind);
    EXPECT_EQ (0u, failure->message.find ("disk full: "));
    // Again and again: no transaction stays open.
    EXPECT_TRUE (store (db, stored + 1, 20000));
    EXPECT_EQ (stored, db.counters (channel ()).fragment_id.value);
    // Room again.
    db.begin ();
    db.channel_remove (channel (9));
    db.commit ();
    EXPECT_FALSE (db.take_failure ());
  }
  EXPECT_GT (stored, 3u);
  options_.pages_max = 100000;
  const PluginOpened opened = open ();
  ASSERT_TRUE (opened.database) << opened.why_not;
  Database &db = *opened.database;
  EXPECT_EQ ((base::Interval{ 1, stored }), *db.range_from (channel (), { 1 }));
  EXPECT_FALSE (store (db, stored + 1, 20000));
  EXPECT_EQ ((base::Interval{ 1, stored + 1 }),
             *db.range_from (channel (), { 1 }));
}

TEST_F (SqliteFile, SurvivesAFileThatMayNotGrow)
{
  // What the kernel says then is EFBIG, with a signal that we ignore.
  const auto handler = std::signal (SIGXFSZ, SIG_IGN);
  struct rlimit before;
  ::getrlimit (RLIMIT_FSIZE, &before);
  std::uint64_t stored = 0;
  {
    const PluginOpened opened = open ();
    ASSERT_TRUE (opened.database) << opened.why_not;
    const struct rlimit small = { 300000, before.rlim_max };
    ::setrlimit (RLIMIT_FSIZE, &small);
    std::optional<Failure> failure;
    while (! failure && stored < 1000)
    {
      failure = store (*opened.database, stored + 1, 20000);
      stored += failure ? 0 : 1;
    }
    ::setrlimit (RLIMIT_FSIZE, &before);
    ASSERT_TRUE (failure);
    EXPECT_EQ (0u, failure->message.find ("disk full: ")) << failure->message;
    EXPECT_FALSE (store (*opened.database, stored + 1, 20000)); // room again
  }
  std::signal (SIGXFSZ, handler);
  const PluginOpened opened = open ();
  ASSERT_TRUE (opened.database) << opened.why_not;
  EXPECT_EQ ((base::Interval{ 1, stored + 1 }),
             *opened.database->range_from (channel (), { 1 }));
}

TEST_F (SqliteFile, IsSearchedByIndicesOnly)
{
  (void)open ();
  SqliteConnection connection (options_.path);
  ASSERT_TRUE (connection.open ());
  SqlStatements sql (connection);
  for (const SqlStatement *statement : { &sql.channel,
                                         &sql.body,
                                         &sql.fragment_from,
                                         &sql.fragment_before,
                                         &sql.message_fragment_from,
                                         &sql.message_from,
                                         &sql.message_before,
                                         &sql.run_until,
                                         &sql.run_after,
                                         &sql.run_remove,
                                         &sql.method,
                                         &sql.method_message_from,
                                         &sql.method_message_before,
                                         &sql.memberships,
                                         &sql.state_head,
                                         &sql.variable,
                                         &sql.variable_from,
                                         &sql.variable_update,
                                         &sql.variable_make_live,
                                         &sql.variable_remove,
                                         &sql.variable_remove_pieces,
                                         &sql.variable_piece,
                                         &sql.request,
                                         &sql.request_update,
                                         &sql.settled_to_trim,
                                         &sql.open_complete_after,
                                         &sql.open_incomplete_after,
                                         &sql.member_complete_after,
                                         &sql.member_incomplete_after,
                                         &sql.piece_from,
                                         &sql.piece_before,
                                         &sql.piece_bytes,
                                         &sql.tag,
                                         &sql.tag_after,
                                         &sql.tags_remove,
                                         &sql.slave_after,
                                         &sql.settled_after,
                                         &sql.message_last_fragment,
                                         &sql.fragment_remove,
                                         &sql.body_remove,
                                         &sql.method_remove,
                                         &sql.channel_from,
                                         &sql.channel_tally,
                                         &sql.retention_put,
                                         &sql.channel_rename,
                                         &sql.records_rename,
                                         &sql.record_after,
                                         &sql.record_remove })
  {
    const std::string explain
        = std::string ("EXPLAIN QUERY PLAN ") + statement->sql ();
    SqlStatement plan (connection, explain.c_str ());
    SqlQuery query (plan);
    int rows = 0;
    while (query.row ())
    {
      const std::string detail (base::as_text (query.bytes (3)));
      EXPECT_EQ (0u, detail.find ("SEARCH")) << statement->sql () << "\n"
                                             << detail;
      rows++;
    }
    EXPECT_EQ (1, rows) << statement->sql ();
  }
  EXPECT_FALSE (connection.take_failure ());
}
