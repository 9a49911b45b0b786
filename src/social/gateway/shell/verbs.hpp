// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The operations, one class for each verb of the table of routes.
#pragma once

#include <memory>

#include "social/gateway/shell/exchange.hpp"
#include "social/gateway/routes.hpp"

namespace social::gateway
{
class Gateway;

struct Context
{
  Gateway &gateway;
  Exchange &exchange;
  const Route &route;
  std::vector<std::string> captured;
};

using Made = std::unique_ptr<Operation>;

[[nodiscard]] Made make_status (const Context &context);
[[nodiscard]] Made make_egos (const Context &context);
[[nodiscard]] Made make_places (const Context &context);
[[nodiscard]] Made make_place (const Context &context);
[[nodiscard]] Made make_host (const Context &context);
[[nodiscard]] Made make_enter (const Context &context);
[[nodiscard]] Made make_leave (const Context &context);
[[nodiscard]] Made make_history (const Context &context);
[[nodiscard]] Made make_message_body (const Context &context);
[[nodiscard]] Made make_say (const Context &context);
[[nodiscard]] Made make_objects (const Context &context);
[[nodiscard]] Made make_object (const Context &context);
[[nodiscard]] Made make_change_objects (const Context &context);
[[nodiscard]] Made make_nyms (const Context &context);
[[nodiscard]] Made make_eject (const Context &context);
[[nodiscard]] Made make_door (const Context &context);
[[nodiscard]] Made make_answer_door (const Context &context);
[[nodiscard]] Made make_files (const Context &context);
[[nodiscard]] Made make_send_file (const Context &context);
[[nodiscard]] Made make_file (const Context &context);
[[nodiscard]] Made make_withdraw_file (const Context &context);
[[nodiscard]] Made make_name (const Context &context);
[[nodiscard]] Made make_publish (const Context &context);
[[nodiscard]] Made make_set_rule (const Context &context);
[[nodiscard]] Made make_drop_rule (const Context &context);
[[nodiscard]] Made make_export (const Context &context);
[[nodiscard]] Made make_import (const Context &context);
[[nodiscard]] Made make_adopt (const Context &context);
[[nodiscard]] Made make_events (const Context &context);
[[nodiscard]] Made make_user_interface (const Context &context);
[[nodiscard]] Made make_openapi (const Context &context);

[[nodiscard]] Made make_operation (const Context &context);
} // namespace social::gateway
