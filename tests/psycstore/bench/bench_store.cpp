// SPDX-License-Identifier: AGPL-3.0-or-later
//
// How many durable fragment stores a second: one client through library,
// socket and service, pipelined, against bare SQLite writing the same rows as
// durably in the largest batches that the service makes, by turns; and how long
// the newest messages take to read as the history grows. Medians, and the
// least and the most. Not part of the test run.
//
//   bench_store [COUNT [BODY_BYTES [ROUNDS]]]
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string>
#include <vector>

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

// Operations that the service puts into one transaction at most.
constexpr std::size_t service_batch_max = 2048;

struct Run
{
  double ours = 0;   // stores a second
  double memory = 0; // of the service at its end, MiB
};

double
median (std::vector<double> values)
{
  std::sort (values.begin (), values.end ());
  return values[values.size () / 2];
}

std::string
spread (const std::vector<double> &values, const char *format)
{
  char out[100];
  const auto [least, most]
      = std::minmax_element (values.begin (), values.end ());
  const std::string pattern
      = std::string (format) + " (" + format + " to " + format + ")";
  std::snprintf (out, sizeof out, pattern.c_str (), median (values), *least,
                 *most);
  return out;
}

Run
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
  Run out;
  out.ours = static_cast<double> (fragments.size () - 1) / client.seconds;
  out.memory = static_cast<double> (service.memory ()) / 1024;
  return out;
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
                        "PRAGMA cache_size = -4096");
    SqlStatements sql (connection);
    std::string why;
    const std::int64_t now = std::time (nullptr);
    const auto start = Clock::now ();
    for (std::size_t i = 0; i < fragments.size (); i++)
    {
      if (0 == i % batch)
        connection.begin ();
      const auto info = parse_fragment (fragments[i], why);
      const auto body = static_cast<std::int64_t> (i + 1);
      SqlQuery (sql.fragment_insert, 1, info->fragment_id, info->message_id,
                info->offset, info->generation, info->multicast_flags,
                info->store_flags, info->body_size, now, body)
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
    for (const char *count :
         { "SELECT count(*) FROM fragments", "SELECT count(*) FROM bodies" })
      if (static_cast<std::int64_t> (fragments.size ())
          != connection.number (count))
        std::fprintf (stderr, "bare SQLite did not store all\n");
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
      std::vector<double> times;
      for (int round = 0; round < 100; round++)
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
        if (100 != page.take ().size ())
          std::fprintf (stderr, "not 100 messages\n");
        times.push_back (1000 * seconds_since (start));
      }
      std::printf ("newest 100 of %lu messages, prefix \"%s\": %s ms\n", count,
                   prefix, spread (times, "%.2f").c_str ());
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
  const int rounds = argc > 3 ? std::atoi (argv[3]) : 5;
  for (const std::size_t size :
       { std::size_t{ 64 }, std::size_t{ 1024 }, std::size_t{ 32768 } })
  {
    if (argc > 2 && size != std::strtoull (argv[2], nullptr, 10))
      continue;
    const auto fragments
        = make_fragments (size > 10000 ? count / 10 : count, size);
    const std::size_t in_flight = std::min<std::size_t> (
        4000, (std::size_t{ 32 } << 20) / (size + 1000));
    std::vector<double> ours, bare, ratio, memory;
    for (int round = 0; round < rounds; round++)
    {
      const Run run = through_the_service (fragments, in_flight);
      ours.push_back (run.ours);
      memory.push_back (run.memory);
      bare.push_back (
          bare_sqlite (fragments, std::min (in_flight, service_batch_max)));
      ratio.push_back (100 * ours.back () / bare.back ());
    }
    std::printf ("%zu bytes, %zu times: service %s stores/s, bare SQLite %s/s, "
                 "%s %%; service %s MiB\n",
                 size, fragments.size (), spread (ours, "%.0f").c_str (),
                 spread (bare, "%.0f").c_str (),
                 spread (ratio, "%.0f").c_str (),
                 spread (memory, "%.0f").c_str ());
    std::fflush (stdout);
  }
  if (argc > 2)
    return 0;
  for (const std::uint64_t messages : { 1000u, 100000u, 1000000u })
    newest_of (messages);
}
