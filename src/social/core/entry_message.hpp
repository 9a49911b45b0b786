// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What is said at a door and answered there: struct GNUNET_PSYC_Message, a
// header and the parts of a small message. A request carries the tag of the
// wish to enter, so that a wish that calls again is known from a new one.
#pragma once

#include <optional>
#include <string>

#include "base/bytes.hpp"
#include "psyc/message/message.hpp"

namespace social
{
// GNUNET_MESSAGE_TYPE_PSYC_MESSAGE.
inline constexpr std::uint16_t psyc_message_type = 691;

inline constexpr std::string_view enter_method = "_request_place_enter";
// Said at the door by who goes before he was told anything, or who left while
// the host could not be reached: forget the question, he is not in.
inline constexpr std::string_view withdraw_method = "_request_place_withdraw";
inline constexpr std::string_view tag_variable = "_tag_entry";

[[nodiscard]] std::optional<psyc::Message>
parse_entry_message (base::ByteView bytes);

// Nothing when it is too large or a name in it is invalid.
[[nodiscard]] std::optional<base::Bytes>
build_entry_message (const psyc::Message &message);

// A message of this method with a plain text as its body.
[[nodiscard]] base::Bytes entry_text (std::string_view method,
                                      std::string_view text);

// `request` (or, when that is empty, a request without words) with `tag`;
// nothing when it is malformed.
[[nodiscard]] std::optional<base::Bytes>
tagged_request (const base::Bytes &request, const base::SendTag &tag);

// The tag in it; zero when there is none.
[[nodiscard]] base::SendTag tag_of (const psyc::Message &message);

// Its body as text for people; "" when there is none or it is no text.
[[nodiscard]] std::string text_of (base::ByteView message);
} // namespace social
