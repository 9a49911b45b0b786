// SPDX-License-Identifier: AGPL-3.0-or-later
//
// A whole small message in memory, and its form in one piece (as in join
// requests and answers).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "psyc/message/parts.hpp"

namespace psyc
{
struct Modifier
{
  Operator oper = Operator::set;
  std::string name;
  base::Bytes value;

  bool operator== (const Modifier &) const = default;
};

struct Message
{
  std::string method;
  std::uint32_t flags = 0;
  std::uint64_t state_delta = state_not_modified;
  std::vector<Modifier> modifiers;
  base::Bytes data;

  bool operator== (const Message &) const = default;

  // Value of the first modifier of that name, or NULL.
  [[nodiscard]] const base::Bytes *find (std::string_view name) const;
  [[nodiscard]] std::optional<std::string_view>
  find_text (std::string_view name) const;
  void add (Operator oper, std::string_view name, std::string_view value);
};

// Largest message in one piece: what passes every local and mesh message.
inline constexpr std::size_t one_piece_max = 60000;

// All parts, method to end, in one run; nothing when a name is invalid or it
// exceeds `size_max`.
[[nodiscard]] std::optional<base::Bytes>
encode_message (const Message &message, std::size_t size_max = one_piece_max);

// A whole message, method to end; nothing when it is malformed, incomplete or
// cancelled.
[[nodiscard]] std::optional<Message> parse_message (base::ByteView parts);

// The method and those modifiers that are whole in the run of parts that
// starts a message (its first fragment); nothing when malformed or when it
// does not begin with a method.
[[nodiscard]] std::optional<Message> parse_head (base::ByteView parts);
} // namespace psyc
