// SPDX-License-Identifier: AGPL-3.0-or-later
#include "psycstore/plugin/sqlite_connection.hpp"

#include <cerrno>

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
} // namespace

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

std::int64_t
SqliteConnection::number (const char *sql)
{
  SqliteStatement statement (*this, sql);
  SqliteQuery query (statement);
  return query.row () ? query.signed_number (0) : 0;
}

std::string
SqliteConnection::text (const char *sql)
{
  SqliteStatement statement (*this, sql);
  SqliteQuery query (statement);
  return query.row () ? std::string (base::as_text (query.bytes (0))) : "";
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

void
SqliteConnection::fail (Failure failure)
{
  if (! failure_)
    failure_ = std::move (failure);
}

SqliteQuery::~SqliteQuery ()
{
  if (nullptr == statement_.statement_)
    return;
  sqlite3_reset (statement_.statement_);
  sqlite3_clear_bindings (statement_.statement_);
}

bool
SqliteQuery::prepare ()
{
  if (statement_.connection_.has_failed ())
    return false;
  if (nullptr == statement_.statement_)
    check (sqlite3_prepare_v3 (statement_.connection_.handle (),
                               statement_.sql_, -1, SQLITE_PREPARE_PERSISTENT,
                               &statement_.statement_, nullptr));
  return ! statement_.connection_.has_failed ();
}

void
SqliteQuery::check (int code)
{
  if (SQLITE_OK != code)
    statement_.connection_.fail (code);
}

bool
SqliteQuery::row ()
{
  if (statement_.connection_.has_failed ())
    return false;
  errno = 0;
  const int code = sqlite3_step (statement_.statement_);
  if (SQLITE_ROW != code && SQLITE_DONE != code)
    check (code);
  return SQLITE_ROW == code;
}

bool
SqliteQuery::run ()
{
  (void)row ();
  return ! statement_.connection_.has_failed ();
}

std::int64_t
SqliteQuery::signed_number (int column) const
{
  return sqlite3_column_int64 (statement_.statement_, column);
}

std::uint64_t
SqliteQuery::number (int column) const
{
  const std::int64_t value = signed_number (column);
  if (value < 0)
    statement_.connection_.fail (
        { FailureKind::damaged, "damaged: a negative number" });
  return value < 0 ? 0 : static_cast<std::uint64_t> (value);
}

bool
SqliteQuery::is_null (int column) const
{
  return SQLITE_NULL == sqlite3_column_type (statement_.statement_, column);
}

base::ByteView
SqliteQuery::bytes (int column) const
{
  const void *data = sqlite3_column_blob (statement_.statement_, column);
  const int size = sqlite3_column_bytes (statement_.statement_, column);
  if (nullptr == data || size <= 0)
    return {};
  return { static_cast<const std::uint8_t *> (data),
           static_cast<std::size_t> (size) };
}

void
SqliteQuery::bind (std::int64_t value)
{
  check (sqlite3_bind_int64 (statement_.statement_, next_parameter_++, value));
}

void
SqliteQuery::bind (std::uint64_t value)
{
  // What is beyond SQLite's numbers is beyond all ids, too.
  bind (value > INT64_MAX ? INT64_MAX : static_cast<std::int64_t> (value));
}

void
SqliteQuery::bind (std::uint32_t value)
{
  bind (std::int64_t{ value });
}

void
SqliteQuery::bind (int value)
{
  bind (std::int64_t{ value });
}

void
SqliteQuery::bind (base::ByteView value)
{
  // NULL bytes would bind NULL: an empty blob is meant.
  const void *data
      = value.empty () ? "" : static_cast<const void *> (value.data ());
  check (sqlite3_bind_blob64 (statement_.statement_, next_parameter_++, data,
                              value.size (), SQLITE_STATIC));
}

void
SqliteQuery::bind (std::string_view value)
{
  bind (base::as_bytes (value));
}

void
SqliteQuery::bind (std::nullopt_t)
{
  check (sqlite3_bind_null (statement_.statement_, next_parameter_++));
}
} // namespace psycstore
