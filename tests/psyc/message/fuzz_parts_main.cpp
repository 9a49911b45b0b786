// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Feeds the fuzz target for a few seconds in the ordinary test run: random
// messages, damaged here and there. Give a seed to repeat a run.
#include <chrono>
#include <cstdlib>
#include <iostream>
#include <random>

#include "part_builder.hpp"

extern "C" int LLVMFuzzerTestOneInput (const std::uint8_t *data,
                                       std::size_t size);

namespace
{
// The parts of a random message, its long values and data in pieces.
base::Bytes
some_parts (std::mt19937_64 &random)
{
  test::Parts parts;
  parts.method ("_message_" + std::to_string (random () % 10));
  for (std::size_t count = random () % 4; count > 0; count--)
  {
    const auto pieces = static_cast<std::uint32_t> (random () % 3);
    const std::string piece (1 + random () % 20, '|');
    parts.modifier (":=+-@"[random () % 5], "_list_x",
                    (pieces + 1) * static_cast<std::uint32_t> (piece.size ()),
                    piece);
    for (std::uint32_t i = 0; i < pieces; i++)
      parts.mod_cont (piece);
  }
  for (std::size_t count = random () % 3; count > 0; count--)
    parts.data ("{a}b{c}d");
  return 0 == random () % 5 ? parts.cancel () : parts.end ();
}

void
damage (base::Bytes &bytes, std::mt19937_64 &random)
{
  for (std::size_t count = random () % 4; count > 0; count--)
  {
    const auto at = static_cast<std::ptrdiff_t> (random () % bytes.size ());
    switch (random () % 4)
    {
    case 0:
      bytes[static_cast<std::size_t> (at)]
          = static_cast<std::uint8_t> (random ());
      break;
    case 1:
      bytes[static_cast<std::size_t> (at)]
          ^= static_cast<std::uint8_t> (1u << (random () % 8));
      break;
    case 2:
      bytes.erase (bytes.begin () + at);
      break;
    default:
      bytes.insert (bytes.begin () + at, static_cast<std::uint8_t> (random ()));
      break;
    }
    if (bytes.empty ())
      return;
  }
}

base::Bytes
some_input (std::mt19937_64 &random)
{
  base::Bytes input = test::random_bytes (random, 2);
  auto parts = 0 == random () % 20
                   ? test::random_bytes (random, random () % 100)
                   : some_parts (random);
  if (! parts.empty ())
    damage (parts, random);
  input.insert (input.end (), parts.begin (), parts.end ());
  return input;
}
} // namespace

int
main (int argc, char **argv)
{
  const std::uint64_t seed = argc > 1 ? std::strtoull (argv[1], nullptr, 10)
                                      : std::random_device{}();
  const auto seconds = argc > 2 ? std::atoi (argv[2]) : 3;
  // Before anything else: an abort must not swallow it.
  std::cout << "seed " << seed << std::endl;
  std::mt19937_64 random (seed);
  const auto until
      = std::chrono::steady_clock::now () + std::chrono::seconds (seconds);
  std::uint64_t count = 0;
  while (std::chrono::steady_clock::now () < until)
  {
    for (int i = 0; i < 100; i++, count++)
    {
      const auto input = some_input (random);
      (void)LLVMFuzzerTestOneInput (input.data (), input.size ());
    }
  }
  std::cout << count << " inputs\n";
  return 0;
}
