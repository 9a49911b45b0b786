// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The two signed things that multicast carries, in the form in which they are
// sent, stored and handed to clients: byte for byte GNUNET_MULTICAST_
// MessageHeader and GNUNET_MULTICAST_RequestHeader of the public interface.
#pragma once

#include "base/wire.hpp"

namespace multicast
{
// Bits of Fragment::flags and Request::flags (GNUNET_MULTICAST_MessageFlags).
inline constexpr std::uint32_t flag_first_fragment = 1;
inline constexpr std::uint32_t flag_last_fragment = 2;
// With the last fragment only: the sender gave up, the message is not whole.
inline constexpr std::uint32_t flag_cancelled = 4;
inline constexpr std::uint32_t flags_on_the_wire
    = flag_first_fragment | flag_last_fragment | flag_cancelled;

struct Fragment
{
  std::uint32_t hop_counter = 0;    // not signed: relays count it up
  base::ChannelSignature signature; // by the group key, over what follows
  std::uint32_t purpose_size = 0;   // bytes from this field to the end
  std::uint32_t purpose = 0;        // port::Purpose::fragment
  base::FragmentId fragment_id;
  std::uint64_t fragment_offset = 0; // of the body's first byte in its message
  base::MessageId message_id;
  base::Generation group_generation;
  std::uint32_t flags = 0;
  wire::Rest body;
  WIRE_MESSAGE (Fragment, 757, hop_counter, signature, purpose_size, purpose,
                fragment_id, fragment_offset, message_id, group_generation,
                flags, body)
};

struct Request
{
  base::MemberKey member_key;
  base::MemberSignature signature; // over group key and what follows `purpose`
  std::uint32_t purpose_size = 0;  // bytes from this field to the end
  std::uint32_t purpose = 0;       // port::Purpose::request
  base::FragmentId fragment_id;    // offset + 1: the same when sent again
  std::uint64_t fragment_offset = 0;
  base::RequestId request_id;
  std::uint32_t flags = 0;
  wire::Rest body;
  WIRE_MESSAGE (Request, 758, member_key, signature, purpose_size, purpose,
                fragment_id, fragment_offset, request_id, flags, body)
};

// What an application of 2019 says with its question for one fragment: it is
// put to the application that answers as it is, also above the head.
struct ReplayDetail
{
  bool is_literal = false;
  std::uint64_t fragment_offset = 0; // with a message id
  std::uint64_t flags = 0;           // means nothing to us
  WIRE_STRUCT (is_literal, fragment_offset, flags)
};

// Bytes before the body, GNUnet's header included.
inline constexpr std::size_t fragment_header_size = 4 + 4 + 64 + 8 + 4 * 8 + 4;
inline constexpr std::size_t request_header_size = 4 + 32 + 64 + 8 + 3 * 8 + 4;

// Where the hop counter stands.
inline constexpr std::size_t fragment_hops_at = 4;

// What CADET carries whole (GNUNET_CONSTANTS_MAX_CADET_MESSAGE_SIZE; the shell
// asserts that it is the same number), and of it one fragment with its header.
inline constexpr std::size_t cadet_message_size_max = 64348;
inline constexpr std::size_t fragment_size_max = cadet_message_size_max - 256;
inline constexpr std::size_t fragment_body_size_max
    = fragment_size_max
      - (fragment_header_size > request_header_size ? fragment_header_size
                                                    : request_header_size);
} // namespace multicast
