// SPDX-License-Identifier: AGPL-3.0-or-later
#include "psyc/message/text_parser.hpp"

namespace psyc
{
std::optional<TextEvent>
TextParser::next (base::ByteView &in)
{
  while (TextError::none == error ())
  {
    if (! piece_.empty ())
    {
      if (const auto event = content_.next (piece_))
        return std::visit ([] (const auto &one) -> TextEvent { return one; },
                           *event);
      continue;
    }
    const auto event = frame_.next (in);
    if (! event)
      return std::nullopt;
    if (const auto *variable = std::get_if<TextVariable> (&*event))
      return TextRouting{ *variable };
    if (const auto *content = std::get_if<FrameContent> (&*event))
      piece_ = content->bytes;
    else if (TextError::none == content_.finish ())
      return TextEnd{};
  }
  return std::nullopt;
}
} // namespace psyc
