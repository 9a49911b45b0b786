// SPDX-License-Identifier: AGPL-3.0-or-later
/**
 * @file
 * Visiting a place by handle. Included by gnunet_social_service.h, where the
 * rules for all of it stand.
 */
#ifndef GNUNET_SOCIAL_GUEST_H
#define GNUNET_SOCIAL_GUEST_H

#include "gnunet_social_types.h"

#ifdef __cplusplus
extern "C"
{
#endif

/**
 * The local part of entering is done: the key is known, history can be read.
 * Called once.
 *
 * @param result GNUNET_OK, or GNUNET_SYSERR: the Guest will not work,
 *   disconnect it
 * @param place_pub_key key of the place
 * @param max_message_id highest message id that is here
 */
typedef void (*GNUNET_SOCIAL_GuestEnterCallback) (
    void *cls, int result,
    const struct GNUNET_CRYPTO_EddsaPublicKey *place_pub_key,
    uint64_t max_message_id);

/**
 * The host's answer. Called once.
 *
 * @param is_admitted GNUNET_YES or GNUNET_NO; GNUNET_SYSERR: could not be had
 * @param entry_resp what the host says, or NULL
 */
typedef void (*GNUNET_SOCIAL_EntryDecisionCallback) (
    void *cls, int is_admitted, const struct GNUNET_PSYC_Message *entry_resp);

/**
 * Ask to enter a place by its key.
 *
 * @param app the App
 * @param ego enter as this ego
 * @param place_pub_key key of the place
 * @param flags GNUNET_PSYC_SLAVE_JOIN_LOCAL: open the stored history only,
 *   without any network
 * @param origin peer that hosts it, or NULL when we know it from before
 * @param relay_count number of @a relays, at most 256
 * @param relays other peers to ask, or NULL
 * @param entry_msg what to say at the door, at most 31 KiB, or NULL
 * @param slicer gets the messages from now on; borrowed, must outlive the
 *   Guest; or NULL
 * @param local_enter_cb called once, or NULL
 * @param entry_dcsn_cb called once when the host answered, perhaps after
 *   days, or NULL
 * @param cls closure of both
 * @return NULL when @a entry_msg or @a relay_count is too large
 * @since 0.1
 */
struct GNUNET_SOCIAL_Guest *GNUNET_SOCIAL_guest_enter (
    const struct GNUNET_SOCIAL_App *app, const struct GNUNET_SOCIAL_Ego *ego,
    const struct GNUNET_CRYPTO_EddsaPublicKey *place_pub_key,
    enum GNUNET_PSYC_SlaveJoinFlags flags,
    const struct GNUNET_PeerIdentity *origin, uint32_t relay_count,
    const struct GNUNET_PeerIdentity *relays,
    const struct GNUNET_PSYC_Message *entry_msg,
    struct GNUNET_PSYC_Slicer *slicer,
    GNUNET_SOCIAL_GuestEnterCallback local_enter_cb,
    GNUNET_SOCIAL_EntryDecisionCallback entry_dcsn_cb, void *cls);

/**
 * Ask to enter a place by its GNS name.
 *
 * @param app the App
 * @param ego enter as this ego
 * @param gns_name the name, at most 255 bytes
 * @param password of an encrypted PLACE record, or NULL
 * @param join_msg what to say at the door, at most 31 KiB, or NULL
 * @param slicer gets the messages from now on; borrowed, must outlive the
 *   handle; or NULL
 * @param local_enter_cb called once when the place is known, or NULL
 * @param entry_decision_cb called once when the host answered, or NULL
 * @return NULL when one of these is too large
 * @see GNUNET_SOCIAL_guest_enter() for the other parameters
 * @since 0.1
 */
struct GNUNET_SOCIAL_Guest *GNUNET_SOCIAL_guest_enter_by_name (
    const struct GNUNET_SOCIAL_App *app, const struct GNUNET_SOCIAL_Ego *ego,
    const char *gns_name, const char *password,
    const struct GNUNET_PSYC_Message *join_msg,
    struct GNUNET_PSYC_Slicer *slicer,
    GNUNET_SOCIAL_GuestEnterCallback local_enter_cb,
    GNUNET_SOCIAL_EntryDecisionCallback entry_decision_cb, void *cls);

/**
 * Go back to a place that we are a guest in. Asks nothing at the door.
 *
 * @param gconn from #GNUNET_SOCIAL_AppGuestPlaceCallback
 * @param flags only for those of 2019; not used
 * @param slicer gets the messages from now on; borrowed, must outlive the
 *   handle; or NULL
 * @param local_enter_cb called once, or NULL
 * @return never NULL
 * @see GNUNET_SOCIAL_guest_enter() for the other parameters
 * @since 0.1
 */
struct GNUNET_SOCIAL_Guest *GNUNET_SOCIAL_guest_enter_reconnect (
    struct GNUNET_SOCIAL_GuestConnection *gconn,
    enum GNUNET_PSYC_SlaveJoinFlags flags, struct GNUNET_PSYC_Slicer *slicer,
    GNUNET_SOCIAL_GuestEnterCallback local_enter_cb, void *cls);

/**
 * Say something to the host, who says it to all when a rule of the place
 * allows that. What is said while the host is away waits on disk.
 *
 * Any number of these may be under way.
 *
 * @param guest the Guest
 * @param method_name method, at most 255 bytes
 * @param env variables, or NULL
 * @param notify_data pulled for the body; NULL: no body
 * @param notify_data_cls its closure
 * @param flags #GNUNET_SOCIAL_TALK_NONE
 * @return handle, valid until @a notify_data returned GNUNET_YES or
 *   GNUNET_SYSERR (without @a notify_data: never to be used); NULL on invalid
 *   arguments
 * @see GNUNET_SOCIAL_host_announce() for the other parameters
 * @since 0.1
 */
struct GNUNET_SOCIAL_TalkRequest *GNUNET_SOCIAL_guest_talk (
    struct GNUNET_SOCIAL_Guest *guest, const char *method_name,
    const struct GNUNET_PSYC_Environment *env,
    GNUNET_PSYC_TransmitNotifyData notify_data, void *notify_data_cls,
    enum GNUNET_SOCIAL_TalkFlags flags);

/**
 * Go on after `notify_data` paused by giving 0 bytes.
 *
 * @param tr the request
 * @since 0.1
 */
void GNUNET_SOCIAL_guest_talk_resume (struct GNUNET_SOCIAL_TalkRequest *tr);

/**
 * Abandon it.
 *
 * @param tr dead when this returns
 * @since 0.1
 */
void GNUNET_SOCIAL_guest_talk_cancel (struct GNUNET_SOCIAL_TalkRequest *tr);

/**
 * This application goes; we stay in the place.
 *
 * @param gst the Guest; dead when this returns
 * @param disconnect_cb called once, or NULL
 * @param cls its closure
 * @since 0.1
 */
void GNUNET_SOCIAL_guest_disconnect (struct GNUNET_SOCIAL_Guest *gst,
                                     GNUNET_ContinuationCallback disconnect_cb,
                                     void *cls);

/**
 * Leave the place for good; the history stays here.
 *
 * @param gst the Guest; dead when this returns
 * @param env variables of `_notice_place_leave`, or NULL
 * @param disconnect_cb called once when the service has left, or NULL
 * @param leave_cls its closure
 * @since 0.1
 */
void GNUNET_SOCIAL_guest_leave (struct GNUNET_SOCIAL_Guest *gst,
                                struct GNUNET_PSYC_Environment *env,
                                GNUNET_ContinuationCallback disconnect_cb,
                                void *leave_cls);

/**
 * Get the common handle.
 *
 * @param guest the Guest
 * @return lives as long as @a guest
 * @since 0.1
 */
struct GNUNET_SOCIAL_Place *
GNUNET_SOCIAL_guest_get_place (struct GNUNET_SOCIAL_Guest *guest);

#ifdef __cplusplus
}
#endif

#endif
