// SPDX-License-Identifier: AGPL-3.0-or-later
//
// A member below a relay that lies, withholds, cuts, repeats or reorders: it
// believes nothing that the group did not sign, and gets all of the stream,
// each fragment once, from others.
#include <functional>

#include "bench.hpp"
#include "multicast/core/limits.hpp"

using namespace testing_multicast;

namespace
{
[[nodiscard]] base::PeerId
relay (std::uint32_t number)
{
  return key_of<base::PeerId> (number);
}

class HostileParent : public testing::Test
{
protected:
  static constexpr std::uint64_t last = 30;

  MemberBench b;
  const base::PeerId liar = relay (60);
  const base::PeerId honest = relay (61);
  std::map<ChannelId, base::PeerId> open;
  std::map<std::uint64_t, int> delivered;
  std::size_t calls = 0;

  void
  SetUp () override
  {
    b.start_with_ticket ();
    b.attach (10);
    b.hear (b.channel, PeerPath{ { relay (50), liar, honest }, true });
    b.now += milliseconds (1);
    b.hear (b.channel, PeerHeartbeat{ b.head (10), { liar, 2 } });
    b.core->on_path_known (liar, PathState::known);
    const auto call = b.take<OpenChannel> ();
    ASSERT_TRUE (call);
    b.channel = call->channel;
    answer (b.channel, { liar });
    b.hear (b.channel, PeerPath{ { liar, honest }, true });
    ASSERT_EQ (liar, b.core->position ().parent);
    b.sent.clear ();
    b.forget_effects ();
    open[b.channel] = liar;
  }

  void
  answer (ChannelId channel, const std::vector<base::PeerId> &path)
  {
    PeerHello hello;
    hello.heartbeat = seconds (5);
    b.hear (channel, hello);
    if (b.heard<PeerAttach> (channel))
      b.hear (channel, PeerAttached{ b.head (10), path, true, {}, {} });
  }

  [[nodiscard]] bool
  is_liar (ChannelId channel) const
  {
    const auto it = open.find (channel);
    return it != open.end () && it->second == liar;
  }

  // What the core did: calls are answered, fragments stored.
  void
  follow ()
  {
    b.drain ();
    for (const MemberEffect &effect : std::exchange (b.effects, {}))
      if (const auto *call = std::get_if<OpenChannel> (&effect))
      {
        calls++;
        open[call->channel] = call->peer;
        answer (call->channel, call->peer == b.origin_peer
                                   ? std::vector<base::PeerId>{}
                                   : std::vector{ call->peer });
      }
      else if (const auto *close = std::get_if<CloseChannel> (&effect))
        open.erase (close->channel);
      else if (const auto *fragment = std::get_if<DeliverFragment> (&effect))
      {
        delivered[fragment->id.value]++;
        b.core->on_fragment_stored (fragment->id);
      }
  }

  void
  serve (ChannelId channel)
  {
    while (const auto asked = b.heard<PeerReplayRequest> (channel))
    {
      for (std::uint64_t id = asked->first; id <= asked->last; id++)
        b.core->on_peer_message (channel, b.fragment (id));
      b.hear (channel, PeerReplayEnd{ asked->replay,
                                      ReplayCode::ok,
                                      asked->last,
                                      {},
                                      asked->last - asked->first + 1 });
    }
  }

  using Lie = std::function<void (ChannelId)>;

  // A second of everybody's life.
  void
  live (const Lie &lie)
  {
    for (const auto &peer : { liar, honest, relay (50), b.origin_peer })
      b.core->on_path_known (peer, PathState::known);
    b.pass (seconds (1));
    follow ();
    for (const auto &[channel, peer] : std::map (open))
    {
      b.hear (channel, PeerHeartbeat{ b.head (last) });
      if (peer == liar)
        lie (channel);
      else
        serve (channel);
    }
    follow ();
  }

  // All of the stream within ten minutes, each fragment once.
  [[nodiscard]] bool
  gets_everything (const Lie &lie)
  {
    const auto is_complete = [this] { return delivered.size () == last - 10; };
    for (int i = 0; i < 600 && ! is_complete (); i++)
      live (lie);
    return is_complete ()
           && std::all_of (delivered.begin (), delivered.end (),
                           [] (const auto &entry)
                           { return 1 == entry.second; });
  }

  // It ends each question like that, and sends nothing.
  [[nodiscard]] Lie
  ends_with (ReplayCode code, std::uint64_t sent)
  {
    return [this, code, sent] (ChannelId channel)
    {
      while (const auto asked = b.heard<PeerReplayRequest> (channel))
        b.hear (channel,
                PeerReplayEnd{ asked->replay,
                               code,
                               ReplayCode::coming == code ? asked->first - 1
                                                          : asked->last,
                               {},
                               sent });
    };
  }

  // It sends fragments changed like that.
  [[nodiscard]] Lie
  sends (std::function<void (base::Bytes &)> change)
  {
    return [this, change] (ChannelId channel)
    {
      for (std::uint64_t id = 11; id <= last && is_liar (channel); id++)
      {
        base::Bytes fragment = b.fragment (id);
        change (fragment);
        b.core->on_peer_message (channel, fragment);
        follow ();
      }
    };
  }
};
} // namespace

// --- the stream --------------------------------------------------------------

TEST_F (HostileParent, SwallowsEverythingAndAnswersNothing)
{
  EXPECT_TRUE (gets_everything ([] (ChannelId) {}));
  EXPECT_GT (b.counts["repairs and fetches without an answer"], 0);
}

TEST_F (HostileParent, SaysThatThereIsNothing)
{
  EXPECT_TRUE (gets_everything (ends_with (ReplayCode::not_found, 0)));
}

TEST_F (HostileParent, SaysThatItSentWhatItDidNot)
{
  EXPECT_TRUE (gets_everything (ends_with (ReplayCode::ok, last)));
}

TEST_F (HostileParent, PutsItOffForEver)
{
  EXPECT_TRUE (gets_everything (ends_with (ReplayCode::coming, 0)));
}

TEST_F (HostileParent, SaysThatItMayNot)
{
  EXPECT_TRUE (gets_everything (ends_with (ReplayCode::access_denied, 0)));
}

TEST_F (HostileParent, ForgesFragments)
{
  EXPECT_TRUE (gets_everything (
      sends ([] (base::Bytes &fragment) { fragment.back () ^= 1; })));
  EXPECT_GE (b.counts["parents left: too many forged fragments"], 1);
}

TEST_F (HostileParent, CutsFragmentsAndMakesThemLookWhole)
{
  EXPECT_TRUE (gets_everything (sends (
      [] (base::Bytes &fragment)
      {
        fragment.pop_back ();
        fragment[0] = static_cast<std::uint8_t> (fragment.size () >> 8);
        fragment[1] = static_cast<std::uint8_t> (fragment.size ());
      })));
  EXPECT_GE (b.counts["fragments refused: wrong purpose"], 1);
}

TEST_F (HostileParent, SendsFragmentsOfAnotherGroup)
{
  const FakeChannelSigner other{ 2 };
  EXPECT_TRUE (gets_everything (sends (
      [&] (base::Bytes &fragment)
      {
        NewFragment foreign;
        foreign.message_id = { 11 };
        foreign.flags = flag_first_fragment | flag_last_fragment;
        fragment = make_fragment (other, { 11 }, foreign);
      })));
  EXPECT_GE (b.counts["fragments refused: wrong signature"], 1);
}

TEST_F (HostileParent, RepeatsWhatItSentBefore)
{
  EXPECT_TRUE (gets_everything (
      sends ([this] (base::Bytes &fragment) { fragment = b.fragment (12); })));
  EXPECT_GE (b.counts["fragments ignored: here already"], 1);
}

TEST_F (HostileParent, RepeatsWhatIsFromBeforeTheAdmission)
{
  EXPECT_TRUE (gets_everything (
      sends ([this] (base::Bytes &fragment) { fragment = b.fragment (3); })));
  EXPECT_GE (b.counts["fragments ignored: not asked for"], 1);
}

TEST_F (HostileParent, SendsEverythingTheWrongWayRoundAndTwice)
{
  EXPECT_TRUE (gets_everything (
      [this] (ChannelId channel)
      {
        for (std::uint64_t id = last; id > 10; id--)
          for (int i = 0; i < 2; i++)
            b.core->on_peer_message (channel, b.fragment (id));
      }));
  EXPECT_EQ (0u, b.counts["fragments refused: wrong signature"]);
}

TEST_F (HostileParent, SendsOneFragmentAMinute)
{
  int second = 0;
  EXPECT_TRUE (gets_everything (
      [&] (ChannelId channel)
      {
        if (0 == ++second % 60)
          b.core->on_peer_message (channel, b.fragment (last));
      }));
}

TEST_F (HostileParent, AnswersNoQuestionAboutHistory)
{
  ASSERT_EQ (ClientResult::taken,
             b.core->on_fetch (ReplayUnit::fragments, 1, 5));
  bool is_fetched = false;
  for (int i = 0; i < 600 && ! is_fetched; i++)
  {
    live ([] (ChannelId) {});
    is_fetched = delivered.contains (1) && delivered.contains (5);
  }
  EXPECT_TRUE (is_fetched);
}

// --- the origin's words ------------------------------------------------------

TEST_F (HostileParent, SpeaksInTheOriginsNameInVain)
{
  NewRequest request;
  request.request_id = { 1 };
  request.flags = flag_first_fragment | flag_last_fragment;
  const auto is_refused = [this, &request] (const auto &message)
  {
    SetUp ();
    EXPECT_EQ (ClientResult::taken, b.core->on_client_request (request));
    EXPECT_TRUE (b.heard<PeerPipeOpen> (b.channel));
    b.hear (b.channel, message);
    return b.was_refused (b.channel, RefusalCode::out_of_state)
           && 0 == b.count_effects<RequestStored> ()
           && 0 == b.count_effects<RequestSettled> ()
           && 0 == b.count_effects<Parted> ();
  };
  EXPECT_TRUE (is_refused (PeerRequestAck{ { 1 }, 0 }));
  EXPECT_TRUE (is_refused (
      PeerRequestSettled{ { 1 }, RequestResult::accepted, { 5 }, 0, "" }));
  EXPECT_TRUE (is_refused (PeerPartAck{}));
}

TEST_F (HostileParent, SaysThatWeParted)
{
  b.core->on_part ();
  b.hear (b.channel, PeerPartAck{});
  EXPECT_EQ (1, b.counts["peers refused: message out of place"]);
}

TEST_F (HostileParent, AsksForAProofThatOnlyTheOriginNeeds)
{
  b.hear (b.channel,
          PeerReplayRequest{ { 1 }, ReplayUnit::fragments, 5, 5, {} });
  const auto end = b.heard<PeerReplayEnd> (b.channel);
  ASSERT_TRUE (end);
  EXPECT_EQ (ReplayCode::access_denied, end->code);
  EXPECT_EQ (0u, b.count_effects<AskReplay> ());
}

// --- heads -------------------------------------------------------------------

TEST_F (HostileParent, ShowsOldHeadsForEver)
{
  const SignedHead old = b.head (10);
  for (int i = 0; i < 60; i++)
  {
    b.pass (seconds (1));
    b.hear (b.channel, PeerHeartbeat{ old });
  }
  // However often it says that the origin is above it.
  b.hear (b.channel, PeerPath{ { liar, honest }, true });
  EXPECT_FALSE (b.core->position ().is_rooted);
  b.pass (seconds (1));
  EXPECT_GT (b.counts["searches for a parent that has the origin"], 0);
}

TEST_F (HostileParent, ForgesAHead)
{
  PeerHeartbeat heartbeat{ b.head (12) };
  heartbeat.head.statement.head.fragment_id = { 1000 };
  b.hear (b.channel, heartbeat);
  EXPECT_TRUE (b.was_refused (b.channel, RefusalCode::malformed));
  EXPECT_EQ (1, b.counts["heads refused: not the group's"]);
  EXPECT_EQ (10u, b.core->head ().fragment_id.value);
}

// --- its place ---------------------------------------------------------------

namespace
{
// Nobody is a parent yet; this one is called and says hello.
class FalsePath : public HostileParent
{
protected:
  void
  SetUp () override
  {
    b.config.relays = { liar };
    b.start_with_ticket ();
    for (int i = 0; i < 60 && open.empty (); i++)
    {
      b.core->on_path_known (liar, PathState::known);
      b.pass (seconds (1));
      while (const auto call = b.take<OpenChannel> ())
        if (call->peer == liar)
          open[b.channel = call->channel] = liar;
    }
    ASSERT_FALSE (open.empty ());
    PeerHello hello;
    hello.heartbeat = seconds (5);
    b.hear (b.channel, hello);
    ASSERT_TRUE (b.heard<PeerAttach> (b.channel));
  }

  void
  hear_path (const std::vector<base::PeerId> &path)
  {
    b.hear (b.channel, PeerAttached{ b.head (10), path, true, {}, {} });
  }
};
} // namespace

TEST_F (FalsePath, OverUsIsNotTaken)
{
  hear_path ({ liar, b.peer });
  EXPECT_TRUE (b.was_closed (b.channel));
  EXPECT_EQ (1, b.counts["parents not taken: no better place"]);
  EXPECT_NE (MemberState::attached, b.core->state ());
}

TEST_F (FalsePath, RoundInCirclesIsNotTaken)
{
  hear_path (std::vector (limits::path_max + 1, liar));
  EXPECT_TRUE (b.was_closed (b.channel));
  EXPECT_EQ (1, b.counts["parents not taken: no better place"]);
}

TEST_F (FalsePath, OfAbsurdLengthIsRefused)
{
  std::vector<base::PeerId> path;
  for (std::uint32_t i = 0; i < 1900; i++)
    path.push_back (relay (1000 + i));
  hear_path (path);
  EXPECT_TRUE (b.was_refused (b.channel, RefusalCode::malformed));
  EXPECT_EQ (1, b.counts["paths refused: too long"]);
  EXPECT_LE (b.count_effects<AskPath> (), 4u); // none of them is called
}

TEST_F (FalsePath, ThatGrowsLaterIsLeft)
{
  hear_path ({ liar });
  ASSERT_EQ (MemberState::attached, b.core->state ());
  b.hear (b.channel,
          PeerPath{ std::vector (limits::path_max + 2, liar), true });
  EXPECT_TRUE (b.was_refused (b.channel, RefusalCode::malformed));
  EXPECT_EQ (MemberState::detached, b.core->state ());
}

TEST_F (FalsePath, TooManySiblingsAreRefused)
{
  PeerAttached attached{ b.head (10), { liar }, true, {}, {} };
  for (std::uint32_t i = 0; i <= limits::siblings_max; i++)
    attached.siblings.push_back (relay (1000 + i));
  b.hear (b.channel, attached);
  EXPECT_TRUE (b.was_refused (b.channel, RefusalCode::malformed));
}

TEST_F (FalsePath, WithAFalseClockIsNotBelieved)
{
  for (const TimePoint time :
       { TimePoint::min (), TimePoint::max (), b.now + hours (5) })
  {
    PeerRefusal refusal;
    refusal.code = RefusalCode::join_time;
    refusal.receiver_time = time;
    b.hear (b.channel, refusal);
    b.config.ticket.clear ();
    MemberBench other;
    other.config.relays = { liar };
    other.start ();
    other.answer_call ();
    ASSERT_TRUE (other.heard<PeerJoinRequest> (other.channel));
    refusal.receiver_time = time;
    other.hear (other.channel, refusal); // the origin's word
    other.pass (seconds (4));
    other.answer_call ();
    const auto asked = other.heard<PeerJoinRequest> (other.channel);
    ASSERT_TRUE (asked);
    const bool is_sane = time == b.now + hours (5);
    EXPECT_EQ (is_sane, asked->question.time >= other.now + hours (4));
    EXPECT_GE (asked->question.time, other.now - seconds (10));
  }
}

TEST_F (HostileParent, OffersTenThousandPlacesThatAreNone)
{
  for (std::uint32_t i = 0; i < 10000; i++)
  {
    b.now += milliseconds (10);
    b.core->advance_time (b.now);
    b.hear (b.channel, PeerHeartbeat{ b.head (10), { relay (1000 + i), 1 } });
  }
  // A hundred seconds: one at a time is looked for, for a while.
  EXPECT_LE (b.count_effects<AskPath> (), 200u);
  EXPECT_LE (b.count_effects<OpenChannel> (), 20u);
  EXPECT_EQ (liar, b.core->position ().parent);
  while (const auto known = b.take<PeersKnown> ())
    EXPECT_LE (known->peers.size (), limits::peers_told_max);
  // Whom it knew above is not crowded out.
  b.core->on_channel_closed (b.channel);
  EXPECT_TRUE (gets_everything ([] (ChannelId) {}));
}

TEST_F (HostileParent, SendsUsRoundInCirclesUntilTheOriginAnswers)
{
  b.core->on_channel_closed (b.channel);
  open.clear ();
  b.forget_effects ();
  const auto answer_call = [this] (const OpenChannel &call)
  {
    PeerHello hello;
    hello.heartbeat = seconds (5);
    b.hear (call.channel, hello);
    if (! b.heard<PeerAttach> (call.channel))
      return;
    if (call.peer == b.origin_peer)
      return b.hear (call.channel,
                     PeerAttached{ b.head (10), {}, true, {}, {} });
    PeerRedirect redirect;
    for (std::uint32_t i = 0; i < limits::redirects_max; i++)
      redirect.spots.push_back ({ relay (60 + i), 2 });
    b.hear (call.channel, redirect);
  };
  for (int i = 0; i < 120 && MemberState::attached != b.core->state (); i++)
  {
    for (std::uint32_t peer = 60; peer < 60 + limits::redirects_max; peer++)
      b.core->on_path_known (relay (peer), PathState::known);
    b.core->on_path_known (b.origin_peer, PathState::known);
    b.pass (seconds (1));
    while (const auto call = b.take<OpenChannel> ())
    {
      calls++;
      answer_call (*call);
    }
  }
  EXPECT_EQ (MemberState::attached, b.core->state ());
  EXPECT_EQ (b.origin_peer, b.core->position ().parent);
  EXPECT_LE (calls, 200u);
}
