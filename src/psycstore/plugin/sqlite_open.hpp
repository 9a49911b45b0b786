// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Opens the database file: creates it for its owner alone, refuses one that is
// damaged, newer than this program or not ours, and brings an older one up to
// date after a copy. Never overwrites anything.
#pragma once

#include <memory>
#include <string>

#include "psycstore/plugin/plugin.hpp"
#include "psycstore/plugin/sqlite_connection.hpp"
#include "psycstore/plugin/sqlite_schema.hpp"

namespace psycstore
{
struct SqliteOptions
{
  std::string path;
  std::vector<std::string> schema_steps = sqlite_schema_steps ();
  // Not 0: at most so many pages (tests of a full disk).
  std::int64_t pages_max = 0;
};

[[nodiscard]] PluginOpened open_sqlite (const SqliteOptions &options);

} // namespace psycstore
