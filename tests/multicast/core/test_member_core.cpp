// SPDX-License-Identifier: AGPL-3.0-or-later
//
// A member: contact, door, fragments, repair, requests, the end.
#include "bench.hpp"
#include "multicast/core/limits.hpp"

using namespace testing_multicast;

namespace
{
class Member : public testing::Test
{
protected:
  MemberBench b;

  PeerJoinDecision
  decision (const PeerJoinRequest &request, bool is_admitted)
  {
    PeerJoinDecision out;
    out.decision.group = b.group.public_key ();
    out.decision.member = b.member.public_key ();
    out.decision.nonce = request.question.nonce;
    out.decision.is_admitted = is_admitted;
    out.decision.head.fragment_id = { 10 };
    out.decision.answer = { 4 };
    if (is_admitted)
      out.decision.ticket = issue_ticket (b.group, b.ticket ());
    out.signature = sign (b.group, port::Purpose::join_decision, out.decision);
    return out;
  }

  PeerJoinRequest
  asked ()
  {
    b.answer_call ();
    const auto request = b.heard<PeerJoinRequest> (b.channel);
    EXPECT_TRUE (request);
    return request.value_or (PeerJoinRequest{});
  }

  PeerEject
  ejection (std::uint64_t generation)
  {
    PeerEject out;
    out.ejection.group = b.group.public_key ();
    out.ejection.member = b.member.public_key ();
    out.ejection.generation = { generation };
    out.ejection.notice = { 9 };
    out.signature = sign (b.group, port::Purpose::ejection, out.ejection);
    return out;
  }

  PeerReplayRequest
  pulled ()
  {
    const auto request = b.heard<PeerReplayRequest> (b.channel);
    EXPECT_TRUE (request);
    return request.value_or (PeerReplayRequest{});
  }

  std::optional<MemberState>
  next_state ()
  {
    const auto change = b.take<MemberStateChange> ();
    return change ? std::optional (change->state) : std::nullopt;
  }
};
} // namespace

// --- the door
// ---------------------------------------------------------------------

TEST_F (Member, AsksAtTheDoorThenAttachesWithItsTicket)
{
  b.start ();
  EXPECT_EQ (MemberState::connecting, next_state ());
  const auto request = asked ();
  EXPECT_EQ ((base::Bytes{ 1, 2, 3 }), request.question.message);
  EXPECT_TRUE (is_signed (b.verifier, b.member.public_key (),
                          port::Purpose::join_request, request.question,
                          request.signature));
  b.hear (b.channel, PeerJoinPending{ request.question.nonce });
  EXPECT_EQ (MemberState::pending, next_state ());
  b.hear (b.channel, decision (request, true));
  const auto decided = b.take<JoinDecided> ();
  ASSERT_TRUE (decided);
  EXPECT_TRUE (decided->is_admitted);
  EXPECT_EQ (base::FragmentId{ 10 }, decided->admission.fragment_id);
  const auto attach = b.heard<PeerAttach> (b.channel);
  ASSERT_TRUE (attach);
  EXPECT_EQ (decided->ticket, attach->ticket);
  b.hear (b.channel, PeerAttached{ b.head (12), { b.origin_peer } });
  EXPECT_EQ (MemberState::attached, next_state ());
  // Its stream starts after the admission.
  const auto pull = pulled ();
  EXPECT_EQ (11u, pull.first);
  EXPECT_EQ (12u, pull.last);
}

TEST_F (Member, IsQuietOnceItWasRefused)
{
  b.start ();
  const auto request = asked (); // it sets the channel
  b.hear (b.channel, decision (request, false));
  const auto decided = b.take<JoinDecided> ();
  ASSERT_TRUE (decided);
  EXPECT_FALSE (decided->is_admitted);
  EXPECT_EQ ((base::Bytes{ 4 }), decided->answer);
  EXPECT_EQ (MemberState::refused, b.core->state ());
  b.forget_effects ();
  EXPECT_EQ (base::time_never, b.core->next_deadline ());
  b.core->on_path_known (b.origin_peer, PathState::known);
  EXPECT_EQ (0u, b.count_effects<OpenChannel> ());
}

TEST_F (Member, AsksAgainByItselfWhenTheChannelBroke)
{
  b.start ();
  const auto first = asked ();
  b.core->on_channel_closed (b.channel);
  b.pass (seconds (1));
  const auto second = asked ();
  EXPECT_NE (first.question.nonce, second.question.nonce);
}

TEST_F (Member, RefusesADecisionThatIsNotTheGroupsAnswerToIt)
{
  const auto is_refused = [this] (auto change, bool is_signed)
  {
    MemberBench fresh;
    fresh.start ();
    fresh.answer_call ();
    const auto request = fresh.heard<PeerJoinRequest> (fresh.channel);
    PeerJoinDecision message = decision (*request, true);
    change (message.decision);
    if (is_signed)
      message.signature
          = sign (b.group, port::Purpose::join_decision, message.decision);
    fresh.hear (fresh.channel, message);
    return fresh.was_refused (fresh.channel, RefusalCode::malformed)
           && 0 == fresh.count_effects<JoinDecided> ();
  };
  EXPECT_TRUE (is_refused ([] (JoinDecision &d) { d.answer = { 5 }; }, false));
  EXPECT_TRUE (is_refused ([] (JoinDecision &d) { d.nonce = {}; }, true));
  EXPECT_TRUE (is_refused (
      [] (JoinDecision &d) { d.group = key_of<base::ChannelKey> (2); }, true));
  EXPECT_TRUE (is_refused (
      [] (JoinDecision &d) { d.member = key_of<base::MemberKey> (2); }, true));
  EXPECT_TRUE (is_refused ([] (JoinDecision &d) { d.version = 2; }, true));
  EXPECT_TRUE (is_refused ([] (JoinDecision &d) { d.ticket = { 1 }; }, true));
}

TEST_F (Member, SaysTheReceiversTimeWhenItsClockIsWrong)
{
  b.start ();
  (void)asked ();
  PeerRefusal refusal;
  refusal.code = RefusalCode::join_time;
  refusal.receiver_time = b.now + hours (5);
  b.hear (b.channel, refusal);
  b.pass (seconds (4));
  const auto request = asked ();
  EXPECT_GE (request.question.time, b.now + hours (5) - seconds (10));
}

TEST_F (Member, AsksAtTheDoorWhenItsTicketIsNoLongerGood)
{
  Ticket expired = b.ticket ();
  expired.expiry = b.now;
  b.config.ticket = issue_ticket (b.group, expired);
  b.start ();
  (void)asked ();
}

TEST_F (Member, AsksAtTheDoorWhenTheOriginRefusesTheTicket)
{
  b.start_with_ticket ();
  b.answer_call ();
  ASSERT_TRUE (b.heard<PeerAttach> (b.channel));
  PeerRefusal refusal;
  refusal.code = RefusalCode::ticket_expired;
  b.hear (b.channel, refusal);
  b.pass (seconds (4));
  (void)asked ();
}

TEST_F (Member, CallsNobodyBeforeItKnowsItsOwnPeer)
{
  b.config.own_peer = {};
  b.config.ticket = issue_ticket (b.group, b.ticket ());
  b.start ();
  b.pass (seconds (100));
  EXPECT_EQ (0u, b.count_effects<AskPath> ());
  b.core->on_own_peer_known (b.peer);
  EXPECT_TRUE (b.take<AskPath> ());
  b.answer_call ();
  EXPECT_TRUE (b.heard<PeerAttach> (b.channel));
}

// --- contact
// ------------------------------------------------------------------------

TEST_F (Member, LeavesASilentOriginAloneFor100Seconds)
{
  b.start_with_ticket ();
  b.attach (10);
  b.pass (seconds (10));
  EXPECT_TRUE (b.heard<PeerAlive> (b.channel));
  EXPECT_EQ (MemberState::attached, b.core->state ());
  b.pass (seconds (10));
  EXPECT_TRUE (b.was_closed (b.channel));
  EXPECT_EQ (MemberState::detached, b.core->state ());
  b.forget_effects ();
  b.pass (seconds (94));
  EXPECT_EQ (0u, b.count_effects<AskPath> ());
  EXPECT_EQ (0u, b.count_effects<OpenChannel> ());
  b.pass (seconds (12));
  EXPECT_TRUE (b.take<AskPath> ());
  b.attach (10);
}

TEST_F (Member, RefusesAnUnknownVersionByName)
{
  b.start ();
  b.core->on_path_known (b.origin_peer, PathState::known);
  const ChannelId channel = b.take<OpenChannel> ()->channel;
  PeerHello hello;
  hello.version = 3;
  b.hear (channel, hello);
  EXPECT_TRUE (b.was_refused (channel, RefusalCode::version_unknown));
}

TEST_F (Member, NeedsNoPathToItsOwnPeer)
{
  b.config.origin = b.peer;
  b.start ();
  EXPECT_TRUE (b.take<OpenChannel> ());
}

// --- fragments
// ------------------------------------------------------------------------

TEST_F (Member, DeliversWhatIsGenuineOnce)
{
  b.start_with_ticket ();
  b.attach (10);
  b.hear_raw (b.fragment (11));
  b.hear_raw (b.fragment (11));
  EXPECT_EQ (1u, b.count_effects<DeliverFragment> ());
  auto forged = b.fragment (12);
  forged.back ()++;
  b.hear_raw (forged);
  EXPECT_EQ (1u, b.count_effects<DeliverFragment> ());
  EXPECT_EQ (1, b.counts["fragments refused: wrong signature"]);
  EXPECT_FALSE (b.was_closed (b.channel));
}

TEST_F (Member, RefusesFragmentsBeforeItIsAttached)
{
  b.start_with_ticket ();
  b.answer_call ();
  b.hear_raw (b.fragment (11));
  EXPECT_TRUE (b.was_refused (b.channel, RefusalCode::out_of_state));
  EXPECT_EQ (0u, b.count_effects<DeliverFragment> ());
}

TEST_F (Member, RefusesForgedHeads)
{
  b.start_with_ticket ();
  b.attach (10);
  PeerHeartbeat heartbeat{ b.head (20) };
  heartbeat.head.statement.head.fragment_id = { 500 };
  b.hear (b.channel, heartbeat);
  EXPECT_TRUE (b.was_refused (b.channel, RefusalCode::malformed));
  EXPECT_EQ (base::FragmentId{ 10 }, b.core->head ().fragment_id);
}

TEST_F (Member, RepairsAGapThatALiveFragmentShows)
{
  b.start_with_ticket ();
  b.attach (10);
  b.hear_raw (b.fragment (14));
  const auto pull = pulled ();
  EXPECT_EQ (11u, pull.first);
  EXPECT_EQ (13u, pull.last);
  for (std::uint64_t id = 11; id <= 13; id++)
    b.hear_raw (b.fragment (id));
  b.hear (b.channel, PeerReplayEnd{ pull.replay, ReplayCode::ok, 13, {} });
  EXPECT_EQ (4u, b.count_effects<DeliverFragment> ());
  EXPECT_EQ (0u, b.count_effects<Gap> ());
  EXPECT_FALSE (b.heard<PeerReplayRequest> (b.channel));
}

TEST_F (Member, NoticesALostTailFromTheHeartbeat)
{
  b.start_with_ticket ();
  b.attach (10);
  b.forget_effects ();
  b.hear (b.channel, PeerHeartbeat{ b.head (12) });
  EXPECT_EQ (base::FragmentId{ 12 }, b.take<HeadChange> ()->head.fragment_id);
  EXPECT_EQ (12u, pulled ().last);
}

TEST_F (Member, TellsAGapOnlyOnTheOriginsDefiniteNo)
{
  b.start_with_ticket ();
  b.attach (15);
  auto pull = pulled ();
  b.hear (b.channel,
          PeerReplayEnd{ pull.replay, ReplayCode::internal_error, 10, {} });
  EXPECT_EQ (0u, b.count_effects<Gap> ());
  for (int i = 0; i < 3; i++)
  {
    b.pass (seconds (4));
    b.hear (b.channel, PeerHeartbeat{ b.head (15) });
  }
  pull = pulled ();
  b.hear_raw (b.fragment (11));
  b.hear (b.channel, PeerReplayEnd{ pull.replay, ReplayCode::ok, 15, {} });
  const auto gap = b.take<Gap> ();
  ASSERT_TRUE (gap);
  EXPECT_EQ (base::FragmentId{ 12 }, gap->first);
  EXPECT_EQ (base::FragmentId{ 15 }, gap->last);
}

TEST_F (Member, AsksAgainForWhatItsClientCouldNotStore)
{
  b.start_with_ticket ();
  b.attach (10);
  b.hear_raw (b.fragment (11));
  b.core->on_fragment_failed ({ 11 });
  for (int i = 0; i < 3; i++)
  {
    EXPECT_FALSE (b.heard<PeerReplayRequest> (b.channel));
    b.pass (seconds (4));
    b.hear (b.channel, PeerAlive{});
  }
  EXPECT_EQ (11u, pulled ().first);
  b.hear_raw (b.fragment (11));
  EXPECT_EQ (2u, b.count_effects<DeliverFragment> ());
}

TEST_F (Member, DoesNotAskForWhatItsClientHas)
{
  b.config.have = { { 11, 14 } };
  b.start_with_ticket ();
  b.attach (16);
  EXPECT_EQ (15u, pulled ().first);
}

TEST_F (Member, FetchesOldHistoryWhenItCan)
{
  b.start_with_ticket ();
  EXPECT_EQ (ClientResult::taken,
             b.core->on_fetch (ReplayUnit::messages, 1, 3));
  EXPECT_EQ (ClientResult::invalid,
             b.core->on_fetch (ReplayUnit::messages, 3, 1));
  EXPECT_EQ (ClientResult::invalid,
             b.core->on_fetch (ReplayUnit::messages, 0, 1));
  b.attach (10);
  const auto pull = pulled ();
  EXPECT_EQ (ReplayUnit::messages, pull.unit);
  b.hear_raw (b.fragment (2));
  b.hear (b.channel, PeerReplayEnd{ pull.replay, ReplayCode::ok, 3, {} });
  EXPECT_EQ (base::FragmentId{ 2 }, b.take<DeliverFragment> ()->id);
  EXPECT_EQ (ReplayCode::ok, b.take<Fetched> ()->code);
}

TEST_F (Member, IgnoresWhatIsFromBeforeItsStreamUnlessItAsked)
{
  b.start_with_ticket ();
  b.attach (10);
  b.hear_raw (b.fragment (2));
  EXPECT_FALSE (b.take<DeliverFragment> ());
  EXPECT_EQ (1, b.counts["fragments ignored: not asked for"]);
}

TEST_F (Member, DropsWhatItsClientIsFarBehindWithAndPullsItLater)
{
  b.start_with_ticket ();
  b.attach (10);
  std::uint64_t id = 11;
  for (; id < 1000; id++)
  {
    b.hear_raw (b.fragment (id, 60000));
    if (b.counts["fragments dropped: the client is behind"] > 0)
      break;
  }
  EXPECT_LT (id, 400u);
  EXPECT_FALSE (b.heard<PeerReplayRequest> (b.channel));
  for (std::uint64_t stored = 11; stored < id; stored++)
    b.core->on_fragment_stored ({ stored });
  b.hear (b.channel, PeerHeartbeat{ b.head (id) });
  EXPECT_EQ (id, pulled ().first);
}

TEST_F (Member, ProvesItsHeadToTheOriginAndServesNothingElse)
{
  b.start_with_ticket ();
  b.attach (10);
  b.hear (b.channel,
          PeerReplayRequest{ { 1 }, ReplayUnit::fragments, 5, 5, {} });
  const auto asked = b.take<AskReplay> ();
  ASSERT_TRUE (asked);
  b.core->on_replay_fragment (asked->replay, b.fragment (6));
  b.core->on_replay_fragment (asked->replay, b.fragment (5));
  b.core->on_replay_end (asked->replay, ReplayCode::ok);
  EXPECT_EQ (base::FragmentId{ 5 }, b.heard<Fragment> (b.channel)->fragment_id);
  EXPECT_TRUE (b.heard<PeerReplayEnd> (b.channel));
  b.hear (b.channel,
          PeerReplayRequest{ { 2 }, ReplayUnit::fragments, 1, 500, {} });
  EXPECT_EQ (ReplayCode::access_denied,
             b.heard<PeerReplayEnd> (b.channel)->code);
  EXPECT_EQ (0u, b.count_effects<AskReplay> ());
}

// --- requests
// ----------------------------------------------------------------------------

namespace
{
NewRequest
request (std::uint64_t id, std::size_t size = 5)
{
  NewRequest out;
  out.request_id = { id };
  out.flags = flag_first_fragment | flag_last_fragment;
  out.body.resize (size);
  return out;
}
} // namespace

TEST_F (Member, SendsRequestsWhileAttachedOnly)
{
  b.start_with_ticket ();
  EXPECT_EQ (ClientResult::not_attached,
             b.core->on_client_request (request (1)));
  b.attach (10);
  EXPECT_EQ (ClientResult::taken, b.core->on_client_request (request (1)));
  const auto sent = b.heard<Request> (b.channel);
  ASSERT_TRUE (sent);
  EXPECT_EQ (b.member.public_key (), sent->member_key);
  b.hear (b.channel, PeerRequestAck{ { 1 }, 0 });
  EXPECT_EQ (base::RequestId{ 1 }, b.take<RequestStored> ()->request_id);
  b.hear (b.channel, PeerRequestAck{ { 1 }, 0 });
  EXPECT_FALSE (b.take<RequestStored> ());
  b.hear (b.channel,
          PeerRequestSettled{ { 1 }, RequestResult::refused, {}, 7, "no" });
  EXPECT_EQ (7u, b.take<RequestSettled> ()->settlement.code);
  NewRequest wrong = request (0);
  EXPECT_EQ (ClientResult::invalid, b.core->on_client_request (wrong));
}

TEST_F (Member, KeepsAWindowOfRequestsUnderWayAndABoundedQueue)
{
  b.start_with_ticket ();
  b.attach (10);
  std::uint64_t id = 1;
  while (ClientResult::taken == b.core->on_client_request (request (id, 60000)))
    id++;
  EXPECT_EQ (ClientResult::full, b.core->on_client_request (request (id)));
  EXPECT_FALSE (b.core->has_room ());
  std::uint64_t heard = 0;
  while (const auto sent = b.heard<Request> (b.channel))
  {
    EXPECT_EQ (++heard, sent->request_id.value); // in order
  }
  EXPECT_LE (heard * 60000, limits::request_window_bytes + 120000);
  for (std::uint64_t ack = 1; ack <= heard; ack++)
    b.hear (b.channel, PeerRequestAck{ { ack }, 0 });
  EXPECT_EQ (heard + 1, b.heard<Request> (b.channel)->request_id.value);
  EXPECT_TRUE (b.core->has_room ());
}

TEST_F (Member, KeepsNoRequestWhenItIsDetached)
{
  b.start_with_ticket ();
  b.attach (10);
  EXPECT_EQ (ClientResult::taken, b.core->on_client_request (request (1)));
  b.core->on_channel_closed (b.channel);
  b.pass (seconds (1));
  b.sent.clear ();
  b.attach (10);
  EXPECT_FALSE (b.heard<Request> (b.channel));
  EXPECT_EQ (ClientResult::taken, b.core->on_client_request (request (1)));
  EXPECT_TRUE (b.heard<Request> (b.channel));
}

// --- the end
// -------------------------------------------------------------------------------

TEST_F (Member, IsQuietOnceItWasEjected)
{
  b.start_with_ticket ();
  b.attach (10);
  EXPECT_EQ (ClientResult::taken,
             b.core->on_fetch (ReplayUnit::fragments, 1, 2));
  b.hear (b.channel, ejection (3));
  EXPECT_EQ ((base::Bytes{ 9 }), b.take<EjectionNotice> ()->notice);
  EXPECT_EQ (MemberState::ejected, next_state ());
  EXPECT_TRUE (b.take<Fetched> ()); // whatever happens
  EXPECT_EQ (base::time_never, b.core->next_deadline ());
  EXPECT_EQ (ClientResult::stopped, b.core->on_client_request (request (1)));
  b.core->advance_time (b.now + hours (1));
  b.core->on_path_known (b.origin_peer, PathState::known);
  EXPECT_EQ (0u, b.count_effects<OpenChannel> ());
}

TEST_F (Member, LearnsOfItsEjectionOnAttaching)
{
  b.start_with_ticket ();
  b.answer_call ();
  b.hear (b.channel, ejection (5));
  EXPECT_EQ (MemberState::ejected, b.core->state ());
}

TEST_F (Member, BelievesNoOldOrForgedEjection)
{
  b.start_with_ticket ();
  b.attach (10);
  b.hear (b.channel, ejection (2)); // from before its ticket
  EXPECT_TRUE (b.was_refused (b.channel, RefusalCode::malformed));
  EXPECT_EQ (MemberState::detached, b.core->state ());
  b.pass (seconds (5));
  b.attach (10);
  PeerEject forged = ejection (3);
  forged.signature = {};
  b.hear (b.channel, forged);
  EXPECT_EQ (MemberState::detached, b.core->state ());
}

TEST_F (Member, PartsAndWaitsForTheOriginsWord)
{
  b.start_with_ticket ();
  b.attach (10);
  b.core->on_part ();
  EXPECT_TRUE (b.heard<PeerPart> (b.channel));
  EXPECT_EQ (0u, b.count_effects<Parted> ());
  b.hear (b.channel, PeerPartAck{});
  EXPECT_EQ (1u, b.count_effects<Parted> ());
  EXPECT_TRUE (b.was_closed (b.channel));
  EXPECT_EQ (base::time_never, b.core->next_deadline ());
}

TEST_F (Member, PartsWithoutTheOriginsWordAfterAWhile)
{
  b.start_with_ticket ();
  b.attach (10);
  b.core->on_part ();
  b.pass (seconds (6));
  EXPECT_EQ (1u, b.count_effects<Parted> ());
}

TEST_F (Member, PartsAtOnceWhileDetached)
{
  b.start_with_ticket ();
  b.core->on_part ();
  EXPECT_EQ (1u, b.count_effects<Parted> ());
  b.core->on_path_known (b.origin_peer, PathState::known);
  EXPECT_EQ (0u, b.count_effects<OpenChannel> ());
}

TEST_F (Member, BelievesTheEndOfTheGroupOnlyWhenTheGroupSignedIt)
{
  b.start_with_ticket ();
  b.attach (10);
  PeerGroupEnd end;
  end.end.group = b.group.public_key ();
  b.hear (b.channel, end);
  EXPECT_EQ (MemberState::detached, b.core->state ());
  b.pass (seconds (5));
  b.attach (10);
  end.signature = sign (b.group, port::Purpose::group_end, end.end);
  b.hear (b.channel, end);
  EXPECT_EQ (MemberState::group_ended, b.core->state ());
}

TEST_F (Member, TakesARenewedTicketThatIsForIt)
{
  b.start_with_ticket ();
  b.attach (10);
  Ticket renewed = b.ticket ();
  renewed.expiry += hours (100);
  b.hear (b.channel, PeerTicket{ issue_ticket (b.group, renewed) });
  EXPECT_EQ (issue_ticket (b.group, renewed), b.take<TicketRenewed> ()->ticket);
  renewed.member = key_of<base::MemberKey> (2);
  b.hear (b.channel, PeerTicket{ issue_ticket (b.group, renewed) });
  EXPECT_TRUE (b.was_refused (b.channel, RefusalCode::malformed));
}

TEST_F (Member, DoesNotTakeItsOwnSleepForItsParentsSilence)
{
  b.start_with_ticket ();
  b.attach (12);
  b.now += hours (1);
  b.core->advance_time (b.now);
  EXPECT_FALSE (b.was_closed (b.channel));
  b.hear (b.channel, PeerHeartbeat{ b.head (12), {} });
  b.pass (2 * b.config.heartbeat);
  EXPECT_FALSE (b.was_closed (b.channel));
  b.pass (2 * b.config.heartbeat);
  EXPECT_TRUE (b.was_closed (b.channel));
}
