// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The parts of a message, and a reader that walks a run of whole parts with
// bounds checks. Whether they come in a sensible order is part_checker.hpp's
// business.
//
// Every part is GNUnet's header (size and type, 16 bits each), then:
//
//   method    u32 flags, u64 state_delta, name NUL
//   modifier  u32 size of the whole value, u16 size of name with NUL,
//             u8 operator, name NUL, (start of the) value
//   mod_cont  next piece of the value
//   data      next piece of the body
//   end       nothing
//   cancel    nothing
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>

#include "base/bytes.hpp"

namespace psyc
{
// Numbers of gnunet_protocols.h.
enum class PartType : std::uint16_t
{
  method = 693,
  modifier = 694,
  mod_cont = 695,
  data = 696,
  end = 697,
  cancel = 698,
};

enum class Operator : std::uint8_t
{
  set = ':',
  assign = '=',
  augment = '+',
  diminish = '-',
  update = '@',
};

// Does the operator change the channel's state?
[[nodiscard]] constexpr bool
is_lasting (Operator oper)
{
  return Operator::set != oper;
}

[[nodiscard]] std::optional<Operator> operator_from (std::uint8_t raw);

inline constexpr std::size_t part_header_size = 4;
inline constexpr std::size_t method_header_size = 16;
inline constexpr std::size_t modifier_header_size = 11;

// Values of the method part's state_delta that are no difference of ids.
inline constexpr std::uint64_t state_reset = 0;
inline constexpr std::uint64_t state_not_modified = UINT64_MAX;

struct MethodPart
{
  std::uint32_t flags = 0;
  std::uint64_t state_delta = state_not_modified;
  std::string_view name;
};

struct ModifierPart
{
  Operator oper = Operator::set;
  std::string_view name;
  // The whole value's, of which `value` is the start.
  std::uint32_t full_value_size = 0;
  base::ByteView value;
};

struct ModContPart
{
  base::ByteView value;
};

struct DataPart
{
  base::ByteView data;
};

struct EndPart
{
};

struct CancelPart
{
};

// What the views refer to is the input of the reader.
using Part = std::variant<MethodPart, ModifierPart, ModContPart, DataPart,
                          EndPart, CancelPart>;

[[nodiscard]] PartType part_type (const Part &part);

// Why a part was refused; `error_name` has the words.
enum class PartError
{
  none,
  // One part by itself
  truncated,
  unknown_type,
  bad_size,
  bad_name,
  unknown_operator,
  value_exceeds_size,
  // Their order
  method_again,
  method_missing,
  modifier_after_data,
  continuation_without_modifier,
  continuation_exceeds_size,
  empty_continuation,
  modifier_incomplete,
  after_end,
  // Their fragments
  fragment_missing,
  fragment_again,
  empty_fragment,
};

[[nodiscard]] std::string_view error_name (PartError error);

// Walks a run of whole parts; copies nothing.
class PartReader
{
public:
  explicit PartReader (base::ByteView parts) : rest_ (parts) {}

  // The next part; nothing at the end of the run, or when it is malformed
  // from here on (then `error` says how).
  [[nodiscard]] std::optional<Part> next ();

  [[nodiscard]] PartError
  error () const
  {
    return error_;
  }

  // Bytes of the part that `next` returned last, header included.
  [[nodiscard]] base::ByteView
  raw () const
  {
    return raw_;
  }

  // What was not read yet.
  [[nodiscard]] base::ByteView
  rest () const
  {
    return rest_;
  }

private:
  [[nodiscard]] std::optional<Part> refuse (PartError error);
  [[nodiscard]] std::optional<Part> read_method (base::ByteView body);
  [[nodiscard]] std::optional<Part> read_modifier (base::ByteView body);

  base::ByteView rest_;
  base::ByteView raw_;
  PartError error_ = PartError::none;
};
} // namespace psyc
