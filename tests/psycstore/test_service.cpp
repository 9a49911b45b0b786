// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The real service and the real library: what was acknowledged survives
// kill -9 at any moment, the library goes on by itself, a slow client costs
// the service no memory.
#include <gtest/gtest.h>

#include <functional>
#include <random>
#include <set>

#include "gnunet_psycstore_service.h"
#include "psycstore/plugin/sqlite_open.hpp"
#include "samples.hpp"
#include "service_process.hpp"
#include "shell/keys.hpp"
#include "shell/timer.hpp"

using namespace psycstore;

namespace
{
const auto channel_key = shell::to_gnunet<struct GNUNET_CRYPTO_EddsaPublicKey> (
    samples::channel ());
const auto member_key = shell::to_gnunet<struct GNUNET_CRYPTO_EcdsaPublicKey> (
    samples::member ());

const struct GNUNET_MULTICAST_MessageHeader *
as_message (const base::Bytes &bytes)
{
  return reinterpret_cast<const struct GNUNET_MULTICAST_MessageHeader *> (
      bytes.data ());
}

const struct GNUNET_MULTICAST_RequestHeader *
as_request (const base::Bytes &bytes)
{
  return reinterpret_cast<const struct GNUNET_MULTICAST_RequestHeader *> (
      bytes.data ());
}

base::Bytes
fragment_of (std::uint64_t id, std::size_t body_size = 100)
{
  samples::FragmentSpec spec;
  spec.fragment_id = id;
  spec.message_id = id;
  spec.body.assign (body_size, static_cast<std::uint8_t> (id));
  return samples::fragment (spec);
}

// Runs `start` under GNUnet's scheduler until it shuts down.
void
run (std::function<void ()> start)
{
  GNUNET_SCHEDULER_run ([] (void *cls)
                        { (*static_cast<std::function<void ()> *> (cls)) (); },
                        &start);
}

const auto no_flags = static_cast<enum GNUNET_PSYCSTORE_MessageFlags> (0);

// Stores fragments without end and remembers which were acknowledged.
class Writer
{
public:
  explicit Writer (const struct GNUNET_CONFIGURATION_Handle *cfg)
      : handle_ (GNUNET_PSYCSTORE_connect (cfg))
  {}

  void
  fill ()
  {
    while (! is_closing && said - acknowledged < 300)
    {
      said++;
      ASSERT_NE (nullptr,
                 GNUNET_PSYCSTORE_fragment_store (
                     handle_, &channel_key, as_message (fragment_of (said)),
                     no_flags, &Writer::on_stored, this));
    }
    if (is_closing && acknowledged == said && nullptr != handle_)
      GNUNET_PSYCSTORE_disconnect (std::exchange (handle_, nullptr));
  }

  std::uint64_t said = 0;
  // Acknowledgements come in order: all up to this.
  std::uint64_t acknowledged = 0;
  bool is_closing = false;

private:
  static void
  on_stored (void *cls, std::int64_t result, const char *why, std::uint16_t)
  {
    auto *self = static_cast<Writer *> (cls);
    EXPECT_EQ (GNUNET_OK, result) << (nullptr == why ? "" : why);
    self->acknowledged++;
    self->fill ();
  }

  struct GNUNET_PSYCSTORE_Handle *handle_;
};

// Looks into the file itself, while the service is dead.
std::uint64_t
stored_up_to (const std::string &path)
{
  SqliteOptions options;
  options.path = path;
  const PluginOpened opened = open_sqlite (options);
  if (! opened.database)
    return 0;
  const auto run = opened.database->range_from (samples::channel (),
                                                base::FragmentId{ 1 });
  return run && 1 == run->first ? run->last : 0;
}
} // namespace

TEST (Service, LosesNothingAcknowledgedWhenKilledAtRandomMoments)
{
  constexpr int rounds_max = 20;
  const auto seed = std::random_device{}();
  RecordProperty ("seed", static_cast<int> (seed));
  std::cout << "seed " << seed << "\n";
  std::mt19937 random (seed);
  ServiceProcess service;
  service.start ();
  std::optional<Writer> writer;
  std::optional<shell::Timer> killer;
  int rounds = 0;
  std::uint64_t acknowledged_before = 0;
  int rounds_with_progress = 0;
  killer.emplace (
      [&]
      {
        if (rounds_max == rounds)
        {
          writer->is_closing = true;
          writer->fill ();
          return;
        }
        rounds++;
        service.stop (SIGKILL);
        EXPECT_GE (stored_up_to (service.database_path ()),
                   writer->acknowledged);
        if (writer->acknowledged > acknowledged_before)
          rounds_with_progress++;
        acknowledged_before = writer->acknowledged;
        service.start ();
        killer->arm_in (base::milliseconds (50 + random () % 400));
      });
  run (
      [&]
      {
        writer.emplace (service.cfg ());
        writer->fill ();
        killer->arm_in (base::milliseconds (300));
      });
  EXPECT_EQ (rounds_max, rounds);
  EXPECT_GE (rounds_with_progress, 3);
  EXPECT_EQ (writer->said, writer->acknowledged);
  service.stop (SIGTERM);
  EXPECT_EQ (writer->said, stored_up_to (service.database_path ()));
  writer.reset ();
}

TEST (Service, CreatesItsFileForTheOwnerAlone)
{
  ServiceProcess service;
  service.start ();
  std::optional<Writer> writer;
  run (
      [&]
      {
        writer.emplace (service.cfg ());
        writer->fill ();
        writer->is_closing = true;
      });
  writer.reset ();
  namespace fs = std::filesystem;
  const fs::path file (service.database_path ());
  EXPECT_EQ (0600, static_cast<int> (fs::status (file).permissions ()) & 0777);
  EXPECT_EQ (0700,
             static_cast<int> (fs::status (file.parent_path ()).permissions ())
                 & 0777);
}

namespace
{
// One run of a handle with whatever a test does in `start`.
struct Session
{
  struct GNUNET_PSYCSTORE_Handle *handle = nullptr;
  std::vector<std::uint64_t> fragments;
  std::vector<std::int64_t> results;
  std::vector<std::string> messages;
  std::function<int (std::uint64_t)> on_fragment;
  std::function<void ()> on_result;

  static int
  fragment_cb (void *cls, struct GNUNET_MULTICAST_MessageHeader *message,
               enum GNUNET_PSYCSTORE_MessageFlags)
  {
    auto *self = static_cast<Session *> (cls);
    const std::uint64_t id = GNUNET_ntohll (message->fragment_id);
    self->fragments.push_back (id);
    return self->on_fragment ? self->on_fragment (id) : GNUNET_YES;
  }

  static void
  result_cb (void *cls, std::int64_t result, const char *message,
             std::uint16_t size)
  {
    auto *self = static_cast<Session *> (cls);
    self->results.push_back (result);
    self->messages.push_back (nullptr == message ? "" : message);
    EXPECT_EQ (nullptr == message ? 0u : std::strlen (message) + 1, size);
    if (self->on_result)
      self->on_result ();
  }

  void
  store (std::uint64_t id, std::size_t body_size = 100)
  {
    GNUNET_PSYCSTORE_fragment_store (handle, &channel_key,
                                     as_message (fragment_of (id, body_size)),
                                     no_flags, &Session::result_cb, this);
  }

  void
  get (std::uint64_t first, std::uint64_t last)
  {
    GNUNET_PSYCSTORE_fragment_get (handle, &channel_key, nullptr, first, last,
                                   &Session::fragment_cb, &Session::result_cb,
                                   this);
  }

  void
  close ()
  {
    GNUNET_PSYCSTORE_disconnect (std::exchange (handle, nullptr));
    GNUNET_SCHEDULER_shutdown ();
  }
};
} // namespace

TEST (Service, GivesResultsInTheOrderOfTheCalls)
{
  ServiceProcess service ("memory");
  service.start ();
  Session session;
  session.on_result = [&]
  {
    if (4 == session.results.size ())
      session.close ();
  };
  run (
      [&]
      {
        session.handle = GNUNET_PSYCSTORE_connect (service.cfg ());
        session.store (1);
        session.get (1, 9); // sees the one before it, not the one after
        session.store (2);
        session.get (1, 9);
      });
  EXPECT_EQ ((std::vector<std::int64_t>{ 1, 1, 1, 2 }), session.results);
  EXPECT_EQ ((std::vector<std::uint64_t>{ 1, 1, 2 }), session.fragments);
}

TEST (Service, RefusesConflictingContentByName)
{
  ServiceProcess service ("memory");
  service.start ();
  Session session;
  session.on_result = [&]
  {
    if (3 == session.results.size ())
      session.close ();
  };
  run (
      [&]
      {
        session.handle = GNUNET_PSYCSTORE_connect (service.cfg ());
        session.store (1, 10);
        session.store (1, 11);
        session.store (1, 10);
      });
  EXPECT_EQ ((std::vector<std::int64_t>{ 1, -1, 1 }), session.results);
  EXPECT_EQ (0u, session.messages[1].find ("conflicting fragment"));
}

TEST (Service, StopsAStreamWhenTheCallbackSaysNo)
{
  ServiceProcess service ("memory");
  service.start ();
  Session session;
  session.on_fragment
      = [] (std::uint64_t id) { return 3 == id ? GNUNET_NO : GNUNET_YES; };
  session.on_result = [&]
  {
    if (21 == session.results.size ())
      session.close ();
  };
  run (
      [&]
      {
        session.handle = GNUNET_PSYCSTORE_connect (service.cfg ());
        for (std::uint64_t id = 1; id <= 20; id++)
          session.store (id, 50000);
        session.get (1, UINT64_MAX);
      });
  EXPECT_EQ (3, session.results.back ());
  EXPECT_EQ ((std::vector<std::uint64_t>{ 1, 2, 3 }), session.fragments);
}

TEST (Service, LetsACallbackDisconnectTheHandleOrCancelOthers)
{
  ServiceProcess service ("memory");
  service.start ();
  Session session;
  struct GNUNET_PSYCSTORE_OperationHandle *other = nullptr;
  session.on_result = [&]
  {
    if (1 == session.results.size ())
    {
      EXPECT_EQ (GNUNET_YES, GNUNET_PSYCSTORE_operation_cancel (other));
    }
    if (2 == session.results.size ())
      session.get (1, 2);
  };
  session.on_fragment = [&] (std::uint64_t)
  {
    session.close ();
    return GNUNET_YES;
  };
  run (
      [&]
      {
        session.handle = GNUNET_PSYCSTORE_connect (service.cfg ());
        session.store (1);
        other = GNUNET_PSYCSTORE_fragment_get (
            session.handle, &channel_key, nullptr, 1, 9, &Session::fragment_cb,
            &Session::result_cb, &session);
        session.store (2);
      });
  EXPECT_EQ (2u, session.results.size ());
  EXPECT_EQ (1u, session.fragments.size ());
}

TEST (Service, WaitsForAServiceThatIsNotThereYetAndDropsABadClient)
{
  ServiceProcess service ("memory");
  Session session;
  session.on_result = [&] { session.close (); };
  shell::Timer later ([&] { service.start (); });
  run (
      [&]
      {
        session.handle = GNUNET_PSYCSTORE_connect (service.cfg ());
        session.store (1);
        later.arm_in (base::milliseconds (300));
      });
  EXPECT_EQ ((std::vector<std::int64_t>{ 1 }), session.results);
  const struct GNUNET_MULTICAST_MessageHeader empty = {};
  run (
      [&]
      {
        session.handle = GNUNET_PSYCSTORE_connect (service.cfg ());
        EXPECT_EQ (nullptr, GNUNET_PSYCSTORE_fragment_store (
                                session.handle, &channel_key, &empty, no_flags,
                                nullptr, nullptr));
        session.get (1, 1); // it is there still
      });
  EXPECT_EQ (1, session.results.back ());
}

TEST (Service, GoesOnWithAStreamWhereARestartCutIt)
{
  constexpr std::uint64_t count = 400;
  ServiceProcess service;
  service.start ();
  Session session;
  session.on_fragment = [&] (std::uint64_t id)
  {
    if (count / 2 == id)
    {
      service.stop (SIGKILL);
      service.start ();
    }
    return GNUNET_YES;
  };
  session.on_result = [&]
  {
    if (count == session.results.size ())
      session.get (1, count);
    else if (count < session.results.size ())
      session.close ();
  };
  run (
      [&]
      {
        session.handle = GNUNET_PSYCSTORE_connect (service.cfg ());
        for (std::uint64_t id = 1; id <= count; id++)
          session.store (id, 20000);
      });
  ASSERT_EQ (count, session.fragments.size ());
  for (std::uint64_t id = 1; id <= count; id++)
    EXPECT_EQ (id, session.fragments[id - 1]);
  EXPECT_EQ (static_cast<std::int64_t> (count), session.results.back ());
}

TEST (Service, KeepsLittleInMemoryForASlowClient)
{
  constexpr std::uint64_t count = 2000; // 80 MB
  ServiceProcess service;
  service.start ();
  Session session;
  std::size_t memory_before = 0;
  std::size_t memory_while = 0;
  session.on_fragment = [&] (std::uint64_t id)
  {
    if (0 == id % 20)
      ::usleep (1000);
    if (count / 2 == id)
    {
      ::usleep (500000); // the service may read on meanwhile
      memory_while = service.memory ();
    }
    return GNUNET_YES;
  };
  session.on_result = [&]
  {
    if (count == session.results.size ())
    {
      memory_before = service.memory ();
      session.get (1, count);
    }
    else if (count < session.results.size ())
      session.close ();
  };
  std::uint64_t said = 0;
  shell::Timer feed (
      [&]
      {
        while (said < count && said < session.results.size () + 500)
          session.store (++said, 40000);
        if (said < count)
          feed.arm_in (base::milliseconds (5));
      });
  run (
      [&]
      {
        session.handle = GNUNET_PSYCSTORE_connect (service.cfg ());
        feed.arm_now ();
      });
  EXPECT_EQ (count, session.fragments.size ());
  EXPECT_LT (memory_while, memory_before + 16 * 1024);
}

TEST (Service, SettlesARequestTogetherWithTheFragmentThatRelaysIt)
{
  ServiceProcess service ("memory");
  service.start ();
  struct Seen
  {
    Session session;
    std::vector<struct GNUNET_PSYCSTORE_RequestInfo> infos;
    std::uint64_t tagged_message = 0;
  } seen;
  const auto tag = shell::to_gnunet<struct GNUNET_Uuid> (samples::tag ());
  samples::RequestSpec spec;
  spec.request_id = 77;
  spec.body = samples::bytes ("please");
  const auto on_info
      = [] (void *cls, const struct GNUNET_PSYCSTORE_RequestInfo *info)
  { static_cast<Seen *> (cls)->infos.push_back (*info); };
  const auto on_result
      = [] (void *cls, std::int64_t result, const char *, std::uint16_t)
  { static_cast<Seen *> (cls)->session.results.push_back (result); };
  const auto on_tag
      = [] (void *cls, int result, std::uint64_t message_id, std::uint64_t)
  {
    auto *s = static_cast<Seen *> (cls);
    EXPECT_EQ (GNUNET_YES, result);
    s->tagged_message = message_id;
    s->session.close ();
  };
  run (
      [&]
      {
        auto *h = GNUNET_PSYCSTORE_connect (service.cfg ());
        seen.session.handle = h;
        const auto in = GNUNET_PSYCSTORE_BOX_IN;
        GNUNET_PSYCSTORE_request_store (h, &channel_key, in,
                                        as_request (samples::request (spec)),
                                        nullptr, 0, on_result, &seen);
        GNUNET_PSYCSTORE_request_list (h, &channel_key, in, nullptr, on_info,
                                       on_result, &seen);
        const struct GNUNET_PSYCSTORE_Settlement settlement
            = { &tag, &member_key, 77 };
        GNUNET_PSYCSTORE_fragment_store_settling (
            h, &channel_key, as_message (fragment_of (5)), no_flags,
            &settlement, on_result, &seen);
        GNUNET_PSYCSTORE_request_status (h, &channel_key, in, &member_key, 77,
                                         on_info, on_result, &seen);
        GNUNET_PSYCSTORE_request_list (h, &channel_key, in, nullptr, on_info,
                                       on_result, &seen);
        GNUNET_PSYCSTORE_request_store (h, &channel_key, in,
                                        as_request (samples::request (spec)),
                                        nullptr, 0, on_result, &seen);
        GNUNET_PSYCSTORE_tag_get (h, &channel_key, &tag, on_tag, &seen);
      });
  EXPECT_EQ ((std::vector<std::int64_t>{ 1, 1, 1, 1, 0, 0 }),
             seen.session.results);
  ASSERT_EQ (2u, seen.infos.size ());
  EXPECT_EQ (GNUNET_PSYCSTORE_REQUEST_OPEN, seen.infos[0].state);
  EXPECT_EQ (6u, seen.infos[0].size);
  EXPECT_EQ (GNUNET_PSYCSTORE_REQUEST_ACCEPTED, seen.infos[1].state);
  EXPECT_EQ (5u, seen.infos[1].message_id);
  EXPECT_EQ (5u, seen.tagged_message);
}
