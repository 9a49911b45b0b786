// SPDX-License-Identifier: AGPL-3.0-or-later
#include "psyc/core/fragment.hpp"

#include "base/wire.hpp"
#include "psyc/message/parts.hpp"
#include "psyc/message/state_hash.hpp"

namespace psyc::core
{
namespace
{
constexpr std::uint16_t fragment_type = 757;
constexpr std::uint16_t request_type = 758;
constexpr std::uint16_t application_type = 692; // P.MessageHeader
constexpr std::uint32_t request_purpose = 24;

// Header of both: size and type fit the bytes.
bool
has_type (base::ByteView bytes, std::uint16_t type)
{
  return wire::message_type (bytes) == type;
}

template <typename Tag>
bool
is_id (base::Id<Tag> id)
{
  return 0 < id.value && id.value <= base::id_max;
}
} // namespace

FragmentPtr
read_fragment (base::ByteView bytes)
{
  constexpr std::size_t skipped = 4 + 4 + 64 + 8; // to fragment_id
  if (bytes.size () < fragment_header_size || ! has_type (bytes, fragment_type))
    return nullptr;
  wire::Decoder decoder (bytes.subspan (skipped));
  FragmentHead head;
  if (! decoder.get (head.id) || ! decoder.get (head.offset)
      || ! decoder.get (head.message_id) || ! decoder.get (head.generation)
      || ! decoder.get (head.flags))
    return nullptr;
  if (! is_id (head.id) || ! is_id (head.message_id)
      || head.offset > base::id_max || head.generation.value > base::id_max)
    return nullptr;
  return std::make_shared<StoredFragment> (
      StoredFragment{ head, base::to_bytes (bytes) });
}

RequestPtr
read_request (base::ByteView bytes)
{
  constexpr std::size_t skipped = 64 + 8; // signature, purpose
  if (bytes.size () < request_header_size || ! has_type (bytes, request_type))
    return nullptr;
  wire::Decoder key (bytes.subspan (wire::header_size));
  RequestHead head;
  if (! key.get (head.member))
    return nullptr;
  wire::Decoder decoder (key.rest ().subspan (skipped));
  if (! decoder.get (head.fragment_id) || ! decoder.get (head.offset)
      || ! decoder.get (head.request_id) || ! decoder.get (head.flags))
    return nullptr;
  if (! is_id (head.request_id) || head.offset > base::id_max)
    return nullptr;
  return std::make_shared<RequestFragment> (
      RequestFragment{ head, base::to_bytes (bytes) });
}

RequestPtr
make_request (const RequestHead &head, base::ByteView body)
{
  wire::Encoder encoder;
  encoder.put (static_cast<std::uint16_t> (request_header_size + body.size ()));
  encoder.put (request_type);
  encoder.put (head.member);
  encoder.put (base::MemberSignature{});
  encoder.put (static_cast<std::uint32_t> (request_header_size + body.size ()
                                           - wire::header_size - 32 - 64));
  encoder.put (request_purpose);
  encoder.put (head.fragment_id);
  encoder.put (head.offset);
  encoder.put (head.request_id);
  encoder.put (head.flags);
  encoder.raw (body);
  return std::make_shared<RequestFragment> (
      RequestFragment{ head, encoder.take () });
}

base::Bytes
application_message (std::uint32_t flags, std::uint64_t message_id,
                     std::uint64_t offset, const base::MemberKey &slave,
                     base::ByteView parts)
{
  constexpr std::size_t header = 4 + 4 + 8 + 8 + 32;
  wire::Encoder encoder;
  encoder.put (static_cast<std::uint16_t> (header + parts.size ()));
  encoder.put (application_type);
  encoder.put (flags);
  encoder.put (message_id);
  encoder.put (offset);
  encoder.put (slave);
  encoder.raw (parts);
  return encoder.take ();
}

bool
CheckpointFilter::hides (const StoredFragment &fragment)
{
  const FragmentHead &head = fragment.head;
  if (head.is_first ())
  {
    PartReader reader (fragment.body ());
    const auto part = reader.next ();
    const auto *method = part ? std::get_if<MethodPart> (&*part) : nullptr;
    if (nullptr == method || checkpoint_method != method->name)
      return false;
    if (! head.is_last ())
      hidden_.insert (head.message_id);
    return true;
  }
  if (! head.is_last ())
    return hidden_.contains (head.message_id);
  return 0 < hidden_.erase (head.message_id);
}
} // namespace psyc::core
