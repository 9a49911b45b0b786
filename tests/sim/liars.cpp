// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Members that lie: see liars.hpp.
#include "liars.hpp"

#include <utility>

#include "multicast/core/batches.hpp"

namespace sim
{
namespace
{
[[nodiscard]] bool
has_fragment (base::ByteView message)
{
  bool out = false;
  const bool is_sound = multicast::for_each_in_batch (
      message,
      [&out] (base::ByteView one)
      {
        out = out || wire::message_type (one) == multicast::Fragment::wire_type;
        return true;
      });
  return is_sound && out;
}

// The size in its header stays right.
void
cut (base::Bytes &message, std::size_t size)
{
  message.resize (size);
  message[0] = static_cast<std::uint8_t> (size >> 8);
  message[1] = static_cast<std::uint8_t> (size);
}
} // namespace

bool
tamper (Lie lie, base::Bytes &message, base::Bytes &kept,
        testing_multicast::FakeRandom &random)
{
  const auto below
      = [&random] (std::size_t bound) { return random.next () % bound; };
  const std::size_t header = wire::header_size;
  switch (lie)
  {
  case Lie::none:
    return true;
  case Lie::forges:
    if (has_fragment (message) && 0 == below (2))
      message.back () ^= 0x5a;
    return true;
  case Lie::swallows:
    return ! has_fragment (message);
  case Lie::truncates:
    if (0 == below (20) && message.size () > header)
      cut (message, header + below (message.size () - header));
    return true;
  case Lie::repeats:
    if (has_fragment (message) && 0 == below (2))
      std::swap (message, kept);
    return ! message.empty ();
  case Lie::scribbles:
    if (0 == below (20) && message.size () > header)
      message[header + below (message.size () - header)] ^= 0x81;
    return true;
  }
  return true;
}
} // namespace sim
