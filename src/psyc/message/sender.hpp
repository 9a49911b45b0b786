// SPDX-License-Identifier: AGPL-3.0-or-later
//
// All uploads of one handle: turns pushed parts into local upload messages
// under a window, and keeps what the service did not confirm yet, to say it
// again after a reconnect. Pure: inputs are methods, effects are drained.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <variant>

#include "base/bytes.hpp"
#include "psyc/message/part_checker.hpp"
#include "psyc/message/transfer_messages.hpp"

namespace psyc
{
class Sender
{
public:
  using UploadId = std::uint64_t;

  // --- effects ---
  // Send these as Upload, UploadCancel, UploadQuery.
  struct SendParts
  {
    UploadId upload_id = 0;
    base::SendTag tag;
    std::uint32_t flags = 0;
    std::uint64_t offset = 0;
    base::Bytes parts;
  };
  struct SendCancel
  {
    UploadId upload_id = 0;
  };
  struct SendQuery
  {
    UploadId upload_id = 0;
    base::SendTag tag;
  };
  // Tell the owner: more is welcome (after a push that said wait).
  struct Ready
  {
    UploadId upload_id = 0;
  };
  // Tell the owner what became of it. A final one is the last word on it: the
  // upload is forgotten already.
  struct State
  {
    UploadId upload_id = 0;
    transfer::SendState state = transfer::SendState::failed;
    std::uint64_t request_id = 0;
    std::uint64_t message_id = 0;
    std::uint32_t code = 0;
    std::string reason;
  };
  using Effect = std::variant<SendParts, SendCancel, SendQuery, Ready, State>;

  enum class Push
  {
    more,      // taken, more is welcome
    wait,      // taken, wait for Ready
    malformed, // not taken; the upload ended (a State effect follows)
    unknown,   // no such upload, or its input has ended
  };

  // --- inputs of the owner ---
  // Begins an upload; nothing is sent before the first parts. The ids are
  // never used twice.
  [[nodiscard]] UploadId start (const base::SendTag &tag,
                                std::uint32_t flags);
  // Whole consecutive parts, at most upload_parts_max bytes.
  [[nodiscard]] Push push (UploadId upload, base::ByteView parts);
  // Abandon it: when its input has not ended, the state is cancelled.
  void cancel (UploadId upload);
  // Go on without telling anything more of it. Forgotten with its final state.
  void detach (UploadId upload);

  // --- inputs of the link ---
  void on_link_up ();
  void on_link_down ();
  void on_credit (UploadId upload, std::uint32_t bytes);
  void on_state (const State &state);

  [[nodiscard]] std::optional<Effect> poll_effect ();

  [[nodiscard]] std::size_t
  kept_bytes () const
  {
    return kept_bytes_;
  }
  [[nodiscard]] std::size_t
  upload_count () const
  {
    return uploads_.size ();
  }

private:
  struct Chunk
  {
    std::uint64_t offset = 0;
    base::Bytes parts;
  };

  struct Upload
  {
    base::SendTag tag;
    std::uint32_t flags = 0;
    PartChecker checker;
    // Kept chunks, in order; those before `unsent` (an index) have been sent
    // on this link. `is_whole`: the first kept one is the message's first.
    std::deque<Chunk> chunks;
    std::size_t unsent = 0;
    std::size_t unsent_bytes = 0;
    std::uint64_t end_offset = 0;
    std::uint64_t unacknowledged = 0;
    bool is_whole = true;
    bool is_confirmed = false;
    bool is_waiting = false;
    bool is_detached = false;
  };

  void send_what_fits (UploadId id, Upload &upload);
  void forget_sent (Upload &upload);
  void make_room (UploadId except);
  void tell_ready (UploadId id, Upload &upload);
  void finish (UploadId id, const State &state);
  void resume (UploadId id, Upload &upload);

  bool is_up_ = false;
  UploadId next_id_ = 1;
  std::size_t kept_bytes_ = 0;
  std::map<UploadId, Upload> uploads_;
  std::deque<Effect> effects_;
};
} // namespace psyc
