/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Bare CADET for contrib/bench.sh to compare with: one message an envelope, as
 * many in the queue as keep it busy.
 *
 *   cadet-bench -c CONF serve                   counts, and sends pings back
 *   cadet-bench -c CONF flood PEER COUNT SIZE   prints messages a second
 *   cadet-bench -c CONF ping PEER COUNT SIZE    prints the median, in us
 */
#define _GNU_SOURCE /* be64toh, behind GNUNET_ntohll */
#include <gnunet/gnunet_util_lib.h>
#include <gnunet/gnunet_cadet_service.h>

#include <stdio.h>

#define IN_QUEUE_MAX 64
#define PATIENCE_S 120

enum Kind
{
  KIND_FLOOD = 50001,
  KIND_PING = 50002,
  KIND_RESULT = 50003
};

/* All of them; what makes the size follows. */
struct Message
{
  struct GNUNET_MessageHeader header;
  uint32_t number GNUNET_PACKED; /* from 1 */
  uint32_t count GNUNET_PACKED;
  uint64_t microseconds GNUNET_PACKED; /* a result's: first to last */
};

/* One caller, at the server. */
struct Caller
{
  struct GNUNET_CADET_Channel *channel;
  struct GNUNET_TIME_Absolute first;
};

static struct GNUNET_CADET_Handle *cadet;
static struct GNUNET_CADET_Port *open_port;
static struct GNUNET_CADET_Channel *channel;
static int is_ping;
static uint32_t count;
static uint32_t size;
static uint32_t given;
static uint32_t in_queue;
static uint64_t *trips;
static struct GNUNET_TIME_Absolute sent_at;
static struct GNUNET_SCHEDULER_Task *timeout_task;
static int status = 1;

static void
transmit (struct GNUNET_CADET_Channel *to, enum Kind kind, uint32_t number,
          uint32_t total, uint64_t microseconds, uint32_t whole,
          GNUNET_SCHEDULER_TaskCallback sent_cb)
{
  struct Message *message;
  struct GNUNET_MQ_Envelope *envelope
      = GNUNET_MQ_msg_extra (message, whole - sizeof (*message), kind);

  memset (&message[1], 7, whole - sizeof (*message));
  message->number = htonl (number);
  message->count = htonl (total);
  message->microseconds = GNUNET_htonll (microseconds);
  if (NULL != sent_cb)
    GNUNET_MQ_notify_sent (envelope, sent_cb, NULL);
  GNUNET_MQ_send (GNUNET_CADET_get_mq (to), envelope);
}

/* Of any size: what follows the head says nothing. */
static int
check_flood (void *cls, const struct Message *message)
{
  (void)cls;
  (void)message;
  return GNUNET_OK;
}

#define check_ping check_flood
#define check_echo check_flood

/* ---- the server --------------------------------------------------------- */

static void *
on_connect (void *cls, struct GNUNET_CADET_Channel *from,
            const struct GNUNET_PeerIdentity *peer)
{
  struct Caller *caller = GNUNET_new (struct Caller);

  (void)cls;
  (void)peer;
  caller->channel = from;
  return caller;
}

static void
on_caller_gone (void *cls, const struct GNUNET_CADET_Channel *from)
{
  (void)from;
  GNUNET_free (cls);
}

static void
handle_flood (void *cls, const struct Message *message)
{
  struct Caller *caller = cls;
  const uint32_t number = ntohl (message->number);

  if (1 == number)
    caller->first = GNUNET_TIME_absolute_get ();
  if (number == ntohl (message->count))
    transmit (caller->channel, KIND_RESULT, number, number,
              GNUNET_TIME_absolute_get_duration (caller->first).rel_value_us,
              sizeof (*message), NULL);
  GNUNET_CADET_receive_done (caller->channel);
}

static void
handle_ping (void *cls, const struct Message *message)
{
  struct Caller *caller = cls;

  transmit (caller->channel, KIND_PING, ntohl (message->number), 0, 0,
            ntohs (message->header.size), NULL);
  GNUNET_CADET_receive_done (caller->channel);
}

static void
port_of_all (struct GNUNET_HashCode *port)
{
  GNUNET_CRYPTO_hash ("gnunet-secushare bench", 22, port);
}

static void
serve (void)
{
  struct GNUNET_HashCode port;
  struct GNUNET_MQ_MessageHandler handlers[]
      = { GNUNET_MQ_hd_var_size (flood, KIND_FLOOD, struct Message, NULL),
          GNUNET_MQ_hd_var_size (ping, KIND_PING, struct Message, NULL),
          GNUNET_MQ_handler_end () };

  port_of_all (&port);
  open_port = GNUNET_CADET_open_port (cadet, &port, &on_connect, NULL, NULL,
                                      &on_caller_gone, handlers);
  printf ("serving\n");
  fflush (stdout);
}

/* ---- the caller --------------------------------------------------------- */

static void fill_queue (void);

static void
on_sent (void *cls)
{
  (void)cls;
  in_queue--;
  fill_queue ();
}

static void
fill_queue (void)
{
  while (given < count && in_queue < IN_QUEUE_MAX)
  {
    in_queue++;
    given++;
    transmit (channel, KIND_FLOOD, given, count, 0, size, &on_sent);
  }
}

static void
send_ping (void)
{
  sent_at = GNUNET_TIME_absolute_get ();
  transmit (channel, KIND_PING, ++given, count, 0, size, NULL);
}

static void
handle_result (void *cls, const struct Message *message)
{
  const uint64_t us = GNUNET_ntohll (message->microseconds);

  (void)cls;
  printf ("%.1f\n", us > 0 ? (count - 1) * 1e6 / (double)us : 0.0);
  status = 0;
  GNUNET_SCHEDULER_shutdown ();
}

static int
compare_trips (const void *a, const void *b)
{
  const uint64_t x = *(const uint64_t *)a;
  const uint64_t y = *(const uint64_t *)b;

  return (x > y) - (x < y);
}

static void
handle_echo (void *cls, const struct Message *message)
{
  (void)cls;
  (void)message;
  trips[given - 1] = GNUNET_TIME_absolute_get_duration (sent_at).rel_value_us;
  GNUNET_CADET_receive_done (channel);
  if (given < count)
    return send_ping ();
  qsort (trips, count, sizeof (*trips), &compare_trips);
  printf ("%llu\n", (unsigned long long)trips[count / 2]);
  status = 0;
  GNUNET_SCHEDULER_shutdown ();
}

static void
on_server_gone (void *cls, const struct GNUNET_CADET_Channel *gone)
{
  (void)cls;
  (void)gone;
  channel = NULL;
  fprintf (stderr, "cadet-bench: the channel ended\n");
  GNUNET_SCHEDULER_shutdown ();
}

static int
call (const char *peer_text)
{
  struct GNUNET_PeerIdentity peer;
  struct GNUNET_HashCode port;
  struct GNUNET_MQ_MessageHandler handlers[]
      = { GNUNET_MQ_hd_fixed_size (result, KIND_RESULT, struct Message, NULL),
          GNUNET_MQ_hd_var_size (echo, KIND_PING, struct Message, NULL),
          GNUNET_MQ_handler_end () };

  if (GNUNET_OK
      != GNUNET_CRYPTO_eddsa_public_key_from_string (
          peer_text, strlen (peer_text), &peer.public_key))
  {
    fprintf (stderr, "cadet-bench: %s is no peer\n", peer_text);
    return GNUNET_SYSERR;
  }
  port_of_all (&port);
  trips = GNUNET_new_array (count, uint64_t);
  channel = GNUNET_CADET_channel_create (cadet, NULL, &peer, &port, NULL,
                                         &on_server_gone, handlers);
  if (is_ping)
    send_ping ();
  else
    fill_queue ();
  return GNUNET_OK;
}

/* ---- beginning and end -------------------------------------------------- */

static void
on_shutdown (void *cls)
{
  (void)cls;
  if (NULL != timeout_task)
    GNUNET_SCHEDULER_cancel (timeout_task);
  if (NULL != channel)
    GNUNET_CADET_channel_destroy (channel);
  if (NULL != open_port)
    GNUNET_CADET_close_port (open_port);
  GNUNET_CADET_disconnect (cadet);
  GNUNET_free (trips);
}

static void
on_timeout (void *cls)
{
  (void)cls;
  timeout_task = NULL;
  fprintf (stderr, "cadet-bench: it takes too long\n");
  GNUNET_SCHEDULER_shutdown ();
}

static void
run (void *cls, char *const *args, const char *cfgfile,
     const struct GNUNET_CONFIGURATION_Handle *cfg)
{
  const int has_call = NULL != args[0] && NULL != args[1] && NULL != args[2]
                       && NULL != args[3];

  (void)cls;
  (void)cfgfile;
  cadet = GNUNET_CADET_connect (cfg);
  GNUNET_SCHEDULER_add_shutdown (&on_shutdown, NULL);
  if (NULL != args[0] && 0 == strcmp ("serve", args[0]))
    return serve ();
  if (has_call)
  {
    is_ping = 0 == strcmp ("ping", args[0]);
    count = (uint32_t)strtoul (args[2], NULL, 10);
    size = (uint32_t)strtoul (args[3], NULL, 10);
  }
  if (0 == count || size < sizeof (struct Message)
      || size > GNUNET_CONSTANTS_MAX_CADET_MESSAGE_SIZE
      || GNUNET_OK != call (args[1]))
  {
    fprintf (stderr, "cadet-bench: serve | flood|ping PEER COUNT SIZE\n");
    return GNUNET_SCHEDULER_shutdown ();
  }
  timeout_task = GNUNET_SCHEDULER_add_delayed (
      GNUNET_TIME_relative_multiply (GNUNET_TIME_UNIT_SECONDS, PATIENCE_S),
      &on_timeout, NULL);
}

int
main (int argc, char *const *argv)
{
  struct GNUNET_GETOPT_CommandLineOption options[]
      = { GNUNET_GETOPT_OPTION_END };

  if (GNUNET_OK
      != GNUNET_PROGRAM_run (argc, argv, "cadet-bench", "Bare CADET, measured",
                             options, &run, NULL))
    return 2;
  return status;
}
