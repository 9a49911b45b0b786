// SPDX-License-Identifier: AGPL-3.0-or-later
#include "psyc/message/text.hpp"

#include <charconv>
#include <string>

namespace psyc
{
namespace
{
void
append (base::Bytes &out, std::string_view text)
{
  out.insert (out.end (), text.begin (), text.end ());
}

void
append (base::Bytes &out, base::ByteView bytes)
{
  out.insert (out.end (), bytes.begin (), bytes.end ());
}

// Would a parser that scans for the end find it too early?
bool
breaks_scanning (std::string_view content)
{
  return content.starts_with ("|\n")
         || std::string_view::npos != content.find ("\n|\n");
}
} // namespace

std::optional<TextOperator>
text_operator_from (char raw)
{
  switch (static_cast<TextOperator> (raw))
  {
  case TextOperator::set:
  case TextOperator::assign:
  case TextOperator::augment:
  case TextOperator::diminish:
  case TextOperator::update:
  case TextOperator::query:
    return static_cast<TextOperator> (raw);
  }
  return std::nullopt;
}

std::optional<Operator>
part_operator (TextOperator oper)
{
  return operator_from (static_cast<std::uint8_t> (oper));
}

std::string_view
error_name (TextError error)
{
  switch (error)
  {
  case TextError::none:
    return "no error";
  case TextError::bad_operator:
    return "a line begins with neither an operator nor a name";
  case TextError::bad_name:
    return "invalid name";
  case TextError::bad_length:
    return "invalid length";
  case TextError::line_too_long:
    return "line too long";
  case TextError::variable_too_long:
    return "variable too long";
  case TextError::content_too_long:
    return "content too long";
  case TextError::header_too_long:
    return "variables too long together";
  case TextError::too_many_variables:
    return "too many variables";
  case TextError::reset_after_variable:
    return "'=' or '?' alone after a variable";
  case TextError::value_not_ended:
    return "no line feed after a value of that length";
  case TextError::content_not_ended:
    return "content ends within a line";
  case TextError::packet_not_ended:
    return "no '|' line after content of that length";
  case TextError::incomplete:
    return "packet is incomplete";
  case TextError::more_than_one:
    return "more than one packet";
  case TextError::fragment_of_packet:
    return "a fragment of a packet, not a whole one";
  case TextError::method_missing:
    return "packet without a method";
  case TextError::question_in_message:
    return "messages cannot carry '?'";
  }
  return "unknown error";
}

std::optional<std::uint64_t>
parse_length (std::string_view text)
{
  std::uint64_t length = 0;
  const char *end = text.data () + text.size ();
  const auto [at, error] = std::from_chars (text.data (), end, length);
  if (std::errc{} != error || at != end)
    return std::nullopt;
  return length;
}

void
render_variable (base::Bytes &out, const TextVariable &variable)
{
  out.push_back (static_cast<std::uint8_t> (variable.oper));
  append (out, variable.name);
  const auto value = base::as_text (variable.value);
  const bool is_plain = value.size () <= plain_variable_max
                        && std::string_view::npos == value.find ('\n');
  if (! is_plain)
    append (out, " " + std::to_string (value.size ()));
  if (! value.empty ())
  {
    out.push_back ('\t');
    append (out, value);
  }
  out.push_back ('\n');
}

base::Bytes
render_frame (base::ByteView routing, base::ByteView content, TextLength length)
{
  base::Bytes out;
  out.reserve (routing.size () + content.size () + 24);
  append (out, routing);
  const bool is_counted = TextLength::always == length
                          || content.size () > plain_content_max
                          || breaks_scanning (base::as_text (content));
  if (is_counted)
    append (out, std::to_string (content.size ()));
  if (is_counted || ! content.empty ())
    out.push_back ('\n');
  append (out, content);
  append (out, "|\n");
  return out;
}
} // namespace psyc
