/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * One end of a multicast group for the integration test, in plain C over the
 * public interface: an origin or a member that keeps fragments in memory, obeys
 * words on its standard input and says what happens on its standard output, a
 * line each, with the time in milliseconds.
 *
 *   multicast-peer -c CONF origin PRIVATE-KEY-FILE
 *   multicast-peer -c CONF member GROUP-KEY ORIGIN-PEER
 *
 *   origin:  send N    number, store and send N more fragments
 *   member:  ask N     send N more requests (after an attach, what was not
 *                      settled goes again)
 *            part      leave
 *   both:    quit
 */
#define _GNU_SOURCE /* be64toh, behind GNUNET_ntohll */
#include "gnunet_multicast_service.h"

#include <stdio.h>
#include <unistd.h>
#include <string.h>

#define ITEMS_MAX 100000

static const struct GNUNET_CONFIGURATION_Handle *cfg;
static struct GNUNET_MULTICAST_Origin *origin;
static struct GNUNET_MULTICAST_Member *member;
static struct GNUNET_CRYPTO_EcdsaPrivateKey member_key;

/* Fragments by id: at the origin for replays, at the member for comparison. */
static struct GNUNET_MULTICAST_MessageHeader *fragments[ITEMS_MAX];
static uint64_t newest;
static uint64_t asked;
static uint64_t sent;
static uint64_t sent_wanted;
static uint64_t contiguous;
static uint64_t requests;
static uint64_t settled_count;
static uint8_t settled[ITEMS_MAX];
static uint64_t taken_count;
static uint8_t taken[ITEMS_MAX];
static int exit_code;

#define SAY(...)                                                               \
  do                                                                           \
  {                                                                            \
    printf ("%llu ",                                                           \
            (unsigned long long)(GNUNET_TIME_absolute_get ().abs_value_us      \
                                 / 1000));                                     \
    printf (__VA_ARGS__);                                                      \
    printf ("\n");                                                             \
    fflush (stdout);                                                           \
  } while (0)

static void
fail (const char *what, uint64_t number)
{
  SAY ("WRONG %s %llu", what, (unsigned long long)number);
  exit_code = 1;
  GNUNET_SCHEDULER_shutdown ();
}

/* Sizes of all kinds, every tenth the largest that there is. */
static uint16_t
body_size_of (uint64_t number)
{
  if (0 == number % 10)
    return GNUNET_MULTICAST_FRAGMENT_MAX_PAYLOAD;
  return (uint16_t)((number * 7919) % 3000);
}

static void
fill_body (uint64_t number, uint8_t *body, uint16_t size)
{
  for (uint32_t i = 0; i < size; i++)
    body[i] = (uint8_t)(number * 31 + i);
}

static int
is_body_of (uint64_t number, const uint8_t *body, size_t size)
{
  if (size != body_size_of (number))
    return 0;
  for (size_t i = 0; i < size; i++)
    if (body[i] != (uint8_t)(number * 31 + i))
      return 0;
  return 1;
}

static void
keep (uint64_t id, const struct GNUNET_MULTICAST_MessageHeader *msg)
{
  GNUNET_free (fragments[id]);
  fragments[id] = (struct GNUNET_MULTICAST_MessageHeader *)GNUNET_copy_message (
      &msg->header);
  if (id > newest)
    newest = id;
}

/* ---------------------------------------------------------------- origin */

static void
send_more (void)
{
  uint8_t body[GNUNET_MULTICAST_FRAGMENT_MAX_PAYLOAD];

  while (sent < sent_wanted)
  {
    const uint64_t number = sent + 1;
    const uint16_t size = body_size_of (number);
    fill_body (number, body, size);
    if (GNUNET_OK
        != GNUNET_MULTICAST_origin_fragment_send (
            origin, number, 0, 0, GNUNET_MULTICAST_MESSAGE_NOT_FRAGMENTED, body,
            size))
      return;
    sent = number;
  }
}

static void
on_join (void *cls, const struct GNUNET_CRYPTO_EcdsaPublicKey *key,
         const struct GNUNET_MessageHeader *msg,
         struct GNUNET_MULTICAST_JoinHandle *jh)
{
  (void)cls;
  (void)key;
  (void)msg;
  SAY ("join");
  (void)GNUNET_MULTICAST_join_decision (jh, GNUNET_YES, 0, NULL, NULL);
}

static void
on_request (void *cls, const struct GNUNET_MULTICAST_RequestHeader *req)
{
  const uint64_t id = GNUNET_ntohll (req->request_id);

  (void)cls;
  if (id >= ITEMS_MAX
      || ! is_body_of (id, (const uint8_t *)&req[1],
                       ntohs (req->header.size) - sizeof (*req)))
  {
    fail ("request", id);
    return;
  }
  GNUNET_MULTICAST_origin_request_stored (origin, &req->member_pub_key, id, 0);
  GNUNET_MULTICAST_origin_request_settled (origin, &req->member_pub_key, id,
                                           GNUNET_MULTICAST_REQUEST_ACCEPTED, 0,
                                           0, NULL);
  if (taken[id])
    return;
  taken[id] = 1;
  taken_count++;
  SAY ("taken %llu", (unsigned long long)taken_count);
}

static void
on_own_fragment (void *cls, const struct GNUNET_MULTICAST_MessageHeader *msg)
{
  const uint64_t id = GNUNET_ntohll (msg->fragment_id);

  (void)cls;
  if (id != newest + 1 || id != GNUNET_ntohll (msg->message_id))
  {
    fail ("echo", id);
    return;
  }
  keep (id, msg);
  GNUNET_MULTICAST_origin_fragment_stored (origin, id);
  if (id == sent_wanted)
    SAY ("stored %llu", (unsigned long long)id);
  send_more ();
}

static void
on_replay (void *cls, const struct GNUNET_CRYPTO_EcdsaPublicKey *key,
           enum GNUNET_MULTICAST_ReplayUnit unit, uint64_t first, uint64_t last,
           struct GNUNET_MULTICAST_ReplayHandle *rh)
{
  (void)cls;
  (void)key;
  (void)unit; /* each fragment is a message of the same number here */
  for (uint64_t id = first; id <= last && id <= newest; id++)
    GNUNET_MULTICAST_replay_response (rh, &fragments[id]->header,
                                      GNUNET_MULTICAST_REC_OK);
  GNUNET_MULTICAST_replay_response_end (rh);
}

static void
on_member (void *cls, const struct GNUNET_CRYPTO_EcdsaPublicKey *key,
           enum GNUNET_MULTICAST_MemberEvent event)
{
  static const char *const names[] = { "", "attached", "detached", "parted" };

  (void)cls;
  (void)key;
  SAY ("member %s", names[event]);
}

static void
on_origin_state (void *cls, enum GNUNET_MULTICAST_OriginState state,
                 const struct GNUNET_MULTICAST_Head *head)
{
  static const char *const names[] = { "", "started", "lost", "behind" };

  (void)cls;
  (void)head;
  SAY ("origin %s", names[state]);
}

static void
start_origin (const char *key_file)
{
  const struct GNUNET_MULTICAST_OriginCallbacks callbacks
      = { .join_request_cb = &on_join,
          .request_cb = &on_request,
          .message_cb = &on_own_fragment,
          .replay_range_cb = &on_replay,
          .member_cb = &on_member,
          .state_cb = &on_origin_state };
  struct GNUNET_CRYPTO_EddsaPrivateKey key;
  struct GNUNET_CRYPTO_EddsaPublicKey pub;
  char *text;

  if (GNUNET_SYSERR
      == GNUNET_CRYPTO_eddsa_key_from_file (key_file, GNUNET_YES, &key))
  {
    fail ("key file", 0);
    return;
  }
  GNUNET_CRYPTO_eddsa_key_get_public (&key, &pub);
  text = GNUNET_CRYPTO_eddsa_public_key_to_string (&pub);
  SAY ("group %s", text);
  GNUNET_free (text);
  origin = GNUNET_MULTICAST_origin_open (cfg, &key, 0, NULL, GNUNET_NO,
                                         &callbacks, NULL);
}

/* ---------------------------------------------------------------- member */

static void
ask (uint64_t id)
{
  uint8_t body[GNUNET_MULTICAST_FRAGMENT_MAX_PAYLOAD];
  const uint16_t size = body_size_of (id);

  fill_body (id, body, size);
  (void)GNUNET_MULTICAST_member_request_send (
      member, id, 0, GNUNET_MULTICAST_MESSAGE_NOT_FRAGMENTED, body, size);
}

/* A few at a time: what is not settled stays with us anyway. */
static void
ask_more (void)
{
  while (asked < requests && asked < settled_count + 8)
    ask (++asked);
}

static void
on_decision (void *cls, int is_admitted,
             const struct GNUNET_MULTICAST_Head *admission,
             const struct GNUNET_PeerIdentity *peer, uint16_t relay_count,
             const struct GNUNET_PeerIdentity *relays, const void *ticket,
             uint16_t ticket_size, const struct GNUNET_MessageHeader *answer)
{
  (void)cls;
  (void)peer;
  (void)relay_count;
  (void)relays;
  (void)ticket;
  (void)answer;
  SAY ("decision %d from %llu ticket %u", is_admitted,
       (unsigned long long)(NULL == admission ? 0 : admission->fragment_id),
       (unsigned int)ticket_size);
  if (NULL != admission && 0 == contiguous)
    contiguous = admission->fragment_id;
}

static void
on_fragment (void *cls, const struct GNUNET_MULTICAST_MessageHeader *msg)
{
  const uint64_t id = GNUNET_ntohll (msg->fragment_id);

  (void)cls;
  if (id >= ITEMS_MAX
      || ! is_body_of (GNUNET_ntohll (msg->message_id),
                       (const uint8_t *)&msg[1],
                       ntohs (msg->header.size) - sizeof (*msg)))
  {
    fail ("fragment", id);
    return;
  }
  keep (id, msg);
  GNUNET_MULTICAST_member_fragment_stored (member, id);
  while (NULL != fragments[contiguous + 1])
    contiguous++;
  SAY ("have %llu", (unsigned long long)contiguous);
}

static void
on_member_state (void *cls, enum GNUNET_MULTICAST_MemberState state,
                 const struct GNUNET_MULTICAST_Head *head)
{
  static const char *const names[]
      = { "",     "connecting", "pending", "attached",   "detached",
          "lost", "ejected",    "refused", "group ended" };

  (void)cls;
  SAY ("state %s head %llu", names[state],
       (unsigned long long)(NULL == head ? 0 : head->fragment_id));
  if (GNUNET_MULTICAST_MEMBER_STATE_ATTACHED != state)
    return;
  for (uint64_t id = 1; id <= asked; id++)
    if (! settled[id])
      ask (id);
  ask_more ();
}

static void
on_gap (void *cls, uint64_t first, uint64_t last)
{
  (void)cls;
  (void)last;
  fail ("gap", first);
}

static void
on_settled (void *cls, uint64_t id, enum GNUNET_MULTICAST_RequestResult result,
            uint64_t message_id, uint32_t code, const char *reason)
{
  (void)cls;
  (void)message_id;
  (void)code;
  (void)reason;
  if (id >= ITEMS_MAX || GNUNET_MULTICAST_REQUEST_ACCEPTED != result)
  {
    fail ("settlement", id);
    return;
  }
  if (settled[id])
    return;
  settled[id] = 1;
  settled_count++;
  SAY ("settled %llu", (unsigned long long)settled_count);
  ask_more ();
}

static void
start_member (const char *group_text, const char *peer_text)
{
  const struct GNUNET_MULTICAST_MemberCallbacks callbacks
      = { .decision_cb = &on_decision,
          .message_cb = &on_fragment,
          .gap_cb = &on_gap,
          .state_cb = &on_member_state,
          .request_settled_cb = &on_settled };
  struct GNUNET_CRYPTO_EddsaPublicKey group;
  struct GNUNET_PeerIdentity peer;

  if (GNUNET_OK
          != GNUNET_CRYPTO_eddsa_public_key_from_string (
              group_text, strlen (group_text), &group)
      || GNUNET_OK
             != GNUNET_CRYPTO_eddsa_public_key_from_string (
                 peer_text, strlen (peer_text), &peer.public_key))
  {
    fail ("key", 0);
    return;
  }
  GNUNET_CRYPTO_ecdsa_key_create (&member_key);
  member = GNUNET_MULTICAST_member_open (cfg, &group, &member_key, &peer, 0,
                                         NULL, NULL, 0, NULL, 0, 0, NULL,
                                         &callbacks, NULL);
}

static void
on_parted (void *cls)
{
  (void)cls;
  SAY ("parted");
}

/* ------------------------------------------------------------------ both */

static void
obey (const char *line)
{
  unsigned long long count = 0;

  if (1 == sscanf (line, "send %llu", &count) && NULL != origin)
  {
    sent_wanted += count;
    send_more ();
  }
  else if (1 == sscanf (line, "ask %llu", &count) && NULL != member)
  {
    requests += count;
    ask_more ();
  }
  else if (0 == strncmp (line, "part", 4) && NULL != member)
  {
    GNUNET_MULTICAST_member_part (member, &on_parted, NULL);
    member = NULL;
  }
  else
    GNUNET_SCHEDULER_shutdown ();
}

static struct GNUNET_SCHEDULER_Task *reader;

static void
read_words (void *cls)
{
  char line[128];
  size_t used = 0;
  struct GNUNET_NETWORK_FDSet *fds;

  (void)cls;
  reader = NULL;
  while (used + 1 < sizeof (line) && 1 == read (0, &line[used], 1)
         && '\n' != line[used])
    used++;
  line[used] = '\0';
  obey (line);
  if ('\0' == line[0] || 0 == strncmp (line, "quit", 4))
    return;
  fds = GNUNET_NETWORK_fdset_create ();
  GNUNET_NETWORK_fdset_set_native (fds, 0);
  reader = GNUNET_SCHEDULER_add_select (GNUNET_SCHEDULER_PRIORITY_DEFAULT,
                                        GNUNET_TIME_UNIT_FOREVER_REL, fds, NULL,
                                        &read_words, NULL);
  GNUNET_NETWORK_fdset_destroy (fds);
}

static void
shut_down (void *cls)
{
  (void)cls;
  if (NULL != reader)
    GNUNET_SCHEDULER_cancel (reader);
  if (NULL != origin)
    GNUNET_MULTICAST_origin_close (origin);
  if (NULL != member)
    GNUNET_MULTICAST_member_close (member);
}

static void
run (void *cls, char *const *args, const char *file,
     const struct GNUNET_CONFIGURATION_Handle *c)
{
  struct GNUNET_NETWORK_FDSet *fds;

  (void)cls;
  (void)file;
  cfg = c;
  GNUNET_SCHEDULER_add_shutdown (&shut_down, NULL);
  if (NULL != args[0] && 0 == strcmp (args[0], "origin") && NULL != args[1])
    start_origin (args[1]);
  else if (NULL != args[0] && NULL != args[1] && NULL != args[2])
    start_member (args[1], args[2]);
  fds = GNUNET_NETWORK_fdset_create ();
  GNUNET_NETWORK_fdset_set_native (fds, 0);
  reader = GNUNET_SCHEDULER_add_select (GNUNET_SCHEDULER_PRIORITY_DEFAULT,
                                        GNUNET_TIME_UNIT_FOREVER_REL, fds, NULL,
                                        &read_words, NULL);
  GNUNET_NETWORK_fdset_destroy (fds);
}

int
main (int argc, char *const *argv)
{
  static const struct GNUNET_GETOPT_CommandLineOption options[]
      = { GNUNET_GETOPT_OPTION_END };

  setvbuf (stdin, NULL, _IONBF, 0);
  if (GNUNET_OK
      != GNUNET_PROGRAM_run (argc, argv, "multicast-peer", "one end of a group",
                             options, &run, NULL))
    return 2;
  return exit_code;
}
