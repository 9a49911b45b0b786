// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Whatever bytes come as text: in pieces of any size it says the same, what it
// takes can be rendered and says the same again, limits hold.
#include <utility>

#include "fuzz_input.hpp"

#include "psyc/message/text_packet.hpp"

namespace
{
using fuzz::require;

struct Reading
{
  std::vector<psyc::Packet> packets;
  psyc::TextError error = psyc::TextError::none;

  bool operator== (const Reading &) const = default;
};

// Small ones, so that short inputs reach them.
psyc::TextLimits
limits ()
{
  psyc::TextLimits out;
  out.content_max = 300;
  out.scanned_content_max = 200;
  out.variable_max = 100;
  out.scanned_variable_max = 50;
  out.header_max = 150;
  out.variables_max = 8;
  out.routing_variables_max = 4;
  return out;
}

Reading
read (base::ByteView text, std::size_t step)
{
  psyc::TextParser parser (limits ());
  Reading reading;
  psyc::Packet packet;
  while (! text.empty ())
  {
    // In memory of its own, so that a read past its end is noticed.
    const auto piece
        = base::to_bytes (text.first (std::min (step, text.size ())));
    text = text.subspan (piece.size ());
    base::ByteView in = piece;
    while (const auto event = parser.next (in))
    {
      packet.add (*event);
      if (std::holds_alternative<psyc::TextEnd> (*event))
        reading.packets.push_back (std::exchange (packet, {}));
    }
  }
  reading.error = parser.error ();
  return reading;
}

void
check_packet (const psyc::Packet &packet)
{
  require (packet.data.size () <= 300 && packet.variables.size () <= 8);
  const auto text = psyc::render_packet (packet);
  require (text.has_value ());
  const auto again = psyc::parse_packet (*text);
  require (again.value && packet == *again.value);
  (void)psyc::message_of (packet);
}
} // namespace

extern "C" int
LLVMFuzzerTestOneInput (const std::uint8_t *data, std::size_t size)
{
  if (size < 1 || size > 20000)
    return 0;
  const base::ByteView text{ data + 1, size - 1 };
  const auto whole = read (text, size);
  require (whole == read (text, 1 + data[0] % 16));
  for (const auto &packet : whole.packets)
    check_packet (packet);
  return 0;
}
