// SPDX-License-Identifier: AGPL-3.0-or-later
#include "bench.hpp"

using namespace social;
using namespace social::bench;

namespace
{
class Hosting : public Bench
{
};
} // namespace

TEST_F (Hosting, AnswersOnceThePlaceRunsAndIsPublished)
{
  begin ();
  AppHostPlace wish;
  wish.ego = alice;
  wish.name = "Lounge";
  const auto query = ask (wish);
  const auto started = take<StartHost> ();
  ASSERT_EQ (1u, started.size ());
  EXPECT_EQ (1u, disk.places.size ()) << "not on disk before it runs";
  EXPECT_FALSE (result_of (query));
  core->on_host_started (started[0].ref, 0);
  EXPECT_FALSE (result_of (query));
  const auto records = take<StoreRecord> ();
  ASSERT_EQ (1u, records.size ());
  EXPECT_EQ ("lounge", records[0].label);
  EXPECT_EQ (peer (7), records[0].origin);
  core->on_record_stored (records[0].id, std::nullopt);
  const auto result = result_of (query);
  ASSERT_TRUE (result);
  EXPECT_EQ (ResultCode::ok, result->result);
  EXPECT_EQ ("lounge.alice", result->place->name);
}

TEST_F (Hosting, ResumesTheSamePlaceByNameAndKeepsItsKey)
{
  begin ();
  const auto first = host ("lounge");
  AppHostPlace wish;
  wish.ego = alice;
  wish.name = "lounge";
  const auto query = ask (wish);
  EXPECT_TRUE (take<StartHost> ().empty ());
  for (const auto &record : take<StoreRecord> ())
    core->on_record_stored (record.id, std::nullopt);
  const auto result = result_of (query);
  ASSERT_TRUE (result);
  EXPECT_EQ (first.key, result->place->key);
  EXPECT_EQ (1u, disk.places.size ());
}

TEST_F (Hosting, ComesBackWithTheSameKeyAfterARestart)
{
  begin ();
  const auto ref = host ("lounge");
  begin ();
  const auto started = take<StartHost> ();
  ASSERT_EQ (1u, started.size ());
  EXPECT_EQ (ref, started[0].ref);
  EXPECT_EQ (disk.places.at (ref).secret, started[0].secret);
  EXPECT_EQ (1u, take<StoreRecord> ().size ()) << "record looked at again";
}

TEST_F (Hosting, ChangesThePolicyUnlessItIsToBeKept)
{
  begin ();
  const auto ref = host ("lounge", Policy::private_, host_welcome);
  AppHostPlace wish;
  wish.ego = alice;
  wish.name = "lounge";
  wish.policy = Policy::anonymous;
  wish.flags = host_keep_policy;
  ask (wish);
  EXPECT_EQ (Policy::private_, disk.places.at (ref).policy);
  EXPECT_EQ (DoorMode::welcomes, disk.places.at (ref).door);
  wish.flags = 0;
  ask (wish);
  EXPECT_EQ (Policy::anonymous, disk.places.at (ref).policy);
  EXPECT_EQ (DoorMode::asks, disk.places.at (ref).door);
  ASSERT_EQ (1u, take<StartHost> ().size ()) << "psyc is told the new policy";
}

TEST_F (Hosting, SaysWhyAPlaceIsNotPublishedAndTriesAgain)
{
  begin ();
  AppHostPlace wish;
  wish.ego = alice;
  wish.name = "lounge";
  const auto query = ask (wish);
  core->on_host_started (take<StartHost> ()[0].ref, 0);
  core->on_record_stored (take<StoreRecord> ()[0].id, "lounge: taken");
  const auto result = result_of (query);
  ASSERT_TRUE (result);
  EXPECT_EQ (ResultCode::failed, result->result);
  EXPECT_NE (std::string::npos, result->text->find ("taken"));
  pass (base::seconds (6));
  EXPECT_EQ (1u, take<StoreRecord> ().size ());
}

TEST_F (Hosting, RefusesNamesThatAreNoLabels)
{
  begin ();
  for (const std::string &name :
       { std::string ("a.b"), std::string ("a b"), std::string (64, 'x') })
  {
    AppHostPlace wish;
    wish.ego = alice;
    wish.name = name;
    const auto result = result_of (ask (wish));
    ASSERT_TRUE (result) << name;
    EXPECT_EQ (ResultCode::failed, result->result) << name;
  }
  EXPECT_TRUE (disk.places.empty ());
}

TEST_F (Hosting, RefusesAnEddsaEgoWithTheReason)
{
  begin ();
  core->on_ego ({ "carol", CountedKeys::zone (3, 20) });
  AppHostPlace wish;
  wish.ego = member (3);
  wish.name = "lounge";
  const auto result = result_of (ask (wish));
  ASSERT_TRUE (result);
  EXPECT_EQ (ResultCode::not_allowed, result->result);
  EXPECT_NE (std::string::npos, result->text->find ("EdDSA"));
}

TEST_F (Hosting, AsksForAnEgoWhenThereAreSeveral)
{
  begin ();
  AppHostPlace wish;
  wish.name = "lounge";
  const auto result = result_of (ask (wish));
  ASSERT_TRUE (result);
  EXPECT_EQ (ResultCode::ambiguous, result->result);
  EXPECT_NE (std::string::npos, result->text->find ("alice, bob"));
}

TEST_F (Hosting, SaysThatTheDiskIsFullAndHostsNothing)
{
  begin ();
  disk.is_full = true;
  AppHostPlace wish;
  wish.ego = alice;
  wish.name = "lounge";
  const auto result = result_of (ask (wish));
  ASSERT_TRUE (result);
  EXPECT_EQ (ResultCode::failed, result->result);
  EXPECT_NE (std::string::npos, result->text->find ("disk full"));
  EXPECT_TRUE (take<StartHost> ().empty ());
  disk.is_full = false;
  host ("lounge");
}

TEST_F (Hosting, NamelessPlacesAreOneForEachTag)
{
  begin ();
  AppHostPlace wish;
  wish.ego = alice;
  wish.tag = tag (1);
  ask (wish);
  ask (wish); // the library asks again after a reconnect
  EXPECT_EQ (1u, disk.places.size ());
  wish.tag = tag (2);
  ask (wish);
  EXPECT_EQ (2u, disk.places.size ());
}

TEST_F (Hosting, ClosesWithAFarewellAndTakesTheRecordAway)
{
  begin ();
  const auto ref = host ("lounge");
  const auto query = ask (AppClosePlace{ 0, ref, {} });
  EXPECT_EQ (PlaceState::closed, disk.places.at (ref).state);
  const auto farewell = take<Announce> ();
  ASSERT_EQ (1u, farewell.size ());
  EXPECT_EQ ("_notice_place_closing", farewell[0].method);
  const auto records = take<StoreRecord> ();
  ASSERT_EQ (1u, records.size ());
  EXPECT_EQ (base::TimePoint{}, records[0].expires);
  EXPECT_FALSE (result_of (query));
  core->on_announced (ref, farewell[0].tag, Outcome::done);
  const auto result = result_of (query);
  ASSERT_TRUE (result);
  EXPECT_EQ (ResultCode::ok, result->result);
  // Late guests still hear of it, then the channel ends.
  EXPECT_TRUE (take<StopHost> ().empty ());
  core->on_record_stored (records[0].id, std::nullopt);
  pass (base::hours (25));
  const auto stopped = take<StopHost> ();
  ASSERT_EQ (1u, stopped.size ());
  EXPECT_EQ (Stop::for_good, stopped[0].stop);
  EXPECT_EQ (Ending::done, disk.places.at (ref).ending);
}

TEST_F (Hosting, FinishesAClosingThatACrashInterrupted)
{
  begin ();
  const auto ref = host ("lounge");
  ask (AppClosePlace{ 0, ref, {} });
  const auto tag_before = take<Announce> ()[0].tag;
  begin (); // killed before the farewell was stored
  core->on_host_started (take<StartHost> ()[0].ref, 0);
  const auto farewell = take<Announce> ();
  ASSERT_EQ (1u, farewell.size ());
  EXPECT_EQ (tag_before, farewell[0].tag) << "the same message, not a second";
  core->on_announced (ref, farewell[0].tag, Outcome::done);
  EXPECT_EQ (Ending::lingering, disk.places.at (ref).ending);
}

TEST_F (Hosting, ClosedNameMayBeHostedAnew)
{
  begin ();
  const auto old = host ("lounge");
  ask (AppClosePlace{ 0, old, {} });
  core->on_announced (old, take<Announce> ()[0].tag, Outcome::done);
  for (const auto &record : take<StoreRecord> ())
    core->on_record_stored (record.id, std::nullopt);
  const auto ref = host ("lounge");
  EXPECT_NE (old, ref);
  // By name the new one is meant.
  const auto found = result_of (ask (AppPlaceFind{ 0, {}, "lounge" }));
  ASSERT_TRUE (found && found->place);
  EXPECT_EQ (ref.key, found->place->key);
}

TEST_F (Hosting, AGuestMayNotClose)
{
  begin ();
  AppEnterPlace wish = entry ("PLACE9", 1);
  wish.origin = peer (9);
  ask (wish);
  const auto result = result_of (
      ask (AppClosePlace{ 0, { numbered<base::ChannelKey> (9), bob }, {} }));
  ASSERT_TRUE (result);
  EXPECT_EQ (ResultCode::not_allowed, result->result);
}
