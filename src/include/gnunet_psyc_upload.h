// SPDX-License-Identifier: AGPL-3.0-or-later
/**
 * @file
 * Messages that are pushed part by part, and what becomes of them. Included by
 * gnunet_psyc_service.h, where the rules for all of it stand.
 */
#ifndef GNUNET_PSYC_UPLOAD_H
#define GNUNET_PSYC_UPLOAD_H

#include "gnunet_psyc_types.h"

#ifdef __cplusplus
extern "C"
{
#endif

/**
 * What has become of a message that we sent. Values from STORED on are final.
 *
 * @since 0.1
 */
enum GNUNET_PSYC_SendState
{
  /** Slave: on our own disk, it will be sent. */
  GNUNET_PSYC_SEND_QUEUED = 1,
  /** Slave: left for the master. */
  GNUNET_PSYC_SEND_SENT = 2,
  /** Master: durable, part of the channel. */
  GNUNET_PSYC_SEND_STORED = 3,
  /** Slave: on the master's disk; message id 0 if it was not said to all. */
  GNUNET_PSYC_SEND_ACCEPTED = 4,
  /** Slave: the master refused it, with code and reason. */
  GNUNET_PSYC_SEND_REFUSED = 5,
  /** Cancelled by us. */
  GNUNET_PSYC_SEND_CANCELLED = 6,
  /** Could not be sent; the reason says why. */
  GNUNET_PSYC_SEND_FAILED = 7
};

/**
 * Hear what has become of a message.
 *
 * @param cls closure of the upload
 * @param state where it stands
 * @param request_id its request id, or 0 (not known yet, or a master's)
 * @param message_id its message id in the channel, or 0 (not known yet)
 * @param code for programs, with REFUSED and FAILED
 * @param reason for people, or NULL
 * @since 0.1
 */
typedef void (*GNUNET_PSYC_SendStateCallback) (
    void *cls, enum GNUNET_PSYC_SendState state, uint64_t request_id,
    uint64_t message_id, uint32_t code, const char *reason);

/**
 * Hear that an upload takes more.
 *
 * @param cls closure of the upload
 * @since 0.1
 */
typedef void (*GNUNET_PSYC_UploadReadyCallback) (void *cls);

/**
 * Begin to send a message, pushing its parts.
 *
 * Any number may be under way on a channel at once. A message is taken up
 * again by itself when the service comes back, as long as what the service
 * did not confirm is at most 1 MiB for the handle; a longer one ends FAILED.
 *
 * @param channel the channel: a master's message to all, a slave's request
 * @param tag 16 random bytes that name this message: sent twice with the same
 *        tag, it is said once. NULL: one is made
 * @param flags enum GNUNET_PSYC_MasterTransmitFlags or
 *        enum GNUNET_PSYC_SlaveTransmitFlags
 * @param ready_cb called when more parts are welcome after
 *        GNUNET_PSYC_upload_parts() said GNUNET_NO, or NULL
 * @param state_cb called for each state reached, last with a final one; or
 *        NULL
 * @param cls closure of both
 * @return handle, valid until the final @a state_cb has returned (with NULL:
 *         until the END part was given), or until it is cancelled or detached,
 *         or the channel stopped. NULL on error
 * @since 0.1
 */
struct GNUNET_PSYC_Upload *
GNUNET_PSYC_channel_upload (struct GNUNET_PSYC_Channel *channel,
                            const struct GNUNET_Uuid *tag, uint32_t flags,
                            GNUNET_PSYC_UploadReadyCallback ready_cb,
                            GNUNET_PSYC_SendStateCallback state_cb, void *cls);

/**
 * Give the next parts of a message.
 *
 * The END part ends the input; a CANCEL part cancels the upload.
 *
 * @param upload the message
 * @param parts whole consecutive parts (method first, then modifiers, body,
 *        end)
 * @param size bytes at @a parts
 * @return GNUNET_YES: taken, more is welcome; GNUNET_NO: taken, wait for
 *         ready_cb; GNUNET_SYSERR: malformed, nothing taken, the message is
 *         cancelled (state_cb follows with FAILED)
 * @since 0.1
 */
int GNUNET_PSYC_upload_parts (struct GNUNET_PSYC_Upload *upload,
                              const void *parts, uint16_t size);

/**
 * Abandon a message. No callback follows. Without effect on a message whose
 * END part the service has already.
 *
 * @param upload the message; not valid any more
 * @since 0.1
 */
void GNUNET_PSYC_upload_cancel (struct GNUNET_PSYC_Upload *upload);

/**
 * Forget a message's callbacks; the message goes on if its END part was given,
 * else it is cancelled.
 *
 * @param upload the message; not valid any more
 * @since 0.1
 */
void GNUNET_PSYC_upload_detach (struct GNUNET_PSYC_Upload *upload);

/**
 * Hear again of a message that was given before with this tag, also by an
 * earlier life of this program.
 *
 * @param channel the channel it was given to
 * @param tag its tag
 * @param state_cb called with the state that it has reached, then for each
 *        further one, last with a final one; GNUNET_PSYC_SEND_FAILED "unknown
 *        tag" when the service does not know it
 * @param cls closure of @a state_cb
 * @return handle, valid until the final @a state_cb has returned;
 *         GNUNET_PSYC_upload_cancel() and GNUNET_PSYC_upload_detach() only
 *         stop the watching. NULL on error
 * @since 0.1
 */
struct GNUNET_PSYC_Upload *GNUNET_PSYC_channel_upload_watch (
    struct GNUNET_PSYC_Channel *channel, const struct GNUNET_Uuid *tag,
    GNUNET_PSYC_SendStateCallback state_cb, void *cls);

#ifdef __cplusplus
}
#endif

#endif
