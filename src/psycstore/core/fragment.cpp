// SPDX-License-Identifier: AGPL-3.0-or-later
#include "psycstore/core/fragment.hpp"

#include <algorithm>

#include "base/wire.hpp"

namespace psycstore
{
namespace
{
struct MessageHeader
{
  std::uint32_t hop_counter = 0;
  base::ChannelSignature signature;
  std::uint32_t signed_size = 0;
  std::uint32_t purpose = 0;
  base::FragmentId fragment_id;
  std::uint64_t offset = 0;
  base::MessageId message_id;
  base::Generation generation;
  std::uint32_t flags = 0;
  WIRE_STRUCT (hop_counter, signature, signed_size, purpose, fragment_id,
               offset, message_id, generation, flags)
};

struct RequestHeader
{
  base::MemberKey member;
  base::MemberSignature signature;
  std::uint32_t signed_size = 0;
  std::uint32_t purpose = 0;
  base::FragmentId fragment_id;
  std::uint64_t offset = 0;
  base::RequestId request_id;
  std::uint32_t flags = 0;
  WIRE_STRUCT (member, signature, signed_size, purpose, fragment_id, offset,
               request_id, flags)
};

constexpr std::size_t hop_counter_at = 4;
constexpr std::size_t hop_counter_end = 8;

template <typename Header>
std::optional<Header>
parse_header (base::ByteView fragment, std::string &why)
{
  Header header;
  if (! wire::message_type (fragment))
  {
    why = "malformed fragment: its size is not what it says";
    return std::nullopt;
  }
  wire::Decoder decoder (fragment.subspan (wire::header_size));
  if (! decoder.get (header))
  {
    why = "malformed fragment: shorter than its header";
    return std::nullopt;
  }
  return header;
}

bool
is_id (std::uint64_t id)
{
  return id >= 1 && id <= id_max;
}
} // namespace

std::optional<FragmentInfo>
parse_fragment (base::ByteView fragment, std::string &why)
{
  const auto header = parse_header<MessageHeader> (fragment, why);
  if (! header)
    return std::nullopt;
  if (! is_id (header->fragment_id.value) || ! is_id (header->message_id.value)
      || header->offset > id_max || header->generation.value > id_max)
  {
    why = "id out of bounds in a fragment (1 to 2^63 - 2)";
    return std::nullopt;
  }
  FragmentInfo info;
  info.fragment_id = header->fragment_id;
  info.message_id = header->message_id;
  info.offset = header->offset;
  info.generation = header->generation;
  info.multicast_flags = header->flags;
  info.body_size = fragment.size () - fragment_header_size;
  return info;
}

std::optional<RequestFragmentInfo>
parse_request_fragment (base::ByteView fragment, std::string &why)
{
  const auto header = parse_header<RequestHeader> (fragment, why);
  if (! header)
    return std::nullopt;
  if (! is_id (header->request_id.value) || header->offset > id_max)
  {
    why = "id out of bounds in a request (1 to 2^63 - 2)";
    return std::nullopt;
  }
  RequestFragmentInfo info;
  info.member = header->member;
  info.request_id = header->request_id;
  info.offset = header->offset;
  info.multicast_flags = header->flags;
  info.body_size = fragment.size () - request_header_size;
  return info;
}

bool
is_same_fragment (base::ByteView one, base::ByteView other)
{
  return one.size () == other.size () && one.size () >= hop_counter_end
         && std::equal (one.begin (), one.begin () + hop_counter_at,
                        other.begin ())
         && std::equal (one.begin () + hop_counter_end, one.end (),
                        other.begin () + hop_counter_end);
}
} // namespace psycstore
