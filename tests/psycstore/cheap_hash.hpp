// SPDX-License-Identifier: AGPL-3.0-or-later
//
// A hash for tests.
#pragma once

#include "port/hash.hpp"

namespace psycstore
{
// No cryptography, but other bytes give another hash.
class CheapHasher : public port::Hasher
{
public:
  void
  add (base::ByteView bytes) override
  {
    for (const std::uint8_t byte : bytes)
      sum_ = (sum_ ^ byte) * 0x100000001b3ULL;
  }

  base::Hash
  finish () override
  {
    base::Hash out;
    for (std::size_t i = 0; i < out.bytes.size (); i++)
      out.bytes[i] = static_cast<std::uint8_t> (sum_ >> (8 * (i % 8)));
    return out;
  }

private:
  std::uint64_t sum_ = 0xcbf29ce484222325ULL;
};

class CheapHasherMaker : public port::HasherMaker
{
public:
  std::unique_ptr<port::Hasher>
  make () const override
  {
    return std::make_unique<CheapHasher> ();
  }
};
} // namespace psycstore
