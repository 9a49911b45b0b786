// SPDX-License-Identifier: AGPL-3.0-or-later
/**
 * @file
 * An application and its connection; egos, nyms, and the names that they have.
 * Included by gnunet_social_service.h, where the rules for all of it stand.
 */
#ifndef GNUNET_SOCIAL_APP_H
#define GNUNET_SOCIAL_APP_H

#include "gnunet_social_types.h"

#ifdef __cplusplus
extern "C"
{
#endif

/**
 * An own identity; called for each at first, later for each new or renamed
 * one. Not called for EdDSA egos, see GNUNET_SOCIAL_egos_get().
 *
 * @param cls closure of GNUNET_SOCIAL_app_connect()
 * @param ego the ego; valid till the App is disconnected
 * @param ego_pub_key its key
 * @param name its name
 */
typedef void (*GNUNET_SOCIAL_AppEgoCallback) (
    void *cls, struct GNUNET_SOCIAL_Ego *ego,
    const struct GNUNET_CRYPTO_EcdsaPublicKey *ego_pub_key, const char *name);

/**
 * The first lists of egos and places are complete. Called once.
 */
typedef void (*GNUNET_SOCIAL_AppConnectedCallback) (void *cls);

/**
 * A place that we host; called for each at first, later for new ones.
 *
 * @param hconn for GNUNET_SOCIAL_host_enter_reconnect(); valid till the App
 *   is disconnected
 * @param ego host as this ego
 * @param place_pub_key key of the place
 * @param place_state how we stand to it
 */
typedef void (*GNUNET_SOCIAL_AppHostPlaceCallback) (
    void *cls, struct GNUNET_SOCIAL_HostConnection *hconn,
    struct GNUNET_SOCIAL_Ego *ego,
    const struct GNUNET_CRYPTO_EddsaPublicKey *place_pub_key,
    enum GNUNET_SOCIAL_AppPlaceState place_state);

/**
 * A place that we are a guest in; called for each at first, later for new
 * ones.
 *
 * @param gconn for GNUNET_SOCIAL_guest_enter_reconnect(); valid till the App
 *   is disconnected
 * @param ego guest as this ego
 * @param place_pub_key key of the place
 * @param place_state how we stand to it
 */
typedef void (*GNUNET_SOCIAL_AppGuestPlaceCallback) (
    void *cls, struct GNUNET_SOCIAL_GuestConnection *gconn,
    struct GNUNET_SOCIAL_Ego *ego,
    const struct GNUNET_CRYPTO_EddsaPublicKey *place_pub_key,
    enum GNUNET_SOCIAL_AppPlaceState place_state);

/**
 * Connect an application to the social service.
 *
 * Returns at once; egos and places are told by the callbacks, first those
 * that exist, then @a connected_cb, then new ones as they come. When the
 * service is not there, the library tries for as long as the App exists.
 *
 * @param cfg configuration; must outlive the App
 * @param id application id, at most #GNUNET_SOCIAL_APP_MAX_ID_SIZE with NUL
 * @param ego_cb called for each ego, or NULL
 * @param host_cb called for each place that we host, or NULL
 * @param guest_cb called for each place that we are a guest in, or NULL
 * @param connected_cb called once when the first lists are complete, or NULL
 * @param cls closure of all four
 * @return NULL when @a id is too long
 * @since 0.1
 */
struct GNUNET_SOCIAL_App *
GNUNET_SOCIAL_app_connect (const struct GNUNET_CONFIGURATION_Handle *cfg,
                           const char *id, GNUNET_SOCIAL_AppEgoCallback ego_cb,
                           GNUNET_SOCIAL_AppHostPlaceCallback host_cb,
                           GNUNET_SOCIAL_AppGuestPlaceCallback guest_cb,
                           GNUNET_SOCIAL_AppConnectedCallback connected_cb,
                           void *cls);

/**
 * Disconnect. The places stay entered and hosted.
 *
 * What was said with the uploads' last part goes out first, while the service
 * is there.
 *
 * @param app the App; dead when this returns, with all that hangs on it
 * @param disconnect_cb called once when the connection is closed, or NULL
 * @param disconnect_cls its closure
 * @since 0.1
 */
void GNUNET_SOCIAL_app_disconnect (struct GNUNET_SOCIAL_App *app,
                                   GNUNET_ContinuationCallback disconnect_cb,
                                   void *disconnect_cls);

/**
 * Tell whether the service is connected at this moment.
 *
 * @param app the App
 * @return GNUNET_YES or GNUNET_NO
 * @since 0.1
 */
int GNUNET_SOCIAL_app_is_connected (const struct GNUNET_SOCIAL_App *app);

/**
 * Tell how often the service was connected so far: it grows by one each time
 * that the service comes back.
 *
 * @param app the App
 * @return 0 before the first time
 * @since 0.1
 */
uint64_t
GNUNET_SOCIAL_app_connection_count (const struct GNUNET_SOCIAL_App *app);

/**
 * Get the public key of an ego.
 *
 * @param ego the ego
 * @return borrowed, lives as long as @a ego
 * @since 0.1
 */
const struct GNUNET_CRYPTO_EcdsaPublicKey *
GNUNET_SOCIAL_ego_get_pub_key (const struct GNUNET_SOCIAL_Ego *ego);

/**
 * Get the name of an ego.
 *
 * @param ego the ego
 * @return borrowed, valid until the ego is renamed
 * @since 0.1
 */
const char *GNUNET_SOCIAL_ego_get_name (const struct GNUNET_SOCIAL_Ego *ego);

/**
 * Find an ego by its name (case does not count) among those told so far.
 *
 * @param app the App
 * @param name name of the ego
 * @return NULL when there is none, or it is no ECDSA ego
 * @since 0.1
 */
struct GNUNET_SOCIAL_Ego *
GNUNET_SOCIAL_ego_lookup (const struct GNUNET_SOCIAL_App *app,
                          const char *name);

/**
 * Get the public key of a nym.
 *
 * @param nym who
 * @return borrowed, lives as long as @a nym
 * @since 0.1
 */
const struct GNUNET_CRYPTO_EcdsaPublicKey *
GNUNET_SOCIAL_nym_get_pub_key (const struct GNUNET_SOCIAL_Nym *nym);

/**
 * Get the hash of a nym's public key.
 *
 * @param nym who
 * @return borrowed, lives as long as @a nym
 * @since 0.1
 */
const struct GNUNET_HashCode *
GNUNET_SOCIAL_nym_get_pub_key_hash (const struct GNUNET_SOCIAL_Nym *nym);

/**
 * Publish a place in the zone of an ego, as a PLACE record. Other records of
 * the name are kept.
 *
 * @param app the App
 * @param ego whose zone
 * @param name label, at most 63 bytes
 * @param password encrypts the record, or NULL
 * @param place_pub_key the place
 * @param origin peer that hosts it, or NULL: we
 * @param relay_count number of @a relays, at most 256
 * @param relays peers that can let others in, or NULL
 * @param expiration_time when it ends; 0 removes the record
 * @param result_cb called once: GNUNET_OK, or GNUNET_SYSERR with the error;
 *   or NULL
 * @param result_cls its closure
 * @return GNUNET_OK; GNUNET_SYSERR on invalid arguments, nothing is called
 * @since 0.1
 */
int GNUNET_SOCIAL_zone_add_place (
    const struct GNUNET_SOCIAL_App *app, const struct GNUNET_SOCIAL_Ego *ego,
    const char *name, const char *password,
    const struct GNUNET_CRYPTO_EddsaPublicKey *place_pub_key,
    const struct GNUNET_PeerIdentity *origin, uint32_t relay_count,
    const struct GNUNET_PeerIdentity *relays,
    struct GNUNET_TIME_Absolute expiration_time,
    GNUNET_ResultCallback result_cb, void *result_cls);

/**
 * Give a nym a name in the zone of an ego, as a PKEY record.
 *
 * @param app the App
 * @param ego whose zone
 * @param name label, at most 63 bytes
 * @param nym_pub_key who
 * @param expiration_time when it ends; 0 removes the record
 * @param result_cb called once: GNUNET_OK, or GNUNET_SYSERR with the error; or
 *   NULL
 * @param result_cls its closure
 * @return GNUNET_OK; GNUNET_SYSERR on invalid arguments, nothing is called
 * @see GNUNET_SOCIAL_zone_add_place() for the other parameters
 * @since 0.1
 */
int GNUNET_SOCIAL_zone_add_nym (
    const struct GNUNET_SOCIAL_App *app, const struct GNUNET_SOCIAL_Ego *ego,
    const char *name, const struct GNUNET_CRYPTO_EcdsaPublicKey *nym_pub_key,
    struct GNUNET_TIME_Absolute expiration_time,
    GNUNET_ResultCallback result_cb, void *result_cls);

#ifdef __cplusplus
}
#endif

#endif
