// SPDX-License-Identifier: AGPL-3.0-or-later
//
// SQLite's handles in owning types, with errors that stick: after one, every
// query does nothing until the error was taken.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <sqlite3.h>

#include "base/bytes.hpp"
#include "psycstore/core/database.hpp"

namespace psycstore
{
class SqliteConnection
{
public:
  explicit SqliteConnection (std::string path) : path_ (std::move (path)) {}
  SqliteConnection (const SqliteConnection &) = delete;
  SqliteConnection &operator= (const SqliteConnection &) = delete;
  ~SqliteConnection ();

  // False with a failure when the file cannot be opened.
  [[nodiscard]] bool open ();

  // One or more statements without results.
  bool execute (const std::string &sql);
  // The first column of the first row, as a number or text.
  [[nodiscard]] std::int64_t number (const char *sql);
  [[nodiscard]] std::string text (const char *sql);

  void fail (int code);
  void fail (Failure failure);

  [[nodiscard]] bool
  has_failed () const
  {
    return failure_.has_value ();
  }

  [[nodiscard]] std::optional<Failure>
  take_failure ()
  {
    return std::exchange (failure_, std::nullopt);
  }

  [[nodiscard]] sqlite3 *
  handle () const
  {
    return db_;
  }

private:
  const std::string path_;
  sqlite3 *db_ = nullptr;
  std::optional<Failure> failure_;
};

// One prepared statement, prepared when it is first used.
class SqliteStatement
{
public:
  SqliteStatement (SqliteConnection &connection, const char *sql)
      : connection_ (connection), sql_ (sql)
  {}
  SqliteStatement (const SqliteStatement &) = delete;
  SqliteStatement &operator= (const SqliteStatement &) = delete;
  ~SqliteStatement () { sqlite3_finalize (statement_); }

  [[nodiscard]] const char *
  sql () const
  {
    return sql_;
  }

private:
  friend class SqliteQuery;
  SqliteConnection &connection_;
  const char *sql_;
  sqlite3_stmt *statement_ = nullptr;
};

// One execution of a statement. What is bound must outlive it.
class SqliteQuery
{
public:
  template <typename... Values>
  explicit SqliteQuery (SqliteStatement &statement, const Values &...values)
      : statement_ (statement)
  {
    if (prepare ())
      (bind (values), ...);
  }
  SqliteQuery (const SqliteQuery &) = delete;
  SqliteQuery &operator= (const SqliteQuery &) = delete;
  ~SqliteQuery ();

  // Is there a (next) row?
  [[nodiscard]] bool row ();
  // For statements without rows: were they done?
  bool run ();

  [[nodiscard]] std::int64_t signed_number (int column) const;
  [[nodiscard]] std::uint64_t number (int column) const;
  [[nodiscard]] bool is_null (int column) const;
  // Valid until the next row.
  [[nodiscard]] base::ByteView bytes (int column) const;

  template <typename Fixed>
  [[nodiscard]] Fixed
  fixed (int column) const
  {
    const auto value = Fixed::from (bytes (column));
    if (! value)
      statement_.connection_.fail (
          { FailureKind::damaged, "damaged: a key of the wrong size" });
    return value.value_or (Fixed{});
  }

private:
  [[nodiscard]] bool prepare ();
  void check (int code);
  void bind (std::int64_t value);
  void bind (std::uint64_t value);
  void bind (std::uint32_t value);
  void bind (int value);
  void bind (base::ByteView value);
  void bind (std::string_view value);
  void bind (const char *value) = delete;
  void bind (std::nullopt_t);

  template <typename Tag>
  void
  bind (base::Id<Tag> id)
  {
    bind (id.value);
  }

  template <std::size_t N, typename Tag>
  void
  bind (const base::FixedBytes<N, Tag> &value)
  {
    bind (value.view ());
  }

  template <typename T>
  void
  bind (const std::optional<T> &value)
  {
    if (value)
      bind (*value);
    else
      bind (std::nullopt);
  }

  SqliteStatement &statement_;
  int next_parameter_ = 1;
};
} // namespace psycstore
