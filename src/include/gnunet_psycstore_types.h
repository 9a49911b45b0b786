// SPDX-License-Identifier: AGPL-3.0-or-later
/**
 * @file
 * Limits, handles, callbacks and the connection of psycstore. Included by
 * gnunet_psycstore_service.h, where the rules for all of it stand.
 */
#ifndef GNUNET_PSYCSTORE_TYPES_H
#define GNUNET_PSYCSTORE_TYPES_H

#include <sodium.h>

#ifdef __cplusplus
extern "C"
{
#endif

#include <gnunet/gnunet_common.h>
#include <gnunet/gnunet_util_lib.h>

#ifdef __cplusplus
}
#endif

#include "gnunet_multicast_types.h"
#include "gnunet_psyc_env.h"

#ifdef __cplusplus
extern "C"
{
#endif

/**
 * Highest id: 2^63 - 2. (Those that channels issue end at 2^53 - 1.)
 */
#define GNUNET_PSYCSTORE_ID_MAX 9223372036854775806ULL

/**
 * Most bytes of operations that one handle keeps until they are confirmed.
 */
#define GNUNET_PSYCSTORE_PENDING_MAX (64 * 1024 * 1024)

/**
 * Result of a read with a @e slave_key: there is something, but that slave may
 * see none of it.
 */
#define GNUNET_PSYCSTORE_MEMBERSHIP_TEST_FAILED -2

/** A connection to the service. */
struct GNUNET_PSYCSTORE_Handle;

/** An operation under way. */
struct GNUNET_PSYCSTORE_OperationHandle;

/**
 * What a stored fragment has to do with the channel's state.
 */
enum GNUNET_PSYCSTORE_MessageFlags
{
  /** Its message changes the state. */
  GNUNET_PSYCSTORE_MESSAGE_STATE = 1,
  /** That change has been applied (set by the store when it gives it out). */
  GNUNET_PSYCSTORE_MESSAGE_STATE_APPLIED = 2,
  /** Its message carries a hash of the state. */
  GNUNET_PSYCSTORE_MESSAGE_STATE_HASH = 4,
};

/**
 * Which way requests go.
 */
enum GNUNET_PSYCSTORE_Box
{
  /** Our own requests to a channel's host, until they are settled. */
  GNUNET_PSYCSTORE_BOX_OUT = 0,
  /** Requests of members to a channel of ours. */
  GNUNET_PSYCSTORE_BOX_IN = 1,
};

/**
 * What became of a request.
 */
enum GNUNET_PSYCSTORE_RequestState
{
  /** Not settled yet; its fragments are kept. */
  GNUNET_PSYCSTORE_REQUEST_OPEN = 0,
  /** Became a message of the channel, or was taken. */
  GNUNET_PSYCSTORE_REQUEST_ACCEPTED = 1,
  /** Refused, with a code and a reason. */
  GNUNET_PSYCSTORE_REQUEST_REFUSED = 2,
};

/**
 * What is known of a request.
 */
struct GNUNET_PSYCSTORE_RequestInfo
{
  /** Who said it. */
  struct GNUNET_CRYPTO_EcdsaPublicKey member_key;
  /** Its number, chosen by the member. */
  uint64_t request_id;
  /** Order in which requests of this box became complete; 0: incomplete. */
  uint64_t sequence;
  /** Bytes of body stored (0 once settled). */
  uint64_t size;
  /** What became of it. */
  enum GNUNET_PSYCSTORE_RequestState state;
  /** Message that it became; 0: none. */
  uint64_t message_id;
  /** Code of the refusal. */
  uint32_t code;
  /** Reason of the refusal, or NULL. */
  const char *reason;
  /** Its body is stored without a hole up to this byte. */
  uint64_t contiguous_end;
};

/**
 * What else becomes true, in the same transaction, when a fragment is stored.
 */
struct GNUNET_PSYCSTORE_Settlement
{
  /** Remember that this tag became the fragment's message; NULL: none. */
  const struct GNUNET_Uuid *tag;
  /** Member whose request the message relays; NULL: none. */
  const struct GNUNET_CRYPTO_EcdsaPublicKey *member_key;
  /** That request of the inbox. */
  uint64_t request_id;
};

/**
 * Called with the end of an operation.
 *
 * @param cls closure
 * @param result #GNUNET_OK, or the count of what was given; #GNUNET_NO:
 *        nothing found, or not done (the function says when);
 *        #GNUNET_PSYCSTORE_MEMBERSHIP_TEST_FAILED; #GNUNET_SYSERR: failed
 * @param err_msg why, NUL-terminated, or NULL
 * @param err_msg_size bytes of @a err_msg with the NUL; 0 when it is NULL
 */
typedef void (*GNUNET_PSYCSTORE_ResultCallback) (void *cls, int64_t result,
                                                 const char *err_msg,
                                                 uint16_t err_msg_size);

/**
 * Called with one stored fragment.
 *
 * @param cls closure
 * @param message the fragment, as it was stored
 * @param psycstore_flags what it has to do with the state
 * @return #GNUNET_YES to go on; #GNUNET_NO to get no more: the result callback
 *         comes next, with the count so far
 */
typedef int (*GNUNET_PSYCSTORE_FragmentCallback) (
    void *cls, struct GNUNET_MULTICAST_MessageHeader *message,
    enum GNUNET_PSYCSTORE_MessageFlags psycstore_flags);

/**
 * Called once with the highest ids of a channel; all 0 for a new one.
 *
 * @param cls closure
 * @param result_code #GNUNET_OK; #GNUNET_NO: nothing is stored of this channel;
 *        #GNUNET_SYSERR: the store failed
 * @param max_fragment_id highest fragment id
 * @param max_message_id highest message id
 * @param max_group_generation highest generation of a fragment or membership
 * @param max_state_message_id last message that was applied to the state
 */
typedef void (*GNUNET_PSYCSTORE_CountersCallback) (
    void *cls, int result_code, uint64_t max_fragment_id,
    uint64_t max_message_id, uint64_t max_group_generation,
    uint64_t max_state_message_id);

/**
 * Called with one variable of the state, or the next piece of its value.
 *
 * @param cls closure
 * @param name its name; NULL: @a value continues the value of the last one
 * @param value bytes of the value
 * @param value_size bytes in @a value, at most 60,000
 * @return #GNUNET_YES to go on, #GNUNET_NO to get no more
 */
typedef int (*GNUNET_PSYCSTORE_StateCallback) (void *cls, const char *name,
                                               const void *value,
                                               uint32_t value_size);

/**
 * One piece of a variable's value.
 */
struct GNUNET_PSYCSTORE_StatePiece
{
  /** Its name; NULL: the value continues. */
  const char *name;
  /** Bytes of the whole value. */
  uint64_t value_size;
  /** The message that gave the variable this value. */
  uint64_t changed_by;
  /** This piece. */
  const void *data;
  /** Bytes in @e data, at most 60,000. */
  size_t data_size;
};

/**
 * Called with one piece of a variable's value.
 *
 * @param cls closure
 * @param piece the piece; valid during the call
 * @return #GNUNET_YES to go on, #GNUNET_NO to get no more
 */
typedef int (*GNUNET_PSYCSTORE_StatePieceCallback) (
    void *cls, const struct GNUNET_PSYCSTORE_StatePiece *piece);

/**
 * Where the state of a channel stands.
 */
struct GNUNET_PSYCSTORE_StateInfo
{
  /** The last message applied to it; 0: none. */
  uint64_t message_id;
  /** The last of those that emptied it first; 0: none. */
  uint64_t checkpoint_id;
  /** Messages applied since then. */
  uint64_t changes;
  /** Bytes of the names and values in them. */
  uint64_t change_bytes;
  /** The last message that carried the hash of the state; 0: none. */
  uint64_t hash_message_id;
  /** Hash of the state as it is now; zero when it was not asked for. */
  struct GNUNET_HashCode hash;
};

/**
 * Called once with where the state stands.
 *
 * @param cls closure
 * @param result #GNUNET_OK or #GNUNET_SYSERR
 * @param info the answer; valid during the call
 * @param error what went wrong, or NULL
 */
typedef void (*GNUNET_PSYCSTORE_StateInfoCallback) (
    void *cls, int result, const struct GNUNET_PSYCSTORE_StateInfo *info,
    const char *error);

/**
 * Called once with what a tag became.
 *
 * @param cls closure
 * @param result #GNUNET_YES, #GNUNET_NO (never seen) or #GNUNET_SYSERR
 * @param message_id the message that it became; 0: none (yet)
 * @param request_id the request of the outbox that it became; 0: none
 */
typedef void (*GNUNET_PSYCSTORE_TagCallback) (void *cls, int result,
                                              uint64_t message_id,
                                              uint64_t request_id);

/**
 * Called with one maximal run of stored fragment ids.
 *
 * @param cls closure
 * @param first first id of the run
 * @param last last id of the run
 */
typedef void (*GNUNET_PSYCSTORE_RangeCallback) (void *cls, uint64_t first,
                                                uint64_t last);

/**
 * Called with one stored fragment of a request.
 *
 * @param cls closure
 * @param request the fragment, as it was stored
 */
typedef void (*GNUNET_PSYCSTORE_RequestCallback) (
    void *cls, const struct GNUNET_MULTICAST_RequestHeader *request);

/**
 * Called with what is known of one request.
 *
 * @param cls closure
 * @param info the request
 */
typedef void (*GNUNET_PSYCSTORE_RequestInfoCallback) (
    void *cls, const struct GNUNET_PSYCSTORE_RequestInfo *info);

/**
 * Called with one record.
 *
 * @param cls closure
 * @param channel_key channel that it is of
 * @param member_key member that it is of; NULL: the master's
 * @param is_imported #GNUNET_YES: it came with an import and was not stored
 *        anew since
 * @param data what was stored
 * @param size bytes of @a data
 */
typedef void (*GNUNET_PSYCSTORE_RecordCallback) (
    void *cls, const struct GNUNET_CRYPTO_EddsaPublicKey *channel_key,
    const struct GNUNET_CRYPTO_EcdsaPublicKey *member_key, int is_imported,
    const void *data, uint16_t size);

/**
 * Connect to the service.
 *
 * @param cfg configuration to use; must outlive the handle
 * @return the handle, or NULL when @a cfg is NULL
 * @since 0.1
 */
struct GNUNET_PSYCSTORE_Handle *
GNUNET_PSYCSTORE_connect (const struct GNUNET_CONFIGURATION_Handle *cfg);

/**
 * Drop the connection and every pending operation; no callback is called any
 * more. What was not confirmed may still happen.
 *
 * @param h the handle, freed; NULL does nothing
 * @since 0.1
 */
void GNUNET_PSYCSTORE_disconnect (struct GNUNET_PSYCSTORE_Handle *h);

/**
 * Forget an operation: none of its callbacks is called any more. A change may
 * still happen.
 *
 * @param op the operation, freed
 * @return #GNUNET_YES
 * @since 0.1
 */
int
GNUNET_PSYCSTORE_operation_cancel (struct GNUNET_PSYCSTORE_OperationHandle *op);

#ifdef __cplusplus
}
#endif

#endif
