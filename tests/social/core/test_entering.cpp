// SPDX-License-Identifier: AGPL-3.0-or-later
#include "bench.hpp"

using namespace social;
using namespace social::bench;

namespace
{
class Entering : public Bench
{
protected:
  const PlaceRef nine{ numbered<base::ChannelKey> (9), bob };

  // bob asks to enter PLACE9 at peer 9.
  std::uint64_t
  knock (std::uint8_t number, const std::string &text = "it is bob")
  {
    AppEnterPlace wish = entry ("PLACE9", number, text);
    wish.origin = peer (9);
    return ask (wish);
  }

  static bool
  says_goodbye (const JoinGuest &joined)
  {
    const auto parsed = parse_entry_message (joined.request);
    return parsed && withdraw_method == parsed->method;
  }

  static base::Bytes
  words (const std::string &text)
  {
    return entry_text ("_notice_place_enter", text);
  }
};
} // namespace

TEST_F (Entering, LooksTheNameUpAndJoinsWhereTheRecordSays)
{
  begin ();
  const auto query = ask (entry ("lounge.alice", 1));
  const auto asked = take<LookUp> ();
  ASSERT_EQ (1u, asked.size ());
  EXPECT_EQ ("lounge", asked[0].name);
  EXPECT_EQ (CountedKeys::zone (1), asked[0].zone);
  core->on_looked_up (asked[0].id,
                      FoundPlace{ nine.key, peer (9), { peer (8) } });
  const auto joined = take<JoinGuest> ();
  ASSERT_EQ (1u, joined.size ());
  EXPECT_EQ (peer (9), joined[0].origin);
  EXPECT_EQ ("it is bob", text_of (joined[0].request));
  EXPECT_EQ (1u, told<SocialResolved> ().size ());
  core->on_guest_decision (nine, Admission::admitted, words ("welcome"));
  const auto result = result_of (query);
  ASSERT_TRUE (result);
  EXPECT_EQ (ResultCode::ok, result->result);
  EXPECT_EQ ("welcome", result->text);
  EXPECT_EQ ("lounge.alice", result->place->name);
  EXPECT_EQ (PlaceState::entered, disk.places.at (nine).state);
}

TEST_F (Entering, NamesAreComparedInTheirNormalForm)
{
  begin ();
  ask (entry ("LOUNGE.Alice", 1));
  const auto asked = take<LookUp> ();
  ASSERT_EQ (1u, asked.size ());
  EXPECT_EQ ("lounge", asked[0].name);
  core->on_looked_up (asked[0].id, FoundPlace{ nine.key, peer (9), {} });
  for (const char *name : { "lounge.alice", "LOUNGE.ALICE" })
    EXPECT_EQ (ResultCode::ok,
               result_of (ask (AppPlaceFind{ 0, bob, name }))->result);
}

TEST_F (Entering, TellsPendingOnceThenTheAnswer)
{
  begin ();
  const auto query = knock (1);
  core->on_guest_state (nine, GuestState::connecting);
  EXPECT_FALSE (result_of (query));
  core->on_guest_state (nine, GuestState::pending);
  auto result = result_of (query);
  ASSERT_TRUE (result);
  EXPECT_EQ (ResultCode::pending, result->result);
  core->on_guest_state (nine, GuestState::detached);
  core->on_guest_state (nine, GuestState::pending);
  EXPECT_FALSE (result_of (query));
  core->on_guest_decision (nine, Admission::refused, words ("not today"));
  result = result_of (query);
  ASSERT_TRUE (result);
  EXPECT_EQ (ResultCode::refused, result->result);
  EXPECT_EQ ("not today", result->text);
  EXPECT_EQ (PlaceState::refused, disk.places.at (nine).state);
  EXPECT_EQ (1u, take<PartGuest> ().size ()) << "nothing more is heard of it";
}

TEST_F (Entering, AWishStandsOverRestartsUntilItIsAnswered)
{
  begin ();
  knock (1);
  begin ();
  const auto joined = take<JoinGuest> ();
  ASSERT_EQ (1u, joined.size ());
  EXPECT_EQ ("it is bob", text_of (joined[0].request));
  core->on_guest_state (nine, GuestState::pending);
  // The library asks again with the old tag and hears that it waits.
  const auto again = knock (1);
  EXPECT_TRUE (take<JoinGuest> ().empty ());
  const auto waits = result_of (again);
  ASSERT_TRUE (waits);
  EXPECT_EQ (ResultCode::pending, waits->result);
  core->on_guest_state (nine, GuestState::attached);
  const auto result = result_of (again);
  ASSERT_TRUE (result);
  EXPECT_EQ (ResultCode::ok, result->result);
}

TEST_F (Entering, ARefusalIsRememberedForItsTagAndANewWishAsksAnew)
{
  begin ();
  knock (1);
  core->on_guest_decision (nine, Admission::refused, words ("no"));
  core->on_guest_parted (nine);
  begin ();
  EXPECT_TRUE (take<JoinGuest> ().empty ()) << "refused places stay quiet";
  auto result = result_of (knock (1));
  ASSERT_TRUE (result);
  EXPECT_EQ (ResultCode::refused, result->result);
  EXPECT_EQ ("no", result->text);
  knock (2);
  const auto joined = take<JoinGuest> ();
  ASSERT_EQ (1u, joined.size ());
  EXPECT_EQ (tag (2), tag_of (*parse_entry_message (joined[0].request)));
  EXPECT_EQ (PlaceState::pending, disk.places.at (nine).state);
}

TEST_F (Entering, ARefusalThatNobodyHeardIsToldBeforeAskingAnew)
{
  begin ();
  const auto query = knock (1);
  core->on_message (app, AppQueryCancel{ query }); // nobody waits any more
  core->on_guest_decision (nine, Admission::refused, words ("no"));
  core->on_guest_parted (nine);
  begin ();
  const auto result = result_of (knock (2));
  ASSERT_TRUE (result);
  EXPECT_EQ (ResultCode::refused, result->result);
  EXPECT_EQ ("no", result->text);
  EXPECT_TRUE (take<JoinGuest> ().empty ());
  knock (3);
  EXPECT_EQ (1u, take<JoinGuest> ().size ());
}

TEST_F (Entering, APlaceGoesByEveryNameThatItWasEnteredBy)
{
  begin ();
  for (const char *name : { "lounge.ZONE5", "lounge.dave" })
  {
    const auto query = ask (entry (name, name[7] == 'Z' ? 1 : 2));
    core->on_looked_up (take<LookUp> ().at (0).id,
                        FoundPlace{ nine.key, peer (9), {} });
    core->on_guest_state (nine, GuestState::attached);
    EXPECT_EQ (ResultCode::ok, result_of (query)->result);
  }
  begin ();
  for (const char *name : { "lounge.ZONE5", "lounge.dave" })
    EXPECT_EQ (ResultCode::ok,
               result_of (ask (AppPlaceFind{ 0, {}, name }))->result);
}

TEST_F (Entering, AnEjectedGuestLetsGoAndTellsItsApplications)
{
  begin ();
  knock (1);
  core->on_guest_state (nine, GuestState::attached);
  (void)told<SocialPlace> ();
  core->on_guest_decision (nine, Admission::refused, words ("out"));
  core->on_guest_state (nine, GuestState::ejected);
  EXPECT_EQ (PlaceState::ejected, disk.places.at (nine).state);
  EXPECT_EQ (1u, take<PartGuest> ().size ());
  const auto news = told<SocialPlace> ();
  ASSERT_FALSE (news.empty ());
  EXPECT_EQ (PlaceState::ejected, news.back ().place.state);
  EXPECT_TRUE (core->why_not_say (disk.places.at (nine)));
}

TEST_F (Entering, AnEjectionWithoutWordsEndsTheVisitAllTheSame)
{
  begin ();
  knock (1);
  core->on_guest_decision (nine, Admission::admitted, words ("welcome"));
  core->on_guest_state (nine, GuestState::ejected);
  pass (base::seconds (2));
  EXPECT_EQ (PlaceState::ejected, disk.places.at (nine).state);
  EXPECT_TRUE (disk.places.at (nine).answer.empty ());
}

TEST_F (Entering, WordsOfAnEjectionMayComeAfterIt)
{
  begin ();
  knock (1);
  core->on_guest_decision (nine, Admission::admitted, words ("welcome"));
  core->on_guest_state (nine, GuestState::ejected);
  core->on_guest_decision (nine, Admission::refused, words ("enough"));
  pass (base::seconds (2));
  EXPECT_EQ (PlaceState::ejected, disk.places.at (nine).state);
  EXPECT_EQ ("enough", text_of (disk.places.at (nine).answer));
}

TEST_F (Entering, OthersAreKnownByWhatTheySay)
{
  begin ();
  knock (1);
  core->on_guest_state (nine, GuestState::attached);
  core->on_nym_heard (nine, member (60), NymStanding::present, { 1 });
  core->on_nym_heard (nine, bob, NymStanding::left, { 2 }); // ourselves: no
  pass (base::seconds (0));
  core->on_zone_name (bob, "dave", member (60));
  begin ();
  core->on_zone_name (bob, "dave", member (60));
  ask (AppNymsGet{ 0, nine });
  const auto nyms = told<SocialNym> ();
  ASSERT_EQ (2u, nyms.size ());
  EXPECT_EQ ("bob", nyms[0].name);
  EXPECT_EQ ("dave", nyms[1].name);
}

TEST_F (Entering, EnteringAgainWhereWeAreIsDoneAtOnce)
{
  begin ();
  knock (1);
  core->on_guest_state (nine, GuestState::attached);
  (void)take<JoinGuest> ();
  const auto result = result_of (knock (2));
  ASSERT_TRUE (result);
  EXPECT_EQ (ResultCode::ok, result->result);
  EXPECT_TRUE (take<JoinGuest> ().empty ());
}

TEST_F (Entering, ADefiniteNoEndsTheWishOnlyWhenItIsRepeated)
{
  begin ();
  const auto query = ask (entry ("nowhere.alice", 1));
  EXPECT_EQ (1u, disk.wishes.size ());
  for (int i = 0; i < 2; i++)
  {
    core->on_looked_up (take<LookUp> ().at (0).id, std::nullopt);
    EXPECT_FALSE (result_of (query));
    pass (base::seconds (1));
  }
  core->on_looked_up (take<LookUp> ().at (0).id, std::nullopt);
  const auto result = result_of (query);
  ASSERT_TRUE (result);
  EXPECT_EQ (ResultCode::not_found, result->result);
  EXPECT_TRUE (disk.wishes.empty ());
}

TEST_F (Entering, AskesAgainWhileGnsSaysNothing)
{
  begin ();
  const auto query = ask (entry ("lounge.ZONE5", 1));
  const auto first = take<LookUp> ();
  ASSERT_EQ (1u, first.size ());
  EXPECT_EQ (CountedKeys::zone (5), first[0].zone);
  pass (base::seconds (6));
  const auto cancelled = take<CancelLookUp> ();
  ASSERT_EQ (1u, cancelled.size ()) << "no look-up stays pending for ever";
  EXPECT_EQ (first[0].id, cancelled[0].id);
  ASSERT_EQ (1u, take<LookUp> ().size ());
  EXPECT_FALSE (result_of (query));
  // Over a restart, too.
  begin ();
  const auto again = take<LookUp> ();
  ASSERT_EQ (1u, again.size ());
  core->on_looked_up (again[0].id, FoundPlace{ nine.key, peer (9), {} });
  EXPECT_EQ (1u, take<JoinGuest> ().size ());
}

TEST_F (Entering, AnswersOfCancelledLookUpsAreIgnored)
{
  begin ();
  ask (entry ("lounge.alice", 1));
  const auto first = take<LookUp> ().at (0).id;
  pass (base::seconds (6));
  core->on_looked_up (first, FoundPlace{ nine.key, peer (9), {} });
  EXPECT_TRUE (take<JoinGuest> ().empty ());
}

TEST_F (Entering, AKeyAloneNeedsAnOrigin)
{
  begin ();
  const auto result = result_of (ask (entry ("PLACE9", 1)));
  ASSERT_TRUE (result);
  EXPECT_EQ (ResultCode::not_found, result->result);
  EXPECT_NE (std::string::npos, result->text->find ("--origin"));
}

TEST_F (Entering, AnotherEgoOfTheSamePeerEntersByKeyAlone)
{
  begin ();
  const auto ref = host ("lounge");
  ask (entry (keys.place_text (ref.key), 1));
  const auto joined = take<JoinGuest> ();
  ASSERT_EQ (1u, joined.size ());
  EXPECT_EQ (peer (7), joined[0].origin);
  // Both sides are told apart by ego; without one the host is meant.
  EXPECT_EQ (Role::host, core->find_place ({ ref.key, {} })->role);
  EXPECT_EQ (Role::guest, core->find_place ({ ref.key, bob })->role);
}

TEST_F (Entering, AHostDoesNotEnterItsOwnPlace)
{
  begin ();
  const auto ref = host ("lounge");
  AppEnterPlace wish = entry (keys.place_text (ref.key), 1);
  wish.ego = alice;
  const auto result = result_of (ask (wish));
  ASSERT_TRUE (result);
  EXPECT_EQ (ResultCode::not_allowed, result->result);
  EXPECT_EQ (Role::host, disk.places.at (ref).role);
}

TEST_F (Entering, LeavesForGoodAndStaysOutAfterARestart)
{
  begin ();
  knock (1);
  core->on_guest_state (nine, GuestState::attached);
  const auto query = ask (AppLeavePlace{ 0, nine, {} });
  ASSERT_EQ (1u, take<PartGuest> ().size ());
  EXPECT_FALSE (result_of (query));
  core->on_guest_parted (nine);
  const auto result = result_of (query);
  ASSERT_TRUE (result);
  EXPECT_EQ (ResultCode::ok, result->result);
  begin ();
  EXPECT_TRUE (take<JoinGuest> ().empty ());
  EXPECT_EQ (PlaceState::archived, disk.places.at (nine).state);
}

TEST_F (Entering, APartThatACrashInterruptedIsFinishedWhereTheHostIsTold)
{
  begin ();
  knock (1);
  core->on_guest_state (nine, GuestState::attached);
  ask (AppLeavePlace{ 0, nine, {} });
  begin ();
  const auto joined = take<JoinGuest> ();
  ASSERT_EQ (1u, joined.size ());
  EXPECT_TRUE (says_goodbye (joined[0]));
  EXPECT_TRUE (take<PartGuest> ().empty ());
  core->on_guest_state (nine, GuestState::attached);
  EXPECT_EQ (1u, take<PartGuest> ().size ());
  core->on_guest_parted (nine);
  EXPECT_EQ (Ending::done, disk.places.at (nine).ending);
}

TEST_F (Entering, WhoLeavesWhileTheHostIsAwaySaysSoLater)
{
  begin ();
  knock (1);
  core->on_guest_state (nine, GuestState::attached);
  core->on_guest_state (nine, GuestState::detached);
  take<JoinGuest> ();
  const auto left = result_of (ask (AppLeavePlace{ 0, nine, {} }));
  ASSERT_TRUE (left);
  EXPECT_EQ (ResultCode::ok, left->result);
  EXPECT_EQ (PlaceState::archived, left->place->state);
  EXPECT_TRUE (take<PartGuest> ().empty ());
  begin (); // over restarts, too
  const auto joined = take<JoinGuest> ();
  ASSERT_EQ (1u, joined.size ());
  EXPECT_TRUE (says_goodbye (joined[0]));
  EXPECT_EQ (ResultCode::ok,
             result_of (ask (AppLeavePlace{ 0, nine, {} }))->result);
  core->on_guest_decision (nine, Admission::admitted, {});
  EXPECT_TRUE (take<PartGuest> ().empty ());
  core->on_guest_state (nine, GuestState::attached);
  EXPECT_EQ (1u, take<PartGuest> ().size ());
  core->on_guest_parted (nine);
  EXPECT_EQ (Ending::done, disk.places.at (nine).ending);
  EXPECT_EQ (PlaceState::archived, disk.places.at (nine).state);
}

TEST_F (Entering, WhoLeavesBeforeTheAnswerTakesTheQuestionBack)
{
  begin ();
  const auto entering = knock (1);
  core->on_guest_state (nine, GuestState::pending);
  EXPECT_EQ (ResultCode::pending, result_of (entering)->result);
  take<JoinGuest> ();
  EXPECT_EQ (ResultCode::ok,
             result_of (ask (AppLeavePlace{ 0, nine, {} }))->result);
  const auto joined = take<JoinGuest> ();
  ASSERT_EQ (1u, joined.size ());
  EXPECT_TRUE (says_goodbye (joined[0]));
  core->on_guest_decision (nine, Admission::refused, {});
  EXPECT_EQ (1u, take<PartGuest> ().size ());
  core->on_guest_parted (nine);
  EXPECT_EQ (Ending::done, disk.places.at (nine).ending);
  EXPECT_EQ (PlaceState::archived, disk.places.at (nine).state);
  EXPECT_EQ (ResultCode::failed, result_of (entering)->result);
}

TEST_F (Entering, WhoComesBackBeforeTheHostHeardOfItAsksAnew)
{
  begin ();
  knock (1);
  core->on_guest_state (nine, GuestState::pending);
  ask (AppLeavePlace{ 0, nine, {} });
  take<JoinGuest> ();
  knock (2, "it is me again");
  const auto joined = take<JoinGuest> ();
  ASSERT_EQ (1u, joined.size ());
  EXPECT_EQ ("it is me again", text_of (joined[0].request));
  core->on_guest_state (nine, GuestState::attached);
  EXPECT_TRUE (take<PartGuest> ().empty ());
  EXPECT_EQ (PlaceState::entered, disk.places.at (nine).state);
}

TEST_F (Entering, AHostThatIsNeverSeenAgainIsLeftInSilence)
{
  begin ();
  knock (1);
  ask (AppLeavePlace{ 0, nine, {} });
  now += base::hours (24 * 31);
  core->advance_time (now);
  EXPECT_EQ (1u, take<PartGuest> ().size ());
}

TEST_F (Entering, HearsThatThePlaceIsClosed)
{
  begin ();
  knock (1);
  core->on_guest_state (nine, GuestState::attached);
  core->on_place_closing (nine);
  EXPECT_EQ (PlaceState::closed, disk.places.at (nine).state);
  EXPECT_EQ (1u, take<PartGuest> ().size ());
}

TEST_F (Entering, WaitsForTheIdentityServiceBeforeItSaysThatAnEgoIsMissing)
{
  core = std::make_unique<Core> (Core::Config{}, disk, keys, Snapshot{}, now);
  core->on_app (app);
  core->on_message (app, AppHello{ 1, "bench" });
  const auto query = knock (1);
  EXPECT_FALSE (result_of (query));
  EXPECT_TRUE (told<SocialListsComplete> ().empty ());
  core->on_ego ({ "bob", CountedKeys::zone (2) });
  EXPECT_TRUE (told<SocialListsComplete> ().empty ());
  core->on_egos_complete ();
  EXPECT_EQ (1u, take<JoinGuest> ().size ());
}

TEST_F (Entering, RefusesOversizedAndMalformedWordsForTheDoor)
{
  begin ();
  AppEnterPlace wish = entry ("PLACE9", 1);
  wish.origin = peer (9);
  wish.request = base::Bytes (40'000, 1);
  auto result = result_of (ask (wish));
  ASSERT_TRUE (result);
  EXPECT_EQ (ResultCode::failed, result->result);
  wish.request = { 0, 7, 2, 179, 1, 2, 3 };
  result = result_of (ask (wish));
  ASSERT_TRUE (result);
  EXPECT_EQ (ResultCode::failed, result->result);
}
