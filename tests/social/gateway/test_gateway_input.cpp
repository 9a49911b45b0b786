// SPDX-License-Identifier: AGPL-3.0-or-later
//
// JSON and words of others; ranges, names and types of files.
#include <gtest/gtest.h>

#include "social/gateway/file_answer.hpp"
#include "social/gateway/input.hpp"

using namespace social::gateway;

namespace
{
[[nodiscard]] unsigned
status_of (std::string_view body)
{
  Input input (body);
  (void)input.text ("name");
  (void)input.flag ("flag");
  (void)input.number ("number");
  (void)input.bytes ("data");
  (void)input.texts ("vars");
  const auto problem = input.problem_found ();
  return problem ? problem->status : 200;
}

[[nodiscard]] std::string
repeated (const char *text, std::size_t times)
{
  std::string out;
  for (std::size_t i = 0; i < times; i++)
    out += text;
  return out;
}
} // namespace

TEST (InputTest, ReadsWhatIsThere)
{
  Input input (R"({"name":"n","flag":true,"number":7,"data":"AP8=",
                   "vars":{"_b":"1","_a":{"base64":"/w=="}},"other":null,
                   "any":"a\u0000b"})");
  EXPECT_EQ ("n", input.needed_text ("name"));
  EXPECT_EQ (true, input.flag ("flag"));
  EXPECT_EQ (7u, input.number ("number"));
  EXPECT_EQ (std::string ("\0\xff", 2), input.bytes ("data"));
  EXPECT_EQ (input.texts ("vars"),
             (Input::Texts{ { "_b", "1" }, { "_a", "\xff" } }));
  EXPECT_FALSE (input.text ("other"));
  EXPECT_FALSE (input.text ("missing"));
  EXPECT_EQ (std::string ("a\0b", 3), input.any_text ("any"));
  EXPECT_FALSE (input.problem_found ());
}

TEST (InputTest, RefusesWhatIsNoJson)
{
  for (const std::string bad :
       { "{", "nonsense", "{\"a\":1,}", "{\"a\":\"\xff\"}", "{\"a\":1,\"a\":2}",
         "{} {}", "{\"name\":\"\\ud800\"}" })
    EXPECT_EQ (400u, status_of (bad)) << bad;
  EXPECT_EQ (400u, status_of (repeated ("[", 1000000)));
  EXPECT_EQ (400u, status_of (repeated ("{\"a\":", 100000)));
}

TEST (InputTest, NamesTheMemberThatIsWrong)
{
  const std::pair<const char *, const char *> cases[] = {
    { R"({"name":1})", "name" },
    { R"({"name":"a\u0000"})", "name" },
    { R"({"flag":"true"})", "flag" },
    { R"({"number":-1})", "number" },
    { R"({"number":1.5})", "number" },
    { R"({"data":"A"})", "data" },
    { R"({"data":"A*BC"})", "data" },
    { R"({"vars":[]})", "vars" },
    { R"({"vars":{"_x":1}})", "vars._x" },
    { R"({"vars":{"_x":{"base64":"A"}}})", "vars._x" },
    { R"({"unknown":1})", "unknown" },
  };
  for (const auto &[body, member] : cases)
  {
    Input input (body);
    (void)input.text ("name");
    (void)input.flag ("flag");
    (void)input.number ("number");
    (void)input.bytes ("data");
    (void)input.texts ("vars");
    const auto problem = input.problem_found ();
    ASSERT_TRUE (problem) << body;
    EXPECT_EQ (422u, problem->status) << body;
    EXPECT_NE (
        std::string::npos,
        problem->body.find ("\"member\":\"" + std::string (member) + "\""))
        << problem->body;
  }
  EXPECT_EQ (422u, status_of ("[]"));
  EXPECT_EQ (422u, status_of ("7"));
}

TEST (InputTest, NeedsWhatIsNeeded)
{
  Input input ("{}");
  EXPECT_EQ ("", input.needed_text ("name"));
  EXPECT_EQ (422u, input.problem_found ()->status);
}

TEST (WordsTest, AreReadAndRefusedTheSameWay)
{
  Words words ("/p?last=7&remote&to=x&name=%ff");
  EXPECT_EQ (7u, words.number ("last", 100));
  EXPECT_TRUE (words.flag ("remote"));
  EXPECT_FALSE (words.flag ("close"));
  EXPECT_EQ (422u, words.problem_found ()->status); // unknown ones
  Words large ("/p?last=101");
  EXPECT_FALSE (large.number ("last", 100));
  EXPECT_TRUE (large.problem_found ());
  Words text ("/p?name=%ff");
  EXPECT_FALSE (text.text ("name"));
  EXPECT_TRUE (text.problem_found ());
  Words broken ("/p?name=%f");
  EXPECT_TRUE (broken.problem_found ());
}

TEST (Range, IsThatOfTheStandard)
{
  using Kind = RangeAsked::Kind;
  const auto part = [] (const char *header, std::uint64_t size)
  {
    const RangeAsked asked = parse_range (header, size);
    EXPECT_EQ (Kind::part, asked.kind) << header;
    return std::pair (asked.range.first, asked.range.size);
  };
  using Pair = std::pair<std::uint64_t, std::uint64_t>;
  EXPECT_EQ (Pair (0, 100), part ("bytes=0-99", 1000));
  EXPECT_EQ (Pair (900, 100), part ("bytes=900-", 1000));
  EXPECT_EQ (Pair (990, 10), part ("bytes=-10", 1000));
  EXPECT_EQ (Pair (0, 1000), part ("bytes=-5000", 1000));
  EXPECT_EQ (Pair (500, 500), part ("bytes=500-99999", 1000));
  for (const char *none : { "bytes=1000-", "bytes=1000-2000", "bytes=-0" })
    EXPECT_EQ (Kind::none, parse_range (none, 1000).kind) << none;
  EXPECT_EQ (Kind::none, parse_range ("bytes=0-", 0).kind);
  for (const char *whole :
       { "", "bytes=", "bytes=-", "bytes=a-b", "lines=0-1", "bytes=9-1",
         "bytes=0-1,5-6", "bytes=0 - 1", "bytes=99999999999999999999-" })
    EXPECT_EQ (Kind::whole, parse_range (whole, 1000).kind) << whole;
}

TEST (FileName, EscapesNothing)
{
  EXPECT_EQ ("c.png", safe_file_name ("/a/../b\\c.png"));
  EXPECT_EQ ("bashrc", safe_file_name ("..bashrc"));
  EXPECT_EQ ("file", safe_file_name (".."));
  EXPECT_EQ ("file", safe_file_name ("a/"));
  EXPECT_EQ ("file", safe_file_name (""));
  EXPECT_EQ (std::string::npos, safe_file_name ("a\nb\"c\x1b\xff"
                                                "d")
                                    .find_first_of ("\n\"\x1b\xff"));
  EXPECT_LE (safe_file_name (repeated ("é", 1000)).size (), 200u);
}

TEST (FileName, CannotLeaveItsHeader)
{
  const std::string header
      = content_disposition ("a\r\nSet-Cookie: x\"; filename=\"é.exe");
  EXPECT_EQ (std::string::npos, header.find_first_of ("\r\n"));
  EXPECT_TRUE (header.starts_with ("attachment; filename=\""));
}

TEST (FileType, IsHarmlessInAPage)
{
  EXPECT_EQ ("image/png", safe_content_type ("image/png"));
  EXPECT_EQ ("image/png", safe_content_type ("image/png;x=y"));
  EXPECT_EQ ("text/plain; charset=utf-8", safe_content_type ("text/plain"));
  for (const char *bad : { "text/html", "image/svg+xml", "", "x\r\ny: z",
                           "application/javascript", "IMAGE/PNG" })
    EXPECT_EQ ("application/octet-stream", safe_content_type (bad)) << bad;
}
