// SPDX-License-Identifier: AGPL-3.0-or-later
#include "psyc/message/variables.hpp"

#include <algorithm>
#include <charconv>
#include <limits>
#include <system_error>
#include <utility>

namespace psyc
{
namespace
{
ValueResult
failure (ValueError error)
{
  return { error, {} };
}

ValueResult
success (base::Bytes value)
{
  if (value.size () > value_size_max)
    return failure (ValueError::too_large);
  return { ValueError::none, std::move (value) };
}

ValueResult
success (std::string_view text)
{
  return success (base::to_bytes (base::as_bytes (text)));
}

bool
is_digit (std::uint8_t byte)
{
  return byte >= '0' && byte <= '9';
}

// --- numbers ---

// Values that are not there count as 0.
std::optional<std::int64_t>
number_or_zero (base::ByteView value)
{
  return value.empty () ? std::optional<std::int64_t> (0)
                        : parse_number (value);
}

ValueResult
apply_to_number (base::ByteView current, Operator oper, base::ByteView argument)
{
  const auto left = number_or_zero (current);
  const auto right = parse_number (argument);
  if (! left || ! right)
    return failure (ValueError::not_a_number);
  std::int64_t result = 0;
  const bool is_overflow
      = Operator::augment == oper
            ? __builtin_add_overflow (*left, *right, &result)
            : __builtin_sub_overflow (*left, *right, &result);
  if (is_overflow)
    return failure (ValueError::number_overflow);
  return success (render_number (result));
}

// --- data ---

ValueResult
apply_to_data (base::ByteView current, Operator oper, base::ByteView argument)
{
  if (Operator::augment == oper)
  {
    if (current.size () + argument.size () > value_size_max)
      return failure (ValueError::too_large);
    base::Bytes value = base::to_bytes (current);
    value.insert (value.end (), argument.begin (), argument.end ());
    return success (std::move (value));
  }
  if (! base::as_text (current).ends_with (base::as_text (argument)))
    return failure (ValueError::not_a_suffix);
  return success (
      base::to_bytes (current.first (current.size () - argument.size ())));
}

// --- lists ---

// Length, space, that many bytes; taken off the front of `in`.
std::optional<base::ByteView>
take_counted (base::ByteView &in)
{
  std::size_t size = 0;
  const char *begin = reinterpret_cast<const char *> (in.data ());
  const char *end = begin + in.size ();
  const auto [at, error] = std::from_chars (begin, end, size);
  if (std::errc{} != error || at == end || ' ' != *at)
    return std::nullopt;
  in = in.subspan (static_cast<std::size_t> (at - begin) + 1);
  if (size > in.size ())
    return std::nullopt;
  const auto element = in.first (size);
  in = in.subspan (size);
  return element;
}

std::optional<List>
parse_counted_list (base::ByteView value)
{
  List list;
  while (! value.empty ())
  {
    const auto element = take_counted (value);
    if (! element || list.size () == elements_max)
      return std::nullopt;
    list.push_back (base::to_bytes (*element));
  }
  return list;
}

std::optional<List>
parse_text_list (base::ByteView value)
{
  List list;
  while (! value.empty ())
  {
    value = value.subspan (1);
    const auto end = std::find (value.begin (), value.end (), '|');
    const auto size = static_cast<std::size_t> (end - value.begin ());
    if (list.size () == elements_max)
      return std::nullopt;
    list.push_back (base::to_bytes (value.first (size)));
    value = value.subspan (size);
  }
  return list;
}

// What to add or take away: a list in either form, or one plain element.
std::optional<List>
parse_list_argument (base::ByteView argument)
{
  if (argument.empty () || '|' == argument.front ()
      || is_digit (argument.front ()))
    return parse_list (argument);
  return List{ base::to_bytes (argument) };
}

bool
has_any_of (const base::Bytes &bytes, std::string_view characters)
{
  return std::string_view::npos
         != base::as_text (bytes).find_first_of (characters);
}

void
append_counted (base::Bytes &out, base::ByteView element)
{
  const std::string size = std::to_string (element.size ()) + " ";
  out.insert (out.end (), size.begin (), size.end ());
  out.insert (out.end (), element.begin (), element.end ());
}

ValueError
augment_list (List &list, const List &argument)
{
  if (list.size () + argument.size () > elements_max)
    return ValueError::too_large;
  list.insert (list.end (), argument.begin (), argument.end ());
  return ValueError::none;
}

ValueError
diminish_list (List &list, const List &argument)
{
  // How many of each to take away: the first ones go.
  std::map<base::Bytes, std::size_t> counts;
  for (const auto &element : argument)
    counts[element]++;
  std::erase_if (list,
                 [&] (const base::Bytes &element)
                 {
                   const auto at = counts.find (element);
                   if (counts.end () == at || 0 == at->second)
                     return false;
                   at->second--;
                   return true;
                 });
  return ValueError::none;
}

// `|index|new element`
ValueError
update_list (List &list, List argument)
{
  if (2 != argument.size ())
    return ValueError::not_a_list;
  const auto index = parse_number (argument[0]);
  if (! index)
    return ValueError::not_a_number;
  if (*index < 0 || static_cast<std::uint64_t> (*index) >= list.size ())
    return ValueError::no_such_element;
  list[static_cast<std::size_t> (*index)] = std::move (argument[1]);
  return ValueError::none;
}

ValueResult
apply_to_list (base::ByteView current, Operator oper, base::ByteView argument)
{
  auto list = parse_list (current);
  auto operand = parse_list_argument (argument);
  if (! list || ! operand)
    return failure (ValueError::not_a_list);
  ValueError error = ValueError::none;
  if (Operator::augment == oper)
    error = augment_list (*list, *operand);
  else if (Operator::diminish == oper)
    error = diminish_list (*list, *operand);
  else
    error = update_list (*list, std::move (*operand));
  return ValueError::none == error ? success (render_list (*list))
                                   : failure (error);
}

// --- dictionaries ---

std::optional<Dict>
parse_text_dict (base::ByteView value)
{
  std::string_view text = base::as_text (value);
  Dict dict;
  while (! text.empty ())
  {
    // Here stands a '{': where the loop begins and where it ends a value.
    const auto close = text.find_first_of ("{}", 1);
    if (std::string_view::npos == close || '}' != text[close] || 1 == close
        || dict.size () == elements_max)
      return std::nullopt;
    const auto key = text.substr (1, close - 1);
    text.remove_prefix (close + 1);
    const auto end = std::min (text.find ('{'), text.size ());
    dict.insert_or_assign (std::string (key), base::to_bytes (base::as_bytes (
                                                  text.substr (0, end))));
    text.remove_prefix (end);
  }
  return dict;
}

std::optional<Dict>
parse_counted_dict (base::ByteView value)
{
  Dict dict;
  while (! value.empty ())
  {
    const auto key = take_counted (value);
    if (! key || key->empty () || dict.size () == elements_max)
      return std::nullopt;
    const auto content = take_counted (value);
    if (! content)
      return std::nullopt;
    dict.insert_or_assign (std::string (base::as_text (*key)),
                           base::to_bytes (*content));
  }
  return dict;
}

bool
is_plain_entry (const Dict::value_type &entry)
{
  return std::string::npos == entry.first.find_first_of ("{}\n")
         && ! has_any_of (entry.second, "{\n");
}

ValueResult
apply_to_dict (base::ByteView current, Operator oper, base::ByteView argument)
{
  auto dict = parse_dict (current);
  const auto operand = parse_dict (argument);
  if (! dict || ! operand)
    return failure (ValueError::not_a_dict);
  for (const auto &[key, value] : *operand)
  {
    if (Operator::diminish == oper)
      dict->erase (key);
    else if (Operator::update == oper && ! dict->contains (key))
      return failure (ValueError::no_such_element);
    else
      dict->insert_or_assign (key, value);
  }
  if (dict->size () > elements_max)
    return failure (ValueError::too_large);
  return success (render_dict (*dict));
}
} // namespace

VariableType
variable_type (std::string_view name)
{
  static constexpr std::pair<std::string_view, VariableType> types[]
      = { { "amount", VariableType::number }, { "date", VariableType::number },
          { "degree", VariableType::number }, { "flag", VariableType::number },
          { "time", VariableType::number },   { "list", VariableType::list },
          { "dict", VariableType::dict } };
  if (name.empty () || '_' != name.front ())
    return VariableType::data;
  name.remove_prefix (1);
  const auto keyword = name.substr (0, name.find ('_'));
  for (const auto &[first, type] : types)
  {
    if (keyword == first)
      return type;
  }
  return VariableType::data;
}

std::string_view
error_name (ValueError error)
{
  switch (error)
  {
  case ValueError::none:
    return "no error";
  case ValueError::not_a_number:
    return "not a number";
  case ValueError::number_overflow:
    return "number exceeds 64 bits";
  case ValueError::not_a_list:
    return "not a list";
  case ValueError::not_a_dict:
    return "not a dictionary";
  case ValueError::no_such_element:
    return "no such element";
  case ValueError::not_a_suffix:
    return "value does not end with that";
  case ValueError::operator_does_not_apply:
    return "operator does not apply to this type";
  case ValueError::too_large:
    return "value too large";
  }
  return "unknown error";
}

ValueResult
apply_operator (std::string_view name, base::ByteView current, Operator oper,
                base::ByteView argument)
{
  if (Operator::set == oper || Operator::assign == oper)
    return argument.size () > value_size_max
               ? failure (ValueError::too_large)
               : success (base::to_bytes (argument));
  const VariableType type = variable_type (name);
  const bool has_elements
      = VariableType::list == type || VariableType::dict == type;
  if (Operator::update == oper && ! has_elements)
    return failure (ValueError::operator_does_not_apply);
  if (argument.size () > value_size_max)
    return failure (ValueError::too_large);
  switch (type)
  {
  case VariableType::number:
    return apply_to_number (current, oper, argument);
  case VariableType::list:
    return apply_to_list (current, oper, argument);
  case VariableType::dict:
    return apply_to_dict (current, oper, argument);
  case VariableType::data:
    break;
  }
  return apply_to_data (current, oper, argument);
}

std::optional<std::int64_t>
parse_number (base::ByteView text)
{
  // from_chars takes exactly what we want: no '+', no space, no locale.
  std::int64_t number = 0;
  const char *begin = reinterpret_cast<const char *> (text.data ());
  const char *end = begin + text.size ();
  const auto [at, error] = std::from_chars (begin, end, number);
  if (std::errc{} != error || at != end)
    return std::nullopt;
  return number;
}

std::string
render_number (std::int64_t number)
{
  return std::to_string (number);
}

std::optional<List>
parse_list (base::ByteView value)
{
  if (value.empty ())
    return List{};
  return '|' == value.front () ? parse_text_list (value)
                               : parse_counted_list (value);
}

base::Bytes
render_list (const List &list)
{
  const bool is_plain = std::none_of (list.begin (), list.end (),
                                      [] (const base::Bytes &element)
                                      { return has_any_of (element, "|\n"); });
  base::Bytes out;
  for (const auto &element : list)
  {
    if (! is_plain)
    {
      append_counted (out, element);
      continue;
    }
    out.push_back ('|');
    out.insert (out.end (), element.begin (), element.end ());
  }
  return out;
}

std::optional<Dict>
parse_dict (base::ByteView value)
{
  if (value.empty ())
    return Dict{};
  return '{' == value.front () ? parse_text_dict (value)
                               : parse_counted_dict (value);
}

base::Bytes
render_dict (const Dict &dict)
{
  const bool is_plain
      = std::all_of (dict.begin (), dict.end (), is_plain_entry);
  base::Bytes out;
  for (const auto &[key, value] : dict)
  {
    if (! is_plain)
    {
      append_counted (out, base::as_bytes (key));
      append_counted (out, value);
      continue;
    }
    out.push_back ('{');
    out.insert (out.end (), key.begin (), key.end ());
    out.push_back ('}');
    out.insert (out.end (), value.begin (), value.end ());
  }
  return out;
}
} // namespace psyc
