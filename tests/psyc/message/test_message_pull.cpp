// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Messages made by asking: sources that pause, give little, or give up.
#include "psyc/message/message_pull.hpp"

#include <gtest/gtest.h>

#include "part_builder.hpp"
#include "psyc/message/message.hpp"

using psyc::MessagePull;
using psyc::MessageSource;
using Answer = psyc::MessageSource::Answer;

namespace
{
// Gives `message` in pieces of random size, pausing now and then.
class RandomSource : public MessageSource
{
public:
  RandomSource (const psyc::Message &message, std::uint64_t seed)
      : message_ (message), random_ (seed)
  {}

  Piece
  new_modifier (std::span<std::uint8_t> room) override
  {
    if (0 == random_ () % 5)
      return { Answer::more, 0, 0, 0 };
    if (index_ == message_.modifiers.size ())
      return { Answer::done, 0, 0, 0 };
    const auto &modifier = message_.modifiers[index_];
    std::size_t size = 0;
    for (const char c : modifier.name)
      room[size++] = static_cast<std::uint8_t> (c);
    room[size++] = 0;
    offset_ = std::min<std::size_t> (
        { random_ () % 2000, modifier.value.size (), room.size () - size });
    std::copy_n (modifier.value.begin (), offset_,
                 room.begin () + static_cast<long> (size));
    size += offset_;
    const bool is_whole = offset_ == modifier.value.size ();
    const bool is_last = is_whole && index_ + 1 == message_.modifiers.size ()
                         && 0 == random_ () % 2;
    Piece piece{ is_last ? Answer::done : Answer::more, size,
                 static_cast<std::uint8_t> (modifier.oper),
                 static_cast<std::uint32_t> (modifier.value.size ()) };
    if (is_whole)
      index_++;
    return piece;
  }

  Piece
  more_value (std::span<std::uint8_t> room) override
  {
    const auto &modifier = message_.modifiers[index_];
    const auto size = std::min<std::size_t> (
        { random_ () % 3000, modifier.value.size () - offset_, room.size () });
    std::copy_n (modifier.value.begin () + static_cast<long> (offset_), size,
                 room.begin ());
    offset_ += size;
    if (offset_ == modifier.value.size ())
    {
      index_++;
      offset_ = 0;
    }
    return { Answer::more, size, 0, 0 };
  }

  Piece
  more_data (std::span<std::uint8_t> room) override
  {
    const auto size = std::min<std::size_t> (
        { random_ () % 3000, message_.data.size () - data_, room.size () });
    std::copy_n (message_.data.begin () + static_cast<long> (data_), size,
                 room.begin ());
    data_ += size;
    const bool is_last = data_ == message_.data.size ();
    return { is_last ? Answer::done : Answer::more, size, 0, 0 };
  }

private:
  const psyc::Message &message_;
  std::mt19937_64 random_;
  std::size_t index_ = 0;
  std::size_t offset_ = 0;
  std::size_t data_ = 0;
};

// Says the same every time.
class FixedSource : public MessageSource
{
public:
  Piece modifier{ Answer::done, 0, 0, 0 };
  std::string modifier_text;
  Piece value{ Answer::refuse, 0, 0, 0 };
  Piece data{ Answer::done, 0, 0, 0 };

  Piece
  new_modifier (std::span<std::uint8_t> room) override
  {
    std::copy (modifier_text.begin (), modifier_text.end (), room.begin ());
    return modifier;
  }
  Piece
  more_value (std::span<std::uint8_t>) override
  {
    return value;
  }
  Piece
  more_data (std::span<std::uint8_t>) override
  {
    return data;
  }
};
} // namespace

TEST (MessagePull, GivesWhatTheSourceGave)
{
  const auto seed = std::random_device{}();
  std::cout << "seed " << seed << "\n";
  std::mt19937_64 random (seed);
  for (int i = 0; i < 200; i++)
  {
    auto message = test::random_message (random, 9000);
    message.state_delta = psyc::state_not_modified;
    RandomSource source (message, random ());
    const std::size_t chunk_max = 600 + random () % 3000;
    MessagePull pull (message.method, message.flags, chunk_max);
    base::Bytes all;
    while (true)
    {
      const auto result = pull.pull (source);
      ASSERT_LE (result.parts.size (), chunk_max);
      ASSERT_NE (MessagePull::Status::aborted, result.status);
      all.insert (all.end (), result.parts.begin (), result.parts.end ());
      if (MessagePull::Status::finished == result.status)
        break;
    }
    ASSERT_EQ (message, psyc::parse_message (all)) << i;
  }
}

TEST (MessagePull, SendsWhatItHasWhenTheSourcePauses)
{
  FixedSource source;
  source.data = { Answer::more, 0, 0, 0 };
  MessagePull pull ("_m", 0, 1000);
  const auto first = pull.pull (source);
  EXPECT_EQ (MessagePull::Status::paused, first.status);
  EXPECT_EQ (test::Parts ().method ("_m").get ().size (), first.parts.size ());
  const auto second = pull.pull (source);
  EXPECT_EQ (MessagePull::Status::paused, second.status);
  EXPECT_TRUE (second.parts.empty ());
  source.data = { Answer::done, 3, 0, 0 };
  const auto last = pull.pull (source);
  EXPECT_EQ (MessagePull::Status::finished, last.status);
}

TEST (MessagePull, TellsNobodyOfAMessageThatNeverBegan)
{
  FixedSource source;
  source.data = { Answer::refuse, 0, 0, 0 };
  MessagePull pull ("_m", 0, 1000);
  const auto result = pull.pull (source);
  EXPECT_EQ (MessagePull::Status::aborted, result.status);
  EXPECT_TRUE (result.parts.empty ());
}

TEST (MessagePull, CancelsWhatHasBegun)
{
  FixedSource source;
  source.data = { Answer::more, 0, 0, 0 };
  MessagePull pull ("_m", 0, 1000);
  (void)pull.pull (source);
  source.data = { Answer::refuse, 0, 0, 0 };
  const auto result = pull.pull (source);
  EXPECT_EQ (MessagePull::Status::aborted, result.status);
  EXPECT_EQ (test::Parts ().cancel ().get (), result.parts);
}

TEST (MessagePull, RefusesSourcesThatLie)
{
  const auto run = [] (const FixedSource &given)
  {
    FixedSource source = given;
    MessagePull pull ("_m", 0, 1000);
    MessagePull::Result result;
    do
      result = pull.pull (source);
    while (MessagePull::Status::more == result.status);
    return result.status;
  };
  FixedSource source;
  source.modifier_text = std::string ("_a\0xyz", 6);
  source.modifier = { Answer::done, 6, '=', 3 };
  EXPECT_EQ (MessagePull::Status::finished, run (source));
  source.modifier.full_value_size = 2;
  EXPECT_EQ (MessagePull::Status::aborted, run (source)) << "value too long";
  source.modifier.full_value_size = 4;
  EXPECT_EQ (MessagePull::Status::aborted, run (source)) << "value too short";
  source.modifier = { Answer::done, 6, 'x', 3 };
  EXPECT_EQ (MessagePull::Status::aborted, run (source)) << "operator";
  source.modifier = { Answer::done, 2, '=', 0 };
  EXPECT_EQ (MessagePull::Status::aborted, run (source)) << "no NUL";
  source.modifier = { Answer::done, 100000, '=', 0 };
  EXPECT_EQ (MessagePull::Status::aborted, run (source)) << "more than room";
  source.modifier = { Answer::more, 6, '=', 5 };
  source.value = { Answer::more, 3, 0, 0 };
  EXPECT_EQ (MessagePull::Status::aborted, run (source)) << "continued too far";
}

TEST (MessagePull, AcceptsAnEmptyValue)
{
  FixedSource source;
  source.modifier_text = std::string ("_a\0", 3);
  source.modifier = { Answer::done, 3, '=', 0 };
  MessagePull pull ("_m", 0, 1000);
  const auto result = pull.pull (source);
  EXPECT_EQ (MessagePull::Status::finished, result.status);
  const auto message = psyc::parse_message (result.parts);
  ASSERT_TRUE (message);
  ASSERT_EQ (1u, message->modifiers.size ());
  EXPECT_TRUE (message->modifiers[0].value.empty ());
}
