// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The printer of gnunet_psyc_text.h: one psyc::TextPrinter for each message
// that psyc::Receiver follows.
#include "gnunet_psyc_text.h"

#include <map>
#include <string>

#include "psyc/message/c_api/fragment.hpp"
#include "psyc/message/text_printer.hpp"

using psyc::c_api::key_of;
using psyc::c_api::parts_of;

struct GNUNET_PSYC_TextPrinter
{
  std::string context;
  GNUNET_PSYC_TextCallback text_cb = nullptr;
  void *cls = nullptr;
  psyc::Receiver receiver;
  std::map<psyc::MessageKey, psyc::TextPrinter> messages;
  // A printer that is destroyed inside its callback goes afterwards.
  bool is_calling = false;
  bool is_destroyed = false;
};

namespace
{
psyc::PacketVariable
routing (std::string_view name, std::string_view value)
{
  return { psyc::TextOperator::set, std::string (name),
           base::to_bytes (base::as_bytes (value)) };
}

std::string
slave_text (const base::MemberKey &key)
{
  struct GNUNET_CRYPTO_EcdsaPublicKey slave;
  std::memcpy (&slave, key.bytes.data (), sizeof (slave));
  char *text = GNUNET_CRYPTO_ecdsa_public_key_to_string (&slave);
  const std::string out (text);
  GNUNET_free (text);
  return out;
}

psyc::TextPrinter
printer_of (const std::string &context, const psyc::MessageKey &key)
{
  std::vector<psyc::PacketVariable> header;
  if (! context.empty ())
    header.push_back (routing ("_context", context));
  if (! key.slave.is_zero ())
    header.push_back (
        routing ("_source", "psyc://" + slave_text (key.slave) + ":g"));
  header.push_back (routing ("_counter", std::to_string (key.message_id)));
  return psyc::TextPrinter (std::move (header));
}

// The message will not come to its end.
base::Bytes
cut_off (struct GNUNET_PSYC_TextPrinter *printer, const psyc::MessageKey &key)
{
  const auto at = printer->messages.find (key);
  if (printer->messages.end () == at)
    return {};
  at->second.add (psyc::CancelPart{});
  auto text = at->second.take ();
  printer->messages.erase (at);
  return text;
}

base::Bytes
print_parts (struct GNUNET_PSYC_TextPrinter *printer,
             const psyc::MessageKey &key, base::ByteView parts)
{
  auto at = printer->messages.find (key);
  if (printer->messages.end () == at)
    at = printer->messages.emplace (key, printer_of (printer->context, key))
             .first;
  psyc::PartReader reader (parts);
  bool is_finished = false;
  while (const auto part = reader.next ())
  {
    at->second.add (*part);
    const auto type = psyc::part_type (*part);
    is_finished = psyc::PartType::end == type || psyc::PartType::cancel == type;
  }
  auto text = at->second.take ();
  if (is_finished)
    printer->messages.erase (at);
  return text;
}

void
say (struct GNUNET_PSYC_TextPrinter *printer, const base::Bytes &text)
{
  if (text.empty ())
    return;
  printer->is_calling = true;
  printer->text_cb (printer->cls, text.data (), text.size ());
  printer->is_calling = false;
  if (printer->is_destroyed)
    delete printer;
}
} // namespace

struct GNUNET_PSYC_TextPrinter *
GNUNET_PSYC_text_printer_create (const char *context,
                                 GNUNET_PSYC_TextCallback text_cb, void *cls)
{
  const std::string text = nullptr == context ? "" : context;
  if (std::string::npos != text.find ('\n'))
    return nullptr;
  auto *printer = new GNUNET_PSYC_TextPrinter ();
  printer->context = text;
  printer->text_cb = text_cb;
  printer->cls = cls;
  return printer;
}

int
GNUNET_PSYC_text_printer_fragment (struct GNUNET_PSYC_TextPrinter *printer,
                                   const struct GNUNET_PSYC_MessageHeader *msg)
{
  const auto parts = parts_of (msg);
  if (! parts)
    return GNUNET_SYSERR;
  const auto key = key_of (msg);
  const auto kind = 0 != (key.flags & GNUNET_PSYC_MESSAGE_HISTORIC)
                        ? psyc::Receiver::Kind::history
                        : psyc::Receiver::Kind::live;
  const auto verdict = printer->receiver.on_fragment (
      key, kind, GNUNET_ntohll (msg->fragment_offset), *parts);
  base::Bytes text;
  if (verdict.displaced)
    text = cut_off (printer, *verdict.displaced);
  const bool is_taken = psyc::PartError::none == verdict.error;
  if (is_taken || verdict.is_given_up)
  {
    const auto more = is_taken ? print_parts (printer, key, *parts)
                               : cut_off (printer, key);
    text.insert (text.end (), more.begin (), more.end ());
  }
  say (printer, text);
  if (is_taken)
    return GNUNET_OK;
  return psyc::PartError::fragment_again == verdict.error ? GNUNET_NO
                                                          : GNUNET_SYSERR;
}

void
GNUNET_PSYC_text_printer_destroy (struct GNUNET_PSYC_TextPrinter *printer)
{
  if (nullptr == printer)
    return;
  if (printer->is_calling)
    printer->is_destroyed = true;
  else
    delete printer;
}
