// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What `set` is told on the command line: NAME=VALUE, NAME+=VALUE, NAME-=VALUE,
// NAME@=VALUE, or NAME alone.
#pragma once

#include <optional>
#include <string>

#include "psyc/message/parts.hpp"

namespace social::cli
{
struct ObjectChange
{
  psyc::Operator oper = psyc::Operator::assign;
  std::string name;
  std::optional<std::string> value; // nothing: from stdin

  bool operator== (const ObjectChange &) const = default;
};

// Nothing: it does not begin with a name.
[[nodiscard]] std::optional<ObjectChange>
parse_object_change (const std::string &word);
} // namespace social::cli
