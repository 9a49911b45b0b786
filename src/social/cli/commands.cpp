// SPDX-License-Identifier: AGPL-3.0-or-later
#include "social/cli/commands.hpp"

#include "social/cli/translate.hpp"
#include "social/cli/words.hpp"
#include "social/view/text.hpp"

namespace social::cli
{
std::unique_ptr<Command>
make_command (Session &session, CommandId id)
{
  switch (id)
  {
  case CommandId::host:
    return make_host (session);
  case CommandId::enter:
    return make_enter (session);
  case CommandId::say:
    return make_say (session);
  case CommandId::follow:
    return make_follow (session);
  case CommandId::history:
    return make_history (session);
  case CommandId::chat:
    return make_chat (session);
  case CommandId::look:
    return make_look (session);
  case CommandId::set:
    return make_set (session);
  case CommandId::door:
    return make_door (session);
  case CommandId::admit:
    return make_admit (session);
  case CommandId::refuse:
    return make_refuse (session);
  case CommandId::eject:
    return make_eject (session);
  case CommandId::rule:
    return make_rule (session);
  case CommandId::leave:
    return make_leave (session);
  case CommandId::close:
    return make_close (session);
  case CommandId::export_:
    return make_export (session);
  case CommandId::import:
    return make_import (session);
  case CommandId::adopt:
    return make_adopt (session);
  case CommandId::name:
    return make_name (session);
  case CommandId::publish:
    return make_publish (session);
  case CommandId::places:
    return make_places (session);
  case CommandId::egos:
    return make_egos (session);
  case CommandId::nyms:
    return make_nyms (session);
  case CommandId::status:
    return make_status (session);
  case CommandId::web:
    return make_web (session);
  case CommandId::send_file:
    return make_send_file (session);
  case CommandId::files:
    return make_files (session);
  case CommandId::get_file:
    return make_get_file (session);
  case CommandId::withdraw_file:
    return make_withdraw_file (session);
  }
  return nullptr;
}

std::optional<std::string>
joined (const std::vector<std::string> &words, std::size_t first)
{
  if (words.size () <= first)
    return std::nullopt;
  std::string out = words[first];
  for (std::size_t i = first + 1; i < words.size (); i++)
    out += " " + words[i];
  return out;
}

std::optional<std::uint64_t>
file_number (Session &session)
{
  const auto id = parse_id (session.request ().words[1]);
  if (id && 0 != *id)
    return id;
  session.fail (Status::usage, "usage",
                _ ("ID is the number that 'gnunet-social files' prints in "
                   "front of a file"));
  return std::nullopt;
}

bool
may_speak (Session &session, const Place &place)
{
  const std::string &state = place.view.state;
  if ("archived" == state || "closed" == state || "ejected" == state
      || "refused" == state)
    session.fail (Status::refused, "not_allowed",
                  filled (_ ("%s: nothing can be said here, its state is: %s"),
                          { place.label (), told (state) }));
  else if ("pending" == state)
    session.fail (Status::pending, "pending",
                  filled (_ ("%s: the host has not let us in yet; try again "
                             "when 'gnunet-social places' says that we "
                             "entered"),
                          { place.label () }));
  else
    return true;
  return false;
}

std::string
place_line (const Place &place)
{
  const PlaceView &view = place.view;
  std::string line = padded (place.label (), 24);
  // A guest is not told the policy.
  line += view.is_host ? _ ("host") + (", " + view.policy) : _ ("guest");
  line += ", " + told (view.state);
  if ("entered" == view.state && ! view.is_connected)
    line += std::string (", ") + _ ("not connected");
  line += ", " + counted ("%s message", "%s messages", view.messages);
  if (view.is_host)
    line += ", " + counted ("%s nym", "%s nyms", view.nyms);
  if (view.outbox > 0)
    line += ", "
            + filled (_ ("%s to be sent"), { std::to_string (view.outbox) });
  line += " (" + view.ego + ")";
  if (view.is_behind)
    line += std::string ("\n    ")
            + _ ("stopped: guests have newer messages than this copy of the "
                 "place. Put a newer copy in place, or go on behind theirs "
                 "with 'gnunet-social adopt'");
  return line;
}

std::string
position_line (const PlaceView &view)
{
  std::string where;
  if (view.parent)
    where = filled (_ ("depth %s, hears from peer %s"),
                    { std::to_string (view.depth), view.parent->substr (0, 4) })
            + ", ";
  else if (! view.is_host)
    where = std::string (_ ("not attached")) + ", ";
  where += counted ("%s child", "%s children", view.children) + ", "
           + counted ("%s member below", "%s members below", view.below);
  if (0 < view.lag)
    where += ", " + counted ("%s piece behind", "%s pieces behind", view.lag);
  return filled (_ ("in the tree: %s"), { where });
}
} // namespace social::cli
