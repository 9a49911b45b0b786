// SPDX-License-Identifier: AGPL-3.0-or-later
//
// libgnunet_plugin_psycstore_sqlite: the store in the file
// [psycstore-sqlite] FILENAME.
#include "psycstore/plugin/sqlite_open.hpp"
#include "shell/gnunet.hpp"

extern "C"
{
void *libgnunet_plugin_psycstore_sqlite_init (void *cls) noexcept;
void *libgnunet_plugin_psycstore_sqlite_done (void *cls) noexcept;
}

void *
libgnunet_plugin_psycstore_sqlite_init (void *cls) noexcept
{
  const auto *cfg
      = static_cast<const struct GNUNET_CONFIGURATION_Handle *> (cls);
  char *filename = nullptr;
  if (GNUNET_OK
      != GNUNET_CONFIGURATION_get_value_filename (cfg, "psycstore-sqlite",
                                                  "FILENAME", &filename))
    return new psycstore::PluginOpened{
      nullptr, "the configuration has no [psycstore-sqlite] FILENAME"
    };
  psycstore::SqliteOptions options;
  options.path = filename;
  GNUNET_free (filename);
  return new psycstore::PluginOpened (psycstore::open_sqlite (options));
}

void *
libgnunet_plugin_psycstore_sqlite_done (void *cls) noexcept
{
  delete static_cast<psycstore::PluginOpened *> (cls);
  return nullptr;
}
