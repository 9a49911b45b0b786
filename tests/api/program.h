// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What the programs in this directory share: lines "ok …" and "FAILED …" for
// the test run, and an end after a while.
#ifndef PROGRAM_H
#define PROGRAM_H

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/** The program fails when it takes longer. */
#define PROGRAM_TIMEOUT                                                        \
  GNUNET_TIME_relative_multiply (GNUNET_TIME_UNIT_SECONDS, 60)

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

#endif
