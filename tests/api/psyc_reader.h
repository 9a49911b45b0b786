// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Puts messages together from their parts, as part callbacks of 2019 did.
#ifndef PSYC_READER_H
#define PSYC_READER_H

#include "gnunet_psyc_service.h"
#include "program.h"

#define READER_MODIFIERS 8

/** What one reader saw of the message that it is given, or was given last. */
struct Reader
{
  const char *name;
  char method[256];
  uint32_t flags;
  uint64_t message_id;
  struct GNUNET_CRYPTO_EcdsaPublicKey slave_key;
  unsigned int modifiers;
  struct
  {
    char name[256];
    char oper;
    /** Declared, and given so far. */
    size_t size;
    size_t given;
    /** As far as it fits. */
    char start[32];
  } modifier[READER_MODIFIERS];
  size_t body;
  char body_start[32];
  int is_cancelled;
  /** Messages that ended. */
  unsigned int ended;
};

static inline void
reader_method (struct Reader *reader,
               const struct GNUNET_PSYC_MessageHeader *msg,
               const struct GNUNET_PSYC_MessageMethod *method)
{
  snprintf (reader->method, sizeof (reader->method), "%s",
            (const char *)&method[1]);
  reader->flags = ntohl (msg->flags);
  reader->message_id = GNUNET_ntohll (msg->message_id);
  reader->slave_key = msg->slave_pub_key;
  reader->modifiers = 0;
  reader->body = 0;
  reader->body_start[0] = '\0';
  reader->is_cancelled = 0;
}

/** Append to a text of which only the start is kept. */
static inline void
keep_start (char *start, size_t room, size_t have, const void *data,
            size_t size)
{
  if (have + 1 >= room)
    return;
  size = GNUNET_MIN (size, room - 1 - have);
  memcpy (start + have, data, size);
  start[have + size] = '\0';
}

static inline void
reader_value (struct Reader *reader, const void *data, size_t size)
{
  const unsigned int i = reader->modifiers - 1;

  keep_start (reader->modifier[i].start, sizeof (reader->modifier[i].start),
              reader->modifier[i].given, data, size);
  reader->modifier[i].given += size;
  CHECK (reader->modifier[i].given <= reader->modifier[i].size);
}

static inline void
reader_modifier (struct Reader *reader,
                 const struct GNUNET_PSYC_MessageModifier *mod)
{
  const unsigned int i = reader->modifiers;
  const size_t name_size = ntohs (mod->name_size);
  const char *name = (const char *)&mod[1];

  CHECK (i < READER_MODIFIERS);
  CHECK (0 == i
         || reader->modifier[i - 1].given == reader->modifier[i - 1].size);
  snprintf (reader->modifier[i].name, sizeof (reader->modifier[i].name), "%s",
            name);
  reader->modifier[i].oper = (char)mod->oper;
  reader->modifier[i].size = ntohl (mod->value_size);
  reader->modifier[i].given = 0;
  reader->modifier[i].start[0] = '\0';
  reader->modifiers++;
  reader_value (reader, name + name_size,
                ntohs (mod->header.size) - sizeof (*mod) - name_size);
}

/** One part; true when the message ended with it. */
static inline int
reader_part (struct Reader *reader, const struct GNUNET_PSYC_MessageHeader *msg,
             const struct GNUNET_MessageHeader *part)
{
  if (NULL == part)
  {
    failed ("a malformed message");
    return 0;
  }
  const size_t size = ntohs (part->size) - sizeof (*part);
  switch (ntohs (part->type))
  {
  case GNUNET_MESSAGE_TYPE_PSYC_MESSAGE_METHOD:
    reader_method (reader, msg, (const void *)part);
    return 0;
  case GNUNET_MESSAGE_TYPE_PSYC_MESSAGE_MODIFIER:
    reader_modifier (reader, (const void *)part);
    return 0;
  case GNUNET_MESSAGE_TYPE_PSYC_MESSAGE_MOD_CONT:
    reader_value (reader, &part[1], size);
    return 0;
  case GNUNET_MESSAGE_TYPE_PSYC_MESSAGE_DATA:
    keep_start (reader->body_start, sizeof (reader->body_start), reader->body,
                &part[1], size);
    reader->body += size;
    return 0;
  case GNUNET_MESSAGE_TYPE_PSYC_MESSAGE_CANCEL:
    reader->is_cancelled = 1;
    reader->ended++;
    return 1;
  case GNUNET_MESSAGE_TYPE_PSYC_MESSAGE_END:
    reader->ended++;
    return 1;
  default:
    failed ("a part of another type");
    return 0;
  }
}

/** Whether modifier @a i is this one, of @a size bytes beginning so. */
static inline int
reader_has (const struct Reader *reader, unsigned int i, char oper,
            const char *name, size_t size, const char *start)
{
  return i < reader->modifiers && oper == reader->modifier[i].oper
         && 0 == strcmp (name, reader->modifier[i].name)
         && size == reader->modifier[i].size
         && size == reader->modifier[i].given
         && 0 == strncmp (start, reader->modifier[i].start, strlen (start));
}

#endif
