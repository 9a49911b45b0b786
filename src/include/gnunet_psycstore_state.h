// SPDX-License-Identifier: AGPL-3.0-or-later
/**
 * @file
 * The state of a channel. Included by gnunet_psycstore_service.h, where the
 * rules for all of it stand.
 */
#ifndef GNUNET_PSYCSTORE_STATE_H
#define GNUNET_PSYCSTORE_STATE_H

#include "gnunet_psycstore_types.h"

#ifdef __cplusplus
extern "C"
{
#endif

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
 * What the operator of a modifier cannot do: result of
 * #GNUNET_PSYCSTORE_state_apply and #GNUNET_PSYCSTORE_state_try.
 */
#define GNUNET_PSYCSTORE_STATE_REFUSED (-3)

/**
 * The state would not have the hash that the message carries: result of
 * #GNUNET_PSYCSTORE_state_apply.
 */
#define GNUNET_PSYCSTORE_STATE_DIFFERS (-4)

/**
 * The same as #GNUNET_PSYCSTORE_state_modify, which tells more of a failure.
 *
 * @param h the handle
 * @param channel_key the channel
 * @param message_id the message; must be stored completely
 * @param state_delta as there
 * @param result_cb gets, besides, #GNUNET_PSYCSTORE_STATE_REFUSED (also: the
 *        message is malformed or cancelled) or #GNUNET_PSYCSTORE_STATE_DIFFERS;
 *        #GNUNET_SYSERR: it is incomplete, or the store failed
 * @param cls closure of @a result_cb
 * @return the operation, or NULL
 * @since 0.1
 */
struct GNUNET_PSYCSTORE_OperationHandle *GNUNET_PSYCSTORE_state_apply (
    struct GNUNET_PSYCSTORE_Handle *h,
    const struct GNUNET_CRYPTO_EddsaPublicKey *channel_key, uint64_t message_id,
    uint64_t state_delta, GNUNET_PSYCSTORE_ResultCallback result_cb, void *cls);

/**
 * What a message to be tried out is.
 */
enum GNUNET_PSYCSTORE_TryFlags
{
  /** Nothing special. */
  GNUNET_PSYCSTORE_TRY_NONE = 0,
  /** It empties the state first. */
  GNUNET_PSYCSTORE_TRY_RESET = 1,
  /** The hash that the state has then is wanted. */
  GNUNET_PSYCSTORE_TRY_HASH = 2,
};

/**
 * Find out what a message that is not said yet would do to the state, which
 * stays as it is.
 *
 * @param h the handle
 * @param channel_key the channel
 * @param flags what it is
 * @param parts the message's parts from the method on, at least all its
 *        modifiers; copied
 * @param size bytes in @a parts, at most 17 MiB
 * @param result_cb gets #GNUNET_OK, and as its message the hash in 128
 *        hexadecimal digits if it was wanted; otherwise why the message may
 *        not be said: #GNUNET_PSYCSTORE_STATE_REFUSED or #GNUNET_SYSERR
 * @param cls closure of @a result_cb
 * @return the operation, or NULL
 * @since 0.1
 */
struct GNUNET_PSYCSTORE_OperationHandle *GNUNET_PSYCSTORE_state_try (
    struct GNUNET_PSYCSTORE_Handle *h,
    const struct GNUNET_CRYPTO_EddsaPublicKey *channel_key,
    enum GNUNET_PSYCSTORE_TryFlags flags, const void *parts, size_t size,
    GNUNET_PSYCSTORE_ResultCallback result_cb, void *cls);

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
 * Which variables are wanted.
 */
enum GNUNET_PSYCSTORE_StateMatch
{
  /** The exact name, else the nearest shorter one. */
  GNUNET_PSYCSTORE_STATE_BEST = 0,
  /** Every name that starts so. */
  GNUNET_PSYCSTORE_STATE_PREFIX = 1,
};

/**
 * Read the state from a place on, as much of it as is wanted.
 *
 * A value that changes between two pieces ends the read with #GNUNET_SYSERR.
 *
 * @param h the handle
 * @param channel_key the channel
 * @param match which variables
 * @param name name, or prefix
 * @param first_name with a prefix: begin with this one; NULL: with the first
 * @param first_byte of the first variable's value leave out so many
 * @param piece_cb called with each piece
 * @param result_cb gets how many variables began (best match: #GNUNET_OK),
 *        #GNUNET_NO or #GNUNET_SYSERR
 * @param cls closure of both
 * @return the operation, or NULL
 * @since 0.1
 */
struct GNUNET_PSYCSTORE_OperationHandle *GNUNET_PSYCSTORE_state_read (
    struct GNUNET_PSYCSTORE_Handle *h,
    const struct GNUNET_CRYPTO_EddsaPublicKey *channel_key,
    enum GNUNET_PSYCSTORE_StateMatch match, const char *name,
    const char *first_name, uint64_t first_byte,
    GNUNET_PSYCSTORE_StatePieceCallback piece_cb,
    GNUNET_PSYCSTORE_ResultCallback result_cb, void *cls);

/**
 * Ask where the state stands.
 *
 * @param h the handle
 * @param channel_key the channel
 * @param wants_hash #GNUNET_YES: compute its hash, too
 * @param info_cb called once
 * @param cls closure of @a info_cb
 * @return the operation, or NULL
 * @since 0.1
 */
struct GNUNET_PSYCSTORE_OperationHandle *GNUNET_PSYCSTORE_state_info (
    struct GNUNET_PSYCSTORE_Handle *h,
    const struct GNUNET_CRYPTO_EddsaPublicKey *channel_key, int wants_hash,
    GNUNET_PSYCSTORE_StateInfoCallback info_cb, void *cls);

#ifdef __cplusplus
}
#endif

#endif
