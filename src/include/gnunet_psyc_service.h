// SPDX-License-Identifier: AGPL-3.0-or-later

/**
 * @file gnunet_psyc_service.h
 * @brief Channels: one master speaks, slaves hear it and may ask it to speak.
 *
 * A channel is an EdDSA key pair. Whoever holds the private key runs it as
 * master; anybody else joins as slave with an ECDSA key of his own. Messages
 * have a method, variables and a body of any length; the service keeps them on
 * disk and delivers them in the channel's order, each exactly once for a
 * handle, also when the service is restarted in between.
 *
 * For every function here: callbacks run from the scheduler, never before the
 * function that they were given to has returned, and never after the handle
 * was stopped, parted, cancelled or destroyed (only the continuation given to
 * that call runs then). From inside any callback every function may be called,
 * also those that end the very handle the callback belongs to. What a callback
 * gets by pointer is valid until it returns. What is given to a function by
 * pointer is copied before it returns, unless it says otherwise; `cfg` is
 * borrowed until the handle is gone. The service may be away, slow, or come
 * back: handles reconnect by themselves and go on where they stopped.
 */
#ifndef GNUNET_PSYC_SERVICE_H
#define GNUNET_PSYC_SERVICE_H

#include <sodium.h>

#ifdef __cplusplus
extern "C"
{
#endif

#include <gnunet/gnunet_util_lib.h>

#ifdef __cplusplus
}
#endif

#include "gnunet_psyc_util_lib.h"
#include "gnunet_multicast_service.h"

#ifdef __cplusplus
extern "C"
{
#endif

/* ------------------------------------------------------------------ types */

/** Slaves must be admitted by the master. @since 0.1 */
#define GNUNET_PSYC_CHANNEL_ADMISSION_CONTROL 1

/** Slaves see only what was sent while they were members. @since 0.1 */
#define GNUNET_PSYC_CHANNEL_RESTRICTED_HISTORY 2

/**
 * Who may join a channel, and who may read what was sent before.
 *
 * @since 0.1
 */
enum GNUNET_PSYC_Policy
{
  /** Anybody; all history. */
  GNUNET_PSYC_CHANNEL_ANONYMOUS = 0,
  /** Whom the master admits; all history. */
  GNUNET_PSYC_CHANNEL_CLOSED = GNUNET_PSYC_CHANNEL_ADMISSION_CONTROL,
  /** Anybody; history from the moment of joining. */
  GNUNET_PSYC_CHANNEL_OPEN = GNUNET_PSYC_CHANNEL_RESTRICTED_HISTORY,
  /** Whom the master admits; history from the moment of joining. */
  GNUNET_PSYC_CHANNEL_PRIVATE = GNUNET_PSYC_CHANNEL_ADMISSION_CONTROL
                                | GNUNET_PSYC_CHANNEL_RESTRICTED_HISTORY
};

/**
 * What the field `state_delta` of a method may say besides a distance in
 * message ids.
 *
 * @since 0.1
 */
__extension__ enum GNUNET_PSYC_StateDeltaValues {
  /** The message resets the state before it changes it. */
  GNUNET_PSYC_STATE_RESET = 0,
  /** The message does not change the state. */
  GNUNET_PSYC_STATE_NOT_MODIFIED = UINT64_MAX
};

/**
 * Flags of a master's message; may be combined.
 *
 * @since 0.1
 */
enum GNUNET_PSYC_MasterTransmitFlags
{
  GNUNET_PSYC_MASTER_TRANSMIT_NONE = 0,
  /** Empty the state before applying this message's modifiers. */
  GNUNET_PSYC_MASTER_TRANSMIT_STATE_RESET = 1,
  /** The message has modifiers that change the state (found out anyway). */
  GNUNET_PSYC_MASTER_TRANSMIT_STATE_MODIFY = 2,
  /** Add a hash of the state. */
  GNUNET_PSYC_MASTER_TRANSMIT_STATE_HASH = 4,
  /** Begin the next group generation with this message. */
  GNUNET_PSYC_MASTER_TRANSMIT_INC_GROUP_GEN = 8
};

/** Flags of a slave's request. @since 0.1 */
enum GNUNET_PSYC_SlaveTransmitFlags
{
  GNUNET_PSYC_SLAVE_TRANSMIT_NONE = 0
};

/** Flags of a slave's joining. @since 0.1 */
enum GNUNET_PSYC_SlaveJoinFlags
{
  GNUNET_PSYC_SLAVE_JOIN_NONE = 0,
  /** Read what is stored here; do not touch the network. */
  GNUNET_PSYC_SLAVE_JOIN_LOCAL = 1
};

/** Flags of a history replay. @since 0.1 */
enum GNUNET_PSYC_HistoryReplayFlags
{
  /** Only what is stored here. */
  GNUNET_PSYC_HISTORY_REPLAY_LOCAL = 0,
  /** Fetch from the channel what is missing here. */
  GNUNET_PSYC_HISTORY_REPLAY_REMOTE = 1
};

/**
 * Largest message for the door (join request, answer) and notice of an
 * ejection, in bytes with its header.
 *
 * @since 0.1
 */
#define GNUNET_PSYC_JOIN_MESSAGE_MAX_SIZE (32 * 1024)

/** Most relays that one call takes. @since 0.1 */
#define GNUNET_PSYC_RELAYS_MAX 256

/**
 * Longest name of a method or variable, and longest text, that one call takes,
 * in bytes with NUL. @since 0.1
 */
#define GNUNET_PSYC_NAME_MAX_SIZE 1024

GNUNET_NETWORK_STRUCT_BEGIN

/** A slave's wish to join, then a struct GNUNET_PSYC_Message. @since 0.1 */
struct GNUNET_PSYC_JoinRequestMessage
{
  /** Type GNUNET_MESSAGE_TYPE_PSYC_JOIN_REQUEST. */
  struct GNUNET_MessageHeader header;
  struct GNUNET_CRYPTO_EcdsaPublicKey slave_pub_key;
};

/** The answer, then a struct GNUNET_PSYC_Message. @since 0.1 */
struct GNUNET_PSYC_JoinDecisionMessage
{
  /** Type GNUNET_MESSAGE_TYPE_PSYC_JOIN_DECISION. */
  struct GNUNET_MessageHeader header;
  /** GNUNET_YES, GNUNET_NO or GNUNET_SYSERR, in network byte order. */
  int32_t is_admitted GNUNET_PACKED;
  struct GNUNET_CRYPTO_EcdsaPublicKey slave_pub_key;
};

/** Where a channel stands. @since 0.1 */
struct GNUNET_PSYC_CountersResultMessage
{
  struct GNUNET_MessageHeader header;
  uint32_t result_code GNUNET_PACKED;
  uint64_t max_message_id GNUNET_PACKED;
};

GNUNET_NETWORK_STRUCT_END

/** What a master and a slave have in common. Owned by them. @since 0.1 */
struct GNUNET_PSYC_Channel;
/** A channel run by us. @since 0.1 */
struct GNUNET_PSYC_Master;
/** Our membership in a channel. @since 0.1 */
struct GNUNET_PSYC_Slave;
/** A question at the door. @since 0.1 */
struct GNUNET_PSYC_JoinHandle;
/** A master's message that is being pulled. @since 0.1 */
struct GNUNET_PSYC_MasterTransmitHandle;
/** A slave's request that is being pulled. @since 0.1 */
struct GNUNET_PSYC_SlaveTransmitHandle;
/** A message that is being pushed. @since 0.1 */
struct GNUNET_PSYC_Upload;
/** A history replay under way. @since 0.1 */
struct GNUNET_PSYC_HistoryRequest;
/** A state query under way. @since 0.1 */
struct GNUNET_PSYC_StateRequest;
/** A question for struct GNUNET_PSYC_ChannelInfo under way. @since 0.1 */
struct GNUNET_PSYC_InfoRequest;
/** A reader of a local log. @since 0.1 */
struct GNUNET_PSYC_Observer;

/* ------------------------------------------------------------------- door */

/**
 * Hear that a slave wants in.
 *
 * Called once for each question and connection to the service; a question that
 * is not decided is asked again after the service was restarted.
 *
 * @param cls closure of the master
 * @param req the wish as it came
 * @param slave_pub_key who asks
 * @param join_msg what it said at the door, or NULL
 * @param jh answer through this, now or later, with
 *        GNUNET_PSYC_join_decision(); it lives until then or until the master
 *        is stopped, whatever comes first. Once the service was lost in
 *        between, deciding has no effect (the question comes again).
 * @since 0.1
 */
typedef void (*GNUNET_PSYC_JoinRequestCallback) (
    void *cls, const struct GNUNET_PSYC_JoinRequestMessage *req,
    const struct GNUNET_CRYPTO_EcdsaPublicKey *slave_pub_key,
    const struct GNUNET_PSYC_Message *join_msg,
    struct GNUNET_PSYC_JoinHandle *jh);

/**
 * Hear the answer to our own wish to join.
 *
 * Called each time the channel decides. A slave that was refused stays a valid
 * handle (it reads what is stored); part it when it is of no use.
 *
 * @param cls closure of the slave
 * @param dcsn the answer as a message
 * @param is_admitted GNUNET_YES, GNUNET_NO, or GNUNET_SYSERR (could not be
 *        decided)
 * @param join_msg what the master said to it, or NULL
 * @since 0.1
 */
typedef void (*GNUNET_PSYC_JoinDecisionCallback) (
    void *cls, const struct GNUNET_PSYC_JoinDecisionMessage *dcsn,
    int is_admitted, const struct GNUNET_PSYC_Message *join_msg);

/**
 * Answer a question at the door. Frees the handle.
 *
 * @param jh the question
 * @param is_admitted GNUNET_YES: let in, GNUNET_NO: refuse, GNUNET_SYSERR:
 *        cannot say
 * @param relay_count number of @a relays, at most GNUNET_PSYC_RELAYS_MAX
 * @param relays peers that the slave may attach to, or NULL
 * @param join_resp what to tell it, also on refusal, or NULL
 * @return GNUNET_OK; GNUNET_SYSERR when @a join_resp is above
 *         GNUNET_PSYC_JOIN_MESSAGE_MAX_SIZE or there are too many relays
 *         (nothing was answered, the handle remains)
 * @since 0.1
 */
int GNUNET_PSYC_join_decision (struct GNUNET_PSYC_JoinHandle *jh,
                               int is_admitted, uint32_t relay_count,
                               const struct GNUNET_PeerIdentity *relays,
                               const struct GNUNET_PSYC_Message *join_resp);

/**
 * Say that a question is safe on disk here and will be answered later.
 *
 * Reaches the joiner as GNUNET_MULTICAST_MEMBER_STATE_PENDING. The handle
 * stays usable.
 *
 * @param jh the question
 * @since 0.1
 */
void GNUNET_PSYC_join_pending (struct GNUNET_PSYC_JoinHandle *jh);

/* ----------------------------------------------------------------- master */

/**
 * Hear that the channel runs.
 *
 * Called after each connection to the service, so again after each restart of
 * it.
 *
 * @param cls closure of the master
 * @param result GNUNET_YES: there are messages, GNUNET_NO: none yet,
 *        GNUNET_SYSERR: it cannot be run (the handle is of no use; stop it)
 * @param max_message_id highest message id stored, 0 for none
 * @since 0.1
 */
typedef void (*GNUNET_PSYC_MasterStartCallback) (void *cls, int result,
                                                 uint64_t max_message_id);

/**
 * Run the channel of a key.
 *
 * Messages (our own too) are delivered from the moment of the first start on;
 * older ones by history replay. A request of a slave is delivered whole, with
 * flag GNUNET_PSYC_MESSAGE_REQUEST and its request id as message id, and
 * counts as accepted once the callbacks for its last fragment returned, unless
 * GNUNET_PSYC_master_handle_requests() asks for them.
 *
 * @param cfg configuration
 * @param channel_key the channel's private key
 * @param policy who may join; a channel that exists keeps the policy given
 *        last
 * @param master_start_cb called when it runs, or NULL
 * @param join_request_cb called when a slave asks to join and the policy does
 *        not decide, or NULL: such questions stay pending
 * @param message_cb called once for each fragment, or NULL
 * @param message_part_cb called for each part of each fragment, after
 *        @a message_cb for that fragment; or NULL
 * @param cls closure of all these
 * @return handle; stop with GNUNET_PSYC_master_stop(). NULL on error
 * @since 0.1
 */
struct GNUNET_PSYC_Master *GNUNET_PSYC_master_start (
    const struct GNUNET_CONFIGURATION_Handle *cfg,
    const struct GNUNET_CRYPTO_EddsaPrivateKey *channel_key,
    enum GNUNET_PSYC_Policy policy,
    GNUNET_PSYC_MasterStartCallback master_start_cb,
    GNUNET_PSYC_JoinRequestCallback join_request_cb,
    GNUNET_PSYC_MessageCallback message_cb,
    GNUNET_PSYC_MessagePartCallback message_part_cb, void *cls);

/**
 * Let go of a channel.
 *
 * Ends every upload, transmission, request and question of this handle without
 * calling back. What was handed to the service before is still sent.
 *
 * @param master the channel; not valid any more
 * @param keep_active GNUNET_YES: the service goes on running it without us
 * @param stop_cb called once the service has let go (at once when it is not
 *        there), or NULL
 * @param stop_cls closure of @a stop_cb
 * @since 0.1
 */
void GNUNET_PSYC_master_stop (struct GNUNET_PSYC_Master *master,
                              int keep_active,
                              GNUNET_ContinuationCallback stop_cb,
                              void *stop_cls);

/**
 * Send one message to all, pulled from callbacks.
 *
 * The modifiers are pulled first, until @a notify_mod returns GNUNET_YES, then
 * the body. A call that returns GNUNET_NO with 0 bytes pauses until
 * GNUNET_PSYC_master_transmit_resume(); GNUNET_SYSERR abandons the message.
 *
 * @param master the channel
 * @param method_name its method
 * @param notify_mod pull callback for modifiers, or NULL: none
 * @param notify_data pull callback for the body, or NULL: none
 * @param notify_cls closure of both
 * @param flags flags
 * @return handle, valid until the last pull callback has returned GNUNET_YES
 *         or GNUNET_SYSERR; NULL while another one is being pulled, or on error
 * @since 0.1
 */
struct GNUNET_PSYC_MasterTransmitHandle *GNUNET_PSYC_master_transmit (
    struct GNUNET_PSYC_Master *master, const char *method_name,
    GNUNET_PSYC_TransmitNotifyModifier notify_mod,
    GNUNET_PSYC_TransmitNotifyData notify_data, void *notify_cls,
    enum GNUNET_PSYC_MasterTransmitFlags flags);

/**
 * Go on after a pull callback paused.
 *
 * @param th the transmission
 * @since 0.1
 */
void GNUNET_PSYC_master_transmit_resume (
    struct GNUNET_PSYC_MasterTransmitHandle *th);

/**
 * Abandon a message. What was sent of it is cancelled; receivers are told.
 *
 * @param th the transmission; not valid any more
 * @since 0.1
 */
void GNUNET_PSYC_master_transmit_cancel (
    struct GNUNET_PSYC_MasterTransmitHandle *th);

/**
 * Send a slave's request on to all, unchanged.
 *
 * For masters that do not handle requests explicitly: call it from
 * inside the message callbacks of that request. It is sent when the request is
 * complete.
 *
 * @param master the channel
 * @param message_id id of the request as delivered (its request id)
 * @return handle, valid until the callbacks of the request's last fragment
 *         have returned; NULL if no such request is being delivered
 * @since 0.1
 */
struct GNUNET_PSYC_MasterTransmitHandle *
GNUNET_PSYC_master_relay (struct GNUNET_PSYC_Master *master,
                          uint64_t message_id);

/**
 * Hear of a slave's request.
 *
 * @param cls closure
 * @param slave_key who asks
 * @param request_id its number, unique for the slave
 * @param msg its first fragment: method and what of the modifiers and body
 *        fits
 * @since 0.1
 */
typedef void (*GNUNET_PSYC_RequestCallback) (
    void *cls, const struct GNUNET_CRYPTO_EcdsaPublicKey *slave_key,
    uint64_t request_id, const struct GNUNET_PSYC_MessageHeader *msg);

/**
 * Decide requests oneself.
 *
 * Each complete request is then offered once to @a request_cb (again after a
 * restart of this program, until decided) and not to the message callbacks.
 * Decide it, now or later, with GNUNET_PSYC_master_request_relay(), _accept()
 * or _refuse(). Best called right after GNUNET_PSYC_master_start().
 *
 * @param master the channel
 * @param request_cb called for each request; NULL: as without this function
 * @param cls closure of @a request_cb
 * @since 0.1
 */
void GNUNET_PSYC_master_handle_requests (struct GNUNET_PSYC_Master *master,
                                         GNUNET_PSYC_RequestCallback request_cb,
                                         void *cls);

/**
 * Say a slave's request to all as a message of the channel.
 *
 * Survives restarts of the service; happens once. Deciding a request that was
 * not offered, or a second time, has no effect.
 *
 * @param master the channel
 * @param slave_key whose request
 * @param request_id which one
 * @param env modifiers to add; they replace any of the same name in the
 *        request. At most 32 KiB together (more: the request is refused). May
 *        be NULL
 * @since 0.1
 */
void GNUNET_PSYC_master_request_relay (
    struct GNUNET_PSYC_Master *master,
    const struct GNUNET_CRYPTO_EcdsaPublicKey *slave_key, uint64_t request_id,
    const struct GNUNET_PSYC_Environment *env);

/**
 * Take a slave's request without saying it to all.
 *
 * @param master the channel
 * @param slave_key whose request
 * @param request_id which one
 * @since 0.1
 */
void GNUNET_PSYC_master_request_accept (
    struct GNUNET_PSYC_Master *master,
    const struct GNUNET_CRYPTO_EcdsaPublicKey *slave_key, uint64_t request_id);

/**
 * Refuse a slave's request.
 *
 * @param master the channel
 * @param slave_key whose request
 * @param request_id which one
 * @param code for programs
 * @param reason for people, cut at GNUNET_PSYC_NAME_MAX_SIZE, or NULL
 * @since 0.1
 */
void GNUNET_PSYC_master_request_refuse (
    struct GNUNET_PSYC_Master *master,
    const struct GNUNET_CRYPTO_EcdsaPublicKey *slave_key, uint64_t request_id,
    uint32_t code, const char *reason);

/**
 * Throw a slave out.
 *
 * Begins the next group generation, ends the membership, voids its tickets and
 * closes its links.
 *
 * @param master the channel
 * @param slave_key whom
 * @param notice what to tell it, at most GNUNET_PSYC_JOIN_MESSAGE_MAX_SIZE
 *        (a larger one is left out), or NULL
 * @param result_cb called once when it is durable, GNUNET_OK or GNUNET_SYSERR
 *        with a text as data; or NULL
 * @param cls closure of @a result_cb
 * @since 0.1
 */
void
GNUNET_PSYC_master_eject (struct GNUNET_PSYC_Master *master,
                          const struct GNUNET_CRYPTO_EcdsaPublicKey *slave_key,
                          const struct GNUNET_PSYC_Message *notice,
                          GNUNET_ResultCallback result_cb, void *cls);

/**
 * Hear a member coming or going.
 *
 * @param cls closure
 * @param slave_key who
 * @param event what happened
 * @since 0.1
 */
typedef void (*GNUNET_PSYC_MemberCallback) (
    void *cls, const struct GNUNET_CRYPTO_EcdsaPublicKey *slave_key,
    enum GNUNET_MULTICAST_MemberEvent event);

/**
 * Hear of members coming and going.
 *
 * After each start ATTACHED is told for everybody who is there.
 *
 * @param master the channel
 * @param cb called for each event; NULL: no more
 * @param cls closure of @a cb
 * @since 0.1
 */
void GNUNET_PSYC_master_watch_members (struct GNUNET_PSYC_Master *master,
                                       GNUNET_PSYC_MemberCallback cb,
                                       void *cls);

/**
 * Get the handle for what masters and slaves have in common.
 *
 * @param master the channel
 * @return valid as long as @a master
 * @since 0.1
 */
struct GNUNET_PSYC_Channel *
GNUNET_PSYC_master_get_channel (struct GNUNET_PSYC_Master *master);

/* ------------------------------------------------------------------ slave */

/**
 * Hear that the local part of joining is done.
 *
 * Called after each connection to the service, so again after each restart of
 * it.
 *
 * @param cls closure of the slave
 * @param result GNUNET_YES: messages are stored here, GNUNET_NO: none yet,
 *        GNUNET_SYSERR: failed (the handle is of no use; part it)
 * @param max_message_id highest message id stored here, 0 for none
 * @since 0.1
 */
typedef void (*GNUNET_PSYC_SlaveConnectCallback) (void *cls, int result,
                                                  uint64_t max_message_id);

/**
 * Join a channel.
 *
 * Messages are delivered from the moment of the first connection on; older
 * ones by history replay.
 *
 * @param cfg configuration
 * @param channel_pub_key the channel
 * @param slave_pub_key our private key (named as it was in 2019)
 * @param flags flags
 * @param origin the master's peer, or NULL when known from before or when
 *        @a relays are given
 * @param relay_count number of @a relays, at most GNUNET_PSYC_RELAYS_MAX
 * @param relays peers to ask, or NULL
 * @param message_cb called once for each fragment, or NULL
 * @param message_part_cb called for each part of each fragment, after
 *        @a message_cb for that fragment; or NULL
 * @param slave_connect_cb called when the local part is done, or NULL
 * @param join_decision_cb called with the channel's answer, or NULL
 * @param cls closure of all these
 * @param join_msg what to say at the door, at most
 *        GNUNET_PSYC_JOIN_MESSAGE_MAX_SIZE, or NULL
 * @return handle; leave with GNUNET_PSYC_slave_part(). NULL on error
 * @since 0.1
 */
struct GNUNET_PSYC_Slave *GNUNET_PSYC_slave_join (
    const struct GNUNET_CONFIGURATION_Handle *cfg,
    const struct GNUNET_CRYPTO_EddsaPublicKey *channel_pub_key,
    const struct GNUNET_CRYPTO_EcdsaPrivateKey *slave_pub_key,
    enum GNUNET_PSYC_SlaveJoinFlags flags,
    const struct GNUNET_PeerIdentity *origin, uint32_t relay_count,
    const struct GNUNET_PeerIdentity *relays,
    GNUNET_PSYC_MessageCallback message_cb,
    GNUNET_PSYC_MessagePartCallback message_part_cb,
    GNUNET_PSYC_SlaveConnectCallback slave_connect_cb,
    GNUNET_PSYC_JoinDecisionCallback join_decision_cb, void *cls,
    const struct GNUNET_PSYC_Message *join_msg);

/**
 * Leave a channel, or only let go of it.
 *
 * Ends every upload, transmission and request of this handle without calling
 * back. What the service has queued is still sent when @a keep_active.
 *
 * @param slave our membership; not valid any more
 * @param keep_active GNUNET_YES: the service stays joined without us;
 *        GNUNET_NO: the membership ends
 * @param part_cb called once the service has let go (at once when it is not
 *        there), or NULL
 * @param part_cls closure of @a part_cb
 * @since 0.1
 */
void GNUNET_PSYC_slave_part (struct GNUNET_PSYC_Slave *slave, int keep_active,
                             GNUNET_ContinuationCallback part_cb,
                             void *part_cls);

/**
 * Send one request to the master, pulled from callbacks.
 *
 * As GNUNET_PSYC_master_transmit(). The service keeps it on disk until the
 * master has it.
 *
 * @param slave our membership
 * @param method_name its method
 * @param notify_mod pull callback for modifiers, or NULL: none
 * @param notify_data pull callback for the body, or NULL: none
 * @param notify_cls closure of both
 * @param flags flags
 * @return handle, valid until the last pull callback has returned GNUNET_YES
 *         or GNUNET_SYSERR; NULL while another one is being pulled, or on error
 * @since 0.1
 */
struct GNUNET_PSYC_SlaveTransmitHandle *GNUNET_PSYC_slave_transmit (
    struct GNUNET_PSYC_Slave *slave, const char *method_name,
    GNUNET_PSYC_TransmitNotifyModifier notify_mod,
    GNUNET_PSYC_TransmitNotifyData notify_data, void *notify_cls,
    enum GNUNET_PSYC_SlaveTransmitFlags flags);

/**
 * Go on after a pull callback paused.
 *
 * @param th the transmission
 * @since 0.1
 */
void
GNUNET_PSYC_slave_transmit_resume (struct GNUNET_PSYC_SlaveTransmitHandle *th);

/**
 * Abandon a request.
 *
 * @param th the transmission; not valid any more
 * @since 0.1
 */
void
GNUNET_PSYC_slave_transmit_cancel (struct GNUNET_PSYC_SlaveTransmitHandle *th);

/**
 * Hear where the link to the channel stands.
 *
 * @param cls closure
 * @param state where it stands now
 * @since 0.1
 */
typedef void (*GNUNET_PSYC_LinkCallback) (
    void *cls, enum GNUNET_MULTICAST_MemberState state);

/**
 * Hear where the link to the channel stands, and of each change.
 *
 * What is known already is told soon after the call.
 *
 * @param slave our membership
 * @param cb called for each state; NULL: no more
 * @param cls closure of @a cb
 * @since 0.1
 */
void GNUNET_PSYC_slave_watch (struct GNUNET_PSYC_Slave *slave,
                              GNUNET_PSYC_LinkCallback cb, void *cls);

/**
 * Get the handle for what masters and slaves have in common.
 *
 * @param slave our membership
 * @return valid as long as @a slave
 * @since 0.1
 */
struct GNUNET_PSYC_Channel *
GNUNET_PSYC_slave_get_channel (struct GNUNET_PSYC_Slave *slave);

/* ----------------------------------------------------------------- upload */

/**
 * What has become of a message that we sent. Values from STORED on are final.
 *
 * @since 0.1
 */
enum GNUNET_PSYC_SendState
{
  /** Slave: on our own disk, it will be sent. */
  GNUNET_PSYC_SEND_QUEUED = 1,
  /** Slave: left for the master. */
  GNUNET_PSYC_SEND_SENT = 2,
  /** Master: durable, part of the channel. */
  GNUNET_PSYC_SEND_STORED = 3,
  /** Slave: on the master's disk; message id 0 if it was not said to all. */
  GNUNET_PSYC_SEND_ACCEPTED = 4,
  /** Slave: the master refused it, with code and reason. */
  GNUNET_PSYC_SEND_REFUSED = 5,
  /** Cancelled by us. */
  GNUNET_PSYC_SEND_CANCELLED = 6,
  /** Could not be sent; the reason says why. */
  GNUNET_PSYC_SEND_FAILED = 7
};

/**
 * Hear what has become of a message.
 *
 * @param cls closure of the upload
 * @param state where it stands
 * @param request_id its request id, or 0 (not known yet, or a master's)
 * @param message_id its message id in the channel, or 0 (not known yet)
 * @param code for programs, with REFUSED and FAILED
 * @param reason for people, or NULL
 * @since 0.1
 */
typedef void (*GNUNET_PSYC_SendStateCallback) (
    void *cls, enum GNUNET_PSYC_SendState state, uint64_t request_id,
    uint64_t message_id, uint32_t code, const char *reason);

/**
 * Hear that an upload takes more.
 *
 * @param cls closure of the upload
 * @since 0.1
 */
typedef void (*GNUNET_PSYC_UploadReadyCallback) (void *cls);

/**
 * Begin to send a message, pushing its parts.
 *
 * Any number may be under way on a channel at once. A message is taken up
 * again by itself when the service comes back, as long as what the service
 * did not confirm is at most 1 MiB for the handle; a longer one ends FAILED.
 *
 * @param channel the channel: a master's message to all, a slave's request
 * @param tag 16 random bytes that name this message: sent twice with the same
 *        tag, it is said once. NULL: one is made
 * @param flags enum GNUNET_PSYC_MasterTransmitFlags or
 *        enum GNUNET_PSYC_SlaveTransmitFlags
 * @param ready_cb called when more parts are welcome after
 *        GNUNET_PSYC_upload_parts() said GNUNET_NO, or NULL
 * @param state_cb called for each state reached, last with a final one; or
 *        NULL
 * @param cls closure of both
 * @return handle, valid until the final @a state_cb has returned (with NULL:
 *         until the END part was given), or until it is cancelled or detached,
 *         or the channel stopped. NULL on error
 * @since 0.1
 */
struct GNUNET_PSYC_Upload *
GNUNET_PSYC_channel_upload (struct GNUNET_PSYC_Channel *channel,
                            const struct GNUNET_Uuid *tag, uint32_t flags,
                            GNUNET_PSYC_UploadReadyCallback ready_cb,
                            GNUNET_PSYC_SendStateCallback state_cb, void *cls);

/**
 * Give the next parts of a message.
 *
 * The END part ends the input; a CANCEL part cancels the upload.
 *
 * @param upload the message
 * @param parts whole consecutive parts (method first, then modifiers, body,
 *        end)
 * @param size bytes at @a parts
 * @return GNUNET_YES: taken, more is welcome; GNUNET_NO: taken, wait for
 *         ready_cb; GNUNET_SYSERR: malformed, nothing taken, the message is
 *         cancelled (state_cb follows with FAILED)
 * @since 0.1
 */
int GNUNET_PSYC_upload_parts (struct GNUNET_PSYC_Upload *upload,
                              const void *parts, uint16_t size);

/**
 * Abandon a message. No callback follows. Without effect on a message whose
 * END part the service has already.
 *
 * @param upload the message; not valid any more
 * @since 0.1
 */
void GNUNET_PSYC_upload_cancel (struct GNUNET_PSYC_Upload *upload);

/**
 * Forget a message's callbacks; the message goes on if its END part was given,
 * else it is cancelled.
 *
 * @param upload the message; not valid any more
 * @since 0.1
 */
void GNUNET_PSYC_upload_detach (struct GNUNET_PSYC_Upload *upload);

/**
 * Hear again of a message that was given before with this tag, also by an
 * earlier life of this program.
 *
 * @param channel the channel it was given to
 * @param tag its tag
 * @param state_cb called with the state that it has reached, then for each
 *        further one, last with a final one; GNUNET_PSYC_SEND_FAILED "unknown
 *        tag" when the service does not know it
 * @param cls closure of @a state_cb
 * @return handle, valid until the final @a state_cb has returned;
 *         GNUNET_PSYC_upload_cancel() and GNUNET_PSYC_upload_detach() only
 *         stop the watching. NULL on error
 * @since 0.1
 */
struct GNUNET_PSYC_Upload *GNUNET_PSYC_channel_upload_watch (
    struct GNUNET_PSYC_Channel *channel, const struct GNUNET_Uuid *tag,
    GNUNET_PSYC_SendStateCallback state_cb, void *cls);

/* ---------------------------------------------------------------- channel */

/**
 * Record a membership locally; nothing is sent.
 *
 * @param channel the channel
 * @param slave_pub_key who
 * @param announced_at id of the message that announced it
 * @param effective_since id of the first message it may read, at most
 *        @a announced_at
 * @param result_cb called once: GNUNET_OK, or GNUNET_SYSERR with a text as
 *        data; or NULL
 * @param cls closure of @a result_cb
 * @since 0.1
 */
void GNUNET_PSYC_channel_slave_add (
    struct GNUNET_PSYC_Channel *channel,
    const struct GNUNET_CRYPTO_EcdsaPublicKey *slave_pub_key,
    uint64_t announced_at, uint64_t effective_since,
    GNUNET_ResultCallback result_cb, void *cls);

/**
 * Record the end of a membership locally; nothing is sent.
 *
 * @param channel the channel
 * @param slave_pub_key who
 * @param announced_at id of the message that announced it
 * @param result_cb called once: GNUNET_OK, or GNUNET_SYSERR with a text as
 *        data; or NULL
 * @param cls closure of @a result_cb
 * @since 0.1
 */
void GNUNET_PSYC_channel_slave_remove (
    struct GNUNET_PSYC_Channel *channel,
    const struct GNUNET_CRYPTO_EcdsaPublicKey *slave_pub_key,
    uint64_t announced_at, GNUNET_ResultCallback result_cb, void *cls);

/**
 * Replay stored messages by their ids.
 *
 * They come with flag GNUNET_PSYC_MESSAGE_HISTORIC. No more than a window of
 * 256 KiB is in memory, whatever the range.
 *
 * @param channel the channel
 * @param start_message_id first one
 * @param end_message_id last one, inclusive
 * @param method_prefix only methods that are this or longer ("_a" takes
 *        "_a_b", not "_ab"); "" or NULL: all
 * @param flags enum GNUNET_PSYC_HistoryReplayFlags
 * @param message_cb called once for each fragment, or NULL
 * @param message_part_cb called for each part, or NULL
 * @param result_cb called once at the end: the number of messages, GNUNET_NO
 *        for none, or GNUNET_SYSERR with a text (data, NUL included) when not
 *        all could be replayed; or NULL
 * @param cls closure of all these
 * @return handle, valid until @a result_cb was called (or would have been);
 *         NULL on error
 * @since 0.1
 */
struct GNUNET_PSYC_HistoryRequest *GNUNET_PSYC_channel_history_replay (
    struct GNUNET_PSYC_Channel *channel, uint64_t start_message_id,
    uint64_t end_message_id, const char *method_prefix, uint32_t flags,
    GNUNET_PSYC_MessageCallback message_cb,
    GNUNET_PSYC_MessagePartCallback message_part_cb,
    GNUNET_ResultCallback result_cb, void *cls);

/**
 * Replay the newest messages, in ascending order.
 *
 * @param channel the channel
 * @param message_limit how many at most
 * @param method_prefix as in GNUNET_PSYC_channel_history_replay()
 * @param flags enum GNUNET_PSYC_HistoryReplayFlags
 * @param message_cb called once for each fragment, or NULL
 * @param message_part_cb called for each part, or NULL
 * @param result_cb as in GNUNET_PSYC_channel_history_replay()
 * @param cls closure of all these
 * @return as GNUNET_PSYC_channel_history_replay()
 * @since 0.1
 */
struct GNUNET_PSYC_HistoryRequest *GNUNET_PSYC_channel_history_replay_latest (
    struct GNUNET_PSYC_Channel *channel, uint64_t message_limit,
    const char *method_prefix, uint32_t flags,
    GNUNET_PSYC_MessageCallback message_cb,
    GNUNET_PSYC_MessagePartCallback message_part_cb,
    GNUNET_ResultCallback result_cb, void *cls);

/**
 * Stop a replay. No callback follows.
 *
 * @param channel the channel it belongs to
 * @param hr the replay; not valid any more
 * @since 0.1
 */
void GNUNET_PSYC_channel_history_replay_cancel (
    struct GNUNET_PSYC_Channel *channel, struct GNUNET_PSYC_HistoryRequest *hr);

/**
 * Hold a replay: nothing is delivered until it is resumed.
 *
 * @param hr the replay
 * @since 0.1
 */
void GNUNET_PSYC_history_pause (struct GNUNET_PSYC_HistoryRequest *hr);

/**
 * Let a replay go on.
 *
 * @param hr the replay
 * @since 0.1
 */
void GNUNET_PSYC_history_resume (struct GNUNET_PSYC_HistoryRequest *hr);

/**
 * Get a variable, or a piece of a long one.
 *
 * @param cls closure
 * @param mod the part: a MODIFIER, or a MOD_CONT for a further piece; NULL at
 *        the end
 * @param name its name; NULL at the end of the query
 * @param value the value, or this piece of it
 * @param value_size bytes at @a value
 * @param full_value_size size of the whole value with its first piece, 0 with
 *        further ones
 * @since 0.1
 */
typedef void (*GNUNET_PSYC_StateVarCallback) (
    void *cls, const struct GNUNET_MessageHeader *mod, const char *name,
    const void *value, uint32_t value_size, uint32_t full_value_size);

/**
 * Get the variable that matches a name best: this one, else the nearest
 * shorter name.
 *
 * @param channel the channel
 * @param full_name the name
 * @param var_cb called for each piece of the value, then once with NULL
 * @param result_cb called once at the end, after @a var_cb's NULL: GNUNET_YES,
 *        GNUNET_NO nothing found, GNUNET_SYSERR with a text as data; or NULL
 * @param cls closure of both
 * @return handle, valid until @a result_cb was called (or would have been);
 *         NULL on error
 * @since 0.1
 */
struct GNUNET_PSYC_StateRequest *
GNUNET_PSYC_channel_state_get (struct GNUNET_PSYC_Channel *channel,
                               const char *full_name,
                               GNUNET_PSYC_StateVarCallback var_cb,
                               GNUNET_ResultCallback result_cb, void *cls);

/**
 * Get every variable whose name starts with a prefix, sorted by name.
 *
 * @param channel the channel
 * @param name_prefix the prefix; "" is all
 * @param var_cb as in GNUNET_PSYC_channel_state_get()
 * @param result_cb as in GNUNET_PSYC_channel_state_get()
 * @param cls closure of both
 * @return as GNUNET_PSYC_channel_state_get()
 * @since 0.1
 */
struct GNUNET_PSYC_StateRequest *GNUNET_PSYC_channel_state_get_prefix (
    struct GNUNET_PSYC_Channel *channel, const char *name_prefix,
    GNUNET_PSYC_StateVarCallback var_cb, GNUNET_ResultCallback result_cb,
    void *cls);

/**
 * Stop a state query. No callback follows.
 *
 * @param sr the query; not valid any more
 * @since 0.1
 */
void GNUNET_PSYC_channel_state_get_cancel (struct GNUNET_PSYC_StateRequest *sr);

/** Where a channel stands. @since 0.1 */
struct GNUNET_PSYC_ChannelInfo
{
  /** Highest fragment id known to be issued. */
  uint64_t head_fragment_id;
  /** Highest message id stored here. */
  uint64_t max_message_id;
  /** Up to here every fragment is stored or given up. */
  uint64_t settled_fragment_id;
  /** Requests that wait here to be sent (a slave's). */
  uint64_t outbox_count;
  /** Members (a master's). */
  uint64_t member_count;
  /** enum GNUNET_MULTICAST_MemberState of a slave, OriginState of a master. */
  int state;
};

/**
 * Get where a channel stands.
 *
 * @param cls closure
 * @param info the answer
 * @since 0.1
 */
typedef void (*GNUNET_PSYC_InfoCallback) (
    void *cls, const struct GNUNET_PSYC_ChannelInfo *info);

/**
 * Ask where a channel stands.
 *
 * @param channel the channel
 * @param cb called once
 * @param cls closure of @a cb
 * @return handle, valid until @a cb was called; NULL on error
 * @since 0.1
 */
struct GNUNET_PSYC_InfoRequest *
GNUNET_PSYC_channel_info_get (struct GNUNET_PSYC_Channel *channel,
                              GNUNET_PSYC_InfoCallback cb, void *cls);

/**
 * Stop asking. No callback follows.
 *
 * @param ir the question; not valid any more
 * @since 0.1
 */
void GNUNET_PSYC_channel_info_cancel (struct GNUNET_PSYC_InfoRequest *ir);

/**
 * Remove everything of a channel from disk. Stop or part it afterwards.
 *
 * @param channel the channel
 * @param result_cb called once: GNUNET_OK, or GNUNET_SYSERR with a text as
 *        data; or NULL
 * @param cls closure of @a result_cb
 * @since 0.1
 */
void GNUNET_PSYC_channel_forget (struct GNUNET_PSYC_Channel *channel,
                                 GNUNET_ResultCallback result_cb, void *cls);

/* --------------------------------------------------------------- observer */

/**
 * Hear that an observer reads.
 *
 * @param cls closure of the observer
 * @param result GNUNET_YES: there are messages, GNUNET_NO: none yet,
 *        GNUNET_SYSERR: no such channel here (destroy the observer)
 * @param head_fragment_id highest fragment id that can be read now
 * @param max_message_id highest message id stored
 * @since 0.1
 */
typedef void (*GNUNET_PSYC_ObserverStartCallback) (void *cls, int result,
                                                   uint64_t head_fragment_id,
                                                   uint64_t max_message_id);

/**
 * Get one fragment.
 *
 * @param cls closure of the observer
 * @param fragment_id its id
 * @param msg header and parts
 * @since 0.1
 */
typedef void (*GNUNET_PSYC_ObserverFragmentCallback) (
    void *cls, uint64_t fragment_id,
    const struct GNUNET_PSYC_MessageHeader *msg);

/**
 * Hear that fragments are missing and cannot be had.
 *
 * @param cls closure of the observer
 * @param first first one
 * @param last last one
 * @since 0.1
 */
typedef void (*GNUNET_PSYC_ObserverGapCallback) (void *cls, uint64_t first,
                                                 uint64_t last);

/**
 * Read a local log from a place on, for ever. No key is needed: the service is
 * the user's own.
 *
 * Goes on by itself, after the fragment delivered last, when the service was
 * restarted.
 *
 * @param cfg configuration
 * @param channel_key the channel
 * @param slave_key whose log, or NULL: the master's
 * @param after_fragment_id begin behind this fragment; 0: at the beginning;
 *        UINT64_MAX: from now on
 * @param start_cb called once when it reads, or NULL
 * @param fragment_cb called for each fragment, ascending, or NULL
 * @param gap_cb called for each hole, in its place, or NULL
 * @param cls closure of all these
 * @return handle; NULL on error
 * @since 0.1
 */
struct GNUNET_PSYC_Observer *
GNUNET_PSYC_observe (const struct GNUNET_CONFIGURATION_Handle *cfg,
                     const struct GNUNET_CRYPTO_EddsaPublicKey *channel_key,
                     const struct GNUNET_CRYPTO_EcdsaPublicKey *slave_key,
                     uint64_t after_fragment_id,
                     GNUNET_PSYC_ObserverStartCallback start_cb,
                     GNUNET_PSYC_ObserverFragmentCallback fragment_cb,
                     GNUNET_PSYC_ObserverGapCallback gap_cb, void *cls);

/**
 * Hold an observer: nothing is delivered until it is resumed.
 *
 * @param o the observer
 * @since 0.1
 */
void GNUNET_PSYC_observer_pause (struct GNUNET_PSYC_Observer *o);

/**
 * Let an observer go on.
 *
 * @param o the observer
 * @since 0.1
 */
void GNUNET_PSYC_observer_resume (struct GNUNET_PSYC_Observer *o);

/**
 * Stop reading. No callback follows.
 *
 * @param o the observer; not valid any more
 * @since 0.1
 */
void GNUNET_PSYC_observer_destroy (struct GNUNET_PSYC_Observer *o);

#ifdef __cplusplus
}
#endif

#endif
