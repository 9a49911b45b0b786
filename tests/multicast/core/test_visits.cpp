// SPDX-License-Identifier: AGPL-3.0-or-later
//
// A member below a relay: whom it visits for what its parent does not have, in
// which order; and the pipe by which it speaks to the origin.
#include "bench.hpp"
#include "multicast/core/limits.hpp"

using namespace testing_multicast;

namespace
{
[[nodiscard]] base::PeerId
relay (std::uint8_t number)
{
  return key_of<base::PeerId> (number);
}

class Below : public testing::Test
{
protected:
  MemberBench b;
  // The parent, those above it, and somebody from before.
  const std::vector<base::PeerId> above{ relay (60), relay (61), relay (62) };
  const base::PeerId former = relay (50);

  void
  SetUp () override
  {
    b.start_with_ticket ();
    b.attach (12);
    b.hear (b.channel, PeerPath{ { former, above[0], above[1] }, true });
    b.now += milliseconds (1);
    b.hear (b.channel, PeerHeartbeat{ b.head (12), { above[0], 2 } });
    b.core->on_path_known (above[0], PathState::known);
    const auto call = b.take<OpenChannel> ();
    ASSERT_TRUE (call);
    b.channel = call->channel;
    answer (b.channel, { above[0] });
    b.hear (b.channel, PeerPath{ above, true });
    ASSERT_EQ (above[0], b.core->position ().parent);
  }

  void
  answer (ChannelId channel, const std::vector<base::PeerId> &path)
  {
    PeerHello hello;
    hello.heartbeat = seconds (5);
    b.hear (channel, hello);
    b.hear (channel, PeerAttached{ b.head (12), path, true, {}, {} });
  }

  // Who is called within a minute, or nobody; the parent stays alive.
  std::optional<OpenChannel>
  next_call ()
  {
    for (int i = 0; i < 60; i++)
    {
      for (const auto &peer :
           { above[0], above[1], above[2], former, b.origin_peer })
        b.core->on_path_known (peer, PathState::known);
      b.pass (seconds (1));
      if (const auto call = b.take<OpenChannel> ())
        return *call;
      b.hear (b.channel, PeerHeartbeat{ b.head (20) });
    }
    return std::nullopt;
  }

  // It says no to the question that is waiting on this channel.
  void
  lack_on (ChannelId channel)
  {
    const auto asked = b.heard<PeerReplayRequest> (channel);
    ASSERT_TRUE (asked);
    b.hear (channel,
            PeerReplayEnd{ asked->replay, ReplayCode::not_found, 20, {} });
  }
};
} // namespace

TEST_F (Below, VisitsThoseAboveThenOthersEachOnceAndTheOriginLast)
{
  b.hear (b.channel, PeerHeartbeat{ b.head (20) });
  lack_on (b.channel);
  std::vector<base::PeerId> visited;
  while (visited.size () < limits::visits_in_vain_max)
  {
    const auto call = next_call ();
    ASSERT_TRUE (call);
    visited.push_back (call->peer);
    if (call->peer == b.origin_peer)
      break;
    answer (call->channel, { call->peer });
    lack_on (call->channel);
  }
  EXPECT_EQ ((std::vector{ above[1], above[2], former, b.origin_peer }),
             visited);
}

TEST_F (Below, LearnsOnAVisitWhoIsAboveThere)
{
  b.hear (b.channel, PeerHeartbeat{ b.head (20) });
  lack_on (b.channel);
  const auto first = next_call ();
  ASSERT_TRUE (first);
  const base::PeerId beside = relay (70);
  answer (first->channel, { first->peer, beside });
  lack_on (first->channel);
  std::vector<base::PeerId> visited;
  for (int i = 0; i < 2; i++)
  {
    b.core->on_path_known (beside, PathState::known);
    const auto call = next_call ();
    ASSERT_TRUE (call);
    visited.push_back (call->peer);
    answer (call->channel, { call->peer });
    lack_on (call->channel);
  }
  // Before those whom it merely knows.
  EXPECT_NE (visited.end (),
             std::find (visited.begin (), visited.end (), beside));
}

// The pipe had been silent for longer than an answer may take.
TEST_F (Below, SaysItsNextRequestInTheSamePipe)
{
  const auto say = [this] (std::uint64_t id)
  {
    NewRequest request;
    request.request_id = { id };
    request.flags = flag_first_fragment | flag_last_fragment;
    request.body = { 1 };
    return b.core->on_client_request (request);
  };
  base::Nonce nonce;
  const auto hear_in = [&] (PipeId pipe, const auto &message)
  {
    OriginWord word;
    word.group = b.group.public_key ();
    word.nonce = nonce;
    word.message = wire::must_encode (message);
    b.hear (b.channel,
            PeerPipeDown{ pipe,
                          sign (b.group, port::Purpose::origin_word, word),
                          { word.message } });
  };
  ASSERT_EQ (ClientResult::taken, say (1));
  const auto open = b.heard<PeerPipeOpen> (b.channel);
  ASSERT_TRUE (open);
  const auto up = b.heard<PeerPipeUp> (b.channel);
  ASSERT_TRUE (up);
  const auto shown = wire::decode<PeerVoice> (up->message.bytes);
  ASSERT_TRUE (shown);
  nonce = shown->nonce;
  hear_in (open->pipe, PeerVoiceOpen{});
  hear_in (open->pipe, PeerRequestAck{ { 1 }, 0 });
  hear_in (open->pipe,
           PeerRequestSettled{ { 1 }, RequestResult::refused, {}, 7, "no" });
  for (int i = 0; i < 6; i++)
  {
    b.pass (seconds (5));
    b.hear (b.channel, PeerHeartbeat{ b.head (12) });
  }
  b.forget_effects ();
  ASSERT_EQ (ClientResult::taken, say (2));
  EXPECT_GT (b.core->next_deadline (), b.now);
  b.pass (seconds (1));
  EXPECT_TRUE (b.heard<PeerPipeUp> (b.channel));
  EXPECT_FALSE (b.heard<PeerPipeClose> (b.channel));
}
