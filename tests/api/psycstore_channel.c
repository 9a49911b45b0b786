// SPDX-License-Identifier: AGPL-3.0-or-later
//
// libgnunetpsycstore as programs of 2019 use it, against the real service: one
// operation after the other, each begun from the result of the last. Run by
// GNUNET_TESTING_service_run, as tests of that time are.
//
//   psycstore-channel CONFIGURATION
#define _GNU_SOURCE /* be64toh, behind GNUNET_ntohll */
#include <gnunet/gnunet_util_lib.h>
#include <gnunet/gnunet_testing_lib.h>

#include "gnunet_psyc_util_lib.h"
#include "gnunet_psycstore_service.h"
#include "program.h"

#define FRAGMENTS 3

/** Ids as large as the tests of 2019 had them. */
#define BASE_ID (INT64_MAX - 20)

static struct GNUNET_PSYCSTORE_Handle *h;
static struct GNUNET_PSYCSTORE_OperationHandle *op;

static struct GNUNET_CRYPTO_EddsaPrivateKey channel_key;
static struct GNUNET_CRYPTO_EddsaPublicKey channel_pub_key;
static struct GNUNET_CRYPTO_EcdsaPrivateKey slave_key;
static struct GNUNET_CRYPTO_EcdsaPublicKey slave_pub_key;

static struct GNUNET_MULTICAST_MessageHeader *msg[FRAGMENTS];
static enum GNUNET_PSYCSTORE_MessageFlags flags[FRAGMENTS]
    = { GNUNET_PSYCSTORE_MESSAGE_STATE, 0, 0 };
static unsigned int stored;

/** Fragments, or variables, that are to come from here on. */
static unsigned int expected_from;
static unsigned int given;

static const char *names[4];
static const char *values[4];
static char value[8192];
static size_t value_size;

/** Goes on after a while in which nothing may come. */
static struct GNUNET_SCHEDULER_Task *wait_task;

static void
give_up (void)
{
  if (NULL != wait_task)
    GNUNET_SCHEDULER_cancel (wait_task);
  wait_task = NULL;
  GNUNET_PSYCSTORE_disconnect (h);
  h = NULL;
}

static void
on_shutdown (void *cls)
{
  (void)cls;
  program_end ();
  give_up ();
  for (unsigned int i = 0; i < FRAGMENTS; i++)
    GNUNET_free (msg[i]);
}

/** Fragment with a body of parts (or of nothing that is any). */
static struct GNUNET_MULTICAST_MessageHeader *
make_fragment (uint64_t fragment_id, uint64_t message_id, uint64_t offset,
               uint32_t fragment_flags, const void *body, size_t body_size)
{
  struct GNUNET_MULTICAST_MessageHeader *out
      = GNUNET_malloc (sizeof (*out) + body_size);

  out->header.type = htons (GNUNET_MESSAGE_TYPE_MULTICAST_MESSAGE);
  out->header.size = htons ((uint16_t)(sizeof (*out) + body_size));
  out->hop_counter = htonl (9);
  out->fragment_id = GNUNET_htonll (fragment_id);
  out->fragment_offset = GNUNET_htonll (offset);
  out->message_id = GNUNET_htonll (message_id);
  out->group_generation = GNUNET_htonll (INT64_MAX - 3);
  out->flags = htonl (fragment_flags);
  out->purpose.size = htonl (
      (uint32_t)(sizeof (*out) + body_size - sizeof (out->header)
                 - sizeof (out->hop_counter) - sizeof (out->signature)));
  out->purpose.purpose = htonl (19);
  GNUNET_memcpy (&out[1], body, body_size);
  GNUNET_assert (GNUNET_OK
                 == GNUNET_CRYPTO_eddsa_sign_ (&channel_key, &out->purpose,
                                               &out->signature));
  return out;
}

/* ---- state ---- */

static int
on_variable (void *cls, const char *name, const void *piece,
             uint32_t piece_size)
{
  MAY_END_WITH (GNUNET_NO);
  (void)cls;
  if (NULL != name)
  {
    if (0 < given)
      CHECK (value_size == strlen (values[given - 1]));
    CHECK (NULL != names[given] && 0 == strcmp (name, names[given]));
    given++;
    value_size = 0;
  }
  CHECK (value_size + piece_size <= strlen (values[given - 1]));
  CHECK (0 == memcmp (values[given - 1] + value_size, piece, piece_size));
  value_size += piece_size;
  return GNUNET_YES;
}

static void
expect (const char *name0, const char *value0, const char *name1,
        const char *value1)
{
  names[0] = name0;
  values[0] = value0;
  names[1] = name1;
  values[1] = value1;
  given = 0;
  value_size = 0;
}

static void
on_last_cancelled (void *cls, int64_t result, const char *err_msg,
                   uint16_t err_msg_size)
{
  (void)cls;
  (void)result;
  (void)err_msg;
  (void)err_msg_size;
  failed ("a cancelled operation has a result");
}

static void
disconnect_and_end (void *cls)
{
  (void)cls;
  wait_task = NULL;
  /* Right after the last operation, which nobody waits for. */
  CHECK (NULL
         != GNUNET_PSYCSTORE_state_reset (h, &channel_pub_key, NULL, NULL));
  GNUNET_PSYCSTORE_disconnect (h);
  h = NULL;
  ok ("disconnect with an operation under way");
  program_done ();
}

static void
on_state_was_reset (void *cls, int64_t result, const char *err_msg,
                    uint16_t err_msg_size)
{
  MAY_END ();
  struct GNUNET_PSYCSTORE_OperationHandle *cancelled;

  (void)cls;
  (void)err_msg;
  (void)err_msg_size;
  op = NULL;
  CHECK (GNUNET_NO == result && 0 == given);
  ok ("state_reset");
  cancelled = GNUNET_PSYCSTORE_state_get_prefix (
      h, &channel_pub_key, "", &on_variable, &on_last_cancelled, NULL);
  CHECK (GNUNET_YES == GNUNET_PSYCSTORE_operation_cancel (cancelled));
  wait_task = GNUNET_SCHEDULER_add_delayed (
      GNUNET_TIME_relative_multiply (GNUNET_TIME_UNIT_MILLISECONDS, 200),
      &disconnect_and_end, NULL);
}

static void
on_state_reset (void *cls, int64_t result, const char *err_msg,
                uint16_t err_msg_size)
{
  MAY_END ();
  (void)cls;
  (void)err_msg;
  (void)err_msg_size;
  CHECK (GNUNET_OK == result);
  expect (NULL, NULL, NULL, NULL);
  op = GNUNET_PSYCSTORE_state_get_prefix (h, &channel_pub_key, "", &on_variable,
                                          &on_state_was_reset, NULL);
}

static void
on_hash (void *cls, int64_t result, const char *err_msg, uint16_t err_msg_size)
{
  MAY_END ();
  (void)cls;
  (void)err_msg;
  (void)err_msg_size;
  CHECK (GNUNET_OK == result);
  ok ("state_hash_update keeps the state");
  op = GNUNET_PSYCSTORE_state_reset (h, &channel_pub_key, &on_state_reset,
                                     NULL);
}

static void
on_synced_prefix (void *cls, int64_t result, const char *err_msg,
                  uint16_t err_msg_size)
{
  MAY_END ();
  struct GNUNET_HashCode hash;

  (void)cls;
  (void)err_msg;
  (void)err_msg_size;
  CHECK (2 == result && 2 == given);
  CHECK (value_size == strlen (values[1]));
  ok ("state_sync replaces all, state_get_prefix sorts by name");
  GNUNET_CRYPTO_hash ("state", 5, &hash);
  op = GNUNET_PSYCSTORE_state_hash_update (h, &channel_pub_key, BASE_ID, &hash,
                                           &on_hash, NULL);
}

static void
on_state_synced (void *cls, int64_t result, const char *err_msg,
                 uint16_t err_msg_size)
{
  MAY_END ();
  (void)cls;
  (void)err_msg_size;
  if (GNUNET_OK != result)
    failed (err_msg);
  expect ("_sync_bar", value, "_sync_foo", "one");
  op = GNUNET_PSYCSTORE_state_get_prefix (
      h, &channel_pub_key, "_sync", &on_variable, &on_synced_prefix, NULL);
}

static void
on_best_match (void *cls, int64_t result, const char *err_msg,
               uint16_t err_msg_size)
{
  MAY_END ();
  struct GNUNET_PSYC_Environment *env = GNUNET_PSYC_env_create ();

  (void)cls;
  (void)err_msg;
  (void)err_msg_size;
  CHECK (GNUNET_OK == result && 1 == given);
  CHECK (value_size == strlen (values[0]));
  ok ("state_modify applies a stored message, state_get finds the best match");
  memset (value, 'v', sizeof (value) - 1);
  GNUNET_PSYC_env_add (env, GNUNET_PSYC_OP_ASSIGN, "_sync_foo", "one", 3);
  GNUNET_PSYC_env_add (env, GNUNET_PSYC_OP_ASSIGN, "_sync_bar", value,
                       sizeof (value) - 1);
  {
    /* The list as 2019 wanted it: an array. */
    const struct GNUNET_PSYC_Modifier modifiers[2]
        = { *GNUNET_PSYC_env_head (env), *GNUNET_PSYC_env_tail (env) };

    op = GNUNET_PSYCSTORE_state_sync (h, &channel_pub_key, BASE_ID + 3, 0, 2,
                                      modifiers, &on_state_synced, NULL);
  }
  GNUNET_PSYC_env_destroy (env);
}

static void
on_modified (void *cls, int64_t result, const char *err_msg,
             uint16_t err_msg_size)
{
  MAY_END ();
  (void)cls;
  (void)err_msg_size;
  if (GNUNET_OK != result)
    failed (NULL == err_msg ? "state_modify" : err_msg);
  expect ("_bar", "foo bar", NULL, NULL);
  op = GNUNET_PSYCSTORE_state_get (h, &channel_pub_key, "_bar_x_yy_zzz",
                                   &on_variable, &on_best_match, NULL);
}

static void
on_counters (void *cls, int result_code, uint64_t max_fragment_id,
             uint64_t max_message_id, uint64_t max_group_generation,
             uint64_t max_state_message_id)
{
  MAY_END ();
  (void)cls;
  CHECK (GNUNET_OK == result_code);
  CHECK (BASE_ID + 5 == max_fragment_id);
  CHECK (BASE_ID + 1 == max_message_id);
  CHECK (INT64_MAX - 3 == max_group_generation);
  CHECK (0 == max_state_message_id);
  ok ("counters_get");
  op = GNUNET_PSYCSTORE_state_modify (h, &channel_pub_key, BASE_ID, 0,
                                      &on_modified, NULL);
}

/* ---- fragments ---- */

static int
on_fragment (void *cls, struct GNUNET_MULTICAST_MessageHeader *message,
             enum GNUNET_PSYCSTORE_MessageFlags psycstore_flags)
{
  MAY_END_WITH (GNUNET_NO);
  const unsigned int i = expected_from + given;

  (void)cls;
  CHECK (i < FRAGMENTS);
  CHECK (message->header.size == msg[i]->header.size);
  CHECK (0 == memcmp (message, msg[i], ntohs (message->header.size)));
  CHECK (flags[i] == psycstore_flags);
  given++;
  return GNUNET_YES;
}

static int
on_only_fragment (void *cls, struct GNUNET_MULTICAST_MessageHeader *message,
                  enum GNUNET_PSYCSTORE_MessageFlags psycstore_flags)
{
  on_fragment (cls, message, psycstore_flags);
  return GNUNET_NO;
}

/** The queries, one after the other; @e cls of the result counts them. */
static void query (unsigned int step);

static void
on_query (void *cls, int64_t result, const char *err_msg, uint16_t err_msg_size)
{
  MAY_END ();
  const unsigned int step = (unsigned int)(uintptr_t)cls;
  /* How many each gives. */
  static const int64_t counts[] = { 1, 3, 1, 2, 2, 1, 1, 2, 1, 0, 1 };

  (void)err_msg_size;
  op = NULL;
  if (counts[step] != result)
  {
    printf ("query %u: %" PRId64 " %s\n", step, result,
            NULL == err_msg ? "" : err_msg);
    failed ("a query gives another count");
  }
  CHECK ((int64_t)given == counts[step]);
  query (step + 1);
}

static void
query (unsigned int step)
{
  void *cls = (void *)(uintptr_t)step;
  const struct GNUNET_CRYPTO_EcdsaPublicKey *slave
      = 0 == step % 2 ? &slave_pub_key : NULL;

  given = 0;
  expected_from = 0;
  switch (step)
  {
  case 0:
    op = GNUNET_PSYCSTORE_fragment_get (h, &channel_pub_key, slave, BASE_ID,
                                        BASE_ID, &on_fragment, &on_query, cls);
    break;
  case 1:
    op = GNUNET_PSYCSTORE_fragment_get (h, &channel_pub_key, slave, BASE_ID,
                                        BASE_ID + 5, &on_fragment, &on_query,
                                        cls);
    break;
  case 2:
    expected_from = 2;
    op = GNUNET_PSYCSTORE_fragment_get_latest (h, &channel_pub_key, slave, 1,
                                               &on_fragment, &on_query, cls);
    break;
  case 3:
    ok ("fragment_get, fragment_get_latest");
    expected_from = 1;
    op = GNUNET_PSYCSTORE_fragment_get_latest (h, &channel_pub_key, slave, 2,
                                               &on_fragment, &on_query, cls);
    break;
  case 4:
    op = GNUNET_PSYCSTORE_message_get (h, &channel_pub_key, slave, BASE_ID,
                                       BASE_ID, 0, "", &on_fragment, &on_query,
                                       cls);
    break;
  case 5:
    op = GNUNET_PSYCSTORE_message_get (h, &channel_pub_key, slave, BASE_ID,
                                       BASE_ID + 1, 1, NULL, &on_fragment,
                                       &on_query, cls);
    break;
  case 6:
    expected_from = 2;
    op = GNUNET_PSYCSTORE_message_get_latest (h, &channel_pub_key, slave, 1, "",
                                              &on_fragment, &on_query, cls);
    break;
  case 7:
    ok ("message_get, message_get_latest");
    op = GNUNET_PSYCSTORE_message_get (h, &channel_pub_key, slave, 1, INT64_MAX,
                                       0, "_notice", &on_fragment, &on_query,
                                       cls);
    break;
  case 8:
    expected_from = 1;
    op = GNUNET_PSYCSTORE_message_get_fragment (
        h, &channel_pub_key, slave, BASE_ID,
        GNUNET_ntohll (msg[1]->fragment_offset), &on_fragment, &on_query, cls);
    break;
  case 9:
    op = GNUNET_PSYCSTORE_message_get_fragment (
        h, &channel_pub_key, slave, BASE_ID, 7, &on_fragment, &on_query, cls);
    break;
  case 10:
    op = GNUNET_PSYCSTORE_fragment_get (h, &channel_pub_key, slave, 1,
                                        UINT64_MAX, &on_only_fragment,
                                        &on_query, cls);
    break;
  default:
    ok ("message_get_fragment, a read that is stopped from its callback");
    op = GNUNET_PSYCSTORE_counters_get (h, &channel_pub_key, &on_counters,
                                        NULL);
  }
}

static void
on_fragment_stored (void *cls, int64_t result, const char *err_msg,
                    uint16_t err_msg_size)
{
  MAY_END ();
  (void)cls;
  (void)err_msg_size;
  if (GNUNET_OK != result)
    failed (NULL == err_msg ? "fragment_store" : err_msg);
  if (++stored < FRAGMENTS)
    return;
  ok ("fragments are stored, one of them twice");
  query (0);
}

/* ---- membership ---- */

static void
on_membership_tested (void *cls, int64_t result, const char *err_msg,
                      uint16_t err_msg_size)
{
  MAY_END ();
  (void)cls;
  (void)err_msg;
  (void)err_msg_size;
  CHECK (GNUNET_YES == result);
  ok ("membership_store, membership_test");
  for (unsigned int i = 0; i < FRAGMENTS; i++)
    op = GNUNET_PSYCSTORE_fragment_store (h, &channel_pub_key, msg[i], flags[i],
                                          &on_fragment_stored, NULL);
  /* Once more, and nobody asks how it went. */
  CHECK (NULL
         != GNUNET_PSYCSTORE_fragment_store (h, &channel_pub_key, msg[0],
                                             flags[0], NULL, NULL));
}

static void
on_stranger_tested (void *cls, int64_t result, const char *err_msg,
                    uint16_t err_msg_size)
{
  MAY_END ();
  (void)cls;
  (void)err_msg;
  (void)err_msg_size;
  CHECK (GNUNET_NO == result);
  op = GNUNET_PSYCSTORE_membership_test (h, &channel_pub_key, &slave_pub_key, 4,
                                         1, &on_membership_tested, NULL);
}

static void
on_membership_stored (void *cls, int64_t result, const char *err_msg,
                      uint16_t err_msg_size)
{
  MAY_END ();
  (void)cls;
  (void)err_msg;
  (void)err_msg_size;
  CHECK (GNUNET_OK == result);
  op = GNUNET_PSYCSTORE_membership_test (h, &channel_pub_key, &slave_pub_key, 1,
                                         1, &on_stranger_tested, NULL);
}

/* ---- the beginning ---- */

static void
make_fragments (void)
{
  struct GNUNET_PSYC_Environment *env = GNUNET_PSYC_env_create ();
  struct GNUNET_PSYC_Message *pmsg;
  size_t size, half;
  const char *parts;

  GNUNET_PSYC_env_add (env, GNUNET_PSYC_OP_ASSIGN, "_bar", "foo bar", 7);
  GNUNET_PSYC_env_add (env, GNUNET_PSYC_OP_SET, "_passing", "by", 2);
  pmsg = GNUNET_PSYC_message_create ("_notice_test", env, "body", 4);
  GNUNET_PSYC_env_destroy (env);
  parts = (const char *)&pmsg[1];
  size = ntohs (pmsg->header.size) - sizeof (*pmsg);
  /* The end is a part of its own, in a fragment of its own. */
  half = size - sizeof (struct GNUNET_MessageHeader);
  msg[0] = make_fragment (BASE_ID, BASE_ID, 0,
                          GNUNET_MULTICAST_MESSAGE_FIRST_FRAGMENT, parts, half);
  msg[1] = make_fragment (BASE_ID + 4, BASE_ID, half,
                          GNUNET_MULTICAST_MESSAGE_LAST_FRAGMENT, parts + half,
                          size - half);
  GNUNET_free (pmsg);
  /* No parts at all, as a store's test may have it. */
  msg[2] = make_fragment (BASE_ID + 5, BASE_ID + 1, 0,
                          GNUNET_MULTICAST_MESSAGE_LAST_FRAGMENT,
                          &channel_pub_key, sizeof (channel_pub_key));
}

static void
run (void *cls, const struct GNUNET_CONFIGURATION_Handle *cfg,
     struct GNUNET_TESTING_Peer *peer)
{
  (void)cls;
  (void)peer;
  program_begin (&give_up);
  GNUNET_SCHEDULER_add_shutdown (&on_shutdown, NULL);
  GNUNET_CRYPTO_eddsa_key_create (&channel_key);
  GNUNET_CRYPTO_eddsa_key_get_public (&channel_key, &channel_pub_key);
  GNUNET_CRYPTO_ecdsa_key_create (&slave_key);
  GNUNET_CRYPTO_ecdsa_key_get_public (&slave_key, &slave_pub_key);
  make_fragments ();
  h = GNUNET_PSYCSTORE_connect (cfg);
  CHECK (NULL != h);
  op = GNUNET_PSYCSTORE_membership_store (h, &channel_pub_key, &slave_pub_key,
                                          GNUNET_YES, 4, 2, 1,
                                          &on_membership_stored, NULL);
}

int
main (int argc, char *const *argv)
{
  if (2 != argc)
    return 2;
  if (0
      != GNUNET_TESTING_service_run ("psycstore-channel", "psycstore", argv[1],
                                     &run, NULL))
    return 3;
  return program_status;
}
