// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What operators do to values, by the type of the variable. The rules stand
// in doc/spec/variables.md.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "psyc/message/parts.hpp"

namespace psyc
{
enum class VariableType
{
  data = 0,
  number = 1,
  list = 2,
  dict = 3,
};

[[nodiscard]] VariableType variable_type (std::string_view name);

enum class ValueError
{
  none,
  not_a_number,
  number_overflow,
  not_a_list,
  not_a_dict,
  no_such_element,
  not_a_suffix,
  operator_does_not_apply,
  too_large,
};

[[nodiscard]] std::string_view error_name (ValueError error);

inline constexpr std::size_t value_size_max = std::size_t{ 16 } << 20;
// Elements of a list, entries of a dictionary: a few bytes of text must not
// become gigabytes of memory.
inline constexpr std::size_t elements_max = 65536;

struct ValueResult
{
  ValueError error = ValueError::none;
  // The new value when there was no error; empty: the variable is gone.
  base::Bytes value;
};

// The value of variable `name` after `oper` with `argument`; `current` is
// empty when the variable is unset.
[[nodiscard]] ValueResult apply_operator (std::string_view name,
                                          base::ByteView current, Operator oper,
                                          base::ByteView argument);

// An optional '-', then decimal digits, nothing else.
[[nodiscard]] std::optional<std::int64_t> parse_number (base::ByteView text);
[[nodiscard]] std::string render_number (std::int64_t number);

using List = std::vector<base::Bytes>;
// Either form: `|a|b` or `1 a1 b`; empty is an empty list.
[[nodiscard]] std::optional<List> parse_list (base::ByteView value);
// The text form where every element allows it, else the counted one.
[[nodiscard]] base::Bytes render_list (const List &list);

using Dict = std::map<std::string, base::Bytes>;
[[nodiscard]] std::optional<Dict> parse_dict (base::ByteView value);
[[nodiscard]] base::Bytes render_dict (const Dict &dict);
} // namespace psyc
