// SPDX-License-Identifier: AGPL-3.0-or-later
//
// For tests: parts written by hand, also wrong ones, and random messages.
#pragma once

#include <random>
#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "psyc/message/message.hpp"
#include "psyc/message/parts.hpp"

namespace test
{
inline base::Bytes
bytes (std::string_view text)
{
  return base::to_bytes (base::as_bytes (text));
}

// Concatenates parts written one by one; nothing is checked.
class Parts
{
public:
  Parts &
  raw (std::uint16_t type, const base::Bytes &body)
  {
    number (body.size () + 4, 2);
    number (type, 2);
    out_.insert (out_.end (), body.begin (), body.end ());
    return *this;
  }

  Parts &
  method (std::string_view name)
  {
    base::Bytes body (12, 0);
    append (body, name);
    body.push_back (0);
    return raw (693, body);
  }

  Parts &
  modifier (char oper, std::string_view name, std::uint32_t full_size,
            std::string_view value)
  {
    base::Bytes body;
    for (int shift = 24; shift >= 0; shift -= 8)
      body.push_back (static_cast<std::uint8_t> (full_size >> shift));
    body.push_back (static_cast<std::uint8_t> ((name.size () + 1) >> 8));
    body.push_back (static_cast<std::uint8_t> (name.size () + 1));
    body.push_back (static_cast<std::uint8_t> (oper));
    append (body, name);
    body.push_back (0);
    append (body, value);
    return raw (694, body);
  }

  Parts &
  mod_cont (std::string_view value)
  {
    return raw (695, bytes (value));
  }
  Parts &
  data (std::string_view value)
  {
    return raw (696, bytes (value));
  }
  Parts &
  end ()
  {
    return raw (697, {});
  }
  Parts &
  cancel ()
  {
    return raw (698, {});
  }

  operator const base::Bytes & () const { return out_; }
  operator base::ByteView () const { return out_; }

  [[nodiscard]] const base::Bytes &
  get () const
  {
    return out_;
  }

private:
  static void
  append (base::Bytes &to, std::string_view text)
  {
    to.insert (to.end (), text.begin (), text.end ());
  }

  void
  number (std::size_t value, int size)
  {
    for (int i = size - 1; i >= 0; i--)
      out_.push_back (static_cast<std::uint8_t> (value >> (8 * i)));
  }

  base::Bytes out_;
};

inline base::Bytes
random_bytes (std::mt19937_64 &random, std::size_t size)
{
  base::Bytes out (size);
  for (auto &byte : out)
    byte = static_cast<std::uint8_t> (random ());
  return out;
}

inline psyc::Message
random_message (std::mt19937_64 &random, std::size_t value_max)
{
  static constexpr psyc::Operator operators[]
      = { psyc::Operator::set, psyc::Operator::assign, psyc::Operator::augment,
          psyc::Operator::diminish, psyc::Operator::update };
  psyc::Message message;
  message.method = "_method_" + std::to_string (random () % 1000);
  message.flags = static_cast<std::uint32_t> (random ());
  message.state_delta = random ();
  const std::size_t count = random () % 5;
  for (std::size_t i = 0; i < count; i++)
  {
    psyc::Modifier modifier;
    modifier.oper = operators[random () % 5];
    modifier.name
        = "_"
          + std::string (random () % (psyc::modifier_header_size * 20), 'n');
    modifier.value
        = random_bytes (random, 0 == random () % 4 ? 0 : random () % value_max);
    message.modifiers.push_back (std::move (modifier));
  }
  message.data
      = random_bytes (random, 0 == random () % 4 ? 0 : random () % value_max);
  return message;
}
} // namespace test
