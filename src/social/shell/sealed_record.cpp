// SPDX-License-Identifier: AGPL-3.0-or-later
#include "social/shell/sealed_record.hpp"

#include <array>

#include <sodium.h>

namespace social
{
namespace
{
constexpr std::size_t salt_at = 1;
constexpr std::size_t nonce_at = salt_at + crypto_pwhash_SALTBYTES;
constexpr std::size_t box_at = nonce_at + crypto_secretbox_NONCEBYTES;
static_assert (sealed_overhead == box_at + crypto_secretbox_MACBYTES);

// Some 20 ms and 8 MiB: much for who guesses, little for us.
constexpr unsigned long long work = 3;
constexpr std::size_t memory = 8U << 20;

using Key = std::array<std::uint8_t, crypto_secretbox_KEYBYTES>;

std::optional<Key>
key_of (const std::string &password, const std::uint8_t *salt)
{
  Key key;
  if (0 > sodium_init ()
      || 0
             != crypto_pwhash (key.data (), key.size (), password.data (),
                               password.size (), salt, work, memory,
                               crypto_pwhash_ALG_ARGON2ID13))
    return std::nullopt;
  return key;
}
} // namespace

std::optional<base::Bytes>
seal_record (base::ByteView data, const std::string &password)
{
  base::Bytes out (sealed_overhead + data.size ());
  out[0] = sealed_version;
  randombytes_buf (out.data () + salt_at, box_at - salt_at);
  const auto key = key_of (password, out.data () + salt_at);
  if (! key)
    return std::nullopt;
  (void)crypto_secretbox_easy (out.data () + box_at, data.data (), data.size (),
                               out.data () + nonce_at, key->data ());
  return out;
}

std::optional<base::Bytes>
open_record (base::ByteView sealed, const std::string &password)
{
  if (password.empty () || ! is_sealed_record (sealed))
    return std::nullopt;
  const auto key = key_of (password, sealed.data () + salt_at);
  if (! key)
    return std::nullopt;
  base::Bytes out (sealed.size () - sealed_overhead);
  if (0
      != crypto_secretbox_open_easy (out.data (), sealed.data () + box_at,
                                     sealed.size () - box_at,
                                     sealed.data () + nonce_at, key->data ()))
    return std::nullopt;
  return out;
}
} // namespace social
