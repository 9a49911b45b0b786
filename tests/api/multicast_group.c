// SPDX-License-Identifier: AGPL-3.0-or-later
//
// libgnunetmulticast as programs of 2019 use it, against the real service on
// one peer: an origin that sends before the service answered, a member that is
// refused and then admitted, messages and requests of one and many fragments,
// replays by fragment and by message, cancelled messages, a second member, part
// and stop.
//
//   multicast-group -c CONFIGURATION
#define _GNU_SOURCE /* be64toh, behind GNUNET_ntohll */
#include <gnunet/gnunet_util_lib.h>

#include "gnunet_multicast_service.h"
#include "transmit.h"

static const struct GNUNET_CONFIGURATION_Handle *cfg;
static struct GNUNET_PeerIdentity this_peer;
static struct GNUNET_CRYPTO_EddsaPrivateKey group_key;
static struct GNUNET_CRYPTO_EddsaPublicKey group_pub_key;

static struct GNUNET_MULTICAST_Origin *origin;
static struct GNUNET_MULTICAST_JoinHandle *join_handle;

/** Everything that the origin ever sent, to answer replays from. */
static struct GNUNET_MULTICAST_MessageHeader *stored[64];
static unsigned int stored_count;

struct Member
{
  const char *name;
  struct GNUNET_CRYPTO_EcdsaPrivateKey key;
  struct GNUNET_CRYPTO_EcdsaPublicKey pub_key;
  struct GNUNET_MULTICAST_Member *handle;
  unsigned int fragments;
  /** Bytes of bodies. */
  size_t bytes;
  uint64_t last_message_id;
};

static struct Member anna = { .name = "anna" };
static struct Member bert = { .name = "bert" };

/** What is being done; callbacks go on from there. */
static enum {
  SEND_EARLY,
  JOIN_REFUSED,
  JOIN_ADMITTED,
  TO_ALL,
  TO_ORIGIN,
  REPLAY_FRAGMENT,
  REPLAY_MESSAGE,
  REPLAY_NONE,
  CANCEL_TO_ALL,
  CANCEL_TO_ORIGIN,
  SECOND_MEMBER,
  TO_BOTH,
  PART,
  TO_ONE,
  STOP
} step;

static struct Transmit tmit;
static struct Transmit request_tmit;
/** Decides, or forgets a replay, later. */
static struct GNUNET_SCHEDULER_Task *other_task;
static unsigned int requests;
static size_t request_bytes;
static char large[GNUNET_MULTICAST_FRAGMENT_MAX_SIZE];

static void go_on (void);

static void
give_up (void)
{
  if (NULL != tmit.task)
    GNUNET_SCHEDULER_cancel (tmit.task);
  if (NULL != request_tmit.task)
    GNUNET_SCHEDULER_cancel (request_tmit.task);
  if (NULL != other_task)
    GNUNET_SCHEDULER_cancel (other_task);
  tmit.task = request_tmit.task = other_task = NULL;
  if (NULL != anna.handle)
    GNUNET_MULTICAST_member_part (anna.handle, NULL, NULL);
  if (NULL != bert.handle)
    GNUNET_MULTICAST_member_part (bert.handle, NULL, NULL);
  if (NULL != origin)
    GNUNET_MULTICAST_origin_stop (origin, NULL, NULL);
  anna.handle = bert.handle = NULL;
  origin = NULL;
}

static void
on_shutdown (void *cls)
{
  (void)cls;
  program_end ();
  give_up ();
  for (unsigned int i = 0; i < stored_count; i++)
    GNUNET_free (stored[i]);
}

/* ---- transmitting ---- */

static void
resume_to_all (void *cls)
{
  (void)cls;
  tmit.task = NULL;
  GNUNET_MULTICAST_origin_to_all_resume (tmit.handle);
}

static int
notify_to_all (void *cls, size_t *data_size, void *data)
{
  MAY_END_WITH (GNUNET_SYSERR);
  return transmit_next (cls, data_size, data);
}

static void
to_all (uint64_t message_id)
{
  tmit.next = 0;
  tmit.resume = &resume_to_all;
  tmit.handle = GNUNET_MULTICAST_origin_to_all (origin, message_id, 1,
                                                &notify_to_all, &tmit);
  CHECK (NULL != tmit.handle);
  CHECK (NULL
         == GNUNET_MULTICAST_origin_to_all (origin, message_id + 1, 1,
                                            &notify_to_all, &tmit));
}

static void
resume_to_origin (void *cls)
{
  (void)cls;
  request_tmit.task = NULL;
  GNUNET_MULTICAST_member_to_origin_resume (request_tmit.handle);
}

static int
notify_to_origin (void *cls, size_t *data_size, void *data)
{
  MAY_END_WITH (GNUNET_SYSERR);
  return transmit_next (cls, data_size, data);
}

static void
to_origin (uint64_t request_id)
{
  request_tmit.next = 0;
  request_tmit.resume = &resume_to_origin;
  request_tmit.handle = GNUNET_MULTICAST_member_to_origin (
      anna.handle, request_id, &notify_to_origin, &request_tmit);
  CHECK (NULL != request_tmit.handle);
  CHECK (NULL
         == GNUNET_MULTICAST_member_to_origin (
             anna.handle, request_id + 1, &notify_to_origin, &request_tmit));
}

/* ---- joining ---- */

static struct GNUNET_MessageHeader *
words (const char *text)
{
  const uint16_t size
      = (uint16_t)(sizeof (struct GNUNET_MessageHeader) + strlen (text) + 1);
  struct GNUNET_MessageHeader *msg = GNUNET_malloc (size);

  msg->size = htons (size);
  msg->type = htons (12345);
  memcpy (&msg[1], text, strlen (text) + 1);
  return msg;
}

static int
says (const struct GNUNET_MessageHeader *msg, const char *text)
{
  return NULL != msg && 12345 == ntohs (msg->type)
         && ntohs (msg->size) == sizeof (*msg) + strlen (text) + 1
         && 0 == strcmp ((const char *)&msg[1], text);
}

static void
decide (void *cls)
{
  other_task = NULL;
  struct GNUNET_MessageHeader *resp = words ("come in");

  (void)cls;
  GNUNET_MULTICAST_join_decision (join_handle, GNUNET_YES, 1, &this_peer, resp);
  join_handle = NULL;
  GNUNET_free (resp);
}

static void
on_join_request (void *cls,
                 const struct GNUNET_CRYPTO_EcdsaPublicKey *member_pub_key,
                 const struct GNUNET_MessageHeader *join_msg,
                 struct GNUNET_MULTICAST_JoinHandle *jh)
{
  MAY_END ();
  CHECK (cls == &origin);
  if (SECOND_MEMBER == step)
  {
    CHECK (SAME (member_pub_key, &bert.pub_key));
    CHECK (NULL == join_msg);
    GNUNET_MULTICAST_join_decision (jh, GNUNET_YES, 0, NULL, NULL);
    return;
  }
  CHECK (SAME (member_pub_key, &anna.pub_key));
  CHECK (says (join_msg, "it is anna"));
  if (JOIN_REFUSED == step)
  {
    struct GNUNET_MessageHeader *resp = words ("not today");

    GNUNET_MULTICAST_join_decision (jh, GNUNET_NO, 0, NULL, resp);
    GNUNET_free (resp);
    return;
  }
  CHECK (JOIN_ADMITTED == step);
  /* Answered later, from another task. */
  join_handle = jh;
  other_task = GNUNET_SCHEDULER_add_delayed (GNUNET_TIME_UNIT_MILLISECONDS,
                                             &decide, NULL);
}

static void member_join (struct Member *member, const char *text);

static void
refused_member_parted (void *cls)
{
  MAY_END_LAST ();
  CHECK (cls == &anna);
  ok ("a member that is refused parts from inside the decision");
  step = JOIN_ADMITTED;
  member_join (&anna, "it is anna");
}

static void
on_join_decision (void *cls, int is_admitted,
                  const struct GNUNET_PeerIdentity *peer, uint16_t relay_count,
                  const struct GNUNET_PeerIdentity *relays,
                  const struct GNUNET_MessageHeader *join_msg)
{
  MAY_END ();
  struct Member *member = cls;

  (void)relays;
  switch (step)
  {
  case JOIN_REFUSED:
    CHECK (GNUNET_NO == is_admitted);
    CHECK (0 == relay_count);
    CHECK (says (join_msg, "not today"));
    GNUNET_MULTICAST_member_part (member->handle, &refused_member_parted,
                                  member);
    member->handle = NULL;
    break;
  case JOIN_ADMITTED:
    CHECK (GNUNET_YES == is_admitted);
    CHECK (NULL != peer && SAME (peer, &this_peer));
    CHECK (says (join_msg, "come in"));
    ok ("a member is refused, then admitted, with words both times");
    go_on ();
    break;
  default:
    CHECK (SECOND_MEMBER == step && GNUNET_YES == is_admitted);
    CHECK (NULL == join_msg);
    go_on ();
    break;
  }
}

/* ---- receiving ---- */

static void
on_origin_message (void *cls, const struct GNUNET_MULTICAST_MessageHeader *msg)
{
  MAY_END ();
  (void)cls;
  CHECK (NULL != msg);
  CHECK (stored_count < sizeof (stored) / sizeof (stored[0]));
  CHECK (GNUNET_ntohll (msg->fragment_id) == stored_count + 1);
  CHECK (GNUNET_OK
         == GNUNET_CRYPTO_eddsa_verify_ (ntohl (msg->purpose.purpose),
                                         &msg->purpose, &msg->signature,
                                         &group_pub_key));
  stored[stored_count++] = GNUNET_memdup (msg, ntohs (msg->header.size));
  if (SEND_EARLY == step && 3 == stored_count)
  {
    CHECK (GNUNET_MULTICAST_MESSAGE_FIRST_FRAGMENT == ntohl (stored[0]->flags));
    CHECK (0 == ntohl (stored[1]->flags));
    CHECK (GNUNET_MULTICAST_MESSAGE_LAST_FRAGMENT == ntohl (stored[2]->flags));
    CHECK (5 == GNUNET_ntohll (stored[1]->fragment_offset));
    CHECK (0 == memcmp (&stored[0][1], "early", 5));
    ok ("a message sent before the service answered comes in three fragments");
    go_on ();
  }
}

static void
on_member_message (void *cls, const struct GNUNET_MULTICAST_MessageHeader *msg)
{
  MAY_END ();
  struct Member *member = cls;
  uint32_t flags;

  if (NULL == msg)
  {
    CHECK (STOP == step && member == &bert);
    ok ("the end of the group is told");
    GNUNET_MULTICAST_member_part (member->handle, NULL, NULL);
    member->handle = NULL;
    go_on ();
    return;
  }
  flags = ntohl (msg->flags);
  CHECK ((CANCEL_TO_ALL == step
          && 0 != (flags & GNUNET_MULTICAST_MESSAGE_LAST_FRAGMENT))
         == (0 != (flags & GNUNET_MULTICAST_MESSAGE_CANCELLED)));
  member->fragments++;
  member->bytes += ntohs (msg->header.size) - sizeof (*msg);
  member->last_message_id = GNUNET_ntohll (msg->message_id);
  if (REPLAY_FRAGMENT == step || REPLAY_MESSAGE == step)
  {
    const uint64_t id = GNUNET_ntohll (msg->fragment_id);

    CHECK (0 < id && id <= stored_count);
    CHECK (stored[id - 1]->header.size == msg->header.size);
    CHECK (0
           == memcmp (&msg[1], &stored[id - 1][1],
                      ntohs (msg->header.size) - sizeof (*msg)));
    if (REPLAY_FRAGMENT == step && 2 == id)
      go_on ();
    else if (REPLAY_MESSAGE == step && 3 == id)
      go_on ();
    return;
  }
  /* They may come in any order. */
  if ((TO_ALL == step || CANCEL_TO_ALL == step) && 2 == member->fragments)
    go_on ();
  else if (TO_ONE == step && 6 == member->last_message_id)
    go_on ();
  else if (TO_BOTH == step && anna.last_message_id == bert.last_message_id)
    go_on ();
}

static void
on_request (void *cls, const struct GNUNET_MULTICAST_RequestHeader *req)
{
  MAY_END ();
  const uint32_t flags = ntohl ((uint32_t)req->flags);

  (void)cls;
  CHECK (SAME (&req->member_pub_key, &anna.pub_key));
  CHECK (GNUNET_ntohll (req->fragment_offset) == request_bytes);
  requests++;
  request_bytes += ntohs (req->header.size) - sizeof (*req);
  if (0 != (flags & GNUNET_MULTICAST_MESSAGE_LAST_FRAGMENT))
    go_on ();
}

/* ---- replays ---- */

static int was_asked_for_none;

static void
on_replay_fragment (void *cls,
                    const struct GNUNET_CRYPTO_EcdsaPublicKey *member_pub_key,
                    uint64_t fragment_id, uint64_t flags,
                    struct GNUNET_MULTICAST_ReplayHandle *rh)
{
  MAY_END ();
  (void)cls;
  /* With other flags a member repairs what it missed while it was attaching. */
  if (11 == flags)
  {
    CHECK (SAME (member_pub_key, &anna.pub_key));
    CHECK ((REPLAY_NONE == step ? 1234 : 2) == fragment_id);
    was_asked_for_none = REPLAY_NONE == step;
  }
  if (0 == fragment_id || stored_count < fragment_id)
  {
    GNUNET_MULTICAST_replay_response (rh, NULL, GNUNET_MULTICAST_REC_NOT_FOUND);
    return;
  }
  GNUNET_MULTICAST_replay_response (rh, &stored[fragment_id - 1]->header,
                                    GNUNET_MULTICAST_REC_OK);
  GNUNET_MULTICAST_replay_response_end (rh);
}

static unsigned int pulls;

static int
notify_replay (void *cls, size_t *data_size, void *data)
{
  MAY_END_WITH (GNUNET_SYSERR);
  const struct GNUNET_MULTICAST_MessageHeader *msg = cls;

  pulls++;
  CHECK (ntohs (msg->header.size) <= *data_size);
  *data_size = ntohs (msg->header.size);
  memcpy (data, msg, *data_size);
  return GNUNET_YES;
}

static void
on_replay_message (void *cls,
                   const struct GNUNET_CRYPTO_EcdsaPublicKey *member_pub_key,
                   uint64_t message_id, uint64_t fragment_offset,
                   uint64_t flags, struct GNUNET_MULTICAST_ReplayHandle *rh)
{
  MAY_END ();
  (void)cls;
  (void)member_pub_key;
  CHECK (1 == message_id && 16 == fragment_offset && 12 == flags);
  for (unsigned int i = 0; i < stored_count; i++)
    if (GNUNET_ntohll (stored[i]->message_id) == message_id
        && GNUNET_ntohll (stored[i]->fragment_offset) == fragment_offset)
    {
      GNUNET_MULTICAST_replay_response2 (rh, &notify_replay, stored[i]);
      return;
    }
  GNUNET_MULTICAST_replay_response (rh, NULL, GNUNET_MULTICAST_REC_NOT_FOUND);
}

/* ---- the course of it all ---- */

static void
member_join (struct Member *member, const char *text)
{
  struct GNUNET_MessageHeader *msg = NULL == text ? NULL : words (text);

  member->handle = GNUNET_MULTICAST_member_join (
      cfg, &group_pub_key, &member->key, &this_peer, 0, NULL, msg, NULL,
      &on_join_decision, NULL, NULL, &on_member_message, member);
  CHECK (NULL != member->handle);
  GNUNET_free (msg);
}

static void
on_parted (void *cls)
{
  MAY_END_LAST ();
  CHECK (cls == &anna);
  if (NULL == origin)
    return;
  ok ("a member parts");
  step = TO_ONE;
  to_all (6);
}

static void
on_stopped (void *cls)
{
  MAY_END_LAST ();
  CHECK (cls == &origin);
  ok ("the origin stopped");
  if (NULL == bert.handle)
    program_done ();
}

static void
cancel_to_all (void *cls)
{
  (void)cls;
  tmit.task = NULL;
  GNUNET_MULTICAST_origin_to_all_cancel (tmit.handle);
}

static void
cancel_to_origin (void *cls)
{
  (void)cls;
  request_tmit.task = NULL;
  GNUNET_MULTICAST_member_to_origin_cancel (request_tmit.handle);
}

static void
early_was_sent (void)
{
  step = JOIN_REFUSED;
  member_join (&anna, "it is anna");
}

static void
anna_is_in (void)
{
  step = TO_ALL;
  tmit
      = (struct Transmit){ .data = { "two", large },
                           .size = { 3, GNUNET_MULTICAST_FRAGMENT_MAX_PAYLOAD },
                           .is_paused_before = { 0, 1 },
                           .count = 2 };
  to_all (2);
}

static void
anna_heard_it (void)
{
  CHECK (2 == anna.fragments);
  CHECK (3 + GNUNET_MULTICAST_FRAGMENT_MAX_PAYLOAD == anna.bytes);
  ok ("a message of two fragments, one of the largest size, reaches the "
      "member");
  step = TO_ORIGIN;
  request_tmit
      = (struct Transmit){ .data = { "please", large, "thanks" },
                           .size
                           = { 6, GNUNET_MULTICAST_FRAGMENT_MAX_PAYLOAD, 6 },
                           .is_paused_before = { 0, 0, 1 },
                           .count = 3 };
  to_origin (1);
}

static void
origin_heard_anna (void)
{
  CHECK (3 == requests);
  CHECK (12 + GNUNET_MULTICAST_FRAGMENT_MAX_PAYLOAD == request_bytes);
  ok ("a request of three fragments reaches the origin");
  step = REPLAY_FRAGMENT;
  CHECK (NULL != GNUNET_MULTICAST_member_replay_fragment (anna.handle, 2, 11));
}

static void
anna_got_a_fragment (void)
{
  ok ("a fragment from before the admission is replayed");
  step = REPLAY_MESSAGE;
  CHECK (NULL
         != GNUNET_MULTICAST_member_replay_message (anna.handle, 1, 16, 12));
}

static void
forget_replay (void *cls)
{
  other_task = NULL;
  GNUNET_MULTICAST_member_replay_cancel (cls);
  CHECK (was_asked_for_none);
  ok ("a replay of what there is not is forgotten");
  step = CANCEL_TO_ALL;
  anna.fragments = 0;
  tmit = (struct Transmit){ .data = { "half of", "it" },
                            .size = { 7, 2 },
                            .is_paused_before = { 0, 1 },
                            .count = 2 };
  to_all (3);
  tmit.resume = &cancel_to_all;
}

static void
anna_got_a_message (void)
{
  struct GNUNET_MULTICAST_MemberReplayHandle *rh;

  CHECK (0 < pulls);
  ok ("the rest of a message is replayed, pulled from a callback");
  step = REPLAY_NONE;
  rh = GNUNET_MULTICAST_member_replay_fragment (anna.handle, 1234, 11);
  CHECK (NULL != rh);
  other_task = GNUNET_SCHEDULER_add_delayed (GNUNET_TIME_UNIT_SECONDS,
                                             &forget_replay, rh);
}

static void
message_was_cancelled (void)
{
  CHECK (2 == anna.fragments);
  ok ("a cancelled message ends at the member");
  step = CANCEL_TO_ORIGIN;
  requests = 0;
  request_bytes = 0;
  request_tmit = (struct Transmit){ .data = { "never", "mind" },
                                    .size = { 5, 4 },
                                    .is_paused_before = { 0, 1 },
                                    .count = 2 };
  to_origin (2);
  request_tmit.resume = &cancel_to_origin;
}

static void
request_was_cancelled (void)
{
  CHECK (2 == requests && 5 == request_bytes);
  ok ("a cancelled request ends at the origin");
  step = SECOND_MEMBER;
  member_join (&bert, NULL);
}

static void
bert_is_in (void)
{
  ok ("a second member joins without a word");
  step = TO_BOTH;
  tmit = (struct Transmit){
    .data = { "all" }, .size = { 3 }, .count = 1, .ends_apart = 1
  };
  to_all (5);
}

static void
both_heard_it (void)
{
  ok ("a message reaches both members");
  step = PART;
  GNUNET_MULTICAST_member_part (anna.handle, &on_parted, &anna);
  anna.handle = NULL;
}

static void
bert_heard_it (void)
{
  CHECK (6 == bert.last_message_id && 5 == anna.last_message_id);
  ok ("who parted hears no more");
  step = STOP;
  GNUNET_MULTICAST_origin_stop (origin, &on_stopped, &origin);
  origin = NULL;
}

/** The step is over. */
static void
go_on (void)
{
  switch (step)
  {
  case SEND_EARLY:
    early_was_sent ();
    break;
  case JOIN_REFUSED:
    break;
  case JOIN_ADMITTED:
    anna_is_in ();
    break;
  case TO_ALL:
    anna_heard_it ();
    break;
  case TO_ORIGIN:
    origin_heard_anna ();
    break;
  case REPLAY_FRAGMENT:
    anna_got_a_fragment ();
    break;
  case REPLAY_MESSAGE:
    anna_got_a_message ();
    break;
  case REPLAY_NONE:
    break;
  case CANCEL_TO_ALL:
    message_was_cancelled ();
    break;
  case CANCEL_TO_ORIGIN:
    request_was_cancelled ();
    break;
  case SECOND_MEMBER:
    bert_is_in ();
    break;
  case TO_BOTH:
    both_heard_it ();
    break;
  case PART:
    break;
  case TO_ONE:
    bert_heard_it ();
    break;
  case STOP:
    program_done ();
    break;
  }
}

static void
run (void *cls, char *const *args, const char *cfgfile,
     const struct GNUNET_CONFIGURATION_Handle *c)
{
  (void)cls;
  (void)args;
  (void)cfgfile;
  cfg = c;
  program_begin (&give_up);
  GNUNET_SCHEDULER_add_shutdown (&on_shutdown, NULL);
  CHECK (GNUNET_OK == GNUNET_CRYPTO_get_peer_identity (cfg, &this_peer));
  GNUNET_CRYPTO_eddsa_key_create (&group_key);
  GNUNET_CRYPTO_eddsa_key_get_public (&group_key, &group_pub_key);
  GNUNET_CRYPTO_ecdsa_key_create (&anna.key);
  GNUNET_CRYPTO_ecdsa_key_get_public (&anna.key, &anna.pub_key);
  GNUNET_CRYPTO_ecdsa_key_create (&bert.key);
  GNUNET_CRYPTO_ecdsa_key_get_public (&bert.key, &bert.pub_key);
  memset (large, 'x', sizeof (large));

  origin = GNUNET_MULTICAST_origin_start (
      cfg, &group_key, 0, &on_join_request, &on_replay_fragment,
      &on_replay_message, &on_request, &on_origin_message, &origin);
  CHECK (NULL != origin);
  tmit = (struct Transmit){ .data = { "early", "in the day", "." },
                            .size = { 5, 11, 1 },
                            .is_paused_before = { 0, 1, 0 },
                            .count = 3 };
  to_all (1);
}

int
main (int argc, char *const *argv)
{
  struct GNUNET_GETOPT_CommandLineOption options[]
      = { GNUNET_GETOPT_OPTION_END };

  GNUNET_PROGRAM_run (argc, argv, "multicast-group", "the interface of 2019",
                      options, &run, NULL);
  return program_status;
}
