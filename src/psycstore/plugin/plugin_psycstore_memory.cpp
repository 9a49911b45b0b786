// SPDX-License-Identifier: AGPL-3.0-or-later
//
// libgnunet_plugin_psycstore_memory: a store that forgets everything when the
// service ends, for tests.
#include "psycstore/plugin/memory_database.hpp"
#include "psycstore/plugin/plugin.hpp"

extern "C"
{
void *libgnunet_plugin_psycstore_memory_init (void *cls) noexcept;
void *libgnunet_plugin_psycstore_memory_done (void *cls) noexcept;
}

void *
libgnunet_plugin_psycstore_memory_init (void *) noexcept
{
  return new psycstore::PluginOpened{
    std::make_unique<psycstore::MemoryDatabase> (), {}
  };
}

void *
libgnunet_plugin_psycstore_memory_done (void *cls) noexcept
{
  delete static_cast<psycstore::PluginOpened *> (cls);
  return nullptr;
}
