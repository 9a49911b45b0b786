// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Fragments and requests as lines, for people and for programs; bodies from
// lines.
#pragma once

#include <optional>
#include <string>

#include "base/bytes.hpp"
#include "gnunet_multicast_service.h"
#include "multicast/tool/options.hpp"

namespace multicast::tool
{
// One line with its line feed: a fragment of the group,
[[nodiscard]] std::string
line_of (const struct GNUNET_MULTICAST_MessageHeader *msg,
         const Options &options);
// one of a member's request.
[[nodiscard]] std::string
line_of (const struct GNUNET_MULTICAST_RequestHeader *req,
         const Options &options);

// Pairs of hexadecimal digits; nothing when it is something else.
[[nodiscard]] std::optional<base::Bytes> bytes_of_hex (std::string_view text);
} // namespace multicast::tool
