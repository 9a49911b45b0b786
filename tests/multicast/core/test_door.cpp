// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Who gets in: questions at the door, tickets, revocations.
#include "bench.hpp"
#include "multicast/core/limits.hpp"

using namespace testing_multicast;

namespace
{
class Door : public testing::Test
{
protected:
  OriginBench b;

  // What becomes of a question changed like this, and signed.
  template <typename Change>
  bool
  is_refused (RefusalCode code, Change change)
  {
    const ChannelId channel = b.greet ();
    PeerJoinRequest request = b.question ();
    change (request.question);
    b.sign_question (request);
    b.hear (channel, request);
    return b.was_refused (channel, code) && 0 == b.count_effects<AskJoin> ();
  }

  template <typename Change>
  bool
  is_ticket_refused (RefusalCode code, Change change)
  {
    Ticket ticket = b.ticket ();
    change (ticket);
    const ChannelId channel = b.attach (ticket);
    return b.was_refused (channel, code) && ! b.heard<PeerAttached> (channel);
  }
};
} // namespace

TEST_F (Door, AsksTheClientAndBringsItsSignedAnswerWithATicket)
{
  const ChannelId channel = b.greet ();
  const auto request = b.question ();
  b.hear (channel, request);
  const auto asked = b.take<AskJoin> ();
  ASSERT_TRUE (asked);
  EXPECT_EQ (b.member.public_key (), asked->member);
  EXPECT_EQ ((base::Bytes{ 1, 2, 3 }), asked->message);
  b.core->on_join_pending (asked->join);
  EXPECT_EQ (request.question.nonce, b.heard<PeerJoinPending> (channel)->nonce);
  b.core->on_join_decided (asked->join,
                           { JoinVerdict::admitted, { b.peer }, { 4, 5 } });
  const auto answer = b.heard<PeerJoinDecision> (channel);
  ASSERT_TRUE (answer);
  const JoinDecision &decision = answer->decision;
  EXPECT_TRUE (decision.is_admitted);
  EXPECT_EQ (request.question.nonce, decision.nonce);
  EXPECT_EQ (base::FragmentId{ 10 }, decision.head.fragment_id);
  EXPECT_EQ ((base::Bytes{ 4, 5 }), decision.answer);
  EXPECT_TRUE (is_signed (b.verifier, b.group.public_key (),
                          port::Purpose::join_decision, decision,
                          answer->signature));
  const auto ticket = parse_ticket (decision.ticket);
  ASSERT_TRUE (ticket);
  EXPECT_EQ (b.peer, ticket->ticket.peer);
  EXPECT_EQ (base::FragmentId{ 10 }, ticket->ticket.admission_fragment);
  EXPECT_FALSE (b.was_closed (channel));
}

TEST_F (Door, BringsTheAnswerAlsoOnRefusalThenCloses)
{
  const ChannelId channel = b.greet ();
  b.hear (channel, b.question ());
  b.core->on_join_decided (b.take<AskJoin> ()->join,
                           { JoinVerdict::refused, {}, { 6 } });
  const auto answer = b.heard<PeerJoinDecision> (channel);
  ASSERT_TRUE (answer);
  EXPECT_FALSE (answer->decision.is_admitted);
  EXPECT_TRUE (answer->decision.ticket.empty ());
  EXPECT_EQ ((base::Bytes{ 6 }), answer->decision.answer);
  EXPECT_TRUE (b.was_closed (channel));
}

TEST_F (Door, AdmitsAfterWhatWasNumberedBeforeThoughItLeavesLater)
{
  ASSERT_EQ (ClientResult::taken, b.core->on_client_fragment (b.fragment ()));
  const ChannelId channel = b.greet ();
  b.hear (channel, b.question ());
  b.core->on_join_decided (b.take<AskJoin> ()->join,
                           { JoinVerdict::admitted, {}, {} });
  const auto answer = b.heard<PeerJoinDecision> (channel);
  EXPECT_EQ (base::FragmentId{ 11 }, answer->decision.head.fragment_id);
}

TEST_F (Door, RefusesWhatIsNotForThisGroupPeerOrTime)
{
  EXPECT_TRUE (is_refused (RefusalCode::version_unknown,
                           [] (JoinQuestion &q) { q.version = 2; }));
  EXPECT_TRUE (is_refused (RefusalCode::join_group, [] (JoinQuestion &q)
                           { q.group = key_of<base::ChannelKey> (2); }));
  EXPECT_TRUE (is_refused (RefusalCode::join_peer, [] (JoinQuestion &q)
                           { q.peer = key_of<base::PeerId> (9); }));
  EXPECT_TRUE (is_refused (RefusalCode::join_time,
                           [] (JoinQuestion &q) { q.time -= minutes (61); }));
  EXPECT_TRUE (is_refused (RefusalCode::join_time,
                           [] (JoinQuestion &q) { q.time += minutes (61); }));
  EXPECT_TRUE (is_refused (RefusalCode::join_time, [] (JoinQuestion &q)
                           { q.time = TimePoint::min (); }));
  EXPECT_TRUE (is_refused (RefusalCode::join_time, [] (JoinQuestion &q)
                           { q.time = TimePoint::max (); }));
  EXPECT_GT (b.counts["joins refused: another group's"], 0);
}

TEST_F (Door, TellsItsTimeToAJoinerWithAWrongClock)
{
  const ChannelId channel = b.greet ();
  PeerJoinRequest request = b.question ();
  request.question.time -= hours (3);
  b.sign_question (request);
  b.hear (channel, request);
  EXPECT_EQ (b.now, b.heard<PeerRefusal> (channel)->receiver_time);
}

TEST_F (Door, RefusesAQuestionThatSomebodyElseSigned)
{
  const ChannelId channel = b.greet ();
  PeerJoinRequest request = b.question ();
  request.question.member = key_of<base::MemberKey> (99);
  b.hear (channel, request);
  EXPECT_TRUE (b.was_refused (channel, RefusalCode::join_signature));
}

TEST_F (Door, TakesNoQuestionTwiceInTenMinutes)
{
  const auto request = b.question ();
  b.hear (b.greet (), request);
  ASSERT_TRUE (b.take<AskJoin> ());
  ChannelId channel = b.greet ();
  b.hear (channel, request);
  EXPECT_TRUE (b.was_refused (channel, RefusalCode::join_replayed));
  b.pass (minutes (11));
  channel = b.greet ();
  b.hear (channel, request);
  EXPECT_TRUE (b.take<AskJoin> ());
}

TEST_F (Door, TakesOneQuestionOnAChannel)
{
  const ChannelId channel = b.greet ();
  b.hear (channel, b.question ());
  b.hear (channel, b.question ());
  EXPECT_TRUE (b.was_refused (channel, RefusalCode::out_of_state));
  EXPECT_TRUE (b.take<JoinWithdrawn> ());
}

TEST_F (Door, IgnoresASecondDecision)
{
  const ChannelId channel = b.greet ();
  b.hear (channel, b.question ());
  const JoinId join = b.take<AskJoin> ()->join;
  b.core->on_join_decided (join, { JoinVerdict::admitted, {}, {} });
  b.core->on_join_decided (join, { JoinVerdict::refused, {}, {} });
  EXPECT_TRUE (b.heard<PeerJoinDecision> (channel));
  EXPECT_FALSE (b.heard<PeerJoinDecision> (channel));
  EXPECT_FALSE (b.was_closed (channel));
}

TEST_F (Door, ForgetsAQuestionWhoseAskerWent)
{
  const ChannelId channel = b.greet ();
  b.hear (channel, b.question ());
  const JoinId join = b.take<AskJoin> ()->join;
  b.core->on_channel_closed (channel);
  EXPECT_EQ (join, b.take<JoinWithdrawn> ()->join);
  b.core->on_join_decided (join, { JoinVerdict::admitted, {}, {} });
  b.core->on_join_pending (join);
  b.drain ();
  EXPECT_TRUE (b.sent[channel].empty ());
}

TEST_F (Door, BoundsTheOpenQuestionsOfAPeerAndInAll)
{
  for (std::size_t i = 0; i < limits::questions_per_peer_max; i++)
    b.hear (b.greet (), b.question ());
  ChannelId channel = b.greet ();
  b.hear (channel, b.question ());
  EXPECT_TRUE (b.was_refused (channel, RefusalCode::busy));
  std::size_t asked = b.count_effects<AskJoin> ();
  for (std::uint8_t i = 30; i < 230; i++)
  {
    b.peer = key_of<base::PeerId> (i);
    b.hear (b.greet (), b.question ());
  }
  asked = b.count_effects<AskJoin> ();
  EXPECT_LE (asked, limits::joins_burst);
  EXPECT_GT (b.counts["peers refused: too many at once"], 0);
}

TEST_F (Door, KeepsAQuestionOpenForDaysWhileItsAskerIsThere)
{
  const ChannelId channel = b.greet ();
  b.hear (channel, b.question ());
  for (int i = 0; i < 1000; i++)
  {
    b.pass (seconds (10));
    b.hear (channel, PeerAlive{});
  }
  EXPECT_FALSE (b.was_closed (channel));
  EXPECT_TRUE (b.heard<PeerAlive> (channel));
}

TEST_F (Door, ClosesAHalfOpenChannelAfterItsTime)
{
  const ChannelId silent = b.open (b.peer);
  const ChannelId greeted = b.greet ();
  for (int i = 0; i < 8; i++)
  {
    b.pass (seconds (5));
    b.hear (greeted, PeerAlive{});
  }
  EXPECT_TRUE (b.was_closed (silent));
  EXPECT_TRUE (b.was_closed (greeted));
}

TEST_F (Door, BoundsTheHalfOpenChannelsOfAPeer)
{
  for (std::size_t i = 0; i < limits::half_open_per_peer_max; i++)
    b.open (b.peer);
  const ChannelId channel = b.open (b.peer);
  EXPECT_TRUE (b.was_refused (channel, RefusalCode::busy));
}

// --- tickets
// -----------------------------------------------------------------------

TEST_F (Door, AttachesWhoShowsATicketAndProvesItsKey)
{
  const ChannelId channel = b.attach (b.ticket ());
  const auto attached = b.heard<PeerAttached> (channel);
  ASSERT_TRUE (attached);
  EXPECT_TRUE (attached->path.empty ()); // no relay above
  EXPECT_TRUE (attached->is_rooted);
  EXPECT_TRUE (is_signed (b.verifier, b.group.public_key (),
                          port::Purpose::heartbeat, attached->head.statement,
                          attached->head.signature));
  const auto change = b.take<MemberChange> ();
  ASSERT_TRUE (change);
  EXPECT_EQ (MemberEvent::attached, change->event);
  EXPECT_FALSE (b.heard<PeerTicket> (channel));
}

TEST_F (Door, RefusesTicketsThatAreVoid)
{
  EXPECT_TRUE (is_ticket_refused (RefusalCode::ticket_group, [] (Ticket &t)
                                  { t.group = key_of<base::ChannelKey> (2); }));
  EXPECT_TRUE (is_ticket_refused (RefusalCode::ticket_peer, [] (Ticket &t)
                                  { t.peer = key_of<base::PeerId> (2); }));
  EXPECT_TRUE (is_ticket_refused (RefusalCode::ticket_expired,
                                  [this] (Ticket &t) { t.expiry = b.now; }));
  EXPECT_TRUE (is_ticket_refused (RefusalCode::ticket_malformed,
                                  [] (Ticket &t) { t.version = 2; }));
  EXPECT_TRUE (is_ticket_refused (RefusalCode::ticket_proof, [] (Ticket &t)
                                  { t.member = key_of<base::MemberKey> (2); }));
}

TEST_F (Door, RefusesATicketThatTheGroupDidNotSign)
{
  base::Nonce nonce;
  const ChannelId channel = b.greet (&nonce);
  PeerAttach message = b.attach_message (b.ticket (), nonce);
  message.ticket = issue_ticket (FakeChannelSigner (2), b.ticket ());
  b.hear (channel, message);
  EXPECT_TRUE (b.was_refused (channel, RefusalCode::ticket_signature));
}

TEST_F (Door, RefusesAnAttachThatWasOverheardOnAnotherChannel)
{
  base::Nonce nonce;
  const ChannelId first = b.greet (&nonce);
  const auto message = b.attach_message (b.ticket (), nonce);
  b.hear (first, message);
  const ChannelId second = b.greet ();
  b.hear (second, message);
  EXPECT_TRUE (b.was_refused (second, RefusalCode::ticket_proof));
  EXPECT_FALSE (b.was_closed (first));
}

TEST_F (Door, RenewsATicketOlderThanADayWithTheSameAdmission)
{
  Ticket ticket = b.ticket ();
  ticket.issued -= hours (25);
  ticket.admission_fragment = { 3 };
  const ChannelId channel = b.attach (ticket);
  const auto renewed = b.heard<PeerTicket> (channel);
  ASSERT_TRUE (renewed);
  const auto parsed = parse_ticket (renewed->ticket);
  ASSERT_TRUE (parsed);
  EXPECT_EQ (base::FragmentId{ 3 }, parsed->ticket.admission_fragment);
  EXPECT_EQ (b.now + limits::ticket_lifetime, parsed->ticket.expiry);
}

TEST_F (Door, ReplacesAnOlderChannelOfTheSameMember)
{
  const ChannelId first = b.attached ();
  const ChannelId second = b.attached ();
  EXPECT_TRUE (b.was_refused (first, RefusalCode::replaced));
  EXPECT_FALSE (b.was_closed (second));
}

TEST_F (Door, SendsAChildTooManyToItsChildren)
{
  b.config.children_max = 1;
  b.start ();
  b.attached ();
  b.member = FakeMemberSigner (22);
  const ChannelId channel = b.attach (b.ticket ());
  const auto redirect = b.heard<PeerRedirect> (channel);
  ASSERT_TRUE (redirect);
  ASSERT_EQ (1u, redirect->spots.size ());
  EXPECT_EQ (b.peer, redirect->spots[0].peer);
  EXPECT_TRUE (b.was_closed (channel));
}

TEST_F (Door, RefusesChildrenWithoutRoomForAny)
{
  b.config.children_max = 0;
  b.start ();
  const ChannelId channel = b.attach (b.ticket ());
  EXPECT_TRUE (b.was_refused (channel, RefusalCode::full));
}

// --- the end of a membership
// ---------------------------------------------------------

TEST_F (Door, EjectsWithASignedNoticeAndForGood)
{
  const ChannelId channel = b.attached ();
  b.core->on_eject (b.member.public_key (), { 1 }, { 9, 9 });
  const auto told = b.heard<PeerEject> (channel);
  ASSERT_TRUE (told);
  EXPECT_EQ ((base::Bytes{ 9, 9 }), told->ejection.notice);
  EXPECT_TRUE (is_signed (b.verifier, b.group.public_key (),
                          port::Purpose::ejection, told->ejection,
                          told->signature));
  EXPECT_TRUE (b.was_closed (channel));
  // Its ticket is void now, and it learns why.
  const ChannelId again = b.attach (b.ticket ());
  EXPECT_TRUE (b.heard<PeerEject> (again));
  EXPECT_FALSE (b.heard<PeerAttached> (again));
}

TEST_F (Door, SendsNothingMoreToTheEjected)
{
  const ChannelId channel = b.attached ();
  ASSERT_EQ (ClientResult::taken, b.core->on_client_fragment (b.fragment ()));
  b.core->on_eject (b.member.public_key (), { 1 }, {});
  b.core->on_fragment_stored ({ 11 });
  EXPECT_FALSE (b.heard<Fragment> (channel));
}

TEST_F (Door, KnowsRevocationsOfEarlierLives)
{
  b.core->on_revoke (b.member.public_key (), { 1 });
  const ChannelId channel = b.attach (b.ticket ());
  EXPECT_TRUE (b.heard<PeerEject> (channel));
}

TEST_F (Door, AdmitsTheEjectedAnewWithATicketThatHolds)
{
  b.core->on_eject (b.member.public_key (), { 1 }, {});
  const ChannelId channel = b.greet ();
  b.hear (channel, b.question ());
  b.core->on_join_decided (b.take<AskJoin> ()->join,
                           { JoinVerdict::admitted, {}, {} });
  const auto answer = b.heard<PeerJoinDecision> (channel);
  const auto ticket = parse_ticket (answer->decision.ticket);
  ASSERT_TRUE (ticket);
  EXPECT_EQ (base::Generation{ 2 }, ticket->ticket.generation);
  EXPECT_TRUE (b.heard<PeerAttached> (b.attach (ticket->ticket)));
}

TEST_F (Door, TakesAPartAndVoidsTheTicket)
{
  const ChannelId channel = b.attached ();
  b.forget_effects ();
  b.hear (channel, PeerPart{});
  EXPECT_TRUE (b.heard<PeerPartAck> (channel));
  EXPECT_EQ (MemberEvent::parted, b.take<MemberChange> ()->event);
  EXPECT_EQ (0u, b.count_effects<MemberChange> ());
  EXPECT_TRUE (b.heard<PeerEject> (b.attach (b.ticket ())));
}

TEST_F (Door, TellsEverybodyOfTheEndOfTheGroup)
{
  const ChannelId channel = b.attached ();
  b.core->on_group_end ();
  const auto end = b.heard<PeerGroupEnd> (channel);
  ASSERT_TRUE (end);
  EXPECT_TRUE (is_signed (b.verifier, b.group.public_key (),
                          port::Purpose::group_end, end->end, end->signature));
  EXPECT_TRUE (b.was_closed (channel));
  EXPECT_EQ (ClientResult::stopped, b.core->on_client_fragment (b.fragment ()));
}
