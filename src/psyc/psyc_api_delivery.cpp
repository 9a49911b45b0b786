// SPDX-License-Identifier: AGPL-3.0-or-later
//
// See psyc_api_delivery.hpp.
#include "psyc/psyc_api_delivery.hpp"

#include <arpa/inet.h>

#include "psyc/message/parts.hpp"

namespace psyc::api
{
namespace
{
[[nodiscard]] bool
is_message_of (base::ByteView bytes, std::uint16_t type, std::size_t size_min)
{
  if (bytes.size () < size_min)
    return false;
  struct GNUNET_MessageHeader header;
  std::memcpy (&header, bytes.data (), sizeof (header));
  return ntohs (header.size) == bytes.size () && ntohs (header.type) == type;
}

[[nodiscard]] bool
is_run_of_parts (base::ByteView parts)
{
  PartReader reader (parts);
  while (reader.next ())
    ;
  return PartError::none == reader.error ();
}
} // namespace

bool
is_fragment (base::ByteView bytes)
{
  return is_message_of (bytes, GNUNET_MESSAGE_TYPE_PSYC_MESSAGE_HEADER,
                        sizeof (struct GNUNET_PSYC_MessageHeader));
}

bool
is_whole_message (base::ByteView bytes)
{
  return is_message_of (bytes, GNUNET_MESSAGE_TYPE_PSYC_MESSAGE,
                        sizeof (struct GNUNET_PSYC_Message));
}

base::Bytes
message_bytes (const struct GNUNET_PSYC_Message *msg)
{
  if (nullptr == msg)
    return {};
  const auto *begin = reinterpret_cast<const std::uint8_t *> (msg);
  return { begin, begin + ntohs (msg->header.size) };
}

const struct GNUNET_PSYC_Message *
as_message (const base::Bytes &bytes)
{
  if (! is_whole_message (bytes))
    return nullptr;
  return reinterpret_cast<const struct GNUNET_PSYC_Message *> (bytes.data ());
}

const struct GNUNET_PSYC_MessageHeader *
as_fragment (const base::Bytes &bytes)
{
  return reinterpret_cast<const struct GNUNET_PSYC_MessageHeader *> (
      bytes.data ());
}

void
add_flag (base::Bytes &fragment, enum GNUNET_PSYC_MessageFlags flag)
{
  auto *header
      = reinterpret_cast<struct GNUNET_PSYC_MessageHeader *> (fragment.data ());
  header->flags |= htonl (static_cast<std::uint32_t> (flag));
}

base::ByteView
parts_of (base::ByteView fragment)
{
  return fragment.subspan (sizeof (struct GNUNET_PSYC_MessageHeader));
}

void
deliver (const MessageSink &sink, const base::Bytes &fragment,
         const std::function<bool ()> &is_wanted)
{
  const auto *header = as_fragment (fragment);
  const base::ByteView parts = parts_of (fragment);
  const bool is_well_formed = is_run_of_parts (parts);
  if (is_well_formed && nullptr != sink.message_cb)
    sink.message_cb (sink.cls, header);
  if (nullptr == sink.part_cb)
    return;
  PartReader reader (parts);
  while (is_wanted () && reader.next ())
    sink.part_cb (sink.cls, header,
                  reinterpret_cast<const struct GNUNET_MessageHeader *> (
                      reader.raw ().data ()));
  if (! is_well_formed && is_wanted ())
    sink.part_cb (sink.cls, header, nullptr);
}

void
report (GNUNET_ResultCallback result_cb, void *cls, std::int64_t result,
        const std::string &error)
{
  if (nullptr == result_cb)
    return;
  const std::string text = error.substr (0, UINT16_MAX - 1);
  if (text.empty ())
    result_cb (cls, result, nullptr, 0);
  else
    result_cb (cls, result, text.c_str (),
               static_cast<std::uint16_t> (text.size () + 1));
}
} // namespace psyc::api
