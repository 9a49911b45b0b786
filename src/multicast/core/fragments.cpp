// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Making and checking fragments and requests: see fragments.hpp.
#include "multicast/core/fragments.hpp"

#include <algorithm>

namespace multicast
{
namespace
{
// Where what is signed begins: behind {size, purpose}, which the port adds.
constexpr std::size_t fragment_signed_from = 4 + 4 + 64 + 8;
constexpr std::size_t request_signed_from = 4 + 32 + 64 + 8;
constexpr std::size_t fragment_signature_at = 4 + 4;
constexpr std::size_t request_signature_at = 4 + 32;
constexpr std::size_t purpose_struct_size = 8;

bool
is_id (std::uint64_t value)
{
  return 1 <= value && value <= base::id_max;
}

bool
is_sound_position (std::uint64_t offset, std::size_t size, std::uint32_t flags)
{
  return offset <= base::id_max - size && 0 == (flags & ~flags_on_the_wire)
         && (0 == offset) == (0 != (flags & flag_first_fragment))
         && (0 == (flags & flag_cancelled)
             || 0 != (flags & flag_last_fragment));
}

base::Bytes
signed_request_data (const base::ChannelKey &group, base::ByteView raw)
{
  base::Bytes data = base::to_bytes (group.view ());
  const auto rest = raw.subspan (request_signed_from);
  data.insert (data.end (), rest.begin (), rest.end ());
  return data;
}

template <typename Signature>
void
put_signature (base::Bytes &raw, std::size_t at, const Signature &signature)
{
  std::copy (signature.bytes.begin (), signature.bytes.end (),
             raw.begin () + static_cast<std::ptrdiff_t> (at));
}
} // namespace

bool
is_valid (const NewFragment &fragment)
{
  return fragment.body.size () <= fragment_body_size_max
         && is_id (fragment.message_id.value)
         && fragment.generation.value <= base::id_max
         && is_sound_position (fragment.fragment_offset, fragment.body.size (),
                               fragment.flags);
}

bool
is_valid (const NewRequest &request)
{
  return request.body.size () <= fragment_body_size_max
         && is_id (request.request_id.value)
         && request.fragment_offset < base::id_max
         && is_sound_position (request.fragment_offset, request.body.size (),
                               request.flags);
}

base::Bytes
make_fragment (const port::ChannelSigner &signer, base::FragmentId id,
               const NewFragment &fragment)
{
  Fragment out;
  out.purpose_size = static_cast<std::uint32_t> (
      fragment_header_size - fragment_signed_from + purpose_struct_size
      + fragment.body.size ());
  out.purpose = static_cast<std::uint32_t> (port::Purpose::fragment);
  out.fragment_id = id;
  out.fragment_offset = fragment.fragment_offset;
  out.message_id = fragment.message_id;
  out.group_generation = fragment.generation;
  out.flags = fragment.flags;
  out.body.bytes = fragment.body;
  base::Bytes raw = wire::must_encode (out);
  put_signature (
      raw, fragment_signature_at,
      signer.sign (port::Purpose::fragment,
                   base::ByteView (raw).subspan (fragment_signed_from)));
  return raw;
}

base::Bytes
make_request (const port::MemberSigner &signer, const base::ChannelKey &group,
              const NewRequest &request)
{
  Request out;
  out.member_key = signer.public_key ();
  out.purpose_size = static_cast<std::uint32_t> (
      request_header_size - request_signed_from + purpose_struct_size
      + request.body.size ());
  out.purpose = static_cast<std::uint32_t> (port::Purpose::request);
  out.fragment_id = { request.fragment_offset + 1 };
  out.fragment_offset = request.fragment_offset;
  out.request_id = request.request_id;
  out.flags = request.flags;
  out.body.bytes = request.body;
  base::Bytes raw = wire::must_encode (out);
  put_signature (
      raw, request_signature_at,
      signer.sign (port::Purpose::request, signed_request_data (group, raw)));
  return raw;
}

std::string_view
fragment_fault (const Fragment &fragment, base::ByteView raw)
{
  if (raw.size () > fragment_size_max)
    return "fragments refused: too large";
  if (fragment.purpose != static_cast<std::uint32_t> (port::Purpose::fragment)
      || fragment.purpose_size
             != raw.size () - fragment_signed_from + purpose_struct_size)
    return "fragments refused: wrong purpose";
  if (! is_id (fragment.fragment_id.value)
      || ! is_id (fragment.message_id.value)
      || fragment.group_generation.value > base::id_max)
    return "fragments refused: number out of range";
  if (! is_sound_position (fragment.fragment_offset,
                           fragment.body.bytes.size (), fragment.flags))
    return "fragments refused: flags or offset wrong";
  return {};
}

std::string_view
request_fault (const Request &request, base::ByteView raw)
{
  if (raw.size () > fragment_size_max)
    return "requests refused: too large";
  if (request.purpose != static_cast<std::uint32_t> (port::Purpose::request)
      || request.purpose_size
             != raw.size () - request_signed_from + purpose_struct_size)
    return "requests refused: wrong purpose";
  if (! is_id (request.request_id.value) || ! is_id (request.fragment_id.value))
    return "requests refused: number out of range";
  if (! is_sound_position (request.fragment_offset, request.body.bytes.size (),
                           request.flags))
    return "requests refused: flags or offset wrong";
  return {};
}

bool
is_signed_fragment (const port::Verifier &verifier,
                    const base::ChannelKey &group, const Fragment &fragment,
                    base::ByteView raw)
{
  return verifier.is_signed_by_channel (group, port::Purpose::fragment,
                                        raw.subspan (fragment_signed_from),
                                        fragment.signature);
}

bool
is_signed_request (const port::Verifier &verifier,
                   const base::ChannelKey &group, const Request &request,
                   base::ByteView raw)
{
  return verifier.is_signed_by_member (
      request.member_key, port::Purpose::request,
      signed_request_data (group, raw), request.signature);
}
} // namespace multicast
