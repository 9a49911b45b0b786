// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The verbs of gnunet-social through the C interface, one in a run, for
// test_parity.sh: prints what was answered as JSON, one object a line, and ends
// with the statuses of doc/spec/cli.md.
//
//   parity-client CONFIGURATION EGO VERB [WORD ...]
#define _GNU_SOURCE /* be64toh, behind GNUNET_ntohll */
#include <gnunet/gnunet_util_lib.h>
#include <jansson.h>

#include "gnunet_psyc_util_lib.h"
#include "gnunet_social_service.h"

/** Nobody answers for so long: status 3. */
#define PATIENCE GNUNET_TIME_relative_multiply (GNUNET_TIME_UNIT_SECONDS, 30)

/** The highest id that a message can have. */
#define ID_MAX ((UINT64_C (1) << 53) - 1)

enum
{
  FAILED = 1,
  USAGE = 2,
  NO_ANSWER = 3,
  REFUSED = 4,
  PENDING = 5,
  NOT_FOUND = 6
};

static const struct GNUNET_CONFIGURATION_Handle *cfg;
static char *const *words; // EGO VERB WORD ...
static struct GNUNET_SOCIAL_App *app;
static const struct GNUNET_SOCIAL_Ego *ego;
static struct GNUNET_CRYPTO_EcdsaPublicKey ego_key;
static struct GNUNET_CRYPTO_EddsaPublicKey place_key;
static int is_own_place;
static struct GNUNET_SCHEDULER_Task *patience;
static int status = NO_ANSWER;

static int
is_verb (const char *name)
{
  return 0 == strcmp (words[1], name);
}

/** The word behind the verb, or NULL. */
static const char *
word (unsigned int number)
{
  unsigned int i;

  for (i = 0; i <= number + 2; i++)
    if (NULL == words[i])
      return NULL;
  return words[number + 2];
}

static void
end (int with)
{
  status = with;
  GNUNET_SCHEDULER_shutdown ();
}

static void
end_by_result (enum GNUNET_SOCIAL_Result result)
{
  switch (result)
  {
  case GNUNET_SOCIAL_OK:
    end (0);
    break;
  case GNUNET_SOCIAL_NO_ANSWER:
    end (NO_ANSWER);
    break;
  case GNUNET_SOCIAL_REFUSED:
  case GNUNET_SOCIAL_NOT_ALLOWED:
    end (REFUSED);
    break;
  case GNUNET_SOCIAL_PENDING:
    end (PENDING);
    break;
  case GNUNET_SOCIAL_NOT_FOUND:
    end (NOT_FOUND);
    break;
  case GNUNET_SOCIAL_FAILED:
  case GNUNET_SOCIAL_AMBIGUOUS:
    end (FAILED);
    break;
  }
}

// ---------------------------------------------------------------- printing

static void
print (json_t *object)
{
  char *line = json_dumps (object, JSON_COMPACT);

  GNUNET_assert (NULL != line);
  printf ("%s\n", line);
  free (line);
  json_decref (object);
}

/** Takes the text. */
static json_t *
owned_text (char *text)
{
  json_t *out = json_string (text);

  GNUNET_free (text);
  return out;
}

static json_t *
text_or_null (const char *text)
{
  return NULL == text ? json_null () : json_string (text);
}

static json_t *
nym_key_text (const struct GNUNET_CRYPTO_EcdsaPublicKey *key)
{
  struct GNUNET_IDENTITY_PublicKey tagged;

  memset (&tagged, 0, sizeof (tagged));
  tagged.type = htonl (GNUNET_IDENTITY_TYPE_ECDSA);
  tagged.ecdsa_key = *key;
  return owned_text (GNUNET_IDENTITY_public_key_to_string (&tagged));
}

static json_t *
place_key_text (const struct GNUNET_CRYPTO_EddsaPublicKey *key)
{
  return owned_text (GNUNET_CRYPTO_eddsa_public_key_to_string (key));
}

static void
print_place (const struct GNUNET_SOCIAL_PlaceInfo *place)
{
  static const char *const policies[]
      = { [GNUNET_PSYC_CHANNEL_ANONYMOUS] = "anonymous",
          [GNUNET_PSYC_CHANNEL_CLOSED] = "closed",
          [GNUNET_PSYC_CHANNEL_OPEN] = "open",
          [GNUNET_PSYC_CHANNEL_PRIVATE] = "private" };
  static const char *const states[] = { NULL,      "entered", "pending",
                                        "refused", "closed",  "archived",
                                        "ejected" };

  print (json_pack (
      "{s:s, s:o, s:o, s:s, s:s, s:s, s:s, s:I, s:I}", "type", "place", "key",
      place_key_text (&place->key), "name", text_or_null (place->name), "role",
      GNUNET_YES == place->is_host ? "host" : "guest", "ego", place->ego_name,
      "policy", policies[place->policy], "state", states[place->state],
      "messages", (json_int_t)place->message_count, "nyms",
      (json_int_t)place->nym_count));
}

// ------------------------------------------------------------------- lists

static void
on_ego (void *cls, const struct GNUNET_SOCIAL_EgoInfo *info)
{
  (void)cls;
  if (NULL == info)
    end (0);
  else
    print (json_pack (
        "{s:s, s:s, s:o}", "type", "ego", "name", info->name, "key",
        owned_text (GNUNET_IDENTITY_public_key_to_string (&info->key))));
}

static void
on_place (void *cls, const struct GNUNET_SOCIAL_PlaceInfo *place)
{
  (void)cls;
  if (NULL == place)
    end (0);
  else
    print_place (place);
}

static void
on_nym (void *cls, const struct GNUNET_SOCIAL_NymInfo *nym)
{
  static const char *const states[]
      = { NULL, "present", "waiting", "left", "ejected" };

  (void)cls;
  if (NULL == nym)
    end (0);
  else if (is_verb ("nyms") || GNUNET_SOCIAL_NYM_STATE_WAITING == nym->state)
    print (json_pack ("{s:s, s:o, s:o, s:s, s:o}", "type", "nym", "key",
                      nym_key_text (&nym->key), "name",
                      text_or_null (nym->name), "state", states[nym->state],
                      "message", text_or_null (nym->message)));
}

static void
on_status (void *cls, const struct GNUNET_SOCIAL_StatusInfo *info)
{
  (void)cls;
  print (json_pack ("{s:s, s:s, s:o, s:I, s:I, s:I, s:I}", "type", "status",
                    "software", info->software, "peer",
                    place_key_text (&info->peer.public_key), "hosted",
                    (json_int_t)info->hosted_count, "entered",
                    (json_int_t)info->entered_count, "pending",
                    (json_int_t)info->pending_count, "waiting",
                    (json_int_t)info->waiting_count));
  end (0);
}

// ------------------------------------------------------------------ orders

static void
on_result (void *cls, enum GNUNET_SOCIAL_Result result,
           const struct GNUNET_SOCIAL_PlaceInfo *place, const char *text)
{
  (void)cls;
  if (NULL != text && GNUNET_SOCIAL_OK != result)
    fprintf (stderr, "%s\n", text);
  if (NULL != place
      && (GNUNET_SOCIAL_OK == result || GNUNET_SOCIAL_PENDING == result))
    print_place (place);
  end_by_result (result);
}

static void
on_published (void *cls, int64_t result, const void *data, uint16_t size)
{
  (void)cls;
  if (GNUNET_OK != result)
    fprintf (stderr, "%.*s\n", (int)size, (const char *)data);
  end (GNUNET_OK == result ? 0 : FAILED);
}

static int
nym_of (const char *text, struct GNUNET_IDENTITY_PublicKey *key)
{
  memset (key, 0, sizeof (*key));
  return NULL != text
         && GNUNET_OK == GNUNET_IDENTITY_public_key_from_string (text, key);
}

// ------------------------------------------------------------------- talk

static void
on_ready (void *cls)
{
  (void)cls;
}

static void
on_sent (void *cls, enum GNUNET_PSYC_SendState state, uint64_t request_id,
         uint64_t message_id, uint32_t code, const char *reason)
{
  (void)cls;
  (void)request_id;
  (void)code;
  if (state < GNUNET_PSYC_SEND_STORED)
    return;
  if (NULL != reason)
    fprintf (stderr, "%s\n", reason);
  if (GNUNET_PSYC_SEND_STORED == state || GNUNET_PSYC_SEND_ACCEPTED == state)
  {
    print (json_pack (
        "{s:s, s:o, s:I, s:s}", "type", "sent", "place",
        place_key_text (&place_key), "id", (json_int_t)message_id, "state",
        GNUNET_PSYC_SEND_STORED == state ? "stored" : "accepted"));
    end (0);
  }
  else
    end (GNUNET_PSYC_SEND_REFUSED == state ? REFUSED : FAILED);
}

/** Says a message with one variable, if it has one (operator, name, value). */
static void
say (const char *method, const char *text, char oper, const char *name,
     const char *value)
{
  struct GNUNET_PSYC_Environment *env = GNUNET_PSYC_env_create ();
  struct GNUNET_PSYC_Message *msg;
  struct GNUNET_SOCIAL_Upload *upload;
  const uint32_t flags = ':' == oper || ! is_own_place
                             ? 0
                             : GNUNET_PSYC_MASTER_TRANSMIT_STATE_MODIFY
                                   | GNUNET_PSYC_MASTER_TRANSMIT_STATE_HASH;

  if (NULL != name)
    GNUNET_PSYC_env_add (env, (enum GNUNET_PSYC_Operator)oper, name, value,
                         strlen (value));
  msg = GNUNET_PSYC_message_create (method, env, text, strlen (text));
  upload = GNUNET_SOCIAL_say (app, &place_key, NULL, flags, &on_ready, &on_sent,
                              NULL);
  if (GNUNET_SYSERR
      == GNUNET_SOCIAL_say_parts (
          upload, &msg[1],
          (uint16_t)(ntohs (msg->header.size) - sizeof (*msg))))
    end (FAILED);
  GNUNET_free (msg);
  GNUNET_PSYC_env_destroy (env);
}

// ----------------------------------------------------------------- reading

static json_t *
author_of (const struct GNUNET_PSYC_MessageHeader *msg,
           const struct GNUNET_PSYC_Environment *env)
{
  static const struct GNUNET_CRYPTO_EcdsaPublicKey nobody;
  const struct GNUNET_PSYC_Modifier *mod;

  for (mod = GNUNET_PSYC_env_head (env); NULL != mod; mod = mod->next)
    if (0 == strcmp (mod->name, "_nym_author"))
      return json_stringn (mod->value, mod->value_size);
  if (0 != memcmp (&msg->slave_pub_key, &nobody, sizeof (nobody)))
    return nym_key_text (&msg->slave_pub_key);
  return is_own_place ? nym_key_text (&ego_key) : json_null ();
}

static void
on_message (void *cls, const struct GNUNET_PSYC_MessageHeader *msg)
{
  struct GNUNET_PSYC_Environment *env = GNUNET_PSYC_env_create ();
  const char *method;
  const void *data = NULL;
  uint16_t size = 0;

  (void)cls;
  if (GNUNET_OK == GNUNET_PSYC_message_parse (msg, &method, env, &data, &size))
    print (json_pack ("{s:s, s:I, s:s, s:o, s:o}", "type", "message", "id",
                      (json_int_t)GNUNET_ntohll (msg->message_id), "method",
                      method, "author", author_of (msg, env), "text",
                      json_stringn (NULL == data ? "" : data, size)));
  GNUNET_PSYC_env_destroy (env);
}

static void
on_history_end (void *cls, int64_t result, const char *error)
{
  (void)cls;
  if (result < 0)
    fprintf (stderr, "%s\n", NULL == error ? "" : error);
  end (result < 0 ? FAILED : 0);
}

static void
on_object (void *cls, const struct GNUNET_MessageHeader *msg, const char *name,
           const void *value, uint32_t size, uint32_t full_size)
{
  (void)cls;
  (void)msg;
  if (NULL != name && size == full_size)
    print (json_pack ("{s:s, s:s, s:o}", "type", "object", "name", name,
                      "value", json_stringn (value, size)));
}

static void
on_objects_end (void *cls, int64_t result, const void *data, uint16_t size)
{
  (void)cls;
  (void)data;
  (void)size;
  if (result < 0)
    end (FAILED);
  else
    end (0 == result && NULL != word (1) ? NOT_FOUND : 0);
}

// ------------------------------------------------------------------- verbs

/** What needs no place; GNUNET_NO: it is none of these. */
static int
run_alone (void)
{
  struct GNUNET_IDENTITY_PublicKey key;

  if (is_verb ("egos"))
    GNUNET_SOCIAL_egos_get (app, &on_ego, NULL);
  else if (is_verb ("places"))
    GNUNET_SOCIAL_places_get (app, &on_place, NULL);
  else if (is_verb ("status"))
    GNUNET_SOCIAL_status_get (app, &on_status, NULL);
  else if (is_verb ("host"))
    GNUNET_SOCIAL_host_place (app, ego, word (0), GNUNET_PSYC_CHANNEL_PRIVATE,
                              GNUNET_SOCIAL_HOST_NONE, &on_result, NULL);
  else if (is_verb ("enter"))
    GNUNET_SOCIAL_enter_place (app, ego, word (0), word (1), NULL, &on_result,
                               NULL);
  else if (is_verb ("name") && nym_of (word (0), &key))
    GNUNET_SOCIAL_name_nym (app, ego, word (1), &key, &on_result, NULL);
  else
    return GNUNET_NO;
  return GNUNET_YES;
}

static void
run_at_door (void)
{
  struct GNUNET_IDENTITY_PublicKey nym;

  if (! nym_of (word (1), &nym))
    end (USAGE);
  else if (is_verb ("eject"))
    GNUNET_SOCIAL_eject_nym (app, &place_key, &nym.ecdsa_key, word (2),
                             &on_result, NULL);
  else
    GNUNET_SOCIAL_door_answer (app, &place_key, &nym.ecdsa_key,
                               is_verb ("admit") ? GNUNET_YES : GNUNET_NO,
                               word (2), &on_result, NULL);
}

static void
run_in_place (void)
{
  if (is_verb ("nyms") || is_verb ("door"))
    GNUNET_SOCIAL_nyms_get (app, &place_key, &on_nym, NULL);
  else if (is_verb ("admit") || is_verb ("refuse") || is_verb ("eject"))
    run_at_door ();
  else if (is_verb ("say"))
    say ("_converse", word (1), ':', NULL, NULL);
  else if (is_verb ("set"))
    say ("_notice_place_objects", "", '=', word (1), word (2));
  else if (is_verb ("history"))
    GNUNET_SOCIAL_replay (app, &place_key, 1, ID_MAX, 100, "_converse",
                          GNUNET_PSYC_HISTORY_REPLAY_LOCAL, &on_message,
                          &on_history_end, NULL);
  else if (is_verb ("look"))
    GNUNET_SOCIAL_objects_get (app, &place_key,
                               NULL == word (1) ? GNUNET_SOCIAL_OBJECT_PREFIX
                                                : GNUNET_SOCIAL_OBJECT_BEST,
                               NULL == word (1) ? "" : word (1), &on_object,
                               &on_objects_end, NULL);
  else if (is_verb ("publish"))
  {
    if (GNUNET_OK
        != GNUNET_SOCIAL_zone_add_place (
            app, ego, word (1), NULL, &place_key, NULL, 0, NULL,
            GNUNET_TIME_relative_to_absolute (GNUNET_TIME_UNIT_DAYS),
            &on_published, NULL))
      end (USAGE);
  }
  else if (is_verb ("rule"))
    GNUNET_SOCIAL_rule_set (app, &place_key, GNUNET_SOCIAL_RULE_METHOD,
                            word (1),
                            NULL == word (2) ? GNUNET_SOCIAL_MSG_PROC_NONE
                                             : GNUNET_SOCIAL_MSG_PROC_RELAY,
                            &on_result, NULL);
  else if (is_verb ("adopt"))
    GNUNET_SOCIAL_adopt_place (app, &place_key, &on_result, NULL);
  else if (is_verb ("leave"))
    GNUNET_SOCIAL_leave_place (app, &place_key, &on_result, NULL);
  else if (is_verb ("close"))
    GNUNET_SOCIAL_close_place (app, &place_key, &on_result, NULL);
  else
    end (USAGE);
}

static void
on_found (void *cls, enum GNUNET_SOCIAL_Result result,
          const struct GNUNET_SOCIAL_PlaceInfo *place, const char *text)
{
  (void)cls;
  if (GNUNET_SOCIAL_OK != result || NULL == place)
  {
    fprintf (stderr, "%s\n", NULL == text ? "" : text);
    end_by_result (GNUNET_SOCIAL_OK == result ? GNUNET_SOCIAL_FAILED : result);
    return;
  }
  place_key = place->key;
  is_own_place = GNUNET_YES == place->is_host;
  run_in_place ();
}

// --------------------------------------------------------- beginning and end

static void
on_shutdown (void *cls)
{
  (void)cls;
  if (NULL != patience)
    GNUNET_SCHEDULER_cancel (patience);
  if (NULL != app)
    GNUNET_SOCIAL_app_disconnect (app, NULL, NULL);
  app = NULL;
}

static void
on_patience_end (void *cls)
{
  (void)cls;
  patience = NULL;
  end (NO_ANSWER);
}

static void
on_connected (void *cls)
{
  (void)cls;
  ego = GNUNET_SOCIAL_ego_lookup (app, words[0]);
  if (NULL == ego)
  {
    end (NOT_FOUND);
    return;
  }
  ego_key = *GNUNET_SOCIAL_ego_get_pub_key (ego);
  GNUNET_SOCIAL_app_act_as (app, ego);
  if (GNUNET_YES == run_alone ())
    return;
  if (NULL == word (0))
    end (USAGE);
  else
    GNUNET_SOCIAL_place_find (app, ego, word (0), &on_found, NULL);
}

static void
run (void *cls)
{
  (void)cls;
  GNUNET_SCHEDULER_add_shutdown (&on_shutdown, NULL);
  patience = GNUNET_SCHEDULER_add_delayed (PATIENCE, &on_patience_end, NULL);
  app = GNUNET_SOCIAL_app_connect (cfg, "parity-client", NULL, NULL, NULL,
                                   &on_connected, NULL);
}

int
main (int argc, char *const *argv)
{
  struct GNUNET_CONFIGURATION_Handle *loaded;

  if (argc < 4)
    return USAGE;
  GNUNET_log_setup ("parity-client", "WARNING", NULL);
  loaded = GNUNET_CONFIGURATION_create ();
  if (GNUNET_OK != GNUNET_CONFIGURATION_load (loaded, argv[1]))
    return FAILED;
  cfg = loaded;
  words = argv + 2;
  GNUNET_SCHEDULER_run (&run, NULL);
  GNUNET_CONFIGURATION_destroy (loaded);
  return status;
}
