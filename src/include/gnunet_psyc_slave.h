// SPDX-License-Identifier: AGPL-3.0-or-later
/**
 * @file
 * Being in a channel: joining, hearing, asking the master to speak. Included by
 * gnunet_psyc_service.h, where the rules for all of it stand.
 */
#ifndef GNUNET_PSYC_SLAVE_H
#define GNUNET_PSYC_SLAVE_H

#include "gnunet_psyc_types.h"

#ifdef __cplusplus
extern "C"
{
#endif

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

#ifdef __cplusplus
}
#endif

#endif
