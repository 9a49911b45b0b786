// SPDX-License-Identifier: AGPL-3.0-or-later
/**
 * @file
 * Signed fragments from the one origin of a group to all its members, and
 * requests from members back to the origin. What they mean is the business of
 * the layers above.
 *
 * Rules for the whole interface:
 *
 * - Every function must be called from the thread of GNUnet's scheduler.
 *   Callbacks come from that scheduler, never before the function that was
 *   given them has returned. From inside a callback everything may be called,
 *   also what destroys the handle.
 * - Pointers given to a function are only read during the call: everything is
 *   copied, except @e cfg, which must outlive the handle. Pointers given to a
 *   callback are valid during the callback only.
 * - The library reconnects by itself when the service goes away, and says
 *   again what was not confirmed. A service that is not there yet is waited
 *   for.
 * - Ids (fragments, messages, requests, generations) begin at 1 and end at
 *   2^53 - 1; 0 means none yet.
 *
 * There are two ways to use it. `origin_open` and `member_open` are for a
 * client that keeps fragments on disk: it says itself what is durable, and
 * nothing goes on the network before. `origin_start` and `member_join` are the
 * interface of 2019, in which a fragment counts as stored, and a request as
 * taken, when its callback has returned.
 */
#ifndef GNUNET_MULTICAST_SERVICE_H
#define GNUNET_MULTICAST_SERVICE_H

#include <sodium.h>

#ifdef __cplusplus
extern "C"
{
#endif

#include <gnunet/gnunet_common.h>
#include <gnunet/gnunet_util_lib.h>
#include <gnunet/gnunet_constants.h>

/**
 * Version of this interface.
 */
#define GNUNET_MULTICAST_VERSION 0x00010000

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

/* ------------------------------------------------------------------------ */
/* Callbacks                                                                 */

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

/* ------------------------------------------------------------------------ */
/* Answers                                                                   */

/**
 * Answer a wish to join.
 *
 * Call it exactly once; @a jh is invalid afterwards.
 *
 * @param jh what #GNUNET_MULTICAST_JoinRequestCallback gave
 * @param is_admitted #GNUNET_YES, #GNUNET_NO, or #GNUNET_SYSERR: cannot say
 * @param relay_count number of @a relays, at most 64
 * @param relays further peers of the group to tell the joiner; may be NULL
 *        when there are none
 * @param join_resp words for the joiner, also on refusal; NULL for none; at
 *        most 32 KiB
 * @return NULL (the joiner asks for history by itself)
 * @since 0.1
 */
struct GNUNET_MULTICAST_ReplayHandle *
GNUNET_MULTICAST_join_decision (struct GNUNET_MULTICAST_JoinHandle *jh,
                                int is_admitted, uint16_t relay_count,
                                const struct GNUNET_PeerIdentity *relays,
                                const struct GNUNET_MessageHeader *join_resp);

/**
 * Tell the joiner that its question waits on our disk.
 *
 * @param jh stays usable; #GNUNET_MULTICAST_join_decision follows some time
 * @since 0.1
 */
void GNUNET_MULTICAST_join_pending (struct GNUNET_MULTICAST_JoinHandle *jh);

/**
 * Give one fragment in answer to a replay request, or refuse it.
 *
 * @param rh the request; a code other than #GNUNET_MULTICAST_REC_OK ends it
 * @param msg a stored struct GNUNET_MULTICAST_MessageHeader, or NULL
 * @param ec #GNUNET_MULTICAST_REC_OK with a fragment, else why there is none
 * @since 0.1
 */
void
GNUNET_MULTICAST_replay_response (struct GNUNET_MULTICAST_ReplayHandle *rh,
                                  const struct GNUNET_MessageHeader *msg,
                                  enum GNUNET_MULTICAST_ReplayErrorCode ec);

/**
 * End the answer to a replay request.
 *
 * @param rh the request; invalid afterwards
 * @since 0.1
 */
void
GNUNET_MULTICAST_replay_response_end (struct GNUNET_MULTICAST_ReplayHandle *rh);

/**
 * Answer a replay request with a callback that is pulled for each fragment.
 *
 * @param rh the request; ends by itself when @a notify says so
 * @param notify called from the scheduler until it returns other than
 *        #GNUNET_NO; not called any more once the origin or member is gone
 * @param notify_cls closure for @a notify
 * @since 0.1
 */
void
GNUNET_MULTICAST_replay_response2 (struct GNUNET_MULTICAST_ReplayHandle *rh,
                                   GNUNET_MULTICAST_ReplayTransmitNotify notify,
                                   void *notify_cls);

/* ------------------------------------------------------------------------ */
/* Origin                                                                    */

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
 * tells the receivers that it is over.
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

/* ------------------------------------------------------------------------ */
/* Member                                                                    */

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
 * @param member the membership
 * @param fragment_id which
 * @param flags 0
 * @return handle, valid until #GNUNET_MULTICAST_member_replay_cancel or
 *         #GNUNET_MULTICAST_member_part; NULL when not allowed to ask (id 0)
 * @since 0.1
 */
struct GNUNET_MULTICAST_MemberReplayHandle *
GNUNET_MULTICAST_member_replay_fragment (struct GNUNET_MULTICAST_Member *member,
                                         uint64_t fragment_id, uint64_t flags);

/**
 * Ask for what was missed of a message; it comes by the message callback.
 *
 * @param member the membership
 * @param message_id which
 * @param fragment_offset from this byte on (fragments before it may come too)
 * @param flags 0
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

#ifdef __cplusplus
}
#endif

#endif
