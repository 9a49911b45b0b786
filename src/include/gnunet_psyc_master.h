// SPDX-License-Identifier: AGPL-3.0-or-later
/**
 * @file
 * Running a channel: the door, what is said to all, requests of slaves.
 * Included by gnunet_psyc_service.h, where the rules for all of it stand.
 */
#ifndef GNUNET_PSYC_MASTER_H
#define GNUNET_PSYC_MASTER_H

#include "gnunet_psyc_types.h"

#ifdef __cplusplus
extern "C"
{
#endif

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
 * Go on though a member has proved that it has newer messages than this host's
 * disk, which holds an older copy of the channel: behind all that members know.
 * What they have and we have not is a gap here.
 *
 * @param master the master
 * @param result_cb called once with #GNUNET_OK, or #GNUNET_SYSERR and why not
 *        (nobody has anything newer); may be NULL
 * @param cls closure of @a result_cb
 * @since 0.1
 */
void GNUNET_PSYC_master_adopt (struct GNUNET_PSYC_Master *master,
                               GNUNET_ResultCallback result_cb, void *cls);

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

#ifdef __cplusplus
}
#endif

#endif
