// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The list of modifiers behind the C interface.
#pragma once

#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/bytes.hpp"
#include "gnunet_psyc_env.h"

// A modifier with what it owns, if anything.
struct EnvironmentModifier
{
  struct GNUNET_PSYC_Modifier mod = {};
  std::string name;
  base::Bytes value;
};

struct GNUNET_PSYC_Environment
{
  struct GNUNET_PSYC_Modifier *head = nullptr;
  struct GNUNET_PSYC_Modifier *tail = nullptr;
  size_t count = 0;
  // Everything in the list; what copies were shifted out of it; bytes that
  // were joined for whoever parsed a message into it.
  std::unordered_map<const struct GNUNET_PSYC_Modifier *,
                     std::unique_ptr<EnvironmentModifier>>
      modifiers;
  std::vector<std::unique_ptr<EnvironmentModifier>> shifted;
  std::vector<std::unique_ptr<base::Bytes>> joined;
};
