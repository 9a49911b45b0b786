// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Saying things, by key and by handle; hosts, doors and guests of 2019.
#include "fake_social.hpp"

using namespace test;
using namespace social;

namespace
{
struct Sent
{
  std::vector<enum GNUNET_PSYC_SendState> states;
  std::uint64_t message_id = 0;
  std::string reason;
  int readies = 0;

  static void
  state_cb (void *cls, enum GNUNET_PSYC_SendState state, std::uint64_t,
            std::uint64_t message_id, std::uint32_t, const char *reason)
  {
    auto *self = static_cast<Sent *> (cls);
    self->states.push_back (state);
    self->message_id = message_id;
    self->reason = nullptr == reason ? "" : reason;
  }
  static void
  ready_cb (void *cls)
  {
    static_cast<Sent *> (cls)->readies++;
  }
};

class SocialUpload : public SocialLib
{
protected:
  void
  say (const base::Bytes &parts)
  {
    upload_ = GNUNET_SOCIAL_say (app_, &place_key_, nullptr, 0, &Sent::ready_cb,
                                 &Sent::state_cb, &sent_);
    EXPECT_EQ (
        GNUNET_SOCIAL_say_parts (upload_, parts.data (),
                                 static_cast<std::uint16_t> (parts.size ())),
        GNUNET_YES);
  }

  void
  answer (psyc::transfer::SendState state, std::uint64_t message_id = 0)
  {
    SocialUploadState message;
    message.upload_id = service_.newest ().last<AppSay> ().upload_id;
    message.state = state;
    message.message_id = message_id;
    service_.newest ().say (message);
  }

  Sent sent_;
  struct GNUNET_SOCIAL_Upload *upload_ = nullptr;
};

TEST_F (SocialUpload, NamesItsPlaceThenSendsAndTellsItsStates)
{
  begin ();
  script_.act ([this] { say (parts_of_message ("_converse", "hi")); })
      .until ("the message", [this] { return service_.heard<AppUpload> (1); })
      .act (
          [this]
          {
            EXPECT_EQ (service_.newest ().last<AppSay> ().place.key, place ());
            EXPECT_EQ (service_.newest ().last<AppUpload> ().parts.bytes,
                       parts_of_message ("_converse", "hi"));
            answer (psyc::transfer::SendState::queued);
            answer (psyc::transfer::SendState::accepted, 77);
          })
      .until ("both states", [this] { return 2 == sent_.states.size (); })
      .run ();
  EXPECT_EQ (sent_.states, (std::vector{ GNUNET_PSYC_SEND_QUEUED,
                                         GNUNET_PSYC_SEND_ACCEPTED }));
  EXPECT_EQ (sent_.message_id, 77u);
}

TEST_F (SocialUpload, UnconfirmedIsSaidAgainWithTheSameTag)
{
  base::SendTag tag;
  begin ();
  script_.act ([this] { say (parts_of_message ("_converse", "hi")); })
      .until ("the message", [this] { return service_.heard<AppUpload> (1); })
      .act ([&, this] { tag = service_.newest ().last<AppUpload> ().tag; });
  come_back (2);
  script_
      .until ("the message again",
              [this] { return service_.heard<AppUpload> (2); })
      .act (
          [&, this]
          {
            EXPECT_EQ (service_.newest ().last<AppUpload> ().tag, tag);
            EXPECT_EQ (service_.newest ().last<AppSay> ().place.key, place ());
            answer (psyc::transfer::SendState::stored, 5);
          })
      .until ("the state", [this] { return 1 == sent_.states.size (); })
      .run ();
  EXPECT_EQ (sent_.message_id, 5u);
}

TEST_F (SocialUpload, ConfirmedIsAskedForAfterARestart)
{
  begin ();
  script_.act ([this] { say (parts_of_message ("_converse", "hi")); })
      .until ("the message", [this] { return service_.heard<AppUpload> (1); })
      .act ([this] { answer (psyc::transfer::SendState::queued); })
      .until ("the state", [this] { return 1 == sent_.states.size (); });
  come_back (2);
  script_
      .until ("the question",
              [this] { return service_.heard<AppUploadQuery> (2); })
      .act (
          [this]
          {
            EXPECT_EQ (service_.newest ().count<AppSay> (), 1u);
            answer (psyc::transfer::SendState::accepted, 6);
          })
      .until ("the end", [this] { return 2 == sent_.states.size (); })
      .run ();
}

TEST_F (SocialUpload, LeavesBeforeTheAppIsGone)
{
  int closed = 0;
  begin ();
  script_
      .act (
          [&, this]
          {
            say (parts_of_message ("_converse", "last words"));
            GNUNET_SOCIAL_say_detach (upload_);
            GNUNET_SOCIAL_app_disconnect (
                std::exchange (app_, nullptr),
                [] (void *cls) { (*static_cast<int *> (cls))++; }, &closed);
          })
      .until ("the message", [this] { return service_.heard<AppUpload> (1); })
      .act (
          [&, this]
          {
            EXPECT_EQ (closed, 0);
            answer (psyc::transfer::SendState::stored, 3);
          })
      .until ("the end", [&] { return 1 == closed; })
      .run ();
  EXPECT_TRUE (sent_.states.empty ());
}

TEST_F (SocialUpload, MalformedPartsEndIt)
{
  begin ();
  script_
      .act (
          [this]
          {
            const base::Bytes rubbish = { 0, 9, 1, 2, 3 };
            upload_ = GNUNET_SOCIAL_say (app_, &place_key_, nullptr, 0, nullptr,
                                         &Sent::state_cb, &sent_);
            EXPECT_EQ (GNUNET_SOCIAL_say_parts (upload_, rubbish.data (), 5),
                       GNUNET_SYSERR);
          })
      .rest (30)
      .run ();
  EXPECT_TRUE (sent_.states.empty ());
}

// ------------------------------------------------------------- by handle

struct HostSeen
{
  int enters = 0;
  int result = 0;
  std::uint64_t max_message_id = 0;
  std::vector<std::string> questions;
  struct GNUNET_SOCIAL_Nym *nym = nullptr;
  int farewells = 0;
  std::string body;
  int pulls = 0;

  static void
  enter_cb (void *cls, int result, const struct GNUNET_CRYPTO_EddsaPublicKey *,
            std::uint64_t max_message_id)
  {
    auto *self = static_cast<HostSeen *> (cls);
    self->enters++;
    self->result = result;
    self->max_message_id = max_message_id;
  }
  static void
  door_cb (void *cls, struct GNUNET_SOCIAL_Nym *nym, const char *,
           struct GNUNET_PSYC_Environment *, const void *data, std::size_t size)
  {
    auto *self = static_cast<HostSeen *> (cls);
    self->nym = nym;
    self->questions.emplace_back (static_cast<const char *> (data), size);
  }
  static void
  farewell_cb (void *cls, const struct GNUNET_SOCIAL_Nym *,
               struct GNUNET_PSYC_Environment *)
  {
    static_cast<HostSeen *> (cls)->farewells++;
  }
  static void
  data_cb (void *cls, const struct GNUNET_PSYC_MessageHeader *,
           const struct GNUNET_MessageHeader *, std::uint64_t, const void *data,
           std::uint16_t size)
  {
    if (nullptr != data)
      static_cast<HostSeen *> (cls)->body.append (
          static_cast<const char *> (data), size);
  }
  // 40 pieces of 1000 bytes, with a pause after each tenth.
  static int
  pull (void *cls, std::uint16_t *size, void *data)
  {
    auto *self = static_cast<HostSeen *> (cls);
    self->pulls++;
    if (0 == self->pulls % 11)
    {
      *size = 0;
      return GNUNET_NO;
    }
    std::memset (data, 'x', 1000);
    *size = 1000;
    return self->pulls > 42 ? GNUNET_YES : GNUNET_NO;
  }
};

class SocialHost : public SocialLib
{
protected:
  void
  begin_hosting ()
  {
    slicer_ = GNUNET_PSYC_slicer_create ();
    GNUNET_PSYC_slicer_method_add (slicer_, "_converse", nullptr, nullptr,
                                   nullptr, &HostSeen::data_cb, nullptr,
                                   &seen_);
    begin ();
    script_
        .act (
            [this]
            {
              host_ = GNUNET_SOCIAL_host_enter_reconnect (
                  hconn_, slicer_, &HostSeen::enter_cb, &HostSeen::door_cb,
                  &HostSeen::farewell_cb, &seen_);
            })
        .until ("a follower", [this] { return service_.heard<AppFollow> (1); })
        .act (
            [this]
            {
              const auto follow = service_.newest ().last<AppFollow> ();
              EXPECT_EQ (follow.place.ego, ego ());
              service_.newest ().say (
                  SocialFollowing{ follow.reader_id, GNUNET_YES, 4, 3 });
            })
        .until ("it is entered", [this] { return 1 == seen_.enters; });
  }

  void
  ask_at_the_door ()
  {
    SocialDoorQuestion question;
    question.query_id = service_.newest ().last<AppDoorWatch> ().query_id;
    question.nym.bytes[0] = 42;
    const auto parts = parts_of_message ("_request_place_enter", "it is bob");
    struct GNUNET_MessageHeader header;
    header.size = htons (static_cast<std::uint16_t> (4 + parts.size ()));
    header.type = htons (GNUNET_MESSAGE_TYPE_PSYC_MESSAGE);
    question.request.resize (4);
    std::memcpy (question.request.data (), &header, 4);
    question.request.insert (question.request.end (), parts.begin (),
                             parts.end ());
    service_.newest ().say (question);
  }

  ~SocialHost () override
  {
    if (nullptr != slicer_)
      GNUNET_PSYC_slicer_destroy (slicer_);
  }

public:
  HostSeen seen_;
  struct GNUNET_SOCIAL_Host *host_ = nullptr;

protected:
  struct GNUNET_PSYC_Slicer *slicer_ = nullptr;
};

TEST_F (SocialHost, EntersAndFeedsItsSlicer)
{
  begin_hosting ();
  script_
      .act (
          [this]
          {
            const auto id = service_.newest ().last<AppFollow> ().reader_id;
            service_.newest ().say (whole_fragment (id, 5, "hello host"));
          })
      .until ("the body", [this] { return "hello host" == seen_.body; })
      .run ();
  EXPECT_EQ (seen_.result, GNUNET_OK);
  EXPECT_EQ (seen_.max_message_id, 3u);
}

TEST_F (SocialHost, IsAskedAtTheDoorOnceAlsoAfterARestart)
{
  begin_hosting ();
  script_.until ("a watch", [this] { return service_.heard<AppDoorWatch> (1); })
      .act ([this] { ask_at_the_door (); })
      .until ("the question", [this] { return 1 == seen_.questions.size (); });
  come_back (2);
  script_
      .until ("the watch again",
              [this] { return service_.heard<AppDoorWatch> (2); })
      .act ([this] { ask_at_the_door (); })
      .rest (30)
      .act (
          [this]
          {
            EXPECT_EQ (seen_.questions.size (), 1u);
            EXPECT_EQ (GNUNET_SOCIAL_host_entry_decision (host_, seen_.nym,
                                                          GNUNET_YES, nullptr),
                       GNUNET_OK);
          })
      .until ("the answer",
              [this] { return service_.heard<AppDoorAnswer> (2); })
      .act (
          [this]
          {
            const auto answer = service_.newest ().last<AppDoorAnswer> ();
            EXPECT_TRUE (answer.is_admitted);
            EXPECT_EQ (answer.nym.bytes[0], 42);
          })
      .run ();
  EXPECT_EQ (seen_.questions.front (), "it is bob");
}

TEST_F (SocialHost, PullsTheBodyOfAnAnnouncement)
{
  struct GNUNET_SOCIAL_Announcement *announcement = nullptr;
  begin_hosting ();
  script_
      .act (
          [&, this]
          {
            announcement = GNUNET_SOCIAL_host_announce (
                host_, "_converse", nullptr, &HostSeen::pull, &seen_,
                GNUNET_SOCIAL_ANNOUNCE_NONE);
            EXPECT_EQ (seen_.pulls, 0); // from the scheduler only
          })
      .until ("a pause", [this] { return 11 == seen_.pulls; })
      .act ([&] { GNUNET_SOCIAL_host_announce_resume (announcement); })
      .until ("a pause", [this] { return 22 == seen_.pulls; })
      .act ([&] { GNUNET_SOCIAL_host_announce_resume (announcement); })
      .until ("a pause", [this] { return 33 == seen_.pulls; })
      .act ([&] { GNUNET_SOCIAL_host_announce_resume (announcement); })
      .until ("the end",
              [this]
              {
                base::Bytes all;
                for (const auto &upload : service_.newest ().all<AppUpload> ())
                  all.insert (all.end (), upload.parts.bytes.begin (),
                              upload.parts.bytes.end ());
                const auto message = psyc::parse_message (all);
                return message && 40000 == message->data.size ();
              })
      .run ();
}

TEST_F (SocialHost, MayGoInsideItsCallbacks)
{
  begin_hosting ();
  GNUNET_PSYC_slicer_method_add (
      slicer_, "_notice", nullptr,
      [] (void *cls, const struct GNUNET_PSYC_MessageHeader *,
          const struct GNUNET_PSYC_MessageMethod *, std::uint64_t, const char *)
      {
        auto *self = static_cast<SocialHost *> (cls);
        GNUNET_SOCIAL_host_disconnect (self->host_, nullptr, nullptr);
        self->seen_.farewells = 99;
      },
      nullptr, nullptr, nullptr, this);
  script_
      .act (
          [this]
          {
            const auto id = service_.newest ().last<AppFollow> ().reader_id;
            service_.newest ().say (
                fragment (id, 5, 5, 0, parts_of_message ("_notice_x", "")));
            service_.newest ().say (whole_fragment (id, 6, "too late"));
          })
      .until ("the end", [this] { return 99 == seen_.farewells; })
      .rest (30)
      .run ();
  EXPECT_EQ (seen_.body, "");
}

struct GuestSeen
{
  int local = 0;
  int local_result = 0;
  std::vector<int> decisions;

  static void
  local_cb (void *cls, int result, const struct GNUNET_CRYPTO_EddsaPublicKey *,
            std::uint64_t)
  {
    static_cast<GuestSeen *> (cls)->local++;
    static_cast<GuestSeen *> (cls)->local_result = result;
  }
  static void
  decision_cb (void *cls, int is_admitted, const struct GNUNET_PSYC_Message *)
  {
    static_cast<GuestSeen *> (cls)->decisions.push_back (is_admitted);
  }
};

class SocialGuest : public SocialLib
{
protected:
  void
  begin_entering ()
  {
    begin ();
    script_
        .act (
            [this]
            {
              guest_ = GNUNET_SOCIAL_guest_enter_by_name (
                  app_, ego_, "lounge.alice", nullptr, nullptr, nullptr,
                  &GuestSeen::local_cb, &GuestSeen::decision_cb, &seen_);
            })
        .until ("the question",
                [this] { return service_.heard<AppEnterPlace> (1); });
  }

  [[nodiscard]] std::uint64_t
  query_id ()
  {
    return service_.newest ().last<AppEnterPlace> ().query_id;
  }

  GuestSeen seen_;
  struct GNUNET_SOCIAL_Guest *guest_ = nullptr;
};

TEST_F (SocialGuest, HearsOfTheKeyThenOfTheDecision)
{
  begin_entering ();
  script_
      .act (
          [this] {
            service_.newest ().say (SocialResolved{ query_id (), place () });
          })
      .until ("a follower", [this] { return service_.heard<AppFollow> (1); })
      .act (
          [this]
          {
            service_.newest ().say (SocialFollowing{
                service_.newest ().last<AppFollow> ().reader_id, GNUNET_NO, 0,
                0 });
          })
      .until ("the local part", [this] { return 1 == seen_.local; })
      .act (
          [this]
          {
            SocialResult result;
            result.query_id = query_id ();
            service_.newest ().say (result);
          })
      .until ("the decision", [this] { return 1 == seen_.decisions.size (); })
      .act (
          [this]
          {
            EXPECT_EQ (0,
                       std::memcmp (GNUNET_SOCIAL_place_get_pub_key (
                                        GNUNET_SOCIAL_guest_get_place (guest_)),
                                    &place_key_, sizeof (place_key_)));
          })
      .run ();
  EXPECT_EQ (seen_.local_result, GNUNET_OK);
  EXPECT_EQ (seen_.decisions.front (), GNUNET_YES);
}

TEST_F (SocialGuest, AnUnknownNameIsTold)
{
  begin_entering ();
  script_
      .act (
          [this]
          {
            SocialResult result;
            result.query_id = query_id ();
            result.result = ResultCode::not_found;
            service_.newest ().say (result);
          })
      .until ("the decision", [this] { return 1 == seen_.decisions.size (); })
      .run ();
  EXPECT_EQ (seen_.local, 1);
  EXPECT_EQ (seen_.local_result, GNUNET_SYSERR);
  EXPECT_EQ (seen_.decisions.front (), GNUNET_SYSERR);
}

TEST_F (SocialGuest, LeavesForGood)
{
  int left = 0;
  begin_entering ();
  script_
      .act (
          [this] {
            service_.newest ().say (SocialResolved{ query_id (), place () });
          })
      .until ("a follower", [this] { return service_.heard<AppFollow> (1); })
      .act (
          [&, this]
          {
            GNUNET_SOCIAL_guest_leave (
                guest_, nullptr,
                [] (void *cls) { (*static_cast<int *> (cls))++; }, &left);
          })
      .until ("the wish", [this] { return service_.heard<AppLeavePlace> (1); })
      .act (
          [this]
          {
            SocialResult result;
            result.query_id
                = service_.newest ().last<AppLeavePlace> ().query_id;
            service_.newest ().say (result);
          })
      .until ("the end", [&] { return 1 == left; })
      .run ();
  EXPECT_TRUE (seen_.decisions.empty ());
}
} // namespace
