// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The command line.
#include <gtest/gtest.h>

#include "social/cli/object_change.hpp"
#include "social/cli/options.hpp"

using namespace social::cli;

namespace
{
[[nodiscard]] Request
good (const std::vector<std::string> &line)
{
  const auto result = parse (line);
  EXPECT_TRUE (result.request) << result.error;
  return result.request.value_or (Request{});
}

[[nodiscard]] bool
is_refused (const std::vector<std::string> &line)
{
  const auto result = parse (line);
  return ! result.request && ! result.error.empty ();
}
} // namespace

TEST (CommandLine, OptionsStandAnywhere)
{
  for (const auto &line : std::vector<std::vector<std::string>>{
           { "-e", "bob", "say", "lounge", "hello", "you", "-j" },
           { "say", "-j", "lounge", "--ego", "bob", "hello", "you" },
           { "say", "lounge", "hello", "-ebob", "you", "--json" } })
  {
    const Request request = good (line);
    ASSERT_NE (request.command, nullptr);
    EXPECT_EQ (request.command->id, CommandId::say);
    EXPECT_EQ (request.words,
               (std::vector<std::string>{ "lounge", "hello", "you" }));
    EXPECT_EQ (request.value (Option::ego), "bob");
    EXPECT_TRUE (request.has (Option::json));
  }
}

TEST (CommandLine, TwoHyphensEndTheOptions)
{
  const Request request = good ({ "say", "lounge", "--", "--json", "-x" });
  EXPECT_FALSE (request.has (Option::json));
  EXPECT_EQ (request.words.size (), 3u);
}

TEST (CommandLine, AHyphenAloneIsAWord)
{
  EXPECT_EQ (good ({ "say", "lounge", "-" }).words[1], "-");
}

TEST (CommandLine, KnowsEveryCommandOfTheContract)
{
  for (const char *name :
       { "host",   "enter",  "say",    "follow", "history", "look",   "set",
         "door",   "admit",  "refuse", "eject",  "rule",    "leave",  "close",
         "export", "import", "adopt",  "name",   "publish", "places", "egos",
         "nyms",   "status", "web",    "chat" })
  {
    const auto result = parse ({ name, "--help" });
    ASSERT_TRUE (result.request) << name;
    const std::string help = help_text (result.request->command);
    EXPECT_NE (help.find ("Example:"), std::string::npos) << name;
    EXPECT_NE (help.find (std::string ("gnunet-social")), std::string::npos);
    EXPECT_NE (help_text (nullptr).find (std::string ("\n  ") + name + " "),
               std::string::npos);
  }
}

TEST (CommandLine, RefusesWhatItDoesNotKnow)
{
  EXPECT_TRUE (is_refused ({}));
  EXPECT_TRUE (is_refused ({ "shout", "lounge" }));
  EXPECT_TRUE (is_refused ({ "places", "--bogus" }));
  EXPECT_TRUE (is_refused ({ "places", "-x" }));
  EXPECT_TRUE (is_refused ({ "places", "lounge" }));
  EXPECT_TRUE (is_refused ({ "say" }));
  EXPECT_TRUE (is_refused ({ "places", "-t", "-3 s" }));
  EXPECT_TRUE (is_refused ({ "host", "b\xff" }));
  EXPECT_TRUE (is_refused ({ "admit", "lounge" }));
  EXPECT_TRUE (is_refused ({ "name", "key" }));
  EXPECT_TRUE (is_refused ({ "places", "--ego" }));
}

TEST (CommandLine, RefusesOptionsOfOtherCommands)
{
  EXPECT_TRUE (is_refused ({ "history", "lounge", "--lines" }));
  EXPECT_TRUE (is_refused ({ "places", "--last", "3" }));
  EXPECT_FALSE (is_refused ({ "history", "lounge", "--last", "3" }));
}

TEST (CommandLine, LooksAtAllOrByPrefixOrAtOne)
{
  EXPECT_FALSE (is_refused ({ "look", "lounge" }));
  EXPECT_FALSE (is_refused ({ "look", "lounge", "--prefix", "_list" }));
  EXPECT_FALSE (is_refused ({ "look", "lounge", "_topic", "--raw" }));
  EXPECT_TRUE (is_refused ({ "look", "lounge", "_topic", "--prefix", "_a" }));
  EXPECT_TRUE (is_refused ({ "look", "lounge", "--raw" }));
  EXPECT_TRUE (is_refused ({ "look", "lounge", "_a", "_b" }));
  EXPECT_TRUE (is_refused ({ "set", "lounge" }));
}

TEST (ObjectChanges, HaveTheOperatorBeforeTheFirstEqualsSign)
{
  using psyc::Operator;
  const auto is = [] (const char *word, Operator oper, const char *name,
                      std::optional<std::string> value) {
    return parse_object_change (word) == ObjectChange{ oper, name, value };
  };
  EXPECT_TRUE (is ("_topic=a=b", Operator::assign, "_topic", "a=b"));
  EXPECT_TRUE (is ("_topic=", Operator::assign, "_topic", ""));
  EXPECT_TRUE (is ("_topic", Operator::assign, "_topic", std::nullopt));
  EXPECT_TRUE (is ("_list+=a", Operator::augment, "_list", "a"));
  EXPECT_TRUE (is ("_list-=|a", Operator::diminish, "_list", "|a"));
  EXPECT_TRUE (is ("_list@=|0|b", Operator::update, "_list", "|0|b"));
  EXPECT_TRUE (is ("_topic=+", Operator::assign, "_topic", "+"));
  for (const char *word : { "", "=", "=a", "+=a", "topic=a", "_to pic=a",
                            "_topic:=a", "_a+", "_\xc3\xa4=a" })
    EXPECT_FALSE (parse_object_change (word)) << word;
}

TEST (CommandLine, RefusesValuesThatMakeNoSense)
{
  EXPECT_TRUE (is_refused ({ "history", "lounge", "--last", "many" }));
  EXPECT_TRUE (is_refused ({ "history", "lounge", "--last=-1" }));
  EXPECT_TRUE (is_refused ({ "follow", "lounge", "--count", "0" }));
  EXPECT_TRUE (is_refused ({ "host", "lounge", "--policy", "secret" }));
  EXPECT_TRUE (is_refused ({ "say", "lounge", "x", "--method", "converse" }));
  EXPECT_TRUE (is_refused ({ "say", "lounge", "x", "--var", "novalue" }));
  EXPECT_TRUE (is_refused ({ "say", "lounge", "x", "--var", "name=value" }));
  EXPECT_FALSE (is_refused ({ "say", "lounge", "x", "--var", "_name=a=b" }));
}

TEST (CommandLine, RefusesWhatExcludesEachOther)
{
  EXPECT_TRUE (is_refused ({ "say", "lounge", "hello", "--lines" }));
  EXPECT_FALSE (is_refused ({ "say", "lounge", "-", "--lines" }));
  EXPECT_TRUE (
      is_refused ({ "follow", "lounge", "--last", "1", "--from", "2" }));
  EXPECT_TRUE (is_refused ({ "history", "lounge", "--id", "1", "--to", "2" }));
  EXPECT_TRUE (is_refused ({ "follow", "lounge", "--raw", "--json" }));
}

TEST (CommandLine, VariablesMayBeGivenAgainOtherOptionsCountOnce)
{
  const Request request
      = good ({ "say", "lounge", "x", "--var", "_a=1", "--var", "_b=2",
                "--method", "_a", "--method", "_message" });
  EXPECT_EQ (request.values (Option::var),
             (std::vector<std::string>{ "_a=1", "_b=2" }));
  EXPECT_EQ (request.value (Option::method), "_message");
}

TEST (CommandLine, HelpAndVersionNeedNoCommand)
{
  EXPECT_TRUE (good ({ "--help" }).has (Option::help));
  EXPECT_TRUE (good ({ "-v" }).has (Option::version));
  // Nor its arguments.
  EXPECT_TRUE (good ({ "say", "--help" }).has (Option::help));
}
