// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The stored forms of a fragment and of a request's fragment (struct
// GNUNET_MULTICAST_MessageHeader and ..._RequestHeader), read and written; and
// struct GNUNET_PSYC_MessageHeader, as applications get them.
#pragma once

#include <memory>
#include <optional>
#include <set>

#include "psyc/core/types.hpp"

namespace psyc::core
{
inline constexpr std::size_t fragment_header_size = 116;
inline constexpr std::size_t request_header_size = 136;

struct FragmentHead
{
  base::FragmentId id;
  std::uint64_t offset = 0;
  base::MessageId message_id;
  base::Generation generation;
  std::uint32_t flags = 0;

  [[nodiscard]] bool
  is_first () const
  {
    return 0 != (flags & first_fragment);
  }
  [[nodiscard]] bool
  is_last () const
  {
    return 0 != (flags & last_fragment);
  }
};

// One fragment in its stored form.
struct StoredFragment
{
  FragmentHead head;
  base::Bytes bytes;

  [[nodiscard]] base::ByteView
  body () const
  {
    return base::ByteView (bytes).subspan (fragment_header_size);
  }
};

using FragmentPtr = std::shared_ptr<const StoredFragment>;

// Nothing when `bytes` are no fragment, or its ids are outside of their range.
[[nodiscard]] FragmentPtr read_fragment (base::ByteView bytes);

// Leaves out of a run of fragments those of checkpoints, which are psyc's own.
class CheckpointFilter
{
public:
  [[nodiscard]] bool hides (const StoredFragment &fragment);

private:
  std::set<base::MessageId> hidden_; // in progress
};

struct RequestHead
{
  base::MemberKey member;
  std::uint64_t fragment_id = 0;
  std::uint64_t offset = 0;
  base::RequestId request_id;
  std::uint32_t flags = 0;
};

struct RequestFragment
{
  RequestHead head;
  base::Bytes bytes;

  [[nodiscard]] base::ByteView
  body () const
  {
    return base::ByteView (bytes).subspan (request_header_size);
  }
  [[nodiscard]] bool
  is_last () const
  {
    return 0 != (head.flags & last_fragment);
  }
};

using RequestPtr = std::shared_ptr<const RequestFragment>;

[[nodiscard]] RequestPtr read_request (base::ByteView bytes);

// The form in which a request waits in the outbox; multicast signs it anew
// each time it leaves.
[[nodiscard]] RequestPtr make_request (const RequestHead &head,
                                       base::ByteView body);

// struct GNUNET_PSYC_MessageHeader with its parts.
[[nodiscard]] base::Bytes
application_message (std::uint32_t flags, std::uint64_t message_id,
                     std::uint64_t offset,
                     const base::MemberKey &slave, // zero: from the master
                     base::ByteView parts);
} // namespace psyc::core
