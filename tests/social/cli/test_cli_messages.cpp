// SPDX-License-Identifier: AGPL-3.0-or-later
//
// From fragments to messages to JSON.
#include <gtest/gtest.h>

#include <jansson.h>
#include <memory>

#include "base/wire.hpp"
#include "psyc/message/message.hpp"
#include "psyc/message/part_writer.hpp"
#include "social/view/json.hpp"

using namespace social::view;

namespace
{
// A message as the chunks of its fragments.
[[nodiscard]] std::vector<base::Bytes>
chunks_of (const psyc::Message &message, std::size_t chunk_max = 60000)
{
  psyc::PartWriter writer (chunk_max);
  EXPECT_TRUE (writer.method (message.method, 0, psyc::state_not_modified));
  for (const auto &modifier : message.modifiers)
    EXPECT_TRUE (
        writer.modifier (modifier.oper, modifier.name, modifier.value));
  writer.data (message.data);
  writer.end ();
  writer.flush ();
  std::vector<base::Bytes> out;
  while (auto chunk = writer.take ())
    out.push_back (std::move (*chunk));
  return out;
}

[[nodiscard]] psyc::Message
message_of (std::string_view body, std::string_view method = "_converse")
{
  psyc::Message message;
  message.method = method;
  message.data = base::to_bytes (base::as_bytes (body));
  return message;
}

// Feeds whole messages fragment by fragment, by turns.
class Feed
{
public:
  explicit Feed (Assembler &assembler) : assembler_ (assembler) {}

  void
  add (std::uint64_t id, const psyc::Message &message)
  {
    chunks_[id] = chunks_of (message, 600);
  }

  [[nodiscard]] std::size_t
  fragments (std::uint64_t id) const
  {
    return chunks_.at (id).size ();
  }

  // The n-th fragment of a message.
  [[nodiscard]] std::optional<Completed>
  feed (std::uint64_t id, std::size_t number)
  {
    Fragment fragment;
    fragment.message_id = id;
    for (std::size_t i = 0; i < number; i++)
      fragment.offset += chunks_.at (id)[i].size ();
    fragment.parts = chunks_.at (id)[number];
    return assembler_.take (fragment);
  }

private:
  Assembler &assembler_;
  std::map<std::uint64_t, std::vector<base::Bytes>> chunks_;
};

struct Json
{
  explicit Json (const std::string &line)
      : root (json_loads (line.c_str (), JSON_ALLOW_NUL, nullptr), &json_decref)
  {
    EXPECT_TRUE (root) << line;
    EXPECT_EQ (line.find ('\n'), std::string::npos);
  }

  [[nodiscard]] json_t *
  at (const char *key) const
  {
    return json_object_get (root.get (), key);
  }
  [[nodiscard]] std::string
  text (const char *key) const
  {
    const json_t *value = at (key);
    EXPECT_TRUE (json_is_string (value)) << key;
    return json_is_string (value) ? std::string (json_string_value (value),
                                                 json_string_length (value))
                                  : "";
  }

  std::unique_ptr<json_t, void (*) (json_t *)> root;
};

[[nodiscard]] Message
shown (const std::string &body)
{
  Message message;
  message.id = 7;
  message.method = "_converse";
  message.body = body.substr (0, body_kept_max);
  message.body_size = body.size ();
  return message;
}

[[nodiscard]] MessageView
view_of (const Message &message)
{
  MessageView view;
  view.message = &message;
  view.place = "PLACEKEY";
  view.author = "000G00AUTHOR";
  view.time = 1769860800123456u;
  return view;
}
} // namespace

TEST (Assembler, PutsInterleavedMessagesTogether)
{
  Assembler assembler;
  Feed feed (assembler);
  const std::string one (2000, 'a');
  const std::string two (1000, 'b');
  feed.add (1, message_of (one));
  feed.add (2, message_of (two));
  EXPECT_FALSE (feed.feed (1, 0));
  EXPECT_FALSE (feed.feed (2, 0));
  EXPECT_FALSE (feed.feed (1, 1));
  const auto second = feed.feed (2, 1);
  ASSERT_TRUE (second);
  EXPECT_EQ (second->message.id, 2u);
  EXPECT_EQ (second->message.body, two);
  std::optional<Completed> first;
  for (std::size_t i = 2; i < feed.fragments (1); i++)
    first = feed.feed (1, i);
  ASSERT_TRUE (first);
  EXPECT_EQ (first->message.body, one);
  EXPECT_FALSE (first->is_partial);
  EXPECT_EQ (assembler.open_count (), 0u);
}

TEST (Assembler, KeepsLongValuesAndAllThatFollows)
{
  Assembler assembler;
  Feed feed (assembler);
  auto message = message_of ("body");
  message.add (psyc::Operator::set, "_long", std::string (3000, 'v'));
  message.add (psyc::Operator::assign, "_topic", "short");
  message.add (psyc::Operator::assign, "_deleted", "");
  feed.add (1, message);
  std::optional<Completed> done;
  for (std::size_t i = 0; i < feed.fragments (1); i++)
    done = feed.feed (1, i);
  ASSERT_TRUE (done);
  ASSERT_EQ (done->message.variables.size (), 3u);
  EXPECT_EQ (done->message.variables[0].value.size (), 3000u);
  EXPECT_EQ (*done->message.find ("_topic"), "short");
  EXPECT_EQ (*done->message.find ("_deleted"), "");
}

TEST (Assembler, TellsWhatBeganBeforeOrLostAPiece)
{
  Assembler assembler;
  Feed feed (assembler);
  feed.add (1, message_of (std::string (2000, 'a')));
  feed.add (2, message_of (std::string (2000, 'b')));
  std::optional<Completed> done;
  for (std::size_t i = 1; i < feed.fragments (1); i++)
    done = feed.feed (1, i); // without the first
  ASSERT_TRUE (done);
  EXPECT_TRUE (done->is_partial);
  EXPECT_EQ (done->message.id, 1u);
  for (std::size_t i = 0; i < feed.fragments (2); i++)
    if (1 != i)
      done = feed.feed (2, i);
  ASSERT_TRUE (done);
  EXPECT_TRUE (done->is_partial);
}

TEST (Assembler, KeepsLittleOfALongBodyAndPassesAllOn)
{
  std::size_t passed = 0;
  Assembler assembler ([&] (const Message &, base::ByteView bytes)
                       { passed += bytes.size (); });
  Feed feed (assembler);
  feed.add (1, message_of (std::string (200000, 'a')));
  std::optional<Completed> done;
  for (std::size_t i = 0; i < feed.fragments (1); i++)
    done = feed.feed (1, i);
  ASSERT_TRUE (done);
  EXPECT_EQ (done->message.body.size (), body_kept_max);
  EXPECT_EQ (done->message.body_size, 200000u);
  EXPECT_EQ (passed, 200000u);
}

TEST (Assembler, ForgetsCancelledMessages)
{
  Assembler assembler;
  Feed feed (assembler);
  feed.add (1, message_of (std::string (2000, 'a')));
  EXPECT_FALSE (feed.feed (1, 0));
  psyc::PartWriter writer (600);
  writer.cancel ();
  writer.flush ();
  const auto cancel = *writer.take ();
  Fragment fragment;
  fragment.message_id = 1;
  fragment.offset = 99;
  fragment.parts = cancel;
  EXPECT_FALSE (assembler.take (fragment));
  EXPECT_EQ (assembler.open_count (), 0u);
}

TEST (Assembler, IsBoundedAgainstMessagesWithoutEnd)
{
  Assembler assembler;
  Feed feed (assembler);
  for (std::uint64_t id = 1; id < 1000; id++)
  {
    feed.add (id, message_of (std::string (2000, 'a')));
    EXPECT_FALSE (feed.feed (id, 0));
  }
  EXPECT_LE (assembler.open_count (), messages_at_once_max);
}

TEST (Assembler, SurvivesDataBeforeItsMethod)
{
  Assembler assembler;
  psyc::PartWriter writer (600);
  writer.data (base::as_bytes ("no method"));
  writer.end ();
  writer.flush ();
  const auto parts = *writer.take ();
  Fragment fragment;
  fragment.message_id = 1;
  fragment.parts = parts;
  const auto done = assembler.take (fragment);
  ASSERT_TRUE (done);
  EXPECT_TRUE (done->is_partial);
}

TEST (JsonMessage, HasTheKeysOfTheContract)
{
  Message message = shown ("hello");
  message.variables = { { psyc::Operator::set, "_x", "1" },
                        { psyc::Operator::assign, "_topic", "talk" },
                        { psyc::Operator::set, "_nym_author", "000G00AUTHOR" },
                        { psyc::Operator::set, "_time_said", "5" } };
  auto view = view_of (message);
  view.is_mine = true;
  const Json json (json_line (view));
  EXPECT_EQ (json.text ("type"), "message");
  EXPECT_EQ (json.text ("place"), "PLACEKEY");
  EXPECT_EQ (json_integer_value (json.at ("id")), 7);
  EXPECT_EQ (json.text ("method"), "_converse");
  EXPECT_EQ (json.text ("author"), "000G00AUTHOR");
  EXPECT_TRUE (json_is_null (json.at ("author_name")));
  EXPECT_TRUE (json_is_true (json.at ("mine")));
  EXPECT_EQ (json.text ("time"), "2026-01-31T12:00:00.123456Z");
  EXPECT_EQ (json.at ("time_local"), nullptr);
  EXPECT_EQ (json.text ("text"), "hello");
  EXPECT_TRUE (json_is_false (json.at ("historic")));
  EXPECT_EQ (json_object_size (json.at ("vars")), 2u);
  EXPECT_STREQ (
      json_string_value (json_object_get (json.at ("vars"), "=_topic")),
      "talk");
  EXPECT_STREQ (json_string_value (json_object_get (json.at ("vars"), "_x")),
                "1");
}

TEST (JsonMessage, SaysWhenItsTimeIsOurs)
{
  const Message message = shown ("hello");
  auto view = view_of (message);
  view.is_time_local = true;
  EXPECT_TRUE (json_is_true (Json (json_line (view)).at ("time_local")));
}

TEST (JsonMessage, CarriesBytesAsBase64)
{
  const Message message = shown ("\xff\xfe");
  const Json json (json_line (view_of (message)));
  EXPECT_EQ (json.at ("text"), nullptr);
  EXPECT_EQ (json.text ("data"), "//4=");
}

TEST (JsonMessage, CarriesNulAndControlCharacters)
{
  const std::string body ("a\0\x1b\n", 4);
  const Message message = shown (body);
  EXPECT_EQ (Json (json_line (view_of (message))).text ("text"), body);
}

TEST (JsonMessage, CutsLongBodiesBetweenCharacters)
{
  std::string body (body_kept_max - 1, 'a');
  body += "\xe2\x82\xac and more";
  const Message message = shown (body);
  const Json json (json_line (view_of (message)));
  EXPECT_EQ (json.text ("text").size (), body_kept_max - 1);
  EXPECT_TRUE (json_is_true (json.at ("truncated")));
  EXPECT_EQ (json_integer_value (json.at ("size")),
             static_cast<json_int_t> (body.size ()));
}

TEST (JsonMessage, MarksVariablesThatAreCut)
{
  Assembler assembler;
  Feed feed (assembler);
  auto message = message_of ("body");
  const std::string value (value_kept_max - 1, 'v');
  message.add (psyc::Operator::set, "_long", value + "\xe2\x82\xac and more");
  feed.add (1, message);
  std::optional<Completed> done;
  for (std::size_t i = 0; i < feed.fragments (1); i++)
    done = feed.feed (1, i);
  ASSERT_TRUE (done);
  const Json json (json_line (view_of (done->message)));
  const json_t *shown = json_object_get (json.at ("vars"), "_long");
  EXPECT_EQ (json_string_value (json_object_get (shown, "text")), value);
  EXPECT_EQ (json_integer_value (json_object_get (shown, "size")),
             static_cast<json_int_t> (value.size () + 12));
  EXPECT_TRUE (json_is_true (json_object_get (shown, "truncated")));
}

TEST (JsonMessage, WrapsVariablesThatAreNoText)
{
  Message message = shown ("x");
  message.variables = { { psyc::Operator::set, "_raw", "\xff" } };
  const Json json (json_line (view_of (message)));
  const json_t *raw = json_object_get (json.at ("vars"), "_raw");
  EXPECT_STREQ (json_string_value (json_object_get (raw, "base64")), "/w==");
}

TEST (JsonMessage, BelievesOnlySensibleTimes)
{
  Message message = shown ("x");
  const auto with = [&] (const char *time)
  {
    message.variables = { { psyc::Operator::set, "_time_said", time } };
    return time_said (message);
  };
  EXPECT_EQ (with ("1769860800123456"), 1769860800123456u);
  EXPECT_FALSE (with (""));
  EXPECT_FALSE (with ("-5"));
  EXPECT_FALSE (with ("12x"));
  EXPECT_FALSE (with ("99999999999999999999"));
  EXPECT_FALSE (with ("18446744073709551615"));
}

TEST (JsonObjects, HaveTheKeysOfTheContract)
{
  PlaceView place;
  place.key = "KEY";
  place.is_host = true;
  place.policy = "private";
  place.state = "entered";
  const Json of_place (json_line (place));
  for (const char *key :
       { "type", "key", "name", "role", "ego", "policy", "state", "messages",
         "nyms", "parent", "depth", "children", "below", "lag" })
    EXPECT_NE (of_place.at (key), nullptr) << key;
  EXPECT_EQ (of_place.text ("role"), "host");
  EXPECT_TRUE (json_is_null (of_place.at ("name")));

  const Json of_nym (
      json_line (NymView{ "KEY", "NYM", {}, "waiting", "it is \"me\"" }));
  EXPECT_EQ (of_nym.text ("type"), "nym");
  EXPECT_EQ (of_nym.text ("message"), "it is \"me\"");

  const Json of_sent (json_line (SentView{ "KEY", {}, "queued" }));
  EXPECT_EQ (of_sent.text ("type"), "sent");
  EXPECT_TRUE (json_is_null (of_sent.at ("id")));
  EXPECT_EQ (json_integer_value (
                 Json (json_line (SentView{ "KEY", 9, "stored" })).at ("id")),
             9);

  EXPECT_EQ (json_gap ("KEY", 3, 5),
             R"({"type":"gap","place":"KEY","from":3,"to":5})");
  EXPECT_EQ (json_object_of ("KEY", "_topic", "\"tea\""),
             R"({"type":"object","place":"KEY","name":"_topic",)"
             R"("value":"\"tea\""})");
  EXPECT_EQ (json_object_of ("KEY", "_data", "\xff"),
             R"({"type":"object","place":"KEY","name":"_data",)"
             R"("value":{"base64":"/w=="}})");
  EXPECT_EQ (json_error ("no_answer", "why"),
             R"({"type":"error","code":"no_answer","message":"why"})");
  EXPECT_EQ (json_ego ("alice", "KEY", true),
             R"({"type":"ego","name":"alice","key":"KEY"})");
}

TEST (JsonNumbers, AreExactUpToTheEndOfAChannel)
{
  EXPECT_EQ (json_gap ("K", 9007199254740990, 9007199254740991),
             R"({"type":"gap","place":"K","from":9007199254740990,)"
             R"("to":9007199254740991})");
}
