// SPDX-License-Identifier: AGPL-3.0-or-later
//
// libgnunetmulticast against the real service, with no CADET to be had:
// numbering, write-ahead, restarts, several clients, bad clients, and handles
// destroyed from inside callbacks.
#include "service_fixture.hpp"

#include "gnunet_multicast_service.h"

namespace
{
struct Fragment
{
  std::uint64_t id;
  std::uint64_t message_id;
  std::uint64_t offset;
  std::uint32_t flags;
  std::string body;
  base::Bytes raw;
};

// An origin's client that keeps all it is told.
struct Host
{
  explicit Host (const struct GNUNET_CONFIGURATION_Handle *c) : cfg (c)
  {
    GNUNET_CRYPTO_eddsa_key_create (&key);
  }
  Host (const Host &) = delete;
  Host &operator= (const Host &) = delete;

  void
  open (int is_unclean = GNUNET_NO)
  {
    struct GNUNET_MULTICAST_OriginCallbacks callbacks = {};
    callbacks.message_cb
        = [] (void *cls, const struct GNUNET_MULTICAST_MessageHeader *m)
    { static_cast<Host *> (cls)->on_message (m); };
    callbacks.state_cb = [] (void *cls, enum GNUNET_MULTICAST_OriginState state,
                             const struct GNUNET_MULTICAST_Head *)
    { static_cast<Host *> (cls)->states.push_back (state); };
    origin = GNUNET_MULTICAST_origin_open (cfg, &key, 3, nullptr, is_unclean,
                                           &callbacks, this);
  }
  int
  send (std::uint64_t message_id, const std::string &body)
  {
    return GNUNET_MULTICAST_origin_fragment_send (
        origin, message_id, 0, 0, GNUNET_MULTICAST_MESSAGE_NOT_FRAGMENTED,
        body.data (), static_cast<std::uint16_t> (body.size ()));
  }
  void
  on_message (const struct GNUNET_MULTICAST_MessageHeader *m)
  {
    const char *body = reinterpret_cast<const char *> (m + 1);
    const auto *raw = reinterpret_cast<const std::uint8_t *> (m);
    const std::size_t size = ntohs (m->header.size);
    echoes.push_back ({ GNUNET_ntohll (m->fragment_id),
                        GNUNET_ntohll (m->message_id),
                        GNUNET_ntohll (m->fragment_offset),
                        ntohl (m->flags),
                        { body, size - sizeof (*m) },
                        { raw, raw + size } });
    if (on_echo)
      on_echo ();
  }
  void
  store (std::uint64_t id)
  {
    GNUNET_MULTICAST_origin_fragment_stored (origin, id);
  }
  void
  close ()
  {
    if (nullptr != origin)
      GNUNET_MULTICAST_origin_close (std::exchange (origin, nullptr));
  }
  [[nodiscard]] bool
  has_state (enum GNUNET_MULTICAST_OriginState state) const
  {
    return std::count (states.begin (), states.end (), state) > 0;
  }

  const struct GNUNET_CONFIGURATION_Handle *cfg;
  struct GNUNET_CRYPTO_EddsaPrivateKey key;
  struct GNUNET_MULTICAST_Origin *origin = nullptr;
  std::vector<Fragment> echoes;
  std::vector<enum GNUNET_MULTICAST_OriginState> states;
  std::function<void ()> on_echo;
};

class Library : public ServiceTest
{
};

TEST_F (Library, FragmentsComeBackNumberedAndSigned)
{
  start_service ();
  Host host (cfg_);
  Scenario ()
      .act (
          [&]
          {
            host.open ();
            EXPECT_EQ (GNUNET_OK, host.send (7, "hello"));
            EXPECT_EQ (
                GNUNET_OK,
                host.send (8, std::string (
                                  GNUNET_MULTICAST_FRAGMENT_MAX_PAYLOAD, 'x')));
            EXPECT_TRUE (host.echoes.empty ()); // never before return
          })
      .until ([&] { return 2 == host.echoes.size (); })
      .act ([&] { host.close (); })
      .run ();
  ASSERT_EQ (2U, host.echoes.size ());
  EXPECT_EQ (1U, host.echoes[0].id);
  EXPECT_EQ (7U, host.echoes[0].message_id);
  EXPECT_EQ ("hello", host.echoes[0].body);
  EXPECT_EQ (3U, host.echoes[0].flags);
  EXPECT_EQ (2U, host.echoes[1].id);
  EXPECT_EQ (GNUNET_MULTICAST_FRAGMENT_MAX_PAYLOAD
                 + sizeof (struct GNUNET_MULTICAST_MessageHeader),
             host.echoes[1].raw.size ());
  const auto *header
      = reinterpret_cast<const struct GNUNET_MULTICAST_MessageHeader *> (
          host.echoes[1].raw.data ());
  struct GNUNET_CRYPTO_EddsaPublicKey group;
  GNUNET_CRYPTO_eddsa_key_get_public (&host.key, &group);
  EXPECT_EQ (GNUNET_OK, GNUNET_CRYPTO_eddsa_verify_ (
                            19, &header->purpose, &header->signature, &group));
}

TEST_F (Library, TooLargeABodyIsRefusedAtOnce)
{
  Host host (cfg_);
  Scenario ()
      .act (
          [&]
          {
            host.open ();
            EXPECT_EQ (
                GNUNET_SYSERR,
                host.send (
                    1, std::string (GNUNET_MULTICAST_FRAGMENT_MAX_PAYLOAD + 1,
                                    'x')));
            host.close ();
          })
      .run ();
}

TEST_F (Library, WaitsForAServiceThatComesLater)
{
  Host host (cfg_);
  Scenario ()
      .act (
          [&]
          {
            host.open ();
            EXPECT_EQ (GNUNET_OK, host.send (1, "early"));
            start_service ();
          })
      .until ([&] { return 1 == host.echoes.size (); })
      .until ([&] { return host.has_state (GNUNET_MULTICAST_ORIGIN_STARTED); })
      .act ([&] { host.close (); })
      .run ();
}

TEST_F (Library, AtMostFourMebibytesWaitForTheService)
{
  Host host (cfg_);
  Scenario ()
      .act (
          [&]
          {
            host.open ();
            const std::string body (60000, 'x');
            int result = GNUNET_OK;
            std::uint64_t count = 0;
            while (GNUNET_OK == result && count < 1000)
              result = host.send (++count, body);
            EXPECT_EQ (GNUNET_NO, result);
            EXPECT_LT (count, 75U);
            host.close ();
          })
      .run ();
}

TEST_F (Library, AKilledServiceLosesNothingAndNumbersNothingTwice)
{
  start_service ();
  Host host (cfg_);
  Scenario ()
      .act (
          [&]
          {
            host.open ();
            for (std::uint64_t id = 1; id <= 10; id++)
              host.send (id, "m" + std::to_string (id));
          })
      .until ([&] { return 10 == host.echoes.size (); })
      .act (
          [&]
          {
            host.store (4); // 5 to 10 are echoed and not stored
            (void)stop_service (SIGKILL);
          })
      .until ([&]
              { return host.has_state (GNUNET_MULTICAST_ORIGIN_SERVICE_LOST); })
      .act (
          [&]
          {
            host.send (11, "m11");
            host.store (6);
            start_service ();
          })
      .until ([&] { return 11 == host.echoes.size (); })
      .act ([&] { host.store (11); })
      .act ([&] { host.send (12, "m12"); })
      .until ([&] { return 12 == host.echoes.size (); })
      .act ([&] { host.close (); })
      .run ();
  ASSERT_EQ (12U, host.echoes.size ());
  for (std::uint64_t id = 1; id <= 12; id++)
  {
    EXPECT_EQ (id, host.echoes[id - 1].id);
    EXPECT_EQ ("m" + std::to_string (id), host.echoes[id - 1].body);
  }
}

TEST_F (Library, WhatCouldNotBeStoredNeverWas)
{
  start_service ();
  Host host (cfg_);
  Scenario ()
      .act (
          [&]
          {
            host.open ();
            for (std::uint64_t id = 1; id <= 5; id++)
              host.send (id, "old");
          })
      .until ([&] { return 3 <= host.echoes.size (); })
      .act (
          [&]
          {
            host.store (2);
            host.send (6, "on its way");
            GNUNET_MULTICAST_origin_fragment_discard (host.origin, 3);
            host.echoes.clear ();
            host.send (3, "new");
          })
      .until ([&] { return 1 == host.echoes.size (); })
      .act ([&] { host.close (); })
      .run ();
  ASSERT_EQ (1U, host.echoes.size ());
  EXPECT_EQ (3U, host.echoes[0].id);
  EXPECT_EQ ("new", host.echoes[0].body);
}

TEST_F (Library, AnUncleanOriginProbesBeforeItSends)
{
  start_service ();
  Host host (cfg_);
  base::TimePoint begun;
  Scenario ()
      .act (
          [&]
          {
            begun = shell::now ();
            host.open (GNUNET_YES);
            host.send (1, "after the probe");
          })
      .until ([&] { return 1 == host.echoes.size (); })
      .act (
          [&]
          {
            EXPECT_LE (base::milliseconds (200), shell::now () - begun);
            host.close ();
          })
      .run ();
}

TEST_F (Library, TheHandleMayGoInsideAnyCallback)
{
  start_service ();
  Host host (cfg_);
  bool is_stopped = false;
  Scenario ()
      .act (
          [&]
          {
            host.on_echo = [&]
            {
              GNUNET_MULTICAST_origin_stop (
                  std::exchange (host.origin, nullptr),
                  [] (void *cls) { *static_cast<bool *> (cls) = true; },
                  &is_stopped);
              EXPECT_FALSE (is_stopped);
            };
            host.open ();
            host.send (1, "one");
            host.send (2, "two");
          })
      .until ([&] { return is_stopped; })
      .run ();
  EXPECT_EQ (1U, host.echoes.size ());
  EXPECT_TRUE (is_service_alive ());
}

TEST_F (Library, StoppingWithoutAServiceEndsToo)
{
  Host host (cfg_);
  bool is_stopped = false;
  Scenario ()
      .act (
          [&]
          {
            host.open ();
            GNUNET_MULTICAST_origin_stop (
                std::exchange (host.origin, nullptr),
                [] (void *cls) { *static_cast<bool *> (cls) = true; },
                &is_stopped);
          })
      .until ([&] { return is_stopped; })
      .run ();
}

TEST_F (Library, TwoClientsOfOneOriginGetEverythingAndGoAlone)
{
  start_service ();
  Host first (cfg_);
  Host second (cfg_);
  second.key = first.key;
  Scenario ()
      .act ([&] { first.open (); })
      .until ([&] { return first.has_state (GNUNET_MULTICAST_ORIGIN_STARTED); })
      .act ([&] { second.open (); })
      .until ([&]
              { return second.has_state (GNUNET_MULTICAST_ORIGIN_STARTED); })
      .act ([&] { first.send (1, "of the first"); })
      .until ([&] { return 1 == second.echoes.size (); })
      .act ([&] { second.send (2, "of the second"); })
      .until ([&] { return 2 == first.echoes.size (); })
      .act ([&] { first.store (2); })
      .until ([&] { return 2 == second.echoes.size (); })
      .act ([&] { first.close (); })
      .act ([&] { second.send (3, "alone"); })
      .until ([&] { return 3 == second.echoes.size (); })
      .act ([&] { second.close (); })
      .run ();
  ASSERT_EQ (3U, second.echoes.size ());
  EXPECT_EQ (3U, second.echoes[2].id);
}

// Says raw bytes to the service and tells whether it was let go.
struct RawClient
{
  void
  connect (const struct GNUNET_CONFIGURATION_Handle *cfg)
  {
    const auto handlers = shell::message_handlers<multicast::ServiceMessages> (
        [] (void *, const struct GNUNET_MessageHeader *) {}, this);
    mq = GNUNET_CLIENT_connect (
        cfg, "multicast", handlers.data (),
        [] (void *cls, enum GNUNET_MQ_Error)
        { static_cast<RawClient *> (cls)->is_dropped = true; },
        this);
  }
  void
  close ()
  {
    if (nullptr != mq)
      GNUNET_MQ_destroy (std::exchange (mq, nullptr));
  }
  struct GNUNET_MQ_Handle *mq = nullptr;
  bool is_dropped = false;
};

TEST_F (Library, MalformedMessagesDropThatClientAlone)
{
  start_service ();
  Host host (cfg_);
  std::vector<base::Bytes> bad;
  multicast::ClientMessages::for_each (
      [&]<typename M> ()
      {
        // Every message cut short, and every one before an open.
        base::Bytes bytes = wire::must_encode (M{});
        bad.push_back (bytes);
        bytes.pop_back ();
        bytes[0] = static_cast<std::uint8_t> (bytes.size () >> 8);
        bytes[1] = static_cast<std::uint8_t> (bytes.size ());
        bad.push_back (bytes);
      });
  // An open that says nothing wrong, and a leave, are no reason to go.
  std::erase_if (bad,
                 [] (const base::Bytes &bytes)
                 {
                   return wire::decode<multicast::ClientOriginOpen> (bytes)
                          || wire::decode<multicast::ClientMemberOpen> (bytes)
                          || wire::decode<multicast::ClientLeave> (bytes);
                 });
  std::vector<std::unique_ptr<RawClient>> clients;
  Scenario scenario;
  scenario.act ([&] { host.open (); })
      .until ([&] { return host.has_state (GNUNET_MULTICAST_ORIGIN_STARTED); })
      .act (
          [&]
          {
            for (const base::Bytes &bytes : bad)
            {
              auto &client
                  = clients.emplace_back (std::make_unique<RawClient> ());
              client->connect (cfg_);
              shell::send_bytes (client->mq, bytes);
            }
          })
      .until (
          [&]
          {
            return std::all_of (clients.begin (), clients.end (),
                                [] (const auto &c) { return c->is_dropped; });
          })
      .act (
          [&]
          {
            for (auto &client : clients)
              client->close ();
            host.send (1, "still here");
          })
      .until ([&] { return 1 == host.echoes.size (); })
      .act ([&] { host.close (); })
      .run ();
  EXPECT_TRUE (is_service_alive ());
}

TEST_F (Library, AClientThatVanishesLeavesNothing)
{
  start_service ();
  Host host (cfg_);
  Host again (cfg_);
  again.key = host.key;
  Scenario ()
      .act (
          [&]
          {
            host.open ();
            host.send (1, "never stored");
          })
      .until ([&] { return 1 == host.echoes.size (); })
      .act ([&] { host.close (); })
      .act (
          [&]
          {
            again.open ();
            again.send (1, "the first");
          })
      .until ([&] { return 1 == again.echoes.size (); })
      .act ([&] { again.close (); })
      .run ();
  ASSERT_EQ (1U, again.echoes.size ());
  EXPECT_EQ (1U, again.echoes[0].id);
  EXPECT_EQ ("the first", again.echoes[0].body);
}

// --- members ----------------------------------------------------------------

struct Guest
{
  void
  open (const struct GNUNET_CONFIGURATION_Handle *cfg)
  {
    struct GNUNET_CRYPTO_EddsaPrivateKey host;
    GNUNET_CRYPTO_eddsa_key_create (&host);
    struct GNUNET_CRYPTO_EddsaPublicKey group;
    GNUNET_CRYPTO_eddsa_key_get_public (&host, &group);
    struct GNUNET_CRYPTO_EcdsaPrivateKey key;
    GNUNET_CRYPTO_ecdsa_key_create (&key);
    const struct GNUNET_PeerIdentity peer = { group };
    struct GNUNET_MULTICAST_MemberCallbacks callbacks = {};
    callbacks.state_cb = [] (void *cls, enum GNUNET_MULTICAST_MemberState state,
                             const struct GNUNET_MULTICAST_Head *)
    { static_cast<Guest *> (cls)->states.push_back (state); };
    callbacks.fetched_cb
        = [] (void *cls, enum GNUNET_MULTICAST_ReplayUnit, uint64_t, uint64_t,
              enum GNUNET_MULTICAST_ReplayErrorCode)
    { static_cast<Guest *> (cls)->fetched++; };
    member = GNUNET_MULTICAST_member_open (cfg, &group, &key, &peer, 0, nullptr,
                                           nullptr, 0, nullptr, 0, 0, nullptr,
                                           &callbacks, this);
  }
  struct GNUNET_MULTICAST_Member *member = nullptr;
  std::vector<enum GNUNET_MULTICAST_MemberState> states;
  int fetched = 0;
};

TEST_F (Library, AMemberWithoutCadetGoesOnTryingAndParts)
{
  start_service ();
  Guest guest;
  bool is_parted = false;
  Scenario ()
      .act (
          [&]
          {
            guest.open (cfg_);
            EXPECT_EQ (GNUNET_NO,
                       GNUNET_MULTICAST_member_request_send (
                           guest.member, 1, 0,
                           GNUNET_MULTICAST_MESSAGE_NOT_FRAGMENTED, "x", 1));
            EXPECT_EQ (
                GNUNET_SYSERR,
                GNUNET_MULTICAST_member_fetch (
                    guest.member, GNUNET_MULTICAST_REPLAY_FRAGMENTS, 5, 4));
          })
      .until ([&] { return ! guest.states.empty (); })
      .act ([&] { (void)stop_service (SIGKILL); })
      .until (
          [&] {
            return GNUNET_MULTICAST_MEMBER_STATE_SERVICE_LOST
                   == guest.states.back ();
          })
      .act ([&] { start_service (); })
      .until (
          [&] {
            return GNUNET_MULTICAST_MEMBER_STATE_CONNECTING
                   == guest.states.back ();
          })
      .act (
          [&]
          {
            GNUNET_MULTICAST_member_part (
                std::exchange (guest.member, nullptr),
                [] (void *cls) { *static_cast<bool *> (cls) = true; },
                &is_parted);
          })
      .until ([&] { return is_parted; })
      .run ();
  EXPECT_TRUE (is_service_alive ());
}

// --- the interface of 2019 --------------------------------------------------

struct Classic
{
  static int
  pull (void *cls, size_t *size, void *data)
  {
    auto *self = static_cast<Classic *> (cls);
    if (self->pulls++ == self->pause_at)
    {
      *size = 0;
      return GNUNET_NO;
    }
    const std::size_t part = std::min (*size, self->left);
    std::memset (data, 'c', part);
    *size = part;
    self->left -= part;
    return 0 == self->left ? GNUNET_YES : GNUNET_NO;
  }
  struct GNUNET_MULTICAST_Origin *origin = nullptr;
  struct GNUNET_MULTICAST_OriginTransmitHandle *transmit = nullptr;
  std::vector<Fragment> messages;
  std::size_t left = 0;
  int pulls = 0;
  int pause_at = -1;
};

class ClassicLibrary : public ServiceTest
{
protected:
  void
  open ()
  {
    struct GNUNET_CRYPTO_EddsaPrivateKey key;
    GNUNET_CRYPTO_eddsa_key_create (&key);
    classic_.origin = GNUNET_MULTICAST_origin_start (
        cfg_, &key, 41, nullptr, nullptr, nullptr, nullptr,
        [] (void *cls, const struct GNUNET_MULTICAST_MessageHeader *m)
        {
          static_cast<Classic *> (cls)->messages.push_back (
              { GNUNET_ntohll (m->fragment_id),
                GNUNET_ntohll (m->message_id),
                GNUNET_ntohll (m->fragment_offset),
                ntohl (m->flags),
                {},
                {} });
        },
        &classic_);
  }
  Classic classic_;
};

TEST_F (ClassicLibrary, PullsAMessageOfSeveralFragmentsWithAPause)
{
  start_service ();
  Scenario ()
      .act (
          [&]
          {
            open ();
            classic_.left = 3 * GNUNET_MULTICAST_FRAGMENT_MAX_PAYLOAD - 1;
            classic_.pause_at = 2;
            classic_.transmit = GNUNET_MULTICAST_origin_to_all (
                classic_.origin, 9, 0, &Classic::pull, &classic_);
            EXPECT_NE (nullptr, classic_.transmit);
            EXPECT_EQ (nullptr,
                       GNUNET_MULTICAST_origin_to_all (
                           classic_.origin, 10, 0, &Classic::pull, &classic_));
            EXPECT_EQ (0, classic_.pulls);
          })
      .until ([&]
              { return 3 == classic_.pulls && 2 == classic_.messages.size (); })
      .act ([&] { GNUNET_MULTICAST_origin_to_all_resume (classic_.transmit); })
      .until ([&] { return 3 == classic_.messages.size (); })
      .act ([&] { GNUNET_MULTICAST_origin_close (classic_.origin); })
      .run ();
  ASSERT_EQ (3U, classic_.messages.size ());
  EXPECT_EQ (42U, classic_.messages[0].id); // numbering goes on after 41
  EXPECT_EQ (1U, classic_.messages[0].flags);
  EXPECT_EQ (0U, classic_.messages[1].flags);
  EXPECT_EQ (2U, classic_.messages[2].flags);
  EXPECT_EQ (GNUNET_MULTICAST_FRAGMENT_MAX_PAYLOAD,
             classic_.messages[1].offset);
}

// Lesson 5: after one message a channel must send another.
TEST_F (ClassicLibrary, SendsManyMessagesOneAfterTheOther)
{
  start_service ();
  Scenario scenario;
  scenario.act ([&] { open (); });
  for (std::uint64_t id = 1; id <= 20; id++)
    scenario
        .act (
            [&, id]
            {
              classic_.left = 5;
              EXPECT_NE (nullptr, GNUNET_MULTICAST_origin_to_all (
                                      classic_.origin, id, 0, &Classic::pull,
                                      &classic_));
            })
        .until ([&, id] { return id == classic_.messages.size (); });
  scenario.act ([&] { GNUNET_MULTICAST_origin_close (classic_.origin); });
  scenario.run ();
}

TEST_F (ClassicLibrary, ACancelledMessageEndsAndAnotherMayFollow)
{
  start_service ();
  Scenario ()
      .act (
          [&]
          {
            open ();
            classic_.left = 10 * GNUNET_MULTICAST_FRAGMENT_MAX_PAYLOAD;
            classic_.pause_at = 1;
            classic_.transmit = GNUNET_MULTICAST_origin_to_all (
                classic_.origin, 1, 0, &Classic::pull, &classic_);
          })
      .until ([&] { return 1 == classic_.messages.size (); })
      .act ([&] { GNUNET_MULTICAST_origin_to_all_cancel (classic_.transmit); })
      .until ([&] { return 2 == classic_.messages.size (); })
      .act (
          [&]
          {
            classic_.left = 1;
            classic_.pause_at = -1;
            EXPECT_NE (nullptr,
                       GNUNET_MULTICAST_origin_to_all (
                           classic_.origin, 2, 0, &Classic::pull, &classic_));
          })
      .until ([&] { return 3 == classic_.messages.size (); })
      .act ([&] { GNUNET_MULTICAST_origin_close (classic_.origin); })
      .run ();
  EXPECT_EQ (static_cast<std::uint32_t> (GNUNET_MULTICAST_MESSAGE_LAST_FRAGMENT
                                         | GNUNET_MULTICAST_MESSAGE_CANCELLED),
             classic_.messages[1].flags);
}
} // namespace
