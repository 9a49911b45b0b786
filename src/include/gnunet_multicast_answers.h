// SPDX-License-Identifier: AGPL-3.0-or-later
/**
 * @file
 * Answers to questions at the door and to requests for stored fragments, by
 * origins and members. Included by gnunet_multicast_service.h, where the rules
 * for all of it stand.
 */
#ifndef GNUNET_MULTICAST_ANSWERS_H
#define GNUNET_MULTICAST_ANSWERS_H

#include "gnunet_multicast_types.h"

#ifdef __cplusplus
extern "C"
{
#endif

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
 * Say, before the answer to a request for fragments is ended, that we have
 * nothing between what was asked for and @a next_fragment_id: members need not
 * ask for what lies between.
 *
 * @param rh the request, to which nothing was given
 * @param next_fragment_id the next fragment that we have, or, when there is
 *        none, the one behind all that were issued
 * @since 0.1
 */
void
GNUNET_MULTICAST_replay_response_next (struct GNUNET_MULTICAST_ReplayHandle *rh,
                                       uint64_t next_fragment_id);

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

#ifdef __cplusplus
}
#endif

#endif
