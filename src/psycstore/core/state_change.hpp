// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What the modifiers of one message make of a channel's state. They are read
// in order, in runs of parts; what they change is written into the slot `next`
// beside the live state, which stays as it is until all of it is known to be
// right.
//
//   add, add, ... -> (error? hash?) -> make_live, or drop
#pragma once

#include <optional>

#include "psyc/message/part_checker.hpp"
#include "psyc/message/state_hash.hpp"
#include "psycstore/core/state_value.hpp"

namespace psycstore
{
class StateChange
{
public:
  enum class From : std::uint8_t
  {
    current,
    nothing, // the message has the reset flag
  };

  StateChange (Database &db, const port::HasherMaker &hashers,
               const base::ChannelKey &channel, From from,
               base::MessageId message);

  // Whole parts, as they follow each other in the message; after an error
  // nothing.
  void add (base::ByteView parts);

  // As if a modifier did it.
  void assign (const std::string &name, base::ByteView value);

  // Why the message cannot be applied; empty: nothing speaks against it yet.
  [[nodiscard]] const std::string &
  error () const
  {
    return error_;
  }
  // How far the message was read.
  [[nodiscard]] psyc::PartChecker::State
  state () const
  {
    return checker_.state ();
  }
  // Names and arguments of the modifiers.
  [[nodiscard]] std::uint64_t
  bytes () const
  {
    return bytes_;
  }
  // What the message says that the hash is.
  [[nodiscard]] const std::optional<std::string> &
  said_hash () const
  {
    return said_hash_;
  }
  [[nodiscard]] base::Hash hash ();

  // Ends it, one way or the other.
  void make_live ();
  void drop ();

private:
  void on_part (const psyc::Part &part);
  void begin (const psyc::ModifierPart &modifier);
  void add_value (base::ByteView piece);
  void apply ();
  [[nodiscard]] base::Bytes current ();
  void refuse (std::string why);
  void keep_origins ();

  Database &db_;
  const port::HasherMaker &hashers_;
  const base::ChannelKey channel_;
  const From from_;
  const base::MessageId message_;
  psyc::PartChecker checker_;
  psyc::Operator oper_ = psyc::Operator::set;
  std::string name_;
  base::Bytes argument_;                 // of other operators than `=`
  std::optional<VariableWriter> writer_; // of `=`
  std::optional<std::string> said_hash_;
  std::uint64_t bytes_ = 0;
  std::uint64_t work_ = 0;
  std::string error_;
};
} // namespace psycstore
