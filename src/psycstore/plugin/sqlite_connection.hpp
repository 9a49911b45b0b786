// SPDX-License-Identifier: AGPL-3.0-or-later
//
// SQLite behind the interface of sql.hpp.
#pragma once

#include <string>

#include <sqlite3.h>

#include "psycstore/plugin/sql.hpp"

namespace psycstore
{
class FileLock;

class SqliteConnection : public SqlConnection
{
public:
  explicit SqliteConnection (std::string path);
  ~SqliteConnection () override;

  // False with a failure when the file cannot be opened.
  [[nodiscard]] bool open ();
  // Held for as long as the connection lives.
  void keep (std::unique_ptr<FileLock> lock);

  void begin () override;
  void commit () override;
  void rollback () override;
  bool execute (const std::string &sql) override;
  [[nodiscard]] std::unique_ptr<SqlPrepared> prepare (const char *sql) override;

  using SqlConnection::fail;
  void fail (int code);

  [[nodiscard]] sqlite3 *
  handle () const
  {
    return db_;
  }

private:
  const std::string path_;
  std::unique_ptr<FileLock> lock_;
  sqlite3 *db_ = nullptr;
  SqlStatement begin_;
  SqlStatement commit_;
};
} // namespace psycstore
