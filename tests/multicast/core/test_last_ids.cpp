// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Ids near the end of their range, and beyond it, in every message that carries
// some: taken, or refused by name, at a bounded cost, and everybody else is
// served as before.
#include "multicast/core/limits.hpp"
#include "relay_bench.hpp"

using namespace testing_multicast;

namespace
{
constexpr std::uint64_t last_id = base::id_max; // 2^53 - 1
constexpr std::uint64_t ids[]
    = { last_id - 1, last_id, last_id + 1, UINT64_MAX };

[[nodiscard]] bool
is_beyond (std::uint64_t id)
{
  return id > last_id;
}

// --- at the origin -----------------------------------------------------------

class LastIdsAtTheOrigin : public testing::Test
{
protected:
  OriginBench b;
  ChannelId honest;

  void
  SetUp () override
  {
    b.member = FakeMemberSigner{ 90 };
    honest = b.attached ();
    b.member = FakeMemberSigner{ 21 };
    b.forget_effects ();
  }

  void
  TearDown () override
  {
    b.sent.clear ();
    ASSERT_EQ (ClientResult::taken, b.core->on_client_fragment (b.fragment ()));
    b.core->on_fragment_stored ({ 11 });
    const auto fragment = b.heard<Fragment> (honest);
    ASSERT_TRUE (fragment);
    EXPECT_EQ (11u, fragment->fragment_id.value);
    EXPECT_FALSE (b.was_closed (honest));
  }

  template <typename M>
  bool
  is_malformed (const M &message)
  {
    const ChannelId channel = b.attached ();
    b.hear (channel, message);
    return b.was_refused (channel, RefusalCode::malformed);
  }

  template <typename M>
  bool
  is_borne (const M &message)
  {
    const ChannelId channel = b.attached ();
    b.hear (channel, message);
    b.hear (channel, PeerAlive{});
    return ! b.was_closed (channel) && 0 == b.count_effects<AskReplay> ();
  }
};
} // namespace

TEST_F (LastIdsAtTheOrigin, InReplayRequests)
{
  for (const std::uint64_t id : ids)
  {
    PeerReplayRequest request;
    request.replay = { id };
    request.first = id;
    request.last = id;
    request.after = { id };
    for (const ReplayUnit unit :
         { ReplayUnit::fragments, ReplayUnit::messages })
    {
      request.unit = unit;
      EXPECT_TRUE (is_beyond (id) ? is_malformed (request)
                                  : is_borne (request));
    }
    // From the beginning: what there is, step by step.
    request.unit = ReplayUnit::fragments;
    request.first = 1;
    request.after = {};
    if (is_beyond (id))
    {
      EXPECT_TRUE (is_malformed (request));
      continue;
    }
    const ChannelId channel = b.attached ();
    b.hear (channel, request);
    const auto asked = b.take<AskReplay> ();
    ASSERT_TRUE (asked);
    EXPECT_LE (asked->last, 10u); // the head
    b.core->on_channel_closed (channel);
    b.forget_effects ();
  }
}

TEST_F (LastIdsAtTheOrigin, InEndsAndCancelsOfReplays)
{
  for (const std::uint64_t id : ids)
  {
    EXPECT_TRUE (is_borne (PeerReplayCancel{ { id } }));
    EXPECT_TRUE (
        is_borne (PeerReplayEnd{ { id }, ReplayCode::ok, id, { id }, id }));
  }
}

TEST_F (LastIdsAtTheOrigin, InClaimsOfWhatIsHeld)
{
  for (const std::uint64_t id : ids)
  {
    base::Nonce nonce;
    const ChannelId channel = b.greet (&nonce);
    PeerAttach message = b.attach_message (b.ticket (), nonce);
    message.highest_held = { id };
    message.revocations = { UINT32_MAX, { id }, id };
    b.hear (channel, message);
    EXPECT_TRUE (b.heard<PeerAttached> (channel));
    // What can be is to be shown; what cannot be is no claim.
    EXPECT_EQ (! is_beyond (id),
               b.heard<PeerReplayRequest> (channel).has_value ());
    PeerAlive alive;
    alive.highest_held = { id };
    alive.revocations = { UINT32_MAX, { id }, id };
    alive.subtree = id;
    b.hear (channel, alive);
    EXPECT_FALSE (b.was_closed (channel));
    EXPECT_LE (b.core->tree_size (), limits::subtree_max);
  }
}

TEST_F (LastIdsAtTheOrigin, InRequests)
{
  for (const std::uint64_t id : ids)
  {
    const ChannelId channel = b.attached ();
    const auto say = [&] (const NewRequest &request)
    {
      b.core->on_peer_message (
          channel, make_request (b.member, b.group.public_key (), request));
    };
    say (b.request (id));
    EXPECT_EQ (is_beyond (id), b.was_closed (channel));
    EXPECT_EQ (is_beyond (id) ? 0u : 1u, b.count_effects<DeliverRequest> ());
    b.forget_effects ();
    NewRequest far = b.request (1);
    far.fragment_offset = id;
    far.flags = flag_last_fragment;
    const ChannelId other = b.attached ();
    b.core->on_peer_message (
        other, make_request (b.member, b.group.public_key (), far));
    EXPECT_TRUE (b.was_refused (other, RefusalCode::malformed));
    EXPECT_EQ (0u, b.count_effects<DeliverRequest> ());
  }
  EXPECT_GT (b.counts["requests refused: number out of range"], 0);
  EXPECT_GT (b.counts["requests refused: flags or offset wrong"], 0);
}

TEST_F (LastIdsAtTheOrigin, OfPipes)
{
  for (const std::uint64_t id : ids)
  {
    const ChannelId channel = b.attached ();
    b.hear (channel, PeerPipeUp{ { id }, { { 0, 4, 0, 9 } } });
    b.hear (channel, PeerPipeOpen{ { id } });
    EXPECT_EQ (1u, b.core->load ().pipes);
    b.hear (channel, PeerPipeUp{ { id }, { { 0, 4, 0, 9 } } });
    const auto close = b.heard<PeerPipeClose> (channel);
    ASSERT_TRUE (close);
    EXPECT_EQ (id, close->pipe.value);
    b.hear (channel, PeerPipeClose{ { id }, PipeEnd::done });
    EXPECT_EQ (0u, b.core->load ().pipes);
    EXPECT_FALSE (b.was_closed (channel));
  }
}

TEST (LastIds, AreIssuedOnceAndThenNoMore)
{
  OriginBench b;
  b.config.head = { { last_id - 1 }, { 5 }, { 1 } };
  b.start ();
  const ChannelId channel = b.attached ();
  for (int i = 0; i < 3; i++)
  {
    (void)b.core->on_client_fragment (b.fragment ());
    b.core->on_fragment_stored ({ last_id });
  }
  EXPECT_EQ (last_id, b.heard<Fragment> (channel)->fragment_id.value);
  EXPECT_FALSE (b.heard<Fragment> (channel));
  EXPECT_EQ (2, b.counts["fragments refused: the numbers are used up"]);
  b.pass (seconds (5));
  const auto heartbeat = b.heard<PeerHeartbeat> (channel);
  ASSERT_TRUE (heartbeat);
  EXPECT_EQ (last_id, heartbeat->head.statement.head.fragment_id.value);
  EXPECT_EQ (last_id, b.core->head ().fragment_id.value);
}

// --- at a relay --------------------------------------------------------------

using LastIdsAtARelay = RelayBench;

TEST_F (LastIdsAtARelay, InWhatAChildSays)
{
  for (const std::uint64_t id : ids)
  {
    const ChannelId channel = attached ();
    PeerAlive alive;
    alive.highest_held = { id };
    alive.revocations = { UINT32_MAX, { id }, id };
    alive.subtree = id;
    b.hear (channel, alive);
    b.hear (channel, PeerReplayCancel{ { id } });
    b.hear (channel, PeerPipeOpen{ { id } });
    EXPECT_TRUE (b.heard<PeerPipeOpen> (b.channel));
    b.hear (channel, PeerPipeUp{ { id }, {} });
    EXPECT_TRUE (b.heard<PeerPipeUp> (b.channel));
    b.hear (channel, PeerPipeClose{ { id }, PipeEnd::done });
    EXPECT_TRUE (b.heard<PeerPipeClose> (b.channel));
    EXPECT_FALSE (b.was_closed (channel));
    PeerReplayRequest request;
    request.replay = { id };
    request.first = 1;
    request.last = id;
    request.after = { id };
    b.hear (channel, request);
    EXPECT_EQ (is_beyond (id), b.was_refused (channel, RefusalCode::malformed));
    b.core->on_channel_closed (channel);
    while (const auto asked = b.take<AskReplay> ())
      EXPECT_LE (asked->last, 12u);
  }
  EXPECT_LE (b.core->position ().subtree, limits::subtree_max + 1);
}

TEST_F (LastIdsAtARelay, InFragmentsThatArePassedOn)
{
  const ChannelId channel = attached ();
  for (const std::uint64_t id : { last_id - 1, last_id })
  {
    b.hear_raw (b.fragment (id));
    const auto passed = b.heard<Fragment> (channel);
    ASSERT_TRUE (passed);
    EXPECT_EQ (id, passed->fragment_id.value);
  }
  b.hear_raw (b.fragment (last_id + 1));
  EXPECT_FALSE (b.heard<Fragment> (channel));
  EXPECT_TRUE (b.was_refused (b.channel, RefusalCode::malformed));
  EXPECT_EQ (1, b.counts["fragments refused: number out of range"]);
  EXPECT_FALSE (b.was_closed (channel)); // the child stays
}

// --- at a member -------------------------------------------------------------

namespace
{
class LastIdsAtAMember : public testing::Test
{
protected:
  // What becomes of one that is attached and hears this.
  template <typename M>
  bool
  is_refused (const M &message)
  {
    MemberBench b;
    b.start_with_ticket ();
    b.attach (10);
    b.hear (b.channel, message);
    return b.was_refused (b.channel, RefusalCode::malformed);
  }

  template <typename M>
  bool
  is_borne (const M &message)
  {
    MemberBench b;
    b.start_with_ticket ();
    b.attach (10);
    b.hear (b.channel, message);
    b.hear_raw (b.fragment (11));
    return ! b.was_closed (b.channel) && b.take<DeliverFragment> ();
  }

  MemberBench plain;
};
} // namespace

TEST_F (LastIdsAtAMember, InFragments)
{
  for (const std::uint64_t id : ids)
  {
    MemberBench b;
    b.start_with_ticket ();
    b.attach (10);
    b.hear_raw (b.fragment (id));
    EXPECT_EQ (is_beyond (id), b.was_closed (b.channel));
    EXPECT_EQ (is_beyond (id) ? 0u : 1u, b.count_effects<DeliverFragment> ());
    if (is_beyond (id))
      continue;
    // All that is missing is asked for in bounded steps.
    const auto asked = b.heard<PeerReplayRequest> (b.channel);
    ASSERT_TRUE (asked);
    EXPECT_EQ (11u, asked->first);
    EXPECT_LE (asked->last, 10 + limits::pull_fragments_max);
    EXPECT_FALSE (b.heard<PeerReplayRequest> (b.channel));
    // The origin says that there is nothing of it, and more than it was asked.
    b.hear (b.channel, PeerReplayEnd{ asked->replay,
                                      ReplayCode::not_found,
                                      UINT64_MAX,
                                      { UINT64_MAX },
                                      0 });
    EXPECT_LE (b.count_effects<Gap> (), 2u);
    EXPECT_FALSE (b.heard<PeerReplayRequest> (b.channel));
    EXPECT_FALSE (b.was_closed (b.channel));
  }
}

TEST_F (LastIdsAtAMember, InHeads)
{
  for (const std::uint64_t id : ids)
  {
    const PeerHeartbeat fragments{ plain.head (id) };
    EXPECT_TRUE (is_beyond (id) ? is_refused (fragments)
                                : is_borne (fragments));
    const PeerHeartbeat messages{ plain.head (10, id) };
    EXPECT_TRUE (is_beyond (id) ? is_refused (messages) : is_borne (messages));
    PeerHeartbeat generations{ plain.head (10) };
    generations.head.statement.head.generation = { id };
    generations.head.signature = sign (plain.group, port::Purpose::heartbeat,
                                       generations.head.statement);
    EXPECT_TRUE (is_beyond (id) ? is_refused (generations)
                                : is_borne (generations));
  }
}

TEST_F (LastIdsAtAMember, InDecisions)
{
  for (const std::uint64_t id : ids)
    for (int which = 0; which < 3; which++)
    {
      MemberBench b;
      b.start ();
      b.answer_call ();
      const auto asked = b.heard<PeerJoinRequest> (b.channel);
      ASSERT_TRUE (asked);
      PeerJoinDecision message;
      JoinDecision &decision = message.decision;
      decision.group = b.group.public_key ();
      decision.member = b.member.public_key ();
      decision.nonce = asked->question.nonce;
      decision.is_admitted = true;
      decision.head.fragment_id = { 0 == which ? id : 10 };
      decision.head.message_id = { 1 == which ? id : 5 };
      decision.head.generation = { 2 == which ? id : 1 };
      decision.ticket = issue_ticket (b.group, b.ticket ());
      message.signature
          = sign (b.group, port::Purpose::join_decision, decision);
      b.hear (b.channel, message);
      EXPECT_EQ (is_beyond (id),
                 b.was_refused (b.channel, RefusalCode::malformed));
      EXPECT_EQ (is_beyond (id) ? 0u : 1u, b.count_effects<JoinDecided> ());
    }
}

TEST_F (LastIdsAtAMember, InItsTicketNothingComesAfterTheLast)
{
  MemberBench b;
  Ticket late = b.ticket ();
  late.admission_fragment = { last_id };
  b.config.ticket = issue_ticket (b.group, late);
  b.start ();
  b.attach (last_id);
  EXPECT_FALSE (b.heard<PeerReplayRequest> (b.channel));
  EXPECT_EQ (0u, b.core->position ().lag);
  b.hear_raw (b.fragment (last_id));
  EXPECT_FALSE (b.take<DeliverFragment> ());
}

TEST_F (LastIdsAtAMember, InTicketsAndSettlements)
{
  for (const std::uint64_t id : ids)
  {
    for (int which = 0; which < 3; which++)
    {
      Ticket renewed = plain.ticket ();
      renewed.admission_fragment = { 0 == which ? id : 10 };
      renewed.admission_message = { 1 == which ? id : 5 };
      renewed.generation = { 2 == which ? id : 3 };
      const PeerTicket message{ issue_ticket (plain.group, renewed) };
      EXPECT_TRUE (is_beyond (id) ? is_refused (message) : is_borne (message));
    }
    const PeerRequestSettled settled{
      { 1 }, RequestResult::accepted, { id }, 0, ""
    };
    EXPECT_TRUE (is_beyond (id) ? is_refused (settled) : is_borne (settled));
    const PeerReplayRequest proof{ { 1 }, ReplayUnit::fragments, id, id, {} };
    EXPECT_TRUE (is_borne (proof));
  }
}

TEST_F (LastIdsAtAMember, InAnswersToNothingThatWasAsked)
{
  for (const std::uint64_t id : ids)
  {
    EXPECT_TRUE (
        is_borne (PeerReplayEnd{ { id }, ReplayCode::ok, id, { id }, id }));
    EXPECT_TRUE (is_borne (PeerReplayCancel{ { id } }));
    EXPECT_TRUE (is_borne (PeerRequestAck{ { id }, id }));
    EXPECT_TRUE (is_borne (PeerPipeClose{ { id }, PipeEnd::done }));
    EXPECT_TRUE (is_borne (PeerPipeDown{ { id }, {}, { { 0, 4, 0, 9 } } }));
  }
}

TEST_F (LastIdsAtAMember, InRevocations)
{
  for (const std::uint64_t id : ids)
  {
    Revocation revocation;
    revocation.member = key_of<base::MemberKey> (77);
    revocation.generation = { id };
    revocation.signature
        = sign (plain.group, port::Purpose::ejection,
                ejection_of (plain.group.public_key (), revocation.member,
                             revocation.generation));
    const PeerRevocations message{ { revocation } };
    EXPECT_TRUE (is_beyond (id) ? is_refused (message) : is_borne (message));
  }
}

// An end that says more than the member asked for, of what it fetches.
TEST_F (LastIdsAtAMember, InFetches)
{
  for (const ReplayUnit unit : { ReplayUnit::fragments, ReplayUnit::messages })
    for (const std::uint64_t id : ids)
    {
      MemberBench b;
      b.start_with_ticket ();
      b.attach (10);
      EXPECT_EQ (is_beyond (id) ? ClientResult::invalid : ClientResult::taken,
                 b.core->on_fetch (unit, id, id));
      const auto asked = b.heard<PeerReplayRequest> (b.channel);
      EXPECT_EQ (! is_beyond (id), asked.has_value ());
      if (! asked)
        continue;
      b.hear (
          b.channel,
          PeerReplayEnd{
              asked->replay, ReplayCode::more, UINT64_MAX, { UINT64_MAX }, 0 });
      b.hear (b.channel, PeerReplayEnd{ { asked->replay.value + 1 },
                                        ReplayCode::ok,
                                        UINT64_MAX,
                                        { UINT64_MAX },
                                        0 });
      b.pass (seconds (11));
      EXPECT_LE (b.count_effects<Fetched> (), 1u);
      EXPECT_FALSE (b.was_closed (b.channel));
    }
}
