// SPDX-License-Identifier: AGPL-3.0-or-later
/**
 * @file
 * Limits, handles, stored forms and callbacks of multicast. Included by
 * gnunet_multicast_service.h, where the rules for all of it stand.
 */
#ifndef GNUNET_MULTICAST_TYPES_H
#define GNUNET_MULTICAST_TYPES_H

#include <sodium.h>

#ifdef __cplusplus
extern "C"
{
#endif

#include <gnunet/gnunet_common.h>
#include <gnunet/gnunet_util_lib.h>
#include <gnunet/gnunet_constants.h>

#ifdef __cplusplus
}
#endif

#ifdef __cplusplus
extern "C"
{
#endif

/**
 * Largest fragment or request fragment in bytes, header included. It and what
 * we put around it on the way fits one CADET message.
 */
#define GNUNET_MULTICAST_FRAGMENT_MAX_SIZE                                     \
  (GNUNET_CONSTANTS_MAX_CADET_MESSAGE_SIZE - 256)

/**
 * Most bytes of body in one fragment or request fragment.
 */
#define GNUNET_MULTICAST_FRAGMENT_MAX_PAYLOAD                                  \
  (GNUNET_MULTICAST_FRAGMENT_MAX_SIZE                                          \
   - (sizeof (struct GNUNET_MULTICAST_MessageHeader)                           \
              > sizeof (struct GNUNET_MULTICAST_RequestHeader)                 \
          ? sizeof (struct GNUNET_MULTICAST_MessageHeader)                     \
          : sizeof (struct GNUNET_MULTICAST_RequestHeader)))

/** An origin of ours: the group's private key is here. */
struct GNUNET_MULTICAST_Origin;

/** A membership of ours. */
struct GNUNET_MULTICAST_Member;

/** A question at the door that waits for an answer. */
struct GNUNET_MULTICAST_JoinHandle;

/** Somebody's wish for stored fragments that waits for an answer. */
struct GNUNET_MULTICAST_ReplayHandle;

/** Our wish for one missed fragment. */
struct GNUNET_MULTICAST_MemberReplayHandle;

/** A message of an origin that is being pulled. */
struct GNUNET_MULTICAST_OriginTransmitHandle;

/** A request of a member that is being pulled. */
struct GNUNET_MULTICAST_MemberTransmitHandle;

/**
 * What a fragment is in its message.
 */
enum GNUNET_MULTICAST_MessageFlags
{
  /** First fragment of a message. */
  GNUNET_MULTICAST_MESSAGE_FIRST_FRAGMENT = 1,
  /** Last fragment of a message. */
  GNUNET_MULTICAST_MESSAGE_LAST_FRAGMENT = 2,
  /** The only fragment of a message: first and last. */
  GNUNET_MULTICAST_MESSAGE_NOT_FRAGMENTED = 3,
  /** With the last fragment: the sender gave up, the message is not whole. */
  GNUNET_MULTICAST_MESSAGE_CANCELLED = 4,
  /** Comes from storage, was asked for; set locally, never sent. */
  GNUNET_MULTICAST_MESSAGE_HISTORIC = 1 << 30,
};

/**
 * How the answer to a replay request ended.
 */
enum GNUNET_MULTICAST_ReplayErrorCode
{
  /** There are the fragments. */
  GNUNET_MULTICAST_REC_OK = 0,
  /** They are not stored (any more). */
  GNUNET_MULTICAST_REC_NOT_FOUND = 1,
  /** Ids above the newest. */
  GNUNET_MULTICAST_REC_PAST_HEAD = 2,
  /** Whoever asks may not read them. */
  GNUNET_MULTICAST_REC_ACCESS_DENIED = 3,
  /** The store failed; asking again later may help. */
  GNUNET_MULTICAST_REC_INTERNAL_ERROR = 4,
};

GNUNET_NETWORK_STRUCT_BEGIN

/**
 * A fragment as it is sent and stored, all in network byte order. The body
 * follows.
 */
struct GNUNET_MULTICAST_MessageHeader
{
  /** Type #GNUNET_MESSAGE_TYPE_MULTICAST_MESSAGE, size with the body. */
  struct GNUNET_MessageHeader header;
  /** Peers between origin and receiver; not signed. */
  uint32_t hop_counter GNUNET_PACKED;
  /** By the group's key over everything from @e purpose on. */
  struct GNUNET_CRYPTO_EddsaSignature signature;
  /** Purpose 19 (multicast message). */
  struct GNUNET_CRYPTO_EccSignaturePurpose purpose;
  /** Number of the fragment in the group, from 1. */
  uint64_t fragment_id GNUNET_PACKED;
  /** Where the body begins in the message, in bytes. */
  uint64_t fragment_offset GNUNET_PACKED;
  /** Number of the message that the fragment is of. */
  uint64_t message_id GNUNET_PACKED;
  /** Grows by one each time somebody leaves or is thrown out. */
  uint64_t group_generation GNUNET_PACKED;
  /** Of enum GNUNET_MULTICAST_MessageFlags. */
  uint32_t flags GNUNET_PACKED;
  /* body follows */
};

/**
 * A fragment of a request as it is sent and stored, all in network byte
 * order. The body follows.
 */
struct GNUNET_MULTICAST_RequestHeader
{
  /** Type #GNUNET_MESSAGE_TYPE_MULTICAST_REQUEST, size with the body. */
  struct GNUNET_MessageHeader header;
  /** Who asks. */
  struct GNUNET_CRYPTO_EcdsaPublicKey member_pub_key;
  /** By the member over the group's key and everything after @e purpose. */
  struct GNUNET_CRYPTO_EcdsaSignature signature;
  /** Purpose 24 (multicast request). */
  struct GNUNET_CRYPTO_EccSignaturePurpose purpose;
  /** Number of the fragment in its request, from 1. */
  uint64_t fragment_id GNUNET_PACKED;
  /** Where the body begins in the request, in bytes. */
  uint64_t fragment_offset GNUNET_PACKED;
  /** Number of the request, chosen by the member, growing. */
  uint64_t request_id GNUNET_PACKED;
  /** Of enum GNUNET_MULTICAST_MessageFlags, network byte order. */
  enum GNUNET_MULTICAST_MessageFlags flags GNUNET_PACKED;
  /* body follows */
};

GNUNET_NETWORK_STRUCT_END

/**
 * The highest ids that an origin has issued (host byte order).
 */
struct GNUNET_MULTICAST_Head
{
  uint64_t fragment_id;
  uint64_t message_id;
  uint64_t group_generation;
};

/**
 * Fragment ids @e first to @e last, both included.
 */
struct GNUNET_MULTICAST_Range
{
  uint64_t first;
  uint64_t last;
};

/**
 * What the numbers of a replay request count.
 */
enum GNUNET_MULTICAST_ReplayUnit
{
  GNUNET_MULTICAST_REPLAY_FRAGMENTS = 0,
  GNUNET_MULTICAST_REPLAY_MESSAGES = 1,
};

/**
 * What became of a member, seen by the origin.
 */
enum GNUNET_MULTICAST_MemberEvent
{
  /** Attached: fragments go to it. */
  GNUNET_MULTICAST_MEMBER_ATTACHED = 1,
  /** Out of reach; expected to come back. */
  GNUNET_MULTICAST_MEMBER_DETACHED = 2,
  /** Said that it leaves for good. */
  GNUNET_MULTICAST_MEMBER_PARTED = 3,
};

/**
 * How an origin stands.
 */
enum GNUNET_MULTICAST_OriginState
{
  /** Members may come; the head is the one that numbering goes on from. */
  GNUNET_MULTICAST_ORIGIN_STARTED = 1,
  /** The service is away; the library calls it again by itself. */
  GNUNET_MULTICAST_ORIGIN_SERVICE_LOST = 2,
  /** A member proved fragments above our head: ours is an older copy. Nothing
      more goes out; the proven head is given. */
  GNUNET_MULTICAST_ORIGIN_HEAD_BEHIND = 3,
};

/**
 * How a membership stands.
 */
enum GNUNET_MULTICAST_MemberState
{
  /** Looking for the group. */
  GNUNET_MULTICAST_MEMBER_STATE_CONNECTING = 1,
  /** The origin's client has put our question on its disk. */
  GNUNET_MULTICAST_MEMBER_STATE_PENDING = 2,
  /** Fragments come, requests go. */
  GNUNET_MULTICAST_MEMBER_STATE_ATTACHED = 3,
  /** Link lost; attaches again by itself. */
  GNUNET_MULTICAST_MEMBER_STATE_DETACHED = 4,
  /** Our own service is away; the library calls it again by itself. */
  GNUNET_MULTICAST_MEMBER_STATE_SERVICE_LOST = 5,
  /** The origin threw us out. */
  GNUNET_MULTICAST_MEMBER_STATE_EJECTED = 6,
  /** The origin said no. */
  GNUNET_MULTICAST_MEMBER_STATE_REFUSED = 7,
  /** The origin ended the group. */
  GNUNET_MULTICAST_MEMBER_STATE_GROUP_ENDED = 8,
};

/**
 * What the origin's client made of a request.
 */
enum GNUNET_MULTICAST_RequestResult
{
  GNUNET_MULTICAST_REQUEST_ACCEPTED = 1,
  GNUNET_MULTICAST_REQUEST_REFUSED = 2,
};

/**
 * Decide on somebody's wish to join.
 *
 * Comes once for each wish, possibly again for the same member after it or we
 * came back.
 *
 * @param cls closure of the origin or member
 * @param member_pub_key who wants to join; the wish is signed by that key
 * @param join_msg what the joiner says with it, or NULL
 * @param jh answer once with #GNUNET_MULTICAST_join_decision, from inside the
 *        callback or any time later; becomes invalid when the origin is
 *        stopped
 */
typedef void (*GNUNET_MULTICAST_JoinRequestCallback) (
    void *cls, const struct GNUNET_CRYPTO_EcdsaPublicKey *member_pub_key,
    const struct GNUNET_MessageHeader *join_msg,
    struct GNUNET_MULTICAST_JoinHandle *jh);

/**
 * Take the answer to our own wish to join.
 *
 * @param cls closure of the member
 * @param is_admitted #GNUNET_YES, #GNUNET_NO refused, #GNUNET_SYSERR nobody
 *        could say. After NO or SYSERR the member handle is dead: only
 *        #GNUNET_MULTICAST_member_part may follow
 * @param peer who decided, or NULL
 * @param relay_count number of @a relays
 * @param relays other peers of the group
 * @param join_msg the answer's words, or NULL
 */
typedef void (*GNUNET_MULTICAST_JoinDecisionCallback) (
    void *cls, int is_admitted, const struct GNUNET_PeerIdentity *peer,
    uint16_t relay_count, const struct GNUNET_PeerIdentity *relays,
    const struct GNUNET_MessageHeader *join_msg);

/**
 * Take a fragment of a member's request at the origin.
 *
 * @param cls closure of the origin
 * @param req the fragment, checked; NULL: the group is gone
 */
typedef void (*GNUNET_MULTICAST_RequestCallback) (
    void *cls, const struct GNUNET_MULTICAST_RequestHeader *req);

/**
 * Take a fragment of the group.
 *
 * At an origin: an own fragment, numbered and signed, in order, to be stored.
 * At a member: a fragment from the origin, checked, in any order, each once
 * until it is said to have failed.
 *
 * @param cls closure of the origin or member
 * @param msg the fragment; NULL: the origin ended the group or threw us out,
 *        call #GNUNET_MULTICAST_member_part next
 */
typedef void (*GNUNET_MULTICAST_MessageCallback) (
    void *cls, const struct GNUNET_MULTICAST_MessageHeader *msg);

/**
 * Give a stored fragment to somebody who missed it.
 *
 * @param cls closure of the origin or member
 * @param member_pub_key who asks
 * @param fragment_id which fragment
 * @param flags 0
 * @param rh answer with #GNUNET_MULTICAST_replay_response (at most one
 *        fragment, or an error), then #GNUNET_MULTICAST_replay_response_end
 */
typedef void (*GNUNET_MULTICAST_ReplayFragmentCallback) (
    void *cls, const struct GNUNET_CRYPTO_EcdsaPublicKey *member_pub_key,
    uint64_t fragment_id, uint64_t flags,
    struct GNUNET_MULTICAST_ReplayHandle *rh);

/**
 * Give the stored fragments of a message to somebody who missed them.
 *
 * @param cls closure of the origin or member
 * @param member_pub_key who asks
 * @param message_id which message
 * @param fragment_offset from this byte of it on
 * @param flags 0
 * @param rh answer with #GNUNET_MULTICAST_replay_response for each fragment
 *        (or an error), then #GNUNET_MULTICAST_replay_response_end
 */
typedef void (*GNUNET_MULTICAST_ReplayMessageCallback) (
    void *cls, const struct GNUNET_CRYPTO_EcdsaPublicKey *member_pub_key,
    uint64_t message_id, uint64_t fragment_offset, uint64_t flags,
    struct GNUNET_MULTICAST_ReplayHandle *rh);

/**
 * Give stored fragments or messages to somebody who missed them.
 *
 * @param cls closure of the origin or member
 * @param member_key who asks
 * @param unit what @a first and @a last count
 * @param first from this one
 * @param last to this one, included
 * @param rh answer with #GNUNET_MULTICAST_replay_response (fragment, OK) for
 *        each fragment that there is and may be read, then
 *        #GNUNET_MULTICAST_replay_response_end; or with
 *        #GNUNET_MULTICAST_replay_response (NULL, code)
 */
typedef void (*GNUNET_MULTICAST_ReplayRangeCallback) (
    void *cls, const struct GNUNET_CRYPTO_EcdsaPublicKey *member_key,
    enum GNUNET_MULTICAST_ReplayUnit unit, uint64_t first, uint64_t last,
    struct GNUNET_MULTICAST_ReplayHandle *rh);

/**
 * Write one fragment of a replay answer.
 *
 * @param cls closure
 * @param[in,out] data_size room in @a data; set to the bytes written
 * @param[out] data a whole fragment with its header
 * @return #GNUNET_NO more fragments come, #GNUNET_YES this was the last one,
 *         #GNUNET_SYSERR cannot be answered
 */
typedef int (*GNUNET_MULTICAST_ReplayTransmitNotify) (void *cls,
                                                      size_t *data_size,
                                                      void *data);

/**
 * Write the next piece of a message's body.
 *
 * @param cls closure
 * @param[in,out] data_size room in @a data, one fragment's payload; set to the
 *        bytes written. 0 with #GNUNET_NO pauses until
 *        #GNUNET_MULTICAST_origin_to_all_resume
 * @param[out] data where to write
 * @return #GNUNET_NO more to come, #GNUNET_YES this was the end,
 *         #GNUNET_SYSERR abort
 */
typedef int (*GNUNET_MULTICAST_OriginTransmitNotify) (void *cls,
                                                      size_t *data_size,
                                                      void *data);

/**
 * The same for a request of a member.
 *
 * @param data_size room at @a data, out: bytes written
 * @param data where to write the next piece of the body
 * @return #GNUNET_NO more to come (0 bytes: pause), #GNUNET_YES finished,
 *         #GNUNET_SYSERR abandon
 */
typedef int (*GNUNET_MULTICAST_MemberTransmitNotify) (void *cls,
                                                      size_t *data_size,
                                                      void *data);

/**
 * What an origin tells its client. Any of them may be NULL.
 */
struct GNUNET_MULTICAST_OriginCallbacks
{
  GNUNET_MULTICAST_JoinRequestCallback join_request_cb;
  /** Store it, then call #GNUNET_MULTICAST_origin_request_stored; it comes
      again when it was not acknowledged. */
  GNUNET_MULTICAST_RequestCallback request_cb;
  /** Store it, then call #GNUNET_MULTICAST_origin_fragment_stored. */
  GNUNET_MULTICAST_MessageCallback message_cb;
  GNUNET_MULTICAST_ReplayRangeCallback replay_range_cb;
  /** A member came or went. */
  void (*member_cb) (void *cls,
                     const struct GNUNET_CRYPTO_EcdsaPublicKey *member_key,
                     enum GNUNET_MULTICAST_MemberEvent event);
  /** How the origin stands; @a head may be NULL with SERVICE_LOST. */
  void (*state_cb) (void *cls, enum GNUNET_MULTICAST_OriginState state,
                    const struct GNUNET_MULTICAST_Head *head);
};

/**
 * Where an origin or a membership stands in the tree of its group.
 */
struct GNUNET_MULTICAST_Position
{
  /** The peer that fragments come from; all zero: none, or an origin. */
  struct GNUNET_PeerIdentity parent;
  /** 1: a child of the origin; 0: not attached, or an origin. */
  uint32_t depth;
  /** #GNUNET_YES when the way up is known to end at the origin. */
  int is_rooted;
  /** How many hang on this one directly. */
  uint32_t child_count;
  /** Members that hang here, directly or not; a membership counts itself. What
      members say of themselves, unchecked. */
  uint64_t subtree_size;
  /** Fragments that were issued and are not here. */
  uint64_t lag;
};

/**
 * Called when the position changed, from the scheduler, at most once in
 * HEARTBEAT, and once soon after it was asked for.
 *
 * @param cls closure
 * @param position where; valid during the call
 * @since 0.1
 */
typedef void (*GNUNET_MULTICAST_PositionCallback) (
    void *cls, const struct GNUNET_MULTICAST_Position *position);

/**
 * Called when other members became known, from the scheduler, at most every
 * half a minute.
 *
 * @param cls closure
 * @param peer_count how many, at most 32
 * @param peers worth keeping on disk as the relays of the next
 *        #GNUNET_MULTICAST_member_open, in place of those told before; valid
 *        during the call
 * @since 0.1
 */
typedef void (*GNUNET_MULTICAST_PeersCallback) (
    void *cls, uint16_t peer_count, const struct GNUNET_PeerIdentity *peers);

/**
 * What a membership tells its client. Any of them may be NULL.
 */
struct GNUNET_MULTICAST_MemberCallbacks
{
  /** The answer to our wish to join, again after each new decision.
      @a admission: what was issued so far when we were admitted, so that our
      own stream begins after it (NULL with no). @a ticket: keep it on disk for
      the next #GNUNET_MULTICAST_member_open. @a answer: words of the origin's
      application, or NULL. With NO after an admission: the origin threw us out,
      @a answer are its last words, @a origin is NULL. */
  void (*decision_cb) (void *cls, int is_admitted,
                       const struct GNUNET_MULTICAST_Head *admission,
                       const struct GNUNET_PeerIdentity *origin,
                       uint16_t relay_count,
                       const struct GNUNET_PeerIdentity *relays,
                       const void *ticket, uint16_t ticket_size,
                       const struct GNUNET_MessageHeader *answer);
  /** Store it, then call #GNUNET_MULTICAST_member_fragment_stored (or
      #GNUNET_MULTICAST_member_fragment_failed). */
  GNUNET_MULTICAST_MessageCallback message_cb;
  GNUNET_MULTICAST_ReplayRangeCallback replay_range_cb;
  /** These fragments cannot be had: the origin does not have them any more, or
      we may not read them. */
  void (*gap_cb) (void *cls, uint64_t first, uint64_t last);
  /** How the membership stands; @a head: the highest signed head known. */
  void (*state_cb) (void *cls, enum GNUNET_MULTICAST_MemberState state,
                    const struct GNUNET_MULTICAST_Head *head);
  /** The origin has issued more. */
  void (*head_cb) (void *cls, const struct GNUNET_MULTICAST_Head *head);
  /** A newer ticket to keep on disk. */
  void (*ticket_cb) (void *cls, const void *ticket, uint16_t ticket_size);
  /** A #GNUNET_MULTICAST_member_fetch ended; its fragments came before. */
  void (*fetched_cb) (void *cls, enum GNUNET_MULTICAST_ReplayUnit unit,
                      uint64_t first, uint64_t last,
                      enum GNUNET_MULTICAST_ReplayErrorCode code);
  /** A fragment of our request is on the origin's disk. */
  void (*request_stored_cb) (void *cls, uint64_t request_id,
                             uint64_t fragment_offset);
  /** The origin's client decided on our request. @a message_id: as which
      message it went into the group, or 0. @a reason: never NULL. */
  void (*request_settled_cb) (void *cls, uint64_t request_id,
                              enum GNUNET_MULTICAST_RequestResult result,
                              uint64_t message_id, uint32_t code,
                              const char *reason);
};

#ifdef __cplusplus
}
#endif

#endif
