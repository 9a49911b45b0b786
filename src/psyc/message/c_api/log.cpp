// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Messages in readable form for the log.
#include <algorithm>
#include <string>

#include "gnunet_multicast_service.h"
#include "psyc/message/c_api/fragment.hpp"
#include "psyc/message/parts.hpp"

using psyc::c_api::after;
using psyc::c_api::as_header;
using psyc::c_api::whole;

namespace
{
constexpr std::size_t shown_max = 64;

// The start of some bytes, with what is not printable as dots.
std::string
shown (base::ByteView bytes)
{
  std::string text (
      base::as_text (bytes.first (std::min (bytes.size (), shown_max))));
  for (char &c : text)
  {
    if (c < ' ' || c > '~')
      c = '.';
  }
  return bytes.size () > shown_max ? text + "..." : text;
}

struct Describe
{
  std::string
  operator() (const psyc::MethodPart &part) const
  {
    return "method " + std::string (part.name) + ", flags "
           + std::to_string (part.flags) + ", state delta "
           + (psyc::state_not_modified == part.state_delta
                  ? "none"
                  : std::to_string (part.state_delta));
  }

  std::string
  operator() (const psyc::ModifierPart &part) const
  {
    return std::string (1, static_cast<char> (part.oper))
           + std::string (part.name) + " " + shown (part.value) + " ("
           + std::to_string (part.value.size ()) + " of "
           + std::to_string (part.full_value_size) + " bytes)";
  }

  std::string
  operator() (const psyc::ModContPart &part) const
  {
    return "continued " + shown (part.value) + " ("
           + std::to_string (part.value.size ()) + " bytes)";
  }

  std::string
  operator() (const psyc::DataPart &part) const
  {
    return "data " + shown (part.data) + " ("
           + std::to_string (part.data.size ()) + " bytes)";
  }

  std::string
  operator() (const psyc::EndPart &) const
  {
    return "end";
  }

  std::string
  operator() (const psyc::CancelPart &) const
  {
    return "cancelled";
  }
};

void
log_parts (enum GNUNET_ErrorType kind, base::ByteView parts)
{
  psyc::PartReader reader (parts);
  while (const auto part = reader.next ())
    GNUNET_log_from (kind, "psyc-message", "  %s\n",
                     std::visit (Describe{}, *part).c_str ());
  if (psyc::PartError::none != reader.error ())
    GNUNET_log_from (kind, "psyc-message", "  malformed: %s\n",
                     std::string (psyc::error_name (reader.error ())).c_str ());
}

void
log_fragment (enum GNUNET_ErrorType kind,
              const struct GNUNET_MULTICAST_MessageHeader *msg,
              base::ByteView parts)
{
  GNUNET_log_from (
      kind, "psyc-message",
      "fragment %llu, message %llu, offset %llu, flags %x\n",
      static_cast<unsigned long long> (GNUNET_ntohll (msg->fragment_id)),
      static_cast<unsigned long long> (GNUNET_ntohll (msg->message_id)),
      static_cast<unsigned long long> (GNUNET_ntohll (msg->fragment_offset)),
      ntohl (msg->flags));
  log_parts (kind, parts);
}

void
log_delivery (enum GNUNET_ErrorType kind,
              const struct GNUNET_PSYC_MessageHeader *msg, base::ByteView parts)
{
  GNUNET_log_from (
      kind, "psyc-message", "message %llu, offset %llu, flags %x\n",
      static_cast<unsigned long long> (GNUNET_ntohll (msg->message_id)),
      static_cast<unsigned long long> (GNUNET_ntohll (msg->fragment_offset)),
      ntohl (msg->flags));
  log_parts (kind, parts);
}

// Calls `log` with the message seen as a `Header` and what follows it.
template <typename Header, typename Log>
void
log_as (enum GNUNET_ErrorType kind, const struct GNUNET_MessageHeader *msg,
        Log log)
{
  const auto parts = after (msg, sizeof (Header));
  if (parts)
    log (kind, reinterpret_cast<const Header *> (msg), *parts);
  else
    GNUNET_log_from (kind, "psyc-message", "message shorter than its header\n");
}
} // namespace

void
GNUNET_PSYC_log_message (enum GNUNET_ErrorType kind,
                         const struct GNUNET_MessageHeader *msg)
{
  switch (ntohs (msg->type))
  {
  case GNUNET_MESSAGE_TYPE_PSYC_MESSAGE:
    log_as<struct GNUNET_PSYC_Message> (
        kind, msg,
        [] (enum GNUNET_ErrorType level, const struct GNUNET_PSYC_Message *,
            base::ByteView parts) { log_parts (level, parts); });
    return;
  case GNUNET_MESSAGE_TYPE_PSYC_MESSAGE_HEADER:
    log_as<struct GNUNET_PSYC_MessageHeader> (kind, msg, &log_delivery);
    return;
  case GNUNET_MESSAGE_TYPE_MULTICAST_MESSAGE:
    log_as<struct GNUNET_MULTICAST_MessageHeader> (kind, msg, &log_fragment);
    return;
  default:
    log_parts (kind, whole (msg));
    return;
  }
}
