// SPDX-License-Identifier: AGPL-3.0-or-later
//
// SQLite's handles as owning types, as little as the store of places needs.
#pragma once

#include <sqlite3.h>

#include <memory>
#include <string>

#include "base/bytes.hpp"

namespace social::sqlite
{
struct CloseDatabase
{
  void
  operator() (sqlite3 *db) const
  {
    sqlite3_close_v2 (db);
  }
};
using Database = std::unique_ptr<sqlite3, CloseDatabase>;

// One prepared statement. Parameters are bound in order, columns read in
// order; a failure stays and is seen by `step`.
class Statement
{
public:
  Statement (sqlite3 *db, const char *sql)
  {
    sqlite3_stmt *raw = nullptr;
    if (SQLITE_OK == sqlite3_prepare_v2 (db, sql, -1, &raw, nullptr))
      stmt_.reset (raw);
  }

  Statement &
  bind (std::int64_t value)
  {
    return note (sqlite3_bind_int64 (stmt_.get (), ++bound_, value));
  }

  Statement &
  bind (base::ByteView value)
  {
    // An empty blob, never NULL: columns are NOT NULL.
    const void *data
        = value.empty () ? "" : static_cast<const void *> (value.data ());
    return note (sqlite3_bind_blob64 (stmt_.get (), ++bound_, data,
                                      value.size (), SQLITE_TRANSIENT));
  }

  Statement &
  bind (const std::string &value)
  {
    return note (sqlite3_bind_text64 (stmt_.get (), ++bound_, value.data (),
                                      value.size (), SQLITE_TRANSIENT,
                                      SQLITE_UTF8));
  }

  // SQLITE_ROW, SQLITE_DONE or an error.
  [[nodiscard]] int
  step ()
  {
    if (nullptr == stmt_)
      return SQLITE_ERROR;
    if (SQLITE_OK != failure_)
      return failure_;
    column_ = 0;
    return sqlite3_step (stmt_.get ());
  }

  [[nodiscard]] std::int64_t
  number ()
  {
    return sqlite3_column_int64 (stmt_.get (), column_++);
  }

  [[nodiscard]] base::Bytes
  bytes ()
  {
    const void *data = sqlite3_column_blob (stmt_.get (), column_);
    const auto size = static_cast<std::size_t> (
        sqlite3_column_bytes (stmt_.get (), column_++));
    const auto *first = static_cast<const std::uint8_t *> (data);
    return nullptr == first ? base::Bytes{} : base::Bytes (first, first + size);
  }

  [[nodiscard]] std::string
  text ()
  {
    const base::Bytes raw = bytes ();
    return std::string (base::as_text (raw));
  }

private:
  Statement &
  note (int result)
  {
    if (SQLITE_OK != result)
      failure_ = result;
    return *this;
  }

  struct Finalize
  {
    void
    operator() (sqlite3_stmt *stmt) const
    {
      sqlite3_finalize (stmt);
    }
  };
  std::unique_ptr<sqlite3_stmt, Finalize> stmt_;
  int bound_ = 0;
  int column_ = 0;
  int failure_ = SQLITE_OK;
};
} // namespace social::sqlite
