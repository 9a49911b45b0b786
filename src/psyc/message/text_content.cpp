// SPDX-License-Identifier: AGPL-3.0-or-later
#include "psyc/message/text_content.hpp"

#include "psyc/message/names.hpp"

namespace psyc
{
namespace
{
// Operator, name, space and the digits of a length.
constexpr std::size_t entity_line_max = 1 + name_max + 1 + 20;
} // namespace

std::optional<ContentEvent>
TextContentParser::refuse (TextError error)
{
  error_ = error;
  return std::nullopt;
}

std::optional<ContentEvent>
TextContentParser::next (base::ByteView &in)
{
  while (! in.empty () && TextError::none == error_)
  {
    std::optional<ContentEvent> event;
    switch (state_)
    {
    case State::line:
      event = on_line (in);
      break;
    case State::text:
      event = on_text (in);
      break;
    case State::counted:
      event = on_counted (in);
      break;
    case State::value_end:
      event = on_value_end (in);
      break;
    case State::body:
      event = on_body (in);
      break;
    }
    if (event)
      return event;
  }
  return std::nullopt;
}

TextError
TextContentParser::finish ()
{
  const bool is_whole = State::body == state_
                            ? line_feed_held_ || ! body_begun_
                            : State::line == state_ && ! token_.is_begun ();
  if (TextError::none == error_ && ! is_whole)
    error_ = TextError::content_not_ended;
  if (TextError::none != error_)
    return error_;
  state_ = State::line;
  variables_ = 0;
  header_size_ = 0;
  body_begun_ = false;
  line_feed_held_ = false;
  return TextError::none;
}

bool
TextContentParser::count (std::size_t size)
{
  if (size > limits_.variable_max)
    error_ = TextError::variable_too_long;
  else if (size > limits_.header_max - header_size_)
    error_ = TextError::header_too_long;
  else
    header_size_ += size;
  return TextError::none == error_;
}

std::optional<ContentEvent>
TextContentParser::on_line (base::ByteView &in)
{
  switch (token_.take_head (in, entity_line_max))
  {
  case TextToken::Result::needs_more:
    return std::nullopt;
  case TextToken::Result::too_long:
    return refuse (TextError::line_too_long);
  case TextToken::Result::whole:
    break;
  }
  const auto line = token_.text ();
  if (line.empty ())
    return refuse (TextError::bad_operator);
  return '_' == line.front () ? on_method (line) : on_variable (line);
}

std::optional<ContentEvent>
TextContentParser::on_method (std::string_view name)
{
  if (! is_name (name) || '\n' != token_.delimiter ())
    return refuse (TextError::bad_name);
  state_ = State::body;
  return TextMethod{ name };
}

std::optional<ContentEvent>
TextContentParser::on_variable (std::string_view line)
{
  const auto oper = text_operator_from (line.front ());
  if (! oper)
    return refuse (TextError::bad_operator);
  oper_ = *oper;
  line.remove_prefix (1);
  const bool is_ended = '\n' == token_.delimiter ();
  if (line.empty () && is_ended
      && (TextOperator::assign == oper_ || TextOperator::query == oper_))
  {
    if (0 != variables_)
      return refuse (TextError::reset_after_variable);
    return TextSync{ oper_ };
  }
  const auto space = line.find (' ');
  name_ = line.substr (0, space);
  if (! is_name (name_))
    return refuse (TextError::bad_name);
  if (variables_++ == limits_.variables_max)
    return refuse (TextError::too_many_variables);
  if (! count (name_.size ()))
    return std::nullopt;
  if (std::string_view::npos != space)
    return is_ended ? refuse (TextError::bad_length)
                    : on_value_length (line.substr (space + 1));
  if (is_ended)
    return TextVariable{ oper_, name_, {} };
  state_ = State::text;
  return std::nullopt;
}

std::optional<ContentEvent>
TextContentParser::on_value_length (std::string_view text)
{
  const auto length = parse_length (text);
  if (! length)
    return refuse (TextError::bad_length);
  if (*length > limits_.variable_max)
    return refuse (TextError::variable_too_long);
  value_size_ = static_cast<std::size_t> (*length);
  if (count (value_size_))
    state_ = State::counted;
  return std::nullopt;
}

std::optional<ContentEvent>
TextContentParser::on_text (base::ByteView &in)
{
  switch (token_.take_line (in, limits_.scanned_variable_max))
  {
  case TextToken::Result::needs_more:
    return std::nullopt;
  case TextToken::Result::too_long:
    return refuse (TextError::variable_too_long);
  case TextToken::Result::whole:
    break;
  }
  state_ = State::line;
  if (! count (token_.view ().size ()))
    return std::nullopt;
  return TextVariable{ oper_, name_, token_.view () };
}

// The value, and with it its line feed.
std::optional<ContentEvent>
TextContentParser::on_counted (base::ByteView &in)
{
  if (TextToken::Result::whole != token_.take_counted (in, value_size_))
    return std::nullopt;
  state_ = State::value_end;
  return TextVariable{ oper_, name_, token_.view () };
}

std::optional<ContentEvent>
TextContentParser::on_value_end (base::ByteView &in)
{
  if ('\n' != static_cast<char> (in[0]))
    return refuse (TextError::value_not_ended);
  in = in.subspan (1);
  state_ = State::line;
  return std::nullopt;
}

std::optional<ContentEvent>
TextContentParser::on_body (base::ByteView &in)
{
  static constexpr std::string_view line_feed = "\n";
  body_begun_ = true;
  if (line_feed_held_)
  {
    line_feed_held_ = false;
    return TextData{ base::as_bytes (line_feed) };
  }
  line_feed_held_ = '\n' == static_cast<char> (in.back ());
  const auto data = in.first (in.size () - (line_feed_held_ ? 1 : 0));
  in = {};
  if (data.empty ())
    return std::nullopt;
  return TextData{ data };
}
} // namespace psyc
