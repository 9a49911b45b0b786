// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What a host's and a guest's channel do in single situations.
#include "programs.hpp"

namespace psyc::test
{
namespace
{
constexpr auto channel_key_of = [] (std::uint8_t n)
{ return FakeKeys{}.public_key (channel_secret (n)); };

class ChannelTest : public ::testing::Test
{
protected:
  ChannelTest ()
  {
    host.config.payload_max = guest.config.payload_max = 1000;
    host.start ();
    guest.start ();
  }

  Group &
  group ()
  {
    return world.groups[channel];
  }
  Group::Member &
  member ()
  {
    return group ().members.at (member_key);
  }

  // All that is under way comes to its end; members that ask are let go on.
  void
  settle ()
  {
    for (bool is_busy = true; is_busy;)
    {
      is_busy = host.step_store ();
      is_busy |= guest.step_store ();
      is_busy |= world.step_echo (group ());
      for (auto &[key, one] : group ().members)
      {
        is_busy |= world.step_join (group (), one);
        is_busy |= world.step_fragment (group (), one, 0);
        is_busy |= world.step_request (group (), one);
        is_busy |= world.step_fetch (group (), one);
      }
      for (Talker *talker : { &master, &slave })
      {
        is_busy |= talker->push (0);
        is_busy |= talker->listen ();
      }
    }
  }

  void
  tick (base::Duration by)
  {
    world.now += by;
    for (Peer *peer : { &host, &guest })
      if (peer->core)
      {
        peer->core->advance_time (world.now);
        peer->drain ();
      }
    settle ();
  }

  void
  restart (Peer &peer, Talker &talker)
  {
    peer.crash ();
    talker.on_lost ();
    world.now += base::seconds (1);
    peer.start ();
    talker.connect ();
    settle ();
  }

  // Another program says a long message; three fragments of it go out.
  void
  say_and_store_a_beginning ()
  {
    const ClientId other = host.connect ();
    local::MasterStart start;
    start.private_key = channel_secret (1);
    host.say (other, start);
    host.settle ();
    local::Upload upload;
    upload.upload_id = 1;
    upload.tag = tag_of (99);
    for (const auto &run :
         message_runs ("_message", {}, base::Bytes (9000, 'x')))
    {
      upload.parts.bytes = run;
      host.say (other, upload);
      upload.offset += run.size ();
    }
    host.settle ();
    for (int i = 0; i < 3; i++)
      EXPECT_TRUE (world.step_echo (group ()));
    host.settle ();
    EXPECT_EQ (3u, group ().sent.size ());
  }

  // Is something of nobody in the host's inbox?
  bool
  has_spooled (Peer &peer)
  {
    for (const auto &[name, request] : peer.store.channels[channel].boxes[1])
      if (request.is_open () && ! request.fragments.empty ())
        return true;
    return false;
  }

  // All that is in the log of the host (or of the guest).
  std::vector<Whole>
  read (Peer &peer, std::optional<base::MemberKey> who = std::nullopt,
        std::uint64_t after = 0)
  {
    Reader reader (peer, channel, who, after);
    reader.connect ();
    for (bool is_busy = true; is_busy;)
    {
      is_busy = peer.step_store ();
      is_busy |= reader.listen ();
      is_busy |= reader.acknowledge ();
    }
    peer.leave (reader.client);
    return whole_messages (reader.heard, Ends::some);
  }

  World world;
  Peer host{ world };
  Peer guest{ world };
  const base::ChannelKey channel = channel_key_of (1);
  const base::MemberKey member_key = FakeKeys{}.public_key (member_secret (2));
  Talker master{ host, channel_secret (1), std::nullopt };
  Talker slave{ guest, std::nullopt,
                std::pair{ channel_key_of (1), member_secret (2) } };
};

using SendState = transfer::SendState;

TEST_F (ChannelTest, ManyMessagesAfterASmallOneAreSent)
{
  master.connect ();
  for (int i = 0; i < 50; i++)
    master.say ("line " + std::to_string (i));
  settle ();
  for (const auto &one : master.said)
    EXPECT_EQ (SendState::stored, one.state);
  const auto all = read (host);
  ASSERT_EQ (50u, all.size ());
  for (std::size_t i = 0; i < 50; i++)
    EXPECT_EQ ("line " + std::to_string (i),
               base::as_text (all[i].message.data));
}

TEST_F (ChannelTest, ASmallMessageIsOneFragment)
{
  master.connect ();
  master.say ("hello", "_message", { { Operator::set, "_a", bytes ("b") } });
  settle ();
  ASSERT_EQ (1u, group ().sent.size ());
  EXPECT_EQ (3u, group ().sent.at (1)->head.flags);
}

TEST_F (ChannelTest, NothingGoesOutBeforeItIsOnDisk)
{
  master.connect ();
  settle ();
  master.say ("hello");
  while (master.push (0) || master.listen ())
    ;
  host.settle (); // the tag is looked for
  ASSERT_TRUE (world.step_echo (group ()));
  EXPECT_TRUE (group ().sent.empty ());
  EXPECT_FALSE (master.said[0].state.has_value ());
  host.settle ();
  EXPECT_EQ (1u, group ().sent.size ());
}

TEST_F (ChannelTest, AFullDiskRefusesByNameAndUsesTheIdsAgain)
{
  master.connect ();
  master.say ("before");
  settle ();
  host.store.is_full = true;
  master.say ("lost");
  settle ();
  EXPECT_EQ (SendState::failed, master.said[1].state);
  EXPECT_EQ ("disk full", master.said[1].reason);
  master.say ("refused");
  settle ();
  EXPECT_EQ (SendState::failed, master.said[2].state);
  EXPECT_EQ ("disk full", master.said[2].reason);
  host.store.is_full = false;
  tick (base::seconds (2));
  master.say ("after");
  settle ();
  EXPECT_EQ (SendState::stored, master.said[3].state);
  const auto all = read (host);
  ASSERT_EQ (2u, all.size ());
  EXPECT_EQ ("after", base::as_text (all[1].message.data));
  EXPECT_EQ (2u, group ().sent.size ());
  EXPECT_TRUE (group ().sent.contains (2));
}

TEST_F (ChannelTest, AFullDiskAtTheGuestFailsItsTalkAndAsksForFragmentsAgain)
{
  master.connect ();
  slave.connect ();
  settle ();
  guest.store.is_full = true;
  master.say ("to all");
  slave.say ("to the host");
  for (int i = 0; i < 20; i++)
  {
    (void)host.step_store ();
    (void)world.step_echo (group ());
    while (master.push (0) || master.listen () || slave.push (0)
           || slave.listen ())
      ;
  }
  EXPECT_TRUE (world.step_fragment (group (), member (), 0));
  guest.settle ();
  EXPECT_TRUE (member ().given.empty ()); // said to have failed
  while (slave.listen ())
    ;
  EXPECT_EQ (SendState::failed, slave.said[0].state);
  EXPECT_EQ ("disk full", slave.said[0].reason);
  guest.store.is_full = false;
  settle ();
  EXPECT_EQ (1u, read (guest, member_key).size ());
}

TEST_F (ChannelTest, WhatWasStoredIsNotStoredTwiceWhenSaidAgain)
{
  master.connect ();
  master.say ("once");
  settle ();
  // Another life of the program says it again with the same tag.
  const ClientId again = host.connect ();
  local::MasterStart start;
  start.private_key = channel_secret (1);
  host.say (again, start);
  host.settle ();
  local::Upload upload;
  upload.upload_id = 1;
  upload.tag = host.store.channels[channel].tags.begin ()->first;
  upload.parts.bytes
      = message_runs ("_message", {}, base::as_bytes ("once"))[0];
  host.say (again, upload);
  settle ();
  const auto states = host.hear<local::UploadState> (again);
  ASSERT_EQ (1u, states.size ());
  EXPECT_EQ (SendState::stored, states[0].state);
  EXPECT_EQ (1u, states[0].message_id);
  EXPECT_EQ (1u, read (host).size ());
  // And after a restart of psyc.
  restart (host, master);
  const ClientId later = host.connect ();
  host.say (later, start);
  host.settle ();
  host.say (later, upload);
  settle ();
  EXPECT_EQ (1u, read (host).size ());
}

// What is not all here has not begun for anybody else.
TEST_F (ChannelTest, AMessageWhoseSenderDiedLeavesNothing)
{
  master.connect ();
  settle ();
  for (const std::size_t held_max :
       { std::size_t{ 1 } << 20, std::size_t{ 0 } })
  {
    host.config.spool_message_held_max = held_max;
    restart (host, master);
    local::Upload upload;
    upload.upload_id = 1;
    upload.tag = tag_of (99);
    upload.parts.bytes
        = message_runs ("_message", {}, base::Bytes (9000, 'x'))[0];
    const ClientId other = host.connect ();
    local::MasterStart start;
    start.private_key = channel_secret (1);
    host.say (other, start);
    host.settle ();
    host.say (other, upload);
    settle ();
    EXPECT_LT (0u, host.hear<local::UploadCredit> (other).size ());
    EXPECT_TRUE (group ().sent.empty ());
    EXPECT_EQ (0 == held_max, has_spooled (host));
    host.leave (other);
    settle ();
    EXPECT_FALSE (has_spooled (host));
  }
  master.say ("goes on");
  settle ();
  const auto all = read (host);
  ASSERT_EQ (1u, all.size ());
  EXPECT_EQ (1u, all[0].message_id);
  EXPECT_EQ ("goes on", base::as_text (all[0].message.data));
}

TEST_F (ChannelTest, AShortMessagePassesAStalledOne)
{
  host.config.spool_message_held_max = 2000;
  restart (host, master);
  const auto runs = message_runs ("_message", {}, base::Bytes (9000, 'x'));
  local::Upload upload;
  upload.upload_id = 1;
  upload.tag = tag_of (99);
  upload.parts.bytes = runs[0];
  const ClientId other = host.connect ();
  local::MasterStart start;
  start.private_key = channel_secret (1);
  host.say (other, start);
  host.settle ();
  host.say (other, upload);
  settle ();
  master.say ("short", "_message",
              { { Operator::assign, "_topic", bytes ("tea") } });
  settle ();
  EXPECT_EQ (SendState::stored, *master.said[0].state);
  for (std::size_t i = 1; i < runs.size (); i++)
  {
    upload.offset += upload.parts.bytes.size ();
    upload.parts.bytes = runs[i];
    host.say (other, upload);
  }
  settle ();
  const auto states = host.hear<local::UploadState> (other);
  ASSERT_EQ (2u, states.size ());
  EXPECT_EQ (SendState::queued, states[0].state);
  EXPECT_EQ (SendState::stored, states[1].state);
  EXPECT_EQ (2u, states[1].message_id);
  EXPECT_FALSE (has_spooled (host));
  const auto all = read (host);
  ASSERT_EQ (2u, all.size ());
  EXPECT_EQ (9000u, all[1].message.data.size ());
}

// What was said last has the last word, however long the one before is.
TEST_F (ChannelTest, ALongChangeOfStateKeepsItsPlaceBeforeAShortOne)
{
  host.config.spool_message_held_max = 2000;
  restart (host, master);
  master.say (std::string (9000, 'x'), "_message",
              { { Operator::assign, "_topic", base::Bytes (5000, 'y') } });
  while (master.push (0) || master.listen () || host.step_store ())
    ;
  EXPECT_FALSE (group ().sends.empty ()); // its first fragment at once
  master.say ("short", "_message",
              { { Operator::assign, "_topic", bytes ("tea") } });
  settle ();
  EXPECT_EQ (1u, master.said[0].message_id);
  EXPECT_EQ (2u, master.said[1].message_id);
  const auto all = read (host);
  ASSERT_EQ (2u, all.size ());
  EXPECT_EQ (1u, all[1].message.state_delta);
}

TEST_F (ChannelTest, WhatWasWhollyGivenIsSaidOnceThoughPsycDies)
{
  host.config.spool_message_held_max = 2000;
  restart (host, master);
  master.say (std::string (9000, 'x'), "_message", {}, transmit_inc_group_gen);
  for (int i = 0; i < 400; i++)
  {
    (void)(master.push (0) || master.listen () || host.step_store ());
    if (master.said[0].heard.size () == 1)
      break;
  }
  ASSERT_EQ (std::vector{ SendState::queued }, master.said[0].heard);
  for (int i = 0; i < 3; i++)
    (void)world.step_echo (group ());
  host.settle ();
  restart (host, master); // cancels what had begun
  EXPECT_EQ (SendState::stored, *master.said[0].state);
  EXPECT_FALSE (has_spooled (host));
  const auto all = read (host);
  ASSERT_EQ (1u, all.size ());
  EXPECT_EQ (9000u, all[0].message.data.size ());
  EXPECT_EQ (3u, group ().sent.rbegin ()->second->head.generation.value);
  restart (host, master);
  EXPECT_EQ (1u, read (host).size ());
}

TEST_F (ChannelTest, AFullDiskFailsASpooledMessageAndForgetsIt)
{
  host.config.spool_message_held_max = 2000;
  restart (host, master);
  host.store.is_full = true;
  master.say (std::string (9000, 'x'));
  settle ();
  EXPECT_EQ (SendState::failed, *master.said[0].state);
  EXPECT_EQ ("disk full", master.said[0].reason);
  host.store.is_full = false;
  // While it is copied, too.
  master.say (std::string (9000, 'x'));
  while (master.push (0) || master.listen () || host.step_store ())
    ;
  ASSERT_EQ (std::vector{ SendState::queued }, master.said[1].heard);
  host.store.is_full = true;
  settle ();
  EXPECT_EQ (SendState::failed, *master.said[1].state);
  host.store.is_full = false;
  tick (base::seconds (2));
  EXPECT_FALSE (has_spooled (host));
  restart (host, master);
  EXPECT_TRUE (read (host).empty ());
}

TEST_F (ChannelTest, WhatIsHeldInMemoryIsBounded)
{
  host.config.spool_held_max = 20000;
  host.config.payload_max = 1000;
  restart (host, master);
  const ClientId other = host.connect ();
  local::MasterStart start;
  start.private_key = channel_secret (1);
  host.say (other, start);
  host.settle ();
  local::Upload upload;
  upload.parts.bytes
      = message_runs ("_message", {}, base::Bytes (9000, 'x'))[0];
  for (upload.upload_id = 1; upload.upload_id <= 20; upload.upload_id++)
  {
    upload.tag = tag_of (upload.upload_id);
    host.say (other, upload);
    settle ();
    if (upload.upload_id < 5)
    {
      EXPECT_FALSE (has_spooled (host));
    }
  }
  EXPECT_TRUE (has_spooled (host));
  host.leave (other);
  settle ();
  EXPECT_FALSE (has_spooled (host));
}

TEST_F (ChannelTest, VeryManyShortMessagesAtOnceAreReadAsTheDiskTakesThem)
{
  const ClientId client = host.connect ();
  local::MasterStart start;
  start.private_key = channel_secret (1);
  host.say (client, start);
  host.settle ();
  local::Upload upload;
  upload.parts.bytes = message_runs ("_message", {}, {})[0];
  std::size_t read = 0;
  for (upload.upload_id = 1; upload.upload_id <= 3000; upload.upload_id++)
  {
    upload.tag = tag_of (upload.upload_id);
    host.continued.clear ();
    host.say (client, upload);
    if (host.continued.contains (client))
      continue;
    read = std::max<std::size_t> (read, upload.upload_id);
    host.settle ();
    ASSERT_TRUE (host.continued.contains (client));
  }
  EXPECT_EQ (0u, read % host.config.uploads_checking_max);
  EXPECT_LT (0u, read);
  settle ();
  const auto states = host.hear<local::UploadState> (client);
  ASSERT_EQ (3000u, states.size ());
  for (const auto &state : states)
    EXPECT_EQ (SendState::stored, state.state);
}

TEST_F (ChannelTest, AMessageCutOffByACrashIsCancelledAtTheNextStart)
{
  master.connect ();
  settle ();
  say_and_store_a_beginning ();
  const auto before = group ().sent.rbegin ()->second->head;
  EXPECT_FALSE (before.is_last ());
  restart (host, master);
  const auto after = group ().sent.rbegin ()->second->head;
  EXPECT_TRUE (after.is_last ());
  EXPECT_EQ (before.message_id, after.message_id);
  EXPECT_TRUE (group ().was_unclean);
}

TEST_F (ChannelTest, AReaderFromNowOnIsSparedTheMiddleOfMessages)
{
  master.connect ();
  settle ();
  say_and_store_a_beginning ();
  Reader reader (host, channel, std::nullopt, local::from_now);
  reader.connect ();
  host.settle ();
  master.say ("whole");
  settle ();
  while (reader.listen ())
    ;
  const auto all = whole_messages (reader.heard, Ends::all);
  ASSERT_EQ (1u, all.size ());
  EXPECT_EQ ("whole", base::as_text (all[0].message.data));
}

TEST_F (ChannelTest, AGuestsWordsAreRelayedOnceWithTheHostsWordForTheAuthor)
{
  master.connect ();
  slave.connect ();
  settle ();
  slave.say ("hello", "_converse",
             { { Operator::set, "_nym_author", bytes ("the king") },
               { Operator::set, "_x", base::Bytes (2500, 'y') } });
  settle ();
  ASSERT_EQ (SendState::accepted, slave.said[0].state) << slave.said[0].reason;
  EXPECT_EQ (
      std::vector ({ SendState::queued, SendState::sent, SendState::accepted }),
      slave.said[0].heard);
  for (const auto &all : { read (host), read (guest, member_key) })
  {
    ASSERT_EQ (1u, all.size ());
    EXPECT_EQ (slave.said[0].message_id, all[0].message_id);
    EXPECT_EQ ("hello", base::as_text (all[0].message.data));
    EXPECT_EQ ("guest", all[0].message.find_text ("_nym_author"));
    std::size_t authors = 0;
    for (const auto &modifier : all[0].message.modifiers)
      authors += "_nym_author" == modifier.name ? 1 : 0;
    EXPECT_EQ (1u, authors);
    EXPECT_EQ (2500u, all[0].message.find ("_x")->size ());
  }
}

TEST_F (ChannelTest, WhatIsSaidWhileTheHostIsAwayIsSentWhenItIsBack)
{
  master.connect ();
  slave.connect ();
  settle ();
  host.crash ();
  master.on_lost ();
  slave.say ("are you there?");
  settle ();
  EXPECT_EQ (std::vector ({ SendState::queued }), slave.said[0].heard);
  // Our psyc dies, too: it is in the store.
  guest.crash ();
  slave.on_lost ();
  host.start ();
  master.connect ();
  guest.start ();
  slave.connect ();
  settle ();
  EXPECT_EQ (SendState::accepted, slave.said[0].state);
  EXPECT_EQ (1u, read (host).size ());
}

TEST_F (ChannelTest, ARequestWithoutAnEndIsNeverRelayed)
{
  master.connect ();
  slave.connect ();
  settle ();
  const auto evil = make_request (
      { member_key, 1, 0, { 5 }, first_fragment | last_fragment },
      bytes ("no parts at all"));
  host.core->on_origin_request (group ().host_channel, evil->bytes);
  host.drain ();
  settle ();
  EXPECT_TRUE (group ().sent.empty ());
  const auto &request
      = host.store.channels[channel].boxes[1].at ({ member_key, { 5 } });
  EXPECT_EQ (RequestOutcome::refused, request.settled.outcome);
  EXPECT_EQ (0u, request.settled.reason.find ("malformed"));
}

TEST_F (ChannelTest, AMembersUnfinishedRequestsAreBounded)
{
  host.config.member_unfinished_max = 3;
  host.config.unfinished_max = 100;
  host.crash ();
  host.start ();
  master.connect ();
  slave.connect ();
  settle ();
  for (std::uint64_t id = 1; id <= 10; id++)
  {
    const auto begun = make_request (
        { member_key, 1, 0, { id }, first_fragment }, bytes ("a beginning"));
    host.core->on_origin_request (group ().host_channel, begun->bytes);
    host.drain ();
  }
  settle ();
  EXPECT_EQ (3u, host.store.channels[channel].boxes[1].size ());
  EXPECT_EQ (7u, host.counts["# requests refused, too many unfinished"]);
}

TEST_F (ChannelTest, StateMessagesFormAChain)
{
  master.connect ();
  settle ();
  master.say ("no state");
  master.say ("a", "_m", { { Operator::assign, "_topic", bytes ("a") } });
  settle ();
  master.say ("b", "_m",
              { { Operator::assign, "_topic", base::Bytes (3000, 'b') } });
  settle ();
  master.say ("c", "_m", { { Operator::assign, "_topic", bytes ("c") } });
  settle ();
  const auto all = read (host);
  ASSERT_EQ (4u, all.size ());
  EXPECT_EQ (state_not_modified, all[0].message.state_delta);
  EXPECT_EQ (2u, all[1].message.state_delta);
  EXPECT_EQ (1u, all[2].message.state_delta);
  EXPECT_EQ (1u, all[3].message.state_delta);
  EXPECT_EQ (4u, host.store.states.state_head (channel).applied.value);
  restart (host, master);
  master.say ("d", "_m", { { Operator::assign, "_topic", bytes ("d") } });
  settle ();
  EXPECT_EQ (1u, read (host).back ().message.state_delta);
}

// ---- the door --------------------------------------------------------------

class DoorTest : public ChannelTest
{
protected:
  DoorTest () { master.policy = 3; }

  void
  answer (local::Admission admission)
  {
    ASSERT_FALSE (master.questions.empty ());
    host.say (master.client,
              local::JoinDecision{
                  master.questions.back ().join_id, admission, {}, {} });
    settle ();
  }
};

TEST_F (DoorTest, APrivateChannelAsksAndWaits)
{
  master.connect ();
  slave.connect ();
  settle ();
  ASSERT_EQ (1u, master.questions.size ());
  EXPECT_EQ (member_key, master.questions[0].member_key);
  EXPECT_TRUE (group ().decisions.empty ());
  host.say (master.client, local::JoinPending{ master.questions[0].join_id });
  EXPECT_EQ (1u, group ().pendings.size ());
  answer (local::Admission::admitted);
  EXPECT_TRUE (slave.is_admitted);
  EXPECT_TRUE (member ().is_attached);
}

TEST_F (DoorTest, ARefusalIsToldAndNothingIsReadable)
{
  master.connect ();
  slave.connect ();
  settle ();
  answer (local::Admission::refused);
  EXPECT_TRUE (slave.is_refused);
  EXPECT_TRUE (host.store.channels[channel].members.empty ());
}

TEST_F (DoorTest, AQuestionWaitsForAnApplication)
{
  master.connect ();
  settle ();
  master.disconnect ();
  slave.connect ();
  settle ();
  EXPECT_TRUE (group ().decisions.empty ());
  master.connect ();
  settle ();
  EXPECT_EQ (1u, master.questions.size ());
}

TEST_F (DoorTest, AMemberIsLetInAgainWithoutAsking)
{
  master.connect ();
  slave.connect ();
  settle ();
  answer (local::Admission::admitted);
  restart (host, master);
  member ().has_ticket = false; // it expired
  member ().is_attached = member ().has_asked = false;
  settle ();
  EXPECT_EQ (1u, master.questions.size ());
  EXPECT_EQ (2u, group ().decisions.size ());
}

TEST_F (DoorTest, HistoryFromBeforeAdmissionIsDenied)
{
  master.connect ();
  settle ();
  master.say ("secret");
  settle ();
  slave.connect ();
  settle ();
  answer (local::Admission::admitted);
  master.say ("for all");
  settle ();
  const auto ask
      = [this] (std::uint64_t token, std::uint64_t first, std::uint64_t last)
  {
    host.core->on_replay_request (group ().host_channel, { token }, member_key,
                                  ReplayUnit::fragments, first, last);
    host.drain ();
    host.settle ();
  };
  ask (1, 1, 1);
  EXPECT_EQ (ReplayCode::access_denied, group ().replay_codes[{ 1 }]);
  EXPECT_TRUE (group ().replays[{ 1 }].empty ());
  ask (2, 1, 2);
  EXPECT_EQ (ReplayCode::ok, group ().replay_codes[{ 2 }]);
  EXPECT_EQ (1u, group ().replays[{ 2 }].size ());
  ask (3, 9, 10);
  EXPECT_EQ (ReplayCode::past_head, group ().replay_codes[{ 3 }]);
}

TEST_F (DoorTest, AGuestAnswersForItsChildrenInTheTreeFromItsDisk)
{
  master.connect ();
  slave.connect ();
  settle ();
  answer (local::Admission::admitted);
  master.say ("one");
  master.say ("two");
  settle ();
  const base::MemberKey child{};
  const ChannelNo channel = group ().members.at (member_key).channel;
  guest.core->on_replay_request (channel, { 1 }, child, ReplayUnit::fragments,
                                 1, 2);
  guest.core->on_replay_request (channel, { 2 }, child, ReplayUnit::fragments,
                                 3, 9);
  guest.drain ();
  guest.settle ();
  EXPECT_EQ (ReplayCode::ok, group ().replay_codes[{ 1 }]);
  EXPECT_EQ (2u, group ().replays[{ 1 }].size ());
  EXPECT_EQ (ReplayCode::not_found, group ().replay_codes[{ 2 }]);
}

TEST_F (DoorTest, TheEjectedGetNothingMore)
{
  master.connect ();
  slave.connect ();
  settle ();
  answer (local::Admission::admitted);
  master.say ("one");
  settle ();
  host.say (master.client, local::Eject{ 7, member_key, {} });
  settle ();
  ASSERT_EQ (1u, group ().ejections.size ());
  EXPECT_EQ (1u, group ().ejections[0].generation.value);
  master.say ("two");
  settle ();
  EXPECT_EQ (2u, group ().sent.at (2)->head.generation.value);
  EXPECT_EQ (1u, read (guest, member_key).size ());
  host.core->on_replay_request (group ().host_channel, { 5 }, member_key,
                                ReplayUnit::fragments, 2, 2);
  host.drain ();
  host.settle ();
  EXPECT_EQ (ReplayCode::access_denied, group ().replay_codes[{ 5 }]);
  // Known after a restart, too; and it is asked for anew.
  const std::size_t asked = master.questions.size ();
  restart (host, master);
  ASSERT_EQ (1u, group ().revocations.size ());
  EXPECT_EQ (member_key, group ().revocations[0].member);
  slave.disconnect ();
  slave.connect ();
  settle ();
  EXPECT_EQ (asked + 1, master.questions.size ());
}

TEST_F (ChannelTest, TheEjectedAreAskedForAlsoWhereEverybodyIsLetIn)
{
  master.connect ();
  slave.connect ();
  settle ();
  EXPECT_TRUE (slave.is_admitted);
  EXPECT_TRUE (master.questions.empty ());
  host.say (master.client, local::Eject{ 7, member_key, {} });
  settle ();
  slave.disconnect ();
  slave.connect ();
  settle ();
  EXPECT_EQ (1u, master.questions.size ());
}

// ---- history ---------------------------------------------------------------

class HistoryTest : public ChannelTest
{
protected:
  struct Answer
  {
    std::vector<Reader::Heard> heard;
    std::vector<local::HistoryRange> ranges;
    std::vector<local::OperationResult> results;
  };

  Answer
  replay (Peer &peer, ClientId client, local::HistoryStart question)
  {
    question.op_id = ++last_op_;
    peer.say (client, question);
    Answer answer;
    std::uint64_t unacknowledged = 0;
    for (bool is_busy = true; is_busy;)
    {
      is_busy = peer.step_store ();
      for (auto &[key, one] : group ().members)
        is_busy |= world.step_fetch (group (), one);
      for (auto &fragment : peer.hear<local::Fragment> (client))
      {
        if (fragment.stream_id != question.op_id)
          continue;
        is_busy = true;
        unacknowledged += local::stream_cost (fragment);
        EXPECT_LE (unacknowledged, local::stream_window_bytes);
        answer.heard.push_back (
            { fragment.fragment_id, std::move (fragment.message.bytes) });
      }
      for (auto &range : peer.hear<local::HistoryRange> (client))
        answer.ranges.push_back (range);
      for (auto &result : peer.hear<local::OperationResult> (client))
        answer.results.push_back (result);
      if (! is_busy && 0 < unacknowledged)
      {
        peer.say (client, local::StreamAck{ question.op_id, unacknowledged });
        unacknowledged = 0;
        is_busy = true;
      }
    }
    return answer;
  }

  static std::vector<std::string>
  texts (const Answer &answer)
  {
    std::vector<std::string> out;
    for (const auto &one : whole_messages (answer.heard))
      out.emplace_back (base::as_text (one.message.data).substr (0, 6));
    return out;
  }

  std::uint64_t last_op_ = 0;
};

TEST_F (HistoryTest, GivesRangesAndTheLatestByMethod)
{
  master.connect ();
  settle ();
  for (int i = 1; i <= 150; i++)
  {
    std::string text = "msg" + std::to_string (i);
    if (0 == i % 50)
      text.resize (200000, 'x'); // many fragments, more than a window
    master.say (text, 0 == i % 3 ? "_notice_place" : "_message_public");
  }
  settle ();
  for (const auto &one : master.said)
    ASSERT_EQ (SendState::stored, one.state);
  std::map<std::uint64_t, std::string> by_id;
  for (const auto &one : read (host))
    by_id[one.message_id] = base::as_text (one.message.data).substr (0, 6);

  local::HistoryStart question;
  question.first = 10;
  question.last = 60;
  auto answer = replay (host, master.client, question);
  std::vector<std::string> wanted;
  for (std::uint64_t id = 10; id <= 60; id++)
    wanted.push_back (by_id[id]);
  EXPECT_EQ (wanted, texts (answer));
  ASSERT_EQ (1u, answer.results.size ());
  EXPECT_EQ (51, answer.results[0].result);

  question.mode = local::HistoryMode::latest;
  question.first = 0;
  question.last = 100;
  answer = replay (host, master.client, question);
  wanted.clear ();
  for (std::uint64_t id = 51; id <= 150; id++)
    wanted.push_back (by_id[id]);
  EXPECT_EQ (wanted, texts (answer));
  ASSERT_EQ (1u, answer.ranges.size ());
  EXPECT_EQ (51u, answer.ranges[0].first_message_id);

  question.last = 10;
  question.method_prefix = "_notice";
  answer = replay (host, master.client, question);
  EXPECT_EQ (10u, texts (answer).size ());
  question.method_prefix = "_noti"; // no keyword
  answer = replay (host, master.client, question);
  EXPECT_TRUE (texts (answer).empty ());
  ASSERT_EQ (1u, answer.results.size ());
  EXPECT_EQ (0, answer.results[0].result);
}

TEST_F (HistoryTest, GoesOnBehindTheLastFragmentThatCame)
{
  master.connect ();
  settle ();
  master.say (std::string (20000, 'a'));
  settle ();
  master.say ("bbb");
  settle ();
  local::HistoryStart question;
  question.first = 1;
  question.last = 2;
  const auto whole = replay (host, master.client, question);
  ASSERT_GT (whole.heard.size (), 10u);
  question.after_fragment_id = whole.heard[4].fragment_id;
  const auto rest = replay (host, master.client, question);
  EXPECT_EQ (whole.heard.size () - 5, rest.heard.size ());
}

TEST_F (HistoryTest, FetchesWhatWasSaidBeforeWeCame)
{
  master.connect ();
  settle ();
  for (int i = 0; i < 30; i++)
    master.say ("early" + std::to_string (i % 10));
  settle ();
  slave.connect ();
  settle ();
  master.say ("late");
  settle ();
  EXPECT_EQ (1u, read (guest, member_key, 30).size ());
  local::HistoryStart question;
  question.mode = local::HistoryMode::latest;
  question.last = 11;
  EXPECT_EQ (1u, texts (replay (guest, slave.client, question)).size ());
  question.flags = history_remote;
  const auto answer = texts (replay (guest, slave.client, question));
  ASSERT_EQ (11u, answer.size ());
  EXPECT_EQ ("early0", answer[0]);
  EXPECT_EQ ("late", answer[10]);
}

TEST_F (HistoryTest, ARangeIsFetchedAsFastAsItIsRead)
{
  master.connect ();
  settle ();
  for (int i = 0; i < 1500; i++)
    master.say ("early" + std::to_string (i % 10) + std::string (800, 'x'));
  settle ();
  slave.connect ();
  settle ();
  local::HistoryStart question;
  question.flags = history_remote;
  question.first = 1;
  question.last = 2000;
  // A reader that does not read: what it cannot take is not fetched.
  const ClientId client = slave.client;
  question.op_id = 77;
  guest.say (client, question);
  settle ();
  const auto &stored = guest.store.channels[channel].fragments;
  EXPECT_LT (stored.size (), 800u);
  guest.say (client, local::OperationCancel{ 77 });
  guest.hear<local::Fragment> (client);
  settle ();
  EXPECT_LT (stored.size (), 800u);
  const auto answer = texts (replay (guest, client, question));
  ASSERT_EQ (1500u, answer.size ());
  EXPECT_EQ ("early0", answer[0]);
  EXPECT_EQ ("early9", answer[1499]);
  // Without a link it is what is here, at once.
  world.detach (member ());
  EXPECT_EQ (1500u, texts (replay (guest, client, question)).size ());
}

TEST_F (HistoryTest, StateComesAsParts)
{
  master.connect ();
  settle ();
  master.say ("", "_m",
              { { Operator::assign, "_topic", bytes ("one and two") } });
  settle ();
  local::StateGet question;
  question.op_id = 5;
  question.name = "_topic";
  host.say (master.client, question);
  host.settle ();
  const auto values = host.hear<local::StateValue> (master.client);
  ASSERT_EQ (1u, values.size ());
  PartReader reader (values[0].part.bytes);
  const auto part = reader.next ();
  ASSERT_TRUE (part.has_value ());
  const auto &modifier = std::get<ModifierPart> (*part);
  EXPECT_EQ ("_topic", modifier.name);
  EXPECT_EQ ("one and two", base::as_text (modifier.value));
}
} // namespace
} // namespace psyc::test
