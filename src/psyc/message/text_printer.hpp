// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Prints the parts of one message as text while they come, for tools and logs.
// A message that is small becomes one packet. A long one becomes fragments of
// a packet: each says the number `_fragment` (from 0) and holds the next bytes
// of the content; the last one says `_amount_fragments`.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "psyc/message/parts.hpp"
#include "psyc/message/text_packet.hpp"

namespace psyc
{
class TextPrinter
{
public:
  // Content that is held until it goes out as a fragment.
  static constexpr std::size_t fragment_size = 32768;

  // `routing` stands before each packet; its names are valid and its values
  // have no line feed.
  explicit TextPrinter (std::vector<PacketVariable> routing)
      : routing_ (std::move (routing))
  {}

  // Takes the next part, in the order of PartChecker.
  void add (const Part &part);

  // The text that is ready.
  [[nodiscard]] base::Bytes take ();

private:
  struct Collector;

  void modifier (const ModifierPart &part);
  void value (base::ByteView piece);
  void begin_body ();
  void end ();
  void cancel ();
  void content (base::ByteView bytes);
  void fragment (bool is_last);

  std::vector<PacketVariable> routing_;
  std::string method_;
  base::Bytes content_;
  base::Bytes ready_;
  std::uint64_t fragments_ = 0;
  std::uint32_t value_missing_ = 0;
  bool body_begun_ = false;
  bool has_data_ = false;
};
} // namespace psyc
