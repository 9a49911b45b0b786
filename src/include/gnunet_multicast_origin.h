// SPDX-License-Identifier: AGPL-3.0-or-later
/**
 * @file
 * The origin of a group: the one who sends to all. Included by
 * gnunet_multicast_service.h, where the rules for all of it stand.
 */
#ifndef GNUNET_MULTICAST_ORIGIN_H
#define GNUNET_MULTICAST_ORIGIN_H

#include "gnunet_multicast_types.h"

#ifdef __cplusplus
extern "C"
{
#endif

/**
 * Start the group of @a priv_key, with a fragment counting as stored when
 * @a message_cb returned, a request as accepted when @a request_cb returned.
 *
 * @param cfg configuration; must outlive the handle
 * @param priv_key key of the group
 * @param max_fragment_id numbering goes on after this one; 0 for a new group
 * @param join_request_cb every wish to join; NULL: everybody is refused
 * @param replay_frag_cb somebody missed a fragment; NULL: none are given
 * @param replay_msg_cb somebody missed a message; NULL: none are given
 * @param request_cb every fragment of members' requests
 * @param message_cb every own fragment, to store it
 * @param cls closure for all callbacks
 * @return NULL on error
 * @since 0.1
 */
struct GNUNET_MULTICAST_Origin *GNUNET_MULTICAST_origin_start (
    const struct GNUNET_CONFIGURATION_Handle *cfg,
    const struct GNUNET_CRYPTO_EddsaPrivateKey *priv_key,
    uint64_t max_fragment_id,
    GNUNET_MULTICAST_JoinRequestCallback join_request_cb,
    GNUNET_MULTICAST_ReplayFragmentCallback replay_frag_cb,
    GNUNET_MULTICAST_ReplayMessageCallback replay_msg_cb,
    GNUNET_MULTICAST_RequestCallback request_cb,
    GNUNET_MULTICAST_MessageCallback message_cb, void *cls);

/**
 * Send one message to all members.
 *
 * @param origin handle of #GNUNET_MULTICAST_origin_start
 * @param message_id number of the message; must grow
 * @param group_generation generation in which it is sent
 * @param notify pulled for the body, from the scheduler
 * @param notify_cls closure for @a notify
 * @return handle, valid until @a notify returned other than #GNUNET_NO; NULL
 *         while another message is in progress
 * @since 0.1
 */
struct GNUNET_MULTICAST_OriginTransmitHandle *
GNUNET_MULTICAST_origin_to_all (struct GNUNET_MULTICAST_Origin *origin,
                                uint64_t message_id, uint64_t group_generation,
                                GNUNET_MULTICAST_OriginTransmitNotify notify,
                                void *notify_cls);

/**
 * Go on pulling after a pause.
 *
 * @param th the message
 * @since 0.1
 */
void GNUNET_MULTICAST_origin_to_all_resume (
    struct GNUNET_MULTICAST_OriginTransmitHandle *th);

/**
 * Abandon a message.
 *
 * When fragments of it went out already, a last fragment with an empty body
 * and the flag #GNUNET_MULTICAST_MESSAGE_CANCELLED tells the receivers.
 *
 * @param th the message; invalid afterwards
 * @since 0.1
 */
void GNUNET_MULTICAST_origin_to_all_cancel (
    struct GNUNET_MULTICAST_OriginTransmitHandle *th);

/**
 * End the group.
 *
 * Members are told that it ended, unless other clients of ours have the same
 * origin. No callback of the origin comes any more; its join and replay
 * handles are invalid. A client that only goes for now (its own shutdown) uses
 * #GNUNET_MULTICAST_origin_close.
 *
 * @param origin handle of any of the two kinds; invalid afterwards
 * @param stop_cb called once when the service has let go (or is not there);
 *        may be NULL
 * @param stop_cls closure for @a stop_cb
 * @since 0.1
 */
void GNUNET_MULTICAST_origin_stop (struct GNUNET_MULTICAST_Origin *origin,
                                   GNUNET_ContinuationCallback stop_cb,
                                   void *stop_cls);

/**
 * Close the handle without ending the group.
 *
 * As #GNUNET_MULTICAST_origin_stop, but members hear nothing of an end: to
 * them the origin is out of reach until it is opened again.
 *
 * @param origin handle of any of the two kinds; invalid afterwards
 * @since 0.1
 */
void GNUNET_MULTICAST_origin_close (struct GNUNET_MULTICAST_Origin *origin);

/**
 * Start the group of @a priv_key for a client that says itself what is stored.
 *
 * Several clients may open the same origin: each gets everything, the first
 * one is asked for replays and its "stored" counts.
 *
 * @param cfg configuration; must outlive the handle
 * @param priv_key key of the group
 * @param policy enum GNUNET_PSYC_Policy of the group, goes into tickets
 * @param head highest ids issued so far; NULL: none
 * @param is_unclean #GNUNET_YES: the client did not end properly last time, or
 *        its data may be a restored copy: before anything is sent members are
 *        asked for their heads, a few seconds
 * @param callbacks copied
 * @param cls closure for all callbacks
 * @return NULL on error
 * @since 0.1
 */
struct GNUNET_MULTICAST_Origin *GNUNET_MULTICAST_origin_open (
    const struct GNUNET_CONFIGURATION_Handle *cfg,
    const struct GNUNET_CRYPTO_EddsaPrivateKey *priv_key, uint32_t policy,
    const struct GNUNET_MULTICAST_Head *head, int is_unclean,
    const struct GNUNET_MULTICAST_OriginCallbacks *callbacks, void *cls);

/**
 * As #GNUNET_MULTICAST_origin_open, for a client whose data is a copy that may
 * be older than what members have: it goes on at ids far behind those it knows.
 * A member that shows a fragment from between stops the origin as one above its
 * head does.
 *
 * @param cfg configuration; must outlive the handle
 * @param priv_key key of the group
 * @param policy enum GNUNET_PSYC_Policy of the group, goes into tickets
 * @param head ids behind which it goes on; NULL: from the beginning
 * @param known_fragment_id highest id that the client issued and still has;
 *        that of @a head where nothing is skipped
 * @param is_unclean as for #GNUNET_MULTICAST_origin_open
 * @param callbacks copied
 * @param cls closure for all callbacks
 * @return NULL on error
 * @since 0.1
 */
struct GNUNET_MULTICAST_Origin *GNUNET_MULTICAST_origin_reopen (
    const struct GNUNET_CONFIGURATION_Handle *cfg,
    const struct GNUNET_CRYPTO_EddsaPrivateKey *priv_key, uint32_t policy,
    const struct GNUNET_MULTICAST_Head *head, uint64_t known_fragment_id,
    int is_unclean, const struct GNUNET_MULTICAST_OriginCallbacks *callbacks,
    void *cls);

/**
 * Queue a fragment to be numbered and signed.
 *
 * It comes back by @e message_cb, in order, and goes out once
 * #GNUNET_MULTICAST_origin_fragment_stored was called for it. Fragments that
 * did not come back yet are said again after the service went away.
 *
 * @param origin handle of #GNUNET_MULTICAST_origin_open
 * @param message_id message that it is of; several messages may be under way
 * @param fragment_offset where it begins in the message, bytes
 * @param group_generation generation in which it is sent
 * @param flags first, last, both or 0
 * @param body its content, copied
 * @param body_size at most #GNUNET_MULTICAST_FRAGMENT_MAX_PAYLOAD
 * @return #GNUNET_OK; #GNUNET_NO: 4 MiB wait to come back, try again when
 *         @e message_cb tells of progress; #GNUNET_SYSERR: too large
 * @since 0.1
 */
int GNUNET_MULTICAST_origin_fragment_send (
    struct GNUNET_MULTICAST_Origin *origin, uint64_t message_id,
    uint64_t fragment_offset, uint64_t group_generation,
    enum GNUNET_MULTICAST_MessageFlags flags, const void *body,
    uint16_t body_size);

/**
 * Say that a fragment is durable, with all before it: they may go out.
 *
 * @param origin the origin
 * @param fragment_id the newest stored one
 * @since 0.1
 */
void
GNUNET_MULTICAST_origin_fragment_stored (struct GNUNET_MULTICAST_Origin *origin,
                                         uint64_t fragment_id);

/**
 * Say that a fragment could not be stored.
 *
 * It and all later ones that are not yet stored never were: numbering goes
 * back to @a fragment_id. What of them is still wanted must be sent anew;
 * this drops also what the library still keeps queued.
 *
 * @param origin the origin
 * @param fragment_id the first one that is not stored
 * @since 0.1
 */
void GNUNET_MULTICAST_origin_fragment_discard (
    struct GNUNET_MULTICAST_Origin *origin, uint64_t fragment_id);

/**
 * Say that a fragment of a request is durable; the member is told.
 *
 * @param origin the origin
 * @param member_key whose request
 * @param request_id which
 * @param fragment_offset of the fragment
 * @since 0.1
 */
void GNUNET_MULTICAST_origin_request_stored (
    struct GNUNET_MULTICAST_Origin *origin,
    const struct GNUNET_CRYPTO_EcdsaPublicKey *member_key, uint64_t request_id,
    uint64_t fragment_offset);

/**
 * Say what became of a request; the member is told.
 *
 * @param origin the origin
 * @param member_key whose request
 * @param request_id which
 * @param result accepted or refused
 * @param message_id as which message it went into the group, or 0
 * @param code why it was refused, or 0
 * @param reason the same in words, at most 1,024 bytes are sent; NULL for none
 * @since 0.1
 */
void GNUNET_MULTICAST_origin_request_settled (
    struct GNUNET_MULTICAST_Origin *origin,
    const struct GNUNET_CRYPTO_EcdsaPublicKey *member_key, uint64_t request_id,
    enum GNUNET_MULTICAST_RequestResult result, uint64_t message_id,
    uint32_t code, const char *reason);

/**
 * Throw a member out: its tickets are void, its channel is closed.
 *
 * @param origin the origin
 * @param member_key whom
 * @param group_generation tickets issued in this generation and before are
 *        void
 * @param notice last words to the member, at most 32 KiB; NULL for none
 * @since 0.1
 */
void GNUNET_MULTICAST_origin_eject (
    struct GNUNET_MULTICAST_Origin *origin,
    const struct GNUNET_CRYPTO_EcdsaPublicKey *member_key,
    uint64_t group_generation, const struct GNUNET_MessageHeader *notice);

/**
 * Void a member's tickets silently.
 *
 * To be said after each #GNUNET_MULTICAST_origin_open for each revocation that
 * is on the client's disk. The library says it again after a reconnect.
 *
 * @param origin the origin
 * @param member_key whose
 * @param group_generation tickets issued in this generation and before are
 *        void
 * @since 0.1
 */
void GNUNET_MULTICAST_origin_revoke (
    struct GNUNET_MULTICAST_Origin *origin,
    const struct GNUNET_CRYPTO_EcdsaPublicKey *member_key,
    uint64_t group_generation);

/**
 * Hear who hangs on the origin in the tree.
 *
 * @param origin the origin
 * @param callback called now and then until the origin is closed; NULL: no
 *        more. It may close the origin
 * @param callback_cls closure
 * @since 0.1
 */
void GNUNET_MULTICAST_origin_position_watch (
    struct GNUNET_MULTICAST_Origin *origin,
    GNUNET_MULTICAST_PositionCallback callback, void *callback_cls);

#ifdef __cplusplus
}
#endif

#endif
