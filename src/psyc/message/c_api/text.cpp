// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The parser and conversions of gnunet_psyc_text.h. Handlers may destroy the
// parser that calls them.
#include "gnunet_psyc_text.h"

#include <string>

#include "psyc/message/c_api/fragment.hpp"
#include "psyc/message/text_packet.hpp"

using psyc::c_api::after;

struct GNUNET_PSYC_TextParser
{
  psyc::TextParser parser;
  struct GNUNET_PSYC_TextHandlers handlers = {};
  void *cls = nullptr;
  // A parser that is destroyed while it is being fed goes afterwards.
  bool is_fed = false;
  bool is_destroyed = false;
};

namespace
{
const char *
words (psyc::TextError error)
{
  // Names of errors are literals.
  return psyc::error_name (error).data ();
}

// Calls the handler of an event.
struct Teller
{
  const struct GNUNET_PSYC_TextHandlers &handlers;
  void *cls;

  void
  tell (GNUNET_PSYC_TextVariableCallback handler,
        const psyc::TextVariable &variable) const
  {
    if (nullptr != handler)
      handler (cls, static_cast<char> (variable.oper),
               std::string (variable.name).c_str (), variable.value.data (),
               variable.value.size ());
  }

  void
  operator() (const psyc::TextRouting &routing) const
  {
    tell (handlers.routing, routing.variable);
  }

  void
  operator() (const psyc::TextSync &sync) const
  {
    if (nullptr != handlers.variable)
      handlers.variable (cls, static_cast<char> (sync.oper), nullptr, nullptr,
                         0);
  }

  void
  operator() (const psyc::TextVariable &variable) const
  {
    tell (handlers.variable, variable);
  }

  void
  operator() (const psyc::TextMethod &method) const
  {
    if (nullptr != handlers.method)
      handlers.method (cls, std::string (method.name).c_str ());
  }

  void
  operator() (const psyc::TextData &data) const
  {
    if (nullptr != handlers.data)
      handlers.data (cls, data.bytes.data (), data.bytes.size ());
  }

  void
  operator() (const psyc::TextEnd &) const
  {
    if (nullptr != handlers.end)
      handlers.end (cls);
  }
};

// The parts of a message behind its header.
struct GNUNET_PSYC_Message *
with_header (const base::Bytes &parts)
{
  const std::size_t size = sizeof (struct GNUNET_PSYC_Message) + parts.size ();
  auto *msg = static_cast<struct GNUNET_PSYC_Message *> (GNUNET_malloc (size));
  msg->header.size = htons (static_cast<std::uint16_t> (size));
  msg->header.type = htons (GNUNET_MESSAGE_TYPE_PSYC_MESSAGE);
  std::memcpy (&msg[1], parts.data (), parts.size ());
  return msg;
}
} // namespace

struct GNUNET_PSYC_TextParser *
GNUNET_PSYC_text_parser_create (const struct GNUNET_PSYC_TextHandlers *handlers,
                                void *cls)
{
  auto *parser = new GNUNET_PSYC_TextParser ();
  parser->handlers = *handlers;
  parser->cls = cls;
  return parser;
}

int
GNUNET_PSYC_text_parser_feed (struct GNUNET_PSYC_TextParser *parser,
                              const void *text, size_t size)
{
  base::ByteView in{ static_cast<const std::uint8_t *> (text), size };
  parser->is_fed = true;
  while (! parser->is_destroyed)
  {
    const auto event = parser->parser.next (in);
    if (! event)
      break;
    std::visit (Teller{ parser->handlers, parser->cls }, *event);
  }
  parser->is_fed = false;
  const bool is_refused = psyc::TextError::none != parser->parser.error ();
  if (parser->is_destroyed)
    delete parser;
  return is_refused ? GNUNET_SYSERR : GNUNET_OK;
}

int
GNUNET_PSYC_text_parser_is_between (const struct GNUNET_PSYC_TextParser *parser)
{
  return parser->parser.is_between_packets () ? GNUNET_YES : GNUNET_NO;
}

const char *
GNUNET_PSYC_text_parser_error (const struct GNUNET_PSYC_TextParser *parser)
{
  const auto error = parser->parser.error ();
  return psyc::TextError::none == error ? nullptr : words (error);
}

void
GNUNET_PSYC_text_parser_destroy (struct GNUNET_PSYC_TextParser *parser)
{
  if (nullptr == parser)
    return;
  if (parser->is_fed)
    parser->is_destroyed = true;
  else
    delete parser;
}

struct GNUNET_PSYC_Message *
GNUNET_PSYC_text_to_message (const void *text, size_t size, const char **error)
{
  const char *ignored = nullptr;
  const char *&why = nullptr == error ? ignored : *error;
  auto packet
      = psyc::parse_packet ({ static_cast<const std::uint8_t *> (text), size });
  if (! packet.value)
  {
    why = words (packet.error);
    return nullptr;
  }
  const auto message = psyc::message_of (std::move (*packet.value));
  if (! message.value)
  {
    why = words (message.error);
    return nullptr;
  }
  const auto parts = psyc::encode_message (*message.value);
  if (! parts)
  {
    why = "too long for a message in one piece";
    return nullptr;
  }
  return with_header (*parts);
}

char *
GNUNET_PSYC_text_from_message (const struct GNUNET_PSYC_Message *msg,
                               size_t *size)
{
  const auto parts = after (&msg->header, sizeof (*msg));
  const auto message = parts ? psyc::parse_message (*parts) : std::nullopt;
  const auto text = message ? psyc::render_packet (psyc::packet_of (*message))
                            : std::nullopt;
  if (! text)
    return nullptr;
  auto *out = static_cast<char *> (GNUNET_malloc (text->size () + 1));
  std::memcpy (out, text->data (), text->size ());
  *size = text->size ();
  return out;
}
