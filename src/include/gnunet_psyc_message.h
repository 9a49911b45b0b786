/* SPDX-License-Identifier: AGPL-3.0-or-later */
/**
 * @file include/gnunet_psyc_message.h
 * Messages and their parts: the structures that travel, and what makes,
 * checks and takes them apart. No service: a library.
 *
 * A message is a method, its modifiers, a body of any length, and an end.
 * Each is one or more *parts*; a run of whole parts fills a fragment. All
 * numbers in the structures are in network byte order.
 */
#ifndef GNUNET_PSYC_MESSAGE_H
#define GNUNET_PSYC_MESSAGE_H

#include <stddef.h>
#include <stdint.h>

#include <gnunet/gnunet_util_lib.h>
#include <gnunet/gnunet_common.h>

#include "gnunet_multicast_service.h"
#include "gnunet_psyc_env.h"

#ifdef __cplusplus
extern "C"
{
#endif

/**
 * What kind of delivery a message is; `flags` of
 * struct GNUNET_PSYC_MessageHeader.
 *
 * @since 0.1
 */
enum GNUNET_PSYC_MessageFlags
{
  /** A message of the channel, delivered live. */
  GNUNET_PSYC_MESSAGE_DEFAULT = 0,
  /** From the stored history. */
  GNUNET_PSYC_MESSAGE_HISTORIC = 1,
  /** A request of a slave to the master. */
  GNUNET_PSYC_MESSAGE_REQUEST = 2,
  /** Messages may be delivered in any order. */
  GNUNET_PSYC_MESSAGE_ORDER_ANY = 4,
};

/**
 * Where in a message a sender or receiver is.
 *
 * @since 0.1
 */
enum GNUNET_PSYC_MessageState
{
  GNUNET_PSYC_MESSAGE_STATE_START = 0,
  GNUNET_PSYC_MESSAGE_STATE_HEADER = 1,
  GNUNET_PSYC_MESSAGE_STATE_METHOD = 2,
  GNUNET_PSYC_MESSAGE_STATE_MODIFIER = 3,
  GNUNET_PSYC_MESSAGE_STATE_MOD_CONT = 4,
  GNUNET_PSYC_MESSAGE_STATE_DATA = 5,
  GNUNET_PSYC_MESSAGE_STATE_END = 6,
  GNUNET_PSYC_MESSAGE_STATE_CANCEL = 7,
  GNUNET_PSYC_MESSAGE_STATE_ERROR = 8,
};

/**
 * Longest name of a method or variable, in bytes, without its NUL. A name is
 * '_' followed by ASCII letters, digits and '_'.
 */
#define GNUNET_PSYC_NAME_MAX 255

GNUNET_NETWORK_STRUCT_BEGIN

/**
 * A message in one piece (join requests and answers), or a chunk of one on
 * its way to the service: type #GNUNET_MESSAGE_TYPE_PSYC_MESSAGE, parts follow.
 *
 * @since 0.1
 */
struct GNUNET_PSYC_Message
{
  /** Type is #GNUNET_MESSAGE_TYPE_PSYC_MESSAGE. */
  struct GNUNET_MessageHeader header;

  /* followed by message parts */
} GNUNET_PACKED;

/**
 * A fragment of a message as it is delivered: whose it is and where it
 * belongs, then its parts.
 *
 * @since 0.1
 */
struct GNUNET_PSYC_MessageHeader
{
  /** Type is #GNUNET_MESSAGE_TYPE_PSYC_MESSAGE_HEADER. */
  struct GNUNET_MessageHeader header;

  /** enum GNUNET_PSYC_MessageFlags. */
  uint32_t flags;

  /** Id of the message; of a request, its request id. */
  uint64_t message_id;

  /** Byte offset of the parts that follow, in all parts of the message. */
  uint64_t fragment_offset;

  /** The slave that it came from; zero when from the master. */
  struct GNUNET_CRYPTO_EcdsaPublicKey slave_pub_key;

  /* followed by message parts */
} GNUNET_PACKED;

/**
 * The first part of every message.
 *
 * @since 0.1
 */
struct GNUNET_PSYC_MessageMethod
{
  /** Type is #GNUNET_MESSAGE_TYPE_PSYC_MESSAGE_METHOD. */
  struct GNUNET_MessageHeader header;

  /** enum GNUNET_PSYC_MasterTransmitFlags or …SlaveTransmitFlags. */
  uint32_t flags;

  /**
   * Message id of this message less that of the previous one that changed
   * the state; or one of enum GNUNET_PSYC_StateDeltaValues.
   */
  uint64_t state_delta;

  /* followed by the NUL-terminated name of the method */
} GNUNET_PACKED;

/**
 * One modifier; when the value is larger than what follows, #MOD_CONT parts
 * bring the rest.
 *
 * @since 0.1
 */
struct GNUNET_PSYC_MessageModifier
{
  /** Type is #GNUNET_MESSAGE_TYPE_PSYC_MESSAGE_MODIFIER. */
  struct GNUNET_MessageHeader header;

  /** Size of the whole value, in this part and those that continue it. */
  uint32_t value_size;

  /** Size of the name, with its NUL. */
  uint16_t name_size;

  /** enum GNUNET_PSYC_Operator. */
  uint8_t oper;

  /* followed by the NUL-terminated name, then the (start of the) value */
} GNUNET_PACKED;

GNUNET_NETWORK_STRUCT_END

/**
 * What fits one fragment.
 *
 * @since 0.1
 */
#define GNUNET_PSYC_MODIFIER_MAX_PAYLOAD                                       \
  (GNUNET_MULTICAST_FRAGMENT_MAX_PAYLOAD                                       \
   - sizeof (struct GNUNET_PSYC_MessageModifier))
#define GNUNET_PSYC_MOD_CONT_MAX_PAYLOAD                                       \
  (GNUNET_MULTICAST_FRAGMENT_MAX_PAYLOAD - sizeof (struct GNUNET_MessageHeader))
#define GNUNET_PSYC_DATA_MAX_PAYLOAD                                           \
  (GNUNET_MULTICAST_FRAGMENT_MAX_PAYLOAD - sizeof (struct GNUNET_MessageHeader))

/**
 * Receive a whole fragment.
 *
 * @param cls closure
 * @param msg header and parts, borrowed until the callback returns
 * @since 0.1
 */
typedef void (*GNUNET_PSYC_MessageCallback) (
    void *cls, const struct GNUNET_PSYC_MessageHeader *msg);

/**
 * Receive one part of a message.
 *
 * @param cls closure
 * @param msg header of the fragment it is in, borrowed until the callback
 *        returns
 * @param pmsg the part, borrowed likewise; NULL: an error in this message, of
 *        which nothing more will come
 * @since 0.1
 */
typedef void (*GNUNET_PSYC_MessagePartCallback) (
    void *cls, const struct GNUNET_PSYC_MessageHeader *msg,
    const struct GNUNET_MessageHeader *pmsg);

/**
 * Give the next piece of a message's body.
 *
 * @param cls closure
 * @param[in,out] data_size room in @a data; set to what was written; 0 with
 *        #GNUNET_NO pauses until the resume function is called
 * @param[out] data where to write
 * @return #GNUNET_NO more to come, #GNUNET_YES finished, #GNUNET_SYSERR
 *         abandon the message
 * @since 0.1
 */
typedef int (*GNUNET_PSYC_TransmitNotifyData) (void *cls, uint16_t *data_size,
                                               void *data);

/**
 * Give the next modifier, or the next piece of a long one.
 *
 * @param cls closure
 * @param[in,out] data_size room in @a data; set to what was written; 0 with
 *        #GNUNET_NO pauses until the resume function is called
 * @param[out] data where to write: the name with its NUL, then as much of the
 *        value as fits; when the value is continued, only value
 * @param[out] oper operator of a new modifier; NULL when the previous one is
 *        continued
 * @param[out] full_value_size size of the new modifier's whole value; NULL
 *        when the previous one is continued
 * @return #GNUNET_NO more to come, #GNUNET_YES no more modifiers,
 *         #GNUNET_SYSERR abandon the message
 * @since 0.1
 */
typedef int (*GNUNET_PSYC_TransmitNotifyModifier) (void *cls,
                                                   uint16_t *data_size,
                                                   void *data, uint8_t *oper,
                                                   uint32_t *full_value_size);

/**
 * Make a message in one piece.
 *
 * @param method_name name of the method
 * @param env modifiers, copied; NULL for none
 * @param data body, copied; NULL for none
 * @param data_size bytes in @a data
 * @return the message, allocated (GNUNET_free); NULL when a name is invalid or
 *         the whole exceeds 64,000 bytes
 * @since 0.1
 */
struct GNUNET_PSYC_Message *
GNUNET_PSYC_message_create (const char *method_name,
                            const struct GNUNET_PSYC_Environment *env,
                            const void *data, size_t data_size);

/**
 * Take a message in one piece apart.
 *
 * @param msg header and parts: a whole message, method to end
 * @param[out] method_name name of the method, points into @a msg
 * @param[in,out] env modifiers are added; names and values point into
 *        @a msg, except values that came in several parts, which @a env owns.
 *        NULL: modifiers are only checked. Unchanged on error
 * @param[out] data body, points into @a msg; NULL when there is none. A body
 *        in several parts is refused unless @a env is given: then @a env owns
 *        the joined bytes
 * @param[out] data_size bytes in @a data
 * @return #GNUNET_OK, #GNUNET_SYSERR when malformed, incomplete or cancelled
 *         (nothing is set)
 * @since 0.1
 */
int GNUNET_PSYC_message_parse (const struct GNUNET_PSYC_MessageHeader *msg,
                               const char **method_name,
                               struct GNUNET_PSYC_Environment *env,
                               const void **data, uint16_t *data_size);

/**
 * The same for a message without delivery header (join requests, answers).
 *
 * @param msg the message
 * @param[out] method_name as in #GNUNET_PSYC_message_parse, and so on
 * @param[in,out] env modifiers are added
 * @param[out] data body
 * @param[out] data_size bytes in @a data
 * @return #GNUNET_OK, #GNUNET_SYSERR when malformed
 * @since 0.1
 */
int GNUNET_PSYC_message_parse_short (const struct GNUNET_PSYC_Message *msg,
                                     const char **method_name,
                                     struct GNUNET_PSYC_Environment *env,
                                     const void **data, uint16_t *data_size);

/**
 * Log a message readably, by GNUnet's logging: one line for the header, one
 * for each part. Malformed messages are logged as such.
 *
 * @param kind log level
 * @param msg a GNUNET_PSYC_Message, GNUNET_PSYC_MessageHeader,
 *        GNUNET_MULTICAST_MessageHeader or a single part
 * @since 0.1
 */
void GNUNET_PSYC_log_message (enum GNUNET_ErrorType kind,
                              const struct GNUNET_MessageHeader *msg);

/**
 * A sender over a message queue.
 */
struct GNUNET_PSYC_TransmitHandle;

/**
 * Create a sender that cuts messages into parts over a queue.
 *
 * Each chunk goes out as one struct GNUNET_PSYC_Message; the next one follows
 * after #GNUNET_PSYC_transmit_got_ack.
 *
 * @param mq queue, borrowed: must outlive the handle
 * @return the handle; end it with #GNUNET_PSYC_transmit_destroy
 * @since 0.1
 */
struct GNUNET_PSYC_TransmitHandle *
GNUNET_PSYC_transmit_create (struct GNUNET_MQ_Handle *mq);

/**
 * Free a sender. No callback runs afterwards; a message in progress stays
 * incomplete (use #GNUNET_PSYC_transmit_cancel before to tell the receiver).
 * May be called from inside the notify callbacks.
 *
 * @param tmit the handle
 * @since 0.1
 */
void GNUNET_PSYC_transmit_destroy (struct GNUNET_PSYC_TransmitHandle *tmit);

/**
 * Start one message.
 *
 * The callbacks may run before this function returns, then again from
 * #GNUNET_PSYC_transmit_got_ack and #GNUNET_PSYC_transmit_resume, until one
 * of them says that the message is finished or abandoned.
 *
 * @param tmit the handle
 * @param method_name name of the method, copied
 * @param env modifiers, copied; NULL for none
 * @param notify_mod asked for modifiers after those of @a env; NULL for none
 * @param notify_data asked for the body; NULL for none
 * @param notify_cls closure for both
 * @param flags flags of the method part (enum GNUNET_PSYC_MasterTransmitFlags)
 * @return #GNUNET_OK; #GNUNET_SYSERR while another message is in progress, or
 *         when a name is invalid
 * @since 0.1
 */
int GNUNET_PSYC_transmit_message (struct GNUNET_PSYC_TransmitHandle *tmit,
                                  const char *method_name,
                                  const struct GNUNET_PSYC_Environment *env,
                                  GNUNET_PSYC_TransmitNotifyModifier notify_mod,
                                  GNUNET_PSYC_TransmitNotifyData notify_data,
                                  void *notify_cls, uint32_t flags);

/**
 * Go on after a notify callback paused. Without a pause nothing happens; a
 * callback that pauses is paused only once it has returned. May call the
 * callbacks before it returns.
 *
 * @param tmit the handle
 * @since 0.1
 */
void GNUNET_PSYC_transmit_resume (struct GNUNET_PSYC_TransmitHandle *tmit);

/**
 * Abandon the message in progress and tell the receiver.
 *
 * @param tmit the handle, good for the next message
 * @since 0.1
 */
void GNUNET_PSYC_transmit_cancel (struct GNUNET_PSYC_TransmitHandle *tmit);

/**
 * Say that the receiver can take the next chunk. May call the callbacks
 * before it returns.
 *
 * @param tmit the handle
 * @since 0.1
 */
void GNUNET_PSYC_transmit_got_ack (struct GNUNET_PSYC_TransmitHandle *tmit);

/**
 * A receiver: checks fragments and hands their parts on.
 */
struct GNUNET_PSYC_ReceiveHandle;

/**
 * Most messages that a receiver keeps track of at once; of more than these
 * the one that was silent longest is given up.
 */
#define GNUNET_PSYC_RECEIVE_MESSAGES_MAX 64

/**
 * Create a receiver.
 *
 * Fragments of several messages may come interleaved; those of one message
 * come in order. Callbacks run from #GNUNET_PSYC_receive_message, before it
 * returns.
 *
 * @param message_cb called with each accepted fragment, before its parts;
 *        may be NULL
 * @param message_part_cb called with each part; with NULL instead of a part
 *        once when a message is given up as malformed; may be NULL
 * @param cb_cls closure for both
 * @return the handle; end it with #GNUNET_PSYC_receive_destroy
 * @since 0.1
 */
struct GNUNET_PSYC_ReceiveHandle *
GNUNET_PSYC_receive_create (GNUNET_PSYC_MessageCallback message_cb,
                            GNUNET_PSYC_MessagePartCallback message_part_cb,
                            void *cb_cls);

/**
 * Free a receiver. May be called from inside its callbacks; none follows.
 *
 * @param recv the handle
 * @since 0.1
 */
void GNUNET_PSYC_receive_destroy (struct GNUNET_PSYC_ReceiveHandle *recv);

/**
 * Forget all messages in progress, without calling anything.
 *
 * @param recv the handle
 * @since 0.1
 */
void GNUNET_PSYC_receive_reset (struct GNUNET_PSYC_ReceiveHandle *recv);

/**
 * Feed a fragment.
 *
 * A fragment is accepted or refused as a whole: nothing of a malformed one
 * is handed on.
 *
 * @param recv the handle
 * @param msg fragment, borrowed
 * @return #GNUNET_OK accepted; #GNUNET_NO a duplicate, dropped;
 *         #GNUNET_SYSERR malformed, or a piece before it is missing: the
 *         message is given up, others go on
 * @since 0.1
 */
int GNUNET_PSYC_receive_message (struct GNUNET_PSYC_ReceiveHandle *recv,
                                 const struct GNUNET_PSYC_MessageHeader *msg);

/**
 * Check a run of parts: sizes, names, operators, and their order as far as
 * it can be told without what came before.
 *
 * @param data_size bytes in @a data
 * @param data parts
 * @param[out] first_ptype type of the first part, 0 when there is none; may
 *        be NULL
 * @param[out] last_ptype type of the last part, likewise
 * @return number of parts, #GNUNET_SYSERR when malformed
 * @since 0.1
 */
int GNUNET_PSYC_receive_check_parts (uint16_t data_size, const char *data,
                                     uint16_t *first_ptype,
                                     uint16_t *last_ptype);

/**
 * Fill a delivery header from a stored or received fragment. Its size field
 * counts the fragment's body, which is not copied.
 *
 * @param[out] pmsg header to fill
 * @param mmsg fragment in network byte order
 * @param flags enum GNUNET_PSYC_MessageFlags in host byte order
 * @since 0.1
 */
void GNUNET_PSYC_message_header_init (
    struct GNUNET_PSYC_MessageHeader *pmsg,
    const struct GNUNET_MULTICAST_MessageHeader *mmsg, uint32_t flags);

/**
 * Make a delivery header with body from a stored or received fragment.
 *
 * @param mmsg fragment
 * @param flags enum GNUNET_PSYC_MessageFlags in host byte order
 * @return header and parts, allocated (GNUNET_free); NULL when the fragment is
 *         shorter than its own header
 * @since 0.1
 */
struct GNUNET_PSYC_MessageHeader *GNUNET_PSYC_message_header_create (
    const struct GNUNET_MULTICAST_MessageHeader *mmsg, uint32_t flags);

/**
 * Make a delivery header with body from a message in one piece.
 *
 * @param msg the message
 * @return header and parts, allocated (GNUNET_free), ids and flags 0; NULL when
 *         it does not fit
 * @since 0.1
 */
struct GNUNET_PSYC_MessageHeader *GNUNET_PSYC_message_header_create_from_psyc (
    const struct GNUNET_PSYC_Message *msg);

#ifdef __cplusplus
}
#endif

#endif
