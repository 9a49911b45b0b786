// SPDX-License-Identifier: AGPL-3.0-or-later
//
// libgnunetsocial as programs of 2019 use it, on one peer with the egos "host"
// and "guest": a place is hosted and published under a password, entered by
// name (and refused), by key (and admitted), spoken in from both sides, its
// history and objects are read, all is disconnected and taken up again, the
// guest leaves, comes back and is thrown out, the place is closed.
//
//   social-place -c CONFIGURATION
#define _GNU_SOURCE /* be64toh, behind GNUNET_ntohll */
#include <gnunet/gnunet_util_lib.h>
#include <unistd.h>

#include "gnunet_social_service.h"
#include "transmit.h"

#define APP_ID "social-place"
#define PASSWORD "let.me.in"

static const struct GNUNET_CONFIGURATION_Handle *cfg;
static struct GNUNET_PeerIdentity this_peer;

static struct GNUNET_SOCIAL_App *app;
static struct GNUNET_SOCIAL_Ego *host_ego;
static struct GNUNET_SOCIAL_Ego *guest_ego;
static struct GNUNET_SOCIAL_Host *host;
static struct GNUNET_SOCIAL_Guest *guest;
static struct GNUNET_SOCIAL_Nym *nym;
static struct GNUNET_SOCIAL_HostConnection *host_connection;
static struct GNUNET_SOCIAL_GuestConnection *guest_connection;
static struct GNUNET_CRYPTO_EddsaPublicKey place_key;

static struct GNUNET_PSYC_Slicer *host_slicer;
static struct GNUNET_PSYC_Slicer *guest_slicer;
static struct GNUNET_PSYC_Slicer *history_slicer;

/** What a slicer told of the message that ended last. */
struct Heard
{
  const char *name;
  char method[256];
  char topic[32];
  char author[64];
  char body[64];
  size_t body_size;
  unsigned int ended;
};

/** The place's name in the host's zone, another one for each run. */
static char label[32];
static char full_name[64];

static struct Heard at_host = { .name = "host" };
static struct Heard at_guest = { .name = "guest" };
static struct Heard in_history = { .name = "history" };

static struct Transmit tmit;
static struct GNUNET_SCHEDULER_Task *admit_task;
static struct GNUNET_SOCIAL_Announcement *announcement;
static struct GNUNET_SOCIAL_TalkRequest *talk;

static enum {
  REFUSED,
  ADMITTED,
  ANNOUNCE,
  TALK,
  HISTORY,
  CANCEL,
  RECONNECT,
  ANNOUNCE_AGAIN,
  LEAVE,
  COME_BACK,
  EJECT,
  CLOSE
} step;

static void connect_app (void);

static void
give_up (void)
{
  if (NULL != tmit.task)
    GNUNET_SCHEDULER_cancel (tmit.task);
  if (NULL != admit_task)
    GNUNET_SCHEDULER_cancel (admit_task);
  tmit.task = admit_task = NULL;
  if (NULL != app)
    GNUNET_SOCIAL_app_disconnect (app, NULL, NULL);
  app = NULL;
}

static void
on_shutdown (void *cls)
{
  (void)cls;
  program_end ();
  give_up ();
  GNUNET_PSYC_slicer_destroy (host_slicer);
  GNUNET_PSYC_slicer_destroy (guest_slicer);
  GNUNET_PSYC_slicer_destroy (history_slicer);
}

/* ---- words ---- */

static struct GNUNET_PSYC_Message *
words (const char *method, const char *text)
{
  struct GNUNET_PSYC_Environment *env = GNUNET_PSYC_env_create ();
  struct GNUNET_PSYC_Message *msg;

  GNUNET_PSYC_env_add (env, GNUNET_PSYC_OP_SET, "_abc", "def", 3);
  msg = GNUNET_PSYC_message_create (method, env, text, strlen (text));
  GNUNET_PSYC_env_destroy (env);
  return msg;
}

static int
says (const struct GNUNET_PSYC_Message *msg, const char *text)
{
  struct GNUNET_PSYC_MessageHeader *pmsg;
  const char *method;
  const void *data;
  uint16_t size;
  int result;

  if (NULL == msg)
    return 0;
  pmsg = GNUNET_PSYC_message_header_create_from_psyc (msg);
  result = GNUNET_OK
               == GNUNET_PSYC_message_parse (pmsg, &method, NULL, &data, &size)
           && strlen (text) == size && 0 == memcmp (text, data, size);
  GNUNET_free (pmsg);
  return result;
}

static struct GNUNET_PSYC_Environment *
one_variable (enum GNUNET_PSYC_Operator oper, const char *name,
              const char *value)
{
  struct GNUNET_PSYC_Environment *env = GNUNET_PSYC_env_create ();

  GNUNET_PSYC_env_add (env, oper, name, value, strlen (value));
  return env;
}

/* ---- talking ---- */

static int
notify_data (void *cls, uint16_t *data_size, void *data)
{
  MAY_END_WITH (GNUNET_SYSERR);
  size_t size = *data_size;
  const int result = transmit_next (cls, &size, data);

  *data_size = (uint16_t)size;
  return result;
}

static void
resume_announcement (void *cls)
{
  (void)cls;
  tmit.task = NULL;
  GNUNET_SOCIAL_host_announce_resume (announcement);
}

static void
resume_talk (void *cls)
{
  (void)cls;
  tmit.task = NULL;
  GNUNET_SOCIAL_guest_talk_resume (talk);
}

static void
two_pieces (const char *first, const char *second)
{
  tmit = (struct Transmit){ .data = { first, second },
                            .size = { strlen (first), strlen (second) },
                            .is_paused_before = { 0, 1 },
                            .count = 2 };
}

static void
announce (const char *method, enum GNUNET_SOCIAL_AnnounceFlags flags)
{
  struct GNUNET_PSYC_Environment *env
      = one_variable (GNUNET_PSYC_OP_ASSIGN, "_topic_place", "tomatoes");

  tmit.resume = &resume_announcement;
  announcement = GNUNET_SOCIAL_host_announce (host, method, env, &notify_data,
                                              &tmit, flags);
  CHECK (NULL != announcement);
  GNUNET_PSYC_env_destroy (env);
}

static void
say (const char *method)
{
  struct GNUNET_PSYC_Environment *env
      = one_variable (GNUNET_PSYC_OP_SET, "_mood", "good");

  tmit.resume = &resume_talk;
  talk = GNUNET_SOCIAL_guest_talk (guest, method, env, &notify_data, &tmit,
                                   GNUNET_SOCIAL_TALK_NONE);
  CHECK (NULL != talk);
  GNUNET_PSYC_env_destroy (env);
}

/* ---- the end of it all ---- */

static void
on_app_disconnected (void *cls)
{
  MAY_END_LAST ();
  (void)cls;
  ok ("the application disconnects from inside a callback");
  program_done ();
}

static void
on_place_closed (void *cls)
{
  MAY_END_LAST ();
  (void)cls;
  host = NULL;
  ok ("the place is closed");
  GNUNET_SOCIAL_app_disconnect (app, &on_app_disconnected, NULL);
  app = NULL;
}

static void
on_nym_unnamed (void *cls, int64_t result, const void *data, uint16_t size)
{
  MAY_END ();
  (void)cls;
  (void)size;
  if (GNUNET_OK != result)
    failed (data);
  ok ("names are taken away");
  GNUNET_SOCIAL_host_leave (host, NULL, &on_place_closed, NULL);
}

static void
on_place_unnamed (void *cls, int64_t result, const void *data, uint16_t size)
{
  MAY_END ();
  (void)cls;
  (void)size;
  if (GNUNET_OK != result)
    failed (data);
  CHECK (GNUNET_OK
         == GNUNET_SOCIAL_zone_add_nym (
             app, host_ego, "friend", GNUNET_SOCIAL_ego_get_pub_key (guest_ego),
             GNUNET_TIME_UNIT_ZERO_ABS, &on_nym_unnamed, NULL));
}

static void
guest_was_ejected (void)
{
  ok ("a nym is thrown out");
  step = CLOSE;
  CHECK (GNUNET_OK
         == GNUNET_SOCIAL_zone_add_place (
             app, host_ego, label, PASSWORD, &place_key, NULL, 0, NULL,
             GNUNET_TIME_UNIT_ZERO_ABS, &on_place_unnamed, NULL));
}

/* ---- leaving and coming back ---- */

static void enter_by_key (void);

static void
on_guest_left (void *cls)
{
  MAY_END_LAST ();
  (void)cls;
  ok ("the guest leaves");
}

static void
guest_has_left (void)
{
  ok ("the host is told of it");
  step = COME_BACK;
  enter_by_key ();
}

static void
leave (void)
{
  struct GNUNET_PSYC_Environment *env
      = one_variable (GNUNET_PSYC_OP_SET, "_reason", "tired");

  step = LEAVE;
  GNUNET_SOCIAL_guest_leave (guest, env, &on_guest_left, NULL);
  guest = NULL;
  GNUNET_PSYC_env_destroy (env);
}

/* ---- taking it up again ---- */

static void
announce_again (void)
{
  step = ANNOUNCE_AGAIN;
  two_pieces ("here ", "again");
  announce ("_notice_again", GNUNET_SOCIAL_ANNOUNCE_NONE);
}

static void
on_app_gone (void *cls)
{
  MAY_END_LAST ();
  (void)cls;
  connect_app ();
}

static void
on_host_gone (void *cls)
{
  MAY_END_LAST ();
  (void)cls;
  ok ("host and guest disconnect");
  GNUNET_SOCIAL_app_disconnect (app, &on_app_gone, NULL);
  app = NULL;
}

static void
on_guest_gone (void *cls)
{
  MAY_END_LAST ();
  (void)cls;
  GNUNET_SOCIAL_host_disconnect (host, &on_host_gone, NULL);
  host = NULL;
}

static void
reconnect (void)
{
  step = RECONNECT;
  GNUNET_SOCIAL_guest_disconnect (guest, &on_guest_gone, NULL);
  guest = NULL;
}

/* ---- cancelled words ---- */

static void
cancel_talk (void *cls)
{
  (void)cls;
  tmit.task = NULL;
  GNUNET_SOCIAL_guest_talk_cancel (talk);
  ok ("announcing and talking are cancelled in a pause");
  reconnect ();
}

static void
cancel_announcement (void *cls)
{
  (void)cls;
  tmit.task = NULL;
  GNUNET_SOCIAL_host_announce_cancel (announcement);
  two_pieces ("never", "mind");
  say ("_message_cancelled");
  tmit.resume = &cancel_talk;
}

static void
cancel_words (void)
{
  step = CANCEL;
  two_pieces ("half", "of it");
  announce ("_notice_cancelled", GNUNET_SOCIAL_ANNOUNCE_NONE);
  tmit.resume = &cancel_announcement;
}

/* ---- history and objects ---- */

static unsigned int objects;

static void
on_object (void *cls, const struct GNUNET_MessageHeader *mod, const char *name,
           const void *value, uint32_t value_size, uint32_t full_value_size)
{
  MAY_END ();
  (void)cls;
  (void)mod;
  if (NULL == name)
    return;
  CHECK (0 == strcmp ("_topic_place", name));
  CHECK (8 == value_size && 8 == full_value_size);
  CHECK (0 == memcmp ("tomatoes", value, 8));
  objects++;
}

static void
never (void *cls, int64_t result, const void *data, uint16_t size)
{
  (void)cls;
  (void)result;
  (void)data;
  (void)size;
  failed ("something cancelled has a result");
}

static void
on_looked_for (void *cls, int64_t result, const void *data, uint16_t size)
{
  MAY_END ();
  (void)cls;
  (void)data;
  (void)size;
  CHECK (GNUNET_YES == result && 2 == objects);
  ok ("objects by best match and by prefix");
  cancel_words ();
}

static void
on_looked_at (void *cls, int64_t result, const void *data, uint16_t size)
{
  MAY_END ();
  struct GNUNET_SOCIAL_Place *place = GNUNET_SOCIAL_guest_get_place (guest);

  (void)cls;
  (void)data;
  (void)size;
  CHECK (GNUNET_YES == result && 1 == objects);
  GNUNET_SOCIAL_place_look_cancel (
      GNUNET_SOCIAL_place_look_at (place, "_topic", &on_object, &never, NULL));
  CHECK (NULL
         != GNUNET_SOCIAL_place_look_for (place, "_topic", &on_object,
                                          &on_looked_for, NULL));
}

static void
on_latest (void *cls, int64_t result, const void *data, uint16_t size)
{
  MAY_END ();
  (void)cls;
  (void)data;
  (void)size;
  CHECK (1 == result && 0 == strcmp ("_message_hello", in_history.method));
  ok ("history by range and prefix, and the latest");
  CHECK (NULL
         != GNUNET_SOCIAL_place_look_at (GNUNET_SOCIAL_host_get_place (host),
                                         "_topic_place_colour", &on_object,
                                         &on_looked_at, NULL));
}

static void
on_range (void *cls, int64_t result, const void *data, uint16_t size)
{
  MAY_END ();
  struct GNUNET_SOCIAL_Place *place = GNUNET_SOCIAL_host_get_place (host);

  (void)cls;
  (void)data;
  (void)size;
  CHECK (1 == result && 0 == strcmp ("_notice_test", in_history.method));
  GNUNET_SOCIAL_place_history_replay_cancel (
      GNUNET_SOCIAL_place_history_replay_latest (
          place, 10, NULL, GNUNET_PSYC_HISTORY_REPLAY_LOCAL, history_slicer,
          &never, NULL));
  CHECK (NULL
         != GNUNET_SOCIAL_place_history_replay_latest (
             place, 1, "_message", GNUNET_PSYC_HISTORY_REPLAY_LOCAL,
             history_slicer, &on_latest, NULL));
}

static void
read_history (void)
{
  step = HISTORY;
  CHECK (NULL
         != GNUNET_SOCIAL_place_history_replay (
             GNUNET_SOCIAL_guest_get_place (guest), 1, 100, "_notice_test",
             GNUNET_PSYC_HISTORY_REPLAY_LOCAL, history_slicer, &on_range,
             NULL));
}

/* ---- hearing ---- */

static void
announcement_was_heard (void)
{
  if (0 != strcmp ("_notice_test", at_guest.method)
      || 0 != strcmp ("_notice_test", at_host.method))
    return;
  CHECK (0 == strcmp ("grow tomatoes", at_guest.body));
  CHECK (0 == strcmp ("grow tomatoes", at_host.body));
  CHECK (0 == strcmp ("tomatoes", at_guest.topic));
  ok ("an announcement, pulled with a pause, reaches host and guest");
  step = TALK;
  two_pieces ("I ", "do");
  say ("_message_hello");
}

static void
talk_was_heard (void)
{
  if (0 != strcmp ("_message_hello", at_guest.method)
      || 0 != strcmp ("_message_hello", at_host.method))
    return;
  CHECK (0 == strcmp ("I do", at_guest.body));
  CHECK (0 == strcmp ("I do", at_host.body));
  CHECK ('\0' != at_guest.author[0]);
  ok ("what the guest says is relayed to all, with its author");
  read_history ();
}

static void
message_was_heard (const struct Heard *heard)
{
  if (ANNOUNCE == step)
    announcement_was_heard ();
  else if (TALK == step)
    talk_was_heard ();
  else if (ANNOUNCE_AGAIN == step && heard == &at_guest
           && 0 == strcmp ("_notice_again", heard->method))
  {
    CHECK (0 == strcmp ("here again", heard->body));
    ok ("both go on after they came back");
    leave ();
  }
}

static void
on_method (void *cls, const struct GNUNET_PSYC_MessageHeader *msg,
           const struct GNUNET_PSYC_MessageMethod *meth, uint64_t message_id,
           const char *method_name)
{
  MAY_END ();
  struct Heard *heard = cls;

  (void)msg;
  (void)meth;
  (void)message_id;
  snprintf (heard->method, sizeof (heard->method), "%s", method_name);
  heard->topic[0] = heard->author[0] = heard->body[0] = '\0';
  heard->body_size = 0;
}

static void
on_modifier (void *cls, const struct GNUNET_PSYC_MessageHeader *msg,
             const struct GNUNET_MessageHeader *pmsg, uint64_t message_id,
             enum GNUNET_PSYC_Operator oper, const char *name,
             const void *value, uint16_t value_size, uint16_t full_value_size)
{
  MAY_END ();
  struct Heard *heard = cls;

  (void)msg;
  (void)pmsg;
  (void)message_id;
  (void)oper;
  CHECK (value_size == full_value_size);
  if (0 == strcmp ("_topic_place", name))
    snprintf (heard->topic, sizeof (heard->topic), "%.*s", (int)value_size,
              (const char *)value);
  if (0 == strcmp ("_nym_author", name))
    snprintf (heard->author, sizeof (heard->author), "%.*s", (int)value_size,
              (const char *)value);
}

static void
on_data (void *cls, const struct GNUNET_PSYC_MessageHeader *msg,
         const struct GNUNET_MessageHeader *pmsg, uint64_t message_id,
         const void *data, uint16_t data_size)
{
  MAY_END ();
  struct Heard *heard = cls;

  (void)msg;
  (void)pmsg;
  (void)message_id;
  if (NULL == data || heard->body_size + data_size >= sizeof (heard->body))
    return;
  memcpy (heard->body + heard->body_size, data, data_size);
  heard->body_size += data_size;
  heard->body[heard->body_size] = '\0';
}

static void
on_eom (void *cls, const struct GNUNET_PSYC_MessageHeader *msg,
        const struct GNUNET_MessageHeader *pmsg, uint64_t message_id,
        uint8_t is_cancelled)
{
  MAY_END ();
  struct Heard *heard = cls;

  (void)msg;
  (void)pmsg;
  (void)message_id;
  heard->ended++;
  if (! is_cancelled)
    message_was_heard (heard);
}

static struct GNUNET_PSYC_Slicer *
hear (struct Heard *heard)
{
  struct GNUNET_PSYC_Slicer *slicer = GNUNET_PSYC_slicer_create ();

  GNUNET_PSYC_slicer_method_add (slicer, "", NULL, &on_method, &on_modifier,
                                 &on_data, &on_eom, heard);
  return slicer;
}

/* ---- the guest enters ---- */

static void
guest_is_in (void)
{
  struct GNUNET_SOCIAL_Place *place = GNUNET_SOCIAL_host_get_place (host);

  ok ("the guest is admitted, later, by key");
  CHECK (SAME (GNUNET_SOCIAL_place_get_pub_key (place), &place_key));
  GNUNET_SOCIAL_host_relay_allow_method (host, "_converse");
  GNUNET_SOCIAL_host_relay_stop (host);
  GNUNET_SOCIAL_place_msg_proc_set (place, "_nothing",
                                    GNUNET_SOCIAL_MSG_PROC_SAVE);
  GNUNET_SOCIAL_place_msg_proc_clear (place);
  GNUNET_SOCIAL_place_msg_proc_set (place, "_message",
                                    GNUNET_SOCIAL_MSG_PROC_RELAY);
  step = ANNOUNCE;
  two_pieces ("grow ", "tomatoes");
  announce ("_notice_test", GNUNET_SOCIAL_ANNOUNCE_CLEAR_OBJECTS);
}

static void
on_refused_guest_gone (void *cls)
{
  MAY_END_LAST ();
  (void)cls;
  ok ("the guest is refused, by name and password");
  step = ADMITTED;
  enter_by_key ();
}

static void
on_entry_decision (void *cls, int is_admitted,
                   const struct GNUNET_PSYC_Message *entry_resp)
{
  MAY_END ();
  (void)cls;
  switch (step)
  {
  case REFUSED:
    CHECK (GNUNET_NO == is_admitted && says (entry_resp, "go away"));
    GNUNET_SOCIAL_guest_disconnect (guest, &on_refused_guest_gone, NULL);
    guest = NULL;
    break;
  case ADMITTED:
    CHECK (GNUNET_YES == is_admitted && says (entry_resp, "welcome"));
    guest_is_in ();
    break;
  default:
    CHECK (COME_BACK == step && GNUNET_YES == is_admitted);
    step = EJECT;
    GNUNET_SOCIAL_host_eject (host, nym, NULL);
    break;
  }
}

static void
on_local_enter (void *cls, int result,
                const struct GNUNET_CRYPTO_EddsaPublicKey *place_pub_key,
                uint64_t max_message_id)
{
  MAY_END ();
  (void)cls;
  (void)max_message_id;
  CHECK (GNUNET_OK == result);
  CHECK (SAME (place_pub_key, &place_key));
  if (RECONNECT == step)
    announce_again ();
}

static void
enter_by_key (void)
{
  struct GNUNET_PSYC_Message *msg = words ("_request_enter", "knock");

  guest = GNUNET_SOCIAL_guest_enter (
      app, guest_ego, &place_key, GNUNET_PSYC_SLAVE_JOIN_NONE, &this_peer, 0,
      NULL, msg, guest_slicer, &on_local_enter, &on_entry_decision, NULL);
  CHECK (NULL != guest);
  GNUNET_free (msg);
}

static void
enter_by_name (void)
{
  struct GNUNET_PSYC_Message *msg = words ("_request_enter", "knock");

  guest = GNUNET_SOCIAL_guest_enter_by_name (
      app, guest_ego, full_name, PASSWORD, msg, guest_slicer, &on_local_enter,
      &on_entry_decision, NULL);
  CHECK (NULL != guest);
  GNUNET_free (msg);
}

/* ---- the host ---- */

static void
admit (void *cls)
{
  struct GNUNET_PSYC_Message *resp = words ("_notice_enter", "welcome");

  (void)cls;
  admit_task = NULL;
  CHECK (GNUNET_OK
         == GNUNET_SOCIAL_host_entry_decision (host, nym, GNUNET_YES, resp));
  GNUNET_free (resp);
}

static void
on_door (void *cls, struct GNUNET_SOCIAL_Nym *who, const char *method_name,
         struct GNUNET_PSYC_Environment *env, const void *data,
         size_t data_size)
{
  MAY_END ();
  struct GNUNET_HashCode hash;

  (void)cls;
  CHECK (0 == strcmp ("_request_enter", method_name));
  CHECK (5 == data_size && 0 == memcmp ("knock", data, 5));
  CHECK (1 == GNUNET_PSYC_env_get_count (env));
  CHECK (SAME (GNUNET_SOCIAL_nym_get_pub_key (who),
               GNUNET_SOCIAL_ego_get_pub_key (guest_ego)));
  GNUNET_CRYPTO_hash (GNUNET_SOCIAL_nym_get_pub_key (who),
                      sizeof (struct GNUNET_CRYPTO_EcdsaPublicKey), &hash);
  CHECK (SAME (GNUNET_SOCIAL_nym_get_pub_key_hash (who), &hash));
  nym = who;
  if (REFUSED == step)
  {
    struct GNUNET_PSYC_Message *resp = words ("_error_enter", "go away");

    CHECK (GNUNET_OK
           == GNUNET_SOCIAL_host_entry_decision (host, who, GNUNET_NO, resp));
    GNUNET_free (resp);
    return;
  }
  admit_task = GNUNET_SCHEDULER_add_delayed (GNUNET_TIME_UNIT_MILLISECONDS,
                                             &admit, NULL);
}

static void
on_farewell (void *cls, const struct GNUNET_SOCIAL_Nym *who,
             struct GNUNET_PSYC_Environment *env)
{
  MAY_END ();
  (void)cls;
  (void)env;
  CHECK (SAME (GNUNET_SOCIAL_nym_get_pub_key (who),
               GNUNET_SOCIAL_ego_get_pub_key (guest_ego)));
  if (LEAVE == step)
    guest_has_left ();
  else if (EJECT == step)
    guest_was_ejected ();
}

static void
on_nym_named (void *cls, int64_t result, const void *data, uint16_t size)
{
  MAY_END ();
  (void)cls;
  (void)size;
  if (GNUNET_OK != result)
    failed (data);
  ok ("a place and a nym get names");
  enter_by_name ();
}

static void
on_place_named (void *cls, int64_t result, const void *data, uint16_t size)
{
  MAY_END ();
  (void)cls;
  (void)size;
  if (GNUNET_OK != result)
    failed (data);
  CHECK (GNUNET_OK
         == GNUNET_SOCIAL_zone_add_nym (
             app, host_ego, "friend", GNUNET_SOCIAL_ego_get_pub_key (guest_ego),
             GNUNET_TIME_relative_to_absolute (GNUNET_TIME_UNIT_HOURS),
             &on_nym_named, NULL));
}

static void
on_host_enter (void *cls, int result,
               const struct GNUNET_CRYPTO_EddsaPublicKey *place_pub_key,
               uint64_t max_message_id)
{
  MAY_END ();
  (void)cls;
  (void)max_message_id;
  CHECK (GNUNET_OK == result);
  if (RECONNECT == step)
  {
    CHECK (SAME (place_pub_key, &place_key));
    guest = GNUNET_SOCIAL_guest_enter_reconnect (
        guest_connection, GNUNET_PSYC_SLAVE_JOIN_NONE, guest_slicer,
        &on_local_enter, NULL);
    CHECK (NULL != guest);
    return;
  }
  place_key = *place_pub_key;
  ok ("a place is hosted");
  CHECK (GNUNET_OK
         == GNUNET_SOCIAL_zone_add_place (
             app, host_ego, label, PASSWORD, &place_key, &this_peer, 1,
             &this_peer,
             GNUNET_TIME_relative_to_absolute (GNUNET_TIME_UNIT_HOURS),
             &on_place_named, NULL));
}

/* ---- the application ---- */

static void
on_ego (void *cls, struct GNUNET_SOCIAL_Ego *ego,
        const struct GNUNET_CRYPTO_EcdsaPublicKey *ego_pub_key,
        const char *name)
{
  MAY_END ();
  (void)cls;
  CHECK (SAME (GNUNET_SOCIAL_ego_get_pub_key (ego), ego_pub_key));
  CHECK (0 == strcmp (GNUNET_SOCIAL_ego_get_name (ego), name));
  if (0 == strcmp ("host", name))
    host_ego = ego;
  if (0 == strcmp ("guest", name))
    guest_ego = ego;
}

static void
on_hosted_place (void *cls, struct GNUNET_SOCIAL_HostConnection *hconn,
                 struct GNUNET_SOCIAL_Ego *ego,
                 const struct GNUNET_CRYPTO_EddsaPublicKey *place_pub_key,
                 enum GNUNET_SOCIAL_AppPlaceState place_state)
{
  (void)cls;
  if (RECONNECT != step || ! SAME (place_pub_key, &place_key))
    return;
  MAY_END ();
  CHECK (ego == host_ego);
  CHECK (GNUNET_SOCIAL_PLACE_STATE_ENTERED == place_state);
  host_connection = hconn;
}

static void
on_visited_place (void *cls, struct GNUNET_SOCIAL_GuestConnection *gconn,
                  struct GNUNET_SOCIAL_Ego *ego,
                  const struct GNUNET_CRYPTO_EddsaPublicKey *place_pub_key,
                  enum GNUNET_SOCIAL_AppPlaceState place_state)
{
  (void)cls;
  if (RECONNECT != step || ! SAME (place_pub_key, &place_key))
    return;
  MAY_END ();
  CHECK (ego == guest_ego);
  CHECK (GNUNET_SOCIAL_PLACE_STATE_ENTERED == place_state);
  guest_connection = gconn;
}

static void
on_connected (void *cls)
{
  MAY_END ();
  CHECK (cls == &app);
  CHECK (NULL != host_ego && NULL != guest_ego);
  if (RECONNECT == step)
  {
    CHECK (NULL != host_connection && NULL != guest_connection);
    ok ("both places are told of on the next connect");
    host = GNUNET_SOCIAL_host_enter_reconnect (host_connection, host_slicer,
                                               &on_host_enter, &on_door,
                                               &on_farewell, NULL);
  }
  else
    host = GNUNET_SOCIAL_host_enter (app, host_ego, GNUNET_PSYC_CHANNEL_PRIVATE,
                                     host_slicer, &on_host_enter, &on_door,
                                     &on_farewell, NULL);
  CHECK (NULL != host);
}

static void
connect_app (void)
{
  host_ego = guest_ego = NULL;
  app = GNUNET_SOCIAL_app_connect (cfg, APP_ID, &on_ego, &on_hosted_place,
                                   &on_visited_place, &on_connected, &app);
  CHECK (NULL != app);
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
  snprintf (label, sizeof (label), "home-%u", (unsigned int)getpid ());
  snprintf (full_name, sizeof (full_name), "%s.host", label);
  host_slicer = hear (&at_host);
  guest_slicer = hear (&at_guest);
  history_slicer = hear (&in_history);
  connect_app ();
}

int
main (int argc, char *const *argv)
{
  struct GNUNET_GETOPT_CommandLineOption options[]
      = { GNUNET_GETOPT_OPTION_END };

  GNUNET_PROGRAM_run (argc, argv, "social-place", "the interface of 2019",
                      options, &run, NULL);
  return program_status;
}
