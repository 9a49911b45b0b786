// SPDX-License-Identifier: AGPL-3.0-or-later
#include "psycstore/plugin/sql.hpp"

namespace psycstore
{
std::int64_t
SqlConnection::number (const char *sql)
{
  SqlStatement statement (*this, sql);
  SqlQuery query (statement);
  return query.row () ? query.signed_number (0) : 0;
}

std::string
SqlConnection::text (const char *sql)
{
  SqlStatement statement (*this, sql);
  SqlQuery query (statement);
  return query.row () ? std::string (base::as_text (query.bytes (0))) : "";
}

SqlQuery::~SqlQuery ()
{
  if (statement_.prepared_)
    statement_.prepared_->reset ();
}

bool
SqlQuery::prepare ()
{
  if (statement_.connection_.has_failed ())
    return false;
  if (! statement_.prepared_)
    statement_.prepared_ = statement_.connection_.prepare (statement_.sql_);
  return ! statement_.connection_.has_failed ();
}

bool
SqlQuery::row ()
{
  return ! statement_.connection_.has_failed ()
         && statement_.prepared_->step ();
}

bool
SqlQuery::run ()
{
  (void)row ();
  return ! statement_.connection_.has_failed ();
}

std::uint64_t
SqlQuery::changes () const
{
  return statement_.prepared_->changes ();
}

std::int64_t
SqlQuery::signed_number (int column) const
{
  return statement_.prepared_->number (column);
}

std::uint64_t
SqlQuery::number (int column) const
{
  const std::int64_t value = signed_number (column);
  if (value < 0)
    statement_.connection_.fail (
        { FailureKind::damaged, "damaged: a negative number" });
  return value < 0 ? 0 : static_cast<std::uint64_t> (value);
}

bool
SqlQuery::is_null (int column) const
{
  return statement_.prepared_->is_null (column);
}

base::ByteView
SqlQuery::bytes (int column) const
{
  return statement_.prepared_->bytes (column);
}

void
SqlQuery::bind (std::int64_t value)
{
  statement_.prepared_->bind (next_parameter_++, value);
}

void
SqlQuery::bind (std::uint64_t value)
{
  // What is beyond the engine's numbers is beyond all ids, too.
  bind (value > INT64_MAX ? INT64_MAX : static_cast<std::int64_t> (value));
}

void
SqlQuery::bind (std::uint32_t value)
{
  bind (std::int64_t{ value });
}

void
SqlQuery::bind (int value)
{
  bind (std::int64_t{ value });
}

void
SqlQuery::bind (base::ByteView value)
{
  statement_.prepared_->bind (next_parameter_++, value);
}

void
SqlQuery::bind (std::string_view value)
{
  bind (base::as_bytes (value));
}

void
SqlQuery::bind (std::nullopt_t)
{
  statement_.prepared_->bind_null (next_parameter_++);
}
} // namespace psycstore
