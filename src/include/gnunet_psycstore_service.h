// SPDX-License-Identifier: AGPL-3.0-or-later
/**
 * @file
 * Keeps fragments, membership, state, outbox and inbox of channels on disk.
 * Never talks to the network.
 *
 * Rules for the whole interface:
 *
 * - Every function must be called from the thread of GNUnet's scheduler.
 *   Callbacks come from that scheduler, never before the function that was
 *   given them has returned. From inside a callback everything may be called,
 *   also #GNUNET_PSYCSTORE_disconnect and #GNUNET_PSYCSTORE_operation_cancel
 *   for this or any other operation.
 * - Pointers given to a function are only read during the call: everything is
 *   copied, except @e cfg, which must outlive the handle. Pointers given to a
 *   callback are valid during the callback only.
 * - Every function that starts an operation returns a handle for
 *   #GNUNET_PSYCSTORE_operation_cancel, valid until its last callback, or NULL
 *   when a pointer that must not be is NULL, a message is shorter than its
 *   header, or more than #GNUNET_PSYCSTORE_PENDING_MAX bytes wait already. Then
 *   no callback is called. What else is wrong (an id out of bounds, say) is
 *   told by the result callback.
 * - The result callback (or the one callback there is) is called exactly once,
 *   last, unless the operation is cancelled; it may be NULL. A result
 *   of #GNUNET_SYSERR comes with a message that names the reason, "disk full:
 *   …", "conflicting fragment", "database … is damaged" and so on; nothing of
 *   that operation was stored then.
 * - A change is confirmed after it is durable (committed with fsync), and
 *   changes are done and confirmed in the order of the calls. A read sees
 *   every change called before it on the same handle. Reads that give much
 *   come in pieces, between which later operations run.
 * - Any number of operations may be under way (that is the way to speed:
 *   changes that wait together share one commit). The library reconnects by
 *   itself when the service goes away and says again, in order, what was not
 *   confirmed; every change may be made twice, the second does nothing. A read
 *   that was cut goes on after the last thing it gave. A service that is not
 *   there yet is waited for.
 * - Ids (fragments, messages, requests, generations) begin at 1 and end at
 *   #GNUNET_PSYCSTORE_ID_MAX; 0 means none yet.
 */
#ifndef GNUNET_PSYCSTORE_SERVICE_H
#define GNUNET_PSYCSTORE_SERVICE_H

#include <sodium.h>

#ifdef __cplusplus
extern "C"
{
#endif

#include <gnunet/gnunet_common.h>
#include <gnunet/gnunet_util_lib.h>

#include "gnunet_multicast_service.h"
#include "gnunet_psyc_env.h"

/**
 * Version of this interface.
 */
#define GNUNET_PSYCSTORE_VERSION 0x00010000

/**
 * Highest id: 2^53 - 1.
 */
#define GNUNET_PSYCSTORE_ID_MAX 9007199254740991ULL

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
 * @param data what was stored
 * @param size bytes of @a data
 */
typedef void (*GNUNET_PSYCSTORE_RecordCallback) (
    void *cls, const struct GNUNET_CRYPTO_EddsaPublicKey *channel_key,
    const struct GNUNET_CRYPTO_EcdsaPublicKey *member_key, const void *data,
    uint16_t size);

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

/**
 * Record that a slave joined or parted.
 *
 * A join opens an interval of messages that the slave may see, from
 * @a effective_since on. A part closes it: the slave sees nothing with an id
 * above @a announced_at, nor of a generation above @a group_generation. The
 * same join or part may be recorded twice.
 *
 * @param h the handle
 * @param channel_key the channel
 * @param slave_key the slave
 * @param did_join #GNUNET_YES: joined; #GNUNET_NO: parted
 * @param announced_at id of the message that announced it
 * @param effective_since joins: first message that the slave may see, at most
 *        @a announced_at; parts: not used
 * @param group_generation joins: the generation of that moment; parts: the
 *        last one that the slave may read
 * @param result_cb gets #GNUNET_OK or #GNUNET_SYSERR
 * @param cls closure of @a result_cb
 * @return the operation, or NULL
 * @since 0.1
 */
struct GNUNET_PSYCSTORE_OperationHandle *GNUNET_PSYCSTORE_membership_store (
    struct GNUNET_PSYCSTORE_Handle *h,
    const struct GNUNET_CRYPTO_EddsaPublicKey *channel_key,
    const struct GNUNET_CRYPTO_EcdsaPublicKey *slave_key, int did_join,
    uint64_t announced_at, uint64_t effective_since, uint64_t group_generation,
    GNUNET_PSYCSTORE_ResultCallback result_cb, void *cls);

/**
 * Ask whether a slave may see a message.
 *
 * @param h the handle
 * @param channel_key the channel
 * @param slave_key the slave
 * @param message_id the message
 * @param group_generation generation of the fragment in question; 0 asks for
 *        the message id alone
 * @param result_cb gets #GNUNET_YES, #GNUNET_NO or #GNUNET_SYSERR
 * @param cls closure of @a result_cb
 * @return the operation, or NULL
 * @since 0.1
 */
struct GNUNET_PSYCSTORE_OperationHandle *GNUNET_PSYCSTORE_membership_test (
    struct GNUNET_PSYCSTORE_Handle *h,
    const struct GNUNET_CRYPTO_EddsaPublicKey *channel_key,
    const struct GNUNET_CRYPTO_EcdsaPublicKey *slave_key, uint64_t message_id,
    uint64_t group_generation, GNUNET_PSYCSTORE_ResultCallback result_cb,
    void *cls);

/**
 * Store one fragment as it was received.
 *
 * The hop counter, which is not signed, is not compared: the first copy stays.
 *
 * @param h the handle
 * @param channel_key the channel
 * @param msg the fragment
 * @param psycstore_flags what it has to do with the state
 * @param result_cb gets #GNUNET_OK (also when the very same fragment was there
 *        already) or #GNUNET_SYSERR: "conflicting fragment" when its id, or
 *        its place in the message, is taken by another
 * @param cls closure of @a result_cb
 * @return the operation, or NULL
 * @since 0.1
 */
struct GNUNET_PSYCSTORE_OperationHandle *GNUNET_PSYCSTORE_fragment_store (
    struct GNUNET_PSYCSTORE_Handle *h,
    const struct GNUNET_CRYPTO_EddsaPublicKey *channel_key,
    const struct GNUNET_MULTICAST_MessageHeader *msg,
    enum GNUNET_PSYCSTORE_MessageFlags psycstore_flags,
    GNUNET_PSYCSTORE_ResultCallback result_cb, void *cls);

/**
 * Store one fragment and, in the same transaction, remember what tag its
 * message has, and settle the request that it relays: that request becomes
 * accepted, with the fragment's message id, and its fragments are dropped.
 *
 * Refused with "request … is settled already" when the request has another
 * outcome, and with "conflicting tag" when the tag belongs to another message.
 *
 * @param h the handle
 * @param channel_key the channel
 * @param msg the fragment
 * @param psycstore_flags what it has to do with the state
 * @param settlement what else becomes true; NULL: nothing
 * @param result_cb as for #GNUNET_PSYCSTORE_fragment_store
 * @param cls closure of @a result_cb
 * @return the operation, or NULL
 * @since 0.1
 */
struct GNUNET_PSYCSTORE_OperationHandle *
GNUNET_PSYCSTORE_fragment_store_settling (
    struct GNUNET_PSYCSTORE_Handle *h,
    const struct GNUNET_CRYPTO_EddsaPublicKey *channel_key,
    const struct GNUNET_MULTICAST_MessageHeader *msg,
    enum GNUNET_PSYCSTORE_MessageFlags psycstore_flags,
    const struct GNUNET_PSYCSTORE_Settlement *settlement,
    GNUNET_PSYCSTORE_ResultCallback result_cb, void *cls);

/**
 * Ask what a tag became.
 *
 * @param h the handle
 * @param channel_key the channel
 * @param tag the tag
 * @param tag_cb called once with the answer
 * @param cls closure of @a tag_cb
 * @return the operation, or NULL
 * @since 0.1
 */
struct GNUNET_PSYCSTORE_OperationHandle *GNUNET_PSYCSTORE_tag_get (
    struct GNUNET_PSYCSTORE_Handle *h,
    const struct GNUNET_CRYPTO_EddsaPublicKey *channel_key,
    const struct GNUNET_Uuid *tag, GNUNET_PSYCSTORE_TagCallback tag_cb,
    void *cls);

/**
 * Get fragments by their ids, ascending.
 *
 * @param h the handle
 * @param channel_key the channel
 * @param slave_key give only what this slave may see; NULL: everything
 * @param first_message_id first fragment id (the name is of 2019)
 * @param last_message_id last fragment id, inclusive; UINT64_MAX: to the end
 * @param fragment_cb called with each fragment
 * @param result_cb gets the count, #GNUNET_NO,
 *        #GNUNET_PSYCSTORE_MEMBERSHIP_TEST_FAILED or #GNUNET_SYSERR
 * @param cls closure of both
 * @return the operation, or NULL
 * @since 0.1
 */
struct GNUNET_PSYCSTORE_OperationHandle *GNUNET_PSYCSTORE_fragment_get (
    struct GNUNET_PSYCSTORE_Handle *h,
    const struct GNUNET_CRYPTO_EddsaPublicKey *channel_key,
    const struct GNUNET_CRYPTO_EcdsaPublicKey *slave_key,
    uint64_t first_message_id, uint64_t last_message_id,
    GNUNET_PSYCSTORE_FragmentCallback fragment_cb,
    GNUNET_PSYCSTORE_ResultCallback result_cb, void *cls);

/**
 * Get the newest fragments, ascending.
 *
 * @param h the handle
 * @param channel_key the channel
 * @param slave_key count and give only what this slave may see; NULL:
 *        everything
 * @param fragment_limit how many, at least 1
 * @param fragment_cb called with each fragment
 * @param result_cb as for #GNUNET_PSYCSTORE_fragment_get
 * @param cls closure of both
 * @return the operation, or NULL
 * @since 0.1
 */
struct GNUNET_PSYCSTORE_OperationHandle *GNUNET_PSYCSTORE_fragment_get_latest (
    struct GNUNET_PSYCSTORE_Handle *h,
    const struct GNUNET_CRYPTO_EddsaPublicKey *channel_key,
    const struct GNUNET_CRYPTO_EcdsaPublicKey *slave_key,
    uint64_t fragment_limit, GNUNET_PSYCSTORE_FragmentCallback fragment_cb,
    GNUNET_PSYCSTORE_ResultCallback result_cb, void *cls);

/**
 * Get all stored fragments of the messages in a range of message ids, by
 * message id and then by offset.
 *
 * @param h the handle
 * @param channel_key the channel
 * @param slave_key give only what this slave may see; NULL: everything
 * @param first_message_id first message id
 * @param last_message_id last message id, inclusive; UINT64_MAX: to the end
 * @param fragment_limit at most so many fragments; 0: no limit
 * @param method_prefix only messages whose method is this or begins with this
 *        and an underscore (`_message` gets `_message_public`, not
 *        `_messages`), at most 16 keywords; NULL or "": all, also those whose
 *        first fragment is not stored
 * @param fragment_cb called with each fragment
 * @param result_cb as for #GNUNET_PSYCSTORE_fragment_get
 * @param cls closure of both
 * @return the operation, or NULL
 * @since 0.1
 */
struct GNUNET_PSYCSTORE_OperationHandle *GNUNET_PSYCSTORE_message_get (
    struct GNUNET_PSYCSTORE_Handle *h,
    const struct GNUNET_CRYPTO_EddsaPublicKey *channel_key,
    const struct GNUNET_CRYPTO_EcdsaPublicKey *slave_key,
    uint64_t first_message_id, uint64_t last_message_id,
    uint64_t fragment_limit, const char *method_prefix,
    GNUNET_PSYCSTORE_FragmentCallback fragment_cb,
    GNUNET_PSYCSTORE_ResultCallback result_cb, void *cls);

/**
 * Get all stored fragments of the newest messages, by message id and then by
 * offset.
 *
 * @param h the handle
 * @param channel_key the channel
 * @param slave_key count and give only what this slave may see; NULL:
 *        everything
 * @param message_limit how many messages, at least 1
 * @param method_prefix as for #GNUNET_PSYCSTORE_message_get
 * @param fragment_cb called with each fragment
 * @param result_cb as for #GNUNET_PSYCSTORE_fragment_get; the count is of
 *        fragments
 * @param cls closure of both
 * @return the operation, or NULL
 * @since 0.1
 */
struct GNUNET_PSYCSTORE_OperationHandle *GNUNET_PSYCSTORE_message_get_latest (
    struct GNUNET_PSYCSTORE_Handle *h,
    const struct GNUNET_CRYPTO_EddsaPublicKey *channel_key,
    const struct GNUNET_CRYPTO_EcdsaPublicKey *slave_key,
    uint64_t message_limit, const char *method_prefix,
    GNUNET_PSYCSTORE_FragmentCallback fragment_cb,
    GNUNET_PSYCSTORE_ResultCallback result_cb, void *cls);

/**
 * Get the one fragment of a message that begins at a byte offset.
 *
 * @param h the handle
 * @param channel_key the channel
 * @param slave_key give it only when this slave may see it; NULL: always
 * @param message_id the message
 * @param fragment_offset byte offset in the message
 * @param fragment_cb called with the fragment
 * @param result_cb as for #GNUNET_PSYCSTORE_fragment_get
 * @param cls closure of both
 * @return the operation, or NULL
 * @since 0.1
 */
struct GNUNET_PSYCSTORE_OperationHandle *GNUNET_PSYCSTORE_message_get_fragment (
    struct GNUNET_PSYCSTORE_Handle *h,
    const struct GNUNET_CRYPTO_EddsaPublicKey *channel_key,
    const struct GNUNET_CRYPTO_EcdsaPublicKey *slave_key, uint64_t message_id,
    uint64_t fragment_offset, GNUNET_PSYCSTORE_FragmentCallback fragment_cb,
    GNUNET_PSYCSTORE_ResultCallback result_cb, void *cls);

/**
 * Get the maximal runs of stored fragment ids, ascending.
 *
 * @param h the handle
 * @param channel_key the channel
 * @param first_fragment_id begin here: a run that began earlier is given from
 *        here on
 * @param range_cb called with each run
 * @param result_cb gets the count of runs, #GNUNET_NO or #GNUNET_SYSERR
 * @param cls closure of both
 * @return the operation, or NULL
 * @since 0.1
 */
struct GNUNET_PSYCSTORE_OperationHandle *GNUNET_PSYCSTORE_fragment_ranges_get (
    struct GNUNET_PSYCSTORE_Handle *h,
    const struct GNUNET_CRYPTO_EddsaPublicKey *channel_key,
    uint64_t first_fragment_id, GNUNET_PSYCSTORE_RangeCallback range_cb,
    GNUNET_PSYCSTORE_ResultCallback result_cb, void *cls);

/**
 * Get the highest ids of a channel.
 *
 * @param h the handle
 * @param channel_key the channel
 * @param counters_cb called once
 * @param cls closure of @a counters_cb
 * @return the operation, or NULL
 * @since 0.1
 */
struct GNUNET_PSYCSTORE_OperationHandle *
GNUNET_PSYCSTORE_counters_get (struct GNUNET_PSYCSTORE_Handle *h,
                               struct GNUNET_CRYPTO_EddsaPublicKey *channel_key,
                               GNUNET_PSYCSTORE_CountersCallback counters_cb,
                               void *cls);

/**
 * Apply the modifiers of a stored message to the state, all or none.
 *
 * Lasting operators change a variable, an empty value with `=` deletes it, `:`
 * is passed over. With a @a state_delta of 0 (a checkpoint) the state is
 * emptied first. A message that was applied before is not applied again.
 *
 * @param h the handle
 * @param channel_key the channel
 * @param message_id the message; must be stored completely
 * @param state_delta distance to the message that changed the state before
 *        it: @a message_id - @a state_delta is the last one applied
 * @param result_cb gets #GNUNET_OK; #GNUNET_NO with a message when it does not
 *        follow the last one applied; #GNUNET_SYSERR: the message is
 *        incomplete, cancelled or malformed, an operator does not fit
 * @param cls closure of @a result_cb
 * @return the operation, or NULL
 * @since 0.1
 */
struct GNUNET_PSYCSTORE_OperationHandle *GNUNET_PSYCSTORE_state_modify (
    struct GNUNET_PSYCSTORE_Handle *h,
    const struct GNUNET_CRYPTO_EddsaPublicKey *channel_key, uint64_t message_id,
    uint64_t state_delta, GNUNET_PSYCSTORE_ResultCallback result_cb, void *cls);

/**
 * Replace the whole state by one received from elsewhere, at once.
 *
 * @param h the handle
 * @param channel_key the channel
 * @param max_state_message_id last message applied to that state
 * @param state_hash_message_id last message that carried its hash; 0: none
 * @param modifier_count how many @a modifiers
 * @param modifiers the variables; all together at most 16 MiB
 * @param result_cb gets #GNUNET_OK or #GNUNET_SYSERR
 * @param cls closure of @a result_cb
 * @return the operation, or NULL
 * @since 0.1
 */
struct GNUNET_PSYCSTORE_OperationHandle *GNUNET_PSYCSTORE_state_sync (
    struct GNUNET_PSYCSTORE_Handle *h,
    const struct GNUNET_CRYPTO_EddsaPublicKey *channel_key,
    uint64_t max_state_message_id, uint64_t state_hash_message_id,
    size_t modifier_count, const struct GNUNET_PSYC_Modifier *modifiers,
    GNUNET_PSYCSTORE_ResultCallback result_cb, void *cls);

/**
 * Empty the state. The last message applied stays what it was.
 *
 * @param h the handle
 * @param channel_key the channel
 * @param result_cb gets #GNUNET_OK or #GNUNET_SYSERR
 * @param cls closure of @a result_cb
 * @return the operation, or NULL
 * @since 0.1
 */
struct GNUNET_PSYCSTORE_OperationHandle *GNUNET_PSYCSTORE_state_reset (
    struct GNUNET_PSYCSTORE_Handle *h,
    const struct GNUNET_CRYPTO_EddsaPublicKey *channel_key,
    GNUNET_PSYCSTORE_ResultCallback result_cb, void *cls);

/**
 * Remember the signed hash of the state at a message. The state stays.
 *
 * @param h the handle
 * @param channel_key the channel
 * @param message_id message that carried the hash
 * @param hash the hash
 * @param result_cb gets #GNUNET_OK or #GNUNET_SYSERR
 * @param cls closure of @a result_cb
 * @return the operation, or NULL
 * @since 0.1
 */
struct GNUNET_PSYCSTORE_OperationHandle *GNUNET_PSYCSTORE_state_hash_update (
    struct GNUNET_PSYCSTORE_Handle *h,
    const struct GNUNET_CRYPTO_EddsaPublicKey *channel_key, uint64_t message_id,
    const struct GNUNET_HashCode *hash,
    GNUNET_PSYCSTORE_ResultCallback result_cb, void *cls);

/**
 * Get the best match for a variable: the exact name, else the nearest shorter
 * one (`_nick_place`, then `_nick`).
 *
 * @param h the handle
 * @param channel_key the channel
 * @param name the name
 * @param state_cb called with the variable
 * @param result_cb gets #GNUNET_OK, #GNUNET_NO or #GNUNET_SYSERR
 * @param cls closure of both
 * @return the operation, or NULL
 * @since 0.1
 */
struct GNUNET_PSYCSTORE_OperationHandle *GNUNET_PSYCSTORE_state_get (
    struct GNUNET_PSYCSTORE_Handle *h,
    const struct GNUNET_CRYPTO_EddsaPublicKey *channel_key, const char *name,
    GNUNET_PSYCSTORE_StateCallback state_cb,
    GNUNET_PSYCSTORE_ResultCallback result_cb, void *cls);

/**
 * Get every variable whose name starts with a prefix, sorted by name (bytes).
 *
 * @param h the handle
 * @param channel_key the channel
 * @param name_prefix the prefix; "" is all
 * @param state_cb called with each variable
 * @param result_cb gets the count of variables, #GNUNET_NO or #GNUNET_SYSERR
 * @param cls closure of both
 * @return the operation, or NULL
 * @since 0.1
 */
struct GNUNET_PSYCSTORE_OperationHandle *GNUNET_PSYCSTORE_state_get_prefix (
    struct GNUNET_PSYCSTORE_Handle *h,
    const struct GNUNET_CRYPTO_EddsaPublicKey *channel_key,
    const char *name_prefix, GNUNET_PSYCSTORE_StateCallback state_cb,
    GNUNET_PSYCSTORE_ResultCallback result_cb, void *cls);

/**
 * Store one fragment of a request.
 *
 * The last missing fragment completes the request and gives it its sequence.
 *
 * @param h the handle
 * @param channel_key the channel
 * @param box outbox or inbox
 * @param request the fragment; it names the member and the request
 * @param tag recorded with the fragment that has the flag
 *        #GNUNET_MULTICAST_MESSAGE_LAST_FRAGMENT; NULL: none
 * @param result_cb gets #GNUNET_OK (also when the very same fragment was there
 *        already), #GNUNET_NO: the request is settled already, or
 *        #GNUNET_SYSERR ("conflicting request fragment")
 * @param cls closure of @a result_cb
 * @return the operation, or NULL
 * @since 0.1
 */
struct GNUNET_PSYCSTORE_OperationHandle *GNUNET_PSYCSTORE_request_store (
    struct GNUNET_PSYCSTORE_Handle *h,
    const struct GNUNET_CRYPTO_EddsaPublicKey *channel_key,
    enum GNUNET_PSYCSTORE_Box box,
    const struct GNUNET_MULTICAST_RequestHeader *request,
    const struct GNUNET_Uuid *tag, GNUNET_PSYCSTORE_ResultCallback result_cb,
    void *cls);

/**
 * Get the stored fragments of an open request, by offset.
 *
 * @param h the handle
 * @param channel_key the channel
 * @param box outbox or inbox
 * @param member_key the member
 * @param request_id the request
 * @param first_offset from the fragment that begins here or later
 * @param last_offset to the fragment that begins here or earlier; UINT64_MAX:
 *        to the end
 * @param request_cb called with each fragment
 * @param result_cb gets the count, #GNUNET_NO or #GNUNET_SYSERR
 * @param cls closure of both
 * @return the operation, or NULL
 * @since 0.1
 */
struct GNUNET_PSYCSTORE_OperationHandle *GNUNET_PSYCSTORE_request_get (
    struct GNUNET_PSYCSTORE_Handle *h,
    const struct GNUNET_CRYPTO_EddsaPublicKey *channel_key,
    enum GNUNET_PSYCSTORE_Box box,
    const struct GNUNET_CRYPTO_EcdsaPublicKey *member_key, uint64_t request_id,
    uint64_t first_offset, uint64_t last_offset,
    GNUNET_PSYCSTORE_RequestCallback request_cb,
    GNUNET_PSYCSTORE_ResultCallback result_cb, void *cls);

/**
 * List the open requests: complete ones by their sequence, then those that are
 * still incomplete.
 *
 * @param h the handle
 * @param channel_key the channel
 * @param box outbox or inbox
 * @param member_key of this member only; NULL: of all
 * @param info_cb called with each
 * @param result_cb gets the count, #GNUNET_NO or #GNUNET_SYSERR
 * @param cls closure of both
 * @return the operation, or NULL
 * @since 0.1
 */
struct GNUNET_PSYCSTORE_OperationHandle *GNUNET_PSYCSTORE_request_list (
    struct GNUNET_PSYCSTORE_Handle *h,
    const struct GNUNET_CRYPTO_EddsaPublicKey *channel_key,
    enum GNUNET_PSYCSTORE_Box box,
    const struct GNUNET_CRYPTO_EcdsaPublicKey *member_key,
    GNUNET_PSYCSTORE_RequestInfoCallback info_cb,
    GNUNET_PSYCSTORE_ResultCallback result_cb, void *cls);

/**
 * Get what is known of one request, open or settled.
 *
 * @param h the handle
 * @param channel_key the channel
 * @param box outbox or inbox
 * @param member_key the member
 * @param request_id the request
 * @param info_cb called with it
 * @param result_cb gets #GNUNET_OK, #GNUNET_NO (not known) or #GNUNET_SYSERR
 * @param cls closure of both
 * @return the operation, or NULL
 * @since 0.1
 */
struct GNUNET_PSYCSTORE_OperationHandle *GNUNET_PSYCSTORE_request_status (
    struct GNUNET_PSYCSTORE_Handle *h,
    const struct GNUNET_CRYPTO_EddsaPublicKey *channel_key,
    enum GNUNET_PSYCSTORE_Box box,
    const struct GNUNET_CRYPTO_EcdsaPublicKey *member_key, uint64_t request_id,
    GNUNET_PSYCSTORE_RequestInfoCallback info_cb,
    GNUNET_PSYCSTORE_ResultCallback result_cb, void *cls);

/**
 * Settle a request: drop its fragments and remember the outcome, the newest
 * 1,024 of a member and box. A request that is not known is remembered as
 * settled, too. One that has an outcome keeps it.
 *
 * @param h the handle
 * @param channel_key the channel
 * @param box outbox or inbox
 * @param member_key the member
 * @param request_id the request
 * @param state what became of it, not open
 * @param message_id message that it became; 0: none
 * @param code code of the refusal
 * @param reason reason of the refusal, at most 1,024 bytes are kept; NULL: none
 * @param result_cb gets #GNUNET_OK, #GNUNET_NO: it had another outcome, which
 *        stays, or #GNUNET_SYSERR
 * @param cls closure of @a result_cb
 * @return the operation, or NULL
 * @since 0.1
 */
struct GNUNET_PSYCSTORE_OperationHandle *GNUNET_PSYCSTORE_request_settle (
    struct GNUNET_PSYCSTORE_Handle *h,
    const struct GNUNET_CRYPTO_EddsaPublicKey *channel_key,
    enum GNUNET_PSYCSTORE_Box box,
    const struct GNUNET_CRYPTO_EcdsaPublicKey *member_key, uint64_t request_id,
    enum GNUNET_PSYCSTORE_RequestState state, uint64_t message_id,
    uint32_t code, const char *reason,
    GNUNET_PSYCSTORE_ResultCallback result_cb, void *cls);

/**
 * Keep an opaque record with a channel, in place of the one before.
 *
 * @param h the handle
 * @param channel_key the channel
 * @param member_key our key in it; NULL: the master's record
 * @param data the record
 * @param size bytes of @a data, at most 60,000; 0 removes the record
 * @param result_cb gets #GNUNET_OK or #GNUNET_SYSERR
 * @param cls closure of @a result_cb
 * @return the operation, or NULL
 * @since 0.1
 */
struct GNUNET_PSYCSTORE_OperationHandle *GNUNET_PSYCSTORE_record_store (
    struct GNUNET_PSYCSTORE_Handle *h,
    const struct GNUNET_CRYPTO_EddsaPublicKey *channel_key,
    const struct GNUNET_CRYPTO_EcdsaPublicKey *member_key, const void *data,
    uint16_t size, GNUNET_PSYCSTORE_ResultCallback result_cb, void *cls);

/**
 * Get all records of all channels.
 *
 * @param h the handle
 * @param record_cb called with each
 * @param result_cb gets the count, #GNUNET_NO or #GNUNET_SYSERR
 * @param cls closure of both
 * @return the operation, or NULL
 * @since 0.1
 */
struct GNUNET_PSYCSTORE_OperationHandle *
GNUNET_PSYCSTORE_record_get_all (struct GNUNET_PSYCSTORE_Handle *h,
                                 GNUNET_PSYCSTORE_RecordCallback record_cb,
                                 GNUNET_PSYCSTORE_ResultCallback result_cb,
                                 void *cls);

/**
 * Remove everything about a channel: fragments, membership, state, requests,
 * tags and records.
 *
 * @param h the handle
 * @param channel_key the channel
 * @param result_cb gets #GNUNET_OK or #GNUNET_SYSERR
 * @param cls closure of @a result_cb
 * @return the operation, or NULL
 * @since 0.1
 */
struct GNUNET_PSYCSTORE_OperationHandle *GNUNET_PSYCSTORE_channel_remove (
    struct GNUNET_PSYCSTORE_Handle *h,
    const struct GNUNET_CRYPTO_EddsaPublicKey *channel_key,
    GNUNET_PSYCSTORE_ResultCallback result_cb, void *cls);

#ifdef __cplusplus
}
#endif

#endif
