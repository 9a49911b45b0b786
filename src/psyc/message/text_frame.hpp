// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Finds packets in a stream of text: reads routing headers, and tells where
// content begins and ends. What the content says is text_content.hpp's
// business.
//
//   routing --"\t"--> value      a routing variable's value up to its line feed
//      |      <-----'
//      +-- length --> counted ---> bar      that many bytes, then "|" LF
//      +-- empty  --> scanned               bytes up to LF "|" LF
//      +-- "|" ---> the packet's end
#pragma once

#include <optional>
#include <string>
#include <variant>

#include "psyc/message/text.hpp"
#include "psyc/message/text_token.hpp"

namespace psyc
{
// Views are good until the next call, and as long as the input.
struct FrameContent
{
  base::ByteView bytes;
};

struct FrameEnd
{
};

using FrameEvent = std::variant<TextVariable, FrameContent, FrameEnd>;

class TextFrameParser
{
public:
  explicit TextFrameParser (const TextLimits &limits = {}) : limits_ (limits) {}

  // Takes what it can off the front of `in`. Nothing: all of it is taken and
  // more is needed, or it is malformed here (then `error` says how, and it
  // stays so).
  [[nodiscard]] std::optional<FrameEvent> next (base::ByteView &in);

  [[nodiscard]] TextError
  error () const
  {
    return error_;
  }

  // Is no packet in progress?
  [[nodiscard]] bool
  is_between_packets () const
  {
    return is_between_;
  }

private:
  enum class State
  {
    routing,
    value,
    counted,
    scanned,
    bar,
  };

  [[nodiscard]] std::optional<FrameEvent> refuse (TextError error);
  [[nodiscard]] std::optional<FrameEvent> end_packet ();
  [[nodiscard]] std::optional<FrameEvent> on_line (base::ByteView &in);
  [[nodiscard]] std::optional<FrameEvent> on_content_length ();
  [[nodiscard]] std::optional<FrameEvent> on_variable ();
  [[nodiscard]] std::optional<FrameEvent> on_value (base::ByteView &in);
  [[nodiscard]] std::optional<FrameEvent> on_counted (base::ByteView &in);
  [[nodiscard]] std::optional<FrameEvent> on_scanned (base::ByteView &in);
  [[nodiscard]] std::optional<FrameEvent> scanned (base::ByteView &in,
                                                   std::size_t size);
  [[nodiscard]] std::optional<FrameEvent> on_bar (base::ByteView &in);

  TextLimits limits_;
  TextToken token_;
  State state_ = State::routing;
  TextError error_ = TextError::none;
  bool is_between_ = true;
  // The routing variable in progress.
  TextOperator oper_ = TextOperator::set;
  std::string name_;
  std::size_t variables_ = 0;
  // Content: what is left of its length, or how much was scanned; whether a
  // line feed came last, or that and a bar, which is held back.
  std::uint64_t left_ = 0;
  std::size_t scanned_ = 0;
  bool after_line_feed_ = false;
  bool bar_held_ = false;
};
} // namespace psyc
