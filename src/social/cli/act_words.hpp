// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Messages that do something rather than say it, in words: files, offers,
// changed objects.
#pragma once

#include <optional>
#include <string>

#include "social/view/from_gnunet.hpp"

namespace social::cli
{
// What its author does, in one line; to be made harmless before it is shown.
// Nothing: its body says it.
[[nodiscard]] std::optional<std::string>
act_words (const view::Message &message);
} // namespace social::cli
