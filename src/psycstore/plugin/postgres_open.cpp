// SPDX-License-Identifier: AGPL-3.0-or-later
#include "psycstore/plugin/postgres_open.hpp"

#include <algorithm>

#include <unistd.h>

#include "psycstore/plugin/postgres_connection.hpp"
#include "psycstore/plugin/sql_database.hpp"

namespace psycstore
{
namespace
{
// Of advisory locks of ours: "PSYC".
constexpr std::int64_t lock_class = 0x50535943;

bool
is_schema_name (const std::string &name)
{
  return ! name.empty () && name.size () <= 60
         && std::all_of (name.begin (), name.end (),
                         [] (char c) {
                           return ('a' <= c && c <= 'z')
                                  || ('0' <= c && c <= '9') || '_' == c;
                         });
}

// Another service would not know what this one remembers.
bool
take_lock (PostgresConnection &connection, const std::string &schema)
{
  const std::string sql = "SELECT CAST(pg_try_advisory_lock("
                          + std::to_string (lock_class) + ", hashtext('"
                          + schema + "')) AS integer)";
  // One that is just being killed needs a moment to let go.
  for (int attempt = 0; attempt < 20 && ! connection.has_failed (); attempt++)
  {
    if (0 != connection.number (sql.c_str ()))
      return true;
    ::usleep (100000);
  }
  return false;
}

// Is the schema new, or ours and not of the future? `version` is set.
std::string
judge (PostgresConnection &connection, const PostgresOptions &options,
       std::int64_t &version)
{
  const std::string of_schema
      = " FROM pg_class WHERE relnamespace = (SELECT oid FROM pg_namespace"
        " WHERE nspname = '"
        + options.schema + "')";
  const std::string count = "SELECT count(*)" + of_schema;
  const std::string has_mark
      = count + " AND relname = 'psycstore_schema' AND relkind = 'r'";
  if (0 == connection.number (count.c_str ()))
    return {}; // new
  const std::string where = "schema " + options.schema + " in PostgreSQL";
  if (0 == connection.number (has_mark.c_str ()))
    return where + " was not made by psycstore: left alone";
  version = connection.number ("SELECT max(version) FROM psycstore_schema");
  if (! connection.has_failed () && version < 1)
    return where + " is damaged: it has no version (left alone)";
  if (version > static_cast<std::int64_t> (options.schema_steps.size ()))
    return where + " has version " + std::to_string (version)
           + ", made by a newer program; this one knows up to "
           + std::to_string (options.schema_steps.size ());
  return {};
}

// All steps in one transaction: all or none.
void
migrate (PostgresConnection &connection, const PostgresOptions &options,
         std::int64_t version)
{
  const auto steps = static_cast<std::int64_t> (options.schema_steps.size ());
  if (version == steps)
    return;
  std::string sql = "BEGIN;";
  if (0 == version)
    sql += "CREATE SCHEMA IF NOT EXISTS " + options.schema
           + ";CREATE TABLE psycstore_schema (version BIGINT NOT NULL);"
             "INSERT INTO psycstore_schema VALUES (0);";
  for (std::int64_t step = version; step < steps; step++)
    sql += options.schema_steps[static_cast<std::size_t> (step)];
  sql += "UPDATE psycstore_schema SET version = " + std::to_string (steps)
         + ";COMMIT;";
  if (! connection.execute (sql))
  {
    const auto failure = connection.take_failure ();
    connection.execute ("ROLLBACK");
    (void)connection.take_failure ();
    connection.fail (failure.value_or (Failure{}));
  }
}

std::string
set_up (PostgresConnection &connection, const PostgresOptions &options)
{
  // A commit is on the disk when it returns. Every statement is a look-up in
  // an index, whatever the planner believes of tables that it has not counted.
  connection.execute ("SET synchronous_commit = on;"
                      "SET client_min_messages = warning;"
                      "SET enable_seqscan = off;"
                      "SET enable_bitmapscan = off;"
                      "SET search_path = "
                      + options.schema + ";");
  if (! take_lock (connection, options.schema) && ! connection.has_failed ())
    return "schema " + options.schema
           + " in PostgreSQL is in use by another process";
  std::int64_t version = 0;
  std::string why = judge (connection, options, version);
  if (connection.has_failed ())
    return connection.take_failure ()->message;
  if (! why.empty ())
    return why;
  migrate (connection, options, version);
  if (connection.has_failed ())
    return connection.take_failure ()->message;
  return {};
}
} // namespace

PluginOpened
open_postgres (const PostgresOptions &options)
{
  if (! is_schema_name (options.schema))
    return { nullptr, "[psycstore-postgres] SCHEMA may have small letters, "
                      "digits and _ only" };
  auto connection = std::make_unique<PostgresConnection> (
      options.conninfo,
      [options] (PostgresConnection &made) { return set_up (made, options); });
  if (! connection->connect ())
    return { nullptr, connection->take_failure ()->message };
  return { std::make_unique<SqlDatabase> (std::move (connection)), {} };
}
} // namespace psycstore
