// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Do the parts of one message come in a sensible order? One checker goes with
// one message, through all its fragments.
//
//            +---------+  mod_cont: last piece
//            v         |
//   start -> head -> value        head: method, then whole modifiers
//              |                  value: a modifier waits for more pieces
//              v
//             body -> ended       (end; or cancel from anywhere after start)
//
// The method comes first, then modifiers, each with continuations up to
// exactly the size that it declared, then data, then end.
#pragma once

#include <cstdint>

#include "psyc/message/parts.hpp"

namespace psyc
{
class PartChecker
{
public:
  enum class State
  {
    start,     // nothing came yet
    head,      // method came; a modifier, data or end may follow
    value,     // some of a modifier's value is missing
    body,      // some data came
    ended,     // complete
    cancelled, // the sender gave up
  };

  // Takes the next part, or says why it may not come here; after a refusal
  // the state is what it was before.
  [[nodiscard]] PartError on_part (const Part &part);

  [[nodiscard]] State
  state () const
  {
    return state_;
  }

  [[nodiscard]] bool
  is_finished () const
  {
    return State::ended == state_ || State::cancelled == state_;
  }

  // Bytes that the modifier in progress still lacks.
  [[nodiscard]] std::uint32_t
  value_missing () const
  {
    return value_missing_;
  }

private:
  [[nodiscard]] PartError on_method ();
  [[nodiscard]] PartError on_modifier (const ModifierPart &modifier);
  [[nodiscard]] PartError on_mod_cont (const ModContPart &piece);
  [[nodiscard]] PartError on_data ();
  [[nodiscard]] PartError on_end ();
  [[nodiscard]] PartError on_cancel ();

  State state_ = State::start;
  std::uint32_t value_missing_ = 0;
};

struct RunCheck
{
  PartError error = PartError::none;
  std::size_t count = 0;
  // Set when count is not 0.
  PartType first = PartType::end;
  PartType last = PartType::end;
};

// Checks a run of whole parts by itself, as far as that is possible without
// what came before.
[[nodiscard]] RunCheck check_run (base::ByteView parts);
} // namespace psyc
