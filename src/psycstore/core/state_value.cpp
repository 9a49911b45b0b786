// SPDX-License-Identifier: AGPL-3.0-or-later
#include "psycstore/core/state_value.hpp"

#include <algorithm>

namespace psycstore
{
namespace
{
void
add_name (port::Hasher &hasher, std::string_view name)
{
  wire::Encoder size;
  size.put (static_cast<std::uint32_t> (name.size ()));
  hasher.add (size.take ());
  hasher.add (base::as_bytes (name));
}

[[nodiscard]] base::Hash
finish_value (port::Hasher &hasher, std::uint64_t value_size)
{
  wire::Encoder size;
  size.put (value_size);
  hasher.add (size.take ());
  return hasher.finish ();
}
} // namespace

base::Bytes
value_bytes (Database &db, const Variable &variable, std::uint64_t first,
             std::size_t size_max)
{
  if (first >= variable.size)
    return {};
  base::Bytes piece = db.variable_piece (variable, first / state_piece_size);
  const std::size_t from
      = std::min<std::size_t> (first % state_piece_size, piece.size ());
  const std::size_t size = std::min (size_max, piece.size () - from);
  if (0 == from && piece.size () == size)
    return piece;
  return base::to_bytes (base::ByteView (piece).subspan (from, size));
}

base::Bytes
whole_value (Database &db, const Variable &variable)
{
  base::Bytes value;
  value.reserve (variable.size);
  for (std::uint64_t number = 0; value.size () < variable.size; number++)
  {
    const base::Bytes piece = db.variable_piece (variable, number);
    if (piece.empty ())
      break; // the failure tells
    value.insert (value.end (), piece.begin (), piece.end ());
  }
  return value;
}

base::Hash
hash_of (Database &db, const port::HasherMaker &hashers,
         const Variable &variable)
{
  if (variable.hash)
    return *variable.hash;
  const auto hasher = hashers.make ();
  add_name (*hasher, variable.name);
  for (std::uint64_t at = 0; at < variable.size;)
  {
    const base::Bytes piece = value_bytes (db, variable, at, state_piece_size);
    if (piece.empty ())
      break;
    hasher->add (piece);
    at += piece.size ();
  }
  return finish_value (*hasher, variable.size);
}

base::Hash
state_hash (Database &db, const port::HasherMaker &hashers,
            const base::ChannelKey &channel, bool is_from_nothing)
{
  const auto hasher = hashers.make ();
  const auto after = [&] (StateSlot slot, std::string name)
  {
    name.push_back ('\0'); // the least name after it
    return db.variable_from (channel, slot, name);
  };
  auto next = db.variable_from (channel, StateSlot::next, "");
  auto live = is_from_nothing ? std::nullopt
                              : db.variable_from (channel, StateSlot::live, "");
  while (next || live)
  {
    const bool is_replaced = next && live && next->name == live->name;
    if (is_replaced || ! next || (live && live->name < next->name))
    {
      if (! is_replaced)
        hasher->add (hash_of (db, hashers, *live).view ());
      live = after (StateSlot::live, std::move (live->name));
      continue;
    }
    if (0 != next->size)
      hasher->add (hash_of (db, hashers, *next).view ());
    next = after (StateSlot::next, std::move (next->name));
  }
  return hasher->finish ();
}

VariableWriter::VariableWriter (Database &db, const port::HasherMaker &hashers,
                                const base::ChannelKey &channel,
                                std::string name, std::uint64_t size,
                                base::MessageId changed_by)
    : db_ (db), channel_ (channel), hasher_ (hashers.make ())
{
  if (const auto old = db_.variable (channel_, StateSlot::next, name))
    db_.variable_remove (*old);
  variable_.name = std::move (name);
  variable_.size = size;
  variable_.changed_by = changed_by;
  db_.variable_put (channel_, StateSlot::next, variable_);
  add_name (*hasher_, variable_.name);
}

void
VariableWriter::add (base::ByteView bytes)
{
  hasher_->add (bytes);
  while (! bytes.empty ())
  {
    const std::size_t size
        = std::min (bytes.size (), state_piece_size - piece_.size ());
    piece_.insert (piece_.end (), bytes.begin (),
                   bytes.begin () + static_cast<std::ptrdiff_t> (size));
    bytes = bytes.subspan (size);
    if (state_piece_size == piece_.size ())
      put_piece ();
  }
}

void
VariableWriter::put_piece ()
{
  db_.variable_piece_put (variable_, next_piece_++, piece_);
  piece_.clear ();
}

void
VariableWriter::finish ()
{
  if (! piece_.empty ())
    put_piece ();
  variable_.hash = finish_value (*hasher_, variable_.size);
  db_.variable_put (channel_, StateSlot::next, variable_);
}
} // namespace psycstore
