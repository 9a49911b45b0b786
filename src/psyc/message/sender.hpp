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
#include <string_view>
#include <variant>

#include "base/bytes.hpp"
#include "psyc/message/part_checker.hpp"
#include "psyc/message/transfer_messages.hpp"

namespace psyc
{
// Bytes that an owner may push although it was told to wait.
inline constexpr std::size_t impatience_max = transfer::window_bytes;

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
    more,    // taken, more is welcome
    wait,    // taken, wait for Ready
    refused, // malformed, or waiting was ignored: it failed (State follows)
    unknown, // no such upload, or its input has ended
  };

  // --- inputs of the owner ---
  // Begins an upload; nothing is sent before the first parts. The ids are
  // never used twice.
  [[nodiscard]] UploadId start (const base::SendTag &tag, std::uint32_t flags);
  // Whole consecutive parts. END or CANCEL ends the input.
  [[nodiscard]] Push push (UploadId upload, base::ByteView parts);
  // Abandon it. When some of it never went out it is cancelled now; else the
  // service is asked and has the last word.
  void cancel (UploadId upload);
  // Go on without telling anything more of it.
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
  struct Upload
  {
    base::SendTag tag;
    std::uint32_t flags = 0;
    // Where its input is.
    PartChecker checker;
    std::uint64_t end_offset = 0;
    // Chunks that are kept, in order, and the offset of the first. Of these
    // `sent` have gone out on this link.
    std::deque<base::Bytes> chunks;
    std::uint64_t first_offset = 0;
    std::size_t sent = 0;
    std::uint64_t sent_offset = 0;
    // Bytes that the service did not credit yet.
    std::uint64_t uncredited = 0;
    // Bytes that came after the owner was told to wait.
    std::size_t pushed_while_waiting = 0;
    bool is_waiting = false;
    // Something of it, all of it, may be known to a service.
    bool was_sent = false;
    bool was_sent_whole = false;
    // The owner gave it up after all of it was sent.
    bool is_cancelled = false;
    // Too much to keep: it cannot begin anew.
    bool is_forgetting = false;
    bool is_confirmed = false;
    bool is_detached = false;
    // What the owner heard last, so that a reconnect repeats nothing.
    std::optional<transfer::SendState> told;
  };
  using Uploads = std::map<UploadId, Upload>;

  // Bytes not sent on this link, with those not credited.
  [[nodiscard]] static std::uint64_t under_way (const Upload &upload);
  [[nodiscard]] bool is_welcome (const Upload &upload) const;
  void take_in (Upload &upload, base::ByteView parts);
  void send_what_fits (UploadId id, Upload &upload);
  void forget_sent (Upload &upload);
  void forget_all (Upload &upload);
  void forget_most ();
  void tell_ready ();
  void fail (UploadId id, std::string_view reason);
  void finish (Uploads::iterator at, State state);

  bool is_up_ = false;
  UploadId next_id_ = 1;
  std::size_t kept_bytes_ = 0;
  Uploads uploads_;
  std::deque<Effect> effects_;
};
} // namespace psyc
