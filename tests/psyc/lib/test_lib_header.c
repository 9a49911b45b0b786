// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The public header alone, in plain C11; and the library from C, with no
// service there.
#include "gnunet_psyc_service.h"

_Static_assert(3 == GNUNET_PSYC_CHANNEL_PRIVATE, "policy");
_Static_assert(56 == sizeof (struct GNUNET_PSYC_MessageHeader), "header");
_Static_assert(36 == sizeof (struct GNUNET_PSYC_JoinRequestMessage), "join");
_Static_assert(40 == sizeof (struct GNUNET_PSYC_JoinDecisionMessage),
               "decision");
_Static_assert(16 == sizeof (struct GNUNET_PSYC_CountersResultMessage),
               "counters");

static int stops;

static void
stopped (void *cls)
{
  (void)cls;
  stops++;
}

static void
run (void *cls)
{
  struct GNUNET_CRYPTO_EddsaPrivateKey key;
  struct GNUNET_PSYC_Master *master;

  GNUNET_CRYPTO_eddsa_key_create (&key);
  master = GNUNET_PSYC_master_start (cls, &key, GNUNET_PSYC_CHANNEL_PRIVATE,
                                     NULL, NULL, NULL, NULL, NULL);
  GNUNET_PSYC_master_stop (master, GNUNET_NO, &stopped, NULL);
}

int
main (void)
{
  struct GNUNET_CONFIGURATION_Handle *cfg = GNUNET_CONFIGURATION_create ();

  GNUNET_CONFIGURATION_set_value_string (cfg, "psyc", "UNIXPATH",
                                         "/nonexistent/psyc.sock");
  GNUNET_SCHEDULER_run (&run, cfg);
  GNUNET_CONFIGURATION_destroy (cfg);
  return 1 == stops ? 0 : 1;
}
