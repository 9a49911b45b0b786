// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Whatever comes as a request of the gateway: target, token, JSON, range and
// file name. What is refused is a problem that is JSON itself; what comes out
// for headers stays one line.
#include <memory>

#include <jansson.h>

#include "fuzz_input.hpp"

#include "social/gateway/file_answer.hpp"
#include "social/gateway/guard.hpp"
#include "social/gateway/input.hpp"
#include "social/gateway/routes.hpp"

namespace
{
using namespace social::gateway;
using fuzz::require;

void
check_problem (const std::optional<Answer> &answer)
{
  if (! answer)
    return;
  require (answer->status >= 400 && answer->status < 600);
  const std::unique_ptr<json_t, void (*) (json_t *)> object (
      json_loadb (answer->body.data (), answer->body.size (), JSON_ALLOW_NUL,
                  nullptr),
      &json_decref);
  require (nullptr != object);
}

void
check_target (const std::string &target)
{
  const auto segments = path_segments (target);
  if (segments)
    for (const char *method : { "GET", "POST", "PATCH", "DELETE", "HEAD" })
      (void)match_route (method, *segments);
  Words words (target);
  (void)words.text ("a");
  (void)words.number ("b", 1000);
  (void)words.flag ("c");
  check_problem (words.problem_found ());
  require (percent_decoded (percent_encoded (target, ""), true) == target);
}

void
check_headers (const std::string &text)
{
  Guard guard ("token", { "localhost" });
  guard.set_port (80);
  Request request;
  request.headers = { { "host", text }, { "authorization", text } };
  check_problem (guard.stranger (request));
  require (guard.unknown (request).has_value () || text.ends_with ("token"));
  request.headers = { { "host", "localhost" }, { "origin", text } };
  check_problem (guard.stranger (request));
}

void
check_json (const std::string &text)
{
  Input input (text);
  (void)input.text ("a");
  (void)input.any_text ("b");
  (void)input.flag ("c");
  (void)input.number ("d");
  (void)input.bytes ("e");
  (void)input.texts ("f");
  check_problem (input.problem_found ());
  Input objects (text);
  (void)objects.all_texts ();
  check_problem (objects.problem_found ());
  (void)from_base64 (text);
}

void
check_file (const std::string &text, std::uint64_t size)
{
  const RangeAsked asked = parse_range (text, size);
  if (RangeAsked::Kind::part == asked.kind)
    require (asked.range.size > 0 && asked.range.first < size
             && asked.range.size <= size - asked.range.first);
  for (const std::string &line :
       { content_disposition (text), safe_content_type (text) })
    for (const char c : line)
      require (c >= ' ' && c <= '~');
  require (std::string::npos == safe_file_name (text).find_first_of ("/\\"));
}
} // namespace

extern "C" int
LLVMFuzzerTestOneInput (const std::uint8_t *data, std::size_t size)
{
  if (size < 1 || size > 20000)
    return 0;
  const std::string text (reinterpret_cast<const char *> (data + 1), size - 1);
  check_target (text);
  check_headers (text);
  check_json (text);
  check_file (text, data[0]);
  return 0;
}
