// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Targets, problems, routes and who may ask.
#include <gtest/gtest.h>

#include <jansson.h>
#include <memory>
#include <set>

#include "social/gateway/guard.hpp"
#include "social/gateway/openapi.hpp"
#include "social/gateway/routes.hpp"

using namespace social::gateway;

namespace
{
using Json = std::unique_ptr<json_t, void (*) (json_t *)>;

[[nodiscard]] Json
parsed (const std::string &text)
{
  return { json_loads (text.c_str (), 0, nullptr), &json_decref };
}

[[nodiscard]] std::string
text_at (const Json &object, const char *name)
{
  const char *value = json_string_value (json_object_get (object.get (), name));
  return nullptr == value ? "" : value;
}

[[nodiscard]] Match
match (const char *method, const char *target)
{
  return match_route (method, *path_segments (target));
}

[[nodiscard]] Request
request_with (std::map<std::string, std::string> headers)
{
  Request out;
  out.headers = std::move (headers);
  return out;
}

const std::string token (64, 'a');

[[nodiscard]] Guard
guard ()
{
  Guard out (token, { "127.0.0.1", "localhost", "[::1]" });
  out.set_port (7778);
  return out;
}
} // namespace

TEST (Target, ComesApartDecoded)
{
  EXPECT_EQ (path_segments ("/social/places/a%2Fb?x=%31&y=a+b"),
             (std::vector<std::string>{ "social", "places", "a/b" }));
  EXPECT_EQ (query_words ("/p?x=%31&y=a+b&&z&x=2"),
             (QueryWords{ { "x", "2" }, { "y", "a b" }, { "z", "" } }));
  EXPECT_EQ (path_segments ("/"), (std::vector<std::string>{ "" }));
  EXPECT_EQ (query_words ("/p"), QueryWords{});
}

TEST (Target, IsRefusedWhenMalformed)
{
  for (const char *bad : { "", "x", "/%", "/%4", "/%zz", "/a%" })
    EXPECT_FALSE (path_segments (bad)) << bad;
  EXPECT_FALSE (query_words ("/p?x=%4"));
  EXPECT_FALSE (query_words ("/p?%G0=1"));
}

TEST (Problem, HasTheMembersOfTheStandard)
{
  const Answer answer = problem (422, "bad_member", "so \"not\"", "na\nme");
  EXPECT_EQ (422u, answer.status);
  EXPECT_EQ ("application/problem+json", *answer.header ("Content-Type"));
  const Json object = parsed (answer.body);
  EXPECT_EQ ("about:blank", text_at (object, "type"));
  EXPECT_EQ ("Unprocessable Content", text_at (object, "title"));
  EXPECT_EQ (422,
             json_integer_value (json_object_get (object.get (), "status")));
  EXPECT_EQ ("so \"not\"", text_at (object, "detail"));
  EXPECT_EQ ("na\nme", text_at (object, "member"));
}

TEST (Problem, IsJsonWhateverItQuotes)
{
  EXPECT_TRUE (parsed (problem (404, "x", "\xff\xfe", "\xc3").body));
}

TEST (Routes, FindVerbAndWhatWasCaptured)
{
  const Match found = match ("GET", "/social/places/KEY/messages/7/body?x=1");
  ASSERT_NE (nullptr, found.route);
  EXPECT_EQ (Verb::message_body, found.route->verb);
  EXPECT_EQ (found.captured, (std::vector<std::string>{ "KEY", "7" }));
  EXPECT_EQ (Verb::user_interface, match ("GET", "/social/ui/").route->verb);
  EXPECT_EQ (match ("GET", "/social/ui/a/b.js").captured,
             (std::vector<std::string>{ "a", "b.js" }));
  EXPECT_EQ (Verb::status, match ("HEAD", "/social/status").route->verb);
}

TEST (Routes, TellWhatIsAllowedThere)
{
  const Match wrong = match ("PUT", "/social/places");
  EXPECT_EQ (nullptr, wrong.route);
  EXPECT_EQ ("GET, HEAD, POST", wrong.allow);
  for (const char *nowhere :
       { "/", "/social", "/social/", "/social/places/", "/social/statuss",
         "/social/places/K/messages/", "/social/places//messages" })
    EXPECT_EQ ("", match ("GET", nowhere).allow) << nowhere;
}

// What openapi.json says of methods and paths is what the table says.
TEST (Routes, AreThoseOfTheOpenApiDocument)
{
  std::set<std::string> of_table;
  for (const Route &route : route_table ())
  {
    std::string path = route.pattern;
    if (path.ends_with ("*"))
      path.replace (path.size () - 1, 1, "{path}");
    std::string method = route.method;
    for (char &c : method)
      c = static_cast<char> (c + 32);
    of_table.insert (method + " " + path);
  }
  std::set<std::string> of_document;
  const Json document = parsed (openapi_json);
  ASSERT_TRUE (document);
  const char *path = nullptr;
  json_t *methods = nullptr;
  json_object_foreach (json_object_get (document.get (), "paths"), path,
                       methods)
  {
    const char *method = nullptr;
    json_t *operation = nullptr;
    json_object_foreach (methods, method,
                         operation) if (std::string_view ("parameters")
                                        != method)
        of_document.insert (std::string (method) + " " + path);
  }
  EXPECT_EQ (of_table, of_document);
}

TEST (GuardTest, KnowsItsOwnHostsAndOrigins)
{
  for (const char *host :
       { "127.0.0.1:7778", "localhost:7778", "LocalHost:7778", "[::1]:7778" })
    EXPECT_FALSE (guard ().stranger (request_with ({ { "host", host } })))
        << host;
  EXPECT_FALSE (guard ().stranger (
      request_with ({ { "host", "localhost:7778" },
                      { "origin", "http://localhost:7778" } })));
}

TEST (GuardTest, RefusesWhatWasMeantForOthersAndPagesOfOthers)
{
  for (const char *host :
       { "", "evil.example", "evil.example:7778", "127.0.0.1", "127.0.0.1:80",
         "127.0.0.1:7778.evil.example", "127.0.0.1.evil.example:7778", "[::1]",
         "localhost:", ":7778" })
    EXPECT_EQ (403u,
               guard ().stranger (request_with ({ { "host", host } }))->status)
        << host;
  EXPECT_EQ (403u, guard ().stranger (request_with ({}))->status);
  for (const char *origin :
       { "", "null", "http://evil.example", "https://localhost:7778",
         "http://localhost:7779", "http://localhost:7778.evil.example",
         "http://localhost:7778, http://evil.example", "localhost:7778" })
    EXPECT_EQ (403u,
               guard ()
                   .stranger (request_with (
                       { { "host", "localhost:7778" }, { "origin", origin } }))
                   ->status)
        << origin;
}

TEST (GuardTest, WantsTheToken)
{
  const auto status = [] (std::map<std::string, std::string> headers)
  {
    const auto refusal = guard ().unknown (request_with (std::move (headers)));
    return refusal ? refusal->status : 200u;
  };
  EXPECT_EQ (200u, status ({ { "authorization", "Bearer " + token } }));
  EXPECT_EQ (200u, status ({ { "authorization", "bearer " + token } }));
  EXPECT_EQ (200u, status ({ { "x-social-token", token } }));
  // On the stock server the other header is taken.
  EXPECT_EQ (200u, status ({ { "authorization", "Basic eA==" },
                             { "x-social-token", token } }));
  EXPECT_EQ (401u, status ({}));
  EXPECT_EQ (401u, status ({ { "authorization", token } }));
  EXPECT_EQ (401u, status ({ { "authorization", "Bearer" } }));
  EXPECT_EQ (401u, status ({ { "authorization", "Bearer " } }));
  EXPECT_EQ (401u, status ({ { "authorization", "Bearer " + token + "a" } }));
  EXPECT_EQ (401u, status ({ { "x-social-token", token.substr (1) + "b" } }));
  EXPECT_EQ (401u, status ({ { "x-social-token", "" } }));
  // Without a token of its own nobody comes in.
  EXPECT_TRUE (
      Guard ("", {}).unknown (request_with ({ { "x-social-token", "" } })));
}
