// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Text as people and programs read it: what of others is safe on a terminal,
// what is UTF-8, times, base64. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.hpp"

namespace social::view
{
// Well-formed UTF-8, without surrogates and overlong forms?
[[nodiscard]] bool is_utf8 (std::string_view text);

// The longest beginning of at most `size_max` bytes that splits no character
// (of text that is UTF-8).
[[nodiscard]] std::string_view utf8_prefix (std::string_view text,
                                            std::size_t size_max);

// With control and bidirectional characters made visible as <U+202E> and the
// like, broken UTF-8 as <XX>; line ends and tabs stay. For terminals.
[[nodiscard]] std::string visible (std::string_view text);

// Further lines moved in, so that none of them passes for a message's first.
[[nodiscard]] std::string indented (std::string_view text);

// As visible (), with line ends visible too: one line stays one line.
[[nodiscard]] std::string visible_line (std::string_view text);

// The last part of a path, without what could harm: for people and for disks.
[[nodiscard]] std::string safe_file_name (std::string_view name);

[[nodiscard]] std::string base64 (base::ByteView bytes);

// "2026-01-31T12:00:00.123456Z" for microseconds since 1970.
[[nodiscard]] std::string iso_time (std::uint64_t microseconds);

// Only digits, not above base::id_max.
[[nodiscard]] std::optional<std::uint64_t> parse_id (std::string_view text);
} // namespace social::view
