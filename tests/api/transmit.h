// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Bodies given piece by piece, with pauses, as programs of 2019 gave them.
#ifndef TRANSMIT_H
#define TRANSMIT_H

#include "program.h"

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
static inline int
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
