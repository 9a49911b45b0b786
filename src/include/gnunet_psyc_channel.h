// SPDX-License-Identifier: AGPL-3.0-or-later
/**
 * @file
 * What a channel keeps: membership, history, state. For masters and slaves.
 * Included by gnunet_psyc_service.h, where the rules for all of it stand.
 */
#ifndef GNUNET_PSYC_CHANNEL_H
#define GNUNET_PSYC_CHANNEL_H

#include "gnunet_psyc_types.h"

#ifdef __cplusplus
extern "C"
{
#endif

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
  /** Where this end stands in the tree, not older than a heartbeat. */
  struct GNUNET_MULTICAST_Position position;
};

/**
 * Take no more of the state until it is resumed. What is on its way already is
 * delivered: 256 KiB at most.
 *
 * @param sr the query
 * @since 0.1
 */
void GNUNET_PSYC_state_pause (struct GNUNET_PSYC_StateRequest *sr);

/**
 * Let a query for the state go on.
 *
 * @param sr the query
 * @since 0.1
 */
void GNUNET_PSYC_state_resume (struct GNUNET_PSYC_StateRequest *sr);

/**
 * How the state of a channel that we are a slave in stands.
 */
enum GNUNET_PSYC_StateEvent
{
  /** All of it came: it is what the host says. */
  GNUNET_PSYC_STATE_WHOLE = 0,
  /** Changes were missed; the state stays as it was until all of it came. */
  GNUNET_PSYC_STATE_MISSING = 1,
  /** It is not the host's (by its hash, or as a change does not fit); it stays
      as it was until all of it came. */
  GNUNET_PSYC_STATE_DIFFERS = 2,
};

/**
 * Something happened to the state of a channel.
 *
 * @param cls closure
 * @param event what
 * @param message_id at which message; 0: at none
 * @since 0.1
 */
typedef void (*GNUNET_PSYC_StateEventCallback) (
    void *cls, enum GNUNET_PSYC_StateEvent event, uint64_t message_id);

/**
 * Hear of what happens to the state of a channel, besides changes that are
 * applied as they come. Masters hear nothing: what they say is the state.
 *
 * @param channel the channel
 * @param event_cb called at any time from now on, never before this function
 *        returns, until the channel's owner ends; NULL: not any more
 * @param cls closure of @a event_cb
 * @since 0.1
 */
void GNUNET_PSYC_channel_state_watch (struct GNUNET_PSYC_Channel *channel,
                                      GNUNET_PSYC_StateEventCallback event_cb,
                                      void *cls);

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

#ifdef __cplusplus
}
#endif

#endif
