// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Pushed messages: what of them needs no channel.
#pragma once

#include "psyc/psyc_api_channel.hpp"

namespace psyc::api
{
// Only listens to what becomes of a message that was given before.
[[nodiscard]] bool is_watch (const GNUNET_PSYC_Upload &upload);

// Is END or CANCEL the last of these well-formed parts?
[[nodiscard]] bool ends_input (base::ByteView parts);
} // namespace psyc::api
