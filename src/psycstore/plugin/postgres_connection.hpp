// SPDX-License-Identifier: AGPL-3.0-or-later
//
// PostgreSQL behind the interface of sql.hpp: one connection, which is made
// again when the server went and came. While there is none every operation
// fails with the reason; it is tried again at most once a second.
#pragma once

#include <chrono>
#include <functional>
#include <string>

#include <libpq-fe.h>

#include "psycstore/plugin/sql.hpp"

namespace psycstore
{
class PostgresConnection : public SqlConnection
{
public:
  // Called after each connecting, to make the session what it must be; why it
  // may not be used, or nothing.
  using SetUp = std::function<std::string (PostgresConnection &)>;

  PostgresConnection (std::string conninfo, SetUp set_up);
  ~PostgresConnection () override;

  // False with a failure when there is no server, or `set_up` refused it.
  [[nodiscard]] bool connect ();

  void begin () override;
  void commit () override;
  void rollback () override;
  bool execute (const std::string &sql) override;
  [[nodiscard]] std::unique_ptr<SqlPrepared> prepare (const char *sql) override;

  // -- For prepared statements.

  // Connected, or connected again outside of a transaction.
  [[nodiscard]] bool ensure ();
  // Grows with each connecting: what was prepared before is gone.
  [[nodiscard]] std::uint64_t
  session () const
  {
    return session_;
  }
  [[nodiscard]] PGconn *
  handle () const
  {
    return connection_;
  }
  [[nodiscard]] std::string
  new_name ()
  {
    return "s" + std::to_string (++last_name_);
  }
  // True when it went well; else a failure that says how not.
  bool check (const PGresult *result);

private:
  using Clock = std::chrono::steady_clock;

  void disconnect ();
  void refuse (const std::string &why);

  const std::string conninfo_;
  const SetUp set_up_;
  PGconn *connection_ = nullptr;
  std::string why_not_;
  Clock::time_point next_attempt_;
  std::uint64_t session_ = 0;
  std::uint64_t last_name_ = 0;
  bool is_in_transaction_ = false;
};
} // namespace psycstore
