// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What the programs in this directory share: lines "ok …" and "FAILED …" for
// the test run, and an end after a while.
//
// With END_AT=N in the environment a program gives up all its handles from
// inside the N-th callback that it gets; none may come after that.
#ifndef PROGRAM_H
#define PROGRAM_H

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/** The program fails when it takes longer. */
#define PROGRAM_TIMEOUT                                                        \
  GNUNET_TIME_relative_multiply (GNUNET_TIME_UNIT_SECONDS, 60)

/** Exit status: 0 once program_done () was called, and nothing failed. */
static int program_status = 1;
static int program_failures;
static struct GNUNET_SCHEDULER_Task *program_timeout;

static inline void
ok (const char *what)
{
  printf ("ok %s\n", what);
  fflush (stdout);
}

/** Tell of a failure and end the program. */
static inline void
failed (const char *what)
{
  printf ("FAILED %s\n", what);
  fflush (stdout);
  program_failures++;
  program_status = 1;
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

static inline void
program_timed_out (void *cls)
{
  (void)cls;
  program_timeout = NULL;
  failed ("it takes too long");
}

/** Gives up all handles of the program; may be called twice. */
static void (*program_give_up) (void);
static unsigned int program_end_at;
static unsigned int program_callbacks;
static int program_has_ended;

/** Call first, from the program's own task. */
static inline void
program_begin (void (*give_up) (void))
{
  const char *end_at = getenv ("END_AT");

  program_give_up = give_up;
  program_end_at = NULL == end_at ? 0 : (unsigned int)atoi (end_at);
  program_timeout = GNUNET_SCHEDULER_add_delayed (PROGRAM_TIMEOUT,
                                                  &program_timed_out, NULL);
}

static inline void
program_shut_down (void *cls)
{
  (void)cls;
  GNUNET_SCHEDULER_shutdown ();
}

/** Whether the program ends inside this callback, or has ended before it. */
static inline int
program_ends_here (const char *callback)
{
  if (0 == program_end_at)
    return 0;
  if (program_has_ended)
  {
    failed (callback);
    return 1;
  }
  if (++program_callbacks != program_end_at)
    return 0;
  program_has_ended = 1;
  program_status = program_failures;
  program_give_up ();
  printf ("ok all is given up inside %s\n", callback);
  fflush (stdout);
  /* Time for what must not come any more. */
  GNUNET_SCHEDULER_add_delayed (
      GNUNET_TIME_relative_multiply (GNUNET_TIME_UNIT_MILLISECONDS, 200),
      &program_shut_down, NULL);
  return 1;
}

/** The first line of each callback that returns nothing. */
#define MAY_END()                                                              \
  do                                                                           \
  {                                                                            \
    if (program_ends_here (__func__))                                          \
      return;                                                                  \
  } while (0)

/** The same for the continuation of an end: it comes in any case. */
#define MAY_END_LAST()                                                         \
  do                                                                           \
  {                                                                            \
    if (program_has_ended || program_ends_here (__func__))                     \
      return;                                                                  \
  } while (0)

/** The same for one that returns @a result. */
#define MAY_END_WITH(result)                                                   \
  do                                                                           \
  {                                                                            \
    if (program_ends_here (__func__))                                          \
      return result;                                                           \
  } while (0)

/** Call from the task of the shutdown. */
static inline void
program_end (void)
{
  if (NULL != program_timeout)
    GNUNET_SCHEDULER_cancel (program_timeout);
  program_timeout = NULL;
}

/** Whether two structures at these addresses hold the same bytes. */
#define SAME(a, b) (0 == memcmp ((a), (b), sizeof (*(b))))

/** All went well (4: but END_AT was never reached): end the program. */
static inline void
program_done (void)
{
  program_status = 0 == program_failures && 0 == program_end_at ? 0 : 4;
  GNUNET_SCHEDULER_shutdown ();
}

#endif
