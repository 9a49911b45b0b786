// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Opens the store in a PostgreSQL database: in a schema of its own, which is
// made, brought up to date, or refused when it is newer than this program or
// not ours. An advisory lock keeps a second service out.
#pragma once

#include <string>
#include <vector>

#include "psycstore/plugin/plugin.hpp"
#include "psycstore/plugin/postgres_schema.hpp"

namespace psycstore
{
struct PostgresOptions
{
  // As libpq understands it: "host=/run/postgresql dbname=x" or a URI.
  std::string conninfo;
  std::string schema = "psycstore";
  std::vector<std::string> schema_steps = postgres_schema_steps ();
};

[[nodiscard]] PluginOpened open_postgres (const PostgresOptions &options);
} // namespace psycstore
