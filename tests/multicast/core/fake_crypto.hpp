// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Cryptography for tests: a keyed hash, deterministic and cheap. A public key
// equals its private key, so it proves nothing to an attacker; it only tells a
// right signature from any other.
#pragma once

#include "port/crypto.hpp"

namespace testing_multicast
{
inline std::uint64_t
mix (std::uint64_t value)
{
  value ^= value >> 30;
  value *= 0xbf58476d1ce4e5b9u;
  value ^= value >> 27;
  value *= 0x94d049bb133111ebu;
  return value ^ (value >> 31);
}

inline std::uint64_t
hash (std::uint64_t seed, base::ByteView data)
{
  std::uint64_t out = mix (seed + data.size ());
  while (! data.empty ())
  {
    std::uint64_t word = 0;
    const std::size_t size = std::min (data.size (), sizeof (word));
    std::memcpy (&word, data.data (), size);
    out = mix (out ^ word) + 0x9e3779b97f4a7c15u;
    data = data.subspan (size);
  }
  return out;
}

template <typename Signature>
Signature
fake_signature (base::ByteView key, port::Purpose purpose, base::ByteView data)
{
  Signature out;
  std::uint64_t word
      = hash (hash (static_cast<std::uint64_t> (purpose), key), data);
  for (std::uint8_t &byte : out.bytes)
  {
    byte = static_cast<std::uint8_t> (word);
    word = mix (word + 1);
  }
  return out;
}

template <typename Key>
Key
key_of (std::uint32_t number)
{
  Key key;
  for (std::size_t i = 0; i < sizeof (number); i++)
    key.bytes[i] = static_cast<std::uint8_t> (number >> (8 * i));
  key.bytes[31] = 0x55;
  return key;
}

class FakeVerifier : public port::Verifier
{
public:
  bool
  is_signed_by_channel (const base::ChannelKey &key, port::Purpose purpose,
                        base::ByteView data,
                        const base::ChannelSignature &signature) const override
  {
    return signature
           == fake_signature<base::ChannelSignature> (key.view (), purpose,
                                                      data);
  }

  bool
  is_signed_by_member (const base::MemberKey &key, port::Purpose purpose,
                       base::ByteView data,
                       const base::MemberSignature &signature) const override
  {
    return signature
           == fake_signature<base::MemberSignature> (key.view (), purpose,
                                                     data);
  }
};

class FakeChannelSigner : public port::ChannelSigner
{
public:
  explicit FakeChannelSigner (std::uint32_t number)
      : key_ (key_of<base::ChannelKey> (number))
  {}
  base::ChannelKey
  public_key () const override
  {
    return key_;
  }
  base::ChannelSignature
  sign (port::Purpose purpose, base::ByteView data) const override
  {
    return fake_signature<base::ChannelSignature> (key_.view (), purpose, data);
  }

private:
  base::ChannelKey key_;
};

class FakeMemberSigner : public port::MemberSigner
{
public:
  explicit FakeMemberSigner (std::uint32_t number)
      : key_ (key_of<base::MemberKey> (number))
  {}
  base::MemberKey
  public_key () const override
  {
    return key_;
  }
  base::MemberSignature
  sign (port::Purpose purpose, base::ByteView data) const override
  {
    return fake_signature<base::MemberSignature> (key_.view (), purpose, data);
  }

private:
  base::MemberKey key_;
};

class FakeRandom : public port::Random
{
public:
  explicit FakeRandom (std::uint64_t seed) : state_ (seed) {}

  void
  fill (std::span<std::uint8_t> out) override
  {
    for (std::uint8_t &byte : out)
      byte = static_cast<std::uint8_t> (next ());
  }

  std::uint64_t
  next ()
  {
    state_ += 0x9e3779b97f4a7c15u;
    return mix (state_);
  }

private:
  std::uint64_t state_;
};
} // namespace testing_multicast
