// SPDX-License-Identifier: AGPL-3.0-or-later
//
// How many durable fragment stores a second: one client through library,
// socket and service, pipelined, against bare SQLite writing the same rows in
// batches of the same size; and how long the newest messages take to read as
// the history grows. Not part of the test run.
//
//   bench_store [COUNT [BODY_BYTES]]
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include <sys/resource.h>

#include "../samples.hpp"
#include "../service_process.hpp"
#include "gnunet_psycstore_service.h"
#include "psycstore/core/changes.hpp"
#include "psycstore/core/reads.hpp"
#include "psycstore/plugin/sqlite_connection.hpp"
#include "psycstore/plugin/sqlite_open.hpp"
#include "psycstore/plugin/sql_statements.hpp"
#include "shell/keys.hpp"

using namespace psycstore;

namespace
{
using Clock = std::chrono::steady_clock;

double
seconds_since (Clock::time_point start)
{
  return std::chrono::duration<double> (Clock::now () - start).count ();
}

// CPU time of this process and of children that ended: what counts on a
// machine that is busy with other things.
double
cpu_seconds ()
{
  double sum = 0;
  for (const int who : { RUSAGE_SELF, RUSAGE_CHILDREN })
  {
    struct rusage usage;
    ::getrusage (who, &usage);
    for (const struct timeval &time : { usage.ru_utime, usage.ru_stime })
      sum += static_cast<double> (time.tv_sec)
             + static_cast<double> (time.tv_usec) / 1e6;
  }
  return sum;
}

std::vector<base::Bytes>
make_fragments (std::uint64_t count, std::size_t body_size)
{
  std::vector<base::Bytes> out;
  const base::Bytes body = samples::message_bodies (
      "_message_public", UINT64_MAX, {}, std::string (body_size, 'x'))[0];
  for (std::uint64_t id = 1; id <= count; id++)
    out.push_back (samples::fragment (
        { .fragment_id = id, .message_id = id, .body = body }));
  return out;
}

const auto channel_key = shell::to_gnunet<struct GNUNET_CRYPTO_EddsaPublicKey> (
    samples::channel ());

struct Client
{
  const std::vector<base::Bytes> &fragments;
  const struct GNUNET_CONFIGURATION_Handle *cfg;
  struct GNUNET_PSYCSTORE_Handle *handle = nullptr;
  std::size_t said = 0;
  std::size_t done = 0;
  std::size_t in_flight_max = 4000;
  Clock::time_point start{};
  double seconds = 0;

  void
  fill ()
  {
    while (said < fragments.size () && said - done < in_flight_max)
      GNUNET_PSYCSTORE_fragment_store (
          handle, &channel_key,
          reinterpret_cast<const struct GNUNET_MULTICAST_MessageHeader *> (
              fragments[said++].data ()),
          static_cast<enum GNUNET_PSYCSTORE_MessageFlags> (0), &on_stored,
          this);
  }

  static void
  on_stored (void *cls, std::int64_t result, const char *why, std::uint16_t)
  {
    auto *self = static_cast<Client *> (cls);
    if (GNUNET_OK != result)
      std::fprintf (stderr, "failed: %s\n", why);
    if (0 == self->done++)
      self->start = Clock::now (); // the connection stands
    self->fill ();
    if (self->done < self->fragments.size ())
      return;
    self->seconds = seconds_since (self->start);
    GNUNET_PSYCSTORE_disconnect (self->handle);
  }
};

double
through_the_service (const std::vector<base::Bytes> &fragments,
                     std::size_t in_flight)
{
  ServiceProcess service;
  service.start ();
  Client client{ fragments, service.cfg () };
  client.in_flight_max = in_flight;
  GNUNET_SCHEDULER_run (
      [] (void *cls)
      {
        auto *self = static_cast<Client *> (cls);
        self->handle = GNUNET_PSYCSTORE_connect (self->cfg);
        self->fill ();
      },
      &client);
  return static_cast<double> (fragments.size () - 1) / client.seconds;
}

// The same tables and rows, no code of ours around.
double
bare_sqlite (const std::vector<base::Bytes> &fragments, std::size_t batch)
{
  char pattern[] = "/tmp/psycstore-bare-XXXXXX";
  const std::filesystem::path directory = ::mkdtemp (pattern);
  double rate = 0;
  {
    SqliteOptions options;
    options.path = directory / "s.db";
    (void)open_sqlite (options); // makes the tables
    SqliteConnection connection (options.path);
    if (! connection.open ())
      return 0;
    connection.execute ("PRAGMA synchronous = FULL;"
                        "PRAGMA wal_autocheckpoint = 4000;"
                        "PRAGMA cache_size = -16384");
    SqlStatements sql (connection);
    std::string why;
    const auto start = Clock::now ();
    for (std::size_t i = 0; i < fragments.size (); i++)
    {
      if (0 == i % batch)
        connection.begin ();
      const auto info = parse_fragment (fragments[i], why);
      const auto body = static_cast<std::int64_t> (i + 1);
      SqlQuery (sql.fragment_insert, 1, info->fragment_id, info->message_id,
                info->offset, info->generation, info->multicast_flags,
                info->store_flags, info->body_size, body)
          .run ();
      SqlQuery (sql.body_insert, body, base::ByteView (fragments[i])).run ();
      SqlQuery (sql.method_put, 1, 1, info->message_id).run ();
      SqlQuery (sql.method_put, 1, 2, info->message_id).run ();
      if (batch - 1 == i % batch || fragments.size () - 1 == i)
      {
        SqlQuery (sql.run_put, 1, 1, info->fragment_id).run ();
        connection.commit ();
      }
    }
    rate = static_cast<double> (fragments.size ()) / seconds_since (start);
  }
  std::filesystem::remove_all (directory);
  return rate;
}

void
newest_of (std::uint64_t count)
{
  char pattern[] = "/tmp/psycstore-latest-XXXXXX";
  const std::filesystem::path directory = ::mkdtemp (pattern);
  {
    SqliteOptions options;
    options.path = directory / "s.db";
    PluginOpened opened = open_sqlite (options);
    Database &db = *opened.database;
    for (std::uint64_t id = 1; id <= count; id++)
    {
      if (1 == id % 10000)
        db.begin ();
      FragmentStore message;
      message.channel = samples::channel ();
      message.fragment.bytes = samples::fragment (
          { .fragment_id = id,
            .message_id = id,
            .body = samples::message_bodies (
                id % 2 ? "_message_public" : "_notice", UINT64_MAX, {})[0] });
      (void)change (db, message);
      if (0 == id % 10000 || count == id)
        db.commit ();
    }
    for (const char *prefix : { "", "_message" })
    {
      double best = 1;
      for (int round = 0; round < 20; round++)
      {
        const auto start = Clock::now ();
        const auto reader = make_reader (MessageGet{ 0,
                                                     samples::channel (),
                                                     std::nullopt,
                                                     { 0 },
                                                     0,
                                                     { UINT64_MAX },
                                                     100,
                                                     0,
                                                     prefix });
        Page page (1 << 30);
        (void)reader->step (db, page);
        best = std::min (best, seconds_since (start));
      }
      std::printf ("newest 100 of %lu messages, prefix \"%s\": %.2f ms\n",
                   count, prefix, best * 1000);
    }
  }
  std::filesystem::remove_all (directory);
}
} // namespace

int
main (int argc, char **argv)
{
  const std::uint64_t count
      = argc > 1 ? std::strtoull (argv[1], nullptr, 10) : 100000;
  for (const std::size_t size :
       { std::size_t{ 64 }, std::size_t{ 1024 }, std::size_t{ 32768 } })
  {
    if (argc > 2 && size != std::strtoull (argv[2], nullptr, 10))
      continue;
    const auto fragments
        = make_fragments (size > 10000 ? count / 10 : count, size);
    const double cpu_start = cpu_seconds ();
    const double ours = through_the_service (
        fragments, std::min<std::size_t> (4000, (std::size_t{ 32 } << 20)
                                                    / (size + 1000)));
    const double cpu_between = cpu_seconds ();
    const double bare = bare_sqlite (fragments, size > 10000 ? 100 : 1000);
    const double cpu_end = cpu_seconds ();
    std::printf ("%zu bytes: service %.0f stores/s, bare SQLite %.0f/s "
                 "(%.0f %%); CPU %.1f and %.1f us each\n",
                 size, ours, bare, 100 * ours / bare,
                 1e6 * (cpu_between - cpu_start)
                     / static_cast<double> (fragments.size ()),
                 1e6 * (cpu_end - cpu_between)
                     / static_cast<double> (fragments.size ()));
    std::fflush (stdout);
  }
  if (argc > 2)
    return 0;
  for (const std::uint64_t messages : { 1000u, 100000u, 1000000u })
    newest_of (messages);
}
