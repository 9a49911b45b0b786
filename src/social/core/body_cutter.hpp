// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Cuts the bodies of wanted messages out of a place's log, of many messages at
// once, and knows from where on it must be read again after a restart. Pure.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "psyc/message/part_checker.hpp"

namespace social
{
// Where bodies go.
class BodySink
{
public:
  virtual ~BodySink () = default;
  virtual void begin (std::uint64_t message_id) = 0;
  virtual void add (std::uint64_t message_id, base::ByteView bytes) = 0;
  virtual void end (std::uint64_t message_id) = 0;
  // Cancelled by its sender, or a part of it is lost.
  virtual void abandon (std::uint64_t message_id) = 0;
};

class BodyCutter
{
public:
  explicit BodyCutter (BodySink &sink) : sink_ (sink) {}

  // Of which methods (at keyword borders); what has begun goes on.
  void
  want (std::vector<std::string> prefixes)
  {
    prefixes_ = std::move (prefixes);
  }

  // The next fragment: `offset` is that of its parts in the message.
  void take (std::uint64_t fragment_id, std::uint64_t message_id,
             std::uint64_t offset, base::ByteView parts);
  // Fragments up to this one cannot be had.
  void on_gap (std::uint64_t last_fragment_id);

  // Everything up to this fragment is dealt with.
  [[nodiscard]] std::uint64_t position () const;

private:
  struct Open
  {
    psyc::PartChecker checker;
    std::uint64_t next_offset = 0;
    std::uint64_t first_fragment = 0;
  };
  enum class Next
  {
    more,
    end,
    broken,
  };

  [[nodiscard]] bool is_wanted (base::ByteView parts) const;
  [[nodiscard]] Next cut (std::uint64_t message_id, Open &open,
                          base::ByteView parts);

  BodySink &sink_;
  std::vector<std::string> prefixes_;
  std::map<std::uint64_t, Open> open_; // by message id
  std::uint64_t last_fragment_ = 0;
};

// Bodies that are cut out at the same time; with more, the oldest is lost.
inline constexpr std::size_t bodies_at_once_max = 64;
} // namespace social
