// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Reads packets from text that comes in pieces of any size: the events of one
// packet after the other, in the order
//
//   TextRouting *, TextSync *, TextVariable *, [ TextMethod, TextData * ],
//   TextEnd
//
// Nothing is read past the input, and nothing is kept but a token in progress.
#pragma once

#include <optional>
#include <variant>

#include "psyc/message/text_content.hpp"
#include "psyc/message/text_frame.hpp"

namespace psyc
{
struct TextRouting
{
  TextVariable variable;
};

struct TextEnd
{
};

using TextEvent = std::variant<TextRouting, TextSync, TextVariable, TextMethod,
                               TextData, TextEnd>;

class TextParser
{
public:
  explicit TextParser (const TextLimits &limits = {})
      : frame_ (limits), content_ (limits)
  {}

  // Takes what it can off the front of `in`; views are good until the next
  // call, and as long as the input. Nothing: all of it is taken and more is
  // needed, or it is malformed; then `error` says how, and it stays so.
  [[nodiscard]] std::optional<TextEvent> next (base::ByteView &in);

  [[nodiscard]] TextError
  error () const
  {
    return TextError::none != content_.error () ? content_.error ()
                                                : frame_.error ();
  }

  // Is no packet in progress, so that the text may end here?
  [[nodiscard]] bool
  is_between_packets () const
  {
    return frame_.is_between_packets ();
  }

private:
  TextFrameParser frame_;
  TextContentParser content_;
  // Content that was not looked at yet: part of the input of `next`.
  base::ByteView piece_;
};
} // namespace psyc
