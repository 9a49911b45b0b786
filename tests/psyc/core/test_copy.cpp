// SPDX-License-Identifier: AGPL-3.0-or-later
//
// A host whose data is a copy: numbering goes on where nobody can know an id,
// a member that has more stops it, and it goes on when that is adopted. The
// world fails when an id goes out for two contents.
#include "programs.hpp"

namespace psyc::test
{
namespace
{
class Copy : public ::testing::Test
{
protected:
  Copy ()
  {
    host.config.copy_skip = skip;
    host.start ();
    guest.start ();
    master.connect ();
    slave.connect ();
    settle ();
  }

  Group &
  group ()
  {
    return world.groups[channel];
  }
  Group::Member &
  member ()
  {
    return group ().members.begin ()->second;
  }

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
    host.core->advance_time (world.now);
    host.drain ();
    settle ();
  }

  // Its ids, or 0 where it was refused.
  std::uint64_t
  say (const std::string &text)
  {
    master.say (text);
    settle ();
    return master.said.back ().message_id;
  }

  struct Backup
  {
    std::map<base::ChannelKey, FakeStore::ChannelData> channels;
    std::map<FakeStore::RecordName, base::Bytes> records;
  };
  [[nodiscard]] Backup
  back_up () const
  {
    return { host.store.channels, host.store.records };
  }

  void
  put (const Backup &backup)
  {
    host.store.channels = backup.channels;
    host.store.records = backup.records;
    host.store.imported.clear ();
    for (const auto &[name, record] : backup.records)
      host.store.imported.insert (name);
  }

  // All of the host is lost but the copy.
  void
  restore (const Backup &backup)
  {
    host.crash ();
    master.on_lost ();
    put (backup);
    world.now += base::seconds (5);
    host.start ();
    master.connect ();
    settle ();
  }

  // A member proves that it has this fragment.
  void
  prove (std::uint64_t fragment_id)
  {
    host.core->on_origin_state (group ().host_channel, OriginState::head_behind,
                                { { fragment_id }, { fragment_id }, { 1 } });
    host.drain ();
    settle ();
  }

  std::int64_t
  adopt ()
  {
    host.say (master.client, local::Adopt{ 7 });
    std::int64_t result = -2;
    for (const auto &answer : host.hear<local::OperationResult> (master.client))
      result = answer.result;
    tick (base::seconds (2));
    return result;
  }

  static constexpr std::uint64_t skip = 1000;
  World world;
  Peer host{ world };
  Peer guest{ world };
  const base::ChannelKey channel = FakeKeys{}.public_key (channel_secret (1));
  Talker master{ host, channel_secret (1), std::nullopt };
  Talker slave{ guest, std::nullopt, std::pair{ channel, member_secret (2) } };
};

TEST_F (Copy, GoesOnAtIdsThatNobodyCanKnow)
{
  say ("one");
  const Backup old = back_up ();
  const std::uint64_t two = say ("two");
  restore (old);
  const std::uint64_t three = say ("three");
  EXPECT_GE (three, two + skip);
  EXPECT_LE (three, two + 10 * skip);
  EXPECT_TRUE (guest.store.channels[channel].fragments.contains (
      group ().sent.rbegin ()->first));
}

TEST_F (Copy, DoesNotMeetItselfWhenItIsPutInPlaceTwice)
{
  say ("one");
  const Backup old = back_up ();
  restore (old);
  const base::Head first = group ().opened_at;
  world.now += std::chrono::microseconds (123);
  restore (old);
  EXPECT_NE (first.fragment_id, group ().opened_at.fragment_id);
}

TEST_F (Copy, TellsMulticastWhatItKnows)
{
  say ("one");
  const Backup old = back_up ();
  const std::uint64_t last = group ().sent.rbegin ()->first;
  restore (old);
  EXPECT_EQ (base::FragmentId{ last }, group ().known);
  EXPECT_GT (group ().opened_at.fragment_id.value, last + skip - 1);
  EXPECT_TRUE (group ().was_unclean);
}

TEST_F (Copy, ThatHasNothingYetSkipsToo)
{
  const Backup old = back_up ();
  ASSERT_FALSE (old.records.empty ());
  const std::uint64_t one = say ("one");
  restore (old);
  EXPECT_GT (say ("two"), one + skip - 1);
}

TEST_F (Copy, IsOneUntilSomethingNewIsOnDisk)
{
  say ("one");
  restore (back_up ());
  EXPECT_FALSE (host.store.imported.empty ());
  const std::uint64_t two = say ("two");
  tick (base::seconds (60));
  EXPECT_TRUE (host.store.imported.empty ());
  host.crash ();
  master.on_lost ();
  host.start ();
  master.connect ();
  settle ();
  EXPECT_EQ (two + 1, say ("three"));
}

TEST_F (Copy, IsSeenAlsoWhenItCameAfterPsycBegan)
{
  say ("one");
  const Backup old = back_up ();
  const std::uint64_t two = say ("two");
  host.crash ();
  master.on_lost ();
  host.store.channels.clear ();
  host.store.records.clear ();
  host.start ();
  host.settle ();
  put (old);
  master.connect ();
  settle ();
  EXPECT_GT (say ("three"), two + skip - 1);
}

TEST_F (Copy, OfAGuestIsNoProofOfWhatTheHostSaid)
{
  const std::uint64_t one = say ("one");
  host.crash ();
  master.on_lost ();
  host.store.records = guest.store.records;
  host.start ();
  master.connect ();
  settle ();
  EXPECT_GT (say ("two"), one + skip - 1);
}

TEST_F (Copy, IsStoppedByWhoHasMoreAndGoesOnWhenThatIsAdopted)
{
  say ("one");
  const Backup old = back_up ();
  say ("two");
  restore (old);
  EXPECT_EQ (result_error, adopt ()) << "nobody has more";
  const std::uint64_t far = 50 * skip;
  prove (far);
  say ("not this");
  EXPECT_EQ (transfer::SendState::failed, *master.said.back ().state);
  EXPECT_NE (std::string::npos,
             master.said.back ().reason.find ("gnunet-social adopt"));
  EXPECT_EQ (result_yes, adopt ());
  EXPECT_TRUE (group ().is_open);
  EXPECT_EQ (group ().opened_at.fragment_id, group ().known)
      << "what members have is not doubted any more";
  EXPECT_GT (say ("three"), far);
  EXPECT_EQ (result_error, adopt ());
}

TEST_F (Copy, OfWhichAProofIsAskedGivesItFromDisk)
{
  say ("one");
  say ("two");
  const std::uint64_t last = group ().sent.rbegin ()->first;
  const auto ask
      = [&] (std::uint64_t token, std::uint64_t first, std::uint64_t end)
  {
    guest.core->on_replay_request (member ().channel, ReplayToken{ token }, {},
                                   ReplayUnit::fragments, first, end);
    guest.drain ();
    settle ();
    return group ().replay_codes[ReplayToken{ token }];
  };
  EXPECT_EQ (ReplayCode::ok, ask (101, last, last));
  EXPECT_EQ (1u, group ().replays[ReplayToken{ 101 }].size ());
  EXPECT_EQ (ReplayCode::not_found, ask (102, last + 1, last + 1));
  // What hangs on it in the tree is answered, too.
  EXPECT_EQ (ReplayCode::ok, ask (103, 1, last));
}

TEST_F (Copy, TellsWhereItsHoleEnds)
{
  say ("one");
  const std::uint64_t last = group ().sent.rbegin ()->first;
  restore (back_up ());
  std::uint64_t token = 200;
  const auto ask = [&] (std::uint64_t first)
  {
    host.core->on_replay_request (group ().host_channel, ReplayToken{ ++token },
                                  FakeKeys{}.public_key (member_secret (2)),
                                  ReplayUnit::fragments, first, first + 9);
    host.drain ();
    settle ();
    return group ().replay_next[ReplayToken{ token }];
  };
  const base::FragmentId head = group ().opened_at.fragment_id;
  EXPECT_EQ (head.next (), ask (last + 1)) << "nothing is behind it yet";
  say ("two");
  EXPECT_EQ (head.next (), ask (last + 1));
  EXPECT_EQ (base::FragmentId{}, ask (head.value)) << "something is there";
}
} // namespace
} // namespace psyc::test
