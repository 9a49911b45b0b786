// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The token that programs show: made at first use, in a file that its owner
// alone can read.
#pragma once

#include <string>

#include "shell/gnunet.hpp"

namespace social::gateway
{
struct TokenFile
{
  std::string path;
  std::string token; // "": there is none, and why
  std::string error;
};

// $GNUNET_DATA_HOME/social/token, or [social-web] TOKEN_FILE.
[[nodiscard]] TokenFile
token_of (const struct GNUNET_CONFIGURATION_Handle *cfg);
} // namespace social::gateway
