// SPDX-License-Identifier: AGPL-3.0-or-later
/**
 * @file
 * A member of a group: gets what the origin sends and may ask it to speak.
 * Included by gnunet_multicast_service.h, where the rules for all of it stand.
 */
#ifndef GNUNET_MULTICAST_MEMBER_H
#define GNUNET_MULTICAST_MEMBER_H

#include "gnunet_multicast_types.h"

#ifdef __cplusplus
extern "C"
{
#endif

/**
 * Ask to join a group, with a fragment counting as stored when @a message_cb
 * returned.
 *
 * @param cfg configuration; must outlive the handle
 * @param group_key the group
 * @param member_pub_key our key in the group (the private one)
 * @param origin peer of the group's origin
 * @param relay_count number of @a relays, at most 64
 * @param relays other peers of the group to ask first; NULL when there are
 *        none
 * @param join_request words for the origin's application, at most 32 KiB; NULL
 *        for none
 * @param join_request_cb not called at members (the origin decides); may be
 *        NULL
 * @param join_decision_cb the answer
 * @param replay_frag_cb makes this peer able to serve others; may be NULL
 * @param replay_msg_cb makes this peer able to serve others; may be NULL
 * @param message_cb every fragment, from admission on
 * @param cls closure for all callbacks
 * @return NULL on error
 * @since 0.1
 */
struct GNUNET_MULTICAST_Member *GNUNET_MULTICAST_member_join (
    const struct GNUNET_CONFIGURATION_Handle *cfg,
    const struct GNUNET_CRYPTO_EddsaPublicKey *group_key,
    const struct GNUNET_CRYPTO_EcdsaPrivateKey *member_pub_key,
    const struct GNUNET_PeerIdentity *origin, uint16_t relay_count,
    const struct GNUNET_PeerIdentity *relays,
    const struct GNUNET_MessageHeader *join_request,
    GNUNET_MULTICAST_JoinRequestCallback join_request_cb,
    GNUNET_MULTICAST_JoinDecisionCallback join_decision_cb,
    GNUNET_MULTICAST_ReplayFragmentCallback replay_frag_cb,
    GNUNET_MULTICAST_ReplayMessageCallback replay_msg_cb,
    GNUNET_MULTICAST_MessageCallback message_cb, void *cls);

/**
 * Ask for a missed fragment by its id; it comes by the message callback.
 *
 * The question is put to the replay callback of whoever answers as it is, also
 * when there is no such fragment yet.
 *
 * @param member the membership
 * @param fragment_id which
 * @param flags given to the replay callback as they are; they mean nothing here
 * @return handle, valid until #GNUNET_MULTICAST_member_replay_cancel or
 *         #GNUNET_MULTICAST_member_part; NULL when not allowed to ask (id 0)
 * @since 0.1
 */
struct GNUNET_MULTICAST_MemberReplayHandle *
GNUNET_MULTICAST_member_replay_fragment (struct GNUNET_MULTICAST_Member *member,
                                         uint64_t fragment_id, uint64_t flags);

/**
 * Ask for a missed fragment by its message and place; it comes by the message
 * callback.
 *
 * @param member the membership
 * @param message_id which
 * @param fragment_offset byte of the message at which the fragment begins
 * @param flags given to the replay callback as they are; they mean nothing here
 * @return as #GNUNET_MULTICAST_member_replay_fragment
 * @since 0.1
 */
struct GNUNET_MULTICAST_MemberReplayHandle *
GNUNET_MULTICAST_member_replay_message (struct GNUNET_MULTICAST_Member *member,
                                        uint64_t message_id,
                                        uint64_t fragment_offset,
                                        uint64_t flags);

/**
 * Forget a replay request.
 *
 * Fragments that are under way may still come.
 *
 * @param rh invalid afterwards
 * @since 0.1
 */
void GNUNET_MULTICAST_member_replay_cancel (
    struct GNUNET_MULTICAST_MemberReplayHandle *rh);

/**
 * Leave.
 *
 * No callback of the member comes any more; its handles are invalid. The
 * origin is told when no other client of ours is in the group with this key.
 *
 * @param member handle of any of the two kinds; invalid afterwards
 * @param part_cb called once when the service has let go (or is not there);
 *        may be NULL
 * @param part_cls closure for @a part_cb
 * @since 0.1
 */
void GNUNET_MULTICAST_member_part (struct GNUNET_MULTICAST_Member *member,
                                   GNUNET_ContinuationCallback part_cb,
                                   void *part_cls);

/**
 * Close the handle without leaving.
 *
 * As #GNUNET_MULTICAST_member_part, but the origin hears nothing of a leave:
 * the membership goes on with the next #GNUNET_MULTICAST_member_open.
 *
 * @param member handle of any of the two kinds; invalid afterwards
 * @since 0.1
 */
void GNUNET_MULTICAST_member_close (struct GNUNET_MULTICAST_Member *member);

/**
 * Send one request to the origin.
 *
 * @param member handle of #GNUNET_MULTICAST_member_join
 * @param request_id number of the request; must grow
 * @param notify pulled for the body, from the scheduler, while attached
 * @param notify_cls closure for @a notify
 * @return handle, valid until @a notify returned other than #GNUNET_NO; NULL
 *         while another request is in progress
 * @since 0.1
 */
struct GNUNET_MULTICAST_MemberTransmitHandle *
GNUNET_MULTICAST_member_to_origin (struct GNUNET_MULTICAST_Member *member,
                                   uint64_t request_id,
                                   GNUNET_MULTICAST_MemberTransmitNotify notify,
                                   void *notify_cls);

/**
 * Go on pulling after a pause.
 *
 * @param th the request
 * @since 0.1
 */
void GNUNET_MULTICAST_member_to_origin_resume (
    struct GNUNET_MULTICAST_MemberTransmitHandle *th);

/**
 * Abandon a request.
 *
 * @param th the request; invalid afterwards
 * @since 0.1
 */
void GNUNET_MULTICAST_member_to_origin_cancel (
    struct GNUNET_MULTICAST_MemberTransmitHandle *th);

/**
 * Be a member, for a client that keeps fragments on disk.
 *
 * With a ticket it attaches; without one, or when the ticket is void, it asks
 * to join.
 *
 * @param cfg configuration; must outlive the handle
 * @param group_key the group
 * @param member_key our key in the group
 * @param origin peer of the group's origin
 * @param relay_count number of @a relays, at most 64
 * @param relays other peers of the group; NULL when there are none
 * @param ticket the newest ticket on disk; NULL for none
 * @param ticket_size its size; 0: ask
 * @param join_request words for the origin's application, at most 32 KiB; NULL
 *        for none
 * @param first_fragment_id our own stream begins here: every fragment from it
 *        on is fetched until had, or given up by @e gap_cb; 0: not known yet,
 *        after the decision's admission
 * @param have_count number of @a have, at most 1,024 are taken
 * @param have what is stored already; NULL for nothing
 * @param callbacks copied
 * @param cls closure for all callbacks
 * @return NULL on error
 * @since 0.1
 */
struct GNUNET_MULTICAST_Member *GNUNET_MULTICAST_member_open (
    const struct GNUNET_CONFIGURATION_Handle *cfg,
    const struct GNUNET_CRYPTO_EddsaPublicKey *group_key,
    const struct GNUNET_CRYPTO_EcdsaPrivateKey *member_key,
    const struct GNUNET_PeerIdentity *origin, uint16_t relay_count,
    const struct GNUNET_PeerIdentity *relays, const void *ticket,
    uint16_t ticket_size, const struct GNUNET_MessageHeader *join_request,
    uint64_t first_fragment_id, uint32_t have_count,
    const struct GNUNET_MULTICAST_Range *have,
    const struct GNUNET_MULTICAST_MemberCallbacks *callbacks, void *cls);

/**
 * Say that a fragment is durable.
 *
 * @param member the membership
 * @param fragment_id which
 * @since 0.1
 */
void
GNUNET_MULTICAST_member_fragment_stored (struct GNUNET_MULTICAST_Member *member,
                                         uint64_t fragment_id);

/**
 * Say that a fragment could not be stored; it is asked for again after ten
 * seconds.
 *
 * @param member the membership
 * @param fragment_id which
 * @since 0.1
 */
void
GNUNET_MULTICAST_member_fragment_failed (struct GNUNET_MULTICAST_Member *member,
                                         uint64_t fragment_id);

/**
 * Send one fragment of a request to the origin.
 *
 * Nothing is kept: after each #GNUNET_MULTICAST_MEMBER_STATE_ATTACHED the
 * client sends again what @e request_stored_cb did not acknowledge.
 *
 * @param member the membership
 * @param request_id number of the request
 * @param fragment_offset where it begins in the request, bytes
 * @param flags first, last, both or 0
 * @param body its content, copied
 * @param body_size at most #GNUNET_MULTICAST_FRAGMENT_MAX_PAYLOAD
 * @return #GNUNET_OK; #GNUNET_NO while not attached; #GNUNET_SYSERR: too large
 * @since 0.1
 */
int GNUNET_MULTICAST_member_request_send (
    struct GNUNET_MULTICAST_Member *member, uint64_t request_id,
    uint64_t fragment_offset, enum GNUNET_MULTICAST_MessageFlags flags,
    const void *body, uint16_t body_size);

/**
 * Ask for stored fragments or messages of the past.
 *
 * Fragments come by @e message_cb, also ones that were delivered before, then
 * @e fetched_cb.
 *
 * @param member the membership
 * @param unit what @a first and @a last count
 * @param first from this one
 * @param last to this one, included
 * @return #GNUNET_OK: @e fetched_cb will come (asked for once attached);
 *         #GNUNET_NO: the membership is over; #GNUNET_SYSERR: no valid range
 * @since 0.1
 */
int GNUNET_MULTICAST_member_fetch (struct GNUNET_MULTICAST_Member *member,
                                   enum GNUNET_MULTICAST_ReplayUnit unit,
                                   uint64_t first, uint64_t last);

/**
 * Ask the origin's application for one fragment or message by a number, which
 * is put to it as it is, also where it is beyond all that was issued: what it
 * answers with is its own affair.
 *
 * Otherwise as #GNUNET_MULTICAST_member_fetch.
 *
 * @param member the membership
 * @param unit what @a number counts
 * @param number 1 to 2^53 - 1
 * @return as there
 * @since 0.1
 */
int GNUNET_MULTICAST_member_ask (struct GNUNET_MULTICAST_Member *member,
                                 enum GNUNET_MULTICAST_ReplayUnit unit,
                                 uint64_t number);

/**
 * Hear where the membership hangs in the tree.
 *
 * @param member the membership
 * @param callback called now and then until the membership is closed; NULL: no
 *        more. It may close the membership
 * @param callback_cls closure
 * @since 0.1
 */
void GNUNET_MULTICAST_member_position_watch (
    struct GNUNET_MULTICAST_Member *member,
    GNUNET_MULTICAST_PositionCallback callback, void *callback_cls);

/**
 * Hear which other members could be called after a restart.
 *
 * @param member the membership
 * @param callback called now and then until the membership is closed; NULL: no
 *        more. It may close the membership
 * @param callback_cls closure
 * @since 0.1
 */
void
GNUNET_MULTICAST_member_peers_watch (struct GNUNET_MULTICAST_Member *member,
                                     GNUNET_MULTICAST_PeersCallback callback,
                                     void *callback_cls);

#ifdef __cplusplus
}
#endif

#endif
