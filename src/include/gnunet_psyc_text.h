/* SPDX-License-Identifier: AGPL-3.0-or-later */
/**
 * @file include/gnunet_psyc_text.h
 * PSYC's text syntax: packets as text, for tools, logs, tests and gateways.
 *
 *     :_context<TAB>psyc://example.org/~juliet
 *     <empty line, or the content's length>
 *     =_degree_availability<TAB>4
 *     _notice_presence
 *     |
 *
 * A routing header, variables, a method, a body; the grammar and its limits
 * stand in doc/spec/text.md. No service: a library. Nothing here calls back
 * after the function that was called has returned.
 */
#ifndef GNUNET_PSYC_TEXT_H
#define GNUNET_PSYC_TEXT_H

#include <stddef.h>
#include <stdint.h>

#include "gnunet_psyc_message.h"

#ifdef __cplusplus
extern "C"
{
#endif

/**
 * Receive a variable, or '=' or '?' alone.
 *
 * @param cls closure
 * @param oper operator: one of ":=+-@?"
 * @param name name, NUL-terminated, borrowed until the callback returns; NULL
 *        when the operator stood alone: '=' the state is reset, '?' it is
 *        asked for
 * @param value value, not terminated, borrowed likewise
 * @param value_size bytes in @a value
 * @since 0.1
 */
typedef void (*GNUNET_PSYC_TextVariableCallback) (void *cls, char oper,
                                                  const char *name,
                                                  const void *value,
                                                  size_t value_size);

/**
 * What a parser calls, for each packet in this order. Each may be NULL.
 *
 * @since 0.1
 */
struct GNUNET_PSYC_TextHandlers
{
  /** A variable of the routing header. */
  GNUNET_PSYC_TextVariableCallback routing;

  /** A variable of the entity header, whole. */
  GNUNET_PSYC_TextVariableCallback variable;

  /** The name of the method, NUL-terminated. Packets may lack one. */
  void (*method) (void *cls, const char *name);

  /** The next piece of the body. */
  void (*data) (void *cls, const void *data, size_t data_size);

  /** The packet is complete. */
  void (*end) (void *cls);
};

/**
 * A parser of a stream of packets.
 */
struct GNUNET_PSYC_TextParser;

/**
 * Create a parser.
 *
 * @param handlers what to call, copied
 * @param cls closure for all of them
 * @return the parser; end it with #GNUNET_PSYC_text_parser_destroy
 * @since 0.1
 */
struct GNUNET_PSYC_TextParser *
GNUNET_PSYC_text_parser_create (const struct GNUNET_PSYC_TextHandlers *handlers,
                                void *cls);

/**
 * Feed a parser with the next bytes, any number. Handlers run before this
 * function returns; they may destroy the parser. A length that was declared
 * allocates nothing before the bytes are there.
 *
 * @param parser the parser
 * @param text bytes, borrowed
 * @param size bytes in @a text
 * @return #GNUNET_OK; #GNUNET_SYSERR when the text is malformed: nothing more
 *         is taken, #GNUNET_PSYC_text_parser_error says why
 * @since 0.1
 */
int GNUNET_PSYC_text_parser_feed (struct GNUNET_PSYC_TextParser *parser,
                                  const void *text, size_t size);

/**
 * Tell whether the text may end here.
 *
 * @param parser the parser
 * @return #GNUNET_YES between packets, #GNUNET_NO within one
 * @since 0.1
 */
int GNUNET_PSYC_text_parser_is_between (
    const struct GNUNET_PSYC_TextParser *parser);

/**
 * Say why the text was refused.
 *
 * @param parser the parser
 * @return a phrase in English, never freed; NULL when nothing was refused
 * @since 0.1
 */
const char *
GNUNET_PSYC_text_parser_error (const struct GNUNET_PSYC_TextParser *parser);

/**
 * Free a parser. May be called from inside its handlers; none follows.
 *
 * @param parser the parser; NULL is ignored
 * @since 0.1
 */
void GNUNET_PSYC_text_parser_destroy (struct GNUNET_PSYC_TextParser *parser);

/**
 * Make a message in one piece of a packet. '=' alone becomes the state's reset;
 * routing variables are left out.
 *
 * @param text exactly one packet
 * @param size bytes in @a text
 * @param[out] error on failure set to a phrase in English, never freed; may be
 *        NULL
 * @return the message, allocated (GNUNET_free); NULL when the text is
 * malformed, holds what a message cannot carry ('?', no method), or is too long
 * @since 0.1
 */
struct GNUNET_PSYC_Message *
GNUNET_PSYC_text_to_message (const void *text, size_t size, const char **error);

/**
 * Make a packet of a message in one piece. Flags are left out, save for the
 * state's reset.
 *
 * @param msg a whole message, method to end
 * @param[out] size bytes of the packet, without the NUL behind it
 * @return the packet, allocated (GNUNET_free), a NUL behind it; NULL when the
 *         message is malformed
 * @since 0.1
 */
char *GNUNET_PSYC_text_from_message (const struct GNUNET_PSYC_Message *msg,
                                     size_t *size);

/**
 * Receive text.
 *
 * @param cls closure
 * @param text one or more whole packets, borrowed until the callback returns
 * @param size bytes in @a text
 * @since 0.1
 */
typedef void (*GNUNET_PSYC_TextCallback) (void *cls, const void *text,
                                          size_t size);

/**
 * A printer of messages that come fragment by fragment.
 */
struct GNUNET_PSYC_TextPrinter;

/**
 * Create a printer.
 *
 * A message is one packet; above 32 KiB it becomes several, each with a
 * fragment of the content. Each packet says the message's id (_counter) and,
 * when it is from a slave, his key (_source). A message that is cancelled or
 * cannot go on ends as a packet with the method _notice_message_cancelled.
 *
 * @param context what each packet says as its _context, copied; NULL for none.
 *        May not hold a line feed
 * @param text_cb called with text
 * @param cls closure for @a text_cb
 * @return the printer; end it with #GNUNET_PSYC_text_printer_destroy. NULL when
 *         @a context holds a line feed
 * @since 0.1
 */
struct GNUNET_PSYC_TextPrinter *
GNUNET_PSYC_text_printer_create (const char *context,
                                 GNUNET_PSYC_TextCallback text_cb, void *cls);

/**
 * Print a fragment. The callback may run before this function returns, and
 * may destroy the printer. At most #GNUNET_PSYC_RECEIVE_MESSAGES_MAX messages
 * are followed at once; the one that was silent longest gives way.
 *
 * @param printer the printer
 * @param msg fragment, borrowed
 * @return as #GNUNET_PSYC_receive_message
 * @since 0.1
 */
int
GNUNET_PSYC_text_printer_fragment (struct GNUNET_PSYC_TextPrinter *printer,
                                   const struct GNUNET_PSYC_MessageHeader *msg);

/**
 * Free a printer. May be called from inside its callback; none follows.
 *
 * @param printer the printer; NULL is ignored
 * @since 0.1
 */
void GNUNET_PSYC_text_printer_destroy (struct GNUNET_PSYC_TextPrinter *printer);

#ifdef __cplusplus
}
#endif

#endif
