// SPDX-License-Identifier: AGPL-3.0-or-later
//
// A small message that the service says by itself, in the parts that psyc
// takes.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "psyc/message/message.hpp"
#include "social/social_messages.hpp"

namespace social
{
// Nothing when it is too large or a name in it is invalid.
[[nodiscard]] inline std::optional<base::Bytes>
own_message (const std::string &method, const std::vector<Variable> &variables,
             const std::string &body)
{
  psyc::Message message;
  message.method = method;
  for (const auto &variable : variables)
    message.modifiers.push_back (
        { psyc::Operator::set, variable.name, variable.value });
  message.data = base::to_bytes (base::as_bytes (body));
  return psyc::encode_message (message);
}
} // namespace social
