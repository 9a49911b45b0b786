// SPDX-License-Identifier: AGPL-3.0-or-later
//
// libgnunet_plugin_psycstore_postgres: the store in the PostgreSQL database
// that [psycstore-postgres] CONFIG names.
#include "psycstore/plugin/postgres_open.hpp"
#include "shell/gnunet.hpp"

extern "C"
{
void *libgnunet_plugin_psycstore_postgres_init (void *cls) noexcept;
void *libgnunet_plugin_psycstore_postgres_done (void *cls) noexcept;
}

namespace
{
// Nothing when the configuration does not have it.
std::string
option (const struct GNUNET_CONFIGURATION_Handle *cfg, const char *name)
{
  char *value = nullptr;
  if (GNUNET_OK
      != GNUNET_CONFIGURATION_get_value_string (cfg, "psycstore-postgres", name,
                                                &value))
    return {};
  std::string out = value;
  GNUNET_free (value);
  return out;
}
} // namespace

void *
libgnunet_plugin_psycstore_postgres_init (void *cls) noexcept
{
  const auto *cfg
      = static_cast<const struct GNUNET_CONFIGURATION_Handle *> (cls);
  psycstore::PostgresOptions options;
  options.conninfo = option (cfg, "CONFIG");
  if (options.conninfo.empty ())
    return new psycstore::PluginOpened{
      nullptr, "the configuration has no [psycstore-postgres] CONFIG "
               "(for instance: CONFIG = postgres:///gnunet)"
    };
  if (const std::string schema = option (cfg, "SCHEMA"); ! schema.empty ())
    options.schema = schema;
  return new psycstore::PluginOpened (psycstore::open_postgres (options));
}

void *
libgnunet_plugin_psycstore_postgres_done (void *cls) noexcept
{
  delete static_cast<psycstore::PluginOpened *> (cls);
  return nullptr;
}
