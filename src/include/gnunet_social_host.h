// SPDX-License-Identifier: AGPL-3.0-or-later
/**
 * @file
 * Hosting a place by handle. Included by gnunet_social_service.h, where the
 * rules for all of it stand.
 */
#ifndef GNUNET_SOCIAL_HOST_H
#define GNUNET_SOCIAL_HOST_H

#include "gnunet_social_types.h"

#ifdef __cplusplus
extern "C"
{
#endif

/**
 * A nym asks to enter. Answer now or later with
 * GNUNET_SOCIAL_host_entry_decision(), or not at all: the question waits on
 * the service's disk.
 *
 * @param nym who; valid till the Host ends
 * @param method_name method of what it says
 * @param env variables of it
 * @param data body of it, or NULL
 * @param data_size bytes of it
 */
typedef void (*GNUNET_SOCIAL_AnswerDoorCallback) (
    void *cls, struct GNUNET_SOCIAL_Nym *nym, const char *method_name,
    struct GNUNET_PSYC_Environment *env, const void *data, size_t data_size);

/**
 * A nym left, was thrown out, or stopped asking.
 *
 * @param nym who; valid until the Host ends
 * @param env what was said about it
 */
typedef void (*GNUNET_SOCIAL_FarewellCallback) (
    void *cls, const struct GNUNET_SOCIAL_Nym *nym,
    struct GNUNET_PSYC_Environment *env);

/**
 * The place is hosted. Called once.
 *
 * @param result GNUNET_OK, or GNUNET_SYSERR: the Host will not work,
 *   disconnect it
 * @param place_pub_key key of the place
 * @param max_message_id highest message id that exists; the slicer gets what
 *   comes after
 */
typedef void (*GNUNET_SOCIAL_HostEnterCallback) (
    void *cls, int result,
    const struct GNUNET_CRYPTO_EddsaPublicKey *place_pub_key,
    uint64_t max_message_id);

/**
 * Create a new place and host it.
 *
 * The place has no name; publish it with GNUNET_SOCIAL_zone_add_place(). It
 * stays hosted by the service when the application goes. The slicer gets the
 * messages of everybody, from now on.
 *
 * @param app the App
 * @param ego host as this ego
 * @param policy who may enter and read
 * @param slicer gets the messages; borrowed, must outlive the Host; or NULL
 * @param enter_cb called once, or NULL
 * @param answer_door_cb called for each nym that asks, or NULL: others may
 *   answer
 * @param farewell_cb called for each nym that goes, or NULL
 * @param cls closure of the three
 * @return never NULL
 * @since 0.1
 */
struct GNUNET_SOCIAL_Host *GNUNET_SOCIAL_host_enter (
    const struct GNUNET_SOCIAL_App *app, const struct GNUNET_SOCIAL_Ego *ego,
    enum GNUNET_PSYC_Policy policy, struct GNUNET_PSYC_Slicer *slicer,
    GNUNET_SOCIAL_HostEnterCallback enter_cb,
    GNUNET_SOCIAL_AnswerDoorCallback answer_door_cb,
    GNUNET_SOCIAL_FarewellCallback farewell_cb, void *cls);

/**
 * Go back to a place that we host.
 *
 * @param hconn from #GNUNET_SOCIAL_AppHostPlaceCallback
 * @param slicer gets the messages from now on; borrowed, must outlive the
 *   handle; or NULL
 * @param enter_cb called once, or NULL
 * @param answer_door_cb called for each nym that asks, or NULL
 * @param farewell_cb called for each nym that goes, or NULL
 * @return never NULL
 * @see GNUNET_SOCIAL_host_enter() for the other parameters
 * @since 0.1
 */
struct GNUNET_SOCIAL_Host *GNUNET_SOCIAL_host_enter_reconnect (
    struct GNUNET_SOCIAL_HostConnection *hconn,
    struct GNUNET_PSYC_Slicer *slicer, GNUNET_SOCIAL_HostEnterCallback enter_cb,
    GNUNET_SOCIAL_AnswerDoorCallback answer_door_cb,
    GNUNET_SOCIAL_FarewellCallback farewell_cb, void *cls);

/**
 * Answer a nym at the door.
 *
 * @param hst the Host
 * @param nym who asked
 * @param is_admitted GNUNET_YES or GNUNET_NO
 * @param entry_resp what to tell it, at most 31 KiB, or NULL
 * @return GNUNET_OK; GNUNET_SYSERR when @a entry_resp is too large
 * @since 0.1
 */
int GNUNET_SOCIAL_host_entry_decision (
    struct GNUNET_SOCIAL_Host *hst, struct GNUNET_SOCIAL_Nym *nym,
    int is_admitted, const struct GNUNET_PSYC_Message *entry_resp);

/**
 * Throw a nym out: its membership ends, and `_notice_place_leave` with `_nym`
 * is announced.
 *
 * @param host the Host
 * @param nym who
 * @param env more variables of the announcement, or NULL
 * @since 0.1
 */
void GNUNET_SOCIAL_host_eject (struct GNUNET_SOCIAL_Host *host,
                               const struct GNUNET_SOCIAL_Nym *nym,
                               struct GNUNET_PSYC_Environment *env);

/**
 * Say something to all. Modifiers with lasting operators change the objects
 * of the place.
 *
 * Any number of announcements may be under way.
 *
 * @param host the Host
 * @param method_name method, at most 255 bytes
 * @param env variables, or NULL
 * @param notify_data pulled for the body, first from the scheduler; see
 *   #GNUNET_PSYC_TransmitNotifyData; NULL: no body
 * @param notify_data_cls its closure
 * @param flags see there
 * @return handle, valid until @a notify_data returned GNUNET_YES or
 *   GNUNET_SYSERR (without @a notify_data: never to be used); NULL on invalid
 *   arguments
 * @since 0.1
 */
struct GNUNET_SOCIAL_Announcement *GNUNET_SOCIAL_host_announce (
    struct GNUNET_SOCIAL_Host *host, const char *method_name,
    const struct GNUNET_PSYC_Environment *env,
    GNUNET_PSYC_TransmitNotifyData notify_data, void *notify_data_cls,
    enum GNUNET_SOCIAL_AnnounceFlags flags);

/**
 * Go on after `notify_data` paused by giving 0 bytes.
 *
 * @param a the announcement
 * @since 0.1
 */
void GNUNET_SOCIAL_host_announce_resume (struct GNUNET_SOCIAL_Announcement *a);

/**
 * Abandon an announcement; those who have its beginning are told.
 *
 * @param a the announcement; dead when this returns
 * @since 0.1
 */
void GNUNET_SOCIAL_host_announce_cancel (struct GNUNET_SOCIAL_Announcement *a);

/**
 * Relay what guests say with this method prefix. The rule lasts.
 *
 * @param host the Host
 * @param method_prefix method, or how it begins
 * @since 0.1
 */
void GNUNET_SOCIAL_host_relay_allow_method (struct GNUNET_SOCIAL_Host *host,
                                            const char *method_prefix);

/**
 * Relay guests' changes of objects whose name begins so. The rule lasts.
 *
 * @param host the Host
 * @param object_prefix name that they begin with
 * @since 0.1
 */
void GNUNET_SOCIAL_host_relay_allow_object (struct GNUNET_SOCIAL_Host *host,
                                            const char *object_prefix);

/**
 * Forget all rules about relaying.
 *
 * @param host the Host
 * @since 0.1
 */
void GNUNET_SOCIAL_host_relay_stop (struct GNUNET_SOCIAL_Host *host);

/**
 * Get the common handle.
 *
 * @param host the Host
 * @return lives as long as @a host
 * @since 0.1
 */
struct GNUNET_SOCIAL_Place *
GNUNET_SOCIAL_host_get_place (struct GNUNET_SOCIAL_Host *host);

/**
 * This application goes; the place stays hosted.
 *
 * @param hst the Host; dead when this returns, with its nyms, history and
 *   look handles; its announcements go on
 * @param disconnect_cb called once, or NULL
 * @param cls its closure
 * @since 0.1
 */
void GNUNET_SOCIAL_host_disconnect (struct GNUNET_SOCIAL_Host *hst,
                                    GNUNET_ContinuationCallback disconnect_cb,
                                    void *cls);

/**
 * Close the place for good: `_notice_place_closing` is announced.
 *
 * @param hst the Host; dead when this returns
 * @param env variables of the announcement, or NULL
 * @param disconnect_cb called once when it is closed, or NULL
 * @param cls its closure
 * @since 0.1
 */
void GNUNET_SOCIAL_host_leave (struct GNUNET_SOCIAL_Host *hst,
                               const struct GNUNET_PSYC_Environment *env,
                               GNUNET_ContinuationCallback disconnect_cb,
                               void *cls);

#ifdef __cplusplus
}
#endif

#endif
