// SPDX-License-Identifier: AGPL-3.0-or-later
/**
 * @file
 * Limits, flags, handles and visible messages of channels. Included by
 * gnunet_psyc_service.h, where the rules for all of it stand.
 */
#ifndef GNUNET_PSYC_TYPES_H
#define GNUNET_PSYC_TYPES_H

#include <sodium.h>

#ifdef __cplusplus
extern "C"
{
#endif

#include <gnunet/gnunet_util_lib.h>

#ifdef __cplusplus
}
#endif

#include "gnunet_multicast_types.h"
#include "gnunet_psyc_util_lib.h"

#ifdef __cplusplus
extern "C"
{
#endif

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

#ifdef __cplusplus
}
#endif

#endif
