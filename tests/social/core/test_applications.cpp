// SPDX-License-Identifier: AGPL-3.0-or-later
#include "bench.hpp"

using namespace social;
using namespace social::bench;

namespace
{
class Applications : public Bench
{
};
} // namespace

TEST_F (Applications, GetCompleteListsAndLaterNews)
{
  begin ();
  EXPECT_EQ (2u, told<SocialEgo> ().size ());
  EXPECT_EQ (1u, told<SocialListsComplete> ().size ());
  core->on_ego ({ "carol", CountedKeys::zone (3) });
  const auto egos = told<SocialEgo> ();
  ASSERT_EQ (1u, egos.size ());
  EXPECT_EQ ("carol", egos[0].name);
  core->on_ego_gone (CountedKeys::zone (3));
  EXPECT_EQ (1u, told<SocialEgoGone> ().size ());
  host ("lounge");
  EXPECT_FALSE (told<SocialPlace> ().empty ());
}

TEST_F (Applications, AreDroppedForQueriesWithoutGreetingOrWithUsedIds)
{
  begin ();
  core->on_app ({ 2 });
  core->on_message ({ 2 }, AppPlacesGet{ 1 });
  EXPECT_EQ (1u, take<DropClient> ().size ());
  AppEnterPlace wish = entry ("lounge.ZONE9", 1);
  wish.query_id = 900;
  core->on_message (app, wish);
  wish.tag = tag (2);
  core->on_message (app, wish);
  EXPECT_EQ (1u, take<DropClient> ().size ());
}

TEST_F (Applications, AnUnknownProtocolVersionIsRefusedByName)
{
  begin ();
  core->on_app ({ 2 });
  core->on_message ({ 2 }, AppHello{ 99, "future" });
  const auto results = told<SocialResult> ({ 2 });
  ASSERT_EQ (1u, results.size ());
  EXPECT_EQ (ResultCode::failed, results[0].result);
  EXPECT_NE (std::string::npos, results[0].text->find ("99"));
}

TEST_F (Applications, MayNotAskWithoutBound)
{
  begin ();
  for (std::size_t i = 0; i < queries_of_client_max; i++)
    ask (entry ("lounge.ZONE9", 1));
  const auto result = result_of (ask (entry ("lounge.ZONE9", 1)));
  ASSERT_TRUE (result);
  EXPECT_EQ (ResultCode::failed, result->result);
}

TEST_F (Applications, NothingIsToldToThoseThatWent)
{
  begin ();
  ask (entry ("lounge.alice", 1));
  const auto id = take<LookUp> ().at (0).id;
  core->on_app_gone (app);
  (void)take<Tell> ();
  core->on_looked_up (
      id, FoundPlace{ numbered<base::ChannelKey> (9), peer (9), {} });
  core->on_guest_state ({ numbered<base::ChannelKey> (9), bob },
                        GuestState::attached);
  EXPECT_TRUE (take<Tell> ().empty ());
}

TEST_F (Applications, CancelledQueriesAreSilentAndWhatTheyBeganGoesOn)
{
  begin ();
  const auto query = ask (entry ("lounge.alice", 1));
  core->on_message (app, AppQueryCancel{ query });
  core->on_looked_up (
      take<LookUp> ().at (0).id,
      FoundPlace{ numbered<base::ChannelKey> (9), peer (9), {} });
  EXPECT_EQ (1u, take<JoinGuest> ().size ());
  EXPECT_TRUE (told<SocialResolved> ().empty ());
  EXPECT_FALSE (result_of (query));
}

TEST_F (Applications, FindPlacesByNameKeyAndStartOfKey)
{
  begin ();
  const auto ref = host ("lounge");
  for (const std::string &text :
       { std::string ("lounge"), std::string ("lounge.alice"),
         keys.place_text (ref.key), keys.place_text (ref.key).substr (0, 6) })
  {
    const auto result = result_of (ask (AppPlaceFind{ 0, {}, text }));
    ASSERT_TRUE (result) << text;
    EXPECT_EQ (ResultCode::ok, result->result) << text;
  }
  host ("attic");
  EXPECT_EQ (ResultCode::ambiguous,
             result_of (ask (AppPlaceFind{ 0, {}, "PLAC" }))->result);
}

TEST_F (Applications, FindPlacesByNamesThatOnlyGnsKnows)
{
  begin ();
  const PlaceRef nine{ numbered<base::ChannelKey> (9), bob };
  AppEnterPlace wish = entry ("PLACE9", 1);
  wish.origin = peer (9);
  ask (wish);
  auto query = ask (AppPlaceFind{ 0, bob, "lounge.dave" });
  auto asked = take<LookUp> ();
  ASSERT_EQ (1u, asked.size ());
  EXPECT_EQ (ZoneKind::own, asked[0].kind);
  core->on_looked_up (asked[0].id, FoundPlace{ nine.key, peer (9), {} });
  auto result = result_of (query);
  ASSERT_TRUE (result);
  EXPECT_EQ (ResultCode::ok, result->result);
  EXPECT_EQ (nine.key, result->place->key);
  // From now on it goes by that name, also after a restart.
  begin ();
  query = ask (AppPlaceFind{ 0, bob, "lounge.dave" });
  EXPECT_EQ (ResultCode::ok, result_of (query)->result);
  // A place that we are not in is none of ours.
  query = ask (AppPlaceFind{ 0, bob, "attic.dave" });
  core->on_looked_up (
      take<LookUp> ().at (0).id,
      FoundPlace{ numbered<base::ChannelKey> (10), peer (9), {} });
  EXPECT_EQ (ResultCode::not_found, result_of (query)->result);
}

TEST_F (Applications, HearThatNoPlaceGoesByANameOnceGnsSaidSoRepeatedly)
{
  begin ();
  host ("lounge");
  const auto query = ask (AppPlaceFind{ 0, alice, "attic" });
  for (int i = 0; i < 3; i++)
  {
    EXPECT_FALSE (result_of (query));
    core->on_looked_up (take<LookUp> ().at (0).id, std::nullopt);
    pass (base::seconds (1));
  }
  EXPECT_EQ (ResultCode::not_found, result_of (query)->result);
}

TEST_F (Applications, SearchesEndWithWhoeverAsked)
{
  begin ();
  host ("lounge");
  ask (AppPlaceFind{ 0, alice, "attic.ZONE5" });
  const auto id = take<LookUp> ().at (0).id;
  core->on_app_gone (app);
  pass (base::seconds (1));
  const auto cancelled = take<CancelLookUp> ();
  ASSERT_EQ (1u, cancelled.size ());
  EXPECT_EQ (id, cancelled[0].id);
  pass (base::seconds (6));
  EXPECT_TRUE (take<LookUp> ().empty ());
}

TEST_F (Applications, ListPlacesWithWhatPsycSaysOrWithoutIfItSaysNothing)
{
  begin ();
  const auto ref = host ("lounge");
  (void)told<SocialPlace> ();
  auto query = ask (AppPlacesGet{});
  ASSERT_EQ (1u, take<AskInfo> ().size ());
  EXPECT_FALSE (result_of (query));
  core->on_info (ref, { 42, 0 });
  auto places = told<SocialPlace> ();
  ASSERT_EQ (1u, places.size ());
  EXPECT_EQ (42u, places[0].place.message_count);
  EXPECT_TRUE (result_of (query));
  query = ask (AppPlacesGet{});
  pass (base::seconds (2)); // psyc is away
  EXPECT_TRUE (result_of (query));
}

TEST_F (Applications, NymsGoByTheNamesThatWeGave)
{
  begin ();
  const auto ref = host ("lounge", Policy::private_, host_welcome);
  core->on_join_request (ref, member (50), {});
  core->on_zone_name (alice, "carol", member (50));
  ask (AppNymsGet{ 0, ref });
  auto nyms = told<SocialNym> ();
  ASSERT_EQ (1u, nyms.size ());
  EXPECT_EQ ("carol", nyms[0].name);
  core->on_zone_name (alice, "carol", std::nullopt);
  ask (AppNymsGet{ 0, ref });
  nyms = told<SocialNym> ();
  ASSERT_EQ (1u, nyms.size ());
  EXPECT_FALSE (nyms[0].name);
}

TEST_F (Applications, ListsTheNamesThatWeGave)
{
  begin ();
  core->on_zone_name (alice, "carol", member (50));
  core->on_zone_name (alice, "dave", member (51));
  core->on_zone_name (alice, "dave", std::nullopt);
  ask (AppNamesGet{ 0, std::nullopt });
  auto names = told<SocialName> ();
  ASSERT_EQ (1u, names.size ());
  EXPECT_EQ ("carol", names[0].label);
  EXPECT_EQ (member (50), names[0].key);
  EXPECT_EQ (alice, names[0].ego);
  ask (AppNamesGet{ 0, member (50) });
  EXPECT_TRUE (told<SocialName> ().empty ());
}

TEST_F (Applications, NamingSaysWhatTheNamestoreSaid)
{
  begin ();
  const auto query
      = ask (AppNameNym{ 0, alice, "carol", CountedKeys::zone (50) });
  const auto stored = take<StoreRecord> ();
  ASSERT_EQ (1u, stored.size ());
  EXPECT_EQ (RecordKind::zone, stored[0].kind);
  core->on_record_stored (stored[0].id, "carol: taken");
  const auto result = result_of (query);
  ASSERT_TRUE (result);
  EXPECT_EQ (ResultCode::failed, result->result);
  EXPECT_EQ ("carol: taken", result->text);
}
