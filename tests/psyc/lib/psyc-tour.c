// SPDX-License-Identifier: AGPL-3.0-or-later
//
// A tour of libgnunetpsyc against the real service, in C: somebody hosts a
// private channel, a guest on the same peer asks to join and is let in, both
// speak, history is replayed, the state is read. Prints one line for each
// thing that worked; exit status 0 when all did.
//
//   psyc-tour -c CONFIGURATION
#include "gnunet_psyc_service.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define TOPIC "how to grow tomatoes"
#define LONG_SIZE 200000

struct Reader
{
  const char *name;
  char method[64];
  char body[64];
  size_t data_bytes;
  uint64_t long_bytes;   // of the long modifier
  unsigned int messages; // that ended
  unsigned int replayed;
  char author[64];
};

static const struct GNUNET_CONFIGURATION_Handle *cfg;
static struct GNUNET_CRYPTO_EddsaPrivateKey channel_key;
static struct GNUNET_CRYPTO_EcdsaPrivateKey slave_key;
static struct GNUNET_PSYC_Master *master;
static struct GNUNET_PSYC_Slave *slave;
static struct Reader at_master = { .name = "master" };
static struct Reader at_slave = { .name = "slave" };
static struct Reader in_history = { .name = "history" };
static struct GNUNET_SCHEDULER_Task *timeout_task;
static int status = 1;
static int slave_accepted;
static int slave_has_read; // what it said itself
static int slave_parted;

static void
worked (const char *what)
{
  printf ("ok %s\n", what);
  fflush (stdout);
}

// ---- Reading -----------------------------------------------------------

static void on_message_end (struct Reader *reader);

static void
part_cb (void *cls, const struct GNUNET_PSYC_MessageHeader *msg,
         const struct GNUNET_MessageHeader *part, struct Reader *reader)
{
  const uint16_t size = NULL == part ? 0 : ntohs (part->size);

  (void)cls;
  (void)msg;
  if (NULL == part)
  {
    printf ("FAILED: a malformed message at the %s\n", reader->name);
    GNUNET_SCHEDULER_shutdown ();
    return;
  }
  switch (ntohs (part->type))
  {
  case GNUNET_MESSAGE_TYPE_PSYC_MESSAGE_METHOD:
    snprintf (
        reader->method, sizeof (reader->method), "%s",
        (const char *)&((const struct GNUNET_PSYC_MessageMethod *)part)[1]);
    reader->data_bytes = 0;
    reader->author[0] = '\0';
    break;
  case GNUNET_MESSAGE_TYPE_PSYC_MESSAGE_MODIFIER:
  {
    const struct GNUNET_PSYC_MessageModifier *mod = (const void *)part;
    const char *name = (const char *)&mod[1];
    const uint16_t name_size = ntohs (mod->name_size);
    const uint16_t value_size = (uint16_t)(size - sizeof (*mod) - name_size);

    if (0 == strcmp (name, "_long"))
      reader->long_bytes = value_size;
    if (0 == strcmp (name, "_nym_author"))
      snprintf (reader->author, sizeof (reader->author), "%.*s",
                (int)value_size, name + name_size);
    break;
  }
  case GNUNET_MESSAGE_TYPE_PSYC_MESSAGE_MOD_CONT:
    reader->long_bytes += size - sizeof (*part);
    break;
  case GNUNET_MESSAGE_TYPE_PSYC_MESSAGE_DATA:
    if (reader->data_bytes + size < sizeof (reader->body))
    {
      memcpy (reader->body + reader->data_bytes, &part[1],
              size - sizeof (*part));
      reader->body[reader->data_bytes + size - sizeof (*part)] = '\0';
    }
    reader->data_bytes += size - sizeof (*part);
    break;
  case GNUNET_MESSAGE_TYPE_PSYC_MESSAGE_END:
    reader->messages++;
    if (0 != (ntohl (msg->flags) & GNUNET_PSYC_MESSAGE_HISTORIC))
      reader->replayed++;
    on_message_end (reader);
    break;
  }
}

static void
master_part_cb (void *cls, const struct GNUNET_PSYC_MessageHeader *msg,
                const struct GNUNET_MessageHeader *part)
{
  part_cb (cls, msg, part, &at_master);
}

static void
slave_part_cb (void *cls, const struct GNUNET_PSYC_MessageHeader *msg,
               const struct GNUNET_MessageHeader *part)
{
  part_cb (cls, msg, part, &at_slave);
}

static void
history_part_cb (void *cls, const struct GNUNET_PSYC_MessageHeader *msg,
                 const struct GNUNET_MessageHeader *part)
{
  part_cb (cls, msg, part, &in_history);
}

// ---- The end -----------------------------------------------------------

static void
stopped (void *cls)
{
  (void)cls;
  master = NULL;
  worked ("the master stopped");
  if (slave_accepted && slave_parted)
    status = 0;
  GNUNET_SCHEDULER_shutdown ();
}

static void
parted (void *cls)
{
  (void)cls;
  worked ("the slave parted");
  slave_parted = 1;
  GNUNET_PSYC_master_stop (master, GNUNET_NO, &stopped, NULL);
}

static void
on_shutdown (void *cls)
{
  (void)cls;
  if (NULL != timeout_task)
    GNUNET_SCHEDULER_cancel (timeout_task);
  timeout_task = NULL;
  if (NULL != slave)
    GNUNET_PSYC_slave_part (slave, GNUNET_YES, NULL, NULL);
  slave = NULL;
  if (NULL != master)
    GNUNET_PSYC_master_stop (master, GNUNET_NO, NULL, NULL);
  master = NULL;
}

static void
on_timeout (void *cls)
{
  (void)cls;
  timeout_task = NULL;
  printf ("FAILED: it takes too long\n");
  GNUNET_SCHEDULER_shutdown ();
}

// ---- State and history -------------------------------------------------

static void
info_cb (void *cls, const struct GNUNET_PSYC_ChannelInfo *info)
{
  struct GNUNET_PSYC_Slave *parting = slave;

  (void)cls;
  printf ("ok info: head %" PRIu64 ", messages %" PRIu64 ", settled %" PRIu64
          ", members %" PRIu64 "\n",
          info->head_fragment_id, info->max_message_id,
          info->settled_fragment_id, info->member_count);
  slave = NULL;
  GNUNET_PSYC_slave_part (parting, GNUNET_NO, &parted, NULL);
}

static void
var_cb (void *cls, const struct GNUNET_MessageHeader *mod, const char *name,
        const void *value, uint32_t value_size, uint32_t full_value_size)
{
  int *matches = cls;

  (void)mod;
  (void)full_value_size;
  if (NULL != name && 0 == strcmp (name, "_place_topic")
      && strlen (TOPIC) == value_size && 0 == memcmp (value, TOPIC, value_size))
    (*matches)++;
}

static void
state_result_cb (void *cls, int64_t result, const void *data, uint16_t size)
{
  int *matches = cls;

  (void)size;
  if (GNUNET_YES != result || 1 != *matches)
  {
    printf ("FAILED: the state: result %" PRId64 " %s, %d matches\n", result,
            NULL == data ? "" : (const char *)data, *matches);
    GNUNET_SCHEDULER_shutdown ();
    return;
  }
  worked ("the topic is the channel's state, at the slave");
  GNUNET_PSYC_channel_info_get (GNUNET_PSYC_master_get_channel (master),
                                &info_cb, NULL);
}

static void
history_result_cb (void *cls, int64_t result, const void *data, uint16_t size)
{
  static int matches;

  (void)cls;
  (void)size;
  if (2 != result || 2 != in_history.replayed
      || LONG_SIZE != in_history.long_bytes)
  {
    printf ("FAILED: history: result %" PRId64 " %s, %u replayed\n", result,
            NULL == data ? "" : (const char *)data, in_history.replayed);
    GNUNET_SCHEDULER_shutdown ();
    return;
  }
  worked ("the slave's history has both messages whole");
  // "_place_topic_colour" is not set: its nearest shorter name answers.
  GNUNET_PSYC_channel_state_get (GNUNET_PSYC_slave_get_channel (slave),
                                 "_place_topic_colour", &var_cb,
                                 &state_result_cb, &matches);
}

// Accepted is what is on the master's disk: the slave may read it a little
// later.
static void
look_back (void)
{
  if (slave_accepted && slave_has_read)
    GNUNET_PSYC_channel_history_replay_latest (
        GNUNET_PSYC_slave_get_channel (slave), 10, "_message",
        GNUNET_PSYC_HISTORY_REPLAY_LOCAL, NULL, &history_part_cb,
        &history_result_cb, NULL);
}

// ---- The slave speaks, by pushing parts --------------------------------

static void
send_state_cb (void *cls, enum GNUNET_PSYC_SendState state, uint64_t request_id,
               uint64_t message_id, uint32_t code, const char *reason)
{
  (void)cls;
  (void)request_id;
  (void)code;
  switch (state)
  {
  case GNUNET_PSYC_SEND_QUEUED:
    worked ("the slave's message is queued on its own disk");
    break;
  case GNUNET_PSYC_SEND_SENT:
    break;
  case GNUNET_PSYC_SEND_ACCEPTED:
    printf ("ok the slave's message was accepted as message %" PRIu64 "\n",
            message_id);
    slave_accepted = (2 == message_id);
    look_back ();
    break;
  case GNUNET_PSYC_SEND_STORED:
  case GNUNET_PSYC_SEND_REFUSED:
  case GNUNET_PSYC_SEND_CANCELLED:
  case GNUNET_PSYC_SEND_FAILED:
    printf ("FAILED: the slave's message: state %d %s\n", state,
            NULL == reason ? "" : reason);
    GNUNET_SCHEDULER_shutdown ();
    break;
  }
}

static void
slave_speaks (void)
{
  struct GNUNET_PSYC_Message *whole
      = GNUNET_PSYC_message_create ("_message_public", NULL, "me too", 6);
  struct GNUNET_PSYC_Upload *upload = GNUNET_PSYC_channel_upload (
      GNUNET_PSYC_slave_get_channel (slave), NULL,
      GNUNET_PSYC_SLAVE_TRANSMIT_NONE, NULL, &send_state_cb, NULL);

  if (GNUNET_YES
      != GNUNET_PSYC_upload_parts (
          upload, &whole[1],
          (uint16_t)(ntohs (whole->header.size) - sizeof (*whole))))
    printf ("FAILED: the slave's message was not taken\n");
  GNUNET_free (whole);
}

static void
request_cb (void *cls, const struct GNUNET_CRYPTO_EcdsaPublicKey *key,
            uint64_t request_id, const struct GNUNET_PSYC_MessageHeader *msg)
{
  struct GNUNET_PSYC_Environment *env = GNUNET_PSYC_env_create ();

  (void)cls;
  (void)msg;
  worked ("the master was asked to relay");
  GNUNET_PSYC_env_add (env, GNUNET_PSYC_OP_SET, "_nym_author", "somebody", 8);
  GNUNET_PSYC_master_request_relay (master, key, request_id, env);
  GNUNET_PSYC_env_destroy (env);
}

// ---- The master speaks, by being pulled --------------------------------

// A lasting topic, and a value longer than a fragment.
static int
notify_mod (void *cls, uint16_t *size, void *data, uint8_t *oper,
            uint32_t *full_value_size)
{
  static int next;
  static uint32_t given;
  char *out = data;
  uint32_t now;

  (void)cls;
  if (NULL == oper)
  {
    now = GNUNET_MIN (LONG_SIZE - given, *size);
    memset (out, 'l', now);
    given += now;
    *size = (uint16_t)now;
    return GNUNET_NO;
  }
  switch (next++)
  {
  case 0:
    *oper = GNUNET_PSYC_OP_SET;
    *full_value_size = LONG_SIZE;
    memcpy (out, "_long", 6);
    given = *size - 6u;
    memset (out + 6, 'l', given);
    return GNUNET_NO;
  case 1:
    *oper = GNUNET_PSYC_OP_ASSIGN;
    *full_value_size = strlen (TOPIC);
    memcpy (out, "_place_topic", 13);
    memcpy (out + 13, TOPIC, strlen (TOPIC));
    *size = (uint16_t)(13 + strlen (TOPIC));
    return GNUNET_NO;
  default:
    *size = 0;
    return GNUNET_YES;
  }
}

static int
notify_data (void *cls, uint16_t *size, void *data)
{
  (void)cls;
  memcpy (data, "hello", 5);
  *size = 5;
  return GNUNET_YES;
}

static void
master_speaks (void)
{
  if (NULL
      == GNUNET_PSYC_master_transmit (master, "_message_public", &notify_mod,
                                      &notify_data, NULL,
                                      GNUNET_PSYC_MASTER_TRANSMIT_NONE))
    printf ("FAILED: the master may not speak\n");
}

static void
on_message_end (struct Reader *reader)
{
  if (reader == &in_history)
    return;
  if (1 == reader->messages)
  {
    if (LONG_SIZE != reader->long_bytes || 0 != strcmp (reader->body, "hello"))
      printf ("FAILED: the %s read %" PRIu64 " bytes and \"%s\"\n",
              reader->name, reader->long_bytes, reader->body);
    else
      printf ("ok the %s read the whole message\n", reader->name);
    if (reader == &at_slave)
      slave_speaks ();
  }
  else
    printf ("%s the %s read \"%s\" by %s\n",
            0 == strcmp (reader->body, "me too")
                    && 0 == strcmp (reader->author, "somebody")
                ? "ok"
                : "FAILED:",
            reader->name, reader->body, reader->author);
  if (1 < reader->messages && reader == &at_slave)
  {
    slave_has_read = 1;
    look_back ();
  }
  fflush (stdout);
}

// ---- The door ----------------------------------------------------------

static void
join_request_cb (void *cls, const struct GNUNET_PSYC_JoinRequestMessage *req,
                 const struct GNUNET_CRYPTO_EcdsaPublicKey *key,
                 const struct GNUNET_PSYC_Message *join_msg,
                 struct GNUNET_PSYC_JoinHandle *jh)
{
  (void)cls;
  (void)req;
  (void)key;
  printf ("%s the slave knocks\n",
          NULL == join_msg ? "FAILED: silently" : "ok");
  GNUNET_PSYC_join_pending (jh);
  if (GNUNET_OK
      != GNUNET_PSYC_join_decision (jh, GNUNET_YES, 0, NULL, join_msg))
    printf ("FAILED: the answer was not taken\n");
}

static void
decision_cb (void *cls, const struct GNUNET_PSYC_JoinDecisionMessage *dcsn,
             int is_admitted, const struct GNUNET_PSYC_Message *join_msg)
{
  (void)cls;
  (void)dcsn;
  printf ("%s the slave is let in, with %s\n",
          GNUNET_YES == is_admitted ? "ok" : "FAILED:",
          NULL == join_msg ? "no word" : "a word");
  fflush (stdout);
  master_speaks ();
}

static void
slave_connect_cb (void *cls, int result, uint64_t max_message_id)
{
  (void)cls;
  printf ("ok the slave is connected: %d, %" PRIu64 "\n", result,
          max_message_id);
  fflush (stdout);
}

static void
master_start_cb (void *cls, int result, uint64_t max_message_id)
{
  struct GNUNET_CRYPTO_EddsaPublicKey channel;
  struct GNUNET_PeerIdentity self;
  struct GNUNET_PSYC_Message *knock;

  (void)cls;
  printf ("ok the channel runs: %d, %" PRIu64 "\n", result, max_message_id);
  fflush (stdout);
  if (NULL != slave || slave_parted)
    return; // the service was restarted
  if (GNUNET_OK != GNUNET_CRYPTO_get_peer_identity (cfg, &self))
    printf ("FAILED: no identity of this peer\n");
  GNUNET_CRYPTO_eddsa_key_get_public (&channel_key, &channel);
  knock = GNUNET_PSYC_message_create ("_request_enter", NULL, "please", 6);
  slave = GNUNET_PSYC_slave_join (
      cfg, &channel, &slave_key, GNUNET_PSYC_SLAVE_JOIN_NONE, &self, 0, NULL,
      NULL, &slave_part_cb, &slave_connect_cb, &decision_cb, NULL, knock);
  GNUNET_free (knock);
}

static void
run (void *cls, char *const *args, const char *cfgfile,
     const struct GNUNET_CONFIGURATION_Handle *configuration)
{
  (void)cls;
  (void)args;
  (void)cfgfile;
  cfg = configuration;
  GNUNET_CRYPTO_eddsa_key_create (&channel_key);
  GNUNET_CRYPTO_ecdsa_key_create (&slave_key);
  GNUNET_SCHEDULER_add_shutdown (&on_shutdown, NULL);
  timeout_task = GNUNET_SCHEDULER_add_delayed (
      GNUNET_TIME_relative_multiply (GNUNET_TIME_UNIT_SECONDS, 60), &on_timeout,
      NULL);
  master = GNUNET_PSYC_master_start (
      cfg, &channel_key, GNUNET_PSYC_CHANNEL_PRIVATE, &master_start_cb,
      &join_request_cb, NULL, &master_part_cb, NULL);
  GNUNET_PSYC_master_handle_requests (master, &request_cb, NULL);
}

int
main (int argc, char *const *argv)
{
  static const struct GNUNET_GETOPT_CommandLineOption options[]
      = { GNUNET_GETOPT_OPTION_END };

  if (GNUNET_OK
      != GNUNET_PROGRAM_run (argc, argv, "psyc-tour",
                             "Tries libgnunetpsyc against the service", options,
                             &run, NULL))
    return 2;
  return status;
}
