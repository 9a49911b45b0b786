// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Under which names a message is found: its method and every beginning of it
// that ends at a keyword, up to method_keywords_max keywords.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"

namespace psycstore
{
// The method that the parts of a first fragment begin with, if any.
[[nodiscard]] std::optional<std::string_view> method_of (base::ByteView parts);

// `_a_b_c` gives `_a_b_c`, `_a_b`, `_a`.
[[nodiscard]] std::vector<std::string_view>
method_prefixes (std::string_view method);

// May messages be asked for by this prefix? ("" and "_" are all messages.)
[[nodiscard]] bool is_searchable_prefix (std::string_view prefix);
} // namespace psycstore
