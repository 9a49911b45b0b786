/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* gnunet_psyc_text.h alone, as C11: a packet becomes a message, a packet again,
   and is printed as it would come from a channel. */
#include "gnunet_psyc_text.h"

#include <string.h>

static const char packet[] = ":_context\tpsyc://example.org/~juliet\n"
                             "\n"
                             "=\n"
                             "=_degree_availability\t4\n"
                             "_notice_presence\n"
                             "hello\n"
                             "|\n";
static const char content[]
    = "\n=\n=_degree_availability\t4\n_notice_presence\nhello\n|\n";

struct Seen
{
  struct GNUNET_PSYC_TextParser *parser;
  struct GNUNET_PSYC_TextPrinter *printer;
  int routing;
  int variables;
  int methods;
  int bytes;
  int ends;
};

static void
on_routing (void *cls, char oper, const char *name, const void *value,
            size_t value_size)
{
  struct Seen *seen = cls;

  if (':' == oper && 0 == strcmp ("_context", name) && 26 == value_size
      && 0 == memcmp (value, "psyc://", 7))
    seen->routing++;
}

static void
on_variable (void *cls, char oper, const char *name, const void *value,
             size_t value_size)
{
  struct Seen *seen = cls;

  (void)value;
  if ('=' == oper && (NULL == name ? 0 == value_size : 1 == value_size))
    seen->variables++;
}

static void
on_method (void *cls, const char *name)
{
  struct Seen *seen = cls;

  seen->methods += 0 == strcmp ("_notice_presence", name);
}

static void
on_data (void *cls, const void *data, size_t data_size)
{
  struct Seen *seen = cls;

  (void)data;
  seen->bytes += (int)data_size;
}

/* Destroys the parser that calls it. */
static void
on_end (void *cls)
{
  struct Seen *seen = cls;

  seen->ends++;
  GNUNET_PSYC_text_parser_destroy (seen->parser);
}

static int
parses (void)
{
  const struct GNUNET_PSYC_TextHandlers handlers = { .routing = &on_routing,
                                                     .variable = &on_variable,
                                                     .method = &on_method,
                                                     .data = &on_data,
                                                     .end = &on_end };
  struct Seen seen;
  size_t i;

  memset (&seen, 0, sizeof (seen));
  seen.parser = GNUNET_PSYC_text_parser_create (&handlers, &seen);
  for (i = 0; i < strlen (packet); i++)
  {
    if (GNUNET_OK != GNUNET_PSYC_text_parser_feed (seen.parser, &packet[i], 1))
      return 0;
    if (0 == seen.ends
        && (GNUNET_NO != GNUNET_PSYC_text_parser_is_between (seen.parser)
            || NULL != GNUNET_PSYC_text_parser_error (seen.parser)))
      return 0;
  }
  return 1 == seen.routing && 2 == seen.variables && 1 == seen.methods
         && 5 == seen.bytes && 1 == seen.ends;
}

static int
refuses (void)
{
  const struct GNUNET_PSYC_TextHandlers handlers = { .end = NULL };
  struct GNUNET_PSYC_TextParser *parser
      = GNUNET_PSYC_text_parser_create (&handlers, NULL);
  const char *error = NULL;
  int result;

  result = GNUNET_SYSERR == GNUNET_PSYC_text_parser_feed (parser, "x\n", 2)
           && NULL != GNUNET_PSYC_text_parser_error (parser)
           && NULL == GNUNET_PSYC_text_to_message ("\n?\n_m\n|\n", 8, &error)
           && 0 == strcmp ("messages cannot carry '?'", error)
           && NULL == GNUNET_PSYC_text_to_message ("x\n", 2, NULL)
           && NULL == GNUNET_PSYC_text_printer_create ("a\nb", NULL, NULL);
  GNUNET_PSYC_text_parser_destroy (parser);
  return result;
}

/* Destroys the printer that calls it. */
static void
on_text (void *cls, const void *text, size_t size)
{
  struct Seen *seen = cls;
  const char head[] = ":_context\tpsyc://x:g\n:_counter\t0\n";
  const size_t head_size = strlen (head);

  if (size == head_size + strlen (content)
      && 0 == memcmp (text, head, head_size)
      && 0
             == memcmp ((const char *)text + head_size, content,
                        strlen (content)))
    seen->ends++;
  GNUNET_PSYC_text_printer_destroy (seen->printer);
}

static int
prints (void)
{
  struct GNUNET_PSYC_Message *msg
      = GNUNET_PSYC_text_to_message (packet, strlen (packet), NULL);
  struct GNUNET_PSYC_MessageHeader *pmsg
      = GNUNET_PSYC_message_header_create_from_psyc (msg);
  struct Seen seen;
  size_t size = 0;
  char *text = GNUNET_PSYC_text_from_message (msg, &size);
  int result;

  memset (&seen, 0, sizeof (seen));
  seen.printer
      = GNUNET_PSYC_text_printer_create ("psyc://x:g", &on_text, &seen);
  result
      = NULL != text && size == strlen (content) && 0 == strcmp (content, text)
        && GNUNET_OK == GNUNET_PSYC_text_printer_fragment (seen.printer, pmsg)
        && 1 == seen.ends;
  GNUNET_free (text);
  GNUNET_free (msg);
  GNUNET_free (pmsg);
  return result;
}

int
main (void)
{
  return parses () && refuses () && prints () ? 0 : 1;
}
