// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Whatever bytes a peer sends, in whatever state: nothing crashes, nothing is
// believed, and a channel that carried nonsense is closed.
#include <functional>

#include "bench.hpp"

using namespace testing_multicast;

namespace
{
// One of each message that peers say, with something in every member.
std::vector<base::Bytes>
every_message ()
{
  OriginBench b;
  std::vector<base::Bytes> out;
  const auto add = [&out] (const auto &message)
  { out.push_back (wire::must_encode (message)); };
  PeerJoinDecision decision;
  decision.decision.relays.resize (3);
  decision.decision.answer.resize (10);
  decision.decision.ticket = issue_ticket (b.group, b.ticket ());
  PeerEject eject;
  eject.ejection.notice.resize (5);
  PeerBatch batch;
  batch.messages.bytes = wire::must_encode (PeerAlive{ { 5 } });
  add (PeerHello{});
  add (PeerRefusal{ RefusalCode::busy, start_time, "later" });
  add (PeerAlive{ { 5 } });
  add (PeerHeartbeat{});
  add (b.question ());
  add (PeerJoinPending{});
  add (decision);
  add (b.attach_message (b.ticket (), {}));
  add (PeerAttached{ {}, { b.peer } });
  add (PeerTicket{ issue_ticket (b.group, b.ticket ()) });
  add (PeerReplayRequest{ { 1 }, ReplayUnit::fragments, 1, 2, {} });
  add (PeerReplayEnd{ { 1 }, ReplayCode::ok, 2, {} });
  add (PeerReplayCancel{ { 1 } });
  add (PeerRequestAck{ { 1 }, 0 });
  add (PeerRequestSettled{ { 1 }, RequestResult::refused, {}, 1, "no" });
  add (PeerPart{});
  add (PeerPartAck{});
  add (eject);
  add (PeerGroupEnd{});
  add (batch);
  out.push_back (make_fragment (b.group, { 11 }, b.fragment ()));
  out.push_back (make_request (b.member, b.group.public_key (), b.request (1)));
  return out;
}

using OnOrigin = std::function<void (OriginBench &, ChannelId)>;
using OnMember = std::function<void (MemberBench &)>;

// Calls it for an origin in each state of a channel.
void
in_every_origin_state (const OnOrigin &act)
{
  OriginBench b;
  act (b, b.open (b.peer));
  act (b, b.greet ());
  const ChannelId asking = b.greet ();
  b.hear (asking, b.question ());
  act (b, asking);
  act (b, b.attached ());
  b.config.start = StartKind::unclean;
  b.start ();
  act (b, b.attach (b.ticket ()));
}

void
in_every_member_state (const OnMember &act)
{
  {
    MemberBench b; // opening
    b.start ();
    b.core->on_path_known (b.origin_peer, PathState::known);
    b.channel = b.take<OpenChannel> ()->channel;
    act (b);
  }
  {
    MemberBench b; // asking
    b.start ();
    b.answer_call ();
    act (b);
  }
  {
    MemberBench b; // attaching
    b.start_with_ticket ();
    b.answer_call ();
    act (b);
  }
  {
    MemberBench b; // attached
    b.start_with_ticket ();
    b.attach (10);
    act (b);
  }
  {
    MemberBench b; // leaving
    b.start_with_ticket ();
    b.attach (10);
    b.core->on_part ();
    act (b);
  }
}

// Too short for its header, wrong in its size, or cut and made to look whole.
std::vector<base::Bytes>
prefixes (const base::Bytes &message)
{
  std::vector<base::Bytes> out;
  for (std::size_t size = 0; size < message.size (); size++)
  {
    base::Bytes cut (message.begin (),
                     message.begin () + static_cast<std::ptrdiff_t> (size));
    out.push_back (cut);
    if (size < 4)
      continue;
    cut[0] = static_cast<std::uint8_t> (size >> 8);
    cut[1] = static_cast<std::uint8_t> (size);
    out.push_back (cut);
  }
  return out;
}
} // namespace

TEST (Hostile, EveryPrefixOfEveryMessageIsBorneByTheOrigin)
{
  for (const auto &message : every_message ())
    for (const auto &bytes : prefixes (message))
      in_every_origin_state (
          [&] (OriginBench &b, ChannelId channel)
          {
            b.core->on_peer_message (channel, bytes);
            b.drain ();
            EXPECT_EQ (0u, b.count_effects<DeliverRequest> ());
          });
}

TEST (Hostile, EveryPrefixOfEveryMessageIsBorneByAMember)
{
  for (const auto &message : every_message ())
    for (const auto &bytes : prefixes (message))
      in_every_member_state (
          [&] (MemberBench &b)
          {
            b.hear_raw (bytes);
            EXPECT_EQ (0u, b.count_effects<JoinDecided> ());
            EXPECT_EQ (0u, b.count_effects<TicketRenewed> ());
          });
}

TEST (Hostile, ACutMessageClosesTheChannel)
{
  OriginBench b;
  const auto whole = wire::must_encode (b.question ());
  const ChannelId channel = b.greet ();
  b.core->on_peer_message (channel, base::ByteView (whole).first (50));
  EXPECT_TRUE (b.was_refused (channel, RefusalCode::malformed));
}

TEST (Hostile, RandomBytesAndChangedMessagesAreBorne)
{
  const std::uint64_t seed = 20240;
  SCOPED_TRACE (seed);
  FakeRandom random (seed);
  const auto messages = every_message ();
  const auto nonsense = [&]
  {
    base::Bytes bytes;
    if (0 == random.next () % 4)
    {
      bytes.resize (random.next () % 300);
      random.fill (bytes);
      return bytes;
    }
    bytes = messages[random.next () % messages.size ()];
    for (std::uint64_t i = random.next () % 4; i > 0; i--)
      bytes[4 + random.next () % (bytes.size () - 4 + 1) - 1]
          = static_cast<std::uint8_t> (random.next ());
    return bytes;
  };
  for (int round = 0; round < 300; round++)
  {
    in_every_origin_state (
        [&] (OriginBench &b, ChannelId channel)
        {
          for (int i = 0; i < 10; i++)
            b.core->on_peer_message (channel, nonsense ());
          b.drain ();
        });
    in_every_member_state (
        [&] (MemberBench &b)
        {
          for (int i = 0; i < 10; i++)
            b.hear_raw (nonsense ());
        });
  }
}

// Who is not admitted cannot make the origin keep much.
TEST (Hostile, AFloodOfChannelsAndQuestionsStaysBounded)
{
  OriginBench b;
  for (int i = 0; i < 5000; i++)
  {
    b.peer = key_of<base::PeerId> (static_cast<std::uint8_t> (i));
    const ChannelId channel = b.open (b.peer);
    b.hear (channel, PeerHello{});
    b.hear (channel, b.question ());
    b.sent.clear ();
  }
  std::size_t open = b.last_channel - b.count_effects<CloseChannel> ();
  EXPECT_LE (open, 300u);
  EXPECT_LE (b.count_effects<AskJoin> (), 256u);
}
