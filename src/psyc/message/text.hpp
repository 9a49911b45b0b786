// SPDX-License-Identifier: AGPL-3.0-or-later
//
// PSYC's text syntax: the words that its parsers and renderers share. The
// grammar stands in doc/spec/text.md. text_frame.hpp finds packets in a stream,
// text_content.hpp reads what is in one, text_parser.hpp is both together,
// text_packet.hpp has small packets whole.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/bytes.hpp"
#include "psyc/message/parts.hpp"

namespace psyc
{
// The operators of text: ours, and the question.
enum class TextOperator : std::uint8_t
{
  set = ':',
  assign = '=',
  augment = '+',
  diminish = '-',
  update = '@',
  query = '?',
};

[[nodiscard]] std::optional<TextOperator> text_operator_from (char raw);
// Nothing for the question, which no part of a message can carry.
[[nodiscard]] std::optional<Operator> part_operator (TextOperator oper);
[[nodiscard]] constexpr TextOperator
text_operator (Operator oper)
{
  return static_cast<TextOperator> (oper);
}

// A variable of the routing header, or of the entity header.
struct TextVariable
{
  TextOperator oper = TextOperator::set;
  std::string_view name;
  base::ByteView value;
};

// What a parser takes. What has a length is longer than what must be scanned
// for its end; nothing is allocated for a length before the bytes are there.
struct TextLimits
{
  std::uint64_t content_max = std::uint64_t{ 1 } << 40;
  std::size_t scanned_content_max = 65536;
  std::size_t variable_max = std::size_t{ 16 } << 20;
  std::size_t scanned_variable_max = 4096;
  // All variables of one entity header together.
  std::size_t header_max = std::size_t{ 32 } << 20;
  std::size_t variables_max = 65536;
  std::size_t routing_variables_max = 64;
};

enum class TextError
{
  none,
  bad_operator,
  bad_name,
  bad_length,
  line_too_long,
  variable_too_long,
  content_too_long,
  header_too_long,
  too_many_variables,
  reset_after_variable,
  value_not_ended,
  content_not_ended,
  packet_not_ended,
  // A whole packet was wanted
  incomplete,
  more_than_one,
  fragment_of_packet,
  // What no message of ours can carry
  method_missing,
  question_in_message,
};

[[nodiscard]] std::string_view error_name (TextError error);

// A length in decimal digits, nothing else.
[[nodiscard]] std::optional<std::uint64_t> parse_length (std::string_view text);

// A variable's line, with a length where its value needs one.
void render_variable (base::Bytes &out, const TextVariable &variable);

// A whole packet of a routing header in lines and its content, with a length
// where the content needs one, or where `counted` says so.
enum class TextLength
{
  where_needed,
  always,
};
[[nodiscard]] base::Bytes render_frame (base::ByteView routing,
                                        base::ByteView content,
                                        TextLength length);

// Longest value and content that we write without a length: what the
// reference parser takes.
inline constexpr std::size_t plain_variable_max = 256;
inline constexpr std::size_t plain_content_max = 512;
} // namespace psyc
