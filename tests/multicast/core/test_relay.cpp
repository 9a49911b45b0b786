// SPDX-License-Identifier: AGPL-3.0-or-later
//
// A member as a relay: its children, what it passes on, pipes to the origin,
// revocations, its place in the tree.
#include "multicast/core/limits.hpp"
#include "relay_bench.hpp"

using namespace testing_multicast;

namespace
{
using Relay = RelayBench;
} // namespace

// --- children ----------------------------------------------------------------

TEST_F (Relay, AttachesWhoShowsATicketAndTellsTheWayUp)
{
  const ChannelId channel = attach (ticket ());
  const auto answer = b.heard<PeerAttached> (channel);
  ASSERT_TRUE (answer);
  EXPECT_EQ (std::vector{ b.peer }, answer->path);
  EXPECT_TRUE (answer->is_rooted);
  EXPECT_EQ (12u, answer->head.statement.head.fragment_id.value);
}

TEST_F (Relay, RefusesTicketsAsTheOriginDoes)
{
  Ticket other = ticket ();
  other.peer = key_of<base::PeerId> (77);
  EXPECT_TRUE (b.was_refused (attach (other), RefusalCode::ticket_peer));
  Ticket old = ticket ();
  old.expiry = b.now - seconds (1);
  EXPECT_TRUE (b.was_refused (attach (old), RefusalCode::ticket_expired));
  Ticket stolen = ticket ();
  stolen.member = key_of<base::MemberKey> (99);
  EXPECT_TRUE (b.was_refused (attach (stolen), RefusalCode::ticket_proof));
}

TEST_F (Relay, ServesNobodyBeforeItWasAttached)
{
  b.start ();
  const ChannelId channel{ 1 };
  b.core->on_channel_opened (channel, child_peer);
  EXPECT_TRUE (b.was_refused (channel, RefusalCode::busy));
}

TEST_F (Relay, PassesFragmentsOnAtOnceWithOneHopMore)
{
  const ChannelId channel = attached ();
  b.hear_raw (b.fragment (13));
  const auto passed = b.heard<Fragment> (channel);
  ASSERT_TRUE (passed);
  EXPECT_EQ (13u, passed->fragment_id.value);
  EXPECT_EQ (1u, passed->hop_counter);
  // Once, whoever sends it again.
  b.hear_raw (b.fragment (13));
  EXPECT_FALSE (b.heard<Fragment> (channel));
}

TEST_F (Relay, DoesNotPassOnWhatIsForged)
{
  const ChannelId channel = attached ();
  base::Bytes forged = b.fragment (13);
  forged.back () ^= 1;
  b.hear_raw (forged);
  EXPECT_FALSE (b.heard<Fragment> (channel));
  EXPECT_EQ (1, b.counts["fragments refused: wrong signature"]);
}

TEST_F (Relay, LeavesAParentThatForgesAgainAndAgain)
{
  for (std::uint64_t i = 0; i < limits::forged_max; i++)
  {
    base::Bytes forged = b.fragment (13 + i);
    forged.back () ^= 1;
    b.hear_raw (forged);
  }
  EXPECT_TRUE (b.was_closed (b.channel));
}

TEST_F (Relay, SendsAChildTooManyToPlacesBelow)
{
  attached ();
  become (42);
  const ChannelId second = attached ();
  PeerAlive alive;
  alive.subtree = 5;
  alive.spot = { key_of<base::PeerId> (66), 4 };
  b.hear (second, alive);
  become (43);
  const ChannelId third = attach (ticket ());
  const auto redirect = b.heard<PeerRedirect> (third);
  ASSERT_TRUE (redirect);
  EXPECT_EQ (2u, redirect->spots.size ());
  EXPECT_TRUE (b.was_closed (third));
  EXPECT_EQ (7u, b.core->position ().subtree); // itself, 1 and 5
}

TEST_F (Relay, KeepsItsChildrenWhenItLosesTheWayAndTellsThem)
{
  const ChannelId channel = attached ();
  b.core->on_channel_closed (b.channel);
  const auto path = b.heard<PeerPath> (channel);
  ASSERT_TRUE (path);
  EXPECT_FALSE (path->is_rooted);
  EXPECT_FALSE (b.was_closed (channel));
}

// --- the way up --------------------------------------------------------------

TEST_F (Relay, CallsAFormerChildWhenItHasNoParent)
{
  const ChannelId channel = attached ();
  b.core->on_channel_closed (channel); // it found a better place
  b.core->on_channel_closed (b.channel);
  b.forget_effects ();
  b.core->on_path_known (child_peer, PathState::known);
  const auto call = b.take<OpenChannel> ();
  ASSERT_TRUE (call);
  EXPECT_EQ (child_peer, call->peer);
  EXPECT_EQ (PortKind::relay, call->port);
}

TEST_F (Relay, LeavesASilentChildAlone)
{
  attached ();
  for (unsigned i = 0; i < 4; i++)
  {
    b.pass (seconds (5));
    b.hear (b.channel, PeerHeartbeat{ b.head (12) });
  }
  EXPECT_EQ (0u, b.core->position ().child_count);
  b.core->on_channel_closed (b.channel);
  b.forget_effects ();
  b.core->on_path_known (child_peer, PathState::known);
  EXPECT_FALSE (b.take<OpenChannel> ());
}

TEST_F (Relay, RefusesAChildThatIsAboveIt)
{
  hear_path ({ key_of<base::PeerId> (50), child_peer });
  EXPECT_TRUE (b.was_refused (attach (ticket ()), RefusalCode::loop));
}

TEST_F (Relay, LeavesAParentWhoseWayLeadsBackToIt)
{
  hear_path ({ key_of<base::PeerId> (50), b.peer });
  EXPECT_TRUE (b.was_closed (b.channel));
  EXPECT_EQ (MemberState::detached, b.core->state ());
}

TEST_F (Relay, LeavesAParentWhoseWayIsTooLong)
{
  std::vector<base::PeerId> path;
  for (std::size_t i = 0; i <= limits::path_max; i++)
    path.push_back (key_of<base::PeerId> (static_cast<std::uint8_t> (100 + i)));
  hear_path (path);
  EXPECT_TRUE (b.was_closed (b.channel));
}

TEST_F (Relay, TellsAChangedWayToItsChildren)
{
  const ChannelId channel = attached ();
  hear_path ({ key_of<base::PeerId> (50) }, false);
  const auto path = b.heard<PeerPath> (channel);
  ASSERT_TRUE (path);
  EXPECT_EQ ((std::vector{ b.peer, key_of<base::PeerId> (50) }), path->path);
  EXPECT_FALSE (path->is_rooted);
}

TEST_F (Relay, TriesAnOfferedPlaceNearerToTheOriginAndLeavesOnlyThen)
{
  const base::PeerId better = key_of<base::PeerId> (60);
  hear_path ({ key_of<base::PeerId> (50), key_of<base::PeerId> (51) });
  b.now += milliseconds (1);
  b.hear (b.channel, PeerHeartbeat{ b.head (12), { better, 2 } });
  EXPECT_TRUE (b.take<AskPath> ());
  b.core->on_path_known (better, PathState::known);
  const auto call = b.take<OpenChannel> ();
  ASSERT_TRUE (call);
  EXPECT_EQ (better, call->peer);
  EXPECT_EQ (PortKind::relay, call->port);
  PeerHello hello;
  hello.heartbeat = seconds (5);
  b.hear (call->channel, hello);
  ASSERT_TRUE (b.heard<PeerAttach> (call->channel));
  EXPECT_FALSE (b.was_closed (b.channel));
  b.hear (call->channel, PeerAttached{ b.head (12), { better } });
  EXPECT_TRUE (b.was_closed (b.channel));
  EXPECT_EQ (better, b.core->position ().parent);
  EXPECT_EQ (2u, b.core->position ().depth);
  EXPECT_EQ (MemberState::attached, b.core->state ());
}

TEST_F (Relay, AsksTheOriginWhatItsApplicationAloneCanAnswer)
{
  const ChannelId channel = move_below (key_of<base::PeerId> (60));
  b.heard<PeerReplayRequest> (channel); // of the own stream
  ReplayDetail literal;
  literal.is_literal = true;
  EXPECT_EQ (ClientResult::taken,
             b.core->on_fetch (ReplayUnit::messages, base::id_max, base::id_max,
                               literal));
  const auto asked = b.heard<PeerReplayRequest> (channel);
  ASSERT_TRUE (asked);
  b.forget_effects ();
  b.hear (channel, PeerReplayEnd{
                       asked->replay, ReplayCode::not_found, asked->last, {} });
  b.pass (seconds (1));
  b.core->on_path_known (b.config.origin, PathState::known);
  const auto call = b.take<OpenChannel> ();
  ASSERT_TRUE (call);
  EXPECT_EQ (b.config.origin, call->peer);
}

// --- replays -----------------------------------------------------------------

TEST_F (Relay, AsksItsClientForWhatAChildMissed)
{
  b.hear_raw (b.fragment (11));
  b.hear_raw (b.fragment (12));
  b.core->on_fragment_stored ({ 11 });
  b.core->on_fragment_stored ({ 12 });
  const ChannelId channel = attached ();
  b.forget_effects ();
  PeerReplayRequest request;
  request.replay = { 5 };
  request.first = 11;
  request.last = 12;
  b.hear (channel, request);
  const auto asked = b.take<AskReplay> ();
  ASSERT_TRUE (asked);
  EXPECT_EQ (child.public_key (), asked->member);
  b.core->on_replay_fragment (asked->replay, b.fragment (11));
  b.core->on_replay_fragment (asked->replay, b.fragment (12));
  b.core->on_replay_end (asked->replay, ReplayCode::ok);
  EXPECT_EQ (11u, b.heard<Fragment> (channel)->fragment_id.value);
  EXPECT_EQ (12u, b.heard<Fragment> (channel)->fragment_id.value);
  EXPECT_EQ (ReplayCode::ok, b.heard<PeerReplayEnd> (channel)->code);
}

TEST_F (Relay, ShowsAChildTheNewestThatNoHeadTellsOf)
{
  b.hear_raw (b.fragment (13)); // the origin's last words
  const ChannelId channel = attached ();
  const auto newest = b.heard<Fragment> (channel);
  ASSERT_TRUE (newest);
  EXPECT_EQ (13u, newest->fragment_id.value);
  become (42);
  b.now += milliseconds (1);
  b.hear (b.channel, PeerHeartbeat{ b.head (13) });
  const ChannelId later = attached ();
  EXPECT_FALSE (b.heard<Fragment> (later));
}

TEST_F (Relay, SaysThatWhatItMissesItselfIsComing)
{
  const ChannelId channel = attached ();
  PeerReplayRequest request;
  request.replay = { 5 };
  request.first = 11;
  request.last = 12;
  b.hear (channel, request);
  const auto end = b.heard<PeerReplayEnd> (channel);
  ASSERT_TRUE (end);
  EXPECT_EQ (ReplayCode::coming, end->code);
  EXPECT_EQ (10u, end->last);
}

TEST_F (Relay, ShowsNothingFromBeforeTheAdmissionWhereHistoryIsRestricted)
{
  policy = policy_restricted_history | policy_admission_control;
  const ChannelId channel = attached ();
  PeerReplayRequest request;
  request.replay = { 5 };
  request.first = 10;
  request.last = 12;
  b.hear (channel, request);
  EXPECT_EQ (ReplayCode::access_denied, b.heard<PeerReplayEnd> (channel)->code);
}

TEST_F (Relay, TakesVisitorsBesidesItsChildren)
{
  attached ();
  become (42);
  attached ();
  become (43);
  const ChannelId visitor = attach (ticket (), AttachKind::visitor);
  EXPECT_TRUE (b.heard<PeerAttached> (visitor));
  b.hear_raw (b.fragment (13));
  EXPECT_FALSE (b.heard<Fragment> (visitor));
  EXPECT_EQ (2u, b.core->position ().child_count);
  b.pass (limits::visitor_idle + seconds (6));
  EXPECT_TRUE (b.was_closed (visitor));
}

// --- revocations -------------------------------------------------------------

TEST_F (Relay, DropsAnEjectedChildAndTellsTheOthers)
{
  const ChannelId first = attached ();
  const base::MemberKey ejected = child.public_key ();
  become (42);
  const ChannelId second = attached ();
  b.hear (b.channel, PeerRevocations{ { revocation (ejected, 3) } });
  const auto eject = b.heard<PeerEject> (first);
  ASSERT_TRUE (eject);
  EXPECT_EQ (ejected, eject->ejection.member);
  EXPECT_TRUE (b.was_closed (first));
  EXPECT_TRUE (b.heard<PeerRevocations> (second));
  // And it is not let in again with that ticket.
  become (41);
  const ChannelId again = attach (ticket ());
  EXPECT_TRUE (b.heard<PeerEject> (again));
  EXPECT_FALSE (b.heard<PeerAttached> (again));
}

TEST_F (Relay, TakesRevocationsOfNobodyButTheGroup)
{
  const ChannelId channel = attached ();
  auto forged = revocation (child.public_key (), 3);
  forged.signature.bytes[0] ^= 1;
  b.hear (b.channel, PeerRevocations{ { forged } });
  EXPECT_FALSE (b.was_closed (channel));
  EXPECT_TRUE (b.was_refused (b.channel, RefusalCode::malformed));
}

TEST_F (Relay, IsEjectedByItsOwnRevocation)
{
  b.hear (b.channel,
          PeerRevocations{ { revocation (b.member.public_key (), 3) } });
  EXPECT_EQ (MemberState::ejected, b.core->state ());
}

TEST_F (Relay, TellsAChildWhatItLacksWhenItAttachesAndLater)
{
  const auto gone = key_of<base::MemberKey> (90);
  b.hear (b.channel, PeerRevocations{ { revocation (gone, 2) } });
  const ChannelId channel = attached ();
  const auto told = b.heard<PeerRevocations> (channel);
  ASSERT_TRUE (told);
  EXPECT_EQ (1u, told->revocations.size ());
  PeerAlive alive; // it lost them
  b.hear (channel, alive);
  EXPECT_TRUE (b.heard<PeerRevocations> (channel));
}

TEST_F (Relay, TellsAChildThatKnowsMoreButOthersOnce)
{
  const auto gone = key_of<base::MemberKey> (90);
  b.hear (b.channel, PeerRevocations{ { revocation (gone, 2) } });
  const ChannelId channel = attached ();
  EXPECT_TRUE (b.heard<PeerRevocations> (channel));
  PeerAlive alive;
  alive.revocations = { 3, { 4 }, 12345 };
  b.hear (channel, alive);
  const auto told = b.heard<PeerRevocations> (channel);
  ASSERT_TRUE (told);
  EXPECT_EQ (1u, told->revocations.size ());
  b.hear (channel, alive);
  EXPECT_FALSE (b.heard<PeerRevocations> (channel));
}

// --- pipes -------------------------------------------------------------------

TEST_F (Relay, CarriesPipesUpAndDown)
{
  const ChannelId channel = attached ();
  b.hear (channel, PeerPipeOpen{ { 7 } });
  const auto open = b.heard<PeerPipeOpen> (b.channel);
  ASSERT_TRUE (open);
  b.hear (channel, PeerPipeUp{ { 7 }, { { 0, 4, 0, 9 } } });
  const auto up = b.heard<PeerPipeUp> (b.channel);
  ASSERT_TRUE (up);
  EXPECT_EQ (open->pipe, up->pipe);
  b.hear (b.channel, PeerPipeDown{ up->pipe, {}, { { 0, 4, 0, 8 } } });
  const auto down = b.heard<PeerPipeDown> (channel);
  ASSERT_TRUE (down);
  EXPECT_EQ (7u, down->pipe.value);
  b.hear (b.channel, PeerPipeClose{ up->pipe, PipeEnd::done });
  EXPECT_EQ (7u, b.heard<PeerPipeClose> (channel)->pipe.value);
}

TEST_F (Relay, ClosesPipesWhenTheWayUpIsLost)
{
  const ChannelId channel = attached ();
  b.hear (channel, PeerPipeOpen{ { 7 } });
  b.core->on_channel_closed (b.channel);
  const auto close = b.heard<PeerPipeClose> (channel);
  ASSERT_TRUE (close);
  EXPECT_EQ (PipeEnd::no_route, close->end);
  b.hear (channel, PeerPipeOpen{ { 8 } });
  EXPECT_EQ (PipeEnd::no_route, b.heard<PeerPipeClose> (channel)->end);
}

TEST_F (Relay, BoundsThePipesOfOneChild)
{
  b.config.route_memory = 8 * limits::route_bytes;
  b.start_with_ticket ();
  b.attach (12);
  last_channel = 0;
  const ChannelId channel = attached ();
  for (std::uint64_t i = 1; i <= 5; i++)
    b.hear (channel, PeerPipeOpen{ { i } });
  const auto close = b.heard<PeerPipeClose> (channel);
  ASSERT_TRUE (close);
  EXPECT_EQ (5u, close->pipe.value);
  EXPECT_EQ (PipeEnd::full, close->end);
}

TEST_F (Relay, LetsAJoinerAskTheOriginInItsOwnNameOnly)
{
  PeerJoinRequest request;
  request.question.group = b.group.public_key ();
  request.question.member = child.public_key ();
  request.question.peer = child_peer;
  const ChannelId good = greet ();
  b.hear (good, PeerPipeOpen{ { 1 } });
  b.hear (good, PeerPipeUp{ { 1 }, { wire::must_encode (request) } });
  EXPECT_TRUE (b.heard<PeerPipeUp> (b.channel));
  request.question.peer = key_of<base::PeerId> (99);
  const ChannelId bad = greet ();
  b.hear (bad, PeerPipeOpen{ { 1 } });
  b.hear (bad, PeerPipeUp{ { 1 }, { wire::must_encode (request) } });
  EXPECT_TRUE (b.was_refused (bad, RefusalCode::join_peer));
}

TEST_F (Relay, BoundsTheJoinersASecond)
{
  std::size_t carried = 0;
  for (std::size_t i = 0; i < 10 * limits::joins_per_second; i++)
  {
    const ChannelId channel = greet ();
    b.hear (channel, PeerPipeOpen{ { 1 } });
    carried += b.heard<PeerPipeOpen> (b.channel) ? 1 : 0;
    b.core->on_channel_closed (channel);
  }
  EXPECT_LE (carried, limits::joins_per_second);
}

TEST_F (Relay, AdmitsWithTheOpenTicketWhileTheOriginIsAway)
{
  Ticket open = b.ticket ();
  open.member = {};
  open.peer = {};
  b.hear (b.channel, PeerOpenTicket{ issue_ticket (b.group, open) });
  b.core->on_channel_closed (b.channel);
  const ChannelId joiner = greet ();
  b.hear (joiner, PeerPipeOpen{ { 1 } });
  ASSERT_TRUE (b.heard<PeerOpenTicket> (joiner));
  const ChannelId channel = attach (open);
  EXPECT_TRUE (b.heard<PeerAttached> (channel));
}

TEST_F (Relay, AdmitsNobodyWithTheOpenTicketWhoWasThrownOut)
{
  b.hear (b.channel,
          PeerRevocations{ { revocation (child.public_key (), 1) } });
  Ticket open = b.ticket (); // of a later generation
  open.member = {};
  open.peer = {};
  const ChannelId channel = attach (open);
  EXPECT_TRUE (b.heard<PeerEject> (channel));
  EXPECT_FALSE (b.heard<PeerAttached> (channel));
}

// --- hostile children --------------------------------------------------------

TEST_F (Relay, TakesNothingFromAChildThatOnlyTheOriginMayHear)
{
  EXPECT_TRUE (
      [this]
      {
        const ChannelId channel = attached ();
        b.hear (channel, PeerPart{});
        return b.was_refused (channel, RefusalCode::out_of_state);
      }());
  EXPECT_TRUE (
      [this]
      {
        const ChannelId channel = attached ();
        b.core->on_peer_message (channel, b.fragment (13));
        return b.was_refused (channel, RefusalCode::out_of_state);
      }());
  EXPECT_TRUE (
      [this]
      {
        const ChannelId channel = attached ();
        NewRequest request;
        request.request_id = { 1 };
        request.flags = flag_first_fragment | flag_last_fragment;
        b.core->on_peer_message (
            channel, make_request (child, b.group.public_key (), request));
        return b.was_refused (channel, RefusalCode::out_of_state);
      }());
}

TEST_F (Relay, BelievesNoChildThatSaysItIsLargerThanTheWorld)
{
  const ChannelId channel = attached ();
  PeerAlive alive;
  alive.subtree = UINT64_MAX;
  alive.spot = { key_of<base::PeerId> (66), 0 }; // nearer than the origin
  b.hear (channel, alive);
  EXPECT_LE (b.core->position ().subtree, limits::subtree_max + 1);
}
