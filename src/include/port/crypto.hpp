// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What the cores need of cryptography and chance. The services give them
// GNUnet's (shell/gnunet_crypto.hpp), tests and the simulator cheap
// deterministic ones.
#pragma once

#include <cstdint>

#include "base/bytes.hpp"

namespace port
{
// What a signature is for; part of what is signed, so that a signature over
// one kind of thing never passes for another.
enum class Purpose : std::uint32_t
{
  // GNUnet's numbers of 2019, free since: see doc/spec/wire-rules.md.
  fragment = 19,
  request = 24,
  // Ours, outside the range that GNUnet assigns.
  join_request = 0x53530001,
  join_decision = 0x53530002,
  ticket = 0x53530003,
  ticket_proof = 0x53530004,
  heartbeat = 0x53530005,
  ejection = 0x53530006,
  group_end = 0x53530007,
  origin_word = 0x53530008, // what the origin says to one member, far away
  voice = 0x53530009,       // a member that speaks to the origin, far away
  part = 0x5353000a,
};

class Verifier
{
public:
  virtual ~Verifier () = default;

  // Is `signature` by `key` over `data` for `purpose`?
  [[nodiscard]] virtual bool
  is_signed_by_channel (const base::ChannelKey &key, Purpose purpose,
                        base::ByteView data,
                        const base::ChannelSignature &signature) const = 0;
  [[nodiscard]] virtual bool
  is_signed_by_member (const base::MemberKey &key, Purpose purpose,
                       base::ByteView data,
                       const base::MemberSignature &signature) const = 0;
};

// Signs as one channel; holds its private key.
class ChannelSigner
{
public:
  virtual ~ChannelSigner () = default;
  [[nodiscard]] virtual base::ChannelKey public_key () const = 0;
  [[nodiscard]] virtual base::ChannelSignature
  sign (Purpose purpose, base::ByteView data) const = 0;
};

// Signs as one member; holds its private key.
class MemberSigner
{
public:
  virtual ~MemberSigner () = default;
  [[nodiscard]] virtual base::MemberKey public_key () const = 0;
  [[nodiscard]] virtual base::MemberSignature
  sign (Purpose purpose, base::ByteView data) const = 0;
};

class Random
{
public:
  virtual ~Random () = default;
  virtual void fill (std::span<std::uint8_t> out) = 0;

  [[nodiscard]] base::Nonce
  nonce ()
  {
    base::Nonce out;
    fill (out.bytes);
    return out;
  }

  // Uniform in [0, bound); bound > 0. The bias of the remainder is below
  // 2^-32 for the jitter that this is for.
  [[nodiscard]] std::uint64_t
  below (std::uint32_t bound)
  {
    std::array<std::uint8_t, 8> raw{};
    fill (raw);
    std::uint64_t number = 0;
    for (const std::uint8_t byte : raw)
      number = (number << 8) | byte;
    return number % bound;
  }
};
} // namespace port
