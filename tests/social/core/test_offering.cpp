// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Files that are offered: kept, said once when asked for, told of; what is
// bounded, and what happens when a file is gone, the disk is full, we crash.
#include "bench.hpp"
#include "social/core/offer_key.hpp"

using namespace social;
using namespace social::bench;

namespace
{
class Offering : public Bench
{
protected:
  AppOfferFile
  wish (const PlaceRef &ref, std::uint8_t number)
  {
    AppOfferFile offer;
    offer.place = ref;
    offer.key = tag (number);
    offer.path = "/home/alice/film";
    offer.size = 5000;
    offer.modified = now;
    offer.hash = std::string (103, 'H');
    offer.name = "film";
    offer.content_type = "video/webm";
    return offer;
  }

  void
  offer (const PlaceRef &ref, std::uint8_t number)
  {
    EXPECT_EQ (ResultCode::ok, result_of (ask (wish (ref, number)))->result);
  }

  // A guest asks in the host's place.
  void
  want (const PlaceRef &ref, std::uint8_t number)
  {
    core->on_request (ref, { member (50),
                             { 17 },
                             offer_request_method,
                             {},
                             offer_key_text (tag (number)) });
    run ();
  }

  void
  become (const PlaceRef &ref, std::uint8_t number, FileOutcome outcome,
          std::uint64_t id = 0, const std::string &reason = {})
  {
    core->on_offered_file (ref, tag (number), outcome, id, reason);
    run ();
  }

  std::string
  value_of (const std::vector<Variable> &variables, const std::string &name)
  {
    for (const auto &variable : variables)
      if (variable.name == name)
        return std::string (base::as_text (variable.value));
    return {};
  }

  [[nodiscard]] OfferState
  state_on_disk (const PlaceRef &ref, std::uint8_t number) const
  {
    return disk.offers.at ({ ref, tag (number) }).state;
  }
};
} // namespace

TEST_F (Offering, KeysAreTextAndBack)
{
  const std::string text = offer_key_text (tag (0xa7));
  EXPECT_EQ (32u, text.size ());
  EXPECT_EQ (tag (0xa7), offer_key_from_text (text));
  EXPECT_FALSE (offer_key_from_text (text.substr (1)));
  EXPECT_FALSE (offer_key_from_text (text + "a"));
  EXPECT_FALSE (offer_key_from_text (std::string (32, 'x')));
  EXPECT_FALSE (offer_key_from_text (""));
}

TEST_F (Offering, SaysAFileWhenAGuestAsksAndTellsWhereItIs)
{
  begin ();
  const auto ref = host ("lounge");
  offer (ref, 1);
  EXPECT_TRUE (take<SayOfferedFile> ().empty ());
  want (ref, 1);
  EXPECT_EQ (1u, take<RelayRequest> ().size ());
  const auto saying = take<SayOfferedFile> ();
  ASSERT_EQ (1u, saying.size ());
  EXPECT_EQ ("/home/alice/film", saying[0].offer.path);
  EXPECT_EQ ("NYM1", value_of (saying[0].variables, "_nym_author"));
  EXPECT_EQ ("5000", value_of (saying[0].variables, "_size_file"));
  EXPECT_EQ (offer_key_text (tag (1)),
             value_of (saying[0].variables, "_key_offer"));
  EXPECT_EQ (OfferState::wanted, state_on_disk (ref, 1));
  become (ref, 1, FileOutcome::said, 12);
  const auto telling = take<TellOffer> ();
  ASSERT_EQ (1u, telling.size ());
  EXPECT_EQ ("_status_place_file", telling[0].method);
  EXPECT_EQ ("12", value_of (telling[0].variables, "_id_file"));
  EXPECT_NE (tag (1), telling[0].tag);
  core->on_offer_told (ref, tag (1), Outcome::done);
  EXPECT_EQ (OfferState::said, state_on_disk (ref, 1));
}

TEST_F (Offering, ManyWhoAskGetOneAnswer)
{
  begin ();
  const auto ref = host ("lounge");
  offer (ref, 1);
  for (int i = 0; i < 20; i++)
    want (ref, 1);
  EXPECT_EQ (1u, take<SayOfferedFile> ().size ());
  become (ref, 1, FileOutcome::said, 12);
  core->on_offer_told (ref, tag (1), Outcome::done);
  for (int i = 0; i < 20; i++)
    want (ref, 1);
  EXPECT_TRUE (take<SayOfferedFile> ().empty ());
  // Who does not find it may ask again, after a while.
  pass (base::seconds (61));
  EXPECT_EQ (1u, take<SayOfferedFile> ().size ());
}

TEST_F (Offering, GoesOnAfterACrashUnderTheSameTags)
{
  begin ();
  const auto ref = host ("lounge");
  offer (ref, 1);
  want (ref, 1);
  ASSERT_EQ (1u, take<SayOfferedFile> ().size ());
  become (ref, 1, FileOutcome::said, 12);
  const auto before = take<TellOffer> ();
  begin ();
  core->on_host_started (ref, 12);
  pass (base::seconds (1));
  const auto again = take<SayOfferedFile> ();
  ASSERT_EQ (1u, again.size ());
  EXPECT_EQ (tag (1), again[0].offer.key);
  become (ref, 1, FileOutcome::said, 12);
  const auto after = take<TellOffer> ();
  ASSERT_EQ (1u, after.size ());
  EXPECT_EQ (before.at (0).tag, after[0].tag);
}

TEST_F (Offering, TellsWhyAFileIsNotToBeHad)
{
  begin ();
  const auto ref = host ("lounge");
  offer (ref, 1);
  want (ref, 1);
  become (ref, 1, FileOutcome::gone, 0, "the file was changed");
  const auto telling = take<TellOffer> ();
  ASSERT_EQ (1u, telling.size ());
  EXPECT_EQ ("_failure_place_file", telling[0].method);
  EXPECT_EQ ("the file was changed", telling[0].body);
  core->on_offer_told (ref, tag (1), Outcome::done);
  EXPECT_EQ (OfferState::offered, state_on_disk (ref, 1));
}

TEST_F (Offering, TriesAgainAndThenSaysSo)
{
  begin ();
  const auto ref = host ("lounge");
  offer (ref, 1);
  want (ref, 1);
  std::size_t tries = 0;
  for (int i = 0; i < 100; i++)
  {
    if (! take<SayOfferedFile> ().empty ())
    {
      tries++;
      become (ref, 1, FileOutcome::failed, 0, "disk full");
    }
    pass (base::seconds (5));
  }
  EXPECT_EQ (10u, tries);
  const auto telling = take<TellOffer> ();
  ASSERT_EQ (1u, telling.size ());
  EXPECT_EQ ("disk full", telling[0].body);
}

TEST_F (Offering, ReadsAFewAtATimeAndAnswersABoundedNumberAMinute)
{
  begin ();
  const auto ref = host ("lounge");
  for (std::uint8_t i = 1; i <= 100; i++)
  {
    offer (ref, i);
    want (ref, i);
  }
  std::size_t answered = 0;
  for (auto said = take<SayOfferedFile> (); ! said.empty ();
       said = take<SayOfferedFile> ())
  {
    EXPECT_LE (said.size (), files_at_once_max);
    for (const auto &each : said)
    {
      answered++;
      core->on_offered_file (ref, each.offer.key, FileOutcome::said, answered,
                             {});
      core->on_offer_told (ref, each.offer.key, Outcome::done);
    }
  }
  EXPECT_EQ (answers_a_minute_max, answered);
  EXPECT_LE (core->next_deadline (), now + base::seconds (60));
  EXPECT_GT (core->next_deadline (), now);
  pass (base::seconds (60));
  EXPECT_EQ (files_at_once_max, take<SayOfferedFile> ().size ());
}

TEST_F (Offering, OfAPlaceThatDoesNotRunWaits)
{
  begin ();
  const auto ref = host ("lounge");
  offer (ref, 1);
  begin (); // psyc is not there yet
  want (ref, 1);
  EXPECT_TRUE (take<SayOfferedFile> ().empty ());
  core->on_host_started (ref, 3);
  pass (base::seconds (1));
  EXPECT_EQ (1u, take<SayOfferedFile> ().size ());
}

TEST_F (Offering, AGuestAnswersWhatItSeesAskedForOnce)
{
  begin ();
  const PlaceRef nine{ numbered<base::ChannelKey> (9), bob };
  AppEnterPlace entering = entry ("PLACE9", 5);
  entering.origin = peer (9);
  ask (entering);
  EXPECT_EQ (ResultCode::failed, result_of (ask (wish (nine, 1)))->result)
      << "not inside yet";
  core->on_guest_decision (nine, Admission::admitted, {});
  core->on_guest_connected (nine, 0);
  offer (nine, 1);
  EXPECT_TRUE (core->has_offers (nine));
  const std::string key = offer_key_text (tag (1));
  core->on_file_wanted (nine, "nonsense", 7);
  core->on_file_wanted (nine, offer_key_text (tag (2)), 8);
  EXPECT_TRUE (take<SayOfferedFile> ().empty ());
  core->on_file_wanted (nine, key, 9);
  const auto saying = take<SayOfferedFile> ();
  ASSERT_EQ (1u, saying.size ());
  EXPECT_EQ ("", value_of (saying[0].variables, "_nym_author"))
      << "the host says that";
  become (nine, 1, FileOutcome::queued);
  become (nine, 1, FileOutcome::said, 11);
  core->on_offer_told (nine, tag (1), Outcome::done);
  // The history is looked through again after a restart.
  begin ();
  core->on_guest_connected (nine, 12);
  core->on_file_wanted (nine, key, 9);
  pass (base::seconds (100));
  EXPECT_TRUE (take<SayOfferedFile> ().empty ());
  core->on_file_wanted (nine, key, 13);
  pass (base::seconds (100));
  EXPECT_EQ (1u, take<SayOfferedFile> ().size ());
}

TEST_F (Offering, GuestsMayAskForWhatTheHostOffersWhateverTheRules)
{
  begin ();
  const auto ref = host ("lounge");
  ask (AppRulesClear{ 0, ref, rule_relay });
  offer (ref, 1);
  want (ref, 2);
  EXPECT_EQ (1u, take<RefuseRequest> ().size ());
  want (ref, 1);
  EXPECT_EQ (1u, take<RelayRequest> ().size ());
  EXPECT_EQ (1u, take<SayOfferedFile> ().size ());
  for (const char *method :
       { offer_method, offer_said_method, offer_failure_method })
  {
    core->on_request (
        ref, { member (50), { 17 }, method, {}, offer_key_text (tag (1)) });
    EXPECT_EQ (1u, take<RefuseRequest> ().size ()) << method;
  }
}

TEST_F (Offering, GuestsMayOfferWhereTheyMaySendFiles)
{
  begin ();
  const auto ref = host ("lounge");
  for (const char *method : { offer_method, offer_request_method,
                              offer_said_method, offer_failure_method })
  {
    core->on_request (
        ref, { member (50), { 17 }, method, {}, offer_key_text (tag (1)) });
    EXPECT_EQ (1u, take<RelayRequest> ().size ()) << method;
    core->on_request (ref, { member (50), { 17 }, method, {}, "no key" });
    EXPECT_EQ (1u, take<RefuseRequest> ().size ()) << method;
  }
}

TEST_F (Offering, RefusesByName)
{
  begin ();
  const auto ref = host ("lounge");
  const auto refused = [&] (auto change)
  {
    AppOfferFile offer = wish (ref, 1);
    change (offer);
    return ResultCode::failed == result_of (ask (offer))->result;
  };
  EXPECT_TRUE (refused ([] (auto &o) { o.path = "film"; }));
  EXPECT_TRUE (refused ([] (auto &o) { o.path = std::string ("/a\0b", 4); }));
  EXPECT_TRUE (
      refused ([] (auto &o) { o.path = "/" + std::string (4096, 'a'); }));
  EXPECT_TRUE (refused ([] (auto &o) { o.hash = "HASH"; }));
  EXPECT_TRUE (refused ([] (auto &o) { o.name = ""; }));
  EXPECT_TRUE (refused ([] (auto &o) { o.name = "a\nb"; }));
  EXPECT_TRUE (
      refused ([] (auto &o) { o.content_type = std::string (300, 'a'); }));
  EXPECT_TRUE (
      refused ([] (auto &o) { o.description = std::string (5000, 'a'); }));
  disk.is_full = true;
  EXPECT_TRUE (refused ([] (auto &) {}));
  disk.is_full = false;
  EXPECT_TRUE (disk.offers.empty ());
  AppOfferFile elsewhere = wish (ref, 1);
  elsewhere.place.key.bytes[0] ^= 1;
  EXPECT_EQ (ResultCode::not_found, result_of (ask (elsewhere))->result);
}

TEST_F (Offering, KeepsABoundedNumberAndLetsTheLongestAnsweredGo)
{
  begin ();
  const auto ref = host ("lounge");
  const auto numbered_wish = [&] (std::size_t number)
  {
    AppOfferFile offer = wish (ref, 1);
    offer.key.bytes[0] = static_cast<std::uint8_t> (number >> 8);
    offer.key.bytes[1] = static_cast<std::uint8_t> (number);
    return offer;
  };
  for (std::size_t i = 0; i < offers_max; i++)
    EXPECT_EQ (ResultCode::ok, result_of (ask (numbered_wish (i)))->result);
  EXPECT_EQ (ResultCode::failed,
             result_of (ask (numbered_wish (offers_max)))->result);
  // The same again is none more.
  EXPECT_EQ (ResultCode::ok, result_of (ask (numbered_wish (3)))->result);
  const base::SendTag third = numbered_wish (3).key;
  core->on_file_wanted (ref, offer_key_text (third), 0);
  core->on_offered_file (ref, third, FileOutcome::said, 1, {});
  core->on_offer_told (ref, third, Outcome::done);
  EXPECT_EQ (ResultCode::ok,
             result_of (ask (numbered_wish (offers_max)))->result);
  EXPECT_FALSE (disk.offers.contains ({ ref, third }));
  EXPECT_EQ (offers_max, disk.offers.size ());
}

TEST_F (Offering, TakesBackWhatNobodyGot)
{
  begin ();
  const auto ref = host ("lounge");
  offer (ref, 1);
  EXPECT_EQ (ResultCode::ok,
             result_of (ask (AppWithdrawFile{ 0, ref, tag (1) }))->result);
  EXPECT_EQ (OfferState::withdrawn, state_on_disk (ref, 1));
  want (ref, 1);
  EXPECT_TRUE (take<SayOfferedFile> ().empty ());
  EXPECT_EQ (OfferState::withdrawn, state_on_disk (ref, 1));
  EXPECT_EQ (ResultCode::ok,
             result_of (ask (AppWithdrawFile{ 0, ref, tag (1) }))->result)
      << "twice is once";
  begin ();
  core->on_host_started (ref, 3);
  want (ref, 1);
  EXPECT_TRUE (take<SayOfferedFile> ().empty ());
  EXPECT_EQ (ResultCode::failed, result_of (ask (wish (ref, 1)))->result)
      << "by this key, for good";
}

TEST_F (Offering, TakesBackWhatCouldNotBeSentYet)
{
  begin ();
  const auto ref = host ("lounge");
  offer (ref, 1);
  want (ref, 1);
  EXPECT_EQ (1u, take<SayOfferedFile> ().size ());
  EXPECT_EQ (ResultCode::failed,
             result_of (ask (AppWithdrawFile{ 0, ref, tag (1) }))->result)
      << "it is being sent";
  become (ref, 1, FileOutcome::failed);
  EXPECT_EQ (ResultCode::ok,
             result_of (ask (AppWithdrawFile{ 0, ref, tag (1) }))->result);
  pass (base::seconds (60));
  EXPECT_TRUE (take<SayOfferedFile> ().empty ());
}

TEST_F (Offering, CannotTakeBackWhatWasSentNorWhatIsNotOffered)
{
  begin ();
  const auto ref = host ("lounge");
  offer (ref, 1);
  want (ref, 1);
  become (ref, 1, FileOutcome::said, 12);
  core->on_offer_told (ref, tag (1), Outcome::done);
  EXPECT_EQ (ResultCode::failed,
             result_of (ask (AppWithdrawFile{ 0, ref, tag (1) }))->result);
  EXPECT_EQ (ResultCode::not_found,
             result_of (ask (AppWithdrawFile{ 0, ref, tag (2) }))->result);
  EXPECT_EQ (OfferState::said, state_on_disk (ref, 1));
}
