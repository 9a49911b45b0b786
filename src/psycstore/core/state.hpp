// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Changes of a channel's state: by a stored message, tried out before it is
// said, or all at once. None leaves anything behind when it is refused.
#pragma once

#include "port/hash.hpp"
#include "psycstore/core/database.hpp"
#include "psycstore/core/outcome.hpp"

namespace psycstore
{
[[nodiscard]] Outcome modify_state (Database &db,
                                    const port::HasherMaker &hashers,
                                    const StateModify &request);

// What the message that begins with `parts` would do; changes nothing. When it
// may be said and its hash is wanted, that is the outcome's message.
[[nodiscard]] Outcome try_state (Database &db, const port::HasherMaker &hashers,
                                 const StateTry &request, base::ByteView parts);

// `image` is the whole encoded StateImage.
[[nodiscard]] Outcome replace_state (Database &db,
                                     const port::HasherMaker &hashers,
                                     const StateSync &request,
                                     base::ByteView image);
} // namespace psycstore
