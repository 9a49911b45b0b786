// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Hostile joiners and children of a relay: floods, tickets that are forged,
// stolen or said again, and those who ask and never read.
#include "forged_tickets.hpp"
#include "multicast/core/limits.hpp"
#include "multicast/core/refusals.hpp"
#include "relay_bench.hpp"

using namespace testing_multicast;

namespace
{
class HostileChild : public RelayBench
{
protected:
  static constexpr std::uint32_t crowd = 10000;

  [[nodiscard]] std::int64_t
  count (RefusalCode code)
  {
    b.drain ();
    return b.counts[std::string (refusal_name (code))];
  }

  PeerAttach
  attach_message (const base::Bytes &shown, const base::PeerId &relay,
                  const base::Nonce &nonce)
  {
    PeerAttach message;
    message.ticket = shown;
    message.member = child.public_key ();
    TicketProof proof;
    proof.group = b.group.public_key ();
    proof.relay = relay;
    proof.relay_nonce = nonce;
    message.proof = sign (child, port::Purpose::ticket_proof, proof);
    return message;
  }

  // A joiner asks for a pipe to the origin, and says its question in it.
  ChannelId
  knock ()
  {
    const ChannelId channel{ ++last_channel };
    b.core->on_channel_opened (channel, child_peer);
    b.hear (channel, PeerHello{});
    b.hear (channel, PeerPipeOpen{ { 1 } });
    PeerJoinRequest request;
    request.question.group = b.group.public_key ();
    request.question.member = child.public_key ();
    request.question.peer = child_peer;
    b.hear (channel, PeerPipeUp{ { 1 }, { wire::must_encode (request) } });
    return channel;
  }

  // The parent is there, and so are these.
  void
  live_on (base::Duration length, const std::vector<ChannelId> &children)
  {
    for (const TimePoint end = b.now + length; b.now < end;)
    {
      b.pass (seconds (5));
      b.core->on_channel_sent (b.channel);
      b.hear (b.channel, PeerHeartbeat{ b.head (12) });
      for (const ChannelId channel : children)
        b.hear (channel, PeerAlive{});
    }
  }
};
} // namespace

TEST_F (HostileChild,
        AFewOfTenThousandJoinsASecondAreCarriedAndAnHonestOneAfter)
{
  std::size_t carried = 0;
  for (std::uint32_t i = 0; i < crowd; i++)
  {
    become (1000 + i);
    b.now += base::microseconds (100);
    b.core->advance_time (b.now);
    (void)knock ();
    carried += b.heard<PeerPipeUp> (b.channel) ? 1 : 0;
    b.sent.clear ();
  }
  EXPECT_GT (carried, 0u);
  EXPECT_LE (carried, 2 * limits::joins_per_second);
  EXPECT_EQ (carried, b.core->load ().pipes);
  EXPECT_EQ (static_cast<std::int64_t> (crowd - carried),
             count (RefusalCode::busy));
  EXPECT_EQ (crowd - carried, b.count_effects<CloseChannel> ());
  b.pass (seconds (1));
  become (20000);
  (void)knock ();
  EXPECT_TRUE (b.heard<PeerPipeUp> (b.channel));
  // They are forgotten when they fall silent.
  live_on (seconds (30), {});
  EXPECT_EQ (0u, b.core->load ().pipes);
}

TEST_F (HostileChild, ATicketOfWhichAnythingWasChangedIsRefused)
{
  for (const TicketChange &change : ticket_changes ())
  {
    base::Nonce nonce;
    const ChannelId channel = greet (&nonce);
    b.hear (channel, attach_message (forged_ticket (b.group, ticket (), change),
                                     b.peer, nonce));
    EXPECT_TRUE (b.was_refused (channel, RefusalCode::ticket_signature));
  }
  Ticket foreign = ticket ();
  foreign.group = key_of<base::ChannelKey> (2);
  EXPECT_TRUE (b.was_refused (attach (foreign), RefusalCode::ticket_group));
}

TEST_F (HostileChild, AnAttachSaidElsewhereBeforeIsRefused)
{
  const base::Bytes own = issue_ticket (b.group, ticket ());
  base::Nonce nonce;
  const ChannelId channel = greet (&nonce);
  const PeerAttach message = attach_message (own, b.peer, nonce);
  b.hear (channel, message);
  ASSERT_TRUE (b.heard<PeerAttached> (channel));
  const ChannelId again = greet ();
  b.hear (again, message);
  EXPECT_TRUE (b.was_refused (again, RefusalCode::ticket_proof));
  // What it said to another relay, which passes it on to this one.
  const ChannelId other = greet (&nonce);
  b.hear (other, attach_message (own, key_of<base::PeerId> (77), nonce));
  EXPECT_TRUE (b.was_refused (other, RefusalCode::ticket_proof));
  EXPECT_FALSE (b.was_closed (channel));
}

TEST_F (HostileChild, VisitorsAreBounded)
{
  for (std::size_t i = 0; i < limits::visitors_max; i++)
  {
    become (static_cast<std::uint32_t> (1000 + i));
    EXPECT_TRUE (
        b.heard<PeerAttached> (attach (ticket (), AttachKind::visitor)));
  }
  become (2000);
  EXPECT_TRUE (b.was_refused (attach (ticket (), AttachKind::visitor),
                              RefusalCode::busy));
  (void)attached ();
}

TEST_F (HostileChild, OneThatNeverReadsCostsABoundedAmountAndHoldsUpNobody)
{
  const ChannelId stuck = attached ();
  become (42);
  const ChannelId good = attached ();
  b.sent.clear ();
  b.is_taking = false;
  constexpr std::uint64_t last = 112;
  std::size_t most = 0;
  for (std::uint64_t id = 13; id <= last; id++)
  {
    b.hear_raw (b.fragment (id, 60000));
    b.core->on_fragment_stored ({ id });
    b.core->on_channel_sent (good);
    b.drain ();
    most = std::max (most, b.core->load ().queued_bytes);
  }
  EXPECT_LE (most, limits::live_queue_bytes_max + fragment_size_max);
  EXPECT_EQ (1, b.counts["children lagging"]);
  EXPECT_LE (b.sent[stuck].size (), limits::channel_under_way_max);
  for (std::uint64_t id = 13; id <= last; id++)
  {
    const auto fragment = b.heard<Fragment> (good);
    ASSERT_TRUE (fragment);
    EXPECT_EQ (id, fragment->fragment_id.value);
  }
}

TEST_F (HostileChild, OneThatAsksAndNeverReadsIsDropped)
{
  const ChannelId channel = attached ();
  b.is_taking = false;
  constexpr std::uint64_t enough = limits::control_queue_bytes_max / 16;
  std::uint64_t asked = 0;
  while (asked < enough && (0 != asked % 1000 || ! b.was_closed (channel)))
  {
    PeerReplayRequest request;
    request.replay = { ++asked };
    request.first = 11;
    request.last = 12;
    b.hear (channel, request);
  }
  EXPECT_TRUE (b.was_closed (channel));
  EXPECT_EQ (1, b.counts["channels closed: the peer does not read"]);
  EXPECT_EQ (0u, b.core->position ().child_count);
}

TEST_F (HostileChild, OneThatIsAliveAndNeverReadsIsDroppedAtLast)
{
  const ChannelId channel = attached ();
  b.is_taking = false;
  for (int i = 0; i < 48 && ! b.was_closed (channel); i++)
    live_on (hours (1), { channel });
  EXPECT_TRUE (b.was_closed (channel));
  EXPECT_EQ (1, b.counts["channels closed: the peer does not read"]);
  EXPECT_EQ (MemberState::attached, b.core->state ());
}

TEST_F (HostileChild, AWordForOneThatDoesNotReadClosesItsPipe)
{
  const ChannelId channel = attached ();
  b.hear (channel, PeerPipeOpen{ { 7 } });
  const auto up = b.heard<PeerPipeOpen> (b.channel);
  ASSERT_TRUE (up);
  b.is_taking = false;
  const base::Bytes word (1000, 4);
  for (std::size_t i = 0; i < 2 * limits::pipe_queue_bytes_max / word.size ();
       i++)
    b.hear (b.channel, PeerPipeDown{ up->pipe, {}, { word } });
  EXPECT_EQ (0u, b.core->load ().pipes);
  const auto close = b.heard<PeerPipeClose> (b.channel);
  ASSERT_TRUE (close);
  EXPECT_EQ (PipeEnd::full, close->end);
  EXPECT_EQ (MemberState::attached, b.core->state ());
}
