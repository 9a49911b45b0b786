// SPDX-License-Identifier: AGPL-3.0-or-later
#include "social/gateway/file_answer.hpp"

#include <algorithm>
#include <array>

#include "social/gateway/http.hpp"
#include "social/view/text.hpp"

namespace social::gateway
{
namespace
{
[[nodiscard]] bool
is_plain (unsigned char c)
{
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z')
         || (c >= 'A' && c <= 'Z') || '.' == c || '-' == c || '_' == c;
}
} // namespace

RangeAsked
parse_range (std::string_view header, std::uint64_t full_size)
{
  constexpr std::string_view unit = "bytes=";
  if (! header.starts_with (unit))
    return {};
  header.remove_prefix (unit.size ());
  const std::size_t dash = header.find ('-');
  if (std::string_view::npos == dash)
    return {};
  const std::string_view from = header.substr (0, dash);
  const std::string_view to = header.substr (dash + 1);
  const auto first = view::parse_id (from);
  const auto last = view::parse_id (to);
  if ((! from.empty () && ! first) || (! to.empty () && ! last)
      || (from.empty () && to.empty ()))
    return {};
  if (first && last && *last < *first)
    return {};
  if (! first) // the last so many bytes
  {
    const std::uint64_t size = std::min (*last, full_size);
    if (0 == size)
      return { RangeAsked::Kind::none, {} };
    return { RangeAsked::Kind::part, { full_size - size, size } };
  }
  if (*first >= full_size)
    return { RangeAsked::Kind::none, {} };
  const std::uint64_t end
      = last ? std::min (*last, full_size - 1) : full_size - 1;
  return { RangeAsked::Kind::part, { *first, end - *first + 1 } };
}

std::string
content_disposition (std::string_view name)
{
  const std::string safe = safe_file_name (name);
  std::string plain;
  for (const char c : safe)
    plain += is_plain (static_cast<unsigned char> (c)) || ' ' == c ? c : '_';
  return "attachment; filename=\"" + plain + "\"; filename*=UTF-8''"
         + percent_encoded (safe, ".-_");
}

std::string
safe_content_type (std::string_view type)
{
  // Neither HTML nor SVG: a page of ours must run nothing of others.
  constexpr std::array<std::string_view, 12> harmless
      = { "text/plain", "image/png",  "image/jpeg", "image/gif",
          "image/webp", "image/avif", "audio/ogg",  "audio/mpeg",
          "audio/wav",  "video/webm", "video/mp4",  "application/pdf" };
  const std::string_view bare = type.substr (0, type.find (';'));
  if (std::find (harmless.begin (), harmless.end (), bare) == harmless.end ())
    return "application/octet-stream";
  return "text/plain" == bare ? "text/plain; charset=utf-8"
                              : std::string (bare);
}
} // namespace social::gateway
