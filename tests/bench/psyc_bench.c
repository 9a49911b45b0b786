/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * One end of a channel for contrib/bench.sh: a host or a guest that obey words
 * on their standard input.
 *
 *   psyc-bench -c CONF host              prints "channel KEY"
 *     flood COUNT SIZE   say so many, as fast as they are taken
 *   psyc-bench -c CONF guest KEY PEER    prints "attached"
 *     (by itself)        after a flood: "rate MESSAGES-A-SECOND", from its
 *                        first message read to its last
 *     ping COUNT SIZE    one request after another, each relayed by the host:
 *                        "ping MEDIAN-US"
 *   both: quit
 */
#define _GNU_SOURCE /* be64toh, behind GNUNET_ntohll */
#include "gnunet_psyc_service.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define UNDER_WAY_MAX 256
#define UNDER_WAY_BYTES (2 * 1024 * 1024)
#define BODY_MAX 60000
/* In front of every body: kind, number and how many there are. */
#define HEAD_FORMAT "%c %u %u "
#define HEAD_SIZE 24

static const struct GNUNET_CONFIGURATION_Handle *cfg;
static struct GNUNET_PSYC_Master *master;
static struct GNUNET_PSYC_Slave *slave;
static struct GNUNET_PSYC_Channel *channel;
static struct GNUNET_SCHEDULER_Task *stdin_task;
static struct GNUNET_CRYPTO_EcdsaPrivateKey slave_key;

static uint32_t count;
static uint32_t size;
static uint32_t given;
static uint32_t under_way;
static uint32_t heard;
static struct GNUNET_TIME_Absolute first_at;
static struct GNUNET_TIME_Absolute sent_at;
static uint64_t *trips;
static int status;

static void speak (void);

static void
fail (const char *what)
{
  printf ("FAILED %s\n", what);
  fflush (stdout);
  status = 1;
  GNUNET_SCHEDULER_shutdown ();
}

/* ---- saying ------------------------------------------------------------- */

static void
send_state_cb (void *cls, enum GNUNET_PSYC_SendState state, uint64_t request_id,
               uint64_t message_id, uint32_t code, const char *reason)
{
  (void)cls;
  (void)request_id;
  (void)message_id;
  (void)code;
  if (state < GNUNET_PSYC_SEND_STORED)
    return;
  if (GNUNET_PSYC_SEND_STORED != state && GNUNET_PSYC_SEND_ACCEPTED != state)
    return fail (NULL == reason ? "a message was not taken" : reason);
  under_way--;
  if (NULL != master)
    speak ();
}

static void
say (char kind)
{
  static char body[BODY_MAX];
  struct GNUNET_PSYC_Message *whole;
  struct GNUNET_PSYC_Upload *upload;

  given++;
  under_way++;
  memset (body, 'x', size);
  snprintf (body, HEAD_SIZE, HEAD_FORMAT, kind, given, count);
  body[strlen (body)] = ' ';
  whole = GNUNET_PSYC_message_create ("_message_public", NULL, body, size);
  upload = GNUNET_PSYC_channel_upload (channel, NULL, 0, NULL, &send_state_cb,
                                       NULL);
  if (GNUNET_SYSERR
      == GNUNET_PSYC_upload_parts (
          upload, &whole[1],
          (uint16_t)(ntohs (whole->header.size) - sizeof (*whole))))
    fail ("a message is malformed");
  GNUNET_free (whole);
}

static void
speak (void)
{
  while (given < count && under_way < UNDER_WAY_MAX
         && (uint64_t)under_way * size < UNDER_WAY_BYTES)
    say ('f');
}

static void
ping (void)
{
  sent_at = GNUNET_TIME_absolute_get ();
  say ('p');
}

/* ---- hearing ------------------------------------------------------------ */

static int
compare_trips (const void *a, const void *b)
{
  const uint64_t x = *(const uint64_t *)a;
  const uint64_t y = *(const uint64_t *)b;

  return (x > y) - (x < y);
}

static void
hear_ping (uint32_t number)
{
  if (number != given)
    return fail ("an answer is not the next one");
  trips[number - 1] = GNUNET_TIME_absolute_get_duration (sent_at).rel_value_us;
  if (given < count)
    return ping ();
  qsort (trips, count, sizeof (*trips), &compare_trips);
  printf ("ping %llu\n", (unsigned long long)trips[count / 2]);
  fflush (stdout);
}

static void
hear_flood (uint32_t number, uint32_t total)
{
  uint64_t us;

  if (1 == number)
  {
    first_at = GNUNET_TIME_absolute_get ();
    heard = 0;
  }
  if (number != ++heard)
    return fail ("a message is not the next one");
  if (number < total)
    return;
  us = GNUNET_TIME_absolute_get_duration (first_at).rel_value_us;
  printf ("rate %.1f\n", us > 0 ? (total - 1) * 1e6 / (double)us : 0.0);
  fflush (stdout);
}

static void
message_cb (void *cls, const struct GNUNET_PSYC_MessageHeader *msg)
{
  const char *method;
  const void *data;
  uint16_t data_size;
  char head[HEAD_SIZE + 1] = "";
  char kind;
  uint32_t number;
  uint32_t total;

  (void)cls;
  if (GNUNET_OK
      != GNUNET_PSYC_message_parse (msg, &method, NULL, &data, &data_size))
    return fail ("a message cannot be read");
  memcpy (head, data, data_size < HEAD_SIZE ? data_size : HEAD_SIZE);
  if (3 != sscanf (head, HEAD_FORMAT, &kind, &number, &total))
    return;
  if ('p' == kind && NULL != trips)
    hear_ping (number);
  else if ('f' == kind)
    hear_flood (number, total);
}

static void
request_cb (void *cls, const struct GNUNET_CRYPTO_EcdsaPublicKey *key,
            uint64_t request_id, const struct GNUNET_PSYC_MessageHeader *msg)
{
  (void)cls;
  (void)msg;
  GNUNET_PSYC_master_request_relay (master, key, request_id, NULL);
}

/* ---- words -------------------------------------------------------------- */

static void
obey (const char *line)
{
  if (0 == strncmp ("quit", line, 4))
    return GNUNET_SCHEDULER_shutdown ();
  if (2 != sscanf (line, "%*s %u %u", &count, &size) || 0 == count
      || size < HEAD_SIZE || size > BODY_MAX)
    return fail ("a word is not understood");
  given = 0;
  GNUNET_free (trips);
  trips = NULL;
  if (NULL != master)
    return speak ();
  trips = GNUNET_new_array (count, uint64_t);
  ping ();
}

static void
on_stdin (void *cls)
{
  char line[128];
  const ssize_t got = read (STDIN_FILENO, line, sizeof (line) - 1);

  (void)cls;
  stdin_task = NULL;
  if (got <= 0)
    return GNUNET_SCHEDULER_shutdown ();
  line[got] = '\0';
  stdin_task = GNUNET_SCHEDULER_add_read_file (
      GNUNET_TIME_UNIT_FOREVER_REL,
      GNUNET_DISK_get_handle_from_int_fd (STDIN_FILENO), &on_stdin, NULL);
  obey (line);
}

static void
listen_to_stdin (void)
{
  stdin_task = GNUNET_SCHEDULER_add_read_file (
      GNUNET_TIME_UNIT_FOREVER_REL,
      GNUNET_DISK_get_handle_from_int_fd (STDIN_FILENO), &on_stdin, NULL);
}

/* ---- beginning and end -------------------------------------------------- */

static void
link_cb (void *cls, enum GNUNET_MULTICAST_MemberState state)
{
  (void)cls;
  if (GNUNET_MULTICAST_MEMBER_STATE_ATTACHED != state)
    return;
  printf ("attached\n");
  fflush (stdout);
}

static void
host (void)
{
  struct GNUNET_CRYPTO_EddsaPrivateKey key;
  struct GNUNET_CRYPTO_EddsaPublicKey public_key;
  char *text;

  GNUNET_CRYPTO_eddsa_key_create (&key);
  GNUNET_CRYPTO_eddsa_key_get_public (&key, &public_key);
  master = GNUNET_PSYC_master_start (cfg, &key, GNUNET_PSYC_CHANNEL_ANONYMOUS,
                                     NULL, NULL, NULL, NULL, NULL);
  GNUNET_PSYC_master_handle_requests (master, &request_cb, NULL);
  channel = GNUNET_PSYC_master_get_channel (master);
  text = GNUNET_CRYPTO_eddsa_public_key_to_string (&public_key);
  printf ("channel %s\n", text);
  fflush (stdout);
  GNUNET_free (text);
}

static int
guest (const char *key_text, const char *peer_text)
{
  struct GNUNET_CRYPTO_EddsaPublicKey key;
  struct GNUNET_PeerIdentity peer;

  if (NULL == key_text || NULL == peer_text
      || GNUNET_OK
             != GNUNET_CRYPTO_eddsa_public_key_from_string (
                 key_text, strlen (key_text), &key)
      || GNUNET_OK
             != GNUNET_CRYPTO_eddsa_public_key_from_string (
                 peer_text, strlen (peer_text), &peer.public_key))
    return GNUNET_SYSERR;
  GNUNET_CRYPTO_ecdsa_key_create (&slave_key);
  slave = GNUNET_PSYC_slave_join (cfg, &key, &slave_key,
                                  GNUNET_PSYC_SLAVE_JOIN_NONE, &peer, 0, NULL,
                                  &message_cb, NULL, NULL, NULL, NULL, NULL);
  GNUNET_PSYC_slave_watch (slave, &link_cb, NULL);
  channel = GNUNET_PSYC_slave_get_channel (slave);
  return GNUNET_OK;
}

static void
on_shutdown (void *cls)
{
  (void)cls;
  if (NULL != stdin_task)
    GNUNET_SCHEDULER_cancel (stdin_task);
  if (NULL != slave)
    GNUNET_PSYC_slave_part (slave, GNUNET_NO, NULL, NULL);
  if (NULL != master)
    GNUNET_PSYC_master_stop (master, GNUNET_NO, NULL, NULL);
  GNUNET_free (trips);
}

static void
run (void *cls, char *const *args, const char *cfgfile,
     const struct GNUNET_CONFIGURATION_Handle *configuration)
{
  (void)cls;
  (void)cfgfile;
  cfg = configuration;
  GNUNET_SCHEDULER_add_shutdown (&on_shutdown, NULL);
  if (NULL != args[0] && 0 == strcmp ("host", args[0]))
    host ();
  else if (NULL == args[0] || GNUNET_OK != guest (args[1], args[2]))
    return fail ("psyc-bench: host | guest KEY PEER");
  listen_to_stdin ();
}

int
main (int argc, char *const *argv)
{
  struct GNUNET_GETOPT_CommandLineOption options[]
      = { GNUNET_GETOPT_OPTION_END };

  if (GNUNET_OK
      != GNUNET_PROGRAM_run (argc, argv, "psyc-bench",
                             "A channel under load, measured", options, &run,
                             NULL))
    return 2;
  return status;
}
