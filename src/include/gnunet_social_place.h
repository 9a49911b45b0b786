// SPDX-License-Identifier: AGPL-3.0-or-later
/**
 * @file
 * What host and guest can do alike, by handle: rules, history, objects.
 * Included by gnunet_social_service.h, where the rules for all of it stand.
 */
#ifndef GNUNET_SOCIAL_PLACE_H
#define GNUNET_SOCIAL_PLACE_H

#include "gnunet_social_types.h"

#ifdef __cplusplus
extern "C"
{
#endif

/**
 * Get the key of a place.
 *
 * @param plc the place
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
 *
 * @param plc the place
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
 * @param plc the place
 * @param message_limit how many, at least 1
 * @param method_prefix only methods of this prefix; "" or NULL: all
 * @param flags enum GNUNET_PSYC_HistoryReplayFlags
 * @param slicer gets the messages; borrowed until the end; or NULL
 * @param result_cb as for GNUNET_SOCIAL_place_history_replay(), or NULL
 * @return as GNUNET_SOCIAL_place_history_replay()
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
 * @param plc the place
 * @param name_prefix how the names begin; "" is all
 * @param var_cb called for each piece of each value, then once with NULL
 * @param result_cb as for GNUNET_SOCIAL_place_look_at(), or NULL
 * @return as GNUNET_SOCIAL_place_look_at()
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

#ifdef __cplusplus
}
#endif

#endif
