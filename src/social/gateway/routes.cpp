// SPDX-License-Identifier: AGPL-3.0-or-later
#include "social/gateway/routes.hpp"

namespace social::gateway
{
namespace
{
[[nodiscard]] std::string_view
cut_segment (std::string_view &pattern)
{
  pattern.remove_prefix (1); // the slash
  const std::size_t end = std::min (pattern.find ('/'), pattern.size ());
  const std::string_view segment = pattern.substr (0, end);
  pattern.remove_prefix (end);
  return segment;
}

[[nodiscard]] bool
fits (std::string_view pattern, const std::vector<std::string> &segments,
      std::vector<std::string> &captured)
{
  captured.clear ();
  std::size_t i = 0;
  while (! pattern.empty ())
  {
    const std::string_view wanted = cut_segment (pattern);
    if ("*" == wanted)
    {
      captured.insert (captured.end (),
                       segments.begin () + static_cast<std::ptrdiff_t> (i),
                       segments.end ());
      return true;
    }
    if (i == segments.size ())
      return false;
    if ('{' == wanted.front () && ! segments[i].empty ())
      captured.push_back (segments[i]);
    else if (wanted != segments[i])
      return false;
    i++;
  }
  return i == segments.size ();
}
} // namespace

const std::vector<Route> &
route_table ()
{
  using enum Verb;
  static const std::vector<Route> table = {
    { status, "GET", "/social/status", BodyKind::none },
    { egos, "GET", "/social/egos", BodyKind::none },
    { places, "GET", "/social/places", BodyKind::none },
    { host, "POST", "/social/places", BodyKind::json },
    { enter, "POST", "/social/entries", BodyKind::json },
    { place, "GET", "/social/places/{place}", BodyKind::none },
    { leave, "DELETE", "/social/places/{place}", BodyKind::none },
    { history, "GET", "/social/places/{place}/messages", BodyKind::none },
    { message_body, "GET", "/social/places/{place}/messages/{id}/body",
      BodyKind::none },
    { say, "POST", "/social/places/{place}/messages",
      BodyKind::json_or_stream },
    { objects, "GET", "/social/places/{place}/objects", BodyKind::none },
    { object, "GET", "/social/places/{place}/objects/{name}", BodyKind::none },
    { change_objects, "PATCH", "/social/places/{place}/objects",
      BodyKind::json },
    { nyms, "GET", "/social/places/{place}/nyms", BodyKind::none },
    { eject, "DELETE", "/social/places/{place}/nyms/{nym}", BodyKind::none },
    { door, "GET", "/social/places/{place}/door", BodyKind::none },
    { answer_door, "POST", "/social/places/{place}/door/{nym}",
      BodyKind::json },
    { files, "GET", "/social/places/{place}/files", BodyKind::none },
    { send_file, "POST", "/social/places/{place}/files", BodyKind::stream },
    { file, "GET", "/social/places/{place}/files/{id}", BodyKind::none },
    { withdraw_file, "DELETE", "/social/places/{place}/files/{id}",
      BodyKind::none },
    { name, "POST", "/social/names", BodyKind::json },
    { publish, "POST", "/social/places/{place}/publication", BodyKind::json },
    { set_rule, "PUT", "/social/places/{place}/rules", BodyKind::json },
    { drop_rule, "DELETE", "/social/places/{place}/rules", BodyKind::none },
    { set_rule, "PUT", "/social/places/{place}/rules/{prefix}",
      BodyKind::json },
    { drop_rule, "DELETE", "/social/places/{place}/rules/{prefix}",
      BodyKind::none },
    { export_place, "GET", "/social/places/{place}/export", BodyKind::none },
    { import_place, "POST", "/social/imports", BodyKind::bytes },
    { adopt, "POST", "/social/places/{place}/adoption", BodyKind::none },
    { events, "GET", "/social/events", BodyKind::none },
    { user_interface, "GET", "/social/ui/*", BodyKind::none },
    { openapi, "GET", "/social/openapi.json", BodyKind::none },
  };
  return table;
}

Match
match_route (std::string_view method, const std::vector<std::string> &segments)
{
  const std::string_view wanted = "HEAD" == method ? "GET" : method;
  Match out;
  std::vector<std::string> captured;
  for (const Route &route : route_table ())
  {
    if (! fits (route.pattern, segments, captured))
      continue;
    if (wanted == route.method)
    {
      out.route = &route;
      out.captured = captured;
    }
    out.allow += (out.allow.empty () ? "" : ", ") + std::string (route.method);
    if (std::string_view ("GET") == route.method)
      out.allow += ", HEAD";
  }
  return out;
}
} // namespace social::gateway
