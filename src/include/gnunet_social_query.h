// SPDX-License-Identifier: AGPL-3.0-or-later
/**
 * @file
 * Questions and orders about places that are named by their key. Included by
 * gnunet_social_service.h, where the rules for all of it stand.
 */
#ifndef GNUNET_SOCIAL_QUERY_H
#define GNUNET_SOCIAL_QUERY_H

#include "gnunet_social_types.h"

#ifdef __cplusplus
extern "C"
{
#endif

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
 *
 * @param ego it, or NULL
 */
typedef void (*GNUNET_SOCIAL_EgoInfoCallback) (
    void *cls, const struct GNUNET_SOCIAL_EgoInfo *ego);

/**
 * A place, or NULL: end of the list, the query is dead.
 *
 * @param place it, or NULL
 */
typedef void (*GNUNET_SOCIAL_PlaceInfoCallback) (
    void *cls, const struct GNUNET_SOCIAL_PlaceInfo *place);

/**
 * A nym, or NULL: end of the list, the query is dead.
 *
 * @param nym it, or NULL
 */
typedef void (*GNUNET_SOCIAL_NymInfoCallback) (
    void *cls, const struct GNUNET_SOCIAL_NymInfo *nym);

/**
 * A name, or NULL: end of the list, the query is dead.
 *
 * @param name it, or NULL
 */
typedef void (*GNUNET_SOCIAL_NameInfoCallback) (
    void *cls, const struct GNUNET_SOCIAL_NameInfo *name);

/**
 * How the service is. Called once.
 *
 * @param status the answer
 */
typedef void (*GNUNET_SOCIAL_StatusCallback) (
    void *cls, const struct GNUNET_SOCIAL_StatusInfo *status);

/**
 * List our identities, EdDSA ones too; waits for the first list.
 *
 * @param app the App
 * @param cb called once for each, then with NULL
 * @return NULL without @a cb; so all queries
 * @since 0.1
 */
struct GNUNET_SOCIAL_Query *
GNUNET_SOCIAL_egos_get (struct GNUNET_SOCIAL_App *app,
                        GNUNET_SOCIAL_EgoInfoCallback cb, void *cls);

/**
 * List the places that we host or are, or were, a guest in.
 *
 * @param app the App
 * @param cb called once for each, then with NULL
 * @return handle of the query, valid until its last callback; NULL without @a
 *   cb
 * @since 0.1
 */
struct GNUNET_SOCIAL_Query *
GNUNET_SOCIAL_places_get (struct GNUNET_SOCIAL_App *app,
                          GNUNET_SOCIAL_PlaceInfoCallback cb, void *cls);

/**
 * Find a place among those that we know.
 *
 * @param app the App
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
 * @param app the App
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
 * @param app the App
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
 * @param app the App
 * @param place_key the place
 * @param cb OK, NOT_FOUND, or NOT_ALLOWED (we are its host)
 * @return handle of the query, valid until its last callback; NULL without @a
 *   cb
 * @since 0.1
 */
struct GNUNET_SOCIAL_Query *
GNUNET_SOCIAL_leave_place (struct GNUNET_SOCIAL_App *app,
                           const struct GNUNET_CRYPTO_EddsaPublicKey *place_key,
                           GNUNET_SOCIAL_QueryCallback cb, void *cls);

/**
 * Close an own place for good.
 *
 * @param app the App
 * @param place_key the place
 * @param cb OK, NOT_FOUND, or NOT_ALLOWED (we are no host of it)
 * @return handle of the query, valid until its last callback; NULL without @a
 *   cb
 * @since 0.1
 */
struct GNUNET_SOCIAL_Query *
GNUNET_SOCIAL_close_place (struct GNUNET_SOCIAL_App *app,
                           const struct GNUNET_CRYPTO_EddsaPublicKey *place_key,
                           GNUNET_SOCIAL_QueryCallback cb, void *cls);

/**
 * What makes an own place what it is, without its history. Called once, and
 * the query is dead.
 *
 * @param cls closure
 * @param result how the query ended
 * @param data the copy, valid during the call; NULL when there is none
 * @param size bytes of @a data
 * @param text an error for people, or NULL
 */
typedef void (*GNUNET_SOCIAL_PlaceCopyCallback) (
    void *cls, enum GNUNET_SOCIAL_Result result, const void *data,
    uint16_t size, const char *text);

/**
 * Get a copy of an own place: its secret key, name, policy, rules, nyms.
 * Whoever has it can speak as the host.
 *
 * @param app the App
 * @param place_key which own place
 * @param cb called once with the copy, or why there is none
 * @param cls closure of @a cb
 * @return the query; NULL without @a cb
 * @since 0.1
 */
struct GNUNET_SOCIAL_Query *
GNUNET_SOCIAL_copy_place (struct GNUNET_SOCIAL_App *app,
                          const struct GNUNET_CRYPTO_EddsaPublicKey *place_key,
                          GNUNET_SOCIAL_PlaceCopyCallback cb, void *cls);

/** For #GNUNET_SOCIAL_restore_place. */
enum GNUNET_SOCIAL_RestoreFlags
{
  /** Only say whether it could be done. */
  GNUNET_SOCIAL_RESTORE_TRIAL = 1,
};

/**
 * Host the place of a copy. Its history should be in psycstore before.
 *
 * @param app the App
 * @param ego who hosts it; NULL: the one that the copy names
 * @param data the copy
 * @param size bytes of @a data
 * @param flags of enum #GNUNET_SOCIAL_RestoreFlags
 * @param cb called once: OK with the place, NOT_FOUND (the ego is not here),
 *        FAILED (it is here already, or the copy is not sound)
 * @param cls closure of @a cb
 * @return NULL on wrong arguments
 * @since 0.1
 */
struct GNUNET_SOCIAL_Query *
GNUNET_SOCIAL_restore_place (struct GNUNET_SOCIAL_App *app,
                             const struct GNUNET_SOCIAL_Ego *ego,
                             const void *data, uint16_t size, uint32_t flags,
                             GNUNET_SOCIAL_QueryCallback cb, void *cls);

/**
 * Go on with an own place of which guests have newer messages than we: behind
 * all that they know. What they have and we have not is a gap here.
 *
 * @param app the App
 * @param place_key which own place
 * @param cb called once: OK, or FAILED (nobody has anything newer)
 * @param cls closure of @a cb
 * @return the query; NULL without @a cb
 * @since 0.1
 */
struct GNUNET_SOCIAL_Query *
GNUNET_SOCIAL_adopt_place (struct GNUNET_SOCIAL_App *app,
                           const struct GNUNET_CRYPTO_EddsaPublicKey *place_key,
                           GNUNET_SOCIAL_QueryCallback cb, void *cls);

/**
 * Have a file said in a place when somebody there asks for it.
 *
 * The service remembers it, also over restarts, and answers
 * "_request_place_file" with this key by the message "_file", once, as long as
 * the file is what it was. That it is offered is said by the caller, in
 * "_notice_place_file" after the answer OK. An offer of the same key is
 * replaced.
 *
 * @param app the App
 * @param place_key which place
 * @param offer the file; copied
 * @param cb called once: OK (it is on disk), NOT_FOUND, or FAILED with the
 *   reason
 * @param cls closure of @a cb
 * @return the query; NULL without @a cb or when a text of @a offer is NULL or
 *   too long
 * @since 0.1
 */
struct GNUNET_SOCIAL_Query *
GNUNET_SOCIAL_offer_file (struct GNUNET_SOCIAL_App *app,
                          const struct GNUNET_CRYPTO_EddsaPublicKey *place_key,
                          const struct GNUNET_SOCIAL_FileOffer *offer,
                          GNUNET_SOCIAL_QueryCallback cb, void *cls);

/**
 * Take back a file that was offered and that nobody got yet.
 *
 * Who asks for it gets nothing any more, also after restarts; it cannot be
 * offered by this key again. That it is withdrawn is said by the caller, in
 * "_failure_place_file_withdrawn" with "_key_offer" after the answer OK. To
 * withdraw twice is to withdraw once.
 *
 * @param app the App
 * @param place_key which place
 * @param key that of the offer; copied
 * @param cb called once: OK (it is on disk), NOT_FOUND (no such place, or no
 *   such file is offered from here), or FAILED (it was sent, or is being sent)
 * @param cls closure of @a cb
 * @return the query; NULL without @a cb
 * @since 0.1
 */
struct GNUNET_SOCIAL_Query *GNUNET_SOCIAL_withdraw_file (
    struct GNUNET_SOCIAL_App *app,
    const struct GNUNET_CRYPTO_EddsaPublicKey *place_key,
    const struct GNUNET_Uuid *key, GNUNET_SOCIAL_QueryCallback cb, void *cls);

/**
 * List who is, was, or waits at a place.
 *
 * Of an own place its guests, without ourselves. Of another's ourselves while
 * we are in, and whom we heard of: PRESENT who said something, LEFT of whom the
 * host said later that it is gone; at most 10,000. Who keeps silent, the host
 * alone knows. A place that we do not know has an empty list.
 *
 * @param app the App
 * @param place_key the place
 * @param cb called once for each, then with NULL
 * @return handle of the query, valid until its last callback; NULL without @a
 *   cb
 * @since 0.1
 */
struct GNUNET_SOCIAL_Query *
GNUNET_SOCIAL_nyms_get (struct GNUNET_SOCIAL_App *app,
                        const struct GNUNET_CRYPTO_EddsaPublicKey *place_key,
                        GNUNET_SOCIAL_NymInfoCallback cb, void *cls);

/**
 * List the names that we gave, in the zones of our egos.
 *
 * @param app the App
 * @param ego whose zone, or NULL: all
 * @param cb called once for each, then with NULL
 * @return handle of the query, valid until its last callback; NULL without @a
 *   cb
 * @since 0.1
 */
struct GNUNET_SOCIAL_Query *
GNUNET_SOCIAL_names_get (struct GNUNET_SOCIAL_App *app,
                         const struct GNUNET_SOCIAL_Ego *ego,
                         GNUNET_SOCIAL_NameInfoCallback cb, void *cls);

/**
 * Let in, or turn away, a nym that waits at the door of an own place.
 *
 * @param app the App
 * @param place_key an own place
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
 * Somebody came to the door of an own place, or went from it: see
 * GNUNET_SOCIAL_nyms_get() for how things stand. Told again after each
 * reconnect.
 *
 * @param nym who; NULL: that is no own place (any more), the query is dead
 */
typedef void (*GNUNET_SOCIAL_DoorNewsCallback) (
    void *cls, const struct GNUNET_CRYPTO_EcdsaPublicKey *nym);

/**
 * Hear of who comes to the door of an own place, of those who wait already
 * too, until the query is cancelled.
 *
 * @param app the App
 * @param place_key an own place
 * @param cb called for each
 * @return handle of the query, valid until it is cancelled or its last
 *   callback; NULL without @a cb
 * @since 0.1
 */
struct GNUNET_SOCIAL_Query *
GNUNET_SOCIAL_door_watch (struct GNUNET_SOCIAL_App *app,
                          const struct GNUNET_CRYPTO_EddsaPublicKey *place_key,
                          GNUNET_SOCIAL_DoorNewsCallback cb, void *cls);

/**
 * Throw a nym out of an own place.
 *
 * @param app the App
 * @param place_key an own place
 * @param nym who
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
 * What a rule of a place is about.
 *
 * @since 0.1
 */
enum GNUNET_SOCIAL_RuleKind
{
  /** Messages whose method has the prefix. */
  GNUNET_SOCIAL_RULE_METHOD = 0,

  /** Guests' changes of objects whose name has the prefix. */
  GNUNET_SOCIAL_RULE_OBJECT = 1,
};

/**
 * Set what the service does with messages, or guests' changes of objects, of
 * some prefix in a place. The rule of that prefix is replaced, and lasts; the
 * place's host or guest is the default ego's, as elsewhere.
 *
 * @param app the application
 * @param place_key the place
 * @param kind what the rule is about
 * @param prefix begins with '_' and ends at a keyword border, at most 255
 *   bytes; "" for all
 * @param flags what to do; #GNUNET_SOCIAL_MSG_PROC_NONE takes the rule away
 * @param cb OK when it is on disk, NOT_FOUND, FAILED with the reason; or NULL
 * @param cls closure of @a cb
 * @return NULL when @a prefix is too long
 * @since 0.1
 */
struct GNUNET_SOCIAL_Query *
GNUNET_SOCIAL_rule_set (struct GNUNET_SOCIAL_App *app,
                        const struct GNUNET_CRYPTO_EddsaPublicKey *place_key,
                        enum GNUNET_SOCIAL_RuleKind kind, const char *prefix,
                        enum GNUNET_SOCIAL_MsgProcFlags flags,
                        GNUNET_SOCIAL_QueryCallback cb, void *cls);

/**
 * Which objects of a place are meant.
 */
enum GNUNET_SOCIAL_ObjectMatch
{
  /** The one of that name, else of the nearest shorter one. */
  GNUNET_SOCIAL_OBJECT_BEST = 0,

  /** All whose name starts so. */
  GNUNET_SOCIAL_OBJECT_PREFIX = 1,
};

/**
 * Look at the objects of a place, by its key.
 *
 * @param app the application
 * @param place_key the place
 * @param match which objects
 * @param name name, or how the names begin ("": all), at most 255 bytes
 * @param var_cb gets the values in order of the names, a long one in several
 *   calls; name NULL at the end
 * @param result_cb called once at the end with how many there were, or with
 *   GNUNET_SYSERR and the reason; or NULL
 * @param cls closure of both
 * @return valid till @a result_cb, stopped with
 *   GNUNET_SOCIAL_place_look_cancel(); NULL when @a name is too long
 * @since 0.1
 */
struct GNUNET_SOCIAL_LookHandle *
GNUNET_SOCIAL_objects_get (struct GNUNET_SOCIAL_App *app,
                           const struct GNUNET_CRYPTO_EddsaPublicKey *place_key,
                           enum GNUNET_SOCIAL_ObjectMatch match,
                           const char *name,
                           GNUNET_PSYC_StateVarCallback var_cb,
                           GNUNET_ResultCallback result_cb, void *cls);

/**
 * Give somebody's zone a name in ours. Never overwrites another's.
 *
 * @param app the App
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
 * @param app the App
 * @param cb called once
 * @return handle of the query, valid until its last callback; NULL without @a
 *   cb
 * @since 0.1
 */
struct GNUNET_SOCIAL_Query *
GNUNET_SOCIAL_status_get (struct GNUNET_SOCIAL_App *app,
                          GNUNET_SOCIAL_StatusCallback cb, void *cls);

#ifdef __cplusplus
}
#endif

#endif
