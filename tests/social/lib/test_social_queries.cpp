// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The App and its questions, also across restarts of the service.
#include "fake_social.hpp"

using namespace test;
using namespace social;

namespace
{
struct Answers
{
  int calls = 0;
  std::vector<enum GNUNET_SOCIAL_Result> results;
  std::string text;
  std::string place_name;
  std::function<void ()> on_answer;

  static void
  cb (void *cls, enum GNUNET_SOCIAL_Result result,
      const struct GNUNET_SOCIAL_PlaceInfo *place, const char *text)
  {
    auto *self = static_cast<Answers *> (cls);
    self->calls++;
    self->results.push_back (result);
    self->text = nullptr == text ? "" : text;
    self->place_name = nullptr == place ? "" : place->name;
    if (self->on_answer)
      self->on_answer ();
  }
};

struct Places
{
  std::vector<std::string> names;
  int ends = 0;
  std::function<void ()> on_place;

  static void
  cb (void *cls, const struct GNUNET_SOCIAL_PlaceInfo *place)
  {
    auto *self = static_cast<Places *> (cls);
    if (nullptr == place)
      self->ends++;
    else
      self->names.push_back (place->name);
    if (self->on_place)
      self->on_place ();
  }
};

using SocialApp = SocialLib;
using SocialQuery = SocialLib;

TEST_F (SocialApp, TellsEgosAndPlacesBeforeItIsConnected)
{
  begin ();
  script_
      .act ([this]
            { EXPECT_STREQ (GNUNET_SOCIAL_ego_get_name (ego_), "alice"); })
      .run ();
  EXPECT_EQ (ego_names_, (std::vector<std::string>{ "alice" }));
  EXPECT_EQ (host_calls_, 1);
}

TEST_F (SocialApp, TellsNothingTwiceAfterAReconnect)
{
  begin ();
  come_back (2);
  script_.rest (50).run ();
  EXPECT_EQ (ego_names_.size (), 1u);
  EXPECT_EQ (host_calls_, 1);
  EXPECT_EQ (connected_calls_, 1);
}

TEST_F (SocialApp, RefusesAnIdThatIsTooLong)
{
  EXPECT_EQ (GNUNET_SOCIAL_app_connect (
                 service_.cfg (), std::string (256, 'x').c_str (), nullptr,
                 nullptr, nullptr, nullptr, nullptr),
             nullptr);
}

TEST_F (SocialApp, MayBeDisconnectedFromItsOwnCallbacks)
{
  Answers answers;
  int closed = 0;
  begin ();
  answers.on_answer = [&]
  {
    GNUNET_SOCIAL_app_disconnect (
        std::exchange (app_, nullptr),
        [] (void *cls) { (*static_cast<int *> (cls))++; }, &closed);
  };
  script_
      .act (
          [&] {
            GNUNET_SOCIAL_leave_place (app_, &place_key_, &Answers::cb,
                                       &answers);
          })
      .until ("the question", [&] { return service_.heard<AppLeavePlace> (1); })
      .act (
          [&]
          {
            const auto id = service_.newest ().last<AppLeavePlace> ().query_id;
            service_.newest ().say (SocialResult{ id, {}, {}, {}, {} });
            service_.newest ().say (SocialPlace{ 0, place_info (false) });
          })
      .until ("the end", [&] { return 1 == closed; })
      .run ();
  EXPECT_EQ (answers.calls, 1);
}

TEST_F (SocialQuery, IsAskedAgainWithTheSameTagAndAnsweredOnce)
{
  Answers answers;
  base::SendTag tag;
  begin ();
  script_
      .act (
          [&]
          {
            GNUNET_SOCIAL_enter_place (app_, ego_, "lounge.alice", "it is me",
                                       nullptr, &Answers::cb, &answers);
          })
      .until ("the question", [&] { return service_.heard<AppEnterPlace> (1); })
      .act (
          [&]
          {
            const auto asked = service_.newest ().last<AppEnterPlace> ();
            tag = asked.tag;
            SocialResult result;
            result.query_id = asked.query_id;
            result.result = ResultCode::pending;
            service_.newest ().say (result);
          })
      .until ("that it waits", [&] { return 1 == answers.calls; });
  come_back (2);
  script_
      .until ("the question again",
              [&] { return service_.heard<AppEnterPlace> (2); })
      .act (
          [&]
          {
            const auto asked = service_.newest ().last<AppEnterPlace> ();
            EXPECT_EQ (asked.tag, tag);
            EXPECT_EQ (asked.place, "lounge.alice");
            SocialResult result;
            result.query_id = asked.query_id;
            result.result = ResultCode::pending;
            service_.newest ().say (result); // not told again
            result.result = ResultCode::ok;
            result.place = place_info (false);
            service_.newest ().say (result);
          })
      .until ("the answer", [&] { return 2 == answers.calls; })
      .rest (50)
      .run ();
  EXPECT_EQ (answers.results,
             (std::vector{ GNUNET_SOCIAL_PENDING, GNUNET_SOCIAL_OK }));
  EXPECT_EQ (answers.place_name, "lounge.alice");
}

TEST_F (SocialQuery, TellsTheHostsAnswerAsText)
{
  Answers answers;
  begin ();
  script_
      .act (
          [&]
          {
            GNUNET_SOCIAL_enter_place (app_, ego_, "lounge.alice", nullptr,
                                       nullptr, &Answers::cb, &answers);
          })
      .until ("the question", [&] { return service_.heard<AppEnterPlace> (1); })
      .act (
          [&]
          {
            SocialResult result;
            result.query_id
                = service_.newest ().last<AppEnterPlace> ().query_id;
            result.result = ResultCode::refused;
            result.answer = { 0, 0, 0, 0 };
            const auto parts
                = parts_of_message ("_failure_place_enter", "not today");
            result.answer.insert (result.answer.end (), parts.begin (),
                                  parts.end ());
            service_.newest ().say (result);
          })
      .until ("the answer", [&] { return 1 == answers.calls; })
      .run ();
  EXPECT_EQ (answers.results, (std::vector{ GNUNET_SOCIAL_REFUSED }));
  EXPECT_EQ (answers.text, "not today");
}

TEST_F (SocialQuery, ListsAreToldOnceAlsoWhenTheServiceDiesInTheMiddle)
{
  Places places;
  begin ();
  script_.act ([&] { GNUNET_SOCIAL_places_get (app_, &Places::cb, &places); })
      .until ("the question", [&] { return service_.heard<AppPlacesGet> (1); })
      .act (
          [&]
          {
            const auto id = service_.newest ().last<AppPlacesGet> ().query_id;
            service_.newest ().say (SocialPlace{ id, place_info () });
          })
      .rest (20);
  come_back (2);
  script_
      .until ("the question again",
              [&] { return service_.heard<AppPlacesGet> (2); })
      .act (
          [&]
          {
            const auto id = service_.newest ().last<AppPlacesGet> ().query_id;
            service_.newest ().say (SocialPlace{ id, place_info () });
            service_.newest ().say (SocialPlace{ id, place_info (false) });
            service_.newest ().say (SocialResult{ id, {}, {}, {}, {} });
          })
      .until ("the end", [&] { return 1 == places.ends; })
      .run ();
  EXPECT_EQ (places.names.size (), 2u);
}

TEST_F (SocialQuery, MayBeCancelledInTheMiddleOfItsList)
{
  Places places;
  struct GNUNET_SOCIAL_Query *query = nullptr;
  begin ();
  places.on_place = [&] { GNUNET_SOCIAL_query_cancel (query); };
  script_
      .act ([&]
            { query = GNUNET_SOCIAL_places_get (app_, &Places::cb, &places); })
      .until ("the question", [&] { return service_.heard<AppPlacesGet> (1); })
      .act (
          [&]
          {
            const auto id = service_.newest ().last<AppPlacesGet> ().query_id;
            service_.newest ().say (SocialPlace{ id, place_info () });
            service_.newest ().say (SocialPlace{ id, place_info (false) });
            service_.newest ().say (SocialResult{ id, {}, {}, {}, {} });
          })
      .until ("a place", [&] { return ! places.names.empty (); })
      .rest (30)
      .run ();
  EXPECT_EQ (places.names.size (), 1u);
  EXPECT_EQ (places.ends, 0);
}

TEST_F (SocialQuery, CancelledIsNeitherAnsweredNorAskedAgain)
{
  Answers answers;
  struct GNUNET_SOCIAL_Query *query = nullptr;
  begin ();
  script_
      .act (
          [&]
          {
            query = GNUNET_SOCIAL_place_find (app_, nullptr, "lounge",
                                              &Answers::cb, &answers);
          })
      .until ("the question", [&] { return service_.heard<AppPlaceFind> (1); })
      .act ([&] { GNUNET_SOCIAL_query_cancel (query); })
      .until ("the word of it",
              [&] { return service_.heard<AppQueryCancel> (1); })
      .act (
          [&]
          {
            const auto id = service_.newest ().last<AppPlaceFind> ().query_id;
            service_.newest ().say (SocialResult{ id, {}, {}, {}, {} });
          });
  come_back (2);
  script_.rest (50)
      .act ([&] { EXPECT_EQ (service_.newest ().count<AppPlaceFind> (), 0u); })
      .run ();
  EXPECT_EQ (answers.calls, 0);
}

TEST_F (SocialQuery, RefusesWhatIsTooLongBeforeItIsSent)
{
  begin ();
  script_
      .act (
          [&]
          {
            const std::string long_text (40000, 'x');
            const std::string long_name (300, 'x');
            EXPECT_EQ (GNUNET_SOCIAL_enter_place (app_, ego_, "lounge",
                                                  long_text.c_str (), nullptr,
                                                  &Answers::cb, nullptr),
                       nullptr);
            EXPECT_EQ (GNUNET_SOCIAL_place_find (app_, nullptr,
                                                 long_name.c_str (),
                                                 &Answers::cb, nullptr),
                       nullptr);
            EXPECT_EQ (GNUNET_SOCIAL_host_place (app_, ego_, "",
                                                 GNUNET_PSYC_CHANNEL_PRIVATE, 0,
                                                 &Answers::cb, nullptr),
                       nullptr);
          })
      .run ();
}

TEST_F (SocialQuery, ActsAsTheEgoThatWasChosen)
{
  Answers answers;
  begin ();
  script_
      .act (
          [&]
          {
            GNUNET_SOCIAL_close_place (app_, &place_key_, &Answers::cb,
                                       &answers);
            GNUNET_SOCIAL_app_act_as (app_, ego_);
            GNUNET_SOCIAL_close_place (app_, &place_key_, &Answers::cb,
                                       &answers);
          })
      .until ("both", [&] { return service_.heard<AppClosePlace> (1, 2); })
      .act (
          [&]
          {
            const auto asked = service_.newest ().all<AppClosePlace> ();
            EXPECT_TRUE (asked[0].place.ego.is_zero ());
            EXPECT_EQ (asked[1].place.ego, ego ());
            EXPECT_EQ (asked[1].place.key, place ());
          })
      .run ();
}

struct DoorNews
{
  std::vector<std::uint8_t> nyms; // first byte of each key; 0: the end

  static void
  cb (void *cls, const struct GNUNET_CRYPTO_EcdsaPublicKey *nym)
  {
    static_cast<DoorNews *> (cls)->nyms.push_back (
        nullptr == nym ? std::uint8_t{ 0 } : nym->q_y[0]);
  }
};

TEST_F (SocialQuery, HearsWhoComesToTheDoorAlsoAfterARestart)
{
  DoorNews news;
  GNUNET_SOCIAL_Query *watch = nullptr;
  const auto id
      = [this] { return service_.newest ().last<AppDoorWatch> ().query_id; };
  const auto tell = [&] (std::uint8_t first_byte)
  {
    SocialDoorQuestion question;
    question.query_id = id ();
    question.nym.bytes[0] = first_byte;
    service_.newest ().say (question);
  };
  begin ();
  script_
      .act (
          [&] {
            watch = GNUNET_SOCIAL_door_watch (app_, &place_key_, &DoorNews::cb,
                                              &news);
          })
      .until ("the watch", [&] { return service_.heard<AppDoorWatch> (1); })
      .act (
          [&]
          {
            tell (7);
            SocialFarewell farewell;
            farewell.query_id = id ();
            farewell.nym.bytes[0] = 8;
            service_.newest ().say (farewell);
          })
      .until ("both", [&] { return 2 == news.nyms.size (); });
  come_back (2);
  script_
      .until ("the watch again",
              [&] { return service_.heard<AppDoorWatch> (2); })
      .act ([&] { tell (9); })
      .until ("the third", [&] { return 3 == news.nyms.size (); })
      .act (
          [&]
          {
            service_.newest ().say (
                SocialResult{ id (), ResultCode::not_found, {}, {}, {} });
          })
      .until ("the end", [&] { return 4 == news.nyms.size (); })
      .run ();
  EXPECT_EQ (news.nyms, (std::vector<std::uint8_t>{ 7, 8, 9, 0 }));
  EXPECT_EQ (GNUNET_SOCIAL_door_watch (app_, &place_key_, nullptr, nullptr),
             nullptr);
}
} // namespace
