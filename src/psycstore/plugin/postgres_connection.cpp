// SPDX-License-Identifier: AGPL-3.0-or-later
#include "psycstore/plugin/postgres_connection.hpp"

#include <cctype>
#include <cstdlib>
#include <memory>
#include <vector>

namespace psycstore
{
namespace
{
constexpr auto retry_delay = std::chrono::seconds (1);

struct FreeResult
{
  void
  operator() (PGresult *result) const
  {
    PQclear (result);
  }
};
using PostgresResult = std::unique_ptr<PGresult, FreeResult>;

// Of libpq's messages the first line is enough.
std::string
first_line (const char *message)
{
  std::string out = nullptr == message ? "" : message;
  return out.substr (0, out.find ('\n'));
}

// PostgreSQL numbers its parameters with $: `?` and `?N` become `$N`.
std::string
with_numbered_parameters (const char *sql)
{
  std::string out;
  int next = 1;
  for (const char *at = sql; '\0' != *at; at++)
  {
    if ('?' != *at)
    {
      out += *at;
      continue;
    }
    out += '$';
    if (0 == std::isdigit (static_cast<unsigned char> (at[1])))
      out += std::to_string (next++);
  }
  return out;
}

std::int64_t
from_network_order (const char *data, int size)
{
  std::uint64_t value = 0;
  for (int i = 0; i < size; i++)
    value = value << 8 | static_cast<unsigned char> (data[i]);
  if (4 == size)
    return static_cast<std::int32_t> (value);
  return static_cast<std::int64_t> (value);
}

class PostgresPrepared : public SqlPrepared
{
public:
  PostgresPrepared (PostgresConnection &connection, const char *sql)
      : connection_ (connection), sql_ (with_numbered_parameters (sql))
  {}

  void
  bind (int parameter, std::int64_t value) override
  {
    Parameter &slot = at (parameter);
    const auto bits = static_cast<std::uint64_t> (value);
    for (int i = 0; i < 8; i++)
      slot.number[i] = static_cast<char> (bits >> (8 * (7 - i)));
    slot.kind = Kind::number;
  }

  void
  bind (int parameter, base::ByteView value) override
  {
    Parameter &slot = at (parameter);
    slot.kind = Kind::bytes;
    // NULL bytes would bind NULL: empty ones are meant.
    slot.bytes
        = value.empty () ? "" : reinterpret_cast<const char *> (value.data ());
    slot.size = static_cast<int> (value.size ());
  }

  void
  bind_null (int parameter) override
  {
    at (parameter).kind = Kind::none;
  }

  bool
  step () override
  {
    if (! result_ && ! execute ())
      return false;
    return ++row_ < PQntuples (result_.get ());
  }

  std::int64_t
  number (int column) const override
  {
    return is_null (column) ? 0
                            : from_network_order (
                                PQgetvalue (result_.get (), row_, column),
                                PQgetlength (result_.get (), row_, column));
  }

  bool
  is_null (int column) const override
  {
    return ! result_ || 0 != PQgetisnull (result_.get (), row_, column);
  }

  base::ByteView
  bytes (int column) const override
  {
    if (is_null (column))
      return {};
    return { reinterpret_cast<const std::uint8_t *> (
                 PQgetvalue (result_.get (), row_, column)),
             static_cast<std::size_t> (
                 PQgetlength (result_.get (), row_, column)) };
  }

  std::uint64_t
  changes () const override
  {
    return result_ ? std::strtoull (PQcmdTuples (result_.get ()), nullptr, 10)
                   : 0;
  }

  void
  reset () override
  {
    result_.reset ();
    row_ = -1;
  }

private:
  enum class Kind
  {
    none,
    number,
    bytes,
  };

  struct Parameter
  {
    Kind kind = Kind::none;
    char number[8] = {};
    const char *bytes = nullptr;
    int size = 0;
  };

  [[nodiscard]] static Oid
  type_of (Kind kind)
  {
    constexpr Oid bigint = 20;
    constexpr Oid bytea = 17;
    // Of a NULL the server finds out from where it stands.
    return Kind::number == kind ? bigint : Kind::bytes == kind ? bytea : 0;
  }

  Parameter &
  at (int parameter)
  {
    const auto index = static_cast<std::size_t> (parameter);
    if (parameters_.size () <= index)
      parameters_.resize (index + 1);
    return parameters_[index];
  }

  [[nodiscard]] bool
  prepare ()
  {
    if (session_ == connection_.session ())
      return true;
    name_ = connection_.new_name ();
    std::vector<Oid> types;
    for (const Parameter &parameter : parameters_)
      types.push_back (type_of (parameter.kind));
    const PostgresResult result (
        PQprepare (connection_.handle (), name_.c_str (), sql_.c_str (),
                   static_cast<int> (types.size ()), types.data ()));
    if (! connection_.check (result.get ()))
      return false;
    session_ = connection_.session ();
    return true;
  }

  [[nodiscard]] bool
  execute ()
  {
    if (! connection_.ensure () || ! prepare ())
      return false;
    std::vector<const char *> values;
    std::vector<int> sizes;
    for (const Parameter &parameter : parameters_)
    {
      const bool is_number = Kind::number == parameter.kind;
      values.push_back (Kind::none == parameter.kind ? nullptr
                        : is_number                  ? parameter.number
                                                     : parameter.bytes);
      sizes.push_back (is_number ? 8 : parameter.size);
    }
    const std::vector<int> formats (values.size (), 1);
    result_.reset (PQexecPrepared (connection_.handle (), name_.c_str (),
                                   static_cast<int> (values.size ()),
                                   values.data (), sizes.data (),
                                   formats.data (), 1));
    if (connection_.check (result_.get ()))
      return true;
    result_.reset ();
    return false;
  }

  PostgresConnection &connection_;
  const std::string sql_;
  std::string name_;
  std::uint64_t session_ = 0;
  std::vector<Parameter> parameters_;
  PostgresResult result_;
  int row_ = -1;
};
} // namespace

PostgresConnection::PostgresConnection (std::string conninfo, SetUp set_up)
    : conninfo_ (std::move (conninfo)), set_up_ (std::move (set_up))
{}

PostgresConnection::~PostgresConnection () { disconnect (); }

void
PostgresConnection::disconnect ()
{
  PQfinish (connection_);
  connection_ = nullptr;
}

void
PostgresConnection::refuse (const std::string &why)
{
  why_not_ = why;
  next_attempt_ = Clock::now () + retry_delay;
  disconnect ();
  fail ({ FailureKind::other, why_not_ });
}

bool
PostgresConnection::connect ()
{
  disconnect ();
  session_++;
  // What the user's conninfo says goes before these defaults.
  const char *names[]
      = { "connect_timeout", "application_name", "dbname", nullptr };
  const char *values[]
      = { "3", "gnunet-psycstore", conninfo_.c_str (), nullptr };
  connection_ = PQconnectdbParams (names, values, 1);
  if (CONNECTION_OK != PQstatus (connection_))
  {
    refuse ("PostgreSQL cannot be reached: "
            + first_line (PQerrorMessage (connection_)));
    return false;
  }
  PQsetNoticeProcessor (
      connection_, [] (void *, const char *) {}, nullptr);
  if (const std::string why = set_up_ (*this); ! why.empty ())
  {
    (void)take_failure ();
    refuse (why);
  }
  return nullptr != connection_;
}

bool
PostgresConnection::ensure ()
{
  if (nullptr != connection_ && CONNECTION_OK == PQstatus (connection_))
    return true;
  if (is_in_transaction_)
  {
    fail ({ FailureKind::other, "PostgreSQL went away: " + why_not_ });
    return false;
  }
  if (Clock::now () >= next_attempt_)
    return connect ();
  fail ({ FailureKind::other, why_not_ });
  return false;
}

bool
PostgresConnection::check (const PGresult *result)
{
  const ExecStatusType status = PQresultStatus (result);
  if (PGRES_COMMAND_OK == status || PGRES_TUPLES_OK == status)
    return true;
  const char *code = PQresultErrorField (result, PG_DIAG_SQLSTATE);
  const std::string state = nullptr == code ? "" : code;
  const std::string what = first_line (
      nullptr == code ? PQerrorMessage (connection_)
                      : PQresultErrorField (result, PG_DIAG_MESSAGE_PRIMARY));
  why_not_ = what;
  if ("53100" == state)
    fail ({ FailureKind::disk_full,
            "disk full: PostgreSQL cannot write (" + what + ")" });
  else if (state.starts_with ("XX"))
    fail ({ FailureKind::damaged, "PostgreSQL's data is damaged: " + what });
  else
    fail ({ FailureKind::other, "PostgreSQL: " + what });
  return false;
}

void
PostgresConnection::begin ()
{
  if (has_failed () || ! ensure ())
    return;
  is_in_transaction_ = execute ("BEGIN");
}

void
PostgresConnection::commit ()
{
  if (execute ("COMMIT"))
    is_in_transaction_ = false;
}

void
PostgresConnection::rollback ()
{
  if (is_in_transaction_ && nullptr != connection_)
    PQclear (PQexec (connection_, "ROLLBACK"));
  is_in_transaction_ = false;
}

bool
PostgresConnection::execute (const std::string &sql)
{
  if (has_failed () || nullptr == connection_)
    return false;
  const PostgresResult result (PQexec (connection_, sql.c_str ()));
  return check (result.get ());
}

std::unique_ptr<SqlPrepared>
PostgresConnection::prepare (const char *sql)
{
  return std::make_unique<PostgresPrepared> (*this, sql);
}
} // namespace psycstore
