// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Values of variables in pieces, written and read without ever being whole in
// memory, and what is hashed of them.
#pragma once

#include "port/hash.hpp"
#include "psycstore/core/database.hpp"

namespace psycstore
{
// At most `size_max` bytes from byte `first` on, of one piece: fewer than are
// there when the piece ends. Empty: the value has no such byte.
[[nodiscard]] base::Bytes value_bytes (Database &db, const Variable &variable,
                                       std::uint64_t first,
                                       std::size_t size_max);

[[nodiscard]] base::Bytes whole_value (Database &db, const Variable &variable);

// A variable's, made anew if the database has none.
[[nodiscard]] base::Hash hash_of (Database &db,
                                  const port::HasherMaker &hashers,
                                  const Variable &variable);

// Of the whole state, as it is, or as it will be with what the slot `next`
// changes. `is_from_nothing`: with `next` alone.
[[nodiscard]] base::Hash state_hash (Database &db,
                                     const port::HasherMaker &hashers,
                                     const base::ChannelKey &channel,
                                     bool is_from_nothing = false);

// Writes one variable into the slot `next`, over what is there of its name.
class VariableWriter
{
public:
  // `size`: of the whole value; 0 says that the variable is to be removed.
  VariableWriter (Database &db, const port::HasherMaker &hashers,
                  const base::ChannelKey &channel, std::string name,
                  std::uint64_t size, base::MessageId changed_by);

  // The next bytes of the value.
  void add (base::ByteView bytes);
  // All bytes were added.
  void finish ();

private:
  void put_piece ();

  Database &db_;
  const base::ChannelKey channel_;
  Variable variable_;
  std::unique_ptr<port::Hasher> hasher_;
  base::Bytes piece_;
  std::uint64_t next_piece_ = 0;
};
} // namespace psycstore
