// SPDX-License-Identifier: AGPL-3.0-or-later
//
// libgnunetpsycutil as programs of 2019 use it, without any service:
// environments, values, messages in one piece and in parts over a queue, the
// receiver, the slicer.
//
//   psycutil-parts
#define _GNU_SOURCE /* be64toh, behind GNUNET_ntohll */
#include <gnunet/gnunet_util_lib.h>

#include "gnunet_psyc_util_lib.h"
#include "psyc_reader.h"
#include "pulled_message.h"

/* ---- environments and values ---- */

static int
count_two (void *cls, enum GNUNET_PSYC_Operator oper, const char *name,
           const char *value, uint32_t value_size)
{
  unsigned int *count = cls;

  CHECK (GNUNET_PSYC_OP_ASSIGN == oper);
  CHECK ('_' == name[0] && 1 == value_size && '0' <= value[0]);
  return 2 == ++*count ? GNUNET_NO : GNUNET_YES;
}

static void
test_environment (void)
{
  struct GNUNET_PSYC_Environment *env = GNUNET_PSYC_env_create ();
  enum GNUNET_PSYC_Operator oper;
  const char *name;
  const void *value;
  size_t size;
  unsigned int count = 0;

  GNUNET_PSYC_env_add (env, GNUNET_PSYC_OP_ASSIGN, "_one", "1", 1);
  GNUNET_PSYC_env_add (env, GNUNET_PSYC_OP_ASSIGN, "_two", "2", 1);
  GNUNET_PSYC_env_add (env, GNUNET_PSYC_OP_ASSIGN, "_three", "3", 1);
  CHECK (3 == GNUNET_PSYC_env_get_count (env));
  CHECK (0 == strcmp ("_one", GNUNET_PSYC_env_head (env)->name));
  CHECK (0 == strcmp ("_three", GNUNET_PSYC_env_tail (env)->name));
  CHECK (GNUNET_PSYC_env_head (env)->next == GNUNET_PSYC_env_tail (env)->prev);
  GNUNET_PSYC_env_iterate (env, &count_two, &count);
  CHECK (2 == count);
  GNUNET_PSYC_env_remove (env, GNUNET_PSYC_env_head (env)->next);
  CHECK (GNUNET_OK == GNUNET_PSYC_env_shift (env, &oper, &name, &value, &size));
  CHECK (GNUNET_PSYC_OP_ASSIGN == oper && 0 == strcmp ("_one", name));
  CHECK (1 == size && 0 == memcmp ("1", value, 1));
  CHECK (GNUNET_OK == GNUNET_PSYC_env_shift (env, &oper, &name, &value, &size));
  CHECK (GNUNET_NO == GNUNET_PSYC_env_shift (env, &oper, &name, &value, &size));
  GNUNET_PSYC_env_destroy (env);
  ok ("environments");
}

static void
test_values (void)
{
  char amount[] = "_amount_apples";
  char three[] = "3";
  char four[] = "4";
  int64_t number = 0;
  struct GNUNET_CONTAINER_MultiHashMap *dict = NULL;
  void *value = NULL;
  size_t size = 0;

  CHECK (GNUNET_PSYC_TYPE_NUMBER == GNUNET_PSYC_var_get_type (amount));
  CHECK (GNUNET_OK
         == GNUNET_PSYC_operation (amount, three, 1, GNUNET_PSYC_OP_AUGMENT,
                                   four, 1, &value, &size));
  CHECK (GNUNET_OK == GNUNET_PSYC_value_to_number (size, value, &number));
  CHECK (7 == number);
  GNUNET_free (value);
  value = GNUNET_PSYC_value_from_number (-42, &size);
  CHECK (3 == size && 0 == memcmp ("-42", value, 3));
  CHECK (GNUNET_SYSERR == GNUNET_PSYC_value_to_number (3, "4x2", &number));
  GNUNET_free (value);
  CHECK (GNUNET_OK == GNUNET_PSYC_value_to_dict (8, "{b}2{a}1", &dict));
  CHECK (2 == GNUNET_CONTAINER_multihashmap_size (dict));
  value = GNUNET_PSYC_value_from_dict (dict, &size);
  CHECK (8 == size && 0 == memcmp ("{a}1{b}2", value, 8));
  GNUNET_free (value);
  GNUNET_PSYC_dict_destroy (dict);
  ok ("values");
}

/* ---- the slicer ---- */

static unsigned int nearest;
static unsigned int shorter;
static unsigned int apples;
static size_t body_bytes;

static void
on_nearest (void *cls, const struct GNUNET_PSYC_MessageHeader *msg,
            const struct GNUNET_PSYC_MessageMethod *meth, uint64_t message_id,
            const char *method_name)
{
  (void)cls;
  (void)msg;
  (void)meth;
  (void)message_id;
  CHECK (0 == strcmp ("_message_public_loud", method_name));
  CHECK (nearest == shorter);
  nearest++;
}

static void
on_shorter (void *cls, const struct GNUNET_PSYC_MessageHeader *msg,
            const struct GNUNET_PSYC_MessageMethod *meth, uint64_t message_id,
            const char *method_name)
{
  (void)cls;
  (void)msg;
  (void)meth;
  (void)message_id;
  (void)method_name;
  shorter++;
}

static void
on_apples (void *cls, const struct GNUNET_PSYC_MessageHeader *msg,
           const struct GNUNET_MessageHeader *pmsg, uint64_t message_id,
           enum GNUNET_PSYC_Operator oper, const char *name, const void *value,
           uint16_t value_size, uint16_t full_value_size)
{
  (void)cls;
  (void)msg;
  (void)pmsg;
  (void)message_id;
  (void)oper;
  (void)value;
  CHECK (0 == strcmp ("_amount_apples", name));
  CHECK (1 == value_size && 1 == full_value_size);
  apples++;
}

static void
on_data (void *cls, const struct GNUNET_PSYC_MessageHeader *msg,
         const struct GNUNET_MessageHeader *pmsg, uint64_t message_id,
         const void *data, uint16_t data_size)
{
  (void)cls;
  (void)msg;
  (void)pmsg;
  (void)message_id;
  (void)data;
  body_bytes += data_size;
}

static void
test_slicer (const struct GNUNET_PSYC_MessageHeader *msg)
{
  struct GNUNET_PSYC_Slicer *slicer = GNUNET_PSYC_slicer_create ();

  GNUNET_PSYC_slicer_method_add (slicer, "_message", NULL, &on_shorter, NULL,
                                 NULL, NULL, NULL);
  GNUNET_PSYC_slicer_method_add (slicer, "_message_public", NULL, &on_nearest,
                                 NULL, &on_data, NULL, NULL);
  GNUNET_PSYC_slicer_method_add (slicer, "_messag", NULL, &on_nearest, NULL,
                                 NULL, NULL, NULL);
  GNUNET_PSYC_slicer_modifier_add (slicer, "_amount", &on_apples, NULL);
  GNUNET_PSYC_slicer_message (slicer, msg);
  CHECK (1 == nearest && 1 == shorter && 1 == apples && 4 == body_bytes);
  CHECK (GNUNET_OK
         == GNUNET_PSYC_slicer_method_remove (slicer, "_message", NULL,
                                              &on_shorter, NULL, NULL, NULL));
  CHECK (GNUNET_NO
         == GNUNET_PSYC_slicer_method_remove (slicer, "_message", NULL,
                                              &on_shorter, NULL, NULL, NULL));
  CHECK (GNUNET_OK
         == GNUNET_PSYC_slicer_modifier_remove (slicer, "_amount", &on_apples));
  nearest = shorter;
  GNUNET_PSYC_slicer_message (slicer, msg);
  CHECK (2 == nearest && 1 == shorter && 1 == apples && 8 == body_bytes);
  GNUNET_PSYC_slicer_modifier_clear (slicer);
  GNUNET_PSYC_slicer_method_clear (slicer);
  GNUNET_PSYC_slicer_clear (slicer);
  /* Part by part. */
  GNUNET_PSYC_slicer_method_add (slicer, "", NULL, NULL, NULL, &on_data, NULL,
                                 NULL);
  for (size_t at = sizeof (*msg); at < ntohs (msg->header.size);)
  {
    const struct GNUNET_MessageHeader *part
        = (const void *)((const char *)msg + at);

    GNUNET_PSYC_slicer_message_part (slicer, msg, part);
    at += ntohs (part->size);
  }
  CHECK (12 == body_bytes);
  GNUNET_PSYC_slicer_destroy (slicer);
  ok ("the slicer");
}

/* ---- messages ---- */

static void
test_message (void)
{
  struct GNUNET_PSYC_Environment *env = GNUNET_PSYC_env_create ();
  struct GNUNET_PSYC_Message *whole;
  struct GNUNET_PSYC_MessageHeader *msg;
  struct GNUNET_PSYC_MessageHeader head;
  struct GNUNET_MULTICAST_MessageHeader *fragment;
  const char *method;
  const void *data;
  uint16_t data_size, first, last, parts_size;

  GNUNET_PSYC_env_add (env, GNUNET_PSYC_OP_SET, "_amount_apples", "3", 1);
  whole = GNUNET_PSYC_message_create ("_message_public_loud", env, "body", 4);
  GNUNET_PSYC_env_destroy (env);
  env = GNUNET_PSYC_env_create ();
  GNUNET_PSYC_log_message (GNUNET_ERROR_TYPE_DEBUG, &whole->header);
  msg = GNUNET_PSYC_message_header_create_from_psyc (whole);
  CHECK (GNUNET_OK
         == GNUNET_PSYC_message_parse (msg, &method, env, &data, &data_size));
  CHECK (0 == strcmp ("_message_public_loud", method) && 4 == data_size);
  CHECK (1 == GNUNET_PSYC_env_get_count (env));
  GNUNET_PSYC_env_destroy (env);
  parts_size = (uint16_t)(ntohs (whole->header.size) - sizeof (*whole));
  CHECK (4
         == GNUNET_PSYC_receive_check_parts (
             parts_size, (const char *)&whole[1], &first, &last));
  CHECK (GNUNET_MESSAGE_TYPE_PSYC_MESSAGE_METHOD == first
         && GNUNET_MESSAGE_TYPE_PSYC_MESSAGE_END == last);
  CHECK (GNUNET_SYSERR
         == GNUNET_PSYC_receive_check_parts (
             (uint16_t)(parts_size - 1), (const char *)&whole[1], NULL, NULL));

  fragment = GNUNET_malloc (sizeof (*fragment) + parts_size);
  fragment->header.type = htons (GNUNET_MESSAGE_TYPE_MULTICAST_MESSAGE);
  fragment->header.size = htons ((uint16_t)(sizeof (*fragment) + parts_size));
  fragment->message_id = GNUNET_htonll (5);
  memcpy (&fragment[1], &whole[1], parts_size);
  GNUNET_PSYC_message_header_init (&head, fragment,
                                   GNUNET_PSYC_MESSAGE_HISTORIC);
  CHECK (5 == GNUNET_ntohll (head.message_id));
  CHECK (GNUNET_PSYC_MESSAGE_HISTORIC == ntohl (head.flags));
  GNUNET_free (msg);
  msg = GNUNET_PSYC_message_header_create (fragment, 0);
  CHECK (0 == memcmp (&msg[1], &whole[1], parts_size));
  ok ("messages in one piece");
  test_slicer (msg);
  GNUNET_free (fragment);
  GNUNET_free (whole);
  GNUNET_free (msg);
}

/* ---- a message through a queue ---- */

static struct GNUNET_MQ_Handle *mq;
static struct GNUNET_PSYC_TransmitHandle *tmit;
static struct GNUNET_PSYC_ReceiveHandle *recv_handle;
static struct Pulled pulled;
static struct Reader reader;
static unsigned int fragments;
static uint64_t received_bytes;
static char long_value[100000];

static void cancel_one (void);

static void
on_end (void)
{
  if (1 == reader.ended)
  {
    CHECK (0 == strcmp ("_notice_long", reader.method));
    CHECK (2 == reader.modifiers);
    CHECK (reader_has (&reader, 0, '=', "_long", sizeof (long_value), "vvv"));
    CHECK (reader_has (&reader, 1, '+', "_list_after", 2, "|a"));
    CHECK (0 == strcmp ("pull and resume", reader.body_start));
    CHECK (1 < fragments);
    ok ("a message is cut, sent, received and put together");
    cancel_one ();
    return;
  }
  CHECK (2 == reader.ended && reader.is_cancelled);
  ok ("a cancelled message");
  program_done ();
}

static void
on_part (void *cls, const struct GNUNET_PSYC_MessageHeader *msg,
         const struct GNUNET_MessageHeader *part)
{
  (void)cls;
  reader_part (&reader, msg, part);
}

static void
on_fragment (void *cls, const struct GNUNET_PSYC_MessageHeader *msg)
{
  (void)cls;
  (void)msg;
  fragments++;
}

/** The other end of the queue: what comes is received, then acknowledged. */
static void
take (void *cls)
{
  struct GNUNET_PSYC_MessageHeader *msg = cls;
  const unsigned int ended = reader.ended;

  if (NULL == tmit)
  {
    GNUNET_free (msg);
    return;
  }
  CHECK (GNUNET_OK == GNUNET_PSYC_receive_message (recv_handle, msg));
  GNUNET_free (msg);
  if (ended != reader.ended)
    on_end ();
  else
    GNUNET_PSYC_transmit_got_ack (tmit);
}

static void
mq_send (struct GNUNET_MQ_Handle *queue,
         const struct GNUNET_MessageHeader *sent, void *impl_state)
{
  struct GNUNET_PSYC_MessageHeader *msg
      = GNUNET_PSYC_message_header_create_from_psyc ((const void *)sent);

  (void)impl_state;
  msg->message_id = GNUNET_htonll (1 + reader.ended);
  msg->fragment_offset = GNUNET_htonll (received_bytes);
  received_bytes += ntohs (sent->size) - sizeof (*sent);
  GNUNET_SCHEDULER_add_now (&take, msg);
  GNUNET_MQ_impl_send_continue (queue);
}

static void
mq_ignore (struct GNUNET_MQ_Handle *queue, void *impl_state)
{
  (void)queue;
  (void)impl_state;
}

static void
resume (void *cls)
{
  (void)cls;
  pulled.body.task = NULL;
  GNUNET_PSYC_transmit_resume (tmit);
}

static void
cancel (void *cls)
{
  (void)cls;
  pulled.body.task = NULL;
  GNUNET_PSYC_transmit_cancel (tmit);
}

static void
send_one (const char *method)
{
  pulled_begin (&pulled);
  CHECK (GNUNET_OK
         == GNUNET_PSYC_transmit_message (tmit, method, NULL, &pull_modifier,
                                          &pull_data, &pulled, 0));
  if (NULL == tmit)
    return; /* a callback ended it */
  CHECK (GNUNET_SYSERR
         == GNUNET_PSYC_transmit_message (tmit, "_busy", NULL, NULL, NULL, NULL,
                                          0));
}

static void
cancel_one (void)
{
  received_bytes = 0;
  GNUNET_PSYC_receive_reset (recv_handle);
  GNUNET_PSYC_transmit_got_ack (tmit);
  pulled.body.resume = &cancel;
  send_one ("_notice_cancelled");
}

static void
give_up (void)
{
  if (NULL != pulled.body.task)
    GNUNET_SCHEDULER_cancel (pulled.body.task);
  pulled.body.task = NULL;
  if (NULL != tmit)
    GNUNET_PSYC_transmit_destroy (tmit);
  tmit = NULL;
}

static void
on_shutdown (void *cls)
{
  (void)cls;
  program_end ();
  give_up ();
  if (NULL != recv_handle)
    GNUNET_PSYC_receive_destroy (recv_handle);
  if (NULL != mq)
    GNUNET_MQ_destroy (mq);
  if (NULL != pulled.env)
    GNUNET_PSYC_env_destroy (pulled.env);
}

static void
run (void *cls)
{
  (void)cls;
  program_begin (&give_up);
  GNUNET_SCHEDULER_add_shutdown (&on_shutdown, NULL);
  test_environment ();
  test_values ();
  test_message ();

  memset (long_value, 'v', sizeof (long_value));
  pulled.env = GNUNET_PSYC_env_create ();
  GNUNET_PSYC_env_add (pulled.env, GNUNET_PSYC_OP_ASSIGN, "_long", long_value,
                       sizeof (long_value));
  GNUNET_PSYC_env_add (pulled.env, GNUNET_PSYC_OP_AUGMENT, "_list_after", "|a",
                       2);
  pulled.body = (struct Transmit){ .data = { "pull ", "and resume" },
                                   .size = { 5, 10 },
                                   .is_paused_before = { 0, 1 },
                                   .count = 2,
                                   .resume = &resume };
  mq = GNUNET_MQ_queue_for_callbacks (&mq_send, &mq_ignore, &mq_ignore, NULL,
                                      NULL, NULL, NULL);
  tmit = GNUNET_PSYC_transmit_create (mq);
  recv_handle = GNUNET_PSYC_receive_create (&on_fragment, &on_part, NULL);
  send_one ("_notice_long");
}

int
main (void)
{
  GNUNET_SCHEDULER_run (&run, NULL);
  return program_status;
}
