// SPDX-License-Identifier: AGPL-3.0-or-later
#include "social/gateway/shell/verbs.hpp"

namespace social::gateway
{
Made
make_operation (const Context &context)
{
  switch (context.route.verb)
  {
  case Verb::status:
    return make_status (context);
  case Verb::egos:
    return make_egos (context);
  case Verb::places:
    return make_places (context);
  case Verb::host:
    return make_host (context);
  case Verb::enter:
    return make_enter (context);
  case Verb::place:
    return make_place (context);
  case Verb::leave:
    return make_leave (context);
  case Verb::history:
    return make_history (context);
  case Verb::message_body:
    return make_message_body (context);
  case Verb::say:
    return make_say (context);
  case Verb::objects:
    return make_objects (context);
  case Verb::object:
    return make_object (context);
  case Verb::change_objects:
    return make_change_objects (context);
  case Verb::nyms:
    return make_nyms (context);
  case Verb::eject:
    return make_eject (context);
  case Verb::door:
    return make_door (context);
  case Verb::answer_door:
    return make_answer_door (context);
  case Verb::files:
    return make_files (context);
  case Verb::send_file:
    return make_send_file (context);
  case Verb::file:
    return make_file (context);
  case Verb::withdraw_file:
    return make_withdraw_file (context);
  case Verb::name:
    return make_name (context);
  case Verb::publish:
    return make_publish (context);
  case Verb::set_rule:
    return make_set_rule (context);
  case Verb::drop_rule:
    return make_drop_rule (context);
  case Verb::export_place:
    return make_export (context);
  case Verb::import_place:
    return make_import (context);
  case Verb::adopt:
    return make_adopt (context);
  case Verb::events:
    return make_events (context);
  case Verb::user_interface:
    return make_user_interface (context);
  case Verb::openapi:
    return make_openapi (context);
  }
  return nullptr;
}
} // namespace social::gateway
