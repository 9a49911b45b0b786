// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What the writer splits, reading puts together again.
#include "psyc/message/part_writer.hpp"

#include <gtest/gtest.h>

#include "part_builder.hpp"
#include "psyc/message/message.hpp"
#include "psyc/message/part_checker.hpp"

using psyc::PartWriter;

namespace
{
void
write (PartWriter &writer, const psyc::Message &message)
{
  ASSERT_TRUE (
      writer.method (message.method, message.flags, message.state_delta));
  for (const auto &modifier : message.modifiers)
    ASSERT_TRUE (
        writer.modifier (modifier.oper, modifier.name, modifier.value));
  writer.data (message.data);
  writer.end ();
  writer.flush ();
}

// All chunks of the writer in a row; each must be a run of whole parts.
base::Bytes
join (PartWriter &writer, std::size_t chunk_max)
{
  base::Bytes all;
  while (const auto chunk = writer.take ())
  {
    EXPECT_LE (chunk->size (), chunk_max);
    EXPECT_FALSE (chunk->empty ());
    EXPECT_EQ (psyc::PartError::none, psyc::check_run (*chunk).error);
    all.insert (all.end (), chunk->begin (), chunk->end ());
  }
  EXPECT_EQ (0u, writer.pending ());
  return all;
}
} // namespace

TEST (PartWriter, WritesASmallMessageIntoOneChunk)
{
  PartWriter writer (1000);
  psyc::Message message;
  message.method = "_message";
  message.add (psyc::Operator::set, "_tag", "x");
  message.add (psyc::Operator::assign, "_gone", "");
  message.data = test::bytes ("hello");
  write (writer, message);
  const auto chunk = writer.take ();
  ASSERT_TRUE (chunk);
  EXPECT_FALSE (writer.take ());
  EXPECT_EQ (message, psyc::parse_message (*chunk));
}

TEST (PartWriter, SplitsAValueAndGoesOnWithFurtherModifiers)
{
  PartWriter writer (1000);
  psyc::Message message;
  message.method = "_message";
  message.modifiers.push_back (
      { psyc::Operator::assign, "_long", base::Bytes (70000, 7) });
  message.add (psyc::Operator::assign, "_after", "still here");
  message.data = base::Bytes (5000, 9);
  write (writer, message);
  EXPECT_EQ (message, psyc::parse_message (join (writer, 1000)));
}

TEST (PartWriter, GivesBackRandomMessagesInChunksOfAnySize)
{
  const auto seed = std::random_device{}();
  std::cout << "seed " << seed << "\n";
  std::mt19937_64 random (seed);
  for (int i = 0; i < 300; i++)
  {
    const std::size_t chunk_max
        = PartWriter::chunk_min + random () % (0 == i % 2 ? 200 : 64000);
    PartWriter writer (chunk_max);
    const auto message = test::random_message (random, 90000);
    write (writer, message);
    ASSERT_EQ (message, psyc::parse_message (join (writer, chunk_max))) << i;
  }
}

TEST (PartWriter, SplitsAnewWhatAReaderGivesIt)
{
  const auto seed = std::random_device{}();
  std::cout << "seed " << seed << "\n";
  std::mt19937_64 random (seed);
  for (int i = 0; i < 100; i++)
  {
    const auto message = test::random_message (random, 90000);
    PartWriter large (60000);
    write (large, message);
    PartWriter small (700);
    while (const auto chunk = large.take ())
    {
      psyc::PartReader reader (*chunk);
      while (const auto part = reader.next ())
        ASSERT_TRUE (small.add (*part));
    }
    small.flush ();
    ASSERT_EQ (message, psyc::parse_message (join (small, 700))) << i;
  }
}

TEST (PartWriter, RefusesBadNamesAndWritesNothing)
{
  PartWriter writer (1000);
  EXPECT_FALSE (writer.method ("message", 0, 0));
  EXPECT_FALSE (writer.modifier (psyc::Operator::set, "a b", {}));
  EXPECT_FALSE (
      writer.modifier (psyc::Operator::set, "_" + std::string (300, 'x'), {}));
  EXPECT_FALSE (
      writer.modifier_begin (psyc::Operator::set, "_a", 1, test::bytes ("ab")));
  EXPECT_EQ (0u, writer.pending ());
}

TEST (PartWriter, KeepsImpossibleChunkSizesInBounds)
{
  PartWriter tiny (1);
  EXPECT_EQ (PartWriter::chunk_min, tiny.room ());
  PartWriter huge (1000000);
  EXPECT_EQ (PartWriter::chunk_limit, huge.room ());
}

TEST (Message, TakesEveryPrefixForIncomplete)
{
  psyc::Message message;
  message.method = "_m";
  message.add (psyc::Operator::augment, "_list_x", "|a");
  message.data = test::bytes ("data");
  const auto all = psyc::encode_message (message);
  ASSERT_TRUE (all);
  for (std::size_t size = 0; size < all->size (); size++)
    EXPECT_FALSE (psyc::parse_message (base::ByteView (*all).first (size)));
}

TEST (Message, IsRefusedWhenItDoesNotFitOnePiece)
{
  psyc::Message message;
  message.method = "_m";
  message.data = base::Bytes (psyc::one_piece_max);
  EXPECT_FALSE (psyc::encode_message (message));
  message.data.resize (psyc::one_piece_max - 100);
  EXPECT_TRUE (psyc::encode_message (message));
  EXPECT_FALSE (psyc::encode_message (message, 1000));
  message.data.clear ();
  message.modifiers.assign (3,
                            { psyc::Operator::set, "_x", base::Bytes (30000) });
  EXPECT_FALSE (psyc::encode_message (message));
}

TEST (Message, HeadLeavesOutAModifierThatIsNotWhole)
{
  const auto head = psyc::parse_head (test::Parts ()
                                          .method ("_m")
                                          .modifier ('=', "_a", 1, "x")
                                          .modifier ('=', "_b", 5, "x"));
  ASSERT_TRUE (head);
  EXPECT_EQ ("_m", head->method);
  EXPECT_EQ (1u, head->modifiers.size ());
  EXPECT_EQ ("x", head->find_text ("_a"));
  EXPECT_FALSE (head->find_text ("_b"));
  EXPECT_FALSE (psyc::parse_head (test::Parts ().data ("x")));
  EXPECT_FALSE (psyc::parse_head ({}));
}

TEST (Message, CancelledIsNone)
{
  EXPECT_FALSE (psyc::parse_message (test::Parts ().method ("_m").cancel ()));
}
