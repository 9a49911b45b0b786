// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Changes of a channel's state: by a stored message, or all at once. Each
// checks everything before it changes the first row.
#pragma once

#include "psycstore/core/database.hpp"
#include "psycstore/core/outcome.hpp"

namespace psycstore
{
[[nodiscard]] Outcome modify_state (Database &db, const StateModify &request);

// `image` is the whole encoded StateImage.
[[nodiscard]] Outcome replace_state (Database &db, const StateSync &request,
                                     base::ByteView image);
} // namespace psycstore
