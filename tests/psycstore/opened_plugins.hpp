// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The plugins as tests open them: one database each, in memory, in a file of
// SQLite's, in a schema of a PostgreSQL server that runs for the whole program.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <utility>

#include <unistd.h>

#include "psycstore/plugin/memory_database.hpp"
#include "psycstore/plugin/sqlite_open.hpp"
#ifdef HAVE_POSTGRES
#include "postgres_server.hpp"
#include "psycstore/plugin/postgres_open.hpp"
#endif

namespace psycstore
{
// A database that can be closed and opened again; the memory one cannot, and
// stays.
class Opened
{
public:
  virtual ~Opened () = default;
  virtual Database &db () = 0;
  virtual void reopen () = 0;
};

class OpenedMemory : public Opened
{
public:
  Database &
  db () override
  {
    return db_;
  }
  void
  reopen () override
  {}

private:
  MemoryDatabase db_;
};

class OpenedSqlite : public Opened
{
public:
  OpenedSqlite ()
  {
    char pattern[] = "/tmp/psycstore-db-XXXXXX";
    directory_ = ::mkdtemp (pattern);
    reopen ();
  }
  ~OpenedSqlite () override
  {
    opened_.database.reset ();
    std::filesystem::remove_all (directory_);
  }
  Database &
  db () override
  {
    return *opened_.database;
  }
  void
  reopen () override
  {
    opened_.database.reset ();
    SqliteOptions options;
    options.path = directory_ / "s.db";
    opened_ = open_sqlite (options);
    ASSERT_TRUE (opened_.database) << opened_.why_not;
  }

private:
  std::filesystem::path directory_;
  PluginOpened opened_;
};

#ifdef HAVE_POSTGRES
// One server for all tests, one schema for each.
inline PostgresServer *the_server = nullptr;

class ServerOfTheTests : public testing::Environment
{
public:
  void
  TearDown () override
  {
    delete std::exchange (the_server, nullptr);
  }
};
inline const testing::Environment *const the_environment
    = testing::AddGlobalTestEnvironment (new ServerOfTheTests);

class OpenedPostgres : public Opened
{
public:
  OpenedPostgres ()
  {
    if (nullptr == the_server)
      the_server = new PostgresServer;
    static int last_schema = 0;
    options_.conninfo = the_server->conninfo ();
    options_.schema = "test_" + std::to_string (++last_schema);
    if (the_server->is_installed ())
      reopen ();
  }
  Database &
  db () override
  {
    return *opened_.database;
  }
  void
  reopen () override
  {
    opened_.database.reset ();
    opened_ = open_postgres (options_);
    ASSERT_TRUE (opened_.database) << opened_.why_not;
  }

private:
  PostgresOptions options_;
  PluginOpened opened_;
};
#endif

using MakeOpened = std::unique_ptr<Opened> (*) ();

template <typename Kind>
std::unique_ptr<Opened>
make ()
{
  return std::make_unique<Kind> ();
}

// Why the tests of this plugin cannot run here; empty: they can.
inline std::string
missing_server ([[maybe_unused]] MakeOpened plugin)
{
#ifdef HAVE_POSTGRES
  if (plugin == &make<OpenedPostgres> && ! the_server->is_installed ())
    return "no PostgreSQL server here (Debian: postgresql)";
#endif
  return {};
}
} // namespace psycstore

// The suite runs on each of them.
#ifdef HAVE_POSTGRES
#define PSYCSTORE_RUN_ON_POSTGRES(Suite)                                       \
  INSTANTIATE_TEST_SUITE_P (Postgres, Suite,                                   \
                            testing::Values (&make<OpenedPostgres>))
#else
#define PSYCSTORE_RUN_ON_POSTGRES(Suite) static_assert (true)
#endif
#define PSYCSTORE_RUN_ON_ALL_PLUGINS(Suite)                                    \
  INSTANTIATE_TEST_SUITE_P (Memory, Suite,                                     \
                            testing::Values (&make<OpenedMemory>));            \
  INSTANTIATE_TEST_SUITE_P (Sqlite, Suite,                                     \
                            testing::Values (&make<OpenedSqlite>));            \
  PSYCSTORE_RUN_ON_POSTGRES (Suite)
