// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Uploads: window, credit, states, and what a reconnect does to them.
#include "psyc/message/sender.hpp"

#include <gtest/gtest.h>

#include <map>

#include "part_builder.hpp"
#include "psyc/message/message.hpp"

using psyc::Sender;
using psyc::transfer::SendState;
using test::Parts;

namespace
{
base::SendTag
tag (std::uint8_t number)
{
  base::SendTag out;
  out.bytes[0] = number;
  return out;
}

Sender::State
state (Sender::UploadId id, SendState what)
{
  Sender::State out;
  out.upload_id = id;
  out.state = what;
  return out;
}

struct Fixture : testing::Test
{
  Sender sender;
  std::vector<Sender::SendParts> parts;
  std::vector<Sender::SendCancel> cancels;
  std::vector<Sender::SendQuery> queries;
  std::vector<Sender::Ready> readies;
  std::vector<Sender::State> states;

  // Sorts what the sender wants since the last time.
  void
  drain ()
  {
    parts.clear ();
    cancels.clear ();
    queries.clear ();
    readies.clear ();
    states.clear ();
    while (auto effect = sender.poll_effect ())
    {
      if (auto *p = std::get_if<Sender::SendParts> (&*effect))
        parts.push_back (*p);
      else if (auto *c = std::get_if<Sender::SendCancel> (&*effect))
        cancels.push_back (*c);
      else if (auto *q = std::get_if<Sender::SendQuery> (&*effect))
        queries.push_back (*q);
      else if (auto *r = std::get_if<Sender::Ready> (&*effect))
        readies.push_back (*r);
      else
        states.push_back (std::get<Sender::State> (*effect));
    }
  }

  [[nodiscard]] base::Bytes
  sent () const
  {
    base::Bytes all;
    for (const auto &chunk : parts)
    {
      EXPECT_EQ (all.size (), chunk.offset - parts.front ().offset);
      all.insert (all.end (), chunk.parts.begin (), chunk.parts.end ());
    }
    return all;
  }
};

using SenderTest = Fixture;

Parts
whole ()
{
  return Parts ().method ("_m").data ("hello").end ();
}

const std::string large (59000, 'x');
} // namespace

TEST_F (SenderTest, SendsWhatIsPushedWhileTheLinkIsUp)
{
  sender.on_link_up ();
  const auto id = sender.start (tag (1), 7);
  EXPECT_EQ (Sender::Push::more, sender.push (id, whole ()));
  drain ();
  ASSERT_EQ (1u, parts.size ());
  EXPECT_EQ (id, parts[0].upload_id);
  EXPECT_EQ (tag (1), parts[0].tag);
  EXPECT_EQ (7u, parts[0].flags);
  EXPECT_EQ (0u, parts[0].offset);
  EXPECT_EQ (whole ().get (), parts[0].parts);
}

TEST_F (SenderTest, SendsOneAfterTheOtherWithoutEnd)
{
  sender.on_link_up ();
  for (int i = 0; i < 1000; i++)
  {
    const auto id = sender.start (tag (1), 0);
    EXPECT_EQ (Sender::Push::more, sender.push (id, whole ()));
    drain ();
    ASSERT_EQ (1u, parts.size ());
    sender.on_state (state (id, SendState::stored));
    drain ();
    ASSERT_EQ (1u, states.size ());
  }
  EXPECT_EQ (0u, sender.upload_count ());
  EXPECT_EQ (0u, sender.kept_bytes ());
}

TEST_F (SenderTest, WaitsForTheLinkAndSendsThen)
{
  const auto id = sender.start (tag (1), 0);
  EXPECT_EQ (Sender::Push::more, sender.push (id, whole ()));
  drain ();
  EXPECT_TRUE (parts.empty ());
  sender.on_link_up ();
  drain ();
  EXPECT_EQ (whole ().get (), sent ());
}

TEST_F (SenderTest, KeepsTheWindowAndTellsWhenMoreIsWelcome)
{
  sender.on_link_up ();
  const auto id = sender.start (tag (1), 0);
  EXPECT_EQ (Sender::Push::more, sender.push (id, Parts ().method ("_m")));
  std::size_t pushed = 0;
  while (Sender::Push::more == sender.push (id, Parts ().data (large)))
    pushed++;
  EXPECT_EQ (4u, pushed);
  drain ();
  EXPECT_LE (sent ().size (), psyc::transfer::window_bytes);
  EXPECT_TRUE (readies.empty ());
  sender.on_credit (id, 1000000);
  drain ();
  EXPECT_EQ (1u, readies.size ());
  EXPECT_EQ (1u, parts.size ()) << "what had to wait";
}

TEST_F (SenderTest, EndsAnUploadWhoseOwnerDoesNotWait)
{
  sender.on_link_up ();
  const auto id = sender.start (tag (1), 0);
  ASSERT_EQ (Sender::Push::more, sender.push (id, Parts ().method ("_m")));
  Sender::Push result = Sender::Push::more;
  for (int i = 0; i < 20 && Sender::Push::refused != result; i++)
    result = sender.push (id, Parts ().data (large));
  EXPECT_EQ (Sender::Push::refused, result);
  EXPECT_EQ (0u, sender.kept_bytes ());
  drain ();
  ASSERT_EQ (1u, states.size ());
  EXPECT_EQ (SendState::failed, states[0].state);
  EXPECT_EQ (1u, cancels.size ());
  EXPECT_EQ (Sender::Push::unknown, sender.push (id, Parts ().data ("x")));
}

TEST_F (SenderTest, RefusesMalformedPartsByName)
{
  sender.on_link_up ();
  const auto id = sender.start (tag (1), 0);
  EXPECT_EQ (Sender::Push::refused, sender.push (id, Parts ().data ("x")));
  drain ();
  ASSERT_EQ (1u, states.size ());
  EXPECT_EQ (SendState::failed, states[0].state);
  EXPECT_EQ ("part before the method", states[0].reason);
  EXPECT_TRUE (parts.empty ());
  EXPECT_TRUE (cancels.empty ());
}

TEST_F (SenderTest, TakesNothingAfterTheEnd)
{
  const auto id = sender.start (tag (1), 0);
  EXPECT_EQ (Sender::Push::more, sender.push (id, whole ()));
  EXPECT_EQ (Sender::Push::unknown, sender.push (id, Parts ().data ("x")));
  EXPECT_EQ (Sender::Push::unknown, sender.push (999, whole ()));
}

TEST_F (SenderTest, SplitsWhatIsLargerThanOneMessageCarries)
{
  sender.on_link_up ();
  const auto id = sender.start (tag (1), 0);
  const auto all
      = Parts ().method ("_m").data (std::string (65000, 'y')).end ();
  EXPECT_EQ (Sender::Push::more, sender.push (id, all));
  drain ();
  EXPECT_LT (1u, parts.size ());
  for (const auto &chunk : parts)
    EXPECT_LE (chunk.parts.size (), psyc::transfer::upload_parts_max);
  const auto message = psyc::parse_message (sent ());
  ASSERT_TRUE (message);
  EXPECT_EQ (65000u, message->data.size ());
}

TEST_F (SenderTest, BeginsAnewAfterAReconnectWithTheSameTag)
{
  sender.on_link_up ();
  const auto id = sender.start (tag (1), 0);
  ASSERT_EQ (Sender::Push::more, sender.push (id, Parts ().method ("_m")));
  drain ();
  sender.on_link_down ();
  ASSERT_EQ (Sender::Push::more, sender.push (id, Parts ().end ()));
  drain ();
  EXPECT_TRUE (parts.empty ());
  sender.on_link_up ();
  drain ();
  EXPECT_EQ (Parts ().method ("_m").end ().get (), sent ());
  EXPECT_EQ (0u, parts[0].offset);
  EXPECT_EQ (tag (1), parts[0].tag);
  EXPECT_TRUE (states.empty ());
}

TEST_F (SenderTest, AsksAfterAReconnectForWhatWasConfirmed)
{
  sender.on_link_up ();
  const auto id = sender.start (tag (1), 0);
  ASSERT_EQ (Sender::Push::more, sender.push (id, whole ()));
  sender.on_state (state (id, SendState::queued));
  EXPECT_EQ (0u, sender.kept_bytes ());
  sender.on_link_down ();
  drain ();
  ASSERT_EQ (1u, states.size ());
  EXPECT_EQ (SendState::queued, states[0].state);
  sender.on_link_up ();
  drain ();
  EXPECT_TRUE (parts.empty ());
  ASSERT_EQ (1u, queries.size ());
  EXPECT_EQ (tag (1), queries[0].tag);
  sender.on_state (state (id, SendState::accepted));
  drain ();
  ASSERT_EQ (1u, states.size ());
  EXPECT_EQ (SendState::accepted, states[0].state);
  EXPECT_EQ (0u, sender.upload_count ());
}

TEST_F (SenderTest, FailsByNameWhatIsTooLongToBeginAnew)
{
  sender.on_link_up ();
  const auto id = sender.start (tag (1), 0);
  const auto small = sender.start (tag (2), 0);
  ASSERT_EQ (Sender::Push::more, sender.push (small, whole ()));
  ASSERT_EQ (Sender::Push::more, sender.push (id, Parts ().method ("_m")));
  for (int i = 0; i < 30; i++)
  {
    ASSERT_NE (Sender::Push::refused, sender.push (id, Parts ().data (large)));
    sender.on_credit (id, 59004);
    EXPECT_LE (sender.kept_bytes (), psyc::transfer::kept_bytes_max);
  }
  sender.on_link_down ();
  drain ();
  ASSERT_EQ (1u, states.size ());
  EXPECT_EQ (id, states[0].upload_id);
  EXPECT_EQ (SendState::failed, states[0].state);
  EXPECT_EQ ("the service went away in the middle", states[0].reason);
  // The small one was not sacrificed.
  sender.on_link_up ();
  drain ();
  ASSERT_EQ (1u, parts.size ());
  EXPECT_EQ (small, parts[0].upload_id);
}

TEST_F (SenderTest, DoesNotFailAPoliteOwnerAfterAReconnect)
{
  sender.on_link_up ();
  const auto id = sender.start (tag (1), 0);
  ASSERT_EQ (Sender::Push::more, sender.push (id, Parts ().method ("_m")));
  for (int i = 0; i < 12; i++)
  {
    ASSERT_EQ (Sender::Push::more, sender.push (id, Parts ().data (large)));
    sender.on_credit (id, 59004);
  }
  sender.on_link_down ();
  // It may say one more without having been told to wait.
  EXPECT_EQ (Sender::Push::wait, sender.push (id, Parts ().data (large)));
  sender.on_link_up ();
  drain ();
  EXPECT_TRUE (states.empty ());
  EXPECT_TRUE (readies.empty ());
  for (int i = 0; i < 20; i++)
    sender.on_credit (id, 59004);
  drain ();
  EXPECT_EQ (1u, readies.size ());
}

TEST_F (SenderTest, CancelsAtOnceWhatHasNotEnded)
{
  sender.on_link_up ();
  const auto id = sender.start (tag (1), 0);
  ASSERT_EQ (Sender::Push::more, sender.push (id, Parts ().method ("_m")));
  sender.cancel (id);
  drain ();
  EXPECT_EQ (1u, cancels.size ());
  ASSERT_EQ (1u, states.size ());
  EXPECT_EQ (SendState::cancelled, states[0].state);
  EXPECT_EQ (0u, sender.kept_bytes ());
  sender.cancel (id);
  sender.on_credit (id, 5);
  sender.on_state (state (id, SendState::stored));
  drain ();
  EXPECT_TRUE (states.empty ());
}

TEST_F (SenderTest, LeavesTheLastWordOnACompleteOneToTheService)
{
  sender.on_link_up ();
  const auto id = sender.start (tag (1), 0);
  ASSERT_EQ (Sender::Push::more, sender.push (id, whole ()));
  sender.cancel (id);
  drain ();
  EXPECT_EQ (1u, cancels.size ());
  EXPECT_TRUE (states.empty ());
  sender.on_state (state (id, SendState::stored));
  drain ();
  EXPECT_EQ (1u, states.size ());
}

TEST_F (SenderTest, DoesNotSayAgainAfterAReconnectWhatWasCancelled)
{
  sender.on_link_up ();
  const auto id = sender.start (tag (1), 0);
  ASSERT_EQ (Sender::Push::more, sender.push (id, whole ()));
  drain ();
  sender.on_link_down ();
  sender.cancel (id);
  sender.on_link_up ();
  drain ();
  EXPECT_TRUE (parts.empty ());
  EXPECT_EQ (1u, queries.size ());
  EXPECT_TRUE (states.empty ()) << "it may be on the service's disk";
  sender.on_state (state (id, SendState::failed));
  drain ();
  ASSERT_EQ (1u, states.size ());
  EXPECT_EQ (SendState::cancelled, states[0].state);
  EXPECT_EQ (0u, sender.kept_bytes ());
}

TEST_F (SenderTest, CancelsAtOnceWhatWaitsBehindTheWindow)
{
  sender.on_link_up ();
  const auto id = sender.start (tag (1), 0);
  (void)sender.push (id, Parts ().method ("_m"));
  for (int i = 0; i < 5; i++)
    (void)sender.push (id, Parts ().data (large));
  ASSERT_EQ (Sender::Push::more, sender.push (id, Parts ().end ()));
  sender.cancel (id);
  drain ();
  EXPECT_EQ (1u, cancels.size ());
  ASSERT_EQ (1u, states.size ());
  EXPECT_EQ (SendState::cancelled, states[0].state);
  EXPECT_EQ (0u, sender.kept_bytes ());
}

TEST_F (SenderTest, RepeatsNoStateAfterAReconnect)
{
  sender.on_link_up ();
  const auto id = sender.start (tag (1), 0);
  ASSERT_EQ (Sender::Push::more, sender.push (id, whole ()));
  sender.on_state (state (id, SendState::queued));
  sender.on_state (state (id, SendState::sent));
  sender.on_link_down ();
  sender.on_link_up ();
  sender.on_state (state (id, SendState::queued));
  sender.on_state (state (id, SendState::sent));
  drain ();
  EXPECT_EQ (2u, states.size ());
}

TEST_F (SenderTest, CancelsSilentlyForTheServiceWhatNeverWentOut)
{
  const auto id = sender.start (tag (1), 0);
  ASSERT_EQ (Sender::Push::more, sender.push (id, whole ()));
  sender.cancel (id);
  drain ();
  EXPECT_TRUE (cancels.empty ());
  EXPECT_EQ (1u, states.size ());
  sender.on_link_up ();
  drain ();
  EXPECT_TRUE (parts.empty ());
}

TEST_F (SenderTest, TellsNothingMoreOfADetachedOne)
{
  const auto id = sender.start (tag (1), 0);
  ASSERT_EQ (Sender::Push::more, sender.push (id, whole ()));
  sender.detach (id);
  sender.on_link_up ();
  sender.on_state (state (id, SendState::queued));
  sender.on_state (state (id, SendState::accepted));
  drain ();
  EXPECT_EQ (1u, parts.size ());
  EXPECT_TRUE (states.empty ());
  EXPECT_EQ (0u, sender.upload_count ());
}

TEST_F (SenderTest, IgnoresCreditThatItNeverAskedFor)
{
  sender.on_link_up ();
  const auto id = sender.start (tag (1), 0);
  sender.on_credit (id, UINT32_MAX);
  ASSERT_EQ (Sender::Push::more, sender.push (id, Parts ().method ("_m")));
  std::size_t pushed = 0;
  while (Sender::Push::more == sender.push (id, Parts ().data (large)))
    pushed++;
  EXPECT_EQ (4u, pushed);
}

TEST_F (SenderTest, BoundsWhatManyUploadsKeepWhileTheLinkIsDown)
{
  std::size_t waiting = 0;
  for (int i = 0; i < 40; i++)
  {
    const auto id = sender.start (tag (1), 0);
    (void)sender.push (id, Parts ().method ("_m"));
    if (Sender::Push::wait == sender.push (id, Parts ().data (large)))
      waiting++;
  }
  EXPECT_LE (20u, waiting);
  sender.on_link_up ();
  drain ();
  EXPECT_EQ (waiting, readies.size ());
}

TEST_F (SenderTest, DeliversEachMessageWholeWhateverTheLinkDoes)
{
  const auto seed = std::random_device{}();
  std::cout << "seed " << seed << "\n";
  std::mt19937_64 random (seed);
  for (int round = 0; round < 50; round++)
  {
    Sender one;
    const auto message = test::random_message (random, 10000);
    const auto all = *psyc::encode_message (message, 65000);
    const auto id = one.start (tag (1), 0);
    psyc::PartReader reader (all);
    base::Bytes received;
    std::uint64_t uncredited = 0;
    bool is_up = false;
    bool is_input_done = false;
    bool is_waiting = false;
    for (int step = 0; step < 2000; step++)
    {
      switch (random () % 8)
      {
      case 0:
        is_up ? one.on_link_down () : one.on_link_up ();
        is_up = ! is_up;
        received.clear ();
        uncredited = 0;
        break;
      case 1:
        one.on_credit (id, static_cast<std::uint32_t> (uncredited));
        uncredited = 0;
        break;
      default:
        if (is_waiting || is_input_done)
          break;
        if (! reader.next ())
        {
          is_input_done = true;
          break;
        }
        const auto result = one.push (id, reader.raw ());
        ASSERT_TRUE (Sender::Push::more == result
                     || Sender::Push::wait == result);
        is_waiting = Sender::Push::wait == result;
      }
      while (auto effect = one.poll_effect ())
      {
        if (auto *p = std::get_if<Sender::SendParts> (&*effect))
        {
          ASSERT_TRUE (is_up);
          ASSERT_EQ (received.size (), p->offset);
          received.insert (received.end (), p->parts.begin (), p->parts.end ());
          uncredited += p->parts.size ();
        }
        else if (std::holds_alternative<Sender::Ready> (*effect))
          is_waiting = false;
        else
          FAIL () << "unexpected effect in round " << round;
      }
      if (received.size () == all.size ())
        break;
    }
    ASSERT_EQ (all, received) << round;
  }
}
