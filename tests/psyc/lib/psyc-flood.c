// SPDX-License-Identifier: AGPL-3.0-or-later
//
// A channel under load, for tests that kill services meanwhile: a host and a
// guest on one peer say COUNT numbered messages each; the host relays the
// guest's. Host, guest and an observer must read every message exactly once
// and all three in the same order. Exit status 0 when they did.
//
//   psyc-flood -c CONFIGURATION -n COUNT
#include "gnunet_psyc_service.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define UNDER_WAY_MAX 20

// One who reads: in which order, and how often.
struct Reader
{
  const char *name;
  unsigned int *order; // numbers as read
  unsigned int count;
  unsigned char *seen;
  unsigned int doubles;
};

// One who speaks.
struct Speaker
{
  const char *name;
  struct GNUNET_PSYC_Channel *channel;
  unsigned int first; // number of its first message
  unsigned int given;
  unsigned int done;
  unsigned int failed;
};

static const struct GNUNET_CONFIGURATION_Handle *cfg;
static unsigned int message_count = 200;
static struct GNUNET_CRYPTO_EddsaPrivateKey channel_key;
static struct GNUNET_CRYPTO_EddsaPublicKey channel_public;
static struct GNUNET_CRYPTO_EcdsaPrivateKey slave_key;
static struct GNUNET_PSYC_Master *master;
static struct GNUNET_PSYC_Slave *slave;
static struct GNUNET_PSYC_Observer *observer;
static struct GNUNET_SCHEDULER_Task *timeout_task;
static struct Reader at_master = { .name = "master" };
static struct Reader at_slave = { .name = "slave" };
static struct Reader at_observer = { .name = "observer" };
static struct Speaker host = { .name = "host" };
static struct Speaker guest = { .name = "guest" };
static unsigned int starts;
static int has_begun;
static int status = 1;

static void speak (struct Speaker *speaker);

// ---- Reading -----------------------------------------------------------

static int
is_complete (const struct Reader *reader)
{
  return reader->count == 2 * message_count;
}

static void
check_end (void)
{
  if (! is_complete (&at_master) || ! is_complete (&at_slave)
      || ! is_complete (&at_observer) || host.done < message_count
      || guest.done < message_count)
    return;
  status = 0;
  for (unsigned int i = 0; i < 2 * message_count; i++)
    if (at_master.order[i] != at_slave.order[i]
        || at_master.order[i] != at_observer.order[i])
    {
      printf ("FAILED: at %u the order differs\n", i);
      status = 1;
      break;
    }
  GNUNET_SCHEDULER_shutdown ();
}

static void
read_fragment (struct Reader *reader,
               const struct GNUNET_PSYC_MessageHeader *msg)
{
  const char *method;
  const void *data;
  uint16_t size;
  unsigned int number;
  char text[32] = "";

  if (GNUNET_OK != GNUNET_PSYC_message_parse (msg, &method, NULL, &data, &size)
      || size >= sizeof (text))
  {
    printf ("FAILED: the %s read what is no message\n", reader->name);
    return;
  }
  memcpy (text, data, size);
  number = (unsigned int)strtoul (text, NULL, 10);
  if (number >= 2 * message_count)
    return;
  if (reader->seen[number])
  {
    printf ("FAILED: the %s read message %u twice\n", reader->name, number);
    reader->doubles++;
    return;
  }
  reader->seen[number] = 1;
  reader->order[reader->count++] = number;
  check_end ();
}

static void
message_cb (void *cls, const struct GNUNET_PSYC_MessageHeader *msg)
{
  read_fragment (cls, msg);
}

static void
observed_cb (void *cls, uint64_t fragment_id,
             const struct GNUNET_PSYC_MessageHeader *msg)
{
  (void)fragment_id;
  read_fragment (cls, msg);
}

static void
gap_cb (void *cls, uint64_t first, uint64_t last)
{
  (void)cls;
  printf ("FAILED: a gap from %" PRIu64 " to %" PRIu64 "\n", first, last);
}

// ---- Speaking ----------------------------------------------------------

static void
send_state_cb (void *cls, enum GNUNET_PSYC_SendState state, uint64_t request_id,
               uint64_t message_id, uint32_t code, const char *reason)
{
  struct Speaker *speaker = cls;

  (void)request_id;
  (void)message_id;
  (void)code;
  if (state < GNUNET_PSYC_SEND_STORED)
    return;
  if (GNUNET_PSYC_SEND_STORED != state && GNUNET_PSYC_SEND_ACCEPTED != state)
  {
    speaker->failed++;
    printf ("FAILED: a message of the %s: state %d, %s\n", speaker->name, state,
            NULL == reason ? "no reason" : reason);
  }
  speaker->done++;
  speak (speaker);
  check_end ();
}

static void
speak (struct Speaker *speaker)
{
  while (speaker->given < message_count
         && speaker->given - speaker->done < UNDER_WAY_MAX)
  {
    char text[32];
    const int size
        = snprintf (text, sizeof (text), "%u", speaker->first + speaker->given);
    struct GNUNET_PSYC_Message *whole = GNUNET_PSYC_message_create (
        "_message_public", NULL, text, (size_t)size);
    struct GNUNET_PSYC_Upload *upload = GNUNET_PSYC_channel_upload (
        speaker->channel, NULL, 0, NULL, &send_state_cb, speaker);

    speaker->given++;
    if (GNUNET_SYSERR
        == GNUNET_PSYC_upload_parts (
            upload, &whole[1],
            (uint16_t)(ntohs (whole->header.size) - sizeof (*whole))))
      printf ("FAILED: not taken\n");
    GNUNET_free (whole);
  }
}

static void
request_cb (void *cls, const struct GNUNET_CRYPTO_EcdsaPublicKey *key,
            uint64_t request_id, const struct GNUNET_PSYC_MessageHeader *msg)
{
  (void)cls;
  (void)msg;
  GNUNET_PSYC_master_request_relay (master, key, request_id, NULL);
}

// ---- Beginning and end -------------------------------------------------

static void
link_cb (void *cls, enum GNUNET_MULTICAST_MemberState state)
{
  (void)cls;
  printf ("link: %d\n", state);
  fflush (stdout);
  if (GNUNET_MULTICAST_MEMBER_STATE_ATTACHED != state || has_begun)
    return;
  has_begun = 1;
  speak (&host);
  speak (&guest);
}

static void
observer_start_cb (void *cls, int result, uint64_t head, uint64_t last)
{
  struct GNUNET_PeerIdentity self;

  (void)cls;
  (void)head;
  (void)last;
  if (GNUNET_SYSERR == result)
    printf ("FAILED: the observer may not read\n");
  if (NULL != slave)
    return;
  GNUNET_CRYPTO_get_peer_identity (cfg, &self);
  slave = GNUNET_PSYC_slave_join (
      cfg, &channel_public, &slave_key, GNUNET_PSYC_SLAVE_JOIN_NONE, &self, 0,
      NULL, &message_cb, NULL, NULL, NULL, &at_slave, NULL);
  GNUNET_PSYC_slave_watch (slave, &link_cb, NULL);
  guest.channel = GNUNET_PSYC_slave_get_channel (slave);
  guest.first = message_count;
}

static void
master_start_cb (void *cls, int result, uint64_t max_message_id)
{
  (void)cls;
  (void)max_message_id;
  starts++;
  if (GNUNET_SYSERR == result)
    printf ("FAILED: the channel does not run\n");
  if (NULL != observer)
    return;
  observer
      = GNUNET_PSYC_observe (cfg, &channel_public, NULL, 0, &observer_start_cb,
                             &observed_cb, &gap_cb, &at_observer);
}

static void
on_shutdown (void *cls)
{
  (void)cls;
  if (NULL != timeout_task)
    GNUNET_SCHEDULER_cancel (timeout_task);
  if (NULL != observer)
    GNUNET_PSYC_observer_destroy (observer);
  if (NULL != slave)
    GNUNET_PSYC_slave_part (slave, GNUNET_YES, NULL, NULL);
  GNUNET_PSYC_master_stop (master, GNUNET_NO, NULL, NULL);
  printf ("starts %u; said %u and %u; read %u, %u, %u of %u\n", starts,
          host.done, guest.done, at_master.count, at_slave.count,
          at_observer.count, 2 * message_count);
}

static void
on_timeout (void *cls)
{
  (void)cls;
  timeout_task = NULL;
  printf ("FAILED: it takes too long\n");
  GNUNET_SCHEDULER_shutdown ();
}

static void
prepare (struct Reader *reader)
{
  reader->order = GNUNET_malloc (2 * message_count * sizeof (*reader->order));
  reader->seen = GNUNET_malloc (2 * message_count);
}

static void
run (void *cls, char *const *args, const char *cfgfile,
     const struct GNUNET_CONFIGURATION_Handle *configuration)
{
  (void)cls;
  (void)args;
  (void)cfgfile;
  cfg = configuration;
  prepare (&at_master);
  prepare (&at_slave);
  prepare (&at_observer);
  GNUNET_CRYPTO_eddsa_key_create (&channel_key);
  GNUNET_CRYPTO_eddsa_key_get_public (&channel_key, &channel_public);
  GNUNET_CRYPTO_ecdsa_key_create (&slave_key);
  GNUNET_SCHEDULER_add_shutdown (&on_shutdown, NULL);
  timeout_task = GNUNET_SCHEDULER_add_delayed (
      GNUNET_TIME_relative_multiply (GNUNET_TIME_UNIT_SECONDS, 150),
      &on_timeout, NULL);
  master = GNUNET_PSYC_master_start (
      cfg, &channel_key, GNUNET_PSYC_CHANNEL_ANONYMOUS, &master_start_cb, NULL,
      &message_cb, NULL, &at_master);
  GNUNET_PSYC_master_handle_requests (master, &request_cb, NULL);
  host.channel = GNUNET_PSYC_master_get_channel (master);
}

int
main (int argc, char *const *argv)
{
  struct GNUNET_GETOPT_CommandLineOption options[]
      = { GNUNET_GETOPT_option_uint ('n', "count", "COUNT",
                                     "messages of each side", &message_count),
          GNUNET_GETOPT_OPTION_END };

  if (GNUNET_OK
      != GNUNET_PROGRAM_run (argc, argv, "psyc-flood",
                             "Loads a channel and checks what comes", options,
                             &run, NULL))
    return 2;
  return status;
}
