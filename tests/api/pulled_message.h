// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Pull callbacks for modifiers and body, over an environment and a struct
// Transmit, as programs of 2019 had them: a new modifier gives "name\0value",
// a value that does not fit goes on in further calls, the end of the modifiers
// is a call that gives nothing.
#ifndef PULLED_MESSAGE_H
#define PULLED_MESSAGE_H

#include "gnunet_psyc_service.h"
#include "transmit.h"

struct Pulled
{
  struct Transmit body;
  struct GNUNET_PSYC_Environment *env;
  /** Modifier in work, and how much of its value was given. */
  const struct GNUNET_PSYC_Modifier *mod;
  size_t mod_given;
};

static inline int
pull_new_modifier (struct Pulled *pulled, uint16_t *data_size, char *data,
                   uint8_t *oper, uint32_t *full_value_size)
{
  const struct GNUNET_PSYC_Modifier *mod = pulled->mod;
  const size_t name_size = strlen (mod->name) + 1;
  const size_t now = GNUNET_MIN (mod->value_size, *data_size - name_size);

  CHECK (name_size < *data_size);
  *oper = (uint8_t)mod->oper;
  *full_value_size = (uint32_t)mod->value_size;
  memcpy (data, mod->name, name_size);
  if (0 < now)
    memcpy (data + name_size, mod->value, now);
  *data_size = (uint16_t)(name_size + now);
  pulled->mod_given = now;
  if (now == mod->value_size)
    pulled->mod = mod->next;
  return GNUNET_NO;
}

static inline int
pull_modifier (void *cls, uint16_t *data_size, void *data, uint8_t *oper,
               uint32_t *full_value_size)
{
  MAY_END_WITH (GNUNET_SYSERR);
  struct Pulled *pulled = cls;
  const struct GNUNET_PSYC_Modifier *mod = pulled->mod;
  size_t now;

  if (NULL == mod)
  {
    *data_size = 0;
    return GNUNET_YES;
  }
  if (NULL != oper)
    return pull_new_modifier (pulled, data_size, data, oper, full_value_size);
  now = GNUNET_MIN (mod->value_size - pulled->mod_given, *data_size);
  memcpy (data, (const char *)mod->value + pulled->mod_given, now);
  *data_size = (uint16_t)now;
  pulled->mod_given += now;
  if (pulled->mod_given < mod->value_size)
    return GNUNET_NO;
  pulled->mod = mod->next;
  return GNUNET_YES;
}

static inline int
pull_data (void *cls, uint16_t *data_size, void *data)
{
  MAY_END_WITH (GNUNET_SYSERR);
  struct Pulled *pulled = cls;
  size_t size = *data_size;
  const int result = transmit_next (&pulled->body, &size, data);

  *data_size = (uint16_t)size;
  return result;
}

/** Begin anew with what @e env and @e body say. */
static inline void
pulled_begin (struct Pulled *pulled)
{
  pulled->mod = NULL == pulled->env ? NULL : GNUNET_PSYC_env_head (pulled->env);
  pulled->mod_given = 0;
  pulled->body.next = 0;
  pulled->body.is_paused = 0;
}

#endif
