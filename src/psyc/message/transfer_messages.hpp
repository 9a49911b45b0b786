// SPDX-License-Identifier: AGPL-3.0-or-later
//
// How a message goes from a program's library to a service, the same for
// psyc and social, each with type numbers of its own:
//
//   using Upload = psyc::transfer::Upload<7xx>;
//
// A library numbers its uploads per connection. It may send `window_bytes` of
// parts that the service did not credit yet. After a reconnect it begins anew
// what was not confirmed (QUEUED or STORED), with the same tag and offset 0,
// and asks for the state of what was.
#pragma once

#include <cstdint>
#include <string>

#include "base/wire.hpp"

namespace psyc::transfer
{
// Bytes of parts that may be under way to the service, of one upload.
inline constexpr std::uint32_t window_bytes = 256 * 1024;
// Bytes that a library keeps for sending again, of all uploads of a handle.
inline constexpr std::size_t kept_bytes_max = std::size_t{ 1 } << 20;
// Most parts in one Upload: fits GNUnet's message with our fields.
inline constexpr std::size_t upload_parts_max = 60000;

// As enum GNUNET_PSYC_SendState.
enum class SendState : std::uint8_t
{
  queued = 1,
  sent = 2,
  stored = 3,
  accepted = 4,
  refused = 5,
  cancelled = 6,
  failed = 7,
};

// stored to failed end an upload.
[[nodiscard]] constexpr bool
is_final (SendState state)
{
  return state >= SendState::stored;
}

// Library to service: a run of whole parts. `offset` is the place of these
// parts in all parts of the message: 0 begins it; what does not follow the
// one before is refused. The END or CANCEL part ends the input.
template <std::uint16_t Type> struct Upload
{
  std::uint64_t upload_id = 0;
  base::SendTag tag;
  std::uint32_t flags = 0;
  std::uint64_t offset = 0;
  wire::Rest parts;
  WIRE_MESSAGE (Upload, Type, upload_id, tag, flags, offset, parts)
};

// Service to library: so many bytes of parts were taken on.
template <std::uint16_t Type> struct UploadCredit
{
  std::uint64_t upload_id = 0;
  std::uint32_t bytes = 0;
  WIRE_MESSAGE (UploadCredit, Type, upload_id, bytes)
};

// Service to library: what became of it.
template <std::uint16_t Type> struct UploadState
{
  std::uint64_t upload_id = 0;
  SendState state = SendState::failed;
  std::uint64_t request_id = 0;
  std::uint64_t message_id = 0;
  std::uint32_t code = 0;
  std::string reason;
  WIRE_MESSAGE (UploadState, Type, upload_id, state, request_id, message_id,
                code, reason)
};

// Library to service: abandon it, if it is not complete yet.
template <std::uint16_t Type> struct UploadCancel
{
  std::uint64_t upload_id = 0;
  WIRE_MESSAGE (UploadCancel, Type, upload_id)
};

// Library to service, after a reconnect: `tag` was confirmed before and now
// goes by `upload_id`; tell its state (again), and those that follow.
template <std::uint16_t Type> struct UploadQuery
{
  std::uint64_t upload_id = 0;
  base::SendTag tag;
  WIRE_MESSAGE (UploadQuery, Type, upload_id, tag)
};
} // namespace psyc::transfer
