// SPDX-License-Identifier: AGPL-3.0-or-later
/**
 * @file
 * Readers of a local log, without any key. Included by gnunet_psyc_service.h,
 * where the rules for all of it stand.
 */
#ifndef GNUNET_PSYC_OBSERVER_H
#define GNUNET_PSYC_OBSERVER_H

#include "gnunet_psyc_types.h"

#ifdef __cplusplus
extern "C"
{
#endif

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
