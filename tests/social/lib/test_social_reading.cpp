// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Followers and replays: windows, pauses, restarts, ends from inside.
#include "fake_social.hpp"

using namespace test;
using namespace social;

namespace
{
struct Reading
{
  int starts = 0;
  int start_result = 0;
  std::vector<std::uint64_t> ids; // of fragments, of messages in a replay
  std::vector<std::pair<std::uint64_t, std::uint64_t>> gaps;
  int ends = 0;
  std::int64_t result = -99;
  std::function<void ()> on_item;

  static void
  start_cb (void *cls, int result, std::uint64_t, std::uint64_t)
  {
    static_cast<Reading *> (cls)->starts++;
    static_cast<Reading *> (cls)->start_result = result;
  }
  static void
  fragment_cb (void *cls, std::uint64_t id,
               const struct GNUNET_PSYC_MessageHeader *)
  {
    auto *self = static_cast<Reading *> (cls);
    self->ids.push_back (id);
    if (self->on_item)
      self->on_item ();
  }
  static void
  gap_cb (void *cls, std::uint64_t first, std::uint64_t last)
  {
    static_cast<Reading *> (cls)->gaps.emplace_back (first, last);
  }
  static void
  message_cb (void *cls, const struct GNUNET_PSYC_MessageHeader *msg)
  {
    auto *self = static_cast<Reading *> (cls);
    self->ids.push_back (GNUNET_ntohll (msg->message_id));
    if (self->on_item)
      self->on_item ();
  }
  static void
  end_cb (void *cls, std::int64_t result, const char *)
  {
    static_cast<Reading *> (cls)->ends++;
    static_cast<Reading *> (cls)->result = result;
  }
};

class SocialFollower : public SocialLib
{
protected:
  // A follower from now, in a place whose head is 10.
  void
  begin_following ()
  {
    begin ();
    script_
        .act (
            [this]
            {
              follower_ = GNUNET_SOCIAL_follow (
                  app_, &place_key_, UINT64_MAX, &Reading::start_cb,
                  &Reading::fragment_cb, &Reading::gap_cb, &seen_);
            })
        .until ("the wish", [this] { return service_.heard<AppFollow> (1); })
        .act ([this] { service_.newest ().say (following ()); })
        .until ("the start", [this] { return 1 == seen_.starts; });
  }

  [[nodiscard]] SocialFollowing
  following ()
  {
    return { reader_id (), GNUNET_YES, 10, 10 };
  }

  [[nodiscard]] std::uint64_t
  reader_id ()
  {
    return service_.newest ().last<AppFollow> ().reader_id;
  }

  [[nodiscard]] std::uint64_t
  acknowledged ()
  {
    std::uint64_t sum = 0;
    for (const auto &ack : service_.newest ().all<AppReadAck> ())
      sum += ack.bytes;
    return sum;
  }

  Reading seen_;
  struct GNUNET_SOCIAL_Follower *follower_ = nullptr;
};

TEST_F (SocialFollower, GoesOnAfterTheLastDeliveredFragment)
{
  begin_following ();
  script_
      .act (
          [this]
          {
            service_.newest ().say (whole_fragment (reader_id (), 11));
            service_.newest ().say (whole_fragment (reader_id (), 12));
          })
      .until ("both", [this] { return 2 == seen_.ids.size (); });
  come_back (2);
  script_
      .until ("the wish again",
              [this] { return service_.heard<AppFollow> (2); })
      .act (
          [this]
          {
            EXPECT_EQ (service_.newest ().last<AppFollow> ().after_fragment_id,
                       12u);
            service_.newest ().say (following ());
            service_.newest ().say (whole_fragment (reader_id (), 12));
            service_.newest ().say (whole_fragment (reader_id (), 13));
          })
      .until ("the next", [this] { return 3 == seen_.ids.size (); })
      .run ();
  EXPECT_EQ (seen_.ids, (std::vector<std::uint64_t>{ 11, 12, 13 }));
  EXPECT_EQ (seen_.starts, 1);
}

TEST_F (SocialFollower, FromNowStaysAtThatNowAcrossARestart)
{
  begin_following ();
  come_back (2);
  script_
      .until ("the wish again",
              [this] { return service_.heard<AppFollow> (2); })
      .act (
          [this] {
            EXPECT_EQ (service_.newest ().last<AppFollow> ().after_fragment_id,
                       10u);
          })
      .run ();
}

TEST_F (SocialFollower, AcknowledgesNothingWhilePaused)
{
  const std::string body (30000, 'x');
  begin_following ();
  script_
      .act (
          [&]
          {
            GNUNET_SOCIAL_follower_pause (follower_);
            for (std::uint64_t id = 11; id < 19; id++)
              service_.newest ().say (whole_fragment (reader_id (), id, body));
          })
      .rest (100)
      .act (
          [this]
          {
            EXPECT_TRUE (seen_.ids.empty ());
            EXPECT_EQ (acknowledged (), 0u);
            GNUNET_SOCIAL_follower_resume (follower_);
            EXPECT_TRUE (seen_.ids.empty ()); // from the scheduler only
          })
      .until ("all", [this] { return 8 == seen_.ids.size (); })
      .until ("acknowledgements",
              [this] { return acknowledged () > 8 * 30000 - 65536; })
      .run ();
  EXPECT_EQ (seen_.ids.front (), 11u);
}

TEST_F (SocialFollower, MayPauseAndEndInsideItsCallback)
{
  begin_following ();
  seen_.on_item = [this]
  {
    if (12 == seen_.ids.back ())
      GNUNET_SOCIAL_follower_destroy (follower_);
  };
  script_
      .act (
          [this]
          {
            for (std::uint64_t id = 11; id < 20; id++)
              service_.newest ().say (whole_fragment (reader_id (), id));
          })
      .until ("the end of it",
              [this] { return service_.heard<AppReadStop> (1); })
      .rest (30)
      .run ();
  EXPECT_EQ (seen_.ids, (std::vector<std::uint64_t>{ 11, 12 }));
}

TEST_F (SocialFollower, MayEndTheAppInsideItsCallback)
{
  begin_following ();
  seen_.on_item = [this]
  {
    GNUNET_SOCIAL_app_disconnect (std::exchange (app_, nullptr), nullptr,
                                  nullptr);
  };
  script_
      .act (
          [this]
          {
            for (std::uint64_t id = 11; id < 20; id++)
              service_.newest ().say (whole_fragment (reader_id (), id));
          })
      .until ("one", [this] { return ! seen_.ids.empty (); })
      .rest (50)
      .run ();
  EXPECT_EQ (seen_.ids.size (), 1u);
}

TEST_F (SocialFollower, TellsGapsOnce)
{
  begin_following ();
  script_
      .act (
          [this]
          {
            service_.newest ().say (SocialGap{ reader_id (), 11, 14 });
            service_.newest ().say (SocialGap{ reader_id (), 12, 15 });
            service_.newest ().say (whole_fragment (reader_id (), 16));
          })
      .until ("the message", [this] { return 1 == seen_.ids.size (); })
      .run ();
  EXPECT_EQ (seen_.gaps, (std::vector<std::pair<std::uint64_t, std::uint64_t>>{
                             { 11, 14 }, { 15, 15 } }));
}

TEST_F (SocialFollower, DropsAServiceThatSendsRubbish)
{
  begin_following ();
  script_
      .act (
          [this]
          {
            auto wrong = whole_fragment (reader_id (), 11);
            wrong.message.bytes.pop_back ();
            service_.newest ().say (wrong);
          })
      .until ("another connection",
              [this] { return service_.heard<AppHello> (2); })
      .run ();
  EXPECT_TRUE (seen_.ids.empty ());
}

TEST_F (SocialFollower, DropsAServiceThatIgnoresTheWindow)
{
  const std::string body (59000, 'x');
  begin_following ();
  script_
      .act (
          [&]
          {
            GNUNET_SOCIAL_follower_pause (follower_);
            for (std::uint64_t id = 11; id < 31; id++)
              service_.newest ().say (whole_fragment (reader_id (), id, body));
          })
      .until ("another connection",
              [this] { return service_.heard<AppHello> (2); })
      .run ();
}

class SocialReplay : public SocialLib
{
protected:
  void
  begin_replay (std::uint64_t first, std::uint64_t last, std::uint64_t latest)
  {
    begin ();
    script_
        .act (
            [this, first, last, latest]
            {
              replay_ = GNUNET_SOCIAL_replay (
                  app_, &place_key_, first, last, latest, "", 0,
                  &Reading::message_cb, &Reading::end_cb, &seen_);
            })
        .until ("the wish", [this] { return service_.heard<AppReplay> (1); });
  }

  [[nodiscard]] std::uint64_t
  reader_id ()
  {
    return service_.newest ().last<AppReplay> ().reader_id;
  }

  void
  say (std::uint64_t message_id)
  {
    service_.newest ().say (fragment (reader_id (), 0, message_id, 0,
                                      parts_of_message ("_converse", "hello")));
  }

  Reading seen_;
  struct GNUNET_SOCIAL_Replay *replay_ = nullptr;
};

TEST_F (SocialReplay, GoesOnWhereTheServiceDied)
{
  begin_replay (3, 9, 0);
  script_
      .act (
          [this]
          {
            for (const std::uint64_t id : { 3u, 4u, 5u })
              say (id);
          })
      .until ("three", [this] { return 3 == seen_.ids.size (); });
  come_back (2);
  script_
      .until ("the wish again",
              [this] { return service_.heard<AppReplay> (2); })
      .act (
          [this]
          {
            const auto wish = service_.newest ().last<AppReplay> ();
            EXPECT_EQ (wish.first_message_id, 6u);
            EXPECT_EQ (wish.last_message_id, 9u);
            for (const std::uint64_t id : { 5u, 6u, 9u })
              say (id);
            service_.newest ().say (SocialReplayEnd{ reader_id (), 2, {} });
          })
      .until ("the end", [this] { return 1 == seen_.ends; })
      .run ();
  EXPECT_EQ (seen_.ids, (std::vector<std::uint64_t>{ 3, 4, 5, 6, 9 }));
  EXPECT_EQ (seen_.result, 5);
}

TEST_F (SocialReplay, AMessageInTheMiddleIsNotToldTwice)
{
  const auto parts = parts_of_message ("_converse", "hello");
  const base::Bytes head (parts.begin (), parts.begin () + 26);
  const base::Bytes tail (parts.begin () + 26, parts.end ());
  begin_replay (1, 9, 0);
  script_
      .act (
          [&, this]
          { service_.newest ().say (fragment (reader_id (), 0, 7, 0, head)); })
      .until ("the head", [this] { return 1 == seen_.ids.size (); });
  come_back (2);
  script_
      .until ("the wish again",
              [this] { return service_.heard<AppReplay> (2); })
      .act (
          [&, this]
          {
            EXPECT_EQ (service_.newest ().last<AppReplay> ().first_message_id,
                       7u);
            service_.newest ().say (fragment (reader_id (), 0, 7, 0, head));
            service_.newest ().say (
                fragment (reader_id (), 0, 7, head.size (), tail));
            service_.newest ().say (SocialReplayEnd{ reader_id (), 1, {} });
          })
      .until ("the end", [this] { return 1 == seen_.ends; })
      .run ();
  EXPECT_EQ (seen_.ids, (std::vector<std::uint64_t>{ 7, 7 }));
  EXPECT_EQ (seen_.result, 1);
}

TEST_F (SocialReplay, TheNewestStayTheNewestOfThatMoment)
{
  begin_replay (0, 0, 3);
  script_
      .act (
          [this]
          {
            say (8);
            say (9);
          })
      .until ("two", [this] { return 2 == seen_.ids.size (); });
  come_back (2);
  script_
      .until ("the wish again",
              [this] { return service_.heard<AppReplay> (2); })
      .act (
          [this]
          {
            const auto wish = service_.newest ().last<AppReplay> ();
            EXPECT_EQ (wish.latest, 0u);
            EXPECT_EQ (wish.first_message_id, 10u);
            for (const std::uint64_t id : { 10u, 11u, 12u })
              say (id);
            service_.newest ().say (SocialReplayEnd{ reader_id (), 3, {} });
          })
      .until ("the end", [this] { return 1 == seen_.ends; })
      .run ();
  EXPECT_EQ (seen_.ids, (std::vector<std::uint64_t>{ 8, 9, 10 }));
  EXPECT_EQ (seen_.result, 3);
}

TEST_F (SocialReplay, CancelledInsideItsCallbackEndsSilently)
{
  begin_replay (1, 9, 0);
  seen_.on_item = [this] { GNUNET_SOCIAL_replay_cancel (replay_); };
  script_
      .act (
          [this]
          {
            say (1);
            say (2);
            service_.newest ().say (SocialReplayEnd{ reader_id (), 2, {} });
          })
      .until ("the end of it",
              [this] { return service_.heard<AppReadStop> (1); })
      .rest (30)
      .run ();
  EXPECT_EQ (seen_.ids.size (), 1u);
  EXPECT_EQ (seen_.ends, 0);
}
} // namespace
