// SPDX-License-Identifier: AGPL-3.0-or-later
//
// PSYC's text syntax, as in doc/spec/text.md: what parses, what is refused by
// which name, and that rendering and parsing undo each other.
#include "psyc/message/text_packet.hpp"

#include <gtest/gtest.h>

#include <iostream>

#include "part_builder.hpp"
#include "psyc/message/part_checker.hpp"
#include "psyc/message/part_writer.hpp"
#include "psyc/message/text_printer.hpp"

using psyc::Packet;
using psyc::TextError;
using psyc::TextOperator;
using test::bytes;

namespace
{
constexpr std::string_view presence = ":_context\tpsyc://example.org/~juliet\n"
                                      "\n"
                                      "=_degree_availability\t4\n"
                                      "_notice_presence\n"
                                      "|\n";

constexpr std::string_view with_length = ":_tag\t7\n"
                                         "60\n"
                                         "=\n"
                                         ":_topic 5\ta\n|\nb\n"
                                         "+_list_members\t|x|y\n"
                                         "_message_public\n"
                                         "a\n|\nb\n"
                                         "|\n";

// What a parser says, a line an event, fed with pieces of `step` bytes.
std::string
told (std::string_view text, std::size_t step, psyc::TextLimits limits = {})
{
  psyc::TextParser parser (limits);
  std::string out;
  std::string data;
  const auto tell = [&] (const psyc::TextEvent &event)
  {
    if (const auto *piece = std::get_if<psyc::TextData> (&event))
    {
      data += base::as_text (piece->bytes);
      return;
    }
    if (! data.empty ())
      out += "data " + std::exchange (data, {}) + "\n";
    Packet packet;
    packet.add (event);
    for (const auto &list : { packet.routing, packet.variables })
    {
      for (const auto &one : list)
        out += std::string (1, static_cast<char> (one.oper)) + one.name + "="
               + std::string (base::as_text (one.value)) + "\n";
    }
    if (! packet.method.empty ())
      out += packet.method + "\n";
    if (packet.has_reset || packet.has_question)
      out += packet.has_reset ? "reset\n" : "question\n";
    if (std::holds_alternative<psyc::TextEnd> (event))
      out += "end\n";
  };
  for (std::size_t at = 0; at < text.size (); at += step)
  {
    // In memory of its own, so that a read past its end is noticed.
    const auto piece = bytes (text.substr (at, step));
    base::ByteView in = piece;
    while (const auto event = parser.next (in))
      tell (*event);
  }
  if (TextError::none != parser.error ())
    return "[" + std::string (psyc::error_name (parser.error ())) + "]";
  return out + (parser.is_between_packets () ? "" : "...");
}

TextError
refusal (std::string_view text, psyc::TextLimits limits = {})
{
  const auto result = psyc::parse_packet (base::as_bytes (text), limits);
  EXPECT_EQ (TextError::none == result.error, result.value.has_value ());
  return result.error;
}

Packet
parsed (std::string_view text)
{
  auto result = psyc::parse_packet (base::as_bytes (text));
  EXPECT_EQ (TextError::none, result.error)
      << psyc::error_name (result.error) << ": " << text;
  return result.value.value_or (Packet{});
}

std::string
rendered (const Packet &packet)
{
  const auto text = psyc::render_packet (packet);
  return text ? std::string (base::as_text (*text)) : "[refused]";
}

// Bytes that are likely to be special.
base::Bytes
awkward_bytes (std::mt19937_64 &random, std::size_t size_max)
{
  static constexpr std::string_view special = "|\n\t =_:{}1a";
  base::Bytes out (random () % (size_max + 1));
  for (auto &byte : out)
    byte = 0 == random () % 4 ? static_cast<std::uint8_t> (random ())
                              : static_cast<std::uint8_t> (
                                  special[random () % special.size ()]);
  return out;
}

Packet
random_packet (std::mt19937_64 &random)
{
  const auto variable = [&] (std::size_t size_max) -> psyc::PacketVariable
  {
    return { static_cast<TextOperator> (":=+-@?"[random () % 6]),
             "_n" + std::to_string (random () % 1000),
             awkward_bytes (random, size_max) };
  };
  Packet packet;
  for (std::size_t count = random () % 4; count > 0; count--)
  {
    auto routing = variable (20);
    std::erase (routing.value, '\n');
    packet.routing.push_back (std::move (routing));
  }
  packet.has_reset = 0 == random () % 3;
  packet.has_question = 0 == random () % 3;
  for (std::size_t count = random () % 6; count > 0; count--)
    packet.variables.push_back (variable (0 == random () % 10 ? 5000 : 30));
  if (0 != random () % 5)
  {
    packet.method = "_m" + std::to_string (random () % 1000);
    packet.data = awkward_bytes (random, 0 == random () % 10 ? 5000 : 30);
  }
  return packet;
}

std::uint64_t
some_seed ()
{
  const std::uint64_t seed = std::random_device{}();
  std::cout << "seed " << seed << std::endl;
  return seed;
}
} // namespace

TEST (TextParser, ReadsTheExampleInPiecesOfAnySize)
{
  for (std::size_t step = 1; step <= presence.size (); step++)
    EXPECT_EQ (":_context=psyc://example.org/~juliet\n"
               "=_degree_availability=4\n_notice_presence\nend\n",
               told (presence, step))
        << step;
}

TEST (TextParser, ReadsValuesAndBodiesOfAnyBytesByTheirLength)
{
  for (std::size_t step = 1; step <= with_length.size (); step++)
    EXPECT_EQ (":_tag=7\nreset\n:_topic=a\n|\nb\n+_list_members=|x|y\n"
               "_message_public\ndata a\n|\nb\nend\n",
               told (with_length, step))
        << step;
  EXPECT_EQ (bytes ("a\n|\nb"), parsed (with_length).data);
}

TEST (TextParser, ReadsOnePacketAfterTheOther)
{
  const std::string both = std::string (presence) + std::string (with_length);
  for (const std::size_t step : { 1U, 7U, 1000U })
    EXPECT_EQ (told (presence, step) + told (with_length, step),
               told (both, step));
}

TEST (TextParser, NeedsMoreAfterEveryPrefix)
{
  for (const auto text : { presence, with_length })
  {
    for (std::size_t size = 0; size < text.size (); size++)
      EXPECT_EQ (TextError::incomplete, refusal (text.substr (0, size)))
          << size;
  }
}

TEST (TextParser, TakesPacketsThatLackWhatMayBeLacking)
{
  EXPECT_EQ (Packet{}, parsed ("|\n"));
  EXPECT_EQ (Packet{}, parsed ("\n|\n"));
  EXPECT_EQ (Packet{}, parsed ("0\n|\n"));
  EXPECT_EQ ("_m", parsed ("\n_m\n|\n").method);
  EXPECT_EQ ("_m", parsed ("3\n_m\n|\n").method);
  EXPECT_TRUE (parsed ("\n_m\n\n|\n").data.empty ());
  EXPECT_TRUE (parsed ("4\n_m\n\n|\n").data.empty ());
  EXPECT_TRUE (parsed ("\n=\n|\n").has_reset);
  EXPECT_TRUE (parsed ("\n?\n|\n").has_question);
  EXPECT_EQ (TextOperator::query, parsed ("\n?_topic\n|\n").variables[0].oper);
  EXPECT_TRUE (parsed ("\n=_topic\n|\n").variables[0].value.empty ());
  EXPECT_TRUE (parsed ("\n=_topic\t\n|\n").variables[0].value.empty ());
  EXPECT_TRUE (parsed ("\n=_topic 0\t\n|\n").variables[0].value.empty ());
}

TEST (TextParser, KeepsBarsAndLineFeedsThatEndNothing)
{
  static constexpr std::string_view body = "|a\n||\n\n |\n\t|";
  const std::string text = "\n_m\n" + std::string (body) + "\n|\n";
  EXPECT_EQ (bytes (body), parsed (text).data);
  for (std::size_t step = 1; step <= text.size (); step++)
    EXPECT_EQ ("_m\ndata " + std::string (body) + "\nend\n", told (text, step));
}

TEST (TextParser, RefusesByName)
{
  EXPECT_EQ (TextError::bad_operator, refusal ("!_x\n\n|\n"));
  EXPECT_EQ (TextError::bad_operator, refusal ("_x\n\n|\n"));
  EXPECT_EQ (TextError::bad_operator, refusal ("\n!_x\n|\n"));
  EXPECT_EQ (TextError::bad_operator, refusal ("2\n\n\n|\n"));
  EXPECT_EQ (TextError::bad_name, refusal (":x\t1\n\n|\n"));
  EXPECT_EQ (TextError::bad_name, refusal ("\n=x\t1\n|\n"));
  EXPECT_EQ (TextError::bad_name, refusal ("\n:\t1\n|\n"));
  EXPECT_EQ (TextError::bad_name, refusal ("\n+\n|\n"));
  EXPECT_EQ (TextError::bad_name, refusal ("\n_a-b\n|\n"));
  EXPECT_EQ (TextError::bad_name, refusal ("\n_m\tx\n|\n"));
  EXPECT_EQ (TextError::bad_name,
             refusal (std::string_view ("\n=_a\0b\t1\n|\n", 11)));
  EXPECT_EQ (TextError::bad_length, refusal ("1x\n|\n"));
  EXPECT_EQ (TextError::bad_length, refusal ("1\t\n|\n"));
  EXPECT_EQ (TextError::bad_length, refusal ("99999999999999999999\n|\n"));
  EXPECT_EQ (TextError::bad_length, refusal ("\n=_x 1\n|\n"));
  EXPECT_EQ (TextError::bad_length, refusal ("\n=_x \ta\n|\n"));
  EXPECT_EQ (TextError::bad_length, refusal ("\n=_x -1\ta\n|\n"));
  EXPECT_EQ (TextError::reset_after_variable, refusal ("\n=_x\t1\n=\n|\n"));
  EXPECT_EQ (TextError::value_not_ended, refusal ("\n=_x 1\tab\n|\n"));
  EXPECT_EQ (TextError::content_not_ended, refusal ("6\n=_x 9\t|\n"));
  EXPECT_EQ (TextError::content_not_ended, refusal ("2\n_m|\n"));
  EXPECT_EQ (TextError::content_not_ended, refusal ("4\n_m\na|\n"));
  EXPECT_EQ (TextError::packet_not_ended, refusal ("3\n_m\nab\n|\n"));
  EXPECT_EQ (TextError::packet_not_ended, refusal ("3\n_m\n|x"));
  EXPECT_EQ (TextError::more_than_one, refusal ("|\n|\n"));
  EXPECT_EQ (TextError::line_too_long,
             refusal ("\n_" + std::string (1000, 'a') + "\n|\n"));
}

TEST (TextParser, KeepsToItsLimitsByName)
{
  psyc::TextLimits limits;
  limits.content_max = 20;
  EXPECT_EQ (TextError::content_too_long, refusal ("21\n", limits));
  limits.scanned_content_max = 10;
  EXPECT_EQ (TextError::none, refusal ("\n_m\n123456\n|\n", limits));
  EXPECT_EQ (TextError::content_too_long,
             refusal ("\n_m\n1234567\n|\n", limits));
  limits = {};
  limits.variable_max = 10;
  EXPECT_EQ (TextError::none, refusal ("\n=_x 10\t1234567890\n|\n", limits));
  EXPECT_EQ (TextError::variable_too_long, refusal ("\n=_x 11\t", limits));
  limits.scanned_variable_max = 5;
  EXPECT_EQ (TextError::none, refusal (":_x\t12345\n|\n", limits));
  EXPECT_EQ (TextError::variable_too_long,
             refusal (":_x\t123456\n|\n", limits));
  EXPECT_EQ (TextError::variable_too_long,
             refusal ("\n=_x\t123456\n|\n", limits));
  limits = {};
  limits.header_max = 10;
  EXPECT_EQ (TextError::header_too_long,
             refusal ("\n=_x\t1234\n=_y\t1234\n|\n", limits));
  limits = {};
  limits.variables_max = 2;
  limits.routing_variables_max = 1;
  EXPECT_EQ (TextError::none, refusal (":_a\n\n=_x\n=_y\n|\n", limits));
  EXPECT_EQ (TextError::too_many_variables,
             refusal ("\n=_x\n=_y\n=_z\n|\n", limits));
  EXPECT_EQ (TextError::too_many_variables, refusal (":_a\n:_b\n", limits));
}

TEST (TextParser, RefusesAMillionVariablesAndALengthThatLies)
{
  psyc::TextParser parser;
  base::Bytes many = bytes ("16000000\n");
  base::ByteView in = many;
  EXPECT_FALSE (parser.next (in));
  const auto line = bytes (":_x\n");
  std::size_t count = 0;
  for (; TextError::none == parser.error () && count < 1000000; count++)
  {
    in = line;
    while (parser.next (in))
      ;
  }
  EXPECT_EQ (TextError::too_many_variables, parser.error ());
  EXPECT_EQ (psyc::TextLimits{}.variables_max + 1, count);
  EXPECT_EQ (TextError::incomplete, refusal ("1000000\n=_x 900000\tabc"));
}

TEST (TextRenderer, WritesTheExampleAsItStands)
{
  EXPECT_EQ (presence, rendered (parsed (presence)));
  EXPECT_EQ (with_length, rendered (parsed (with_length)));
}

TEST (TextRenderer, GivesALengthWhereTheReferenceParserNeedsOne)
{
  Packet packet;
  packet.method = "_m";
  packet.data = bytes (std::string (508, 'x'));
  EXPECT_TRUE (rendered (packet).starts_with ("\n_m\n"));
  packet.data.push_back ('x');
  packet.data.push_back ('x');
  EXPECT_TRUE (rendered (packet).starts_with ("514\n_m\n"));
  packet.data = bytes ("|\n");
  EXPECT_EQ ("6\n_m\n|\n\n|\n", rendered (packet));
  packet.data = {};
  packet.variables.push_back (
      { TextOperator::set, "_v", bytes (std::string (257, 'v')) });
  EXPECT_TRUE (rendered (packet).starts_with ("\n:_v 257\tvv"));
}

TEST (TextRenderer, RefusesWhatHasNoForm)
{
  Packet packet;
  packet.data = bytes ("body");
  EXPECT_EQ ("[refused]", rendered (packet)) << "a body without a method";
  packet.method = "no_name";
  EXPECT_EQ ("[refused]", rendered (packet));
  packet.method = "_m";
  packet.routing.push_back ({ TextOperator::set, "_tag", bytes ("a\nb") });
  EXPECT_EQ ("[refused]", rendered (packet)) << "a routing value of two lines";
  packet.routing.clear ();
  packet.variables.push_back ({ TextOperator::set, "tag", {} });
  EXPECT_EQ ("[refused]", rendered (packet));
}

TEST (Text, IsTheSameAfterRenderingAndParsing)
{
  std::mt19937_64 random (some_seed ());
  for (int i = 0; i < 5000; i++)
  {
    const auto packet = random_packet (random);
    const auto text = rendered (packet);
    EXPECT_EQ (packet, parsed (text)) << text;
    EXPECT_EQ (told (text, text.size ()), told (text, 1 + random () % 40));
    if (HasFailure ())
      return;
  }
}

TEST (Text, SurvivesDamage)
{
  std::mt19937_64 random (some_seed ());
  for (int i = 0; i < 20000; i++)
  {
    auto text = bytes (rendered (random_packet (random)));
    for (std::size_t count = 1 + random () % 3; count > 0; count--)
      text[random () % text.size ()]
          = static_cast<std::uint8_t> ("|\n\t _=:9"[random () % 8]);
    const std::string damaged (base::as_text (text));
    EXPECT_EQ (told (damaged, damaged.size ()),
               told (damaged, 1 + random () % 9))
        << damaged;
    if (HasFailure ())
      return;
  }
}

TEST (TextMessage, IsAMessageAndBack)
{
  std::mt19937_64 random (some_seed ());
  for (int i = 0; i < 500; i++)
  {
    auto message = test::random_message (random, 3000);
    message.flags = 0;
    message.state_delta
        = 0 == random () % 2 ? psyc::state_reset : psyc::state_not_modified;
    const auto text = psyc::render_packet (psyc::packet_of (message));
    ASSERT_TRUE (text);
    const auto back = psyc::message_of (parsed (base::as_text (*text)));
    ASSERT_TRUE (back.value);
    EXPECT_EQ (message, *back.value);
  }
}

TEST (TextMessage, RefusesWhatNoMessageCarries)
{
  const auto refused = [] (std::string_view text)
  { return psyc::message_of (parsed (text)).error; };
  EXPECT_EQ (TextError::method_missing, refused ("|\n"));
  EXPECT_EQ (TextError::question_in_message, refused ("\n?\n_m\n|\n"));
  EXPECT_EQ (TextError::question_in_message, refused ("\n?_x\n_m\n|\n"));
  EXPECT_EQ (TextError::fragment_of_packet,
             refused (":_fragment\t0\n\n_m\n|\n"));
}

namespace
{
// All that a printer says of a message in chunks of `size`.
std::string
printed (const psyc::Message &message, std::size_t size)
{
  psyc::PartWriter writer (size);
  EXPECT_TRUE (
      writer.method (message.method, message.flags, message.state_delta));
  for (const auto &modifier : message.modifiers)
    EXPECT_TRUE (
        writer.modifier (modifier.oper, modifier.name, modifier.value));
  writer.data (message.data);
  writer.end ();
  writer.flush ();
  psyc::TextPrinter printer (
      { { TextOperator::set, "_counter", bytes ("5") } });
  std::string out;
  while (const auto chunk = writer.take ())
  {
    psyc::PartReader reader (*chunk);
    while (const auto part = reader.next ())
      printer.add (*part);
    out += base::as_text (printer.take ());
  }
  return out;
}

// The content of packets that are fragments, put together.
struct Joined
{
  base::Bytes content;
  std::uint64_t fragments = 0;
  bool is_whole = false;
};

Joined
join_fragments (std::string_view text)
{
  psyc::TextFrameParser parser;
  Joined joined;
  base::ByteView in = base::as_bytes (text);
  while (const auto event = parser.next (in))
  {
    if (const auto *content = std::get_if<psyc::FrameContent> (&*event))
      joined.content.insert (joined.content.end (), content->bytes.begin (),
                             content->bytes.end ());
    const auto *variable = std::get_if<psyc::TextVariable> (&*event);
    if (nullptr == variable)
      continue;
    joined.is_whole |= "_amount_fragments" == variable->name;
    if ("_fragment" == variable->name)
    {
      EXPECT_EQ (std::to_string (joined.fragments++),
                 base::as_text (variable->value));
    }
  }
  EXPECT_TRUE (parser.is_between_packets ());
  return joined;
}
} // namespace

TEST (TextPrinter, MakesOnePacketOfASmallMessage)
{
  std::mt19937_64 random (some_seed ());
  for (int i = 0; i < 200; i++)
  {
    auto message = test::random_message (random, 2000);
    message.flags = 0;
    message.state_delta = psyc::state_not_modified;
    const auto text = printed (message, 512 + random () % 5000);
    const auto packet = parsed (text);
    ASSERT_EQ (1U, packet.routing.size ());
    EXPECT_EQ (message, psyc::message_of (packet).value) << text;
  }
}

TEST (TextPrinter, MakesFragmentsOfALongMessage)
{
  std::mt19937_64 random (some_seed ());
  psyc::Message message;
  message.method = "_message_long";
  message.add (psyc::Operator::assign, "_value", std::string (50000, 'v'));
  message.data = test::random_bytes (random, 200000);
  const auto text = printed (message, 60000);
  const auto joined = join_fragments (text);
  EXPECT_TRUE (joined.is_whole);
  EXPECT_EQ (8U, joined.fragments);
  const auto whole
      = psyc::render_frame ({}, joined.content, psyc::TextLength::always);
  EXPECT_EQ (message, psyc::message_of (parsed (base::as_text (whole))).value);
}

TEST (TextPrinter, SaysThatAMessageWasCancelled)
{
  psyc::TextPrinter printer ({});
  printer.add (psyc::MethodPart{ 0, psyc::state_not_modified, "_message" });
  printer.add (psyc::CancelPart{});
  EXPECT_EQ ("\n_notice_message_cancelled\n|\n",
             base::as_text (printer.take ()));
}
