// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Section [social-web] of the configuration, for both shells.
#pragma once

#include "social/gateway/shell/gateway.hpp"
#include "social/gateway/shell/http_server.hpp"

namespace social::gateway
{
struct Settings
{
  Config gateway;
  HttpServer::Config server;
  std::string error; // "": all is fine
};

[[nodiscard]] Settings
settings_of (const struct GNUNET_CONFIGURATION_Handle *cfg);
} // namespace social::gateway
