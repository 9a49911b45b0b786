// SPDX-License-Identifier: AGPL-3.0-or-later
//
// libgnunetpsyc as programs of 2019 use it, on a peer started by
// GNUNET_TESTING_peer_run: a master that sends before it was started, a slave
// that is refused and then admitted, messages of many fragments pulled with
// pauses, requests and their relay, history, state, cancelled messages, a slave
// that only reads what is stored.
//
//   psyc-channel CONFIGURATION
#define _GNU_SOURCE /* be64toh, behind GNUNET_ntohll */
#include <gnunet/gnunet_util_lib.h>
#include <gnunet/gnunet_testing_lib.h>

#include "gnunet_psyc_service.h"
#include "psyc_reader.h"
#include "pulled_message.h"

#define MAX_NAME "_test_max"
#define CONT_NAME "_test_cont"
/* A modifier that just fits one part, and one that needs two more. */
#define MAX_SIZE (GNUNET_PSYC_MODIFIER_MAX_PAYLOAD - sizeof (MAX_NAME))
#define CONT_SIZE                                                              \
  (GNUNET_PSYC_MODIFIER_MAX_PAYLOAD - sizeof (CONT_NAME)                       \
   + GNUNET_PSYC_MOD_CONT_MAX_PAYLOAD + 5)

static const struct GNUNET_CONFIGURATION_Handle *cfg;
static struct GNUNET_PeerIdentity this_peer;
static struct GNUNET_CRYPTO_EddsaPrivateKey channel_key;
static struct GNUNET_CRYPTO_EddsaPublicKey channel_pub_key;
static struct GNUNET_CRYPTO_EcdsaPrivateKey slave_key;
static struct GNUNET_CRYPTO_EcdsaPublicKey slave_pub_key;

static struct GNUNET_PSYC_Master *master;
static struct GNUNET_PSYC_Slave *slave;
static struct GNUNET_PSYC_JoinHandle *join_handle;
static struct GNUNET_SCHEDULER_Task *decide_task;
static struct GNUNET_PSYC_MasterTransmitHandle *master_th;
static struct GNUNET_PSYC_SlaveTransmitHandle *slave_th;

static struct Reader at_master = { .name = "master" };
static struct Reader at_slave = { .name = "slave" };
static struct Reader in_history = { .name = "history" };
static unsigned int fragments;
static unsigned int historic_fragments;
static struct Pulled pulled;
static char long_value[CONT_SIZE + 1];
static char long_data[GNUNET_PSYC_DATA_MAX_PAYLOAD];

static enum {
  EARLY,
  JOIN_REFUSED,
  JOIN_ADMITTED,
  LARGE,
  REQUEST,
  MEMBERSHIP,
  HISTORY,
  STATE,
  CANCEL,
  CANCEL_REQUEST,
  AFTER_CANCEL,
  PART,
  LOCAL
} step;

static void
give_up (void)
{
  if (NULL != pulled.body.task)
    GNUNET_SCHEDULER_cancel (pulled.body.task);
  if (NULL != decide_task)
    GNUNET_SCHEDULER_cancel (decide_task);
  pulled.body.task = decide_task = NULL;
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

/* ---- sending ---- */

static void
resume_master (void *cls)
{
  (void)cls;
  pulled.body.task = NULL;
  GNUNET_PSYC_master_transmit_resume (master_th);
}

static void
resume_slave (void *cls)
{
  (void)cls;
  pulled.body.task = NULL;
  GNUNET_PSYC_slave_transmit_resume (slave_th);
}

static void
transmit (const char *method, enum GNUNET_PSYC_MasterTransmitFlags flags)
{
  pulled_begin (&pulled);
  pulled.body.resume = &resume_master;
  master_th = GNUNET_PSYC_master_transmit (master, method, &pull_modifier,
                                           &pull_data, &pulled, flags);
  CHECK (NULL != master_th);
  CHECK (NULL
         == GNUNET_PSYC_master_transmit (master, "_too_early", NULL, NULL, NULL,
                                         flags));
}

static void
request (const char *method)
{
  pulled_begin (&pulled);
  pulled.body.resume = &resume_slave;
  slave_th
      = GNUNET_PSYC_slave_transmit (slave, method, &pull_modifier, &pull_data,
                                    &pulled, GNUNET_PSYC_SLAVE_TRANSMIT_NONE);
  CHECK (NULL != slave_th);
  CHECK (NULL
         == GNUNET_PSYC_slave_transmit (slave, "_too_early", NULL, NULL, NULL,
                                        GNUNET_PSYC_SLAVE_TRANSMIT_NONE));
}

static void
new_env (void)
{
  if (NULL != pulled.env)
    GNUNET_PSYC_env_destroy (pulled.env);
  pulled.env = GNUNET_PSYC_env_create ();
  memset (&pulled.body, 0, sizeof (pulled.body));
}

static void
body (const char *text)
{
  const unsigned int i = pulled.body.count++;

  pulled.body.data[i] = text;
  pulled.body.size[i] = strlen (text);
}

/* ---- the end ---- */

static void
on_stopped (void *cls)
{
  MAY_END_LAST ();
  (void)cls;
  ok ("the master stops");
  program_done ();
}

static void
on_read_locally (void *cls, int64_t result, const void *data, uint16_t size)
{
  MAY_END ();
  (void)cls;
  (void)data;
  (void)size;
  CHECK (0 < result && 0 == strcmp ("_notice_test", in_history.method));
  ok ("a slave reads what is stored, without any network");
  GNUNET_PSYC_slave_part (slave, GNUNET_NO, NULL, NULL);
  slave = NULL;
  GNUNET_PSYC_master_stop (master, GNUNET_NO, &on_stopped, NULL);
  master = NULL;
}

static void
on_message_cb (void *cls, const struct GNUNET_PSYC_MessageHeader *msg)
{
  MAY_END ();
  (void)cls;
  CHECK (GNUNET_MESSAGE_TYPE_PSYC_MESSAGE == ntohs (msg->header.type)
         || sizeof (*msg) < ntohs (msg->header.size));
  historic_fragments
      += 0 != (ntohl (msg->flags) & GNUNET_PSYC_MESSAGE_HISTORIC);
}

static void
on_history_part (void *cls, const struct GNUNET_PSYC_MessageHeader *msg,
                 const struct GNUNET_MessageHeader *part)
{
  MAY_END ();
  (void)cls;
  CHECK (0 != (ntohl (msg->flags) & GNUNET_PSYC_MESSAGE_HISTORIC));
  reader_part (&in_history, msg, part);
}

static void
on_local_connect (void *cls, int result, uint64_t max_message_id)
{
  MAY_END ();
  (void)cls;
  CHECK (GNUNET_YES == result && 2 <= max_message_id);
  GNUNET_PSYC_channel_history_replay (GNUNET_PSYC_slave_get_channel (slave), 2,
                                      2, "_notice",
                                      GNUNET_PSYC_HISTORY_REPLAY_LOCAL, NULL,
                                      &on_history_part, &on_read_locally, NULL);
}

static void
on_parted (void *cls)
{
  MAY_END_LAST ();
  (void)cls;
  ok ("the slave parts");
  step = LOCAL;
  slave = GNUNET_PSYC_slave_join (
      cfg, &channel_pub_key, &slave_key, GNUNET_PSYC_SLAVE_JOIN_LOCAL,
      &this_peer, 0, NULL, NULL, NULL, &on_local_connect, NULL, NULL, NULL);
  CHECK (NULL != slave);
}

/* ---- cancelled messages ---- */

static void
cancel_slave (void *cls)
{
  (void)cls;
  pulled.body.task = NULL;
  GNUNET_PSYC_slave_transmit_cancel (slave_th);
  ok ("a request is cancelled in a pause");
  step = AFTER_CANCEL;
  new_env ();
  body ("all the same");
  transmit ("_notice_after", GNUNET_PSYC_MASTER_TRANSMIT_NONE);
}

static void
cancel_master (void *cls)
{
  (void)cls;
  pulled.body.task = NULL;
  GNUNET_PSYC_master_transmit_cancel (master_th);
  ok ("a message is cancelled in a pause");
  step = CANCEL_REQUEST;
  new_env ();
  body ("please");
  body ("do");
  pulled.body.is_paused_before[1] = 1;
  request ("_request_cancelled");
  pulled.body.resume = &cancel_slave;
}

static void
begin_cancelling (void)
{
  step = CANCEL;
  new_env ();
  body ("half");
  body ("of it");
  pulled.body.is_paused_before[1] = 1;
  transmit ("_notice_cancelled", GNUNET_PSYC_MASTER_TRANSMIT_NONE);
  pulled.body.resume = &cancel_master;
}

/* ---- state ---- */

static unsigned int variables;
static size_t variable_bytes;
static unsigned int ends;

static void
on_variable (void *cls, const struct GNUNET_MessageHeader *mod,
             const char *name, const void *value, uint32_t value_size,
             uint32_t full_value_size)
{
  MAY_END ();
  (void)cls;
  (void)value;
  if (NULL == name && NULL == mod)
  {
    ends++;
    return;
  }
  if (0 < full_value_size)
    variables++;
  variable_bytes += value_size;
}

static void
on_prefix (void *cls, int64_t result, const void *data, uint16_t size)
{
  MAY_END ();
  (void)cls;
  (void)data;
  (void)size;
  CHECK (GNUNET_YES == result);
  CHECK (2 == variables && MAX_SIZE + CONT_SIZE == variable_bytes && 1 == ends);
  ok ("state_get finds the best match, state_get_prefix all, of any size");
  begin_cancelling ();
}

static void
on_cancelled_query (void *cls, int64_t result, const void *data, uint16_t size)
{
  (void)cls;
  (void)result;
  (void)data;
  (void)size;
  failed ("a cancelled query has a result");
}

static void
on_best_match (void *cls, int64_t result, const void *data, uint16_t size)
{
  MAY_END ();
  struct GNUNET_PSYC_Channel *channel = GNUNET_PSYC_slave_get_channel (slave);

  (void)cls;
  (void)data;
  (void)size;
  CHECK (GNUNET_YES == result && 1 == variables && 7 == variable_bytes);
  variables = ends = 0;
  variable_bytes = 0;
  GNUNET_PSYC_channel_state_get_cancel (GNUNET_PSYC_channel_state_get_prefix (
      channel, "", NULL, &on_cancelled_query, NULL));
  CHECK (NULL
         != GNUNET_PSYC_channel_state_get_prefix (
             channel, "_test", &on_variable, &on_prefix, NULL));
}

static void
begin_state (void)
{
  step = STATE;
  CHECK (NULL
         != GNUNET_PSYC_channel_state_get (
             GNUNET_PSYC_slave_get_channel (slave), "_foo_bar_baz",
             &on_variable, &on_best_match, NULL));
}

/* ---- history ---- */

static void
on_latest (void *cls, int64_t result, const void *data, uint16_t size)
{
  MAY_END ();
  (void)cls;
  (void)data;
  (void)size;
  CHECK (1 == result && 0 == strcmp ("_request_test", in_history.method));
  ok ("history by range and prefix, and the latest");
  begin_state ();
}

static void
on_cancelled_history (void *cls, int64_t result, const void *data,
                      uint16_t size)
{
  (void)cls;
  (void)result;
  (void)data;
  (void)size;
  failed ("a cancelled replay has a result");
}

static void
on_range (void *cls, int64_t result, const void *data, uint16_t size)
{
  MAY_END ();
  struct GNUNET_PSYC_Channel *channel = GNUNET_PSYC_master_get_channel (master);

  (void)cls;
  (void)data;
  (void)size;
  CHECK (2 == result && 0 == strcmp ("_notice_test", in_history.method));
  CHECK (3 < historic_fragments && 2 == in_history.ended);
  GNUNET_PSYC_channel_history_replay_cancel (
      channel, GNUNET_PSYC_channel_history_replay_latest (
                   channel, 100, NULL, GNUNET_PSYC_HISTORY_REPLAY_LOCAL, NULL,
                   &on_history_part, &on_cancelled_history, NULL));
  CHECK (NULL
         != GNUNET_PSYC_channel_history_replay_latest (
             channel, 1, "", GNUNET_PSYC_HISTORY_REPLAY_LOCAL, NULL,
             &on_history_part, &on_latest, NULL));
}

static void
begin_history (void)
{
  step = HISTORY;
  CHECK (NULL
         != GNUNET_PSYC_channel_history_replay (
             GNUNET_PSYC_master_get_channel (master), 1, 3, "_notice",
             GNUNET_PSYC_HISTORY_REPLAY_REMOTE, &on_message_cb,
             &on_history_part, &on_range, NULL));
}

/* ---- membership ---- */

static void
on_removed (void *cls, int64_t result, const void *data, uint16_t size)
{
  MAY_END ();
  (void)cls;
  (void)data;
  (void)size;
  CHECK (GNUNET_OK == result);
  ok ("channel_slave_add, channel_slave_remove");
  begin_history ();
}

static void
on_added (void *cls, int64_t result, const void *data, uint16_t size)
{
  MAY_END ();
  (void)cls;
  (void)data;
  (void)size;
  CHECK (GNUNET_OK == result);
  GNUNET_PSYC_channel_slave_remove (GNUNET_PSYC_master_get_channel (master),
                                    cls, 2, &on_removed, NULL);
}

static void
begin_membership (void)
{
  static struct GNUNET_CRYPTO_EcdsaPrivateKey other_key;
  static struct GNUNET_CRYPTO_EcdsaPublicKey other_pub_key;

  step = MEMBERSHIP;
  GNUNET_CRYPTO_ecdsa_key_create (&other_key);
  GNUNET_CRYPTO_ecdsa_key_get_public (&other_key, &other_pub_key);
  GNUNET_PSYC_channel_slave_add (GNUNET_PSYC_master_get_channel (master),
                                 &other_pub_key, 2, 2, NULL, NULL);
  GNUNET_PSYC_channel_slave_add (GNUNET_PSYC_master_get_channel (master),
                                 &other_pub_key, 2, 2, &on_added,
                                 &other_pub_key);
}

/* ---- what is said, and asked ---- */

static void
begin_request (void)
{
  step = REQUEST;
  new_env ();
  GNUNET_PSYC_env_add (pulled.env, GNUNET_PSYC_OP_SET, "_abc", "abc def", 7);
  body ("slave ");
  body ("test");
  pulled.body.is_paused_before[1] = 1;
  request ("_request_test");
}

static void
begin_large (void)
{
  step = LARGE;
  new_env ();
  GNUNET_PSYC_env_add (pulled.env, GNUNET_PSYC_OP_ASSIGN, "_foo", "bar baz", 7);
  GNUNET_PSYC_env_add (pulled.env, GNUNET_PSYC_OP_ASSIGN, MAX_NAME, long_value,
                       MAX_SIZE);
  GNUNET_PSYC_env_add (pulled.env, GNUNET_PSYC_OP_ASSIGN, CONT_NAME, long_value,
                       CONT_SIZE);
  GNUNET_PSYC_env_add (pulled.env, GNUNET_PSYC_OP_SET, "_passing", NULL, 0);
  body ("foo");
  pulled.body.data[1] = long_data;
  pulled.body.size[1] = sizeof (long_data);
  pulled.body.count = 2;
  pulled.body.is_paused_before[1] = 1;
  body ("end");
  transmit ("_notice_test", GNUNET_PSYC_MASTER_TRANSMIT_INC_GROUP_GEN);
}

static void
check_large (const struct Reader *reader)
{
  CHECK (0 == strcmp ("_notice_test", reader->method));
  CHECK (2 == reader->message_id && 0 == reader->flags);
  CHECK (4 == reader->modifiers);
  CHECK (reader_has (reader, 0, '=', "_foo", 7, "bar baz"));
  CHECK (reader_has (reader, 1, '=', MAX_NAME, MAX_SIZE, "vvvv"));
  CHECK (reader_has (reader, 2, '=', CONT_NAME, CONT_SIZE, "vvvv"));
  CHECK (reader_has (reader, 3, ':', "_passing", 0, ""));
  CHECK (3 + sizeof (long_data) + 3 == reader->body);
  CHECK (0 == strncmp ("fooddd", reader->body_start, 6));
}

static void
large_was_read (void)
{
  if (2 > at_master.ended || 1 > at_slave.ended)
    return;
  check_large (&at_master);
  check_large (&at_slave);
  CHECK (4 < fragments);
  ok ("a message of many fragments, pulled with a pause, reaches both");
  begin_request ();
}

static void
request_was_relayed (void)
{
  CHECK (0 == strcmp ("_request_test", at_slave.method));
  CHECK (0 == (at_slave.flags & GNUNET_PSYC_MESSAGE_REQUEST));
  CHECK (reader_has (&at_slave, 0, ':', "_abc", 7, "abc def"));
  CHECK (0 == strcmp ("slave test", at_slave.body_start));
  ok ("the request is relayed to all, unchanged");
  begin_membership ();
}

static void
after_cancel (void)
{
  if (0 != strcmp ("_notice_after", at_slave.method))
    return;
  CHECK (0 == strcmp ("all the same", at_slave.body_start));
  CHECK (! at_slave.is_cancelled);
  ok ("what is said after a cancelled message arrives");
  step = PART;
  GNUNET_PSYC_slave_part (slave, GNUNET_NO, &on_parted, NULL);
  slave = NULL;
}

/** A message ended at the master or the slave. */
static void
message_was_read (const struct Reader *reader)
{
  if (EARLY == step)
  {
    CHECK (1 == at_master.message_id);
    CHECK (0 == strcmp ("_notice_early", at_master.method));
    CHECK (0 == strcmp ("first word", at_master.body_start));
  }
  else if (LARGE == step)
    large_was_read ();
  else if (REQUEST == step && reader == &at_slave)
    request_was_relayed ();
  else if (AFTER_CANCEL == step && reader == &at_slave)
    after_cancel ();
}

/* ---- callbacks of the two ---- */

static void
on_fragment (void *cls, const struct GNUNET_PSYC_MessageHeader *msg)
{
  MAY_END ();
  (void)cls;
  (void)msg;
  fragments++;
}

static void
on_request_part (const struct GNUNET_PSYC_MessageHeader *msg,
                 const struct GNUNET_MessageHeader *part)
{
  static struct Reader asked;

  if (! reader_part (&asked, msg, part) || REQUEST != step)
    return;
  CHECK (0 == strcmp ("_request_test", asked.method));
  CHECK (SAME (&asked.slave_key, &slave_pub_key));
  CHECK (0 == strcmp ("slave test", asked.body_start));
  ok ("a request reaches the master");
  CHECK (NULL
         != GNUNET_PSYC_master_relay (master, GNUNET_ntohll (msg->message_id)));
}

static void
on_master_part (void *cls, const struct GNUNET_PSYC_MessageHeader *msg,
                const struct GNUNET_MessageHeader *part)
{
  MAY_END ();
  (void)cls;
  if (0 != (ntohl (msg->flags) & GNUNET_PSYC_MESSAGE_REQUEST))
    on_request_part (msg, part);
  else if (reader_part (&at_master, msg, part))
    message_was_read (&at_master);
}

static void
on_slave_part (void *cls, const struct GNUNET_PSYC_MessageHeader *msg,
               const struct GNUNET_MessageHeader *part)
{
  MAY_END ();
  (void)cls;
  if (reader_part (&at_slave, msg, part))
    message_was_read (&at_slave);
}

/* ---- joining ---- */

static void slave_join (void);

static int
says (const struct GNUNET_PSYC_Message *msg, const char *method,
      const char *text)
{
  struct GNUNET_PSYC_MessageHeader *pmsg;
  struct GNUNET_PSYC_Environment *env;
  const char *got_method;
  const void *data;
  uint16_t data_size;
  int result;

  if (NULL == msg)
    return 0;
  pmsg = GNUNET_PSYC_message_header_create_from_psyc (msg);
  env = GNUNET_PSYC_env_create ();
  result = GNUNET_OK
               == GNUNET_PSYC_message_parse (pmsg, &got_method, env, &data,
                                             &data_size)
           && 0 == strcmp (method, got_method) && strlen (text) == data_size
           && 0 == memcmp (text, data, data_size)
           && 1 == GNUNET_PSYC_env_get_count (env);
  GNUNET_PSYC_env_destroy (env);
  GNUNET_free (pmsg);
  return result;
}

static struct GNUNET_PSYC_Message *
words (const char *method, const char *text)
{
  struct GNUNET_PSYC_Environment *env = GNUNET_PSYC_env_create ();
  struct GNUNET_PSYC_Message *msg;

  GNUNET_PSYC_env_add (env, GNUNET_PSYC_OP_ASSIGN, "_foo", "bar baz", 7);
  msg = GNUNET_PSYC_message_create (method, env, text, strlen (text));
  GNUNET_PSYC_env_destroy (env);
  return msg;
}

static void
decide (void *cls)
{
  struct GNUNET_PSYC_Message *resp = words ("_notice_join", "welcome");

  (void)cls;
  decide_task = NULL;
  CHECK (GNUNET_OK
         == GNUNET_PSYC_join_decision (join_handle, GNUNET_YES, 1, &this_peer,
                                       resp));
  GNUNET_free (resp);
}

static void
on_join_request (void *cls, const struct GNUNET_PSYC_JoinRequestMessage *req,
                 const struct GNUNET_CRYPTO_EcdsaPublicKey *who,
                 const struct GNUNET_PSYC_Message *join_msg,
                 struct GNUNET_PSYC_JoinHandle *jh)
{
  MAY_END ();
  (void)cls;
  CHECK (SAME (who, &slave_pub_key));
  CHECK (SAME (&req->slave_pub_key, &slave_pub_key));
  CHECK (says (join_msg, "_request_join", "some data"));
  if (JOIN_REFUSED == step)
  {
    struct GNUNET_PSYC_Message *resp = words ("_error_join", "go away");

    CHECK (GNUNET_OK
           == GNUNET_PSYC_join_decision (jh, GNUNET_NO, 0, NULL, resp));
    GNUNET_free (resp);
    return;
  }
  join_handle = jh;
  decide_task = GNUNET_SCHEDULER_add_delayed (GNUNET_TIME_UNIT_MILLISECONDS,
                                              &decide, NULL);
}

static void
refused_slave_parted (void *cls)
{
  MAY_END_LAST ();
  (void)cls;
  step = JOIN_ADMITTED;
  slave_join ();
}

static void
on_join_decision (void *cls, const struct GNUNET_PSYC_JoinDecisionMessage *dcsn,
                  int is_admitted, const struct GNUNET_PSYC_Message *join_msg)
{
  MAY_END ();
  (void)cls;
  CHECK (is_admitted == (int32_t)ntohl ((uint32_t)dcsn->is_admitted));
  if (JOIN_REFUSED == step)
  {
    CHECK (GNUNET_NO == is_admitted);
    CHECK (says (join_msg, "_error_join", "go away"));
    GNUNET_PSYC_slave_part (slave, GNUNET_NO, &refused_slave_parted, NULL);
    slave = NULL;
    return;
  }
  CHECK (GNUNET_YES == is_admitted);
  CHECK (says (join_msg, "_notice_join", "welcome"));
  ok ("a slave is refused, then admitted, with words both times");
  begin_large ();
}

static void
on_slave_connect (void *cls, int result, uint64_t max_message_id)
{
  MAY_END ();
  (void)cls;
  (void)max_message_id;
  CHECK (GNUNET_YES == result || GNUNET_NO == result);
}

static void
slave_join (void)
{
  struct GNUNET_PSYC_Message *join_msg = words ("_request_join", "some data");

  slave = GNUNET_PSYC_slave_join (cfg, &channel_pub_key, &slave_key,
                                  GNUNET_PSYC_SLAVE_JOIN_NONE, &this_peer, 0,
                                  NULL, NULL, &on_slave_part, &on_slave_connect,
                                  &on_join_decision, NULL, join_msg);
  CHECK (NULL != slave);
  GNUNET_free (join_msg);
}

static void
on_master_start (void *cls, int result, uint64_t max_message_id)
{
  MAY_END ();
  (void)cls;
  CHECK (GNUNET_NO == result && 0 == max_message_id && EARLY == step);
  step = JOIN_REFUSED;
  ok ("a new channel is started");
  slave_join ();
}

static void
run (void *cls, const struct GNUNET_CONFIGURATION_Handle *c,
     struct GNUNET_TESTING_Peer *peer)
{
  (void)cls;
  (void)peer;
  cfg = c;
  program_begin (&give_up);
  GNUNET_SCHEDULER_add_shutdown (&on_shutdown, NULL);
  CHECK (GNUNET_OK == GNUNET_CRYPTO_get_peer_identity (cfg, &this_peer));
  GNUNET_CRYPTO_eddsa_key_create (&channel_key);
  GNUNET_CRYPTO_eddsa_key_get_public (&channel_key, &channel_pub_key);
  GNUNET_CRYPTO_ecdsa_key_create (&slave_key);
  GNUNET_CRYPTO_ecdsa_key_get_public (&slave_key, &slave_pub_key);
  memset (long_value, 'v', sizeof (long_value));
  memset (long_data, 'd', sizeof (long_data));
  master = GNUNET_PSYC_master_start (
      cfg, &channel_key, GNUNET_PSYC_CHANNEL_PRIVATE, &on_master_start,
      &on_join_request, &on_fragment, &on_master_part, NULL);
  CHECK (NULL != master);
  new_env ();
  body ("first word");
  transmit ("_notice_early", GNUNET_PSYC_MASTER_TRANSMIT_NONE);
}

int
main (int argc, char *const *argv)
{
  if (2 != argc)
    return 2;
  if (0 != GNUNET_TESTING_peer_run ("psyc-channel", argv[1], &run, NULL))
    return 3;
  return program_status;
}
