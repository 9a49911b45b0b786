// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What an SQL engine is to the plugins: a connection, statements prepared once,
// one execution of a statement. Errors stick to the connection: after one,
// every query does nothing until the error was taken. SqlDatabase is written
// over this; SQLite and PostgreSQL are behind it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/bytes.hpp"
#include "psycstore/core/database.hpp"

namespace psycstore
{
// A statement as the engine prepared it. Parameters and columns count from 0.
class SqlPrepared
{
public:
  virtual ~SqlPrepared () = default;

  // Bound bytes must live until `reset`.
  virtual void bind (int parameter, std::int64_t value) = 0;
  virtual void bind (int parameter, base::ByteView value) = 0;
  virtual void bind_null (int parameter) = 0;

  // Is there a (next) row? The first call executes the statement.
  [[nodiscard]] virtual bool step () = 0;
  // Of the row; a number that is NULL is 0.
  [[nodiscard]] virtual std::int64_t number (int column) const = 0;
  [[nodiscard]] virtual bool is_null (int column) const = 0;
  // Valid until the next row.
  [[nodiscard]] virtual base::ByteView bytes (int column) const = 0;
  // How many rows did it change?
  [[nodiscard]] virtual std::uint64_t changes () const = 0;
  virtual void reset () = 0;
};

class SqlConnection
{
public:
  SqlConnection () = default;
  SqlConnection (const SqlConnection &) = delete;
  SqlConnection &operator= (const SqlConnection &) = delete;
  virtual ~SqlConnection () = default;

  // Makes sure that the server is there and opens a transaction in which this
  // connection alone writes.
  virtual void begin () = 0;
  virtual void commit () = 0;
  virtual void rollback () = 0;
  // One or more statements without results.
  virtual bool execute (const std::string &sql) = 0;
  // Nothing, with a failure, when it cannot be prepared. `sql` has `?` or `?N`
  // for parameters, not both, and is kept by the caller.
  [[nodiscard]] virtual std::unique_ptr<SqlPrepared> prepare (const char *sql)
      = 0;

  // The first column of the first row, as a number or text.
  [[nodiscard]] std::int64_t number (const char *sql);
  [[nodiscard]] std::string text (const char *sql);

  void
  fail (Failure failure)
  {
    if (! failure_)
      failure_ = std::move (failure);
  }

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

private:
  std::optional<Failure> failure_;
};

// A statement, prepared when it is first used.
class SqlStatement
{
public:
  SqlStatement (SqlConnection &connection, const char *sql)
      : connection_ (connection), sql_ (sql)
  {}

  [[nodiscard]] const char *
  sql () const
  {
    return sql_;
  }

private:
  friend class SqlQuery;
  SqlConnection &connection_;
  const char *sql_;
  std::unique_ptr<SqlPrepared> prepared_;
};

// One execution of a statement. What is bound must outlive it.
class SqlQuery
{
public:
  template <typename... Values>
  explicit SqlQuery (SqlStatement &statement, const Values &...values)
      : statement_ (statement)
  {
    if (prepare ())
      (bind (values), ...);
  }
  SqlQuery (const SqlQuery &) = delete;
  SqlQuery &operator= (const SqlQuery &) = delete;
  ~SqlQuery ();

  // Is there a (next) row?
  [[nodiscard]] bool row ();
  // For statements without rows: were they done?
  bool run ();
  [[nodiscard]] std::uint64_t changes () const;

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

  SqlStatement &statement_;
  int next_parameter_ = 0;
};
} // namespace psycstore
