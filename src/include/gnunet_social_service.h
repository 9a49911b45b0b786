// SPDX-License-Identifier: AGPL-3.0-or-later
/**
 * @file
 * Places, egos and nyms: meet, talk and publish without servers.
 *
 * Two ways in, over one connection (struct GNUNET_SOCIAL_App):
 *
 * * addressed by key: queries, followers, replays and uploads name the place
 *   by its public key and need nothing else; made for programs that do one
 *   thing and end, and for gateways;
 * * by handle: a Host or a Guest for each place, messages dispatched by a
 *   slicer, doors answered by callbacks, bodies pulled from callbacks.
 *
 * In all of this header:
 *
 * * Callbacks run from the scheduler, never before the function that asked
 *   for them has returned.
 * * Whatever a callback gets by pointer is valid until it returns. What a
 *   function is given by pointer is copied, unless it says otherwise.
 * * Any function may be called from any callback, also those that end the
 *   very handle; after such an end that handle's callbacks come no more.
 * * The library reconnects by itself when the service goes and comes back,
 *   and asks again for what was not answered; nothing is done twice for it.
 * * GNUNET_SOCIAL_app_disconnect() ends all that hangs on the App, silently.
 *   Pointers to any of it are dangling then.
 */
#ifndef GNUNET_SOCIAL_SERVICE_H
#define GNUNET_SOCIAL_SERVICE_H

#include "gnunet_psyc_service.h"
#include "gnunet_psyc_util_lib.h"
#include "gnunet_social_app.h"
#include "gnunet_social_guest.h"
#include "gnunet_social_host.h"
#include "gnunet_social_place.h"
#include "gnunet_social_query.h"
#include "gnunet_social_stream.h"
#include "gnunet_social_types.h"

/** Version of this interface. */
#define GNUNET_SOCIAL_VERSION 0x00010000

#endif
