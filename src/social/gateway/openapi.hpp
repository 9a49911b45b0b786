// SPDX-License-Identifier: AGPL-3.0-or-later
//
// openapi.json, compiled in.
#pragma once

namespace social::gateway
{
extern const char *const openapi_json;
} // namespace social::gateway
