// SPDX-License-Identifier: AGPL-3.0-or-later
//
// How the service and a plugin meet. The library libgnunet_plugin_psycstore_X
// has two C functions, libgnunet_plugin_psycstore_X_init (cfg) and _done; the
// first returns a PluginOpened, which the second frees.
#pragma once

#include <memory>
#include <string>

#include "psycstore/core/database.hpp"

namespace psycstore
{
struct PluginOpened
{
  // Nothing when it could not be opened; then `why_not` names file and reason.
  std::unique_ptr<Database> database;
  std::string why_not;
};
} // namespace psycstore
