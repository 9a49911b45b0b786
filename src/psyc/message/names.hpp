// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Names of methods and variables: '_' followed by letters, digits and '_';
// keywords are what stands between underscores. A longer name inherits from
// its beginnings by whole keywords: `_message_public` is a `_message`.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace psyc
{
inline constexpr std::size_t name_max = 255;

[[nodiscard]] bool is_name (std::string_view name);

// Is `name` the same as `prefix` or longer by whole keywords? Every name is a
// "_" and a "".
[[nodiscard]] bool is_a (std::string_view name, std::string_view prefix);

// One keyword less: "_a_b" gives "_a", "_a" gives "_", "_" nothing.
[[nodiscard]] std::optional<std::string_view> shorter (std::string_view name);
} // namespace psyc
