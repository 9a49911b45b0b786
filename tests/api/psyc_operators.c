// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Modifiers of all operators, transmitted by a master of 2019's interface, and
// the state that they come to, read back at the slave and at the master. The
// channel lets everybody in.
//
//   psyc-operators -c CONFIGURATION
#define _GNU_SOURCE /* be64toh, behind GNUNET_ntohll */
#include <gnunet/gnunet_util_lib.h>

#include "gnunet_psyc_service.h"
#include "psyc_reader.h"
#include "pulled_message.h"

struct Change
{
  char oper;
  const char *name;
  const char *value;
};

/** What the messages say, one after the other; an empty name ends each. */
static const struct Change changes[] = {
  { '=', "_amount_apples", "5" },
  { '=', "_dict_prices", "{apple}2{pear}3" },
  { '=', "_gone", "soon" },
  { '=', "_list_tags", "|a|b" },
  { '=', "_topic", "apples" },
  { 0, "", "" },
  { '+', "_amount_apples", "3" },
  { '-', "_amount_pears", "2" },
  { '+', "_dict_prices", "{plum}4" },
  { '=', "_gone", "" },
  { '+', "_list_tags", "|c|d" },
  { '+', "_topic", " and pears" },
  { ':', "_passing", "by" },
  { 0, "", "" },
  { '-', "_amount_apples", "9" },
  { '-', "_dict_prices", "{pear}" },
  { '@', "_dict_prices", "{apple}5" },
  { '-', "_list_tags", "|a" },
  { '@', "_list_tags", "|0|x" },
  { '-', "_topic", " and pears" },
  { 0, "", "" },
};

/** The state after all that, sorted by name. */
static const struct Change state[] = {
  { 0, "_amount_apples", "-1" },
  { 0, "_amount_pears", "-2" },
  { 0, "_dict_prices", "{apple}5{plum}4" },
  { 0, "_list_tags", "|x|c|d" },
  { 0, "_topic", "apples" },
};
#define VARIABLES (sizeof (state) / sizeof (state[0]))

static struct GNUNET_PSYC_Master *master;
static struct GNUNET_PSYC_Slave *slave;
static struct Reader at_slave = { .name = "slave" };
static struct Pulled pulled;
static unsigned int next_change;
static unsigned int messages;
static unsigned int variables;

static void
give_up (void)
{
  if (NULL != slave)
    GNUNET_PSYC_slave_part (slave, GNUNET_NO, NULL, NULL);
  if (NULL != master)
    GNUNET_PSYC_master_stop (master, GNUNET_NO, NULL, NULL);
  slave = NULL;
  master = NULL;
}

static void
on_shutdown (void *cls)
{
  (void)cls;
  program_end ();
  give_up ();
  if (NULL != pulled.env)
    GNUNET_PSYC_env_destroy (pulled.env);
}

static void
on_variable (void *cls, const struct GNUNET_MessageHeader *mod,
             const char *name, const void *value, uint32_t value_size,
             uint32_t full_value_size)
{
  (void)cls;
  (void)mod;
  if (NULL == name)
    return;
  CHECK (variables < VARIABLES);
  CHECK (0 == strcmp (state[variables].name, name));
  CHECK (value_size == full_value_size);
  CHECK (strlen (state[variables].value) == value_size);
  CHECK (0 == memcmp (state[variables].value, value, value_size));
  variables++;
}

static void
on_masters_state (void *cls, int64_t result, const void *data, uint16_t size)
{
  (void)cls;
  (void)data;
  (void)size;
  CHECK (GNUNET_YES == result && VARIABLES == variables);
  ok ("the master has the same state");
  program_done ();
}

static void
on_slaves_state (void *cls, int64_t result, const void *data, uint16_t size)
{
  (void)cls;
  (void)data;
  (void)size;
  CHECK (GNUNET_YES == result && VARIABLES == variables);
  ok ("modifiers of all operators come to the state that they should");
  variables = 0;
  GNUNET_PSYC_channel_state_get_prefix (GNUNET_PSYC_master_get_channel (master),
                                        "", &on_variable, &on_masters_state,
                                        NULL);
}

/** Transmit the changes up to the next end. */
static void
transmit (void)
{
  if (NULL != pulled.env)
    GNUNET_PSYC_env_destroy (pulled.env);
  pulled.env = GNUNET_PSYC_env_create ();
  for (; 0 != changes[next_change].oper; next_change++)
    GNUNET_PSYC_env_add (pulled.env,
                         (enum GNUNET_PSYC_Operator)changes[next_change].oper,
                         changes[next_change].name, changes[next_change].value,
                         strlen (changes[next_change].value));
  next_change++;
  messages++;
  pulled_begin (&pulled);
  CHECK (NULL
         != GNUNET_PSYC_master_transmit (
             master, "_notice_change", &pull_modifier, NULL, &pulled,
             GNUNET_PSYC_MASTER_TRANSMIT_STATE_MODIFY
                 | GNUNET_PSYC_MASTER_TRANSMIT_STATE_HASH));
}

static void
on_part (void *cls, const struct GNUNET_PSYC_MessageHeader *msg,
         const struct GNUNET_MessageHeader *part)
{
  (void)cls;
  if (! reader_part (&at_slave, msg, part)
      || 0 != strcmp ("_notice_change", at_slave.method))
    return;
  if (sizeof (changes) / sizeof (changes[0]) > next_change)
  {
    transmit ();
    return;
  }
  CHECK (3 == messages);
  GNUNET_PSYC_channel_state_get_prefix (GNUNET_PSYC_slave_get_channel (slave),
                                        "_", &on_variable, &on_slaves_state,
                                        NULL);
}

static void
on_decision (void *cls, const struct GNUNET_PSYC_JoinDecisionMessage *dcsn,
             int is_admitted, const struct GNUNET_PSYC_Message *join_msg)
{
  (void)cls;
  (void)dcsn;
  (void)join_msg;
  CHECK (GNUNET_YES == is_admitted);
  ok ("everybody is let in where nobody is asked");
  transmit ();
}

static void
run (void *cls, char *const *args, const char *cfgfile,
     const struct GNUNET_CONFIGURATION_Handle *cfg)
{
  struct GNUNET_PeerIdentity this_peer;
  struct GNUNET_CRYPTO_EddsaPrivateKey channel_key;
  struct GNUNET_CRYPTO_EddsaPublicKey channel_pub_key;
  struct GNUNET_CRYPTO_EcdsaPrivateKey slave_key;

  (void)cls;
  (void)args;
  (void)cfgfile;
  program_begin (&give_up);
  GNUNET_SCHEDULER_add_shutdown (&on_shutdown, NULL);
  CHECK (GNUNET_OK == GNUNET_CRYPTO_get_peer_identity (cfg, &this_peer));
  GNUNET_CRYPTO_eddsa_key_create (&channel_key);
  GNUNET_CRYPTO_eddsa_key_get_public (&channel_key, &channel_pub_key);
  GNUNET_CRYPTO_ecdsa_key_create (&slave_key);
  master = GNUNET_PSYC_master_start (cfg, &channel_key,
                                     GNUNET_PSYC_CHANNEL_ANONYMOUS, NULL, NULL,
                                     NULL, NULL, NULL);
  slave = GNUNET_PSYC_slave_join (
      cfg, &channel_pub_key, &slave_key, GNUNET_PSYC_SLAVE_JOIN_NONE,
      &this_peer, 0, NULL, NULL, &on_part, NULL, &on_decision, NULL, NULL);
  CHECK (NULL != master && NULL != slave);
}

int
main (int argc, char *const *argv)
{
  struct GNUNET_GETOPT_CommandLineOption options[]
      = { GNUNET_GETOPT_OPTION_END };

  GNUNET_PROGRAM_run (argc, argv, "psyc-operators", "the interface of 2019",
                      options, &run, NULL);
  return program_status;
}
