// SPDX-License-Identifier: AGPL-3.0-or-later
#include "psycstore/plugin/sqlite_connection.hpp"

#include <cerrno>

#include "psycstore/plugin/file_lock.hpp"

namespace psycstore
{
namespace
{
bool
is_full (sqlite3 *db, int code)
{
  if (SQLITE_FULL == (code & 0xff))
    return true;
  if (SQLITE_IOERR != (code & 0xff))
    return false;
  // SQLite does not note the reason of a failed commit: it is errno's still.
  const int noted = sqlite3_system_errno (db);
  const int error = 0 == noted ? errno : noted;
  return ENOSPC == error || EDQUOT == error || EFBIG == error;
}

bool
is_damaged (int code)
{
  return SQLITE_CORRUPT == (code & 0xff) || SQLITE_NOTADB == (code & 0xff);
}

class SqlitePrepared : public SqlPrepared
{
public:
  SqlitePrepared (SqliteConnection &connection, const char *sql)
      : connection_ (connection)
  {
    check (sqlite3_prepare_v3 (connection.handle (), sql, -1,
                               SQLITE_PREPARE_PERSISTENT, &statement_,
                               nullptr));
  }
  SqlitePrepared (const SqlitePrepared &) = delete;
  SqlitePrepared &operator= (const SqlitePrepared &) = delete;
  ~SqlitePrepared () override { sqlite3_finalize (statement_); }

  void
  bind (int parameter, std::int64_t value) override
  {
    check (sqlite3_bind_int64 (statement_, parameter + 1, value));
  }

  void
  bind (int parameter, base::ByteView value) override
  {
    // NULL bytes would bind NULL: an empty blob is meant.
    const void *data
        = value.empty () ? "" : static_cast<const void *> (value.data ());
    check (sqlite3_bind_blob64 (statement_, parameter + 1, data, value.size (),
                                SQLITE_STATIC));
  }

  void
  bind_null (int parameter) override
  {
    check (sqlite3_bind_null (statement_, parameter + 1));
  }

  bool
  step () override
  {
    errno = 0;
    const int code = sqlite3_step (statement_);
    if (SQLITE_ROW != code && SQLITE_DONE != code)
      check (code);
    return SQLITE_ROW == code;
  }

  std::int64_t
  number (int column) const override
  {
    return sqlite3_column_int64 (statement_, column);
  }

  bool
  is_null (int column) const override
  {
    return SQLITE_NULL == sqlite3_column_type (statement_, column);
  }

  base::ByteView
  bytes (int column) const override
  {
    const void *data = sqlite3_column_blob (statement_, column);
    const int size = sqlite3_column_bytes (statement_, column);
    if (nullptr == data || size <= 0)
      return {};
    return { static_cast<const std::uint8_t *> (data),
             static_cast<std::size_t> (size) };
  }

  std::uint64_t
  changes () const override
  {
    return static_cast<std::uint64_t> (
        sqlite3_changes64 (connection_.handle ()));
  }

  void
  reset () override
  {
    sqlite3_reset (statement_);
    sqlite3_clear_bindings (statement_);
  }

private:
  void
  check (int code)
  {
    if (SQLITE_OK != code)
      connection_.fail (code);
  }

  SqliteConnection &connection_;
  sqlite3_stmt *statement_ = nullptr;
};
} // namespace

SqliteConnection::SqliteConnection (std::string path)
    : path_ (std::move (path)), begin_ (*this, "BEGIN IMMEDIATE"),
      commit_ (*this, "COMMIT")
{}

// Statements that still exist keep the handle until they are finalized.
SqliteConnection::~SqliteConnection () { sqlite3_close_v2 (db_); }

bool
SqliteConnection::open ()
{
  const int code = sqlite3_open_v2 (path_.c_str (), &db_,
                                    SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
                                        | SQLITE_OPEN_NOMUTEX,
                                    nullptr);
  if (SQLITE_OK != code)
    fail (code);
  else
    sqlite3_extended_result_codes (db_, 1);
  return SQLITE_OK == code;
}

void
SqliteConnection::keep (std::unique_ptr<FileLock> lock)
{
  lock_ = std::move (lock);
}

void
SqliteConnection::begin ()
{
  SqlQuery (begin_).run ();
}

void
SqliteConnection::commit ()
{
  SqlQuery (commit_).run ();
}

void
SqliteConnection::rollback ()
{
  // After some errors SQLite has rolled back by itself.
  if (0 == sqlite3_get_autocommit (db_))
    sqlite3_exec (db_, "ROLLBACK", nullptr, nullptr, nullptr);
}

bool
SqliteConnection::execute (const std::string &sql)
{
  if (has_failed ())
    return false;
  const int code = sqlite3_exec (db_, sql.c_str (), nullptr, nullptr, nullptr);
  if (SQLITE_OK != code)
    fail (code);
  return SQLITE_OK == code;
}

std::unique_ptr<SqlPrepared>
SqliteConnection::prepare (const char *sql)
{
  auto prepared = std::make_unique<SqlitePrepared> (*this, sql);
  return has_failed () ? nullptr : std::move (prepared);
}

void
SqliteConnection::fail (int code)
{
  const bool is_for_want_of_room = is_full (db_, code);
  const std::string what = nullptr == db_ ? sqlite3_errstr (code)
                                          : std::string (sqlite3_errmsg (db_));
  if (is_for_want_of_room)
    fail ({ FailureKind::disk_full,
            "disk full: cannot write " + path_ + " (" + what + ")" });
  else if (is_damaged (code))
    fail (
        { FailureKind::damaged, "database " + path_ + " is damaged: " + what });
  else
    fail ({ FailureKind::other, "database " + path_ + ": " + what });
}
} // namespace psycstore
