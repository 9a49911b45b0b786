// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Fragments of messages and of requests in the form in which they come from
// the network and are kept: what the store must know of their headers.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/bytes.hpp"
#include "base/ids.hpp"

namespace psycstore
{
// What SQL's integers hold, and one more still fits. Channels end earlier
// (base::id_max); programs of 2019 use the store for ids of their own.
inline constexpr std::uint64_t id_max = (std::uint64_t{ 1 } << 63) - 2;

// struct GNUNET_MULTICAST_MessageHeader and _RequestHeader, packed.
inline constexpr std::size_t fragment_header_size = 116;
inline constexpr std::size_t request_header_size = 136;

// Flags of a fragment in its message (and of a request's).
inline constexpr std::uint32_t fragment_first = 1;
inline constexpr std::uint32_t fragment_last = 2;

// What indices hold of a stored fragment.
struct FragmentInfo
{
  base::FragmentId fragment_id;
  base::MessageId message_id;
  std::uint64_t offset = 0;
  base::Generation generation;
  std::uint32_t multicast_flags = 0;
  std::uint32_t store_flags = 0;
  // Of the body in bytes.
  std::uint64_t body_size = 0;
  // Seconds since 1970; 0: not known.
  std::uint64_t stored_at = 0;
  // Where the plugin keeps the bytes.
  std::int64_t location = 0;

  bool operator== (const FragmentInfo &) const = default;

  [[nodiscard]] std::uint64_t
  end () const
  {
    return offset + body_size;
  }

  [[nodiscard]] bool
  is_last () const
  {
    return 0 != (multicast_flags & fragment_last);
  }
};

struct RequestFragmentInfo
{
  base::MemberKey member;
  base::RequestId request_id;
  std::uint64_t offset = 0;
  std::uint32_t multicast_flags = 0;
  std::uint64_t body_size = 0;

  [[nodiscard]] std::uint64_t
  end () const
  {
    return offset + body_size;
  }

  [[nodiscard]] bool
  is_last () const
  {
    return 0 != (multicast_flags & fragment_last);
  }
};

// Nothing when it is no fragment, with the reason in `why`.
[[nodiscard]] std::optional<FragmentInfo>
parse_fragment (base::ByteView fragment, std::string &why);
[[nodiscard]] std::optional<RequestFragmentInfo>
parse_request_fragment (base::ByteView fragment, std::string &why);

// The body of a parsed fragment.
[[nodiscard]] inline base::ByteView
fragment_body (base::ByteView fragment)
{
  return fragment.subspan (fragment_header_size);
}

// The same but for the hop counter, which differs by the way it came.
[[nodiscard]] bool is_same_fragment (base::ByteView one, base::ByteView other);
} // namespace psycstore
