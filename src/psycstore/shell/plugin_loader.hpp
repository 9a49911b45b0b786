// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Loads the plugin that [psycstore] DATABASE names.
#pragma once

#include <string>
#include <utility>

#include "psycstore/plugin/plugin.hpp"
#include "shell/gnunet.hpp"

namespace psycstore
{
class PluginLoader
{
public:
  explicit PluginLoader (const struct GNUNET_CONFIGURATION_Handle *cfg)
  {
    char *name = nullptr;
    if (GNUNET_OK
        != GNUNET_CONFIGURATION_get_value_string (cfg, "psycstore", "DATABASE",
                                                  &name))
      name = GNUNET_strdup ("sqlite");
    library_ = std::string ("libgnunet_plugin_psycstore_") + name;
    GNUNET_free (name);
    opened_ = static_cast<PluginOpened *> (GNUNET_PLUGIN_load (
        library_.c_str (), const_cast<GNUNET_CONFIGURATION_Handle *> (cfg)));
  }
  PluginLoader (const PluginLoader &) = delete;
  PluginLoader &operator= (const PluginLoader &) = delete;

  ~PluginLoader ()
  {
    if (nullptr != opened_)
      GNUNET_PLUGIN_unload (library_.c_str (), opened_);
  }

  // NULL when there is none; then `why_not` says why.
  [[nodiscard]] Database *
  database () const
  {
    return nullptr == opened_ ? nullptr : opened_->database.get ();
  }

  [[nodiscard]] std::string
  why_not () const
  {
    return nullptr == opened_ ? "cannot load " + library_ : opened_->why_not;
  }

private:
  std::string library_;
  PluginOpened *opened_ = nullptr;
};
} // namespace psycstore
