// SPDX-License-Identifier: AGPL-3.0-or-later
#include <gtest/gtest.h>

#include <random>

#include "psyc/message/message.hpp"
#include "psyc/message/part_writer.hpp"
#include "social/core/upload_filter.hpp"

using namespace social;

namespace
{
std::vector<Variable>
author ()
{
  return { { ':', "_nym_author", { 'm', 'e' } } };
}

psyc::Message
saying (const std::string &text)
{
  psyc::Message message;
  message.method = "_converse";
  message.data = base::to_bytes (base::as_bytes (text));
  return message;
}
} // namespace

TEST (UploadFilter, PutsItsVariablesBehindTheMethod)
{
  UploadFilter filter (author ());
  auto message = saying ("hello");
  message.add (psyc::Operator::assign, "_topic", "tea");
  const auto out = filter.take (*psyc::encode_message (message));
  ASSERT_TRUE (out);
  EXPECT_TRUE (filter.is_finished ());
  const auto parsed = psyc::parse_message (*out);
  ASSERT_TRUE (parsed);
  ASSERT_EQ (2u, parsed->modifiers.size ());
  EXPECT_EQ ("_nym_author", parsed->modifiers[0].name);
  EXPECT_EQ ("_topic", parsed->modifiers[1].name);
  EXPECT_EQ ("hello", base::as_text (parsed->data));
}

TEST (UploadFilter, TakesOutForgedOnesWithTheirContinuations)
{
  auto message = saying ("hello");
  message.add (psyc::Operator::set, "_nym_author", std::string (50'000, 'x'));
  message.add (psyc::Operator::set, "_time_said", "0");
  message.add (psyc::Operator::assign, "_time_sent", "0");
  message.add (psyc::Operator::set, "_time_said_by_me", "kept");
  // In pieces of one part each.
  psyc::PartWriter writer (600);
  ASSERT_TRUE (writer.method (message.method, 0, psyc::state_not_modified));
  for (const auto &m : message.modifiers)
    ASSERT_TRUE (writer.modifier (m.oper, m.name, m.value));
  writer.data (message.data);
  writer.end ();
  writer.flush ();
  UploadFilter filter (author ());
  base::Bytes all;
  while (const auto chunk = writer.take ())
  {
    const auto out = filter.take (*chunk);
    ASSERT_TRUE (out);
    all.insert (all.end (), out->begin (), out->end ());
  }
  const auto parsed = psyc::parse_message (all);
  ASSERT_TRUE (parsed);
  ASSERT_EQ (2u, parsed->modifiers.size ());
  EXPECT_EQ ("me", base::as_text (parsed->modifiers[0].value));
  EXPECT_EQ ("_time_said_by_me", parsed->modifiers[1].name);
}

TEST (UploadFilter, RefusesWhatDoesNotBeginWithAMethod)
{
  psyc::PartWriter writer (600);
  writer.data (base::as_bytes ("data first"));
  writer.flush ();
  UploadFilter filter (author ());
  EXPECT_FALSE (filter.take (*writer.take ()));
}

TEST (UploadFilter, RefusesASecondMethodAndPartsAfterTheEnd)
{
  const auto whole = *psyc::encode_message (saying ("a"));
  UploadFilter filter (author ());
  ASSERT_TRUE (filter.take (whole));
  EXPECT_FALSE (filter.take (whole));
}

TEST (UploadFilter, LeavesTheServicesOwnMethodsToTheService)
{
  for (const char *method :
       { "_notice_place_closing", "_notice_place_leave_here" })
  {
    auto message = saying ("a");
    message.method = method;
    UploadFilter filter (author ());
    EXPECT_FALSE (filter.take (*psyc::encode_message (message))) << method;
  }
  auto message = saying ("a");
  message.method = "_notice_place_file";
  UploadFilter filter (author ());
  EXPECT_TRUE (filter.take (*psyc::encode_message (message)));
}

TEST (UploadFilter, SurvivesRandomBytes)
{
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE (seed);
  std::mt19937 random (seed);
  auto whole = *psyc::encode_message (saying ("hello"));
  for (int round = 0; round < 20'000; round++)
  {
    UploadFilter filter (author ());
    auto bytes = whole;
    for (int i = 0; i < 4; i++)
      bytes[random () % bytes.size ()] = static_cast<std::uint8_t> (random ());
    bytes.resize (random () % (bytes.size () + 1));
    (void)filter.take (bytes);
  }
}
