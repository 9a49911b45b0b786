// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The names of the conversation about files that are offered
// (doc/spec/files.md) and the text form of an offer's key: 32 hexadecimal
// digits.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.hpp"

namespace social
{
inline constexpr const char *offer_method = "_notice_place_file";
inline constexpr const char *offer_request_method = "_request_place_file";
inline constexpr const char *offer_said_method = "_status_place_file";
inline constexpr const char *offer_failure_method = "_failure_place_file";
// One of these, which never changes.
inline constexpr const char *offer_withdrawn_method
    = "_failure_place_file_withdrawn";
inline constexpr std::string_view offer_withdrawn_words
    = "its sender has withdrawn it";
inline constexpr const char *offer_key_variable = "_key_offer";
inline constexpr const char *offer_file_variable = "_id_file";

[[nodiscard]] inline std::string
offer_key_text (const base::SendTag &key)
{
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  for (const std::uint8_t byte : key.bytes)
  {
    out += digits[byte >> 4];
    out += digits[byte & 15];
  }
  return out;
}

[[nodiscard]] inline std::optional<base::SendTag>
offer_key_from_text (std::string_view text)
{
  constexpr std::string_view digits = "0123456789abcdef";
  base::SendTag key;
  if (text.size () != 2 * key.bytes.size ())
    return std::nullopt;
  for (std::size_t i = 0; i < text.size (); i++)
  {
    const std::size_t digit = digits.find (text[i]);
    if (std::string_view::npos == digit)
      return std::nullopt;
    std::uint8_t &byte = key.bytes[i / 2];
    byte = static_cast<std::uint8_t> (std::size_t{ byte } << 4 | digit);
  }
  return key;
}

// The tag of the first message that says where the file is: one of its own, and
// the same after a crash.
[[nodiscard]] inline base::SendTag
offer_said_tag (base::SendTag key)
{
  key.bytes.back () ^= 1;
  return key;
}
} // namespace social
