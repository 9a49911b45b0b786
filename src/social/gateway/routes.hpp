// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The table of what can be asked: method, path, kind of body. What is
// dispatched, refused with 405 and Allow, and held against openapi.json all
// comes from it. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace social::gateway
{
enum class Verb
{
  status,
  egos,
  places,
  host,
  enter,
  place,
  leave,
  history,
  message_body,
  say,
  objects,
  object,
  change_objects,
  nyms,
  eject,
  door,
  answer_door,
  files,
  send_file,
  file,
  withdraw_file,
  name,
  publish,
  set_rule,
  drop_rule,
  export_place,
  import_place,
  adopt,
  events,
  user_interface,
  openapi,
};

// What may come behind the headers.
enum class BodyKind
{
  none,
  json,
  stream,         // any bytes of any type
  bytes,          // any, as application/octet-stream
  json_or_stream, // by Content-Type
};

struct Route
{
  Verb verb;
  const char *method;
  const char *pattern; // "{…}" takes one segment, "*" all that is left
  BodyKind body;
};

[[nodiscard]] const std::vector<Route> &route_table ();

struct Match
{
  const Route *route = nullptr;      // NULL: no such path, or not so
  std::vector<std::string> captured; // what stood for {…}, in order
  std::string allow;                 // methods of the path; "" when there is
                                     // no such path
};

// HEAD is taken for GET.
[[nodiscard]] Match match_route (std::string_view method,
                                 const std::vector<std::string> &segments);
} // namespace social::gateway
