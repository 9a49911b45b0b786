// SPDX-License-Identifier: AGPL-3.0-or-later
#include "psyc/message/text_frame.hpp"

#include "psyc/message/names.hpp"

namespace psyc
{
namespace
{
// Operator, name, and what stands in a line that is none.
constexpr std::size_t routing_line_max = 1 + name_max;
} // namespace

std::optional<FrameEvent>
TextFrameParser::refuse (TextError error)
{
  error_ = error;
  return std::nullopt;
}

std::optional<FrameEvent>
TextFrameParser::end_packet ()
{
  state_ = State::routing;
  is_between_ = true;
  variables_ = 0;
  return FrameEnd{};
}

std::optional<FrameEvent>
TextFrameParser::next (base::ByteView &in)
{
  while (! in.empty () && TextError::none == error_)
  {
    std::optional<FrameEvent> event;
    switch (state_)
    {
    case State::routing:
      event = on_line (in);
      break;
    case State::value:
      event = on_value (in);
      break;
    case State::counted:
      event = on_counted (in);
      break;
    case State::scanned:
      event = on_scanned (in);
      break;
    case State::bar:
      event = on_bar (in);
      break;
    }
    if (event)
      return event;
  }
  return std::nullopt;
}

std::optional<FrameEvent>
TextFrameParser::on_line (base::ByteView &in)
{
  is_between_ = false;
  switch (token_.take_head (in, routing_line_max))
  {
  case TextToken::Result::needs_more:
    return std::nullopt;
  case TextToken::Result::too_long:
    return refuse (TextError::line_too_long);
  case TextToken::Result::whole:
    break;
  }
  const auto line = token_.text ();
  const bool is_ended = '\n' == token_.delimiter ();
  if ("|" == line && is_ended)
    return end_packet ();
  if (line.empty () || (line.front () >= '0' && line.front () <= '9'))
    return is_ended ? on_content_length () : refuse (TextError::bad_length);
  return on_variable ();
}

std::optional<FrameEvent>
TextFrameParser::on_content_length ()
{
  after_line_feed_ = true;
  bar_held_ = false;
  scanned_ = 0;
  if (token_.view ().empty ())
  {
    state_ = State::scanned;
    return std::nullopt;
  }
  const auto length = parse_length (token_.text ());
  if (! length)
    return refuse (TextError::bad_length);
  if (*length > limits_.content_max)
    return refuse (TextError::content_too_long);
  left_ = *length;
  state_ = 0 == left_ ? State::bar : State::counted;
  return std::nullopt;
}

std::optional<FrameEvent>
TextFrameParser::on_variable ()
{
  const auto oper = text_operator_from (token_.text ().front ());
  if (! oper)
    return refuse (TextError::bad_operator);
  name_ = token_.text ().substr (1);
  if (! is_name (name_))
    return refuse (TextError::bad_name);
  if (variables_++ == limits_.routing_variables_max)
    return refuse (TextError::too_many_variables);
  oper_ = *oper;
  if ('\n' == token_.delimiter ())
    return TextVariable{ oper_, name_, {} };
  state_ = State::value;
  return std::nullopt;
}

std::optional<FrameEvent>
TextFrameParser::on_value (base::ByteView &in)
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
  state_ = State::routing;
  return TextVariable{ oper_, name_, token_.view () };
}

std::optional<FrameEvent>
TextFrameParser::on_counted (base::ByteView &in)
{
  const auto size
      = static_cast<std::size_t> (std::min<std::uint64_t> (in.size (), left_));
  const FrameContent content{ in.first (size) };
  in = in.subspan (size);
  left_ -= size;
  if (0 == left_)
    state_ = State::bar;
  return content;
}

// Takes `size` bytes of content, or as many as may still come: what comes in
// one piece is refused where it would be in many.
std::optional<FrameEvent>
TextFrameParser::scanned (base::ByteView &in, std::size_t size)
{
  const std::size_t room = limits_.scanned_content_max - scanned_;
  if (0 == room)
    return refuse (TextError::content_too_long);
  if (size > room)
  {
    size = room;
    after_line_feed_ = false;
  }
  scanned_ += size;
  const FrameContent content{ in.first (size) };
  in = in.subspan (size);
  return content;
}

std::optional<FrameEvent>
TextFrameParser::on_scanned (base::ByteView &in)
{
  static constexpr std::string_view bar = "|";
  if (bar_held_)
  {
    bar_held_ = false;
    if ('\n' != in[0])
    {
      base::ByteView held = base::as_bytes (bar);
      return scanned (held, 1);
    }
    in = in.subspan (1);
    return end_packet ();
  }
  const auto text = base::as_text (in);
  // A line of content begins at `at`, or is continued there.
  std::size_t at = 0;
  while (true)
  {
    if (after_line_feed_ && '|' == text[at])
    {
      if (at > 0)
        return scanned (in, at);
      after_line_feed_ = false;
      in = in.subspan (1);
      bar_held_ = true;
      return std::nullopt;
    }
    const auto line_feed = text.find ('\n', at);
    after_line_feed_ = std::string_view::npos != line_feed;
    at = after_line_feed_ ? line_feed + 1 : text.size ();
    if (text.size () == at)
      return scanned (in, at);
  }
}

// After content with a length: its end, and nothing else.
std::optional<FrameEvent>
TextFrameParser::on_bar (base::ByteView &in)
{
  const char wanted = bar_held_ ? '\n' : '|';
  if (wanted != static_cast<char> (in[0]))
    return refuse (TextError::packet_not_ended);
  in = in.subspan (1);
  if (bar_held_)
    return end_packet ();
  bar_held_ = true;
  return std::nullopt;
}
} // namespace psyc
