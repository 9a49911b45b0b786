// SPDX-License-Identifier: AGPL-3.0-or-later
/**
 * @file
 * Requests of members on their way to a channel's host, records, and the end of
 * a channel. Included by gnunet_psycstore_service.h, where the rules for all of
 * it stand.
 */
#ifndef GNUNET_PSYCSTORE_REQUESTS_H
#define GNUNET_PSYCSTORE_REQUESTS_H

#include "gnunet_psycstore_types.h"

#ifdef __cplusplus
extern "C"
{
#endif

/**
 * The fragment cannot be stored, at no time: it is malformed, or its place is
 * taken by another.
 *
 * @since 0.1
 */
#define GNUNET_PSYCSTORE_REQUEST_CONFLICT (-3)

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
 * @param after_request_id stored only when that request of the same member is
 *        complete, so that none is overtaken by a later one; 0: in any case
 * @param result_cb gets #GNUNET_OK (also when the very same fragment was there
 *        already), #GNUNET_NO: the request is settled already,
 *        #GNUNET_PSYCSTORE_REQUEST_CONFLICT, or #GNUNET_SYSERR: it may be tried
 *        again
 * @param cls closure of @a result_cb
 * @return the operation, or NULL
 * @since 0.1
 */
struct GNUNET_PSYCSTORE_OperationHandle *GNUNET_PSYCSTORE_request_store (
    struct GNUNET_PSYCSTORE_Handle *h,
    const struct GNUNET_CRYPTO_EddsaPublicKey *channel_key,
    enum GNUNET_PSYCSTORE_Box box,
    const struct GNUNET_MULTICAST_RequestHeader *request,
    const struct GNUNET_Uuid *tag, uint64_t after_request_id,
    GNUNET_PSYCSTORE_ResultCallback result_cb, void *cls);

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
 * @param settled_fragment_id retention removes nothing above it
 * @param is_imported #GNUNET_YES: what came with an import (as record_cb said)
 *        still waits to be dealt with
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
    const struct GNUNET_CRYPTO_EcdsaPublicKey *member_key,
    uint64_t settled_fragment_id, int is_imported, const void *data,
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
