// SPDX-License-Identifier: AGPL-3.0-or-later
/**
 * @file
 * Handles, flags and what the service tells of places, nyms, names and itself.
 * Included by gnunet_social_service.h, where the rules for all of it stand.
 */
#ifndef GNUNET_SOCIAL_TYPES_H
#define GNUNET_SOCIAL_TYPES_H

#include <stdint.h>

#include <sodium.h>

#ifdef __cplusplus
extern "C"
{
#endif

#include <gnunet/gnunet_common.h>
#include <gnunet/gnunet_util_lib.h>
#include <gnunet/gnunet_identity_service.h>

#ifdef __cplusplus
}
#endif

#include "gnunet_psyc_service.h"

#ifdef __cplusplus
extern "C"
{
#endif

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

  /** Nyms that are in, as GNUNET_SOCIAL_nyms_get() tells: of an own place its
   * guests, of another's we and those who said something. */
  uint64_t nym_count;

  /** Guest: the host is reached now (perhaps through relays). Host:
   * GNUNET_YES while the channel runs. */
  int is_connected;

  /** Messages of ours that are not on the host's disk yet. */
  uint64_t outbox_count;

  /** Peer that hosts; all zero when unknown. */
  struct GNUNET_PeerIdentity origin;

  /** Host: GNUNET_YES while nothing is said because guests have newer messages
   * than are here, see #GNUNET_SOCIAL_adopt_place. */
  int is_behind;

  /** Where this end stands in the tree of the place's members, through whom
   * all that is said there comes. */
  struct GNUNET_MULTICAST_Position position;
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

/**
 * A file that is said in a place when somebody asks for it.
 */
struct GNUNET_SOCIAL_FileOffer
{
  /** Names the offer in the place, and is the tag of the message that the file
   * will be: the same for the same file. */
  struct GNUNET_Uuid key;

  /** Where it is: an absolute path, at most 4095 bytes. */
  const char *path;

  /** Its bytes. */
  uint64_t size;

  /** When it was changed last, in microseconds; with another time it is not
   * said. */
  struct GNUNET_TIME_Absolute modified;

  /** SHA-512 of its bytes, as GNUNET_CRYPTO_hash_to_enc() writes it. */
  const char *hash;

  /** What it is called, at most 255 bytes. */
  const char *name;

  /** Its media type, at most 255 bytes; "" when it is not known. */
  const char *content_type;

  /** What is in it, for people, at most 4096 bytes; or "". */
  const char *description;
};

#ifdef __cplusplus
}
#endif

#endif
