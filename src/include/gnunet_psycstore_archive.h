// SPDX-License-Identifier: AGPL-3.0-or-later
/**
 * @file
 * Whole channels, for tools: what is stored, how much of it is kept, whether it
 * is sound, copies into files and back. Included by gnunet_psycstore_service.h,
 * where the rules for all of it stand.
 */
#ifndef GNUNET_PSYCSTORE_ARCHIVE_H
#define GNUNET_PSYCSTORE_ARCHIVE_H

#include "gnunet_psycstore_types.h"

#ifdef __cplusplus
extern "C"
{
#endif

/** As a limit: none. */
#define GNUNET_PSYCSTORE_UNLIMITED UINT64_MAX

/** How much of a channel's history is kept. */
struct GNUNET_PSYCSTORE_Retention
{
  /** Seconds since a message was stored, or #GNUNET_PSYCSTORE_UNLIMITED. */
  uint64_t age;
  /** Messages, or #GNUNET_PSYCSTORE_UNLIMITED. */
  uint64_t count;
  /** Bytes of all fragments, or #GNUNET_PSYCSTORE_UNLIMITED. */
  uint64_t bytes;
};

/** What is stored of a channel. */
struct GNUNET_PSYCSTORE_ChannelInfo
{
  /** The channel. */
  struct GNUNET_CRYPTO_EddsaPublicKey channel_key;
  /** Fragments stored. */
  uint64_t fragments;
  /** Messages whose beginning is stored. */
  uint64_t messages;
  /** Bytes of all fragments. */
  uint64_t bytes;
  /** Variables of the state. */
  uint64_t variables;
  /** Highest fragment id. */
  uint64_t max_fragment_id;
  /** Highest message id. */
  uint64_t max_message_id;
  /** When the newest fragment was stored; 0 seconds: not known. */
  struct GNUNET_TIME_Absolute newest;
  /** #GNUNET_YES: @e retention is its own; #GNUNET_NO: the configured one
   * holds. */
  int has_retention;
  /** Its own limits. */
  struct GNUNET_PSYCSTORE_Retention retention;
};

/**
 * Function called with each channel of a list.
 *
 * @param cls closure
 * @param info the channel, valid during the call
 */
typedef void (*GNUNET_PSYCSTORE_ChannelInfoCallback) (
    void *cls, const struct GNUNET_PSYCSTORE_ChannelInfo *info);

/**
 * Function called with each thing that is wrong with a channel.
 *
 * @param cls closure
 * @param problem what, for people; valid during the call
 */
typedef void (*GNUNET_PSYCSTORE_ProblemCallback) (void *cls,
                                                  const char *problem);

/**
 * Function called now and then while a channel is copied.
 *
 * @param cls closure
 * @param done fragments copied
 * @param total fragments that there were in the beginning
 */
typedef void (*GNUNET_PSYCSTORE_ProgressCallback) (void *cls, uint64_t done,
                                                   uint64_t total);

/**
 * List the channels of which anything is stored.
 *
 * @param h the handle
 * @param info_cb called with each, by key
 * @param result_cb gets the count, #GNUNET_NO or #GNUNET_SYSERR
 * @param cls closure of both
 * @return the operation, or NULL
 * @since 0.1
 */
struct GNUNET_PSYCSTORE_OperationHandle *
GNUNET_PSYCSTORE_channel_list (struct GNUNET_PSYCSTORE_Handle *h,
                               GNUNET_PSYCSTORE_ChannelInfoCallback info_cb,
                               GNUNET_PSYCSTORE_ResultCallback result_cb,
                               void *cls);

/**
 * Say how much of a channel's history is to be kept. The oldest messages are
 * removed soon, whole; never the newest one, nor what the state needs.
 *
 * @param h the handle
 * @param channel_key the channel, of which something must be stored
 * @param retention its own limits, copied; NULL: as configured
 * @param result_cb gets #GNUNET_OK, #GNUNET_NO: no such channel, or
 *        #GNUNET_SYSERR
 * @param cls closure of @a result_cb
 * @return the operation, or NULL
 * @since 0.1
 */
struct GNUNET_PSYCSTORE_OperationHandle *GNUNET_PSYCSTORE_retention_set (
    struct GNUNET_PSYCSTORE_Handle *h,
    const struct GNUNET_CRYPTO_EddsaPublicKey *channel_key,
    const struct GNUNET_PSYCSTORE_Retention *retention,
    GNUNET_PSYCSTORE_ResultCallback result_cb, void *cls);

/**
 * Look for what is wrong with a channel: rows, bytes and signatures of all
 * fragments, sums, values, requests. Nothing is changed.
 *
 * @param h the handle
 * @param channel_key the channel
 * @param problem_cb called with each problem
 * @param result_cb gets how many there are (0 may also mean: no such channel),
 *        or #GNUNET_SYSERR
 * @param cls closure of both
 * @return the operation, or NULL
 * @since 0.1
 */
struct GNUNET_PSYCSTORE_OperationHandle *GNUNET_PSYCSTORE_channel_check (
    struct GNUNET_PSYCSTORE_Handle *h,
    const struct GNUNET_CRYPTO_EddsaPublicKey *channel_key,
    GNUNET_PSYCSTORE_ProblemCallback problem_cb,
    GNUNET_PSYCSTORE_ResultCallback result_cb, void *cls);

/** A copy in the making. */
struct GNUNET_PSYCSTORE_Archive;

/** What an archive says of itself. */
struct GNUNET_PSYCSTORE_ArchiveInfo
{
  /** The channel. */
  struct GNUNET_CRYPTO_EddsaPublicKey channel_key;
  /** When it was made. */
  struct GNUNET_TIME_Absolute exported;
  /** Fragments that there were then. */
  uint64_t fragments;
  /** Messages that there were then. */
  uint64_t messages;
  /** What its maker put in front, or NULL; free with #GNUNET_free. */
  void *note;
  /** Bytes of @e note. */
  size_t note_size;
};

/**
 * Copy all that is stored of a channel into a file. The channel may go on
 * meanwhile. What psyc keeps of a channel that it hosts holds its secret: let
 * nobody else read the file.
 *
 * @param h the handle, which must live as long
 * @param channel_key the channel
 * @param fd where to write, from where it stands; stays open, and is synced
 *        before the result
 * @param note put in front, copied; NULL: nothing
 * @param note_size bytes of @a note, at most 16 MiB
 * @param progress_cb told of progress; may be NULL
 * @param result_cb called once, at the end, when the handle is gone: gets
 *        #GNUNET_OK, #GNUNET_NO: no such channel, or #GNUNET_SYSERR
 * @param cls closure of both
 * @return the copy in the making; NULL on wrong arguments
 * @since 0.1
 */
struct GNUNET_PSYCSTORE_Archive *GNUNET_PSYCSTORE_archive_write (
    struct GNUNET_PSYCSTORE_Handle *h,
    const struct GNUNET_CRYPTO_EddsaPublicKey *channel_key, int fd,
    const void *note, size_t note_size,
    GNUNET_PSYCSTORE_ProgressCallback progress_cb,
    GNUNET_PSYCSTORE_ResultCallback result_cb, void *cls);

/**
 * Read a file through: is it an archive, whole and unaltered? Blocks.
 *
 * @param fd the file, which is read from its beginning
 * @param info set when it is one
 * @return NULL when it is one, else why not, for people; free with
 *         #GNUNET_free
 * @since 0.1
 */
char *
GNUNET_PSYCSTORE_archive_inspect (int fd,
                                  struct GNUNET_PSYCSTORE_ArchiveInfo *info);

/**
 * Put the channel of an archive in place: all of it or, after an error,
 * nothing. The file is inspected first. A channel that is there already is
 * never touched.
 *
 * @param h the handle, which must live as long
 * @param fd the file, which is read from its beginning; stays open
 * @param progress_cb told of progress; may be NULL
 * @param result_cb called once, at the end, when the handle is gone: gets
 *        #GNUNET_OK or #GNUNET_SYSERR
 * @param cls closure of both
 * @return the copy in the making; NULL on wrong arguments
 * @since 0.1
 */
struct GNUNET_PSYCSTORE_Archive *
GNUNET_PSYCSTORE_archive_read (struct GNUNET_PSYCSTORE_Handle *h, int fd,
                               GNUNET_PSYCSTORE_ProgressCallback progress_cb,
                               GNUNET_PSYCSTORE_ResultCallback result_cb,
                               void *cls);

/**
 * Give up a copy; the callbacks are not called any more. What was written is
 * no archive; what was read leaves nothing.
 *
 * @param archive the copy in the making, freed by this
 * @since 0.1
 */
void GNUNET_PSYCSTORE_archive_cancel (struct GNUNET_PSYCSTORE_Archive *archive);

#ifdef __cplusplus
}
#endif

#endif
