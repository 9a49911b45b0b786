// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Fragments, requests and keys for the tests of psycstore: in the form of the
// network, with signatures that nobody checks here.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/wire.hpp"
#include "port/crypto.hpp"
#include "psyc/message/part_writer.hpp"
#include "psycstore/core/fragment.hpp"
#include "cheap_hash.hpp"

namespace psycstore::samples
{
inline base::ChannelKey
channel (std::uint8_t number = 1)
{
  base::ChannelKey key;
  key.bytes.fill (number);
  return key;
}

inline base::MemberKey
member (std::uint8_t number = 1)
{
  base::MemberKey key;
  key.bytes.fill (number);
  return key;
}

inline base::SendTag
tag (std::uint8_t number = 1)
{
  base::SendTag out;
  out.bytes.fill (number);
  return out;
}

struct FragmentSpec
{
  std::uint64_t fragment_id = 1;
  std::uint64_t message_id = 1;
  std::uint64_t offset = 0;
  std::uint64_t generation = 1;
  std::uint32_t flags = fragment_first | fragment_last;
  base::Bytes body = {};
  std::uint32_t hop_counter = 0;
};

inline base::Bytes
with_header (std::uint16_t type, const base::Bytes &content)
{
  wire::Encoder encoder;
  encoder.put (static_cast<std::uint16_t> (content.size () + 4));
  encoder.put (type);
  encoder.raw (content);
  return encoder.take ();
}

inline base::Bytes
fragment (const FragmentSpec &spec)
{
  wire::Encoder encoder;
  encoder.put (spec.hop_counter);
  base::ChannelSignature signature;
  signature.bytes.fill (static_cast<std::uint8_t> (spec.fragment_id));
  encoder.put (signature);
  encoder.put (static_cast<std::uint32_t> (spec.body.size () + 44));
  encoder.put (std::uint32_t{ 19 });
  encoder.put (spec.fragment_id);
  encoder.put (spec.offset);
  encoder.put (spec.message_id);
  encoder.put (spec.generation);
  encoder.put (spec.flags);
  encoder.raw (spec.body);
  return with_header (750, encoder.take ());
}

struct RequestSpec
{
  base::MemberKey member = samples::member ();
  std::uint64_t request_id = 1;
  std::uint64_t offset = 0;
  std::uint32_t flags = fragment_first | fragment_last;
  base::Bytes body = {};
};

inline base::Bytes
request (const RequestSpec &spec)
{
  wire::Encoder encoder;
  encoder.put (spec.member);
  encoder.put (base::MemberSignature{});
  encoder.put (static_cast<std::uint32_t> (spec.body.size () + 36));
  encoder.put (std::uint32_t{ 24 });
  encoder.put (std::uint64_t{ 1 });
  encoder.put (spec.offset);
  encoder.put (spec.request_id);
  encoder.put (spec.flags);
  encoder.raw (spec.body);
  return with_header (751, encoder.take ());
}

inline const CheapHasherMaker hashers;

// Every signature is right, but those of one fragment.
class CheapVerifier : public port::Verifier
{
public:
  bool
  is_signed_by_channel (const base::ChannelKey &, port::Purpose,
                        base::ByteView data,
                        const base::ChannelSignature &) const override
  {
    // The fragment's id comes first.
    return data.size () >= 8 && data[7] != forged;
  }
  bool
  is_signed_by_member (const base::MemberKey &, port::Purpose, base::ByteView,
                       const base::MemberSignature &) const override
  {
    return true;
  }

  std::uint8_t forged = 0;
};

inline base::Bytes
bytes (std::string_view text)
{
  return base::to_bytes (base::as_bytes (text));
}

struct ModifierSpec
{
  char oper = '=';
  std::string name;
  std::string value;
};

// The bodies of a message's fragments, each with at most `chunk_max` bytes.
inline std::vector<base::Bytes>
message_bodies (std::string_view method, std::uint64_t state_delta,
                const std::vector<ModifierSpec> &modifiers,
                std::string_view data = "", std::size_t chunk_max = 60000,
                psyc::PartType end = psyc::PartType::end)
{
  psyc::PartWriter writer (chunk_max);
  (void)writer.method (method, 0, state_delta);
  for (const ModifierSpec &m : modifiers)
    (void)writer.modifier (static_cast<psyc::Operator> (m.oper), m.name,
                           base::as_bytes (m.value));
  if (! data.empty ())
    writer.data (base::as_bytes (data));
  if (psyc::PartType::end == end)
    writer.end ();
  else
    writer.cancel ();
  writer.flush ();
  std::vector<base::Bytes> out;
  while (auto chunk = writer.take ())
    out.push_back (std::move (*chunk));
  return out;
}

// The fragments of a message with these bodies.
inline std::vector<base::Bytes>
message (std::uint64_t message_id, std::uint64_t first_fragment_id,
         const std::vector<base::Bytes> &bodies, std::uint64_t generation = 1)
{
  std::vector<base::Bytes> out;
  std::uint64_t offset = 0;
  for (std::size_t i = 0; i < bodies.size (); i++)
  {
    FragmentSpec spec;
    spec.fragment_id = first_fragment_id + i;
    spec.message_id = message_id;
    spec.offset = offset;
    spec.generation = generation;
    spec.flags = (0 == i ? fragment_first : 0)
                 | (i + 1 == bodies.size () ? fragment_last : 0);
    spec.body = bodies[i];
    offset += bodies[i].size ();
    out.push_back (fragment (spec));
  }
  return out;
}
} // namespace psycstore::samples
