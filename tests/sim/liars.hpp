// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Members that lie: their core is honest, what it says is altered on its way
// out.
#pragma once

#include "../multicast/core/fake_crypto.hpp"
#include "base/bytes.hpp"

namespace sim
{
enum class Lie : std::uint8_t
{
  none,
  forges,    // changes bytes of fragments
  swallows,  // passes no fragment on
  truncates, // cuts messages off
  repeats,   // says old things again
  scribbles, // changes any byte of anything
};
inline constexpr std::uint32_t lie_count = 6;

// What becomes of a message that such a liar sends: nothing, or what is in
// `message` then. `kept` is the liar's memory.
[[nodiscard]] bool tamper (Lie lie, base::Bytes &message, base::Bytes &kept,
                           testing_multicast::FakeRandom &random);
} // namespace sim
