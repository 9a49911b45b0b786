// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What is PostgreSQL's alone: a server that goes and comes, schemas that are
// newer or not ours, a second service, look-ups by indices only. The common
// suite is test_database.cpp.
#include <gtest/gtest.h>

#include "postgres_server.hpp"
#include "psycstore/core/changes.hpp"
#include "psycstore/plugin/postgres_connection.hpp"
#include "psycstore/plugin/postgres_open.hpp"
#include "psycstore/plugin/sql_database.hpp"
#include "samples.hpp"

using namespace psycstore;
using namespace psycstore::samples;

namespace
{
class Postgres : public testing::Test
{
protected:
  static void
  SetUpTestSuite ()
  {
    server_ = new PostgresServer;
  }

  static void
  TearDownTestSuite ()
  {
    delete std::exchange (server_, nullptr);
  }

  void
  SetUp () override
  {
    if (! server_->is_installed ())
      GTEST_SKIP () << "no PostgreSQL server here (Debian: postgresql)";
    static int last_schema = 0;
    options_.conninfo = server_->conninfo ();
    options_.schema = "alone_" + std::to_string (++last_schema);
  }

  // Why the fragment was not stored; empty: it is.
  static std::string
  store (Database &db, std::uint64_t id)
  {
    FragmentStore message;
    message.channel = channel ();
    message.fragment.bytes = fragment ({ .fragment_id = id, .message_id = id });
    db.begin ();
    const Outcome outcome = change (db, message);
    db.commit ();
    if (const auto failure = db.take_failure ())
    {
      db.rollback ();
      (void)db.take_failure ();
      return failure->message;
    }
    return outcome.message;
  }

  static PostgresServer *server_;
  PostgresOptions options_;
};

PostgresServer *Postgres::server_ = nullptr;

TEST_F (Postgres, FailsByNameWhileTheServerIsAwayAndGoesOnWhenItIsBack)
{
  const PluginOpened opened = open_postgres (options_);
  ASSERT_TRUE (opened.database) << opened.why_not;
  EXPECT_EQ ("", store (*opened.database, 1));
  server_->stop ();
  EXPECT_NE (std::string::npos,
             store (*opened.database, 2).find ("PostgreSQL"));
  EXPECT_FALSE (opened.database->fragment_from (channel (), { 1 }));
  EXPECT_TRUE (opened.database->take_failure ());
  server_->start ();
  std::string why;
  for (int attempt = 0; attempt < 100; attempt++)
  {
    why = store (*opened.database, 2);
    if (why.empty ())
      break;
    ::usleep (100000);
  }
  EXPECT_EQ ("", why);
  // What was acknowledged before is there.
  EXPECT_EQ ((base::Interval{ 1, 2 }),
             *opened.database->range_from (channel (), { 1 }));
}

TEST_F (Postgres, LosesNothingAcknowledgedWhenItIsKilledWhileWriting)
{
  const PluginOpened opened = open_postgres (options_);
  ASSERT_TRUE (opened.database) << opened.why_not;
  std::vector<std::uint64_t> acknowledged;
  std::uint64_t id = 0;
  for (int round = 0; round < 2; round++)
  {
    for (int i = 0; i < 20 + 7 * round; i++)
      if (store (*opened.database, ++id).empty ())
        acknowledged.push_back (id);
    server_->stop ();
    EXPECT_NE ("", store (*opened.database, ++id));
    server_->start ();
    while (! store (*opened.database, id).empty ())
      ::usleep (100000);
    acknowledged.push_back (id);
  }
  for (const std::uint64_t stored : acknowledged)
  {
    const auto info = opened.database->fragment_from (channel (), { stored });
    ASSERT_TRUE (info);
    EXPECT_EQ (stored, info->fragment_id.value);
  }
}

TEST_F (Postgres, IsRefusedWhileAnotherProcessHasIt)
{
  const PluginOpened first = open_postgres (options_);
  ASSERT_TRUE (first.database) << first.why_not;
  const PluginOpened second = open_postgres (options_);
  EXPECT_FALSE (second.database);
  EXPECT_NE (std::string::npos,
             second.why_not.find ("in use by another process"));
}

TEST_F (Postgres, IsRefusedWhenThereIsNoServer)
{
  options_.conninfo = "host=/tmp/no/such/folder";
  const PluginOpened opened = open_postgres (options_);
  EXPECT_FALSE (opened.database);
  EXPECT_EQ (0u, opened.why_not.find ("PostgreSQL cannot be reached"));
}

TEST_F (Postgres, IsRefusedWhenANewerProgramMadeIt)
{
  (void)open_postgres (options_);
  server_->execute ("UPDATE " + options_.schema
                    + ".psycstore_schema SET version = 99");
  const PluginOpened opened = open_postgres (options_);
  EXPECT_FALSE (opened.database);
  EXPECT_NE (std::string::npos, opened.why_not.find ("newer program"));
}

TEST_F (Postgres, IsRefusedWhenItIsNotOurs)
{
  server_->execute ("CREATE SCHEMA " + options_.schema + ";CREATE TABLE "
                    + options_.schema + ".channels (x integer)");
  const PluginOpened opened = open_postgres (options_);
  EXPECT_FALSE (opened.database);
  EXPECT_NE (std::string::npos, opened.why_not.find ("not made by psycstore"));
}

TEST_F (Postgres, IsRefusedWhenItsMarkIsDamaged)
{
  (void)open_postgres (options_);
  server_->execute ("DELETE FROM " + options_.schema + ".psycstore_schema");
  const PluginOpened opened = open_postgres (options_);
  EXPECT_FALSE (opened.database);
  EXPECT_NE (std::string::npos, opened.why_not.find ("damaged"));
}

TEST_F (Postgres, IsRefusedWhenTheSchemasNameWouldNeedQuotes)
{
  options_.schema = "a\"; DROP TABLE x";
  EXPECT_FALSE (open_postgres (options_).database);
}

TEST_F (Postgres, IsBroughtUpToDateStepByStep)
{
  {
    const PluginOpened opened = open_postgres (options_);
    ASSERT_TRUE (opened.database) << opened.why_not;
    EXPECT_EQ ("", store (*opened.database, 1));
  }
  options_.schema_steps.push_back (
      "ALTER TABLE channels ADD extra BIGINT NOT NULL DEFAULT 0;");
  const PluginOpened opened = open_postgres (options_);
  ASSERT_TRUE (opened.database) << opened.why_not;
  EXPECT_TRUE (opened.database->fragment_from (channel (), { 1 }));
}

TEST_F (Postgres, StaysAsItWasWhenAStepFails)
{
  (void)open_postgres (options_);
  PostgresOptions next = options_;
  next.schema_steps.push_back ("DROP TABLE channels;");
  next.schema_steps.push_back ("NONSENSE;");
  EXPECT_FALSE (open_postgres (next).database);
  const PluginOpened opened = open_postgres (options_);
  ASSERT_TRUE (opened.database) << opened.why_not;
  EXPECT_EQ ("", store (*opened.database, 1));
}

TEST_F (Postgres, IsSearchedByIndicesOnly)
{
  (void)open_postgres (options_);
  const std::string schema = options_.schema;
  PostgresConnection connection (
      options_.conninfo,
      [&] (PostgresConnection &made)
      {
        made.execute ("SET enable_seqscan = off;SET enable_bitmapscan = off;"
                      "SET search_path = "
                      + schema);
        return std::string ();
      });
  ASSERT_TRUE (connection.connect ());
  // Each with literals for its parameters.
  for (const char *sql :
       { "SELECT * FROM fragments WHERE channel = 1 AND fragment >= 5"
         " ORDER BY fragment LIMIT 1",
         "SELECT message FROM fragments WHERE channel = 1 AND message < 5"
         " ORDER BY message DESC LIMIT 1",
         "SELECT * FROM requests WHERE channel = 1 AND box = 0"
         " AND sequence > 3 AND state = 0 ORDER BY sequence LIMIT 1",
         "SELECT * FROM records WHERE (channel_key, member) > ('a', 'b')"
         " ORDER BY channel_key, member LIMIT 1" })
  {
    const std::string explain = std::string ("EXPLAIN ") + sql;
    SqlStatement statement (connection, explain.c_str ());
    SqlQuery query (statement);
    std::string plan;
    while (query.row ())
      plan += base::as_text (query.bytes (0));
    EXPECT_NE (std::string::npos, plan.find ("Index")) << plan;
    EXPECT_EQ (std::string::npos, plan.find ("Sort")) << plan;
    EXPECT_EQ (std::string::npos, plan.find ("Seq Scan")) << plan;
  }
  EXPECT_FALSE (connection.take_failure ());
}
} // namespace
