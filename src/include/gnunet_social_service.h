/* SPDX-License-Identifier: AGPL-3.0-or-later */
/**
 * @file gnunet_social_service.h
 * Places, egos and nyms: meet, talk and publish without servers.
 *
 * Two ways in, over one connection (struct GNUNET_SOCIAL_App):
 *
 * * addressed by key: queries, followers, replays and uploads name the place
 *   by its public key and need nothing else; made for programs that do one
 *   thing and end, and for gateways;
 * * by handle: a Host or a Guest for each place, messages dispatched by a
 *   slicer, doors answered by callbacks, bodies pulled from callbacks.
 *
 * In all of this header:
 *
 * * Callbacks run from the scheduler, never before the function that asked
 *   for them has returned.
 * * Whatever a callback gets by pointer is valid until it returns. What a
 *   function is given by pointer is copied, unless it says otherwise.
 * * Any function may be called from any callback, also those that end the
 *   very handle; after such an end that handle's callbacks come no more.
 * * The library reconnects by itself when the service goes and comes back,
 *   and asks again for what was not answered; nothing is done twice for it.
 * * GNUNET_SOCIAL_app_disconnect() ends all that hangs on the App, silently.
 *   Pointers to any of it are dangling then.
 */
#ifndef GNUNET_SOCIAL_SERVICE_H
#define GNUNET_SOCIAL_SERVICE_H

#ifdef __cplusplus
extern "C"
{
#if 0
}
#endif
#endif

#include <stdint.h>

#include <gnunet/gnunet_common.h>
#include <gnunet/gnunet_util_lib.h>
#include <gnunet/gnunet_identity_service.h>

#include "gnunet_psyc_service.h"
#include "gnunet_psyc_util_lib.h"

/** Version of this interface. */
#define GNUNET_SOCIAL_VERSION 0x00010000

/** Longest application id, with its NUL. */
#define GNUNET_SOCIAL_APP_MAX_ID_SIZE 256

/* ------------------------------------------------------------- handles -- */

/** Connection of an application to the service. */
struct GNUNET_SOCIAL_App;

/** An identity of our own. Lives as long as the App. */
struct GNUNET_SOCIAL_Ego;

/** Somebody else, at one place. Lives as long as the Host. */
struct GNUNET_SOCIAL_Nym;

/** A place that we host. */
struct GNUNET_SOCIAL_Host;

/** A place that we are a guest in. */
struct GNUNET_SOCIAL_Guest;

/** What Host and Guest have in common. */
struct GNUNET_SOCIAL_Place;

/** A hosted place that one can go back to, see
 * #GNUNET_SOCIAL_AppHostPlaceCallback. */
struct GNUNET_SOCIAL_HostConnection;

/** An entered place that one can go back to, see
 * #GNUNET_SOCIAL_AppGuestPlaceCallback. */
struct GNUNET_SOCIAL_GuestConnection;

/** A message of a host on its way. */
struct GNUNET_SOCIAL_Announcement;

/** A message of a guest on its way. */
struct GNUNET_SOCIAL_TalkRequest;

/** A look into the history of a place. */
struct GNUNET_SOCIAL_HistoryRequest;

/** A look at the objects of a place. */
struct GNUNET_SOCIAL_LookHandle;

/** A question to the service, see "By key" below. */
struct GNUNET_SOCIAL_Query;

/** A stream of a place's messages as they come. */
struct GNUNET_SOCIAL_Follower;

/** Stored messages of a place. */
struct GNUNET_SOCIAL_Replay;

/** A message on its way into a place. */
struct GNUNET_SOCIAL_Upload;

/* --------------------------------------------------------------- types -- */

/**
 * What the service does with a guest's message of some method prefix.
 */
enum GNUNET_SOCIAL_MsgProcFlags
{
  /** Nothing. */
  GNUNET_SOCIAL_MSG_PROC_NONE = 0,

  /** Host: say it to all. */
  GNUNET_SOCIAL_MSG_PROC_RELAY = 1,

  /** Save the body as a file, under
   * $GNUNET_DATA_HOME/social/files/<H(place key)>/<message id>. */
  GNUNET_SOCIAL_MSG_PROC_SAVE = 2,
};

/**
 * How an application stands to a place (of 2019; #GNUNET_SOCIAL_PlaceState
 * tells more).
 */
enum GNUNET_SOCIAL_AppPlaceState
{
  /** The place is not entered; its history is here. */
  GNUNET_SOCIAL_PLACE_STATE_ARCHIVED = 0,

  /** The place is entered, no application of this id listens. */
  GNUNET_SOCIAL_PLACE_STATE_ENTERED = 1,

  /** The place is entered and this application listens. */
  GNUNET_SOCIAL_PLACE_STATE_SUBSCRIBED = 2,
};

/**
 * For GNUNET_SOCIAL_host_announce().
 */
enum GNUNET_SOCIAL_AnnounceFlags
{
  GNUNET_SOCIAL_ANNOUNCE_NONE = 0,

  /** Forget all objects of the place first; the modifiers of this message
   * are the new ones. */
  GNUNET_SOCIAL_ANNOUNCE_CLEAR_OBJECTS = 1,
};

/**
 * For GNUNET_SOCIAL_guest_talk().
 */
enum GNUNET_SOCIAL_TalkFlags
{
  GNUNET_SOCIAL_TALK_NONE = 0,
};

/**
 * State of a place, as seen from this machine.
 */
enum GNUNET_SOCIAL_PlaceState
{
  /** Hosted, or entered. */
  GNUNET_SOCIAL_PLACE_IS_ENTERED = 1,

  /** We asked to enter and were not answered yet. */
  GNUNET_SOCIAL_PLACE_IS_PENDING = 2,

  /** We asked and were refused. */
  GNUNET_SOCIAL_PLACE_IS_REFUSED = 3,

  /** The host closed it for good. */
  GNUNET_SOCIAL_PLACE_IS_CLOSED = 4,

  /** We left; the history is here. */
  GNUNET_SOCIAL_PLACE_IS_ARCHIVED = 5,

  /** We were thrown out. */
  GNUNET_SOCIAL_PLACE_IS_EJECTED = 6,
};

/**
 * What the service knows of a place.
 */
struct GNUNET_SOCIAL_PlaceInfo
{
  /** Its address. */
  struct GNUNET_CRYPTO_EddsaPublicKey key;

  /** GNUNET_YES: ours; GNUNET_NO: we are a guest. */
  int is_host;

  /** As hosted ("lounge.alice") or entered, or NULL. */
  const char *name;

  /** The ego that we act as there. */
  const char *ego_name;

  /** Its key. */
  struct GNUNET_CRYPTO_EcdsaPublicKey ego_key;

  enum GNUNET_PSYC_Policy policy;

  enum GNUNET_SOCIAL_PlaceState state;

  /** Highest message id that is here. */
  uint64_t message_count;

  /** Host: nyms that are in. */
  uint64_t nym_count;

  /** Guest: the host is reached now (perhaps through relays). Host:
   * GNUNET_YES while the channel runs. */
  int is_connected;

  /** Messages of ours that are not on the host's disk yet. */
  uint64_t outbox_count;

  /** Peer that hosts; all zero when unknown. */
  struct GNUNET_PeerIdentity origin;
};

/**
 * How a nym stands to a place.
 */
enum GNUNET_SOCIAL_NymState
{
  GNUNET_SOCIAL_NYM_STATE_PRESENT = 1,

  /** At the door. */
  GNUNET_SOCIAL_NYM_STATE_WAITING = 2,

  GNUNET_SOCIAL_NYM_STATE_LEFT = 3,

  GNUNET_SOCIAL_NYM_STATE_EJECTED = 4,
};

/**
 * A nym at a place.
 */
struct GNUNET_SOCIAL_NymInfo
{
  struct GNUNET_CRYPTO_EcdsaPublicKey key;

  /** The name that our ego's zone has for it (PKEY record), or NULL. */
  const char *name;

  enum GNUNET_SOCIAL_NymState state;

  /** What it said at the door, or NULL. */
  const char *message;
};

/**
 * A name that we gave to somebody (PKEY record).
 */
struct GNUNET_SOCIAL_NameInfo
{
  /** Whose zone has it. */
  struct GNUNET_CRYPTO_EcdsaPublicKey ego_key;

  /** The label in that zone. */
  const char *name;

  /** Whom it names. */
  struct GNUNET_CRYPTO_EcdsaPublicKey key;
};

/**
 * An identity of our own.
 */
struct GNUNET_SOCIAL_EgoInfo
{
  const char *name;

  struct GNUNET_IDENTITY_PublicKey key;

  /** NULL for an ego that cannot enter places: members are known by ECDSA
   * keys, and this one's is of another type. */
  const struct GNUNET_SOCIAL_Ego *ego;
};

/**
 * How a query ended.
 */
enum GNUNET_SOCIAL_Result
{
  GNUNET_SOCIAL_OK = 0,

  /** It went wrong; the text says why. */
  GNUNET_SOCIAL_FAILED = 1,

  /** Nobody answered. */
  GNUNET_SOCIAL_NO_ANSWER = 3,

  /** The host said no. */
  GNUNET_SOCIAL_REFUSED = 4,

  /** The host's service confirmed that the question waits at the door. Not
   * the end of the query. */
  GNUNET_SOCIAL_PENDING = 5,

  /** No such name, place, ego or nym. */
  GNUNET_SOCIAL_NOT_FOUND = 6,

  /** More than one fits. */
  GNUNET_SOCIAL_AMBIGUOUS = 7,

  /** Not ours to do. */
  GNUNET_SOCIAL_NOT_ALLOWED = 8,
};

/**
 * For GNUNET_SOCIAL_host_place().
 */
enum GNUNET_SOCIAL_HostFlags
{
  GNUNET_SOCIAL_HOST_NONE = 0,

  /** Admit everybody who asks. */
  GNUNET_SOCIAL_HOST_WELCOME = 1,

  /** Do not publish the place in the ego's zone. */
  GNUNET_SOCIAL_HOST_NO_PUBLISH = 2,

  /** A place that exists keeps its policy (and WELCOME), whatever is given
   * here. */
  GNUNET_SOCIAL_HOST_KEEP_POLICY = 4,
};

/**
 * How the service is.
 */
struct GNUNET_SOCIAL_StatusInfo
{
  /** Places that we host. */
  uint64_t hosted_count;

  /** Places that we are a guest in. */
  uint64_t entered_count;

  /** Places that have not answered us yet. */
  uint64_t pending_count;

  /** Entered places whose host is reached now. */
  uint64_t connected_count;

  /** Nyms that wait at our doors. */
  uint64_t waiting_count;

  /** Messages of ours that are not on their host's disk yet. */
  uint64_t outbox_count;

  /** Our peer. */
  struct GNUNET_PeerIdentity peer;

  /** Name and version of the service's software. */
  const char *software;
};

/* ----------------------------------------------------------- callbacks -- */

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
 */
typedef void (*GNUNET_SOCIAL_AppGuestPlaceCallback) (
    void *cls, struct GNUNET_SOCIAL_GuestConnection *gconn,
    struct GNUNET_SOCIAL_Ego *ego,
    const struct GNUNET_CRYPTO_EddsaPublicKey *place_pub_key,
    enum GNUNET_SOCIAL_AppPlaceState place_state);

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

/* ----------------------------------------------------- app, ego and nym -- */

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
 * @return GNUNET_YES or GNUNET_NO
 * @since 0.1
 */
int GNUNET_SOCIAL_app_is_connected (const struct GNUNET_SOCIAL_App *app);

/**
 * Get the public key of an ego.
 *
 * @return borrowed, lives as long as @a ego
 * @since 0.1
 */
const struct GNUNET_CRYPTO_EcdsaPublicKey *
GNUNET_SOCIAL_ego_get_pub_key (const struct GNUNET_SOCIAL_Ego *ego);

/**
 * Get the name of an ego.
 *
 * @return borrowed, valid until the ego is renamed
 * @since 0.1
 */
const char *GNUNET_SOCIAL_ego_get_name (const struct GNUNET_SOCIAL_Ego *ego);

/**
 * Find an ego by its name (case does not count) among those told so far.
 *
 * @return NULL when there is none, or it is no ECDSA ego
 * @since 0.1
 */
struct GNUNET_SOCIAL_Ego *
GNUNET_SOCIAL_ego_lookup (const struct GNUNET_SOCIAL_App *app,
                          const char *name);

/**
 * Get the public key of a nym.
 *
 * @return borrowed, lives as long as @a nym
 * @since 0.1
 */
const struct GNUNET_CRYPTO_EcdsaPublicKey *
GNUNET_SOCIAL_nym_get_pub_key (const struct GNUNET_SOCIAL_Nym *nym);

/**
 * Get the hash of a nym's public key.
 *
 * @return borrowed, lives as long as @a nym
 * @since 0.1
 */
const struct GNUNET_HashCode *
GNUNET_SOCIAL_nym_get_pub_key_hash (const struct GNUNET_SOCIAL_Nym *nym);

/* -------------------------------------------------- by handle: hosting -- */

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
 * @param entry_resp what to tell it, at most 48 KiB, or NULL
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
 * @since 0.1
 */
void GNUNET_SOCIAL_host_relay_allow_method (struct GNUNET_SOCIAL_Host *host,
                                            const char *method_prefix);

/**
 * Relay guests' changes of objects whose name begins so. The rule lasts.
 * @since 0.1
 */
void GNUNET_SOCIAL_host_relay_allow_object (struct GNUNET_SOCIAL_Host *host,
                                            const char *object_prefix);

/**
 * Forget all rules about relaying.
 * @since 0.1
 */
void GNUNET_SOCIAL_host_relay_stop (struct GNUNET_SOCIAL_Host *host);

/**
 * Get the common handle.
 *
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

/* ------------------------------------------------- by handle: visiting -- */

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
 * @param entry_msg what to say at the door, at most 48 KiB, or NULL
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
 * @param gns_name the name, at most 255 bytes
 * @param password of an encrypted PLACE record, or NULL
 * @param join_msg what to say at the door, at most 48 KiB, or NULL
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
 * @return lives as long as @a guest
 * @since 0.1
 */
struct GNUNET_SOCIAL_Place *
GNUNET_SOCIAL_guest_get_place (struct GNUNET_SOCIAL_Guest *guest);

/* ---------------------------------------------------- by handle: place -- */

/**
 * Get the key of a place.
 *
 * @return borrowed, lives as long as @a plc; all zero until the enter
 *   callback told the key
 * @since 0.1
 */
const struct GNUNET_CRYPTO_EddsaPublicKey *
GNUNET_SOCIAL_place_get_pub_key (const struct GNUNET_SOCIAL_Place *plc);

/**
 * Say what the service does with messages of this method prefix. Lasts; the
 * longest prefix that fits a message counts.
 *
 * @param plc the place
 * @param method_prefix at most 255 bytes
 * @param flags what to do
 * @since 0.1
 */
void GNUNET_SOCIAL_place_msg_proc_set (struct GNUNET_SOCIAL_Place *plc,
                                       const char *method_prefix,
                                       enum GNUNET_SOCIAL_MsgProcFlags flags);

/**
 * Forget all these rules.
 * @since 0.1
 */
void GNUNET_SOCIAL_place_msg_proc_clear (struct GNUNET_SOCIAL_Place *plc);

/**
 * Replay stored messages into a slicer.
 *
 * @param plc the place; its key must be known (after the enter callback)
 * @param start_message_id first, from 1
 * @param end_message_id last, inclusive
 * @param method_prefix only methods of this prefix; "" or NULL: all
 * @param flags enum GNUNET_PSYC_HistoryReplayFlags
 * @param slicer gets the messages; borrowed, must outlive the request
 * @param result_cb called once at the end: how many, or GNUNET_SYSERR with
 *   the error; or NULL
 * @param cls its closure
 * @return valid till @a result_cb; NULL while the key is not known
 * @since 0.1
 */
struct GNUNET_SOCIAL_HistoryRequest *GNUNET_SOCIAL_place_history_replay (
    struct GNUNET_SOCIAL_Place *plc, uint64_t start_message_id,
    uint64_t end_message_id, const char *method_prefix, uint32_t flags,
    struct GNUNET_PSYC_Slicer *slicer, GNUNET_ResultCallback result_cb,
    void *cls);

/**
 * Replay the newest stored messages into a slicer, oldest first.
 *
 * @param message_limit how many, at least 1
 * @see GNUNET_SOCIAL_place_history_replay() for the other parameters
 * @since 0.1
 */
struct GNUNET_SOCIAL_HistoryRequest *GNUNET_SOCIAL_place_history_replay_latest (
    struct GNUNET_SOCIAL_Place *plc, uint64_t message_limit,
    const char *method_prefix, uint32_t flags,
    struct GNUNET_PSYC_Slicer *slicer, GNUNET_ResultCallback result_cb,
    void *cls);

/**
 * Stop a replay.
 *
 * @param hist dead when this returns; its callback is not called
 * @since 0.1
 */
void GNUNET_SOCIAL_place_history_replay_cancel (
    struct GNUNET_SOCIAL_HistoryRequest *hist);

/**
 * Look at the best matching object: of that name, else of the nearest
 * shorter one.
 *
 * @param plc the place; its key must be known
 * @param full_name name
 * @param var_cb gets the value, a long one in several calls; name NULL at the
 *   end
 * @param result_cb called once at the end, or NULL
 * @param cls closure of both
 * @return valid till @a result_cb; NULL while the key is not known
 * @since 0.1
 */
struct GNUNET_SOCIAL_LookHandle *
GNUNET_SOCIAL_place_look_at (struct GNUNET_SOCIAL_Place *plc,
                             const char *full_name,
                             GNUNET_PSYC_StateVarCallback var_cb,
                             GNUNET_ResultCallback result_cb, void *cls);

/**
 * Look for all objects whose name starts so.
 *
 * @see GNUNET_SOCIAL_place_look_at()
 * @since 0.1
 */
struct GNUNET_SOCIAL_LookHandle *
GNUNET_SOCIAL_place_look_for (struct GNUNET_SOCIAL_Place *plc,
                              const char *name_prefix,
                              GNUNET_PSYC_StateVarCallback var_cb,
                              GNUNET_ResultCallback result_cb, void *cls);

/**
 * Stop looking.
 *
 * @param lh dead when this returns; its callbacks are not called
 * @since 0.1
 */
void GNUNET_SOCIAL_place_look_cancel (struct GNUNET_SOCIAL_LookHandle *lh);

/* --------------------------------------------------------------- names -- */

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
 * @param nym_pub_key who
 * @param expiration_time when it ends; 0 removes the record
 * @return GNUNET_OK; GNUNET_SYSERR on invalid arguments, nothing is called
 * @see GNUNET_SOCIAL_zone_add_place() for the other parameters
 * @since 0.1
 */
int GNUNET_SOCIAL_zone_add_nym (
    const struct GNUNET_SOCIAL_App *app, const struct GNUNET_SOCIAL_Ego *ego,
    const char *name, const struct GNUNET_CRYPTO_EcdsaPublicKey *nym_pub_key,
    struct GNUNET_TIME_Absolute expiration_time,
    GNUNET_ResultCallback result_cb, void *result_cls);

/* -------------------------------------------------- by key: questions -- */

/**
 * Act as this ego in what is called from now on with a place's key.
 *
 * Needed only by who is in one place with several egos; without it the
 * service takes the host's when we host the place, else our only guest.
 *
 * @param app the App
 * @param ego the ego; NULL: back to that rule
 * @since 0.1
 */
void GNUNET_SOCIAL_app_act_as (struct GNUNET_SOCIAL_App *app,
                               const struct GNUNET_SOCIAL_Ego *ego);

/**
 * Forget a query. What it began in the service goes on.
 *
 * @param q dead when this returns; must not have had its last callback
 * @since 0.1
 */
void GNUNET_SOCIAL_query_cancel (struct GNUNET_SOCIAL_Query *q);

/**
 * How a query ended. Called once, and the query is dead; except that
 * GNUNET_SOCIAL_enter_place() may say #GNUNET_SOCIAL_PENDING once before.
 *
 * @param result how
 * @param place the place that it was about, as it is now, or NULL
 * @param text an error, or what the host said, for people; or NULL
 */
typedef void (*GNUNET_SOCIAL_QueryCallback) (
    void *cls, enum GNUNET_SOCIAL_Result result,
    const struct GNUNET_SOCIAL_PlaceInfo *place, const char *text);

/**
 * An own identity, or NULL: end of the list, the query is dead.
 */
typedef void (*GNUNET_SOCIAL_EgoInfoCallback) (
    void *cls, const struct GNUNET_SOCIAL_EgoInfo *ego);

/**
 * A place, or NULL: end of the list, the query is dead.
 */
typedef void (*GNUNET_SOCIAL_PlaceInfoCallback) (
    void *cls, const struct GNUNET_SOCIAL_PlaceInfo *place);

/**
 * A nym, or NULL: end of the list, the query is dead.
 */
typedef void (*GNUNET_SOCIAL_NymInfoCallback) (
    void *cls, const struct GNUNET_SOCIAL_NymInfo *nym);

/**
 * A name, or NULL: end of the list, the query is dead.
 */
typedef void (*GNUNET_SOCIAL_NameInfoCallback) (
    void *cls, const struct GNUNET_SOCIAL_NameInfo *name);

/**
 * How the service is. Called once.
 */
typedef void (*GNUNET_SOCIAL_StatusCallback) (
    void *cls, const struct GNUNET_SOCIAL_StatusInfo *status);

/**
 * List our identities, EdDSA ones too; waits for the first list.
 *
 * @return NULL without @a cb; so all queries
 * @since 0.1
 */
struct GNUNET_SOCIAL_Query *
GNUNET_SOCIAL_egos_get (struct GNUNET_SOCIAL_App *app,
                        GNUNET_SOCIAL_EgoInfoCallback cb, void *cls);

/**
 * List the places that we host or are, or were, a guest in.
 *
 * @since 0.1
 */
struct GNUNET_SOCIAL_Query *
GNUNET_SOCIAL_places_get (struct GNUNET_SOCIAL_App *app,
                          GNUNET_SOCIAL_PlaceInfoCallback cb, void *cls);

/**
 * Find a place among those that we know.
 *
 * @param ego only places of this ego, or NULL
 * @param text own name, name as entered, key, or unique start of a key
 * @param cb OK with the place, NOT_FOUND or AMBIGUOUS
 * @return NULL when @a text is longer than 255 bytes
 * @since 0.1
 */
struct GNUNET_SOCIAL_Query *
GNUNET_SOCIAL_place_find (struct GNUNET_SOCIAL_App *app,
                          const struct GNUNET_SOCIAL_Ego *ego, const char *text,
                          GNUNET_SOCIAL_QueryCallback cb, void *cls);

/**
 * Create, or resume, a place by name. The service goes on hosting it when the
 * application ends.
 *
 * @param ego host as this ego
 * @param name label in the ego's zone, at most 63 bytes
 * @param policy who may enter and read
 * @param flags enum GNUNET_SOCIAL_HostFlags
 * @param cb OK with the place, or FAILED with the reason
 * @return NULL when @a name is empty or too long
 * @since 0.1
 */
struct GNUNET_SOCIAL_Query *
GNUNET_SOCIAL_host_place (struct GNUNET_SOCIAL_App *app,
                          const struct GNUNET_SOCIAL_Ego *ego, const char *name,
                          enum GNUNET_PSYC_Policy policy, uint32_t flags,
                          GNUNET_SOCIAL_QueryCallback cb, void *cls);

/**
 * Ask to enter a place.
 *
 * May go on for ever (the host is away, nobody answers the door): the caller
 * has the timeout. The question stays when the query is cancelled.
 *
 * @param ego enter as this ego
 * @param place GNS name or key
 * @param message what to say at the door, at most 32 KiB, or NULL
 * @param origin peer that hosts it, with a key; or NULL
 * @param cb PENDING at most once, when the host's service confirmed that the
 *   question waits; then OK, REFUSED, NOT_FOUND (no such name) or FAILED
 * @return NULL when @a place or @a message is too long
 * @since 0.1
 */
struct GNUNET_SOCIAL_Query *
GNUNET_SOCIAL_enter_place (struct GNUNET_SOCIAL_App *app,
                           const struct GNUNET_SOCIAL_Ego *ego,
                           const char *place, const char *message,
                           const struct GNUNET_PeerIdentity *origin,
                           GNUNET_SOCIAL_QueryCallback cb, void *cls);

/**
 * Leave a place for good, as a guest.
 *
 * @param cb OK, NOT_FOUND, or NOT_ALLOWED (we are its host)
 * @since 0.1
 */
struct GNUNET_SOCIAL_Query *
GNUNET_SOCIAL_leave_place (struct GNUNET_SOCIAL_App *app,
                           const struct GNUNET_CRYPTO_EddsaPublicKey *place_key,
                           GNUNET_SOCIAL_QueryCallback cb, void *cls);

/**
 * Close an own place for good.
 *
 * @param cb OK, NOT_FOUND, or NOT_ALLOWED (we are no host of it)
 * @since 0.1
 */
struct GNUNET_SOCIAL_Query *
GNUNET_SOCIAL_close_place (struct GNUNET_SOCIAL_App *app,
                           const struct GNUNET_CRYPTO_EddsaPublicKey *place_key,
                           GNUNET_SOCIAL_QueryCallback cb, void *cls);

/**
 * List who is, was, or waits at a place.
 *
 * A place that we do not know has an empty list.
 * @since 0.1
 */
struct GNUNET_SOCIAL_Query *
GNUNET_SOCIAL_nyms_get (struct GNUNET_SOCIAL_App *app,
                        const struct GNUNET_CRYPTO_EddsaPublicKey *place_key,
                        GNUNET_SOCIAL_NymInfoCallback cb, void *cls);

/**
 * List the names that we gave, in the zones of our egos.
 *
 * @param ego whose zone, or NULL: all
 * @since 0.1
 */
struct GNUNET_SOCIAL_Query *
GNUNET_SOCIAL_names_get (struct GNUNET_SOCIAL_App *app,
                         const struct GNUNET_SOCIAL_Ego *ego,
                         GNUNET_SOCIAL_NameInfoCallback cb, void *cls);

/**
 * Let in, or turn away, a nym that waits at the door of an own place.
 *
 * @param nym who
 * @param is_admitted GNUNET_YES or GNUNET_NO
 * @param text what it is told, at most 32 KiB, or NULL
 * @param cb OK, NOT_FOUND (nobody of that key asked), NOT_ALLOWED
 * @return NULL when @a text is too long
 * @since 0.1
 */
struct GNUNET_SOCIAL_Query *
GNUNET_SOCIAL_door_answer (struct GNUNET_SOCIAL_App *app,
                           const struct GNUNET_CRYPTO_EddsaPublicKey *place_key,
                           const struct GNUNET_CRYPTO_EcdsaPublicKey *nym,
                           int is_admitted, const char *text,
                           GNUNET_SOCIAL_QueryCallback cb, void *cls);

/**
 * Throw a nym out of an own place.
 *
 * @param text said to all, with `_notice_place_leave`; at most 32 KiB; or
 *   NULL
 * @param cb OK, NOT_FOUND, NOT_ALLOWED
 * @return NULL when @a text is too long
 * @since 0.1
 */
struct GNUNET_SOCIAL_Query *
GNUNET_SOCIAL_eject_nym (struct GNUNET_SOCIAL_App *app,
                         const struct GNUNET_CRYPTO_EddsaPublicKey *place_key,
                         const struct GNUNET_CRYPTO_EcdsaPublicKey *nym,
                         const char *text, GNUNET_SOCIAL_QueryCallback cb,
                         void *cls);

/**
 * Give somebody's zone a name in ours. Never overwrites another's.
 *
 * @param ego whose zone the name is put in
 * @param label the name, at most 63 bytes
 * @param zone whom it names
 * @param cb OK, or FAILED and the text says what is there already
 * @return NULL when @a label is empty or too long
 * @since 0.1
 */
struct GNUNET_SOCIAL_Query *
GNUNET_SOCIAL_name_nym (struct GNUNET_SOCIAL_App *app,
                        const struct GNUNET_SOCIAL_Ego *ego, const char *label,
                        const struct GNUNET_IDENTITY_PublicKey *zone,
                        GNUNET_SOCIAL_QueryCallback cb, void *cls);

/**
 * Ask how the service is.
 *
 * @since 0.1
 */
struct GNUNET_SOCIAL_Query *
GNUNET_SOCIAL_status_get (struct GNUNET_SOCIAL_App *app,
                          GNUNET_SOCIAL_StatusCallback cb, void *cls);

/* ---------------------------------------------------- by key: reading -- */

/**
 * A follower stands. Called once, before its fragments.
 *
 * @param result GNUNET_YES: there are messages; GNUNET_NO: none yet;
 *   GNUNET_SYSERR: there is no such place, the follower is dead
 * @param head_fragment_id newest fragment at that moment
 * @param max_message_id highest message id at that moment
 */
typedef void (*GNUNET_SOCIAL_FollowStartCallback) (void *cls, int result,
                                                   uint64_t head_fragment_id,
                                                   uint64_t max_message_id);

/**
 * One fragment, in the order of the place's log, each once.
 *
 * @param msg header and parts
 */
typedef void (*GNUNET_SOCIAL_FollowFragmentCallback) (
    void *cls, uint64_t fragment_id,
    const struct GNUNET_PSYC_MessageHeader *msg);

/**
 * These fragments cannot be had; the stream goes on after them.
 */
typedef void (*GNUNET_SOCIAL_FollowGapCallback) (void *cls, uint64_t first,
                                                 uint64_t last);

/**
 * Read a place's messages as they come.
 *
 * Goes on by itself after a restart of any service, at the fragment after the
 * last one that was delivered.
 *
 * @param place_key the place
 * @param after_fragment_id begin after this one; 0: from the beginning;
 *   UINT64_MAX: from now
 * @param start_cb see there, or NULL
 * @param fragment_cb see there
 * @param gap_cb see there, or NULL
 * @param cls closure of the three
 * @return NULL without @a fragment_cb
 * @since 0.1
 */
struct GNUNET_SOCIAL_Follower *
GNUNET_SOCIAL_follow (struct GNUNET_SOCIAL_App *app,
                      const struct GNUNET_CRYPTO_EddsaPublicKey *place_key,
                      uint64_t after_fragment_id,
                      GNUNET_SOCIAL_FollowStartCallback start_cb,
                      GNUNET_SOCIAL_FollowFragmentCallback fragment_cb,
                      GNUNET_SOCIAL_FollowGapCallback gap_cb, void *cls);

/**
 * Call the callbacks no more until GNUNET_SOCIAL_follower_resume(). What
 * arrives meanwhile waits, at most 256 KiB of it here.
 * @since 0.1
 */
void GNUNET_SOCIAL_follower_pause (struct GNUNET_SOCIAL_Follower *f);

/**
 * Go on, from the scheduler.
 * @since 0.1
 */
void GNUNET_SOCIAL_follower_resume (struct GNUNET_SOCIAL_Follower *f);

/**
 * Stop reading.
 *
 * @param f dead when this returns
 * @since 0.1
 */
void GNUNET_SOCIAL_follower_destroy (struct GNUNET_SOCIAL_Follower *f);

/**
 * One fragment of a stored message: header and parts.
 */
typedef void (*GNUNET_SOCIAL_ReplayMessageCallback) (
    void *cls, const struct GNUNET_PSYC_MessageHeader *msg);

/**
 * End of a replay, which is dead now.
 *
 * @param result how many messages, GNUNET_NO (0) none, GNUNET_SYSERR
 * @param error with GNUNET_SYSERR: why, else NULL
 */
typedef void (*GNUNET_SOCIAL_ReplayEndCallback) (void *cls, int64_t result,
                                                 const char *error);

/**
 * Read stored messages of a place.
 *
 * Goes on by itself after a restart of any service.
 *
 * @param place_key the place
 * @param first_message_id first, from 1
 * @param last_message_id last, inclusive
 * @param latest not 0: only the newest so many of all, whatever the ids say
 * @param method_prefix only methods of this prefix, at most 255 bytes; "" or
 *   NULL: all
 * @param flags enum GNUNET_PSYC_HistoryReplayFlags
 * @param message_cb gets the fragments, in the order of the log, each once
 * @param end_cb called once
 * @param cls closure of both
 * @return NULL when @a method_prefix is too long, or a callback is NULL
 * @since 0.1
 */
struct GNUNET_SOCIAL_Replay *
GNUNET_SOCIAL_replay (struct GNUNET_SOCIAL_App *app,
                      const struct GNUNET_CRYPTO_EddsaPublicKey *place_key,
                      uint64_t first_message_id, uint64_t last_message_id,
                      uint64_t latest, const char *method_prefix,
                      uint32_t flags,
                      GNUNET_SOCIAL_ReplayMessageCallback message_cb,
                      GNUNET_SOCIAL_ReplayEndCallback end_cb, void *cls);

/**
 * Call the callbacks no more until GNUNET_SOCIAL_replay_resume().
 * @since 0.1
 */
void GNUNET_SOCIAL_replay_pause (struct GNUNET_SOCIAL_Replay *r);

/**
 * Go on, from the scheduler.
 * @since 0.1
 */
void GNUNET_SOCIAL_replay_resume (struct GNUNET_SOCIAL_Replay *r);

/**
 * Stop reading.
 *
 * @param r dead when this returns; `end_cb` is not called
 * @since 0.1
 */
void GNUNET_SOCIAL_replay_cancel (struct GNUNET_SOCIAL_Replay *r);

/* ---------------------------------------------------- by key: talking -- */

/**
 * Say something in a place: announced when it is ours, talked to its host
 * when we are a guest.
 *
 * Give its parts with GNUNET_SOCIAL_say_parts(); any number of uploads may be
 * under way. What was given is kept, up to 1 MiB, and said again after a
 * restart of the service; the tag keeps it from being a second message.
 *
 * @param place_key the place
 * @param tag the same tag twice is the same message; NULL: a random one
 * @param flags enum GNUNET_PSYC_MasterTransmitFlags for an own place, else 0
 * @param ready_cb more parts are welcome (after say_parts said GNUNET_NO),
 *   or NULL
 * @param state_cb what became of it; the states from GNUNET_PSYC_SEND_STORED
 *   on are final, and the handle is dead after them; or NULL
 * @param cls closure of both
 * @return never NULL
 * @since 0.1
 */
struct GNUNET_SOCIAL_Upload *
GNUNET_SOCIAL_say (struct GNUNET_SOCIAL_App *app,
                   const struct GNUNET_CRYPTO_EddsaPublicKey *place_key,
                   const struct GNUNET_Uuid *tag, uint32_t flags,
                   GNUNET_PSYC_UploadReadyCallback ready_cb,
                   GNUNET_PSYC_SendStateCallback state_cb, void *cls);

/**
 * Give the next parts of the message: a method part first, then modifiers,
 * data, and the END part that ends the input.
 *
 * @param parts whole consecutive parts
 * @param size bytes of them
 * @return GNUNET_YES: more is welcome; GNUNET_NO: taken, wait for `ready_cb`;
 *   GNUNET_SYSERR: malformed, the upload has ended and the handle is dead
 * @since 0.1
 */
int GNUNET_SOCIAL_say_parts (struct GNUNET_SOCIAL_Upload *upload,
                             const void *parts, uint16_t size);

/**
 * Abandon the message.
 *
 * @param upload dead when this returns; its callbacks are not called
 * @since 0.1
 */
void GNUNET_SOCIAL_say_cancel (struct GNUNET_SOCIAL_Upload *upload);

/**
 * Forget the callbacks; the message goes on as far as it was given.
 *
 * @param upload dead when this returns
 * @since 0.1
 */
void GNUNET_SOCIAL_say_detach (struct GNUNET_SOCIAL_Upload *upload);

#ifdef __cplusplus
#if 0
{
#endif
}
#endif

#endif
