// SPDX-License-Identifier: AGPL-3.0-or-later
/**
 * @file
 * Keeps fragments, membership, state, outbox and inbox of channels on disk.
 * Never talks to the network.
 *
 * Rules for the whole interface:
 *
 * - Every function must be called from the thread of GNUnet's scheduler.
 *   Callbacks come from that scheduler, never before the function that was
 *   given them has returned. From inside a callback everything may be called,
 *   also #GNUNET_PSYCSTORE_disconnect and #GNUNET_PSYCSTORE_operation_cancel
 *   for this or any other operation.
 * - Pointers given to a function are only read during the call: everything is
 *   copied, except @e cfg, which must outlive the handle. Pointers given to a
 *   callback are valid during the callback only.
 * - Every function that starts an operation returns a handle for
 *   #GNUNET_PSYCSTORE_operation_cancel, valid until its last callback, or NULL
 *   when a pointer that must not be is NULL, a message is shorter than its
 *   header, or more than #GNUNET_PSYCSTORE_PENDING_MAX bytes wait already. Then
 *   no callback is called. What else is wrong (an id out of bounds, say) is
 *   told by the result callback.
 * - The result callback (or the one callback there is) is called exactly once,
 *   last, unless the operation is cancelled; it may be NULL. A result
 *   of #GNUNET_SYSERR comes with a message that names the reason, "disk full:
 *   …", "conflicting fragment", "database … is damaged" and so on; nothing of
 *   that operation was stored then.
 * - A change is confirmed after it is durable (committed with fsync), and
 *   changes are done and confirmed in the order of the calls. A read sees
 *   every change called before it on the same handle. Reads that give much
 *   come in pieces, between which later operations run.
 * - Any number of operations may be under way (that is the way to speed:
 *   changes that wait together share one commit). The library reconnects by
 *   itself when the service goes away and says again, in order, what was not
 *   confirmed; every change may be made twice, the second does nothing. A read
 *   that was cut goes on after the last thing it gave. A service that is not
 *   there yet is waited for.
 * - Ids (fragments, messages, requests, generations) begin at 1 and end at
 *   #GNUNET_PSYCSTORE_ID_MAX; 0 means none yet.
 */
#ifndef GNUNET_PSYCSTORE_SERVICE_H
#define GNUNET_PSYCSTORE_SERVICE_H

#include "gnunet_multicast_service.h"
#include "gnunet_psycstore_archive.h"
#include "gnunet_psycstore_fragments.h"
#include "gnunet_psycstore_requests.h"
#include "gnunet_psycstore_state.h"
#include "gnunet_psycstore_types.h"

/**
 * Version of this interface.
 */
#define GNUNET_PSYCSTORE_VERSION 0x00010000

#endif
