// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The origin: fragments, children, requests, replays, heads. The door has a
// file of its own.
#include "bench.hpp"
#include "multicast/core/limits.hpp"

using namespace testing_multicast;

namespace
{
class Origin : public testing::Test
{
protected:
  OriginBench b;

  void
  say (std::size_t count = 1, std::size_t size = 5)
  {
    while (count-- > 0)
      EXPECT_EQ (ClientResult::taken,
                 b.core->on_client_fragment (b.fragment (size)));
  }

  // So many have got their numbers.
  std::size_t
  echoed ()
  {
    b.drain ();
    return static_cast<std::size_t> (std::count_if (
        b.effects.begin (), b.effects.end (),
        [] (const auto &effect)
        { return std::holds_alternative<EchoFragment> (effect); }));
  }

  base::Bytes
  request (std::uint64_t id, std::size_t size = 5)
  {
    return make_request (b.member, b.group.public_key (), b.request (id, size));
  }

  void
  hear_raw (ChannelId channel, const base::Bytes &raw)
  {
    b.core->on_peer_message (channel, raw);
    b.drain ();
  }

  base::Bytes
  old_fragment (std::uint64_t id)
  {
    return make_fragment (b.group, { id }, b.fragment ());
  }

  PeerReplayRequest
  replay (std::uint64_t first, std::uint64_t last)
  {
    return { { 7 }, ReplayUnit::fragments, first, last, {} };
  }
};
} // namespace

// --- the first message
// -----------------------------------------------------------

TEST_F (Origin, SaysHelloFirst)
{
  const ChannelId channel = b.open (b.peer);
  const auto hello = b.heard<PeerHello> (channel);
  ASSERT_TRUE (hello);
  EXPECT_EQ (protocol_version, hello->version);
  EXPECT_FALSE (hello->nonce.is_zero ());
}

TEST_F (Origin, RefusesAnUnknownVersionByNameAndIgnoresUnknownFeatures)
{
  ChannelId channel = b.open (b.peer);
  PeerHello hello;
  hello.version = 2;
  b.hear (channel, hello);
  EXPECT_TRUE (b.was_refused (channel, RefusalCode::version_unknown));
  channel = b.open (b.peer);
  hello.version = 1;
  hello.features = UINT64_MAX;
  b.hear (channel, hello);
  EXPECT_FALSE (b.was_closed (channel));
}

TEST_F (Origin, RefusesWhatComesOutOfPlace)
{
  const auto is_refused = [this] (ChannelId channel)
  { return b.was_refused (channel, RefusalCode::out_of_state); };
  ChannelId channel = b.open (b.peer);
  b.hear (channel, PeerAlive{});
  EXPECT_TRUE (is_refused (channel));
  channel = b.open (b.peer);
  b.hear (channel, b.question ());
  EXPECT_TRUE (is_refused (channel));
  channel = b.greet ();
  b.hear (channel, PeerHello{});
  EXPECT_TRUE (is_refused (channel));
  channel = b.greet ();
  b.hear (channel, PeerPart{});
  EXPECT_TRUE (is_refused (channel));
  channel = b.greet ();
  b.hear (channel, replay (1, 2));
  EXPECT_TRUE (is_refused (channel));
  channel = b.attached ();
  b.hear (channel, b.question ());
  EXPECT_TRUE (is_refused (channel));
  channel = b.greet ();
  b.hear (channel, PeerHeartbeat{}); // a parent's word
  EXPECT_TRUE (b.was_refused (channel, RefusalCode::malformed));
}

TEST_F (Origin, TakesMessagesInBatches)
{
  const ChannelId channel = b.open (b.peer);
  const auto hello = wire::must_encode (PeerHello{});
  const auto question = wire::must_encode (b.question ());
  PeerBatch batch;
  batch.messages.bytes = hello;
  batch.messages.bytes.insert (batch.messages.bytes.end (), question.begin (),
                               question.end ());
  b.hear (channel, batch);
  EXPECT_TRUE (b.take<AskJoin> ());
}

// --- fragments
// -----------------------------------------------------------------------

TEST_F (Origin, SendsNothingBeforeItIsStored)
{
  const ChannelId channel = b.attached ();
  say (2);
  const auto echo = b.take<EchoFragment> ();
  ASSERT_TRUE (echo);
  EXPECT_EQ (base::FragmentId{ 11 }, echo->id);
  EXPECT_FALSE (b.heard<Fragment> (channel));
  b.core->on_fragment_stored ({ 11 });
  EXPECT_EQ (base::FragmentId{ 11 }, b.heard<Fragment> (channel)->fragment_id);
  EXPECT_FALSE (b.heard<Fragment> (channel));
  EXPECT_EQ (base::FragmentId{ 11 }, b.core->head ().fragment_id);
}

TEST_F (Origin, IssuesANumberAgainOnlyWhenItNeverLeft)
{
  say (3);
  b.core->on_fragment_stored ({ 11 });
  b.core->on_fragment_discarded ({ 12 });
  b.forget_effects ();
  say ();
  EXPECT_EQ (base::FragmentId{ 12 }, b.take<EchoFragment> ()->id);
}

TEST_F (Origin, RefusesClientInputThatCanNeverBeRight)
{
  const auto result = [this] (auto change)
  {
    NewFragment fragment = b.fragment ();
    change (fragment);
    return b.core->on_client_fragment (std::move (fragment));
  };
  EXPECT_EQ (ClientResult::invalid,
             result ([] (NewFragment &f) { f.message_id = {}; }));
  EXPECT_EQ (ClientResult::invalid,
             result ([] (NewFragment &f) { f.flags = 1u << 30; }));
  EXPECT_EQ (ClientResult::invalid,
             result ([] (NewFragment &f) { f.body.resize (64000); }));
  EXPECT_EQ (ClientResult::invalid,
             result ([] (NewFragment &f) { f.fragment_offset = UINT64_MAX; }));
  b.core->on_fragment_stored ({ 999 });
  b.core->on_fragment_discarded ({ 999 });
  b.core->on_replay_end ({ 999 }, ReplayCode::ok);
  b.core->on_replay_fragment ({ 999 }, {});
}

TEST_F (Origin, TakesABoundedAmountThatIsNotStored)
{
  std::uint64_t id = 10;
  while (b.core->has_room () && id < 1000)
  {
    say (1, 60000);
    id++;
  }
  EXPECT_LT (id, 200u);
  EXPECT_EQ (ClientResult::full, b.core->on_client_fragment (b.fragment ()));
  b.core->on_fragment_stored ({ id });
  EXPECT_TRUE (b.core->has_room ());
}

TEST_F (Origin, DropsALaggingChildsQueueAndGoesOnWhenItHasRead)
{
  const ChannelId channel = b.attached ();
  b.is_taking = false;
  for (std::uint64_t id = 11; id < 111; id++)
  {
    say (1, 60000);
    b.core->on_fragment_stored ({ id });
  }
  b.pass (limits::pace_patience);
  b.core->on_fragment_stored ({ 110 });
  b.drain ();
  EXPECT_EQ (1, b.counts["children lagging"]);
  const auto before = b.sent[channel].size ();
  EXPECT_LE (before, 3 + limits::channel_under_way_max);
  b.is_taking = true;
  for (std::size_t i = 0; i < limits::channel_under_way_max; i++)
    b.core->on_channel_sent (channel);
  const auto heartbeat = b.heard<PeerHeartbeat> (channel);
  ASSERT_TRUE (heartbeat); // from which it sees what it missed
  EXPECT_EQ (base::FragmentId{ 110 },
             heartbeat->head.statement.head.fragment_id);
  say ();
  b.core->on_fragment_stored ({ 111 });
  while (const auto fragment = b.heard<Fragment> (channel))
    if (base::FragmentId{ 111 } == fragment->fragment_id)
      return;
  FAIL () << "live fragments did not come again";
}

TEST_F (Origin, SlowsItsSenderRatherThanDropWhatItsChildrenCannotTakeYet)
{
  const ChannelId channel = b.attached ();
  b.is_taking = false;
  for (std::uint64_t id = 11; id < 111; id++)
  {
    say (1, 60000);
    b.core->on_fragment_stored ({ id });
  }
  EXPECT_LT (echoed (), 40U);
  EXPECT_GT (b.counts["fragments held back: children or store are slow"], 60);
  b.is_taking = true;
  for (std::uint64_t i = 0; i < 100 && echoed () < 100; i++)
  {
    b.core->on_channel_sent (channel);
    b.core->on_fragment_stored ({ 110 });
  }
  ASSERT_EQ (100U, echoed ());
  b.core->on_fragment_stored ({ 110 });
  for (std::uint64_t id = 11; id < 111; id++)
  {
    const auto fragment = b.heard<Fragment> (channel);
    ASSERT_TRUE (fragment);
    EXPECT_EQ (base::FragmentId{ id }, fragment->fragment_id);
  }
  EXPECT_EQ (0, b.counts["children lagging"]);
}

TEST_F (Origin, IsNotSlowedByOneOfItsChildrenThatReadsSlower)
{
  const ChannelId quick = b.attached ();
  b.member = FakeMemberSigner{ 22 };
  const ChannelId slow = b.attached ();
  b.is_taking = false;
  for (std::uint64_t id = 11; id < 111; id++)
  {
    say (1, 60000);
    b.core->on_fragment_stored ({ id });
    b.drain ();
    b.core->on_channel_sent (quick);
    if (0 == id % 10)
      b.core->on_channel_sent (slow);
  }
  EXPECT_EQ (100U, echoed ());
  EXPECT_GE (b.counts["children lagging"], 1);
}

TEST_F (Origin, GivesUpWhatItHoldsBackWithWhatCouldNotBeStored)
{
  (void)b.attached ();
  b.is_taking = false;
  for (std::uint64_t id = 11; id < 61; id++)
  {
    say (1, 60000);
    b.core->on_fragment_stored ({ id });
  }
  const std::uint64_t issued = echoed ();
  ASSERT_LT (issued, 50U);
  b.core->on_fragment_discarded ({ 11 + issued });
  b.pass (limits::pace_patience);
  b.forget_effects ();
  say ();
  EXPECT_EQ (base::FragmentId{ 11 + issued }, b.take<EchoFragment> ()->id);
}

TEST_F (Origin, DoesNotTakeItsOwnSleepForItsChildrensSilence)
{
  const ChannelId channel = b.attached ();
  b.now += hours (1);
  b.core->advance_time (b.now);
  EXPECT_FALSE (b.was_closed (channel));
  b.hear (channel, PeerAlive{});
  b.pass (2 * b.config.heartbeat);
  EXPECT_FALSE (b.was_closed (channel));
  b.pass (2 * b.config.heartbeat);
  EXPECT_TRUE (b.was_closed (channel));
}

TEST_F (Origin, ClosesAChildThatDoesNotReadItsAnswers)
{
  const ChannelId channel = b.attached ();
  b.is_taking = false;
  for (int i = 0; i < 10000 && ! b.was_closed (channel); i++)
  {
    b.core->on_request_settled (
        b.member.public_key (),
        { { 1 }, RequestResult::refused, {}, 1, std::string (1000, 'x') });
  }
  EXPECT_TRUE (b.was_closed (channel));
}

// --- heartbeat
// -------------------------------------------------------------------------

TEST_F (Origin, SendsASignedHeadEveryHeartbeatAndDropsTheSilent)
{
  const ChannelId channel = b.attached ();
  b.forget_effects ();
  b.pass (seconds (5));
  EXPECT_TRUE (b.heard<PeerHeartbeat> (channel));
  b.pass (seconds (5));
  EXPECT_TRUE (b.heard<PeerHeartbeat> (channel));
  EXPECT_FALSE (b.was_closed (channel));
  b.pass (seconds (10));
  EXPECT_TRUE (b.was_closed (channel));
  EXPECT_EQ (MemberEvent::detached, b.take<MemberChange> ()->event);
  EXPECT_EQ (base::time_never, b.core->next_deadline ());
}

TEST_F (Origin, WaitsLongerForAChildWithASlowerHeartbeat)
{
  base::Nonce nonce;
  const ChannelId channel = b.open (b.peer);
  nonce = b.heard<PeerHello> (channel)->nonce;
  PeerHello hello;
  hello.heartbeat = seconds (20);
  b.hear (channel, hello);
  b.hear (channel, b.attach_message (b.ticket (), nonce));
  b.pass (seconds (55));
  EXPECT_FALSE (b.was_closed (channel));
  b.pass (seconds (10));
  EXPECT_TRUE (b.was_closed (channel));
}

// --- requests
// ----------------------------------------------------------------------------

TEST_F (Origin, DeliversARequestAndBringsTheAnswersBack)
{
  const ChannelId channel = b.attached ();
  hear_raw (channel, request (3));
  const auto delivered = b.take<DeliverRequest> ();
  ASSERT_TRUE (delivered);
  EXPECT_EQ (request (3), delivered->request);
  b.core->on_request_stored (b.member.public_key (), { 3 }, 0);
  EXPECT_EQ (base::RequestId{ 3 },
             b.heard<PeerRequestAck> (channel)->request_id);
  b.core->on_request_settled (
      b.member.public_key (),
      { { 3 }, RequestResult::accepted, { 77 }, 0, {} });
  EXPECT_EQ (base::MessageId{ 77 },
             b.heard<PeerRequestSettled> (channel)->message_id);
}

TEST_F (Origin, RefusesRequestsFromWhoIsNotAdmitted)
{
  const ChannelId channel = b.greet ();
  hear_raw (channel, request (3));
  EXPECT_TRUE (b.was_refused (channel, RefusalCode::out_of_state));
  EXPECT_EQ (1, b.counts["requests refused: not admitted"]);
  EXPECT_EQ (0u, b.count_effects<DeliverRequest> ());
}

TEST_F (Origin, RefusesRequestsInAnothersNameOrFromAnotherGroup)
{
  hear_raw (b.attached (), make_request (FakeMemberSigner (99),
                                         b.group.public_key (), b.request (3)));
  EXPECT_EQ (1, b.counts["requests refused: another member's key"]);
  hear_raw (b.attached (), make_request (b.member, key_of<base::ChannelKey> (2),
                                         b.request (3)));
  EXPECT_EQ (1, b.counts["requests refused: wrong signature"]);
  EXPECT_EQ (0u, b.count_effects<DeliverRequest> ());
}

TEST_F (Origin, DeliversAPieceThatIsUnderWayOnce)
{
  const ChannelId channel = b.attached ();
  hear_raw (channel, request (3));
  hear_raw (channel, request (3));
  EXPECT_EQ (1u, b.count_effects<DeliverRequest> ());
  b.core->on_request_stored (b.member.public_key (), { 3 }, 0);
  hear_raw (channel, request (3)); // the client knows what it has
  EXPECT_EQ (2u, b.count_effects<DeliverRequest> ());
}

TEST_F (Origin, BoundsWhatAMemberHasUnderWay)
{
  const ChannelId channel = b.attached ();
  for (std::uint64_t id = 1; id <= 200; id++)
    hear_raw (channel, request (id, 60000));
  EXPECT_LE (b.count_effects<DeliverRequest> () * 60000,
             limits::request_flood_bytes);
  EXPECT_GT (b.counts["requests dropped: too many not yet stored"], 0);
  EXPECT_FALSE (b.was_closed (channel));
}

// --- replay
// ----------------------------------------------------------------------------------

TEST_F (Origin, AnswersAReplayFromItsClient)
{
  const ChannelId channel = b.attached ();
  b.hear (channel, replay (3, 5));
  const auto asked = b.take<AskReplay> ();
  ASSERT_TRUE (asked);
  EXPECT_EQ (b.member.public_key (), asked->member);
  EXPECT_EQ (3u, asked->first);
  EXPECT_EQ (5u, asked->last);
  b.core->on_replay_fragment (asked->replay, old_fragment (3));
  b.core->on_replay_fragment (asked->replay, old_fragment (9)); // not asked for
  b.core->on_replay_fragment (asked->replay, old_fragment (3)); // once more
  b.core->on_replay_fragment (asked->replay, {});
  b.core->on_replay_fragment (asked->replay, old_fragment (5));
  b.core->on_replay_end (asked->replay, ReplayCode::ok);
  EXPECT_EQ (base::FragmentId{ 3 }, b.heard<Fragment> (channel)->fragment_id);
  EXPECT_EQ (base::FragmentId{ 5 }, b.heard<Fragment> (channel)->fragment_id);
  EXPECT_FALSE (b.heard<Fragment> (channel));
  const auto end = b.heard<PeerReplayEnd> (channel);
  ASSERT_TRUE (end);
  EXPECT_EQ (ReplayId{ 7 }, end->replay);
  EXPECT_EQ (ReplayCode::ok, end->code);
  EXPECT_EQ (5u, end->last);
}

TEST_F (Origin, RefusesRangesThatAreNone)
{
  for (const auto &[first, last] :
       { std::pair<std::uint64_t, std::uint64_t>{ 0, 5 },
         { 5, 4 },
         { 1, UINT64_MAX } })
  {
    const ChannelId channel = b.attached ();
    b.hear (channel, replay (first, last));
    EXPECT_TRUE (b.was_refused (channel, RefusalCode::malformed));
  }
  const ChannelId channel = b.attached ();
  PeerReplayRequest request = replay (1, 2);
  request.unit = static_cast<ReplayUnit> (9);
  b.hear (channel, request);
  EXPECT_TRUE (b.was_refused (channel, RefusalCode::malformed));
}

TEST_F (Origin, CancelsAReplayWhoseChildIsGone)
{
  const ChannelId channel = b.attached ();
  b.hear (channel, replay (3, 5));
  const auto asked = b.take<AskReplay> ();
  b.core->on_channel_closed (channel);
  EXPECT_EQ (asked->replay, b.take<CancelReplay> ()->replay);
  b.core->on_replay_fragment (asked->replay, old_fragment (3));
  b.core->on_replay_end (asked->replay, ReplayCode::ok);
}

TEST_F (Origin, EndsAReplayThatItsClientDoesNotAnswer)
{
  const ChannelId channel = b.attached ();
  b.hear (channel, replay (3, 5));
  for (int i = 0; i < 14; i++)
  {
    b.pass (seconds (5));
    b.hear (channel, PeerAlive{});
  }
  const auto end = b.heard<PeerReplayEnd> (channel);
  ASSERT_TRUE (end);
  EXPECT_EQ (ReplayCode::internal_error, end->code);
}

TEST_F (Origin, StopsAReplayThatFillsTheChildsQueue)
{
  const ChannelId channel = b.attached ();
  b.is_taking = false;
  PeerReplayRequest request = replay (5, 5);
  request.unit = ReplayUnit::messages;
  b.hear (channel, request);
  const auto asked = b.take<AskReplay> ();
  ASSERT_TRUE (asked);
  std::uint64_t id = 0;
  NewFragment huge = b.fragment (60000);
  huge.message_id = { 5 };
  for (; id < 1000 && ! b.count_effects<CancelReplay> (); id++)
    b.core->on_replay_fragment (asked->replay,
                                make_fragment (b.group, { id + 1 }, huge));
  EXPECT_LT (id, 160u);
  b.is_taking = true;
  for (int i = 0; i < 10; i++)
    b.core->on_channel_sent (channel);
  const auto end = b.heard<PeerReplayEnd> (channel);
  ASSERT_TRUE (end);
  EXPECT_EQ (ReplayCode::more, end->code);
  EXPECT_EQ (base::FragmentId{ id }, end->after);
  // It goes on behind that fragment.
  request.after = end->after;
  b.hear (channel, request);
  const auto again = b.take<AskReplay> ();
  ASSERT_TRUE (again);
  b.sent.clear ();
  b.core->on_replay_fragment (again->replay,
                              make_fragment (b.group, { id }, huge));
  b.core->on_replay_fragment (again->replay,
                              make_fragment (b.group, { id + 1 }, huge));
  EXPECT_EQ (base::FragmentId{ id + 1 },
             b.heard<Fragment> (channel)->fragment_id);
}

// What is meant by such a question, the application knows.
TEST_F (Origin, LetsTheClientAnswerALiteralQuestionWithWhatItLikes)
{
  const ChannelId channel = b.attached ();
  PeerReplayRequest request = replay (base::id_max, base::id_max);
  request.unit = ReplayUnit::messages;
  request.detail.is_literal = true;
  b.hear (channel, request);
  const auto asked = b.take<AskReplay> ();
  ASSERT_TRUE (asked);
  EXPECT_EQ (base::id_max, asked->first);
  b.core->on_replay_fragment (asked->replay, old_fragment (3));
  b.core->on_replay_fragment (asked->replay, old_fragment (4));
  b.core->on_replay_end (asked->replay, ReplayCode::ok);
  EXPECT_EQ (base::FragmentId{ 3 }, b.heard<Fragment> (channel)->fragment_id);
  EXPECT_EQ (base::FragmentId{ 4 }, b.heard<Fragment> (channel)->fragment_id);
  EXPECT_EQ (ReplayCode::ok, b.heard<PeerReplayEnd> (channel)->code);
  // What is here already is left out.
  request.after = { 3 };
  b.hear (channel, request);
  const auto again = b.take<AskReplay> ();
  ASSERT_TRUE (again);
  b.core->on_replay_fragment (again->replay, old_fragment (3));
  b.core->on_replay_fragment (again->replay, old_fragment (4));
  EXPECT_EQ (base::FragmentId{ 4 }, b.heard<Fragment> (channel)->fragment_id);
}

// --- heads that are claimed
// --------------------------------------------------------------------

namespace
{
class UncleanOrigin : public Origin
{
protected:
  UncleanOrigin ()
  {
    b.config.start = StartKind::unclean;
    b.start ();
  }

  ChannelId
  claim (std::uint64_t id)
  {
    base::Nonce nonce;
    const ChannelId channel = b.greet (&nonce);
    PeerAttach message = b.attach_message (b.ticket (), nonce);
    message.highest_held = { id };
    b.hear (channel, message);
    return channel;
  }
};
} // namespace

TEST_F (UncleanOrigin, NumbersNothingUntilMembersCouldAnswer)
{
  say (2);
  EXPECT_FALSE (b.take<EchoFragment> ());
  b.pass (milliseconds (1900));
  EXPECT_FALSE (b.take<EchoFragment> ());
  b.pass (milliseconds (200));
  EXPECT_EQ (OriginState::started, b.take<OriginStateChange> ()->state);
  EXPECT_EQ (base::FragmentId{ 11 }, b.take<EchoFragment> ()->id);
  EXPECT_EQ (base::FragmentId{ 12 }, b.take<EchoFragment> ()->id);
}

TEST_F (UncleanOrigin, StopsWhenAMemberProvesAHigherHead)
{
  const ChannelId channel = claim (15);
  const auto question = b.heard<PeerReplayRequest> (channel);
  ASSERT_TRUE (question);
  EXPECT_EQ (15u, question->first);
  EXPECT_EQ (15u, question->last);
  say ();
  hear_raw (channel, old_fragment (15));
  const auto change = b.take<OriginStateChange> ();
  ASSERT_TRUE (change);
  EXPECT_EQ (OriginState::head_behind, change->state);
  EXPECT_EQ (base::FragmentId{ 15 }, change->head.fragment_id);
  EXPECT_EQ (ClientResult::stopped, b.core->on_client_fragment (b.fragment ()));
  EXPECT_TRUE (b.was_refused (channel, RefusalCode::behind));
  b.pass (seconds (60));
  EXPECT_FALSE (b.take<EchoFragment> ());
  EXPECT_TRUE (b.was_refused (b.open (b.peer), RefusalCode::behind));
}

// Data from an older copy goes on behind a hole; who has something from there
// shows that the copy was old, also after a while.
TEST_F (Origin, OfACopyStopsWhenAMemberHasWhatWasSkipped)
{
  b.config.start = StartKind::unclean;
  // multicast was restarted since: five were said behind the hole.
  b.config.known = { 10 };
  b.config.resumed = { 995 };
  b.config.head.fragment_id = { 1000 };
  b.start ();
  b.pass (seconds (5));
  say ();
  EXPECT_EQ (base::FragmentId{ 1001 }, b.take<EchoFragment> ()->id);
  const auto attach = [this] (std::uint64_t highest)
  {
    base::Nonce nonce;
    const ChannelId channel = b.greet (&nonce);
    PeerAttach message = b.attach_message (b.ticket (), nonce);
    message.highest_held = { highest };
    b.hear (channel, message);
    return channel;
  };
  EXPECT_FALSE (b.heard<PeerReplayRequest> (attach (10)));
  EXPECT_FALSE (b.heard<PeerReplayRequest> (attach (996)));
  const ChannelId channel = attach (15);
  const auto question = b.heard<PeerReplayRequest> (channel);
  ASSERT_TRUE (question);
  EXPECT_EQ (15u, question->first);
  hear_raw (channel, old_fragment (15));
  EXPECT_TRUE (b.was_refused (channel, RefusalCode::behind));
  EXPECT_EQ (ClientResult::stopped, b.core->on_client_fragment (b.fragment ()));
}

TEST_F (UncleanOrigin, BelievesNoClaimWithoutTheGroupsSignature)
{
  const ChannelId channel = claim (15);
  hear_raw (channel,
            make_fragment (FakeChannelSigner (2), { 15 }, b.fragment ()));
  EXPECT_TRUE (b.was_closed (channel));
  b.pass (seconds (3));
  EXPECT_EQ (OriginState::started, b.take<OriginStateChange> ()->state);
}

TEST_F (UncleanOrigin, WaitsForAProofButNotForEver)
{
  b.pass (milliseconds (1900));
  const ChannelId channel = claim (15);
  say ();
  for (int i = 0; i < 4; i++)
  {
    b.pass (seconds (1));
    b.hear (channel, PeerAlive{});
    EXPECT_EQ (0u, b.count_effects<EchoFragment> ());
  }
  b.pass (seconds (2));
  EXPECT_TRUE (b.take<EchoFragment> ());
}

TEST_F (UncleanOrigin, GoesOnWhenTheClaimIsTakenBack)
{
  b.pass (milliseconds (1900));
  const ChannelId channel = claim (15);
  b.hear (channel, PeerReplayEnd{ { 1 }, ReplayCode::not_found, 15, {} });
  say ();
  b.pass (milliseconds (200));
  EXPECT_TRUE (b.take<EchoFragment> ());
}

TEST_F (Origin, StopsOnAProofAlsoLaterOn)
{
  base::Nonce nonce;
  const ChannelId channel = b.greet (&nonce);
  PeerAttach message = b.attach_message (b.ticket (), nonce);
  message.highest_held = { 15 };
  b.forget_effects ();
  b.hear (channel, message);
  hear_raw (channel, old_fragment (15));
  EXPECT_EQ (OriginState::head_behind, b.take<OriginStateChange> ()->state);
}

TEST_F (Origin, RefusesFragmentsFromChildren)
{
  const ChannelId channel = b.attached ();
  hear_raw (channel, old_fragment (15));
  EXPECT_TRUE (b.was_refused (channel, RefusalCode::out_of_state));
}
