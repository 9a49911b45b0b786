// SPDX-License-Identifier: AGPL-3.0-or-later
/**
 * @file
 * Reading and talking in places that are named by their key. Included by
 * gnunet_social_service.h, where the rules for all of it stand.
 */
#ifndef GNUNET_SOCIAL_STREAM_H
#define GNUNET_SOCIAL_STREAM_H

#include "gnunet_social_types.h"

#ifdef __cplusplus
extern "C"
{
#endif

/**
 * A follower stands. Called once, before its fragments.
 *
 * @param result GNUNET_YES: there are messages; GNUNET_NO: none yet;
 *   GNUNET_SYSERR: there is no such place, the follower is dead
 * @param head_fragment_id newest fragment at that moment
 * @param max_message_id highest message id at that moment
 */
typedef void (*GNUNET_SOCIAL_FollowStartCallback) (void *cls, int result,
                                                   uint64_t head_fragment_id,
                                                   uint64_t max_message_id);

/**
 * One fragment, in the order of the place's log, each once.
 *
 * @param fragment_id its id
 * @param msg header and parts
 */
typedef void (*GNUNET_SOCIAL_FollowFragmentCallback) (
    void *cls, uint64_t fragment_id,
    const struct GNUNET_PSYC_MessageHeader *msg);

/**
 * These fragments cannot be had; the stream goes on after them.
 *
 * @param first first fragment
 * @param last last one
 */
typedef void (*GNUNET_SOCIAL_FollowGapCallback) (void *cls, uint64_t first,
                                                 uint64_t last);

/**
 * Read a place's messages as they come.
 *
 * Goes on by itself after a restart of any service, at the fragment after the
 * last one that was delivered.
 *
 * @param app the App
 * @param place_key the place
 * @param after_fragment_id begin after this one; 0: from the beginning;
 *   UINT64_MAX: from now
 * @param start_cb see there, or NULL
 * @param fragment_cb see there
 * @param gap_cb see there, or NULL
 * @param cls closure of the three
 * @return NULL without @a fragment_cb
 * @since 0.1
 */
struct GNUNET_SOCIAL_Follower *
GNUNET_SOCIAL_follow (struct GNUNET_SOCIAL_App *app,
                      const struct GNUNET_CRYPTO_EddsaPublicKey *place_key,
                      uint64_t after_fragment_id,
                      GNUNET_SOCIAL_FollowStartCallback start_cb,
                      GNUNET_SOCIAL_FollowFragmentCallback fragment_cb,
                      GNUNET_SOCIAL_FollowGapCallback gap_cb, void *cls);

/**
 * Call the callbacks no more until GNUNET_SOCIAL_follower_resume(). What
 * arrives meanwhile waits, at most 256 KiB of it here.
 *
 * @param f the follower
 * @since 0.1
 */
void GNUNET_SOCIAL_follower_pause (struct GNUNET_SOCIAL_Follower *f);

/**
 * Go on, from the scheduler.
 *
 * @param f the follower
 * @since 0.1
 */
void GNUNET_SOCIAL_follower_resume (struct GNUNET_SOCIAL_Follower *f);

/**
 * Stop reading.
 *
 * @param f dead when this returns
 * @since 0.1
 */
void GNUNET_SOCIAL_follower_destroy (struct GNUNET_SOCIAL_Follower *f);

/**
 * One fragment of a stored message: header and parts.
 *
 * @param msg header and parts
 */
typedef void (*GNUNET_SOCIAL_ReplayMessageCallback) (
    void *cls, const struct GNUNET_PSYC_MessageHeader *msg);

/**
 * End of a replay, which is dead now.
 *
 * @param result how many messages, GNUNET_NO (0) none, GNUNET_SYSERR
 * @param error with GNUNET_SYSERR: why, else NULL
 */
typedef void (*GNUNET_SOCIAL_ReplayEndCallback) (void *cls, int64_t result,
                                                 const char *error);

/**
 * Read stored messages of a place.
 *
 * Goes on by itself after a restart of any service.
 *
 * @param app the App
 * @param place_key the place
 * @param first_message_id first, from 1
 * @param last_message_id last, inclusive
 * @param latest not 0: only the newest so many of all, whatever the ids say
 * @param method_prefix only methods of this prefix, at most 255 bytes; "" or
 *   NULL: all
 * @param flags enum GNUNET_PSYC_HistoryReplayFlags
 * @param message_cb gets the fragments, in the order of the log, each once
 * @param end_cb called once
 * @param cls closure of both
 * @return NULL when @a method_prefix is too long, or a callback is NULL
 * @since 0.1
 */
struct GNUNET_SOCIAL_Replay *
GNUNET_SOCIAL_replay (struct GNUNET_SOCIAL_App *app,
                      const struct GNUNET_CRYPTO_EddsaPublicKey *place_key,
                      uint64_t first_message_id, uint64_t last_message_id,
                      uint64_t latest, const char *method_prefix,
                      uint32_t flags,
                      GNUNET_SOCIAL_ReplayMessageCallback message_cb,
                      GNUNET_SOCIAL_ReplayEndCallback end_cb, void *cls);

/**
 * Call the callbacks no more until GNUNET_SOCIAL_replay_resume().
 *
 * @param r the replay
 * @since 0.1
 */
void GNUNET_SOCIAL_replay_pause (struct GNUNET_SOCIAL_Replay *r);

/**
 * Go on, from the scheduler.
 *
 * @param r the replay
 * @since 0.1
 */
void GNUNET_SOCIAL_replay_resume (struct GNUNET_SOCIAL_Replay *r);

/**
 * Stop reading.
 *
 * @param r dead when this returns; `end_cb` is not called
 * @since 0.1
 */
void GNUNET_SOCIAL_replay_cancel (struct GNUNET_SOCIAL_Replay *r);

/* ---------------------------------------------------- by key: talking -- */

/**
 * Say something in a place: announced when it is ours, talked to its host
 * when we are a guest.
 *
 * Give its parts with GNUNET_SOCIAL_say_parts(); any number of uploads may be
 * under way. What was given is kept, up to 1 MiB, and said again after a
 * restart of the service; the tag keeps it from being a second message.
 *
 * @param app the App
 * @param place_key the place
 * @param tag the same tag twice is the same message; NULL: a random one
 * @param flags enum GNUNET_PSYC_MasterTransmitFlags for an own place, else 0
 * @param ready_cb more parts are welcome (after say_parts said GNUNET_NO),
 *   or NULL
 * @param state_cb what became of it; the states from GNUNET_PSYC_SEND_STORED
 *   on are final, and the handle is dead after them; or NULL
 * @param cls closure of both
 * @return never NULL
 * @since 0.1
 */
struct GNUNET_SOCIAL_Upload *
GNUNET_SOCIAL_say (struct GNUNET_SOCIAL_App *app,
                   const struct GNUNET_CRYPTO_EddsaPublicKey *place_key,
                   const struct GNUNET_Uuid *tag, uint32_t flags,
                   GNUNET_PSYC_UploadReadyCallback ready_cb,
                   GNUNET_PSYC_SendStateCallback state_cb, void *cls);

/**
 * Give the next parts of the message: a method part first, then modifiers,
 * data, and the END part that ends the input.
 *
 * @param upload the message
 * @param parts whole consecutive parts
 * @param size bytes of them
 * @return GNUNET_YES: more is welcome; GNUNET_NO: taken, wait for `ready_cb`;
 *   GNUNET_SYSERR: malformed, the upload has ended and the handle is dead
 * @since 0.1
 */
int GNUNET_SOCIAL_say_parts (struct GNUNET_SOCIAL_Upload *upload,
                             const void *parts, uint16_t size);

/**
 * Abandon the message.
 *
 * @param upload dead when this returns; its callbacks are not called
 * @since 0.1
 */
void GNUNET_SOCIAL_say_cancel (struct GNUNET_SOCIAL_Upload *upload);

/**
 * Forget the callbacks; the message goes on as far as it was given.
 *
 * @param upload dead when this returns
 * @since 0.1
 */
void GNUNET_SOCIAL_say_detach (struct GNUNET_SOCIAL_Upload *upload);

#ifdef __cplusplus
}
#endif

#endif
