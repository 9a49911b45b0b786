// SPDX-License-Identifier: AGPL-3.0-or-later
/**
 * @file
 * What a channel said and who may read it: membership, fragments, messages,
 * tags, counters. Included by gnunet_psycstore_service.h, where the rules for
 * all of it stand.
 */
#ifndef GNUNET_PSYCSTORE_FRAGMENTS_H
#define GNUNET_PSYCSTORE_FRAGMENTS_H

#include "gnunet_psycstore_types.h"

#ifdef __cplusplus
extern "C"
{
#endif

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

#ifdef __cplusplus
}
#endif

#endif
