// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What the programs in this directory share: lines "ok …" and "FAILED …" for
// the test run, an end after a while, and bodies given piece by piece as
// programs of 2019 gave them.
#ifndef PROGRAM_H
#define PROGRAM_H

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/** The program fails when it takes longer. */
#define PROGRAM_TIMEOUT                                                        \
  GNUNET_TIME_relative_multiply (GNUNET_TIME_UNIT_SECONDS, 20)

/** Exit status: 0 once program_done () was called, and nothing failed. */
static int program_status = 1;
static int program_failures;
static struct GNUNET_SCHEDULER_Task *program_timeout;

static void
ok (const char *what)
{
  printf ("ok %s\n", what);
  fflush (stdout);
}

/** Tell of a failure and end the program. */
static void
failed (const char *what)
{
  printf ("FAILED %s\n", what);
  fflush (stdout);
  program_failures++;
  GNUNET_SCHEDULER_shutdown ();
}

/** Ends the program with a line that names what is not as it should be. */
#define CHECK(condition)                                                       \
  do                                                                           \
  {                                                                            \
    if (! (condition))                                                         \
    {                                                                          \
      char line_[512];                                                         \
      snprintf (line_, sizeof (line_), "%s:%d: %s", __FILE__, __LINE__,        \
                #condition);                                                   \
      failed (line_);                                                          \
    }                                                                          \
  } while (0)

static void
program_timed_out (void *cls)
{
  (void)cls;
  program_timeout = NULL;
  failed ("it takes too long");
}

/** Call first, from the program's own task. */
static void
program_begin (void)
{
  program_timeout = GNUNET_SCHEDULER_add_delayed (PROGRAM_TIMEOUT,
                                                  &program_timed_out, NULL);
}

/** Call from the task of the shutdown. */
static void
program_end (void)
{
  if (NULL != program_timeout)
    GNUNET_SCHEDULER_cancel (program_timeout);
  program_timeout = NULL;
}

/** Whether two structures at these addresses hold the same bytes. */
#define SAME(a, b) (0 == memcmp ((a), (b), sizeof (*(b))))

/** All went well: end the program. */
static void
program_done (void)
{
  if (0 == program_failures)
    program_status = 0;
  GNUNET_SCHEDULER_shutdown ();
}

/** A body, given piece by piece with pauses. */
struct Transmit
{
  const char *data[8];
  size_t size[8];
  /** Pause before this piece, and wait for somebody to go on. */
  int is_paused_before[8];
  unsigned int count;
  unsigned int next;
  int is_paused;
  /** Say so with the last piece, or with nothing in a call of its own. */
  int ends_apart;
  /** Goes on after a pause. */
  struct GNUNET_SCHEDULER_Task *task;
  GNUNET_SCHEDULER_TaskCallback resume;
  /** Of the transmission, for @e resume. */
  void *handle;
};

/** Give the next piece; the result is that of a pull callback. */
static int
transmit_next (struct Transmit *tmit, size_t *size, void *data)
{
  if (tmit->next == tmit->count)
  {
    *size = 0;
    return GNUNET_YES;
  }
  if (*size < tmit->size[tmit->next])
  {
    failed ("too little room for a piece");
    *size = 0;
    return GNUNET_SYSERR;
  }
  if (! tmit->is_paused && tmit->is_paused_before[tmit->next])
  {
    tmit->is_paused = 1;
    if (NULL != tmit->resume)
      tmit->task = GNUNET_SCHEDULER_add_delayed (GNUNET_TIME_UNIT_MILLISECONDS,
                                                 tmit->resume, tmit);
    *size = 0;
    return GNUNET_NO;
  }
  tmit->is_paused = 0;
  *size = tmit->size[tmit->next];
  GNUNET_memcpy (data, tmit->data[tmit->next], *size);
  tmit->next++;
  return tmit->next < tmit->count || tmit->ends_apart ? GNUNET_NO : GNUNET_YES;
}

#endif
