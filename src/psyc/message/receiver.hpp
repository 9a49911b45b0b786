// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Follows messages through their fragments: several may interleave, those of
// one come in order. Duplicates and holes are refused by name; a message that
// cannot go on is given up, and never holds up another.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>

#include "base/bytes.hpp"
#include "psyc/message/part_checker.hpp"

namespace psyc
{
// What tells messages apart: ids of requests are their senders' own, and a
// replay of old messages goes beside live ones.
struct MessageKey
{
  base::MemberKey slave;
  std::uint64_t message_id = 0;
  std::uint32_t flags = 0; // those of the delivery, host byte order

  auto operator<=> (const MessageKey &) const = default;
};

class Receiver
{
public:
  // Messages in progress; the one that was silent longest gives way.
  static constexpr std::size_t in_progress_max = 64;
  // Finished ones that are remembered, to know a duplicate.
  static constexpr std::size_t finished_max = 256;

  struct Verdict
  {
    // none: hand its parts on. fragment_again: drop it, nothing is lost.
    PartError error = PartError::none;
    // The message was in progress and is given up because of the error.
    bool is_given_up = false;
    // Another message that had to give way.
    std::optional<MessageKey> displaced;
  };

  // `is_history`: the same message may come more than once.
  enum class Kind
  {
    live,
    history,
  };

  [[nodiscard]] Verdict on_fragment (const MessageKey &key, Kind kind,
                                     std::uint64_t offset,
                                     base::ByteView parts);

  // Forgets everything.
  void reset ();

  [[nodiscard]] std::size_t
  in_progress () const
  {
    return messages_.size ();
  }

private:
  struct Progress
  {
    PartChecker checker;
    std::uint64_t next_offset = 0;
    std::uint64_t used_at = 0;
  };

  [[nodiscard]] Verdict give_up (const MessageKey &key, PartError error);
  [[nodiscard]] bool is_finished (const MessageKey &key) const;
  void remember_finished (const MessageKey &key);
  [[nodiscard]] std::optional<MessageKey> make_room ();

  std::map<MessageKey, Progress> messages_;
  std::deque<MessageKey> finished_;
  std::uint64_t clock_ = 0;
};
} // namespace psyc
