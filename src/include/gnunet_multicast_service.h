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

#include "gnunet_multicast_answers.h"
#include "gnunet_multicast_member.h"
#include "gnunet_multicast_origin.h"
#include "gnunet_multicast_types.h"

/**
 * Version of this interface.
 */
#define GNUNET_MULTICAST_VERSION 0x00010000

#endif
