// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Hostile joiners and members before the origin: floods of questions, and
// tickets, questions and words that are forged, stolen or said again, near by
// and through a relay that carries them.
#include "forged_tickets.hpp"
#include "multicast/core/limits.hpp"
#include "multicast/core/refusals.hpp"

using namespace testing_multicast;

namespace
{
class HostileDoor : public testing::Test
{
protected:
  static constexpr std::uint32_t crowd = 10000;
  // What the door lets through in one second.
  static constexpr std::size_t asked_max
      = limits::joins_burst + limits::joins_per_second + 1;

  OriginBench b;

  // Somebody else plays the child, on a peer of its own.
  void
  become (std::uint32_t number)
  {
    b.member = FakeMemberSigner{ number };
    b.peer = key_of<base::PeerId> (number);
  }

  [[nodiscard]] std::int64_t
  count (RefusalCode code)
  {
    b.drain ();
    return b.counts[std::string (refusal_name (code))];
  }

  // The next question gets a yes; its asker's channel, attached.
  void
  admit (ChannelId channel, const base::Nonce &nonce)
  {
    const auto asked = b.take<AskJoin> ();
    ASSERT_TRUE (asked);
    ASSERT_EQ (b.member.public_key (), asked->member);
    b.core->on_join_decided (asked->join, { JoinVerdict::admitted, {}, {} });
    const auto answer = b.heard<PeerJoinDecision> (channel);
    ASSERT_TRUE (answer);
    const auto given = parse_ticket (answer->decision.ticket);
    ASSERT_TRUE (given);
    b.hear (channel, b.attach_message (given->ticket, nonce));
    EXPECT_TRUE (b.heard<PeerAttached> (channel));
  }
};
} // namespace

// --- floods ------------------------------------------------------------------

TEST_F (HostileDoor, LooksAtAFewOfTenThousandJoinsASecondAndAtAnHonestOneAfter)
{
  for (std::uint32_t i = 0; i < crowd; i++)
  {
    become (1000 + i);
    b.now += base::microseconds (100);
    b.core->advance_time (b.now);
    const ChannelId channel = b.open (b.peer);
    b.hear (channel, PeerHello{});
    b.hear (channel, b.question ());
    b.sent.clear ();
  }
  const std::size_t asked = b.count_effects<AskJoin> ();
  EXPECT_GE (asked, limits::joins_burst);
  EXPECT_LE (asked, asked_max);
  // All others were told so, and nothing is kept of them.
  EXPECT_EQ (crowd - asked, b.count_effects<CloseChannel> ());
  EXPECT_EQ (static_cast<std::int64_t> (crowd - asked),
             count (RefusalCode::busy));
  b.forget_effects ();
  b.pass (seconds (1));
  become (20000);
  base::Nonce nonce;
  const ChannelId honest = b.greet (&nonce);
  b.hear (honest, b.question ());
  admit (honest, nonce);
  // Who only made noise is forgotten.
  b.hear (honest, PeerAlive{});
  b.pass (seconds (14));
  b.hear (honest, PeerAlive{});
  b.pass (seconds (10));
  EXPECT_EQ (asked, b.count_effects<JoinWithdrawn> ());
  EXPECT_FALSE (b.was_closed (honest));
}

TEST_F (HostileDoor, KeepsAPlaceForNobodyWhoOnlyOpensChannels)
{
  for (std::uint32_t i = 0; i < crowd; i++)
    (void)b.open (key_of<base::PeerId> (1000 + i));
  EXPECT_EQ (static_cast<std::int64_t> (crowd - limits::half_open_max),
             count (RefusalCode::busy));
  b.pass (limits::half_open_timeout + b.config.heartbeat);
  EXPECT_EQ (crowd, b.count_effects<CloseChannel> ());
  b.sent.clear ();
  (void)b.attached ();
}

TEST_F (HostileDoor, ServesItsMembersWhileACrowdIsAtTheDoor)
{
  const ChannelId member = b.attached ();
  for (std::uint32_t i = 0; i < crowd; i++)
  {
    become (1000 + i);
    const ChannelId channel = b.open (b.peer);
    b.hear (channel, PeerHello{});
    b.hear (channel, b.question ());
  }
  ASSERT_EQ (ClientResult::taken, b.core->on_client_fragment (b.fragment ()));
  b.core->on_fragment_stored ({ 11 });
  EXPECT_TRUE (b.heard<Fragment> (member));
  EXPECT_FALSE (b.was_closed (member));
}

// --- tickets -----------------------------------------------------------------

TEST_F (HostileDoor, RefusesATicketOfWhichAnythingWasChanged)
{
  for (const TicketChange &change : ticket_changes ())
  {
    base::Nonce nonce;
    const ChannelId channel = b.greet (&nonce);
    PeerAttach message = b.attach_message (b.ticket (), nonce);
    message.ticket = forged_ticket (b.group, b.ticket (), change);
    b.hear (channel, message);
    EXPECT_TRUE (b.was_refused (channel, RefusalCode::ticket_signature));
    EXPECT_FALSE (b.heard<PeerAttached> (channel));
  }
}

TEST_F (HostileDoor, RefusesAMembersTicketInSomebodyElsesHands)
{
  const Ticket stolen = b.ticket ();
  // From the thief's peer, or by a thief on the same peer.
  become (1000);
  EXPECT_TRUE (b.was_refused (b.attach (stolen), RefusalCode::ticket_peer));
  b.peer = stolen.peer;
  EXPECT_TRUE (b.was_refused (b.attach (stolen), RefusalCode::ticket_proof));
  EXPECT_EQ (0u, b.count_effects<MemberChange> ());
}

TEST_F (HostileDoor, LetsNobodyInWithTheOpenTicket)
{
  Ticket open = b.ticket ();
  open.member = {};
  open.peer = {};
  EXPECT_TRUE (b.was_refused (b.attach (open), RefusalCode::ticket_open));
}

// --- questions ---------------------------------------------------------------

TEST_F (HostileDoor, TakesAQuestionOnceWhoeverSaysItAgain)
{
  const PeerJoinRequest overheard = b.question ();
  b.hear (b.greet (), overheard);
  ASSERT_TRUE (b.take<AskJoin> ());
  become (1000);
  const ChannelId elsewhere = b.greet ();
  b.hear (elsewhere, overheard);
  EXPECT_TRUE (b.was_refused (elsewhere, RefusalCode::join_peer));
  // As its own: then the nonce is known, or the signature is wrong.
  PeerJoinRequest own = overheard;
  own.question.peer = b.peer;
  const ChannelId again = b.greet ();
  b.hear (again, own);
  EXPECT_TRUE (b.was_refused (again, RefusalCode::join_replayed));
  own.question.nonce = b.random.nonce ();
  const ChannelId forged = b.greet ();
  b.hear (forged, own);
  EXPECT_TRUE (b.was_refused (forged, RefusalCode::join_signature));
  EXPECT_EQ (0u, b.count_effects<AskJoin> ());
}

// --- through a relay ---------------------------------------------------------

namespace
{
// A relay is attached, and carries what others say; or says it itself.
class HostilePipe : public HostileDoor
{
protected:
  ChannelId relay;
  std::uint64_t last_pipe = 0;

  void
  SetUp () override
  {
    become (500);
    relay = b.attached ();
    become (501);
    b.forget_effects ();
  }

  template <typename M>
  PipeId
  open_with (const M &message)
  {
    const PipeId pipe{ ++last_pipe };
    b.hear (relay, PeerPipeOpen{ pipe });
    say (pipe, message);
    return pipe;
  }

  template <typename M>
  void
  say (PipeId pipe, const M &message)
  {
    b.hear (relay, PeerPipeUp{ pipe, { wire::must_encode (message) } });
  }

  void
  say_request (PipeId pipe, const FakeMemberSigner &author)
  {
    b.hear (relay, PeerPipeUp{ pipe,
                               { make_request (author, b.group.public_key (),
                                               b.request (1)) } });
  }

  PeerVoice
  voice (const base::Bytes &ticket)
  {
    PeerVoice out;
    out.ticket = ticket;
    out.nonce = b.random.nonce ();
    out.time = b.now;
    VoiceProof proof;
    proof.group = b.group.public_key ();
    proof.nonce = out.nonce;
    proof.time = out.time;
    out.proof = sign (b.member, port::Purpose::voice, proof);
    return out;
  }

  PeerVoice
  voice ()
  {
    return voice (issue_ticket (b.group, b.ticket ()));
  }

  // The next word that came down.
  template <typename M>
  std::optional<M>
  word ()
  {
    const auto down = b.heard<PeerPipeDown> (relay);
    return down ? wire::decode<M> (down->message.bytes) : std::nullopt;
  }

  bool
  was_refused_in (PipeId pipe, RefusalCode code)
  {
    const auto refusal = word<PeerRefusal> ();
    const auto close = b.heard<PeerPipeClose> (relay);
    return refusal && refusal->code == code && close && close->pipe == pipe
           && ! b.was_closed (relay);
  }
};
} // namespace

TEST_F (HostilePipe, LooksAtAFewOfTenThousandJoinsASecondAndAtAnHonestOneAfter)
{
  for (std::uint32_t i = 0; i < crowd; i++)
  {
    become (1000 + i);
    b.now += base::microseconds (100);
    b.core->advance_time (b.now);
    (void)open_with (b.question ());
    b.sent.clear ();
  }
  const std::size_t asked = b.count_effects<AskJoin> ();
  EXPECT_GE (asked, limits::joins_burst);
  EXPECT_LE (asked, asked_max);
  EXPECT_EQ (asked, b.core->load ().pipes);
  EXPECT_EQ (static_cast<std::int64_t> (crowd - asked),
             count (RefusalCode::busy));
  b.forget_effects ();
  b.pass (seconds (1));
  become (20000);
  base::Nonce nonce;
  const ChannelId honest = b.greet (&nonce);
  b.hear (honest, b.question ());
  admit (honest, nonce);
  // With its relay they go.
  b.core->on_channel_closed (relay);
  EXPECT_EQ (asked, b.count_effects<JoinWithdrawn> ());
  EXPECT_EQ (0u, b.core->load ().pipes);
}

TEST_F (HostilePipe, BoundsThePipesOfOneRelay)
{
  b.config.route_memory = 64 * limits::route_bytes;
  b.start ();
  become (500);
  relay = b.attached ();
  for (std::uint64_t i = 1; i <= crowd; i++)
    b.hear (relay, PeerPipeOpen{ { i } });
  EXPECT_EQ (32u, b.core->load ().pipes);
  EXPECT_EQ (PipeEnd::full, b.heard<PeerPipeClose> (relay)->end);
  EXPECT_EQ (static_cast<std::int64_t> (crowd - 32),
             b.counts["pipes refused: too many"]);
}

TEST_F (HostilePipe, HearsOneMembersVoiceSoOftenAndLetsOthersIn)
{
  for (std::uint32_t i = 0; i < crowd; i++)
  {
    (void)open_with (voice ());
    b.sent.clear ();
  }
  EXPECT_EQ (static_cast<std::int64_t> (crowd - limits::nonces_per_member_max),
             count (RefusalCode::busy));
  become (20000);
  (void)open_with (voice ());
  EXPECT_TRUE (word<PeerVoiceOpen> ());
  (void)open_with (b.question ());
  EXPECT_TRUE (b.take<AskJoin> ());
  // In time the first is heard again, through another relay.
  b.pass (limits::nonce_memory + seconds (1));
  become (502);
  relay = b.attached ();
  become (501);
  (void)open_with (voice ());
  EXPECT_TRUE (word<PeerVoiceOpen> ());
}

TEST_F (HostilePipe, TakesAQuestionOnceWhoeverCarriesIt)
{
  const PeerJoinRequest overheard = b.question ();
  (void)open_with (overheard);
  ASSERT_TRUE (b.take<AskJoin> ());
  EXPECT_TRUE (
      was_refused_in (open_with (overheard), RefusalCode::join_replayed));
  PeerJoinRequest forged = overheard;
  forged.question.nonce = b.random.nonce ();
  EXPECT_TRUE (
      was_refused_in (open_with (forged), RefusalCode::join_signature));
  EXPECT_EQ (0u, b.count_effects<AskJoin> ());
}

TEST_F (HostilePipe, TakesAVoiceOnce)
{
  const PeerVoice overheard = voice ();
  (void)open_with (overheard);
  EXPECT_TRUE (word<PeerVoiceOpen> ());
  const PipeId again = open_with (overheard);
  EXPECT_TRUE (was_refused_in (again, RefusalCode::join_replayed));
  EXPECT_EQ (1u, b.core->load ().pipes);
}

TEST_F (HostilePipe, RefusesAVoiceWithATicketThatIsNotItsOwn)
{
  for (const TicketChange &change : ticket_changes ())
    EXPECT_TRUE (was_refused_in (
        open_with (voice (forged_ticket (b.group, b.ticket (), change))),
        RefusalCode::ticket_signature));
  Ticket foreign = b.ticket ();
  foreign.group = key_of<base::ChannelKey> (2);
  EXPECT_TRUE (was_refused_in (
      open_with (voice (issue_ticket (FakeChannelSigner (2), foreign))),
      RefusalCode::ticket_group));
  Ticket stolen = b.ticket ();
  stolen.member = key_of<base::MemberKey> (500);
  EXPECT_TRUE (
      was_refused_in (open_with (voice (issue_ticket (b.group, stolen))),
                      RefusalCode::ticket_proof));
  Ticket open = b.ticket ();
  open.member = {};
  open.peer = {};
  EXPECT_TRUE (was_refused_in (open_with (voice (issue_ticket (b.group, open))),
                               RefusalCode::ticket_open));
  PeerVoice late = voice ();
  late.time += hours (3);
  EXPECT_TRUE (was_refused_in (open_with (late), RefusalCode::ticket_proof));
  EXPECT_TRUE (was_refused_in (open_with (voice ({ 1, 2 })),
                               RefusalCode::ticket_malformed));
  EXPECT_EQ (0u, b.count_effects<MemberChange> ());
}

TEST_F (HostilePipe, TellsTheEjectedSoAlsoInAPipe)
{
  b.core->on_eject (b.member.public_key (), { 1 }, {});
  (void)open_with (voice ());
  EXPECT_TRUE (word<PeerEject> ());
  EXPECT_EQ (0u, b.core->load ().pipes);
}

TEST_F (HostilePipe, TakesNoRequestButOfTheMemberWhoseVoiceItIs)
{
  const PipeId fresh{ ++last_pipe };
  b.hear (relay, PeerPipeOpen{ fresh });
  say_request (fresh, b.member);
  EXPECT_TRUE (was_refused_in (fresh, RefusalCode::out_of_state));
  const PipeId pipe = open_with (voice ());
  EXPECT_TRUE (word<PeerVoiceOpen> ());
  say_request (pipe, FakeMemberSigner (500));
  EXPECT_TRUE (was_refused_in (pipe, RefusalCode::malformed));
  EXPECT_EQ (1, b.counts["requests refused: another member's key"]);
  EXPECT_EQ (0u, b.count_effects<DeliverRequest> ());
}

TEST_F (HostilePipe, LetsNoRelayPartForAMember)
{
  const PeerVoice shown = voice ();
  const PipeId pipe = open_with (shown);
  EXPECT_TRUE (word<PeerVoiceOpen> ());
  b.forget_effects ();
  PartStatement statement;
  statement.group = b.group.public_key ();
  statement.nonce = shown.nonce;
  say (pipe, PeerVoicePart{ sign (FakeMemberSigner (500), port::Purpose::part,
                                  statement) });
  EXPECT_TRUE (was_refused_in (pipe, RefusalCode::out_of_state));
  const auto change = b.take<MemberChange> ();
  ASSERT_TRUE (change);
  EXPECT_EQ (MemberEvent::detached, change->event); // not parted
  // It comes again, with the same ticket.
  (void)open_with (voice ());
  EXPECT_TRUE (word<PeerVoiceOpen> ());
}
