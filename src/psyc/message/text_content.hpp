// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Reads the content of one packet: variables of its entity header, its
// method, its body. The body comes in the pieces that it came in; a variable
// comes whole.
//
//   line --"\t"--> text ------> line      a value up to its line feed
//    |   --SP n "\t"--> counted -> value_end -> line
//    +-- method --> body
#pragma once

#include <optional>
#include <string>
#include <variant>

#include "psyc/message/text.hpp"
#include "psyc/message/text_token.hpp"

namespace psyc
{
// "=" alone: what was known of the state is void. "?" alone: the state is
// asked for.
struct TextSync
{
  TextOperator oper = TextOperator::assign;
};

struct TextMethod
{
  std::string_view name;
};

struct TextData
{
  base::ByteView bytes;
};

// Views are good until the next call, and as long as the input.
using ContentEvent = std::variant<TextSync, TextVariable, TextMethod, TextData>;

class TextContentParser
{
public:
  explicit TextContentParser (const TextLimits &limits = {}) : limits_ (limits)
  {}

  // As TextFrameParser::next.
  [[nodiscard]] std::optional<ContentEvent> next (base::ByteView &in);

  // The content ends here: may it? Then all is set for the next one.
  [[nodiscard]] TextError finish ();

  [[nodiscard]] TextError
  error () const
  {
    return error_;
  }

private:
  enum class State
  {
    line,
    text,
    counted,
    value_end,
    body,
  };

  [[nodiscard]] std::optional<ContentEvent> refuse (TextError error);
  [[nodiscard]] std::optional<ContentEvent> on_line (base::ByteView &in);
  [[nodiscard]] std::optional<ContentEvent> on_method (std::string_view name);
  [[nodiscard]] std::optional<ContentEvent> on_variable (std::string_view line);
  [[nodiscard]] std::optional<ContentEvent>
  on_value_length (std::string_view text);
  [[nodiscard]] std::optional<ContentEvent> on_text (base::ByteView &in);
  [[nodiscard]] std::optional<ContentEvent> on_counted (base::ByteView &in);
  [[nodiscard]] std::optional<ContentEvent> on_value_end (base::ByteView &in);
  [[nodiscard]] std::optional<ContentEvent> on_body (base::ByteView &in);
  // Room for so much more of a value?
  [[nodiscard]] bool count (std::size_t size);

  TextLimits limits_;
  TextToken token_;
  State state_ = State::line;
  TextError error_ = TextError::none;
  TextOperator oper_ = TextOperator::set;
  std::string name_;
  std::size_t value_size_ = 0;
  std::size_t variables_ = 0;
  std::size_t header_size_ = 0;
  // Of the body: did anything come; is a line feed held back that may be the
  // one that ends it?
  bool body_begun_ = false;
  bool line_feed_held_ = false;
};
} // namespace psyc
