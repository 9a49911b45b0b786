// SPDX-License-Identifier: AGPL-3.0-or-later
//
// How a file is told in HTTP: the range that was asked for, its name and type
// in headers that nobody can break out of. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "social/view/text.hpp"

namespace social::gateway
{
struct ByteRange
{
  std::uint64_t first = 0;
  std::uint64_t size = 0;
};

struct RangeAsked
{
  enum class Kind
  {
    whole, // none was asked for, or none that we understand
    part,
    none, // nothing of it is there: 416
  };
  Kind kind = Kind::whole;
  ByteRange range;
};

// "bytes=0-99", "bytes=100-", "bytes=-100"; several at once are answered with
// the whole.
[[nodiscard]] RangeAsked parse_range (std::string_view header,
                                      std::uint64_t full_size);

using view::safe_file_name;

// attachment; filename="…"; filename*=UTF-8''…
[[nodiscard]] std::string content_disposition (std::string_view name);

// What may be shown in a page of ours; anything else is bytes.
[[nodiscard]] std::string safe_content_type (std::string_view type);
} // namespace social::gateway
