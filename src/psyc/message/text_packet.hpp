// SPDX-License-Identifier: AGPL-3.0-or-later
//
// A small packet of text whole in memory, and what it is as a message.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "psyc/message/message.hpp"
#include "psyc/message/text_parser.hpp"

namespace psyc
{
struct PacketVariable
{
  TextOperator oper = TextOperator::set;
  std::string name;
  base::Bytes value;

  bool operator== (const PacketVariable &) const = default;
};

struct Packet
{
  std::vector<PacketVariable> routing;
  // "=" alone and "?" alone before the variables.
  bool has_reset = false;
  bool has_question = false;
  std::vector<PacketVariable> variables;
  // Empty: the packet has none, nor a body.
  std::string method;
  base::Bytes data;

  bool operator== (const Packet &) const = default;

  // Takes what a parser says, up to its end.
  void add (const TextEvent &event);
};

// What came of parsing: a value when there was no error.
template <typename T> struct TextResult
{
  TextError error = TextError::none;
  std::optional<T> value;
};

// Exactly one packet. Its body is no longer than `text`.
[[nodiscard]] TextResult<Packet> parse_packet (base::ByteView text,
                                               const TextLimits &limits = {});

// Nothing when a name is invalid, when a routing variable holds a line feed
// (it has no length), or when there is a body without a method.
[[nodiscard]] std::optional<base::Bytes> render_packet (const Packet &packet);

// A routing header's lines; the caller sees to names and line feeds.
[[nodiscard]] base::Bytes
render_routing (const std::vector<PacketVariable> &routing);

// A packet as a message: "=" alone becomes the state's reset. Routing
// variables belong to the circuit and are left out.
[[nodiscard]] TextResult<Message> message_of (Packet packet);

// The same back. Flags and the state's delta are the channel's business and
// are left out, save for the reset.
[[nodiscard]] Packet packet_of (const Message &message);
} // namespace psyc
