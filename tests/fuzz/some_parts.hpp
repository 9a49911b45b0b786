// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Runs of parts: mostly sensible, often with one fault by name: parts in the
// wrong order, values that do not fit their size, names that are none.
#pragma once

#include <string>

#include "../psyc/message/part_builder.hpp"
#include "fuzz_input.hpp"

namespace fuzz
{
inline std::string
some_name (Input &input)
{
  static const std::string names[]
      = { "_message_public", "_notice", "_list_x", "_amount", "_dict_y",
          "_topic", "_", "_hash_state", "_nym_author", "_time_said",
          // None of these is one.
          "", "message", "_a-b", "_a b", std::string ("_a\0b", 4),
          std::string (300, '_') };
  const std::size_t kind = input.pick (24);
  return names[kind < 16 ? kind : kind - 16];
}

inline std::string
some_value (Input &input)
{
  static const std::string values[]
      = { "",        "1", "-5", "|a|b", "{k}v", "hello", "9223372036854775807",
          "3 abc1 d" };
  const std::size_t kind = input.pick (10);
  if (kind < 8)
    return values[kind];
  const auto raw = base::as_text (input.bytes (input.pick (40)));
  return std::string (raw);
}

inline void
add_modifier (test::Parts &parts, Input &input)
{
  const auto value = some_value (input);
  auto full = static_cast<std::uint32_t> (value.size ());
  const std::size_t continued = input.one_in (4) ? 1 + input.pick (3) : 0;
  full += static_cast<std::uint32_t> (continued * 3);
  if (input.one_in (16))
    full = static_cast<std::uint32_t> (input.number ());
  parts.modifier (":=+-@?"[input.pick (input.one_in (16) ? 6 : 5)],
                  some_name (input), full, value);
  for (std::size_t i = 0; i < continued; i++)
    parts.mod_cont ("abc");
}

// A whole message, or what someone made of one.
inline base::Bytes
some_parts (Input &input)
{
  test::Parts parts;
  if (! input.one_in (16))
    parts.method (some_name (input));
  for (std::size_t count = input.pick (4); count > 0; count--)
    add_modifier (parts, input);
  for (std::size_t count = input.pick (3); count > 0; count--)
    parts.data (some_value (input));
  if (input.one_in (16))
    add_modifier (parts, input); // after data
  if (input.one_in (24))
    parts.mod_cont ("x");
  if (input.one_in (24))
    parts.method ("_again");
  const std::size_t ending = input.pick (8);
  if (0 == ending)
    parts.cancel ();
  else if (1 != ending) // else it stays without an end
    parts.end ();
  base::Bytes out = parts.get ();
  if (input.one_in (16) && ! out.empty ())
    out[input.pick (std::min<std::size_t> (256, out.size ()))] = input.byte ();
  return out;
}
} // namespace fuzz
