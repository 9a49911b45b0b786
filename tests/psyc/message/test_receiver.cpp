// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Fragments: interleaved, doubled, missing.
#include "psyc/message/receiver.hpp"

#include <gtest/gtest.h>

#include "part_builder.hpp"

using psyc::PartError;
using psyc::Receiver;
using test::Parts;

namespace
{
psyc::MessageKey
key (std::uint64_t message_id)
{
  psyc::MessageKey out;
  out.message_id = message_id;
  return out;
}

struct Fixture : testing::Test
{
  Receiver receiver;

  Receiver::Verdict
  feed (std::uint64_t message_id, std::uint64_t offset, base::ByteView parts,
        Receiver::Kind kind = Receiver::Kind::live)
  {
    return receiver.on_fragment (key (message_id), kind, offset, parts);
  }
};

using ReceiverTest = Fixture;

Parts
first ()
{
  return Parts ().method ("_m").data ("one");
}

const std::uint64_t second_offset = first ().get ().size ();
} // namespace

TEST_F (ReceiverTest, FollowsAMessageThroughItsFragments)
{
  EXPECT_EQ (PartError::none, feed (1, 0, first ()).error);
  EXPECT_EQ (1u, receiver.in_progress ());
  EXPECT_EQ (PartError::none,
             feed (1, second_offset, Parts ().data ("two").end ()).error);
  EXPECT_EQ (0u, receiver.in_progress ());
}

TEST_F (ReceiverTest, KeepsInterleavedMessagesApart)
{
  for (const std::uint64_t id : { 1u, 2u, 3u })
    EXPECT_EQ (PartError::none, feed (id, 0, first ()).error);
  for (const std::uint64_t id : { 3u, 1u, 2u })
    EXPECT_EQ (PartError::none,
               feed (id, second_offset, Parts ().end ()).error);
}

TEST_F (ReceiverTest, RefusesDuplicatesAndGoesOn)
{
  EXPECT_EQ (PartError::none, feed (1, 0, first ()).error);
  const auto again = feed (1, 0, first ());
  EXPECT_EQ (PartError::fragment_again, again.error);
  EXPECT_FALSE (again.is_given_up);
  EXPECT_EQ (PartError::none, feed (1, second_offset, Parts ().end ()).error);
  EXPECT_EQ (PartError::fragment_again, feed (1, 0, first ()).error);
  EXPECT_EQ (PartError::fragment_again,
             feed (1, second_offset, Parts ().end ()).error);
}

TEST_F (ReceiverTest, TakesHistoryAgain)
{
  const auto whole = Parts ().method ("_m").end ();
  EXPECT_EQ (PartError::none,
             feed (1, 0, whole, Receiver::Kind::history).error);
  EXPECT_EQ (PartError::none,
             feed (1, 0, whole, Receiver::Kind::history).error);
}

TEST_F (ReceiverTest, GivesUpAMessageWithAHoleAndNoOther)
{
  feed (1, 0, first ());
  feed (2, 0, first ());
  const auto verdict = feed (1, second_offset + 5, Parts ().end ());
  EXPECT_EQ (PartError::fragment_missing, verdict.error);
  EXPECT_TRUE (verdict.is_given_up);
  EXPECT_EQ (PartError::none, feed (2, second_offset, Parts ().end ()).error);
  // Fetched in full later, it is accepted.
  EXPECT_EQ (PartError::none, feed (1, 0, first ()).error);
  EXPECT_EQ (PartError::none, feed (1, second_offset, Parts ().end ()).error);
}

TEST_F (ReceiverTest, RefusesTheMiddleOfWhatItNeverSawBegin)
{
  const auto verdict = feed (1, 10, Parts ().end ());
  EXPECT_EQ (PartError::fragment_missing, verdict.error);
  EXPECT_FALSE (verdict.is_given_up);
  EXPECT_EQ (0u, receiver.in_progress ());
}

TEST_F (ReceiverTest, RefusesAMalformedFragmentAsAWhole)
{
  EXPECT_EQ (PartError::empty_fragment, feed (1, 0, {}).error);
  EXPECT_EQ (PartError::method_missing,
             feed (1, 0, Parts ().data ("x").method ("_m")).error);
  EXPECT_EQ (0u, receiver.in_progress ());
}

TEST_F (ReceiverTest, KeepsNoMoreThanItsLimitAndLetsTheOldestGo)
{
  for (std::uint64_t id = 1; id <= Receiver::in_progress_max; id++)
    EXPECT_FALSE (feed (id, 0, first ()).displaced);
  // The oldest says something again: the second oldest goes.
  feed (1, second_offset, Parts ().data ("x"));
  const auto verdict = feed (1000, 0, first ());
  EXPECT_EQ (PartError::none, verdict.error);
  ASSERT_TRUE (verdict.displaced);
  EXPECT_EQ (2u, verdict.displaced->message_id);
  EXPECT_EQ (Receiver::in_progress_max, receiver.in_progress ());
}

TEST_F (ReceiverTest, SurvivesOffsetsNearTheEndOfNumbers)
{
  EXPECT_EQ (PartError::fragment_missing, feed (1, UINT64_MAX, first ()).error);
  feed (1, 0, first ());
  EXPECT_EQ (PartError::fragment_missing,
             feed (1, UINT64_MAX, Parts ().end ()).error);
}
