// SPDX-License-Identifier: AGPL-3.0-or-later
#include "bench.hpp"

using namespace social;
using namespace social::bench;

namespace
{
class Door : public Bench
{
protected:
  const base::MemberKey carol = member (50);

  void
  knock (const PlaceRef &ref, std::uint8_t number,
         const std::string &text = "let me in")
  {
    core->on_join_request (ref, carol, call_at_door (text, number));
    run ();
  }

  ResultCode
  decide (const PlaceRef &ref, bool is_admitted, const std::string &text)
  {
    AppDoorAnswer answer;
    answer.place = ref;
    answer.nym = carol;
    answer.is_admitted = is_admitted;
    answer.answer = entry_text ("_notice_place_enter", text);
    const auto result = result_of (ask (answer));
    return result ? result->result : ResultCode::no_answer;
  }

  NymStanding
  standing (const PlaceRef &ref)
  {
    return disk.nyms.at ({ ref, carol }).standing;
  }
};
} // namespace

TEST_F (Door, QuestionIsOnDiskBeforeItIsConfirmed)
{
  begin ();
  const auto ref = host ("lounge");
  disk.is_full = true;
  knock (ref, 1);
  EXPECT_TRUE (take<ConfirmQuestion> ().empty ());
  disk.is_full = false;
  knock (ref, 1);
  EXPECT_EQ (1u, take<ConfirmQuestion> ().size ());
  EXPECT_EQ (NymStanding::waiting, standing (ref));
  EXPECT_EQ ("let me in", disk.nyms.at ({ ref, carol }).text);
  EXPECT_TRUE (take<DecideJoin> ().empty ());
}

TEST_F (Door, QuestionWaitsOverRestartsAndWithoutAnyApplication)
{
  begin ();
  const auto ref = host ("lounge");
  core->on_app_gone (app);
  knock (ref, 1);
  begin ();
  const auto query = ask (AppNymsGet{ 0, ref });
  const auto nyms = told<SocialNym> ();
  ASSERT_EQ (1u, nyms.size ());
  EXPECT_EQ (NymState::waiting, nyms[0].state);
  EXPECT_EQ ("let me in", nyms[0].message);
  EXPECT_TRUE (result_of (query));
}

TEST_F (Door, AllWatchersAreAskedAndTheFirstAnswerWins)
{
  begin ();
  const auto ref = host ("lounge");
  const ClientId other{ 2 };
  core->on_app (other);
  core->on_message (other, AppHello{ 1, "other" });
  ask (AppDoorWatch{ 0, ref });
  ask (AppDoorWatch{ 0, ref }, other);
  knock (ref, 1);
  EXPECT_EQ (1u, told<SocialDoorQuestion> (app).size ());
  EXPECT_EQ (1u, told<SocialDoorQuestion> (other).size ());
  EXPECT_EQ (ResultCode::ok, decide (ref, true, "come in"));
  const auto decided = take<DecideJoin> ();
  ASSERT_EQ (1u, decided.size ());
  EXPECT_EQ (Admission::admitted, decided[0].admission);
  EXPECT_EQ ("come in", text_of (decided[0].answer));
  EXPECT_EQ (ResultCode::failed, decide (ref, false, "no"));
  EXPECT_EQ (NymStanding::present, standing (ref));
  EXPECT_TRUE (take<DecideJoin> ().empty ());
}

TEST_F (Door, AnAnswerWaitsForTheJoinersNextCall)
{
  begin ();
  const auto ref = host ("lounge");
  knock (ref, 1);
  begin (); // nobody calls now
  EXPECT_EQ (ResultCode::ok, decide (ref, false, "not today"));
  EXPECT_TRUE (take<DecideJoin> ().empty ());
  begin ();
  knock (ref, 1);
  const auto decided = take<DecideJoin> ();
  ASSERT_EQ (1u, decided.size ());
  EXPECT_EQ (Admission::refused, decided[0].admission);
  EXPECT_EQ ("not today", text_of (decided[0].answer));
}

TEST_F (Door, TheSameWishIsRefusedAgainAndANewOneIsANewQuestion)
{
  begin ();
  const auto ref = host ("lounge");
  knock (ref, 1);
  EXPECT_EQ (ResultCode::ok, decide (ref, false, "no"));
  EXPECT_EQ (1u, take<DecideJoin> ().size ());
  knock (ref, 1);
  ASSERT_EQ (1u, take<DecideJoin> ().size ());
  knock (ref, 2);
  EXPECT_TRUE (take<DecideJoin> ().empty ());
  EXPECT_EQ (NymStanding::waiting, standing (ref));
}

TEST_F (Door, AWelcomingPlaceAdmitsAtOnce)
{
  begin ();
  const auto ref = host ("lounge", Policy::private_, host_welcome);
  knock (ref, 1);
  const auto decided = take<DecideJoin> ();
  ASSERT_EQ (1u, decided.size ());
  EXPECT_EQ (Admission::admitted, decided[0].admission);
}

TEST_F (Door, WhoWaitsIsAdmittedWhenThePlaceBecomesWelcoming)
{
  begin ();
  const auto ref = host ("lounge");
  knock (ref, 1);
  host ("lounge", Policy::private_, host_keep_policy | host_welcome);
  ASSERT_EQ (1u, take<DecideJoin> ().size ());
  EXPECT_EQ (NymStanding::present, standing (ref));
}

TEST_F (Door, AnEjectionIsBegunOnDiskAndFinishedAfterACrash)
{
  begin ();
  const auto ref = host ("lounge", Policy::private_, host_welcome);
  knock (ref, 1);
  const auto query = ask (AppEjectNym{ 0, ref, carol, {}, "enough" });
  ASSERT_EQ (1u, take<EjectNym> ().size ());
  EXPECT_FALSE (result_of (query));
  EXPECT_EQ (NymStanding::ejected, standing (ref));
  begin ();
  core->on_host_started (take<StartHost> ()[0].ref, 0);
  const auto ejected = take<EjectNym> ();
  ASSERT_EQ (1u, ejected.size ());
  EXPECT_EQ ("enough", text_of (ejected[0].notice));
  core->on_ejected (ref, carol, Outcome::done);
  const auto notices = take<Announce> ();
  ASSERT_EQ (1u, notices.size ());
  EXPECT_EQ ("_notice_place_leave", notices[0].method);
  ASSERT_EQ (3u, notices[0].variables.size ());
  EXPECT_EQ ("_nym_author", notices[0].variables[0].name);
  EXPECT_EQ ("_nym", notices[0].variables[2].name);
  EXPECT_EQ (Ejection::done, (disk.nyms.at ({ ref, carol }).ejection));
}

TEST_F (Door, WhoWasEjectedDoesNotComeBackByHimself)
{
  begin ();
  const auto ref = host ("lounge", Policy::private_, host_welcome);
  knock (ref, 1);
  (void)take<DecideJoin> ();
  ask (AppEjectNym{ 0, ref, carol, {}, "" });
  core->on_ejected (ref, carol, Outcome::done);
  knock (ref, 1);
  const auto decided = take<DecideJoin> ();
  ASSERT_EQ (1u, decided.size ());
  EXPECT_EQ (Admission::refused, decided[0].admission);
  knock (ref, 2); // a new wish waits, though the place welcomes
  EXPECT_TRUE (take<DecideJoin> ().empty ());
  EXPECT_EQ (NymStanding::waiting, standing (ref));
  core->on_member (ref, carol, MemberEvent::detached);
  EXPECT_EQ (ResultCode::ok, decide (ref, true, ""));
}

TEST_F (Door, AMemberThatLeftIsAnnouncedAndAsksAnewNextTime)
{
  begin ();
  const auto ref = host ("lounge");
  ask (AppDoorWatch{ 0, ref });
  knock (ref, 1);
  (void)decide (ref, true, "");
  (void)take<DecideJoin> ();
  core->on_member (ref, carol, MemberEvent::attached);
  core->on_member (ref, carol, MemberEvent::parted);
  EXPECT_EQ (NymStanding::left, standing (ref));
  ASSERT_EQ (1u, take<Announce> ().size ());
  EXPECT_EQ (1u, told<SocialFarewell> ().size ());
  knock (ref, 2);
  EXPECT_TRUE (take<DecideJoin> ().empty ());
  EXPECT_EQ (NymStanding::waiting, standing (ref));
}

TEST_F (Door, AClosedPlaceRefusesEverybody)
{
  begin ();
  const auto ref = host ("lounge");
  knock (ref, 1);
  ask (AppClosePlace{ 0, ref, {} });
  ASSERT_EQ (1u, take<DecideJoin> ().size ()) << "who waited is told";
  core->on_join_request (ref, member (60), {});
  const auto decided = take<DecideJoin> ();
  ASSERT_EQ (1u, decided.size ());
  EXPECT_EQ (Admission::refused, decided[0].admission);
}

TEST_F (Door, IsBounded)
{
  begin ();
  const auto ref = host ("lounge");
  for (std::size_t i = 0; i < waiting_nyms_max + 10; i++)
  {
    base::MemberKey key;
    key.bytes[0] = static_cast<std::uint8_t> (i);
    key.bytes[1] = static_cast<std::uint8_t> (i >> 8);
    key.bytes[2] = 1;
    core->on_join_request (ref, key, call_at_door ("me", 1));
  }
  EXPECT_EQ (waiting_nyms_max, disk.nyms.size ());
  EXPECT_FALSE (take<Count> ().empty ());
}

TEST_F (Door, NobodyButTheHostAnswersAndOnlyWhoAsked)
{
  begin ();
  const auto ref = host ("lounge");
  EXPECT_EQ (ResultCode::not_found, decide (ref, true, ""));
  EXPECT_TRUE (disk.nyms.empty ());
  EXPECT_EQ (ResultCode::not_found,
             decide ({ numbered<base::ChannelKey> (77), alice }, true, ""));
}

TEST_F (Door, TakesMalformedWordsForNone)
{
  begin ();
  const auto ref = host ("lounge");
  core->on_join_request (ref, carol, { 1, 2, 3 });
  EXPECT_EQ (NymStanding::waiting, standing (ref));
  EXPECT_EQ ("", (disk.nyms.at ({ ref, carol }).text));
}

TEST_F (Door, WhoWithdrawsIsNotAtTheDoorAnyMoreAndMayAskAnew)
{
  begin ();
  const auto ref = host ("lounge");
  const auto goodbye = *tagged_request (entry_text (withdraw_method, {}),
                                        base::SendTag{ { 1 } });
  knock (ref, 1);
  take<DecideJoin> ();
  core->on_join_request (ref, carol, goodbye);
  run ();
  const auto decided = take<DecideJoin> ();
  ASSERT_EQ (1u, decided.size ());
  EXPECT_EQ (Admission::refused, decided[0].admission);
  EXPECT_FALSE (disk.nyms.contains ({ ref, carol }));
  EXPECT_EQ (ResultCode::not_found, decide (ref, true, "come in"));
  knock (ref, 2);
  EXPECT_EQ (ResultCode::ok, decide (ref, true, "come in"));
  EXPECT_EQ (NymStanding::present, standing (ref));
  // A member that left unseen.
  core->on_join_request (ref, carol, goodbye);
  run ();
  EXPECT_EQ (NymStanding::left, standing (ref));
  EXPECT_EQ (1u, take<Announce> ().size ());
  // Nothing is kept of strangers, and the ejected stay so.
  core->on_join_request (ref, member (51), goodbye);
  run ();
  EXPECT_FALSE (disk.nyms.contains ({ ref, member (51) }));
}
