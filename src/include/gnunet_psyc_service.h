// SPDX-License-Identifier: AGPL-3.0-or-later
/**
 * @file
 * Channels: one master speaks, slaves hear it and may ask it to speak.
 *
 * A channel is an EdDSA key pair. Whoever holds the private key runs it as
 * master; anybody else joins as slave with an ECDSA key of his own. Messages
 * have a method, variables and a body of any length; the service keeps them on
 * disk and delivers them in the channel's order, each exactly once for a
 * handle, also when the service is restarted in between.
 *
 * For every function here: callbacks run from the scheduler, never before the
 * function that they were given to has returned, and never after the handle
 * was stopped, parted, cancelled or destroyed (only the continuation given to
 * that call runs then). From inside any callback every function may be called,
 * also those that end the very handle the callback belongs to. What a callback
 * gets by pointer is valid until it returns. What is given to a function by
 * pointer is copied before it returns, unless it says otherwise; `cfg` is
 * borrowed until the handle is gone. The service may be away, slow, or come
 * back: handles reconnect by themselves and go on where they stopped.
 */
#ifndef GNUNET_PSYC_SERVICE_H
#define GNUNET_PSYC_SERVICE_H

#include "gnunet_multicast_service.h"
#include "gnunet_psyc_channel.h"
#include "gnunet_psyc_master.h"
#include "gnunet_psyc_observer.h"
#include "gnunet_psyc_slave.h"
#include "gnunet_psyc_types.h"
#include "gnunet_psyc_upload.h"
#include "gnunet_psyc_util_lib.h"

#endif
