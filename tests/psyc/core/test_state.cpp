// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The state of a channel in single situations: who comes late, loses the
// thread, says what cannot be done, dies in the middle.
#include "state_world.hpp"

namespace psyc::test
{
namespace
{
// Single situations: a host, and guests that come when the test says so.
class StateTest : public ::testing::Test
{
protected:
  StateTest ()
  {
    channel.host ().talker->policy = 2; // guests read what is said from now on
    channel.connect (channel.host ());
    channel.settle ();
  }

  Channel::Node &
  guest ()
  {
    return *channel.nodes[1];
  }
  Talker::Said &
  say (const std::vector<Modifier> &modifiers, std::uint32_t flags = 0,
       std::string text = "text")
  {
    channel.host ().talker->say (std::move (text), "_m", modifiers, flags);
    return channel.host ().talker->said.back ();
  }
  void
  set (std::string_view name, std::string_view value)
  {
    (void)say ({ { Operator::assign, std::string (name), bytes (value) } });
    channel.settle ();
  }
  std::string
  value (Channel::Node &node, const std::string &name)
  {
    const auto all = channel.values (node);
    auto it = all.find (name);
    return it == all.end () ? "(unset)"
                            : std::string (base::as_text (it->second));
  }
  // Ids of messages of which this peer has a fragment on disk.
  std::set<std::uint64_t>
  messages (Channel::Node &node)
  {
    std::set<std::uint64_t> out;
    for (const auto &[id, fragment] :
         node.peer.store.channels[channel.key].fragments)
      out.insert (fragment->head.message_id.value);
    return out;
  }
  // Methods in the order of the log.
  std::vector<std::string>
  texts (Channel::Node &node)
  {
    std::vector<std::string> out;
    for (const auto &[id, fragment] :
         node.peer.store.channels[channel.key].fragments)
      if (const auto message = parse_message (fragment->body ()))
        out.emplace_back (base::as_text (message->data));
    return out;
  }

  // The host alone goes on.
  void
  settle_host ()
  {
    Channel::Node &host = channel.host ();
    while (host.talker->push (0) || host.talker->listen ()
           || host.peer.step_store ()
           || channel.world.step_echo (channel.group ()))
      ;
  }
  // One step of everything between the host and the guest; not what the
  // programs hear.
  void
  step ()
  {
    World &world = channel.world;
    (void)channel.host ().talker->push (0);
    (void)channel.host ().talker->listen ();
    (void)channel.host ().peer.step_store ();
    (void)world.step_echo (channel.group ());
    (void)guest ().peer.step_store ();
    auto *member = channel.member (guest ());
    if (nullptr == member)
      return;
    (void)world.step_join (channel.group (), *member);
    (void)world.step_fragment (channel.group (), *member, 0);
    (void)world.step_fetch (channel.group (), *member);
  }
  // Until so many fragments more are out.
  void
  step_until_sent (std::size_t more)
  {
    const std::size_t enough = channel.group ().sent.size () + more;
    for (int i = 0; i < 10000 && channel.group ().sent.size () < enough; i++)
      step ();
    ASSERT_EQ (enough, channel.group ().sent.size ());
  }
  // A state of several fragments.
  void
  set_much ()
  {
    for (std::size_t i = 1; i <= 8; i++)
      (void)say ({ { Operator::assign, "_big_" + std::string (i, 'x'),
                     base::Bytes (1900, 'b') } });
    channel.settle ();
  }

  Channel channel{ 2, base::Duration{} };
};

class FloodTest : public StateTest
{
protected:
  FloodTest () { channel.host ().peer.config = limited (); }

  [[nodiscard]] Config
  limited ()
  {
    Config config = channel.host ().peer.config;
    config.checkpoint_interval = base::seconds (1);
    return config;
  }
};

TEST_F (StateTest, AChangeThatCannotBeMadeIsNotSaid)
{
  set ("_topic", "a");
  (void)say ({ { Operator::assign, "_topic", bytes ("b") },
               { Operator::augment, "_amount", bytes ("many") } });
  channel.settle ();
  const auto &refused = channel.host ().talker->said.back ();
  EXPECT_EQ (transfer::SendState::failed, refused.state);
  EXPECT_EQ ("cannot apply +_amount: not a number", refused.reason);
  EXPECT_EQ (1u, channel.group ().sent.size ());
  EXPECT_EQ ("a", value (channel.host (), "_topic"));
  set ("_topic", "c");
  EXPECT_EQ ("c", value (channel.host (), "_topic"));
}

TEST_F (StateTest, ALongChangeThatCannotBeMadeIsCancelled)
{
  channel.connect (guest ());
  channel.settle ();
  (void)say ({ { Operator::assign, "_topic", base::Bytes (9000, 'x') },
               { Operator::diminish, "_topic", bytes ("y") } });
  channel.settle ();
  EXPECT_EQ (transfer::SendState::failed,
             channel.host ().talker->said.back ().state);
  EXPECT_LT (1u, channel.group ().sent.size ());
  EXPECT_EQ ("(unset)", value (channel.host (), "_topic"));
  set ("_z", "1");
  EXPECT_EQ ("1", value (guest (), "_z"));
  EXPECT_TRUE (channel.is_same (guest ()));
}

TEST_F (StateTest, AGuestsChangeThatCannotBeMadeIsRefused)
{
  channel.connect (guest ());
  channel.settle ();
  guest ().talker->say ("x", "_m",
                        { { Operator::update, "_list", bytes ("|7|x") } });
  channel.settle ();
  const auto &said = guest ().talker->said.back ();
  EXPECT_EQ (transfer::SendState::refused, said.state);
  EXPECT_NE (std::string::npos, said.reason.find ("no such element"));
}

TEST_F (StateTest, WhoComesLateNeedsNothingButACheckpoint)
{
  for (int i = 0; i < 40; i++)
    set ("_list_n", "|" + std::to_string (i));
  set ("_big", std::string (5000, 'b'));
  const std::uint64_t before = channel.head (channel.host ()).applied.value;
  channel.connect (guest ());
  channel.settle ();
  EXPECT_TRUE (channel.is_same (guest ()));
  EXPECT_EQ ("|39", value (guest (), "_list_n"));
  // It has that checkpoint, and nothing of before.
  EXPECT_EQ (1u, messages (guest ()).size ());
  EXPECT_LE (before, *messages (guest ()).begin ());
  // The next one gets the same, as nothing changed since.
  const auto said = channel.host ().peer.counts["# checkpoints said"];
  channel.connect (*channel.nodes[2]);
  channel.settle ();
  EXPECT_TRUE (channel.is_same (*channel.nodes[2]));
  EXPECT_EQ (messages (guest ()), messages (*channel.nodes[2]));
  EXPECT_EQ (said, channel.host ().peer.counts["# checkpoints said"]);
  set ("_topic", "on");
  EXPECT_EQ ("on", value (*channel.nodes[2], "_topic"));
}

TEST_F (FloodTest, OfNewcomersMakesFewCheckpoints)
{
  channel.crash (channel.host ()); // with that configuration
  channel.settle ();
  set ("_topic", "a");
  channel.connect (guest ());
  channel.settle ();
  auto &counts = channel.host ().peer.counts;
  const auto said = counts["# checkpoints said"];
  for (int i = 0; i < 20; i++)
  {
    set ("_topic", std::to_string (i));
    channel.part (guest ());
    channel.settle ();
    channel.connect (guest ());
    channel.settle ();
  }
  EXPECT_EQ (said, counts["# checkpoints said"]) << "within a second";
  channel.tick (base::seconds (2));
  channel.settle ();
  EXPECT_EQ (said + 1, counts["# checkpoints said"]);
  EXPECT_TRUE (channel.is_same (guest ()));
}

TEST_F (StateTest, WhoseStateIsDamagedSaysSoAndGetsItAgain)
{
  channel.connect (guest ());
  set ("_topic", "a");
  set ("_amount", "1");
  auto &db = guest ().peer.store.states;
  db.variable_remove (
      *db.variable (channel.key, psycstore::StateSlot::live, "_topic"));
  // A change without a hash tells nothing.
  set ("_amount", "2");
  EXPECT_FALSE (channel.is_same (guest ()));
  (void)guest ().peer.hear<local::StateEvent> (guest ().talker->client);
  (void)say ({ { Operator::augment, "_amount", bytes ("1") } },
             transmit_state_hash);
  for (int i = 0; i < 300; i++)
    step ();
  EXPECT_EQ (
      1u, guest ().peer.counts["# states whose hash differs from the host's"]);
  const auto events
      = guest ().peer.hear<local::StateEvent> (guest ().talker->client);
  ASSERT_EQ (2u, events.size ());
  EXPECT_EQ (local::StateChange::differs, events[0].change);
  EXPECT_EQ (local::StateChange::whole, events[1].change);
  EXPECT_TRUE (channel.is_same (guest ()));
  EXPECT_EQ ("3", value (guest (), "_amount"));
  EXPECT_EQ ("a", value (guest (), "_topic"));
}

TEST_F (StateTest, TheOldStateStaysUntilTheNewOneIsWhole)
{
  set ("_topic", "a");
  channel.connect (guest ());
  channel.settle ();
  auto *member = channel.member (guest ());
  (void)say ({ { Operator::assign, "_topic", bytes ("b") } });
  settle_host ();
  // That cannot be had any more.
  const std::uint64_t lost = channel.group ().sent.rbegin ()->first;
  member->have.add (lost);
  guest ().peer.core->on_gap (member->channel, lost, lost);
  guest ().peer.drain ();
  guest ().peer.settle ();
  EXPECT_EQ ("a", value (guest (), "_topic"));
  channel.settle ();
  EXPECT_EQ ("b", value (guest (), "_topic"));
  EXPECT_TRUE (channel.is_same (guest ()));
}

TEST_F (StateTest, TalkPassesACheckpointAndChangesWaitForIt)
{
  set_much ();
  channel.connect (guest ());
  step_until_sent (2);
  (void)say ({ { Operator::assign, "_topic", bytes ("after") } }, 0, "change");
  (void)say ({}, 0, "talk");
  channel.settle ();
  const auto all = texts (channel.host ());
  const auto talk = std::find (all.begin (), all.end (), "talk");
  const auto change = std::find (all.begin (), all.end (), "change");
  ASSERT_NE (all.end (), change);
  EXPECT_LT (talk - all.begin (), change - all.begin ());
  EXPECT_TRUE (channel.is_same (guest ()));
  EXPECT_EQ ("after", value (guest (), "_topic"));
}

TEST_F (StateTest, WhatIsSaidBehindAShortChangeStaysBehindIt)
{
  for (int i = 0; i < 5; i++)
  {
    (void)say ({ { Operator::augment, "_amount", bytes ("1") } }, 0,
               "change" + std::to_string (i));
    (void)say ({}, 0, "talk" + std::to_string (i));
  }
  channel.settle ();
  EXPECT_EQ ((std::vector<std::string>{ "change0", "talk0", "change1", "talk1",
                                        "change2", "talk2", "change3", "talk3",
                                        "change4", "talk4" }),
             texts (channel.host ()));
  EXPECT_EQ ("5", value (channel.host (), "_amount"));
}

TEST_F (StateTest, WhoComesInTheMiddleOfACheckpointGetsIt)
{
  set_much ();
  channel.connect (guest ());
  step_until_sent (3);
  // Its beginning is not for this one: it was said before it came.
  channel.connect (*channel.nodes[2]);
  channel.settle ();
  EXPECT_TRUE (channel.is_same (guest ()));
  EXPECT_TRUE (channel.is_same (*channel.nodes[2]));
  EXPECT_EQ (1u, channel.host ().peer.counts["# checkpoints said"]);
}

TEST_F (StateTest, WhoComesBetweenAChangeAndItsEffectGetsBoth)
{
  set ("_topic", "a");
  channel.connect (guest ());
  channel.settle ();
  (void)say ({ { Operator::assign, "_topic", bytes ("b") } });
  // It is in the log; the store is still to make it.
  Peer &host = channel.host ().peer;
  while (host.calls.empty ()
         || ! std::holds_alternative<ModifyState> (host.calls.front ().call))
    ASSERT_TRUE (channel.host ().talker->push (0)
                 || channel.world.step_echo (channel.group ())
                 || host.step_store ());
  const auto call = std::move (host.calls.front ());
  host.calls.pop_front ();
  channel.connect (*channel.nodes[2]);
  channel.settle ();
  host.calls.push_front (call);
  channel.settle ();
  EXPECT_EQ ("b", value (guest (), "_topic"));
  EXPECT_EQ ("b", value (*channel.nodes[2], "_topic"));
  EXPECT_TRUE (channel.is_same (*channel.nodes[2]));
}

TEST_F (StateTest, ACrashInACheckpointLeavesTheOldState)
{
  set_much ();
  const auto before = channel.values (channel.host ());
  channel.connect (guest ());
  step_until_sent (3);
  channel.crash (channel.host ());
  channel.settle ();
  EXPECT_EQ (before, channel.values (channel.host ()));
  channel.tick (base::seconds (30));
  channel.settle ();
  EXPECT_TRUE (channel.is_same (guest ()));
  EXPECT_EQ (before, channel.values (guest ()));
}

TEST_F (StateTest, NobodyElseSaysTheHash)
{
  channel.connect (guest ());
  channel.settle ();
  guest ().talker->say (
      "x", "_m",
      { { Operator::set, "_hash_state", base::Bytes (128, '0') },
        { Operator::assign, "_topic", bytes ("x") } });
  (void)say ({ { Operator::set, "_hash_state", base::Bytes (128, '0') },
               { Operator::assign, "_z", bytes ("z") } });
  channel.settle ();
  EXPECT_EQ ("x", value (guest (), "_topic"));
  EXPECT_EQ ("z", value (guest (), "_z"));
  EXPECT_TRUE (channel.is_same (guest ()));
}

// Attached, and nothing of the log came yet.
class StateToCome : public StateTest
{
protected:
  void
  attach_without_state ()
  {
    for (int i = 0; i < 100; i++)
    {
      (void)channel.host ().peer.step_store ();
      (void)guest ().peer.step_store ();
      if (auto *member = channel.member (guest ()))
        (void)channel.world.step_join (channel.group (), *member);
    }
    ASSERT_TRUE (channel.member (guest ())->is_attached);
  }
  void
  ask ()
  {
    local::StateGet question;
    question.op_id = 5;
    question.name = "_topic";
    guest ().peer.say (guest ().talker->client, question);
    guest ().peer.settle ();
  }
  std::vector<local::OperationResult>
  results ()
  {
    guest ().peer.settle ();
    return guest ().peer.hear<local::OperationResult> (guest ().talker->client);
  }
};

TEST_F (StateToCome, AQuestionWaitsForTheState)
{
  set ("_topic", "a");
  channel.connect (guest ());
  attach_without_state ();
  ask ();
  EXPECT_EQ (0u, results ().size ());
  for (int i = 0; i < 100; i++)
    step ();
  EXPECT_EQ (
      1u,
      guest ().peer.hear<local::StateValue> (guest ().talker->client).size ());
  EXPECT_EQ (1u, results ().size ());
}

TEST_F (StateToCome, AQuestionAboutOneThatNeverComesIsAnError)
{
  set ("_topic", "a");
  channel.connect (guest ());
  attach_without_state ();
  ask ();
  channel.tick (base::seconds (19));
  EXPECT_TRUE (results ().empty ());
  channel.tick (base::seconds (1));
  const auto heard = results ();
  ASSERT_EQ (1u, heard.size ());
  EXPECT_EQ (result_error, heard.front ().result);
}

// What a client asks for is at least as new as what it was told before.
class StateAnswer : public StateTest
{
protected:
  StateAnswer ()
  {
    set ("_amount", "0");
    channel.connect (guest ());
    channel.settle ();
  }

  void
  ask (Channel::Node &node)
  {
    local::StateGet question;
    question.op_id = 7;
    question.name = "_amount";
    node.peer.say (node.talker->client, question);
  }
  // What comes, with all that is under way in the store of that peer.
  std::string
  answer (Channel::Node &node)
  {
    node.peer.settle ();
    const auto values = node.peer.hear<local::StateValue> (node.talker->client);
    if (values.size () != 1)
      return std::to_string (values.size ()) + " values";
    PartReader parts (values.front ().part.bytes);
    const auto part = parts.next ();
    const auto *modifier = part ? std::get_if<ModifierPart> (&*part) : nullptr;
    return nullptr == modifier ? "no value"
                               : std::string (base::as_text (modifier->value));
  }
  void
  add_said_by_host (int count)
  {
    for (int i = 0; i < count; i++)
      (void)say ({ { Operator::augment, "_amount", bytes ("1") } });
    settle_host ();
  }
  // Fragments come; of what the store is asked, only that they are stored.
  void
  bring (Channel::Node &node)
  {
    auto *member = channel.member (node);
    while (channel.world.step_fragment (channel.group (), *member, 0)
           || (! node.peer.calls.empty ()
               && std::holds_alternative<StoreFragment> (
                   node.peer.calls.front ().call)
               && node.peer.step_store ()))
      ;
  }
};

TEST_F (StateAnswer, HasWhatWasDeliveredBefore)
{
  add_said_by_host (3);
  bring (guest ());
  ASSERT_EQ (
      3u,
      guest ().peer.hear<local::Fragment> (guest ().talker->client).size ());
  ask (guest ());
  EXPECT_EQ ("3", answer (guest ()));
}

TEST_F (StateAnswer, HasWhatTheHostsOwnClientWasToldBefore)
{
  Channel::Node &host = channel.host ();
  add_said_by_host (1);
  for (int i = 0; i < 2; i++)
    (void)say ({ { Operator::augment, "_amount", bytes ("1") } });
  while (! host.talker->said.back ().state)
    ASSERT_TRUE (host.talker->push (0) || host.talker->listen ()
                 || channel.world.step_echo (channel.group ())
                 || host.peer.step_store ());
  ask (host);
  EXPECT_EQ ("3", answer (host));
}

TEST_F (StateAnswer, HasWhatWasDeliveredBeforeARestart)
{
  add_said_by_host (3);
  bring (guest ());
  const auto delivered
      = guest ().peer.hear<local::Fragment> (guest ().talker->client);
  ASSERT_EQ (3u, delivered.size ());
  // Not applied yet.
  channel.crash (guest ());
  Talker &talker = *guest ().talker;
  for (int i = 0; i < 1000 && ! talker.is_started; i++)
    ASSERT_TRUE (talker.listen () || guest ().peer.step_store ());
  ASSERT_TRUE (talker.is_started);
  ask (guest ());
  EXPECT_EQ ("3", answer (guest ()));
}

TEST_F (StateAnswer, ComesThoughMoreAndMoreIsDelivered)
{
  add_said_by_host (3);
  bring (guest ());
  ask (guest ());
  std::size_t values = 0;
  for (int i = 0; i < 50 && 0 == values; i++)
  {
    add_said_by_host (2);
    bring (guest ());
    (void)guest ().peer.step_store ();
    values = guest ()
                 .peer.hear<local::StateValue> (guest ().talker->client)
                 .size ();
  }
  EXPECT_EQ (1u, values);
}

TEST (StateRecord, OfTheFirstVersionIsUnderstood)
{
  ChannelRecord record;
  record.role = Role::slave;
  record.settled.value = 7;
  record.unfinished.push_back ({ { 5 }, 100, 2 });
  record.ticket = bytes ("ticket");
  const base::Bytes now = encode_record (record);
  // Version 1 lacked the count of state_waiting and is_state_lost.
  const std::size_t at = 2 + 3 + 16 + 4 + 24;
  base::Bytes old = now;
  old[1] = 1;
  old.erase (old.begin () + static_cast<std::ptrdiff_t> (at),
             old.begin () + static_cast<std::ptrdiff_t> (at + 5));
  const auto decoded = decode_record (old);
  ASSERT_TRUE (decoded.record);
  EXPECT_TRUE (decoded.record->is_state_lost);
  record.is_state_lost = true;
  EXPECT_EQ (record, *decoded.record);
  for (std::size_t size = 2; size < old.size (); size++)
    EXPECT_FALSE (decode_record (base::ByteView (old).first (size)).record);
}
} // namespace
} // namespace psyc::test
