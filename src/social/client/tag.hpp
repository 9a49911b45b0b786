// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The tag that makes a message said twice one message: of what says that it is
// the same.
#pragma once

#include <string>

#include "shell/gnunet.hpp"

namespace social::client
{
[[nodiscard]] struct GNUNET_Uuid tag_of (const std::string &what);
} // namespace social::client
