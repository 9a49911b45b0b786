// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The variables of channels' states in an SQL database.
#include "psycstore/plugin/sql_database.hpp"

namespace psycstore
{
namespace
{
std::optional<Variable>
read_variable (SqlQuery &query)
{
  if (! query.row ())
    return std::nullopt;
  Variable variable;
  variable.row = query.signed_number (0);
  variable.name = base::as_text (query.bytes (1));
  variable.size = query.number (2);
  variable.changed_by.value = query.number (3);
  if (! query.is_null (4))
    variable.hash = query.fixed<base::Hash> (4);
  return variable;
}

std::uint32_t
number_of (StateSlot slot)
{
  return static_cast<std::uint32_t> (slot);
}
} // namespace

std::optional<Variable>
SqlDatabase::variable (const base::ChannelKey &channel, StateSlot slot,
                       std::string_view name)
{
  SqlQuery query (sql_.variable, find_channel (channel).id, number_of (slot),
                  name);
  return read_variable (query);
}

std::optional<Variable>
SqlDatabase::variable_from (const base::ChannelKey &channel, StateSlot slot,
                            std::string_view first)
{
  SqlQuery query (sql_.variable_from, find_channel (channel).id,
                  number_of (slot), first);
  return read_variable (query);
}

void
SqlDatabase::variable_put (const base::ChannelKey &channel, StateSlot slot,
                           Variable &variable)
{
  if (0 != variable.row)
  {
    SqlQuery (sql_.variable_update, variable.row, variable.size,
              variable.changed_by, variable.hash)
        .run ();
    return;
  }
  const std::string_view name = variable.name;
  SqlQuery insert (sql_.variable_insert, need_channel (channel).id,
                   number_of (slot), name, variable.size, variable.changed_by,
                   variable.hash);
  if (insert.row ())
    variable.row = insert.signed_number (0);
}

void
SqlDatabase::variable_remove (const Variable &variable)
{
  SqlQuery (sql_.variable_remove_pieces, variable.row).run ();
  SqlQuery (sql_.variable_remove, variable.row).run ();
}

void
SqlDatabase::variable_make_live (const Variable &variable)
{
  SqlQuery (sql_.variable_make_live, variable.row).run ();
}

base::Bytes
SqlDatabase::variable_piece (const Variable &variable, std::uint64_t number)
{
  SqlQuery query (sql_.variable_piece, variable.row, number);
  return query.row () ? base::to_bytes (query.bytes (0)) : base::Bytes{};
}

void
SqlDatabase::variable_piece_put (const Variable &variable, std::uint64_t number,
                                 base::ByteView bytes)
{
  SqlQuery (sql_.variable_piece_put, variable.row, number, bytes).run ();
}

void
SqlDatabase::variables_clear (const base::ChannelKey &channel, StateSlot slot)
{
  const std::int64_t id = find_channel (channel).id;
  SqlQuery (sql_.variables_clear_pieces, id, number_of (slot)).run ();
  SqlQuery (sql_.variables_clear, id, number_of (slot)).run ();
}
} // namespace psycstore
