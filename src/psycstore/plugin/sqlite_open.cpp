// SPDX-License-Identifier: AGPL-3.0-or-later
#include "psycstore/plugin/sqlite_open.hpp"

#include <cerrno>
#include <cstring>
#include <filesystem>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "psycstore/plugin/file_lock.hpp"
#include "psycstore/plugin/sql_database.hpp"

namespace psycstore
{
namespace
{
// Files up to this size are read through at start: they take a second or two.
// Of larger ones SQLite finds damage when it meets it.
constexpr std::uintmax_t checked_bytes_max = std::uintmax_t{ 512 } << 20;

PluginOpened
refuse (std::string why)
{
  return { nullptr, std::move (why) };
}

// What was made in it is there for good.
void
sync_directory (const std::filesystem::path &directory)
{
  const int fd
      = ::open (directory.c_str (), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0)
    return;
  ::fsync (fd);
  ::close (fd);
}

std::string
make_directories (const std::filesystem::path &directory)
{
  std::filesystem::path made;
  for (const auto &part : directory)
  {
    made /= part;
    if (0 == ::mkdir (made.c_str (), 0700))
      sync_directory (made.parent_path ());
    else if (EEXIST != errno && ! std::filesystem::is_directory (made))
      return "cannot create " + made.string () + ": " + std::strerror (errno);
  }
  return {};
}

std::string
create_file (const std::string &path)
{
  const int fd = ::open (path.c_str (), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0)
    return "cannot open " + path + ": " + std::strerror (errno);
  ::close (fd);
  sync_directory (std::filesystem::path (path).parent_path ());
  return {};
}

// Is it a database of ours, and whole?
std::string
judge (SqliteConnection &connection, const std::string &path,
       std::size_t version_known)
{
  const std::int64_t id = connection.number ("PRAGMA application_id");
  const std::int64_t version = connection.number ("PRAGMA user_version");
  const std::int64_t tables
      = connection.number ("SELECT count(*) FROM sqlite_schema");
  if (connection.has_failed ())
    return connection.take_failure ()->message;
  if (0 == version && 0 == tables)
    return {}; // new
  if (sqlite_application_id != id || version < 1)
    return "database " + path + " was not made by psycstore: left alone";
  if (static_cast<std::uint64_t> (version) > version_known)
    return "database " + path + " has schema version "
           + std::to_string (version) + ", made by a newer program; this one "
           + "knows up to " + std::to_string (version_known);
  std::error_code error;
  if (std::filesystem::file_size (path, error) > checked_bytes_max)
    return {};
  const std::string check = connection.text ("PRAGMA quick_check(1)");
  if (connection.has_failed ())
    return connection.take_failure ()->message;
  if ("ok" != check)
    return "database " + path + " is damaged: " + check
           + " (left alone; move it away or restore a copy)";
  return {};
}

// A copy beside it, before anything is changed.
bool
copy (SqliteConnection &connection, const std::string &path,
      std::int64_t version)
{
  const std::string target = path + ".v" + std::to_string (version) + ".bak";
  std::error_code error;
  // One of an earlier attempt that did not get to the end.
  std::filesystem::remove (target, error);
  const mode_t mask = ::umask (077);
  std::string quoted;
  for (const char c : target)
    quoted += '\'' == c ? std::string ("''") : std::string (1, c);
  const bool is_done = connection.execute ("VACUUM INTO '" + quoted + "'");
  ::umask (mask);
  return is_done;
}

std::string
migrate (SqliteConnection &connection, const SqliteOptions &options)
{
  const std::int64_t from = connection.number ("PRAGMA user_version");
  const auto to = static_cast<std::int64_t> (options.schema_steps.size ());
  if (0 != from && from < to)
    copy (connection, options.path, from);
  for (std::int64_t version = from; version < to; version++)
  {
    connection.execute (
        "BEGIN IMMEDIATE;"
        + options.schema_steps[static_cast<std::size_t> (version)]
        + "PRAGMA application_id = " + std::to_string (sqlite_application_id)
        + ";PRAGMA user_version = " + std::to_string (version + 1)
        + ";COMMIT;");
    if (connection.has_failed ())
      connection.rollback ();
  }
  if (connection.has_failed ())
    return connection.take_failure ()->message;
  return {};
}

std::string
set_up (SqliteConnection &connection, const SqliteOptions &options)
{
  connection.execute ("PRAGMA busy_timeout = 5000");
  if (std::string why
      = judge (connection, options.path, options.schema_steps.size ());
      ! why.empty ())
    return why;
  // FULL: a commit is on the disk when it returns, also in WAL mode.
  connection.execute ("PRAGMA journal_mode = WAL;"
                      "PRAGMA synchronous = FULL;"
                      "PRAGMA wal_autocheckpoint = 4000;"
                      "PRAGMA journal_size_limit = 67108864;"
                      "PRAGMA cache_size = -4096;"
                      "PRAGMA temp_store = MEMORY;");
  if (std::string why = migrate (connection, options); ! why.empty ())
    return why;
  if (0 != options.pages_max)
    connection.execute ("PRAGMA max_page_count = "
                        + std::to_string (options.pages_max));
  if (connection.has_failed ())
    return connection.take_failure ()->message;
  return {};
}
} // namespace

PluginOpened
open_sqlite (const SqliteOptions &options)
{
  const std::filesystem::path path (options.path);
  if (std::string why = make_directories (path.parent_path ()); ! why.empty ())
    return refuse (std::move (why));
  auto lock = std::make_unique<FileLock> (options.path + ".lock");
  if (! lock->is_held ())
    return refuse ("database " + options.path
                   + " is in use by another process");
  if (std::string why = create_file (options.path); ! why.empty ())
    return refuse (std::move (why));
  auto connection = std::make_unique<SqliteConnection> (options.path);
  if (! connection->open ())
    return refuse (connection->take_failure ()->message);
  if (std::string why = set_up (*connection, options); ! why.empty ())
    return refuse (std::move (why));
  connection->keep (std::move (lock));
  return { std::make_unique<SqlDatabase> (std::move (connection)), {} };
}
} // namespace psycstore
