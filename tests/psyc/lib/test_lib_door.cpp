// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Who comes in, what slaves ask for, how handles end.
#include "lib_fixture.hpp"

#include "psyc/message/parts.hpp"

using namespace test;

namespace
{
struct Question
{
  std::vector<struct GNUNET_PSYC_JoinHandle *> handles;
  std::string said; // method of the last join message
  bool has_key = false;
  std::function<void ()> on_question;
};

// The master's closure is the recorder; the questions are kept beside it.
Question *questions = nullptr;

void
join_cb (void *, const struct GNUNET_PSYC_JoinRequestMessage *request,
         const struct GNUNET_CRYPTO_EcdsaPublicKey *slave_key,
         const struct GNUNET_PSYC_Message *join_msg,
         struct GNUNET_PSYC_JoinHandle *handle) noexcept
{
  questions->handles.push_back (handle);
  questions->has_key = 0
                       == std::memcmp (slave_key, &request->slave_pub_key,
                                       sizeof (*slave_key));
  questions->said.clear ();
  if (nullptr != join_msg)
  {
    psyc::PartReader reader (
        { reinterpret_cast<const std::uint8_t *> (&join_msg[1]),
          ntohs (join_msg->header.size) - sizeof (*join_msg) });
    if (const auto part = reader.next ())
      questions->said = std::get<psyc::MethodPart> (*part).name;
  }
  Recorder::call (questions->on_question);
}

base::Bytes
whole_message (std::string_view method)
{
  auto *message = GNUNET_PSYC_message_create (std::string (method).c_str (),
                                              nullptr, nullptr, 0);
  const auto *begin = reinterpret_cast<const std::uint8_t *> (message);
  base::Bytes out (begin, begin + ntohs (message->header.size));
  GNUNET_free (message);
  return out;
}

class PsycDoor : public PsycLib
{
protected:
  PsycDoor ()
  {
    questions = &asked;
    join_cb_ = &join_cb;
    member.bytes[3] = 7;
  }

  void
  ask (std::uint64_t join_id)
  {
    service_.newest ().say (local::JoinRequest{
        join_id, member, { whole_message ("_request_enter") } });
  }

  Question asked;
  base::MemberKey member;
};
} // namespace

TEST_F (PsycDoor, AQuestionIsAskedAndAnsweredOnce)
{
  begin_master ();
  script_.act ([&] { ask (4); })
      .until ("the question", [&] { return ! asked.handles.empty (); })
      .act (
          [&]
          {
            EXPECT_EQ (asked.said, "_request_enter");
            EXPECT_TRUE (asked.has_key);
            struct GNUNET_PSYC_Message large = {};
            large.header.size = htons (40000);
            std::vector<std::uint8_t> room (40000);
            std::memcpy (room.data (), &large, sizeof (large));
            GNUNET_PSYC_join_pending (asked.handles[0]);
            EXPECT_EQ (GNUNET_PSYC_join_decision (
                           asked.handles[0], GNUNET_YES, 0, nullptr,
                           reinterpret_cast<struct GNUNET_PSYC_Message *> (
                               room.data ())),
                       GNUNET_SYSERR);
            const auto answer = whole_message ("_notice_welcome");
            EXPECT_EQ (
                GNUNET_PSYC_join_decision (
                    asked.handles[0], GNUNET_YES, 0, nullptr,
                    reinterpret_cast<const struct GNUNET_PSYC_Message *> (
                        answer.data ())),
                GNUNET_OK);
          })
      .until ("the decision",
              [&] { return service_.heard<local::JoinDecision> (0); })
      .act (
          [&]
          {
            EXPECT_EQ (service_.newest ().last<local::JoinPending> ().join_id,
                       4u);
            const auto decision
                = service_.newest ().last<local::JoinDecision> ();
            EXPECT_EQ (decision.join_id, 4u);
            EXPECT_EQ (decision.admission, local::Admission::admitted);
            EXPECT_EQ (decision.answer.bytes,
                       whole_message ("_notice_welcome"));
          });
  end_master ();
  script_.run ();
}

TEST_F (PsycDoor, AnAnswerToAConnectionThatIsGoneSaysNothing)
{
  begin_master ();
  script_.act ([&] { ask (1); })
      .until ("the question", [&] { return 1 == asked.handles.size (); });
  come_back<local::MasterStart> (1, 0);
  script_.act ([&] { ask (1); })
      .until ("the question again", [&] { return 2 == asked.handles.size (); })
      .act (
          [&]
          {
            (void)GNUNET_PSYC_join_decision (asked.handles[0], GNUNET_NO, 0,
                                             nullptr, nullptr);
            (void)GNUNET_PSYC_join_decision (asked.handles[1], GNUNET_YES, 0,
                                             nullptr, nullptr);
          })
      .until ("a decision",
              [&] { return service_.heard<local::JoinDecision> (1); })
      .rest (20)
      .act (
          [&]
          {
            EXPECT_EQ (service_.newest ().count<local::JoinDecision> (), 1u);
            EXPECT_EQ (
                service_.newest ().last<local::JoinDecision> ().admission,
                local::Admission::admitted);
          });
  end_master ();
  script_.run ();
}

TEST_F (PsycDoor, TheMasterMayStopInsideTheQuestion)
{
  begin_master ();
  script_
      .act (
          [&]
          {
            asked.on_question = [&]
            {
              (void)GNUNET_PSYC_join_decision (asked.handles[0], GNUNET_NO, 0,
                                               nullptr, nullptr);
              stop_master_at_once ();
            };
            ask (1);
            ask (2);
          })
      .until ("a Part", [&] { return service_.heard<local::Part> (0); })
      .act ([&] { service_.newest ().say (local::PartAck{}); })
      .until ("the end", [&] { return 1 == seen_.stops; })
      .act ([&] { EXPECT_EQ (asked.handles.size (), 1u); });
  script_.run ();
}

// ---- A slave's side ----------------------------------------------------

namespace
{
struct Verdicts
{
  std::vector<int> all;
  std::string said;
  std::vector<int> links;
};
Verdicts *verdicts = nullptr;

void
decision_cb (void *, const struct GNUNET_PSYC_JoinDecisionMessage *decision,
             int is_admitted,
             const struct GNUNET_PSYC_Message *join_msg) noexcept
{
  EXPECT_EQ (static_cast<int> (
                 ntohl (static_cast<std::uint32_t> (decision->is_admitted))),
             is_admitted);
  verdicts->all.push_back (is_admitted);
  verdicts->said = nullptr == join_msg ? "nothing" : "something";
}

void
link_cb (void *, enum GNUNET_MULTICAST_MemberState state) noexcept
{
  verdicts->links.push_back (state);
}

class PsycJoining : public PsycLib
{
protected:
  PsycJoining () { verdicts = &got; }

  void
  begin_slave ()
  {
    script_
        .act (
            [this]
            {
              service_.start ();
              const auto message = whole_message ("_request_enter");
              slave = join_slave (
                  seen_, &decision_cb,
                  reinterpret_cast<const struct GNUNET_PSYC_Message *> (
                      message.data ()));
            })
        .until ("a hello",
                [this] { return service_.heard<local::SlaveJoin> (0); })
        .act ([this] { service_.newest ().say (started (0)); })
        .until ("the start", [this] { return 1 == seen_.starts; });
  }

  void
  end_slave ()
  {
    script_
        .act (
            [this] {
              GNUNET_PSYC_slave_part (slave, GNUNET_NO, &Recorder::stop_cb,
                                      &seen_);
            })
        .until ("a Part", [this]
                { return 1 == service_.newest ().count<local::Part> (); })
        .act ([this] { service_.newest ().say (local::PartAck{}); })
        .until ("the end", [this] { return 1 == seen_.stops; });
  }

  void
  verdict (local::Admission admission, bool is_remembered)
  {
    service_.newest ().say (local::JoinVerdict{ admission, is_remembered, {} });
  }

  Verdicts got;
  struct GNUNET_PSYC_Slave *slave = nullptr;
};
} // namespace

TEST_F (PsycJoining, TheHelloCarriesWhatIsSaidAtTheDoorEachTime)
{
  begin_slave ();
  come_back<local::SlaveJoin> (1, 0);
  script_.until ("a second start", [&] { return 2 == seen_.starts; })
      .act (
          [&]
          {
            for (std::size_t i = 0; i < 2; i++)
            {
              const auto hello
                  = service_.connection (i).last<local::SlaveJoin> ();
              EXPECT_EQ (hello.join_message.bytes,
                         whole_message ("_request_enter"));
              EXPECT_FALSE (hello.origin.has_value ());
            }
          });
  end_slave ();
  script_.run ();
}

TEST_F (PsycJoining, AVerdictThatWasHeardIsNotHeardAgainFromMemory)
{
  begin_slave ();
  script_.act ([&] { verdict (local::Admission::admitted, false); })
      .until ("yes", [&] { return 1 == got.all.size (); });
  come_back<local::SlaveJoin> (1, 0);
  script_
      .act (
          [&]
          {
            verdict (local::Admission::admitted, true);
            verdict (local::Admission::refused, false);
          })
      .until ("no", [&] { return 2 == got.all.size (); })
      .act (
          [&]
          {
            EXPECT_EQ (got.all, (std::vector<int>{ GNUNET_YES, GNUNET_NO }));
            EXPECT_EQ (got.said, "nothing");
          });
  end_slave ();
  script_.run ();
}

TEST_F (PsycJoining, ARememberedVerdictIsToldToAHandleThatIsNew)
{
  begin_slave ();
  script_.act ([&] { verdict (local::Admission::admitted, true); })
      .until ("yes", [&] { return 1 == got.all.size (); });
  end_slave ();
  script_.run ();
}

TEST_F (PsycJoining, TheLinkIsWatched)
{
  begin_slave ();
  script_.act ([&] { service_.newest ().say (local::LinkState{ 2 }); })
      .rest (20)
      .act (
          [&]
          {
            GNUNET_PSYC_slave_watch (slave, &link_cb, nullptr);
            EXPECT_TRUE (got.links.empty ());
          })
      .until ("the state of now", [&] { return 1 == got.links.size (); })
      .act ([&] { service_.newest ().say (local::LinkState{ 3 }); })
      .until ("attached", [&] { return 2 == got.links.size (); })
      .act ([&] { service_.restart (); })
      .until ("lost", [&] { return 3 == got.links.size (); })
      .act (
          [&]
          {
            EXPECT_EQ (got.links,
                       (std::vector<int>{
                           GNUNET_MULTICAST_MEMBER_STATE_PENDING,
                           GNUNET_MULTICAST_MEMBER_STATE_ATTACHED,
                           GNUNET_MULTICAST_MEMBER_STATE_SERVICE_LOST }));
          })
      .until ("a hello again",
              [&] { return service_.heard<local::SlaveJoin> (1); })
      .act ([&] { service_.newest ().say (started (0)); })
      .until ("a second start", [&] { return 2 == seen_.starts; });
  end_slave ();
  script_.run ();
}

// ---- Requests ----------------------------------------------------------

namespace
{
struct Offers
{
  std::vector<std::uint64_t> ids;
  std::function<void (const struct GNUNET_CRYPTO_EcdsaPublicKey *,
                      std::uint64_t)>
      on_offer;

  static void
  request_cb (void *cls, const struct GNUNET_CRYPTO_EcdsaPublicKey *slave_key,
              std::uint64_t request_id,
              const struct GNUNET_PSYC_MessageHeader *) noexcept
  {
    auto *self = static_cast<Offers *> (cls);
    self->ids.push_back (request_id);
    const auto hook = self->on_offer;
    if (hook)
      hook (slave_key, request_id);
  }
};

class PsycRequests : public PsycLib
{
protected:
  PsycRequests () { member.bytes[0] = 1; }

  void
  offer (std::uint64_t request_id, bool is_last = true,
         std::uint64_t offset = 0, const base::Bytes &parts = {})
  {
    service_.newest ().say (local::Request{
        member, request_id, is_last,
        fragment_bytes (request_id, offset,
                        parts.empty () ? parts_of_message ("_talk", "hi")
                                       : parts) });
  }

  void
  settle (std::uint64_t request_id)
  {
    service_.newest ().say (local::RequestSettled{ member, request_id });
  }

  [[nodiscard]] struct GNUNET_CRYPTO_EcdsaPublicKey
  key () const
  {
    return shell::to_gnunet<struct GNUNET_CRYPTO_EcdsaPublicKey> (member);
  }

  void
  begin_explicit ()
  {
    script_.act (
        [this]
        {
          service_.start ();
          master_ = start_master (seen_);
          GNUNET_PSYC_master_handle_requests (master_, &Offers::request_cb,
                                              &offers);
        });
    script_
        .until ("a hello",
                [this] { return service_.heard<local::MasterStart> (0); })
        .act (
            [this]
            {
              EXPECT_TRUE (local::has_flag (
                  service_.newest ().last<local::MasterStart> ().flags,
                  local::MasterFlags::explicit_requests));
              service_.newest ().say (started (0));
            });
  }

  Offers offers;
  base::MemberKey member;
};
} // namespace

TEST_F (PsycRequests, ADecisionIsSaidAgainUntilItIsSettled)
{
  begin_explicit ();
  script_.act ([&] { offer (11); })
      .until ("the offer", [&] { return 1 == offers.ids.size (); })
      .act (
          [&]
          {
            const auto slave = key ();
            GNUNET_PSYC_master_request_refuse (master_, &slave, 11, 3, "no");
            GNUNET_PSYC_master_request_accept (master_, &slave, 11); // late
            GNUNET_PSYC_master_request_accept (master_, &slave, 12); // unknown
          })
      .until ("the decision",
              [&] { return service_.heard<local::RequestDecision> (0); });
  come_back<local::MasterStart> (1, 0);
  script_.act ([&] { offer (11); })
      .until ("the decision again",
              [&] { return service_.heard<local::RequestDecision> (1); })
      .act (
          [&]
          {
            const auto decision
                = service_.newest ().last<local::RequestDecision> ();
            EXPECT_EQ (decision.request_id, 11u);
            EXPECT_EQ (decision.action, local::RequestAction::refuse);
            EXPECT_EQ (decision.code, 3u);
            EXPECT_EQ (decision.reason, "no");
            settle (11);
          })
      .rest (20);
  come_back<local::MasterStart> (2, 0);
  script_.until ("a third start", [&] { return 3 == seen_.starts; })
      .rest (20)
      .act (
          [&]
          {
            EXPECT_EQ (service_.newest ().count<local::RequestDecision> (), 0u);
            EXPECT_EQ (offers.ids.size (), 1u);
          });
  end_master ();
  script_.run ();
}

TEST_F (PsycRequests, AnUndecidedOneIsOfferedOnce)
{
  begin_explicit ();
  script_.act ([&] { offer (11); })
      .until ("the offer", [&] { return 1 == offers.ids.size (); });
  come_back<local::MasterStart> (1, 0);
  script_
      .act (
          [&]
          {
            offer (11);
            offer (12);
          })
      .until ("the next", [&] { return 2 == offers.ids.size (); })
      .act (
          [&]
          {
            EXPECT_EQ (offers.ids, (std::vector<std::uint64_t>{ 11, 12 }));
            const auto slave = key ();
            GNUNET_PSYC_master_request_accept (master_, &slave, 11);
          })
      .until ("the decision",
              [&] { return service_.heard<local::RequestDecision> (1); });
  end_master ();
  script_.run ();
}

TEST_F (PsycRequests, ARelayCarriesItsModifiers)
{
  begin_explicit ();
  script_
      .act (
          [&]
          {
            offers.on_offer
                = [&] (const struct GNUNET_CRYPTO_EcdsaPublicKey *slave,
                       std::uint64_t request_id)
            {
              auto *env = GNUNET_PSYC_env_create ();
              GNUNET_PSYC_env_add (env, GNUNET_PSYC_OP_SET, "_nym_author",
                                   "ALICE", 5);
              GNUNET_PSYC_master_request_relay (master_, slave, request_id,
                                                env);
              GNUNET_PSYC_env_destroy (env);
            };
            offer (1);
          })
      .until ("the decision",
              [&] { return service_.heard<local::RequestDecision> (0); })
      .act (
          [&]
          {
            const auto decision
                = service_.newest ().last<local::RequestDecision> ();
            EXPECT_EQ (decision.action, local::RequestAction::relay);
            psyc::PartReader reader (decision.modifiers.bytes);
            const auto part = reader.next ();
            ASSERT_TRUE (part.has_value ());
            EXPECT_EQ (std::get<psyc::ModifierPart> (*part).name,
                       "_nym_author");
            EXPECT_TRUE (seen_.messages.empty ());
          });
  end_master ();
  script_.run ();
}

TEST_F (PsycRequests, ModifiersTooLargeToRelayRefuseIt)
{
  const std::string large (50000, 'x');
  begin_explicit ();
  script_.act ([&] { offer (1); })
      .until ("the offer", [&] { return 1 == offers.ids.size (); })
      .act (
          [&]
          {
            const auto slave = key ();
            auto *env = GNUNET_PSYC_env_create ();
            GNUNET_PSYC_env_add (env, GNUNET_PSYC_OP_SET, "_large",
                                 large.data (), large.size ());
            GNUNET_PSYC_master_request_relay (master_, &slave, 1, env);
            GNUNET_PSYC_env_destroy (env);
          })
      .until ("the decision",
              [&] { return service_.heard<local::RequestDecision> (0); })
      .act (
          [&]
          {
            EXPECT_EQ (
                service_.newest ().last<local::RequestDecision> ().action,
                local::RequestAction::refuse);
          });
  end_master ();
  script_.run ();
}

TEST_F (PsycRequests, WithoutAHandlerTheyAreDeliveredAndThenAccepted)
{
  begin_master ();
  script_.act ([&] { offer (9, false, 0, method_part ("_talk")); })
      .until ("its beginning", [&] { return 1 == seen_.messages.size (); })
      .act (
          [&]
          {
            EXPECT_EQ (seen_.flags, static_cast<std::uint32_t> (
                                        GNUNET_PSYC_MESSAGE_REQUEST));
          });
  // In the middle the service dies: it begins anew, the application does not.
  come_back<local::MasterStart> (1, 0);
  script_
      .act (
          [&]
          {
            const auto method = method_part ("_talk");
            EXPECT_EQ (service_.connection (0).count<local::RequestDecision> (),
                       0u);
            offer (9, false, 0, method);
            offer (9, true, method.size (), end_part ());
          })
      .until ("the decision",
              [&] { return service_.heard<local::RequestDecision> (1); })
      .act (
          [&]
          {
            EXPECT_EQ (seen_.messages.size (), 2u);
            EXPECT_EQ (
                service_.newest ().last<local::RequestDecision> ().action,
                local::RequestAction::accept);
          });
  end_master ();
  script_.run ();
}

TEST_F (PsycRequests, MasterRelaySendsItOnUnchanged)
{
  begin_master ();
  script_
      .act (
          [&]
          {
            EXPECT_EQ (GNUNET_PSYC_master_relay (master_, 9), nullptr);
            seen_.on_message = [&]
            { EXPECT_NE (GNUNET_PSYC_master_relay (master_, 9), nullptr); };
            offer (9);
          })
      .until ("the decision",
              [&] { return service_.heard<local::RequestDecision> (0); })
      .act (
          [&]
          {
            EXPECT_EQ (
                service_.newest ().last<local::RequestDecision> ().action,
                local::RequestAction::relay);
          });
  end_master ();
  script_.run ();
}

TEST_F (PsycRequests, TheMasterMayStopInsideTheOffer)
{
  begin_explicit ();
  script_
      .act (
          [&]
          {
            offers.on_offer
                = [&] (const struct GNUNET_CRYPTO_EcdsaPublicKey *slave,
                       std::uint64_t request_id)
            {
              GNUNET_PSYC_master_request_accept (master_, slave, request_id);
              stop_master_at_once ();
            };
            offer (1);
            offer (2);
          })
      .until ("a Part", [&] { return service_.heard<local::Part> (0); })
      .act ([&] { service_.newest ().say (local::PartAck{}); })
      .until ("the end", [&] { return 1 == seen_.stops; })
      .act ([&] { EXPECT_EQ (offers.ids.size (), 1u); });
  script_.run ();
}

TEST_F (PsycRequests, MembersAreWatched)
{
  static std::vector<int> events;
  events.clear ();
  begin_master ();
  script_
      .act (
          [&]
          {
            GNUNET_PSYC_master_watch_members (
                master_,
                [] (void *, const struct GNUNET_CRYPTO_EcdsaPublicKey *,
                    enum GNUNET_MULTICAST_MemberEvent event)
                { events.push_back (event); },
                nullptr);
          })
      .until ("the wish", [&] { return service_.heard<local::MasterMode> (0); })
      .act (
          [&] {
            service_.newest ().say (local::MemberEvent{ member, 1 });
          })
      .until ("an event", [&] { return 1 == events.size (); });
  come_back<local::MasterStart> (1, 0);
  script_.act (
      [&]
      {
        EXPECT_TRUE (local::has_flag (
            service_.newest ().last<local::MasterStart> ().flags,
            local::MasterFlags::watch_members));
      });
  script_.until ("a second start", [&] { return 2 == seen_.starts; });
  end_master ();
  script_.run ();
}

// ---- Ending ------------------------------------------------------------

namespace
{
using PsycEnding = PsycLib;
}

TEST_F (PsycEnding, WithoutAServiceItEndsByItself)
{
  script_
      .act (
          [&]
          {
            master_ = start_master (seen_);
            GNUNET_PSYC_master_stop (master_, GNUNET_NO, &Recorder::stop_cb,
                                     &seen_);
            EXPECT_EQ (seen_.stops, 0);
          })
      .until ("the end", [&] { return 1 == seen_.stops; })
      .act ([&] { EXPECT_EQ (seen_.starts, 0); });
  script_.run ();
}

TEST_F (PsycEnding, AServiceThatDiesInThePartIsToldAgain)
{
  begin_master ();
  script_
      .act (
          [&] {
            GNUNET_PSYC_master_stop (master_, GNUNET_NO, &Recorder::stop_cb,
                                     &seen_);
          })
      .until ("a Part", [&] { return service_.heard<local::Part> (0); })
      .act (
          [&]
          {
            EXPECT_EQ (seen_.stops, 0);
            service_.restart ();
          })
      .until ("the Part again", [&] { return service_.heard<local::Part> (1); })
      .act (
          [&]
          {
            EXPECT_TRUE (service_.heard<local::MasterStart> (1));
            service_.newest ().say (started (0));
            service_.newest ().say (whole_fragment (1));
            service_.newest ().say (local::PartAck{});
          })
      .until ("the end", [&] { return 1 == seen_.stops; })
      .act (
          [&]
          {
            EXPECT_EQ (seen_.starts, 1);
            EXPECT_TRUE (seen_.messages.empty ());
          });
  script_.run ();
}

TEST_F (PsycEnding, AServiceThatStaysAwayHoldsNobodyUp)
{
  begin_master ();
  script_
      .act (
          [&] {
            GNUNET_PSYC_master_stop (master_, GNUNET_NO, &Recorder::stop_cb,
                                     &seen_);
          })
      .until ("a Part", [&] { return service_.heard<local::Part> (0); })
      .act ([&] { service_.stop (); })
      .until ("the end", [&] { return 1 == seen_.stops; });
  script_.run ();
}

TEST_F (PsycEnding, NothingIsCalledAfterTheStopInsideAnyCallback)
{
  begin_master ();
  script_
      .act (
          [&]
          {
            seen_.on_message = [&] { stop_master_at_once (); };
            service_.newest ().say (whole_fragment (1));
            service_.newest ().say (whole_fragment (2));
          })
      .until ("a Part", [&] { return service_.heard<local::Part> (0); })
      .act (
          [&]
          {
            EXPECT_TRUE (service_.newest ().last<local::Part> ().keep_active);
            service_.newest ().say (whole_fragment (3));
            service_.newest ().say (local::PartAck{});
          })
      .until ("the end", [&] { return 1 == seen_.stops; })
      .act (
          [&]
          {
            EXPECT_EQ (seen_.messages.size (), 1u);
            EXPECT_TRUE (seen_.parts.empty ());
          });
  script_.run ();
}

TEST_F (PsycEnding, TheStopInsideAPartCallbackEndsTheParts)
{
  begin_master ();
  script_
      .act (
          [&]
          {
            seen_.on_part = [&] { stop_master_at_once (); };
            service_.newest ().say (whole_fragment (1));
          })
      .until ("a Part", [&] { return service_.heard<local::Part> (0); })
      .act ([&] { service_.newest ().say (local::PartAck{}); })
      .until ("the end", [&] { return 1 == seen_.stops; })
      .act ([&] { EXPECT_EQ (seen_.parts.size (), 1u); });
  script_.run ();
}

TEST_F (PsycEnding, TheStopInsideTheStartCallback)
{
  script_
      .act (
          [&]
          {
            service_.start ();
            seen_.on_start = [&] { stop_master_at_once (); };
            master_ = start_master (seen_);
          })
      .until ("a hello", [&] { return service_.heard<local::MasterStart> (0); })
      .act ([&] { service_.newest ().say (started (0)); })
      .until ("a Part", [&] { return service_.heard<local::Part> (0); })
      .act ([&] { service_.newest ().say (local::PartAck{}); })
      .until ("the end", [&] { return 1 == seen_.stops; });
  script_.run ();
}
