// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Makes a long history: stores the newest message of a channel again and again,
// under new ids, through the running service. For bench_history.sh; the copies'
// signatures are not the channel's.
//
//   fill_store CONFIGURATION CHANNEL COUNT
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

#include "gnunet_multicast_service.h"
#include "gnunet_psycstore_service.h"
#include "shell/gnunet.hpp"

namespace
{
struct Filling
{
  struct GNUNET_CONFIGURATION_Handle *cfg = nullptr;
  struct GNUNET_CRYPTO_EddsaPublicKey channel = {};
  std::uint64_t count = 0;
  struct GNUNET_PSYCSTORE_Handle *store = nullptr;
  std::string message; // the newest
  std::uint64_t said = 0;
  std::uint64_t done = 0;
  int status = 1;

  void
  end (const char *why)
  {
    if (nullptr != why)
      std::fprintf (stderr, "fill_store: %s\n", why);
    status = nullptr == why ? 0 : 1;
    GNUNET_PSYCSTORE_disconnect (store);
  }

  void
  fill ()
  {
    auto *header = reinterpret_cast<struct GNUNET_MULTICAST_MessageHeader *> (
        message.data ());
    for (; said < count && said - done < 4000; said++)
    {
      header->fragment_id
          = GNUNET_htonll (GNUNET_ntohll (header->fragment_id) + 1);
      header->message_id
          = GNUNET_htonll (GNUNET_ntohll (header->message_id) + 1);
      GNUNET_PSYCSTORE_fragment_store (
          store, &channel, header,
          static_cast<enum GNUNET_PSYCSTORE_MessageFlags> (0), &on_stored,
          this);
    }
  }

  static void
  on_stored (void *cls, std::int64_t result, const char *why, std::uint16_t)
  {
    auto *self = static_cast<Filling *> (cls);
    if (GNUNET_OK != result)
      return self->end (nullptr == why ? "not stored" : why);
    if (++self->done == self->count)
      return self->end (nullptr);
    self->fill ();
  }

  static int
  on_newest (void *cls, struct GNUNET_MULTICAST_MessageHeader *message,
             enum GNUNET_PSYCSTORE_MessageFlags)
  {
    const std::size_t size = ntohs (message->header.size);
    static_cast<Filling *> (cls)->message.assign (
        reinterpret_cast<const char *> (message), size);
    return GNUNET_YES;
  }

  static void
  on_read (void *cls, std::int64_t result, const char *why, std::uint16_t)
  {
    auto *self = static_cast<Filling *> (cls);
    if (result < 0 || self->message.empty ())
      return self->end (nullptr == why ? "the channel has no message" : why);
    self->fill ();
  }
};
} // namespace

int
main (int argc, char **argv)
{
  Filling filling;
  filling.cfg = GNUNET_CONFIGURATION_create ();
  if (4 != argc || GNUNET_OK != GNUNET_CONFIGURATION_load (filling.cfg, argv[1])
      || GNUNET_OK
             != GNUNET_CRYPTO_eddsa_public_key_from_string (
                 argv[2], std::strlen (argv[2]), &filling.channel)
      || 0 == (filling.count = std::strtoull (argv[3], nullptr, 10)))
  {
    std::fprintf (stderr, "fill_store CONFIGURATION CHANNEL COUNT\n");
    return 2;
  }
  GNUNET_SCHEDULER_run (
      [] (void *cls)
      {
        auto *self = static_cast<Filling *> (cls);
        self->store = GNUNET_PSYCSTORE_connect (self->cfg);
        GNUNET_PSYCSTORE_message_get_latest (
            self->store, &self->channel, nullptr, 1, "", &Filling::on_newest,
            &Filling::on_read, self);
      },
      &filling);
  GNUNET_CONFIGURATION_destroy (filling.cfg);
  return filling.status;
}
