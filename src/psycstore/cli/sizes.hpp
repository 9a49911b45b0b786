// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Sizes and limits as people write and read them.
#pragma once

#include <array>
#include <cstdio>
#include <string>

#include "gnunet_psycstore_service.h"
#include "shell/gnunet.hpp"

namespace psycstore
{
[[nodiscard]] inline std::string
readable_bytes (std::uint64_t bytes)
{
  constexpr std::array<const char *, 5> units
      = { "B", "KiB", "MiB", "GiB", "TiB" };
  auto size = static_cast<double> (bytes);
  std::size_t unit = 0;
  for (; size >= 1024 && unit + 1 < units.size (); unit++)
    size /= 1024;
  std::array<char, 32> text{};
  std::snprintf (text.data (), text.size (), 0 == unit ? "%.0f %s" : "%.1f %s",
                 size, units[unit]);
  return text.data ();
}

[[nodiscard]] inline std::string
readable_limits (const struct GNUNET_PSYCSTORE_Retention &limits)
{
  std::string out;
  const auto add = [&out] (const std::string &text)
  { out += (out.empty () ? "" : ", ") + text; };
  if (GNUNET_PSYCSTORE_UNLIMITED != limits.age)
    add (GNUNET_STRINGS_relative_time_to_string (
        GNUNET_TIME_relative_multiply (
            GNUNET_TIME_UNIT_SECONDS,
            static_cast<unsigned int> (
                std::min (limits.age, std::uint64_t{ UINT32_MAX }))),
        GNUNET_YES));
  if (GNUNET_PSYCSTORE_UNLIMITED != limits.count)
    add (std::to_string (limits.count) + " messages");
  if (GNUNET_PSYCSTORE_UNLIMITED != limits.bytes)
    add (readable_bytes (limits.bytes));
  return out.empty () ? "everything" : out;
}

// Texts that are NULL, or "unlimited", are no limit. Why one makes no sense;
// empty: `limits` is set.
[[nodiscard]] inline std::string
parse_limits (const char *age, const char *count, const char *bytes,
              struct GNUNET_PSYCSTORE_Retention &limits)
{
  limits = { GNUNET_PSYCSTORE_UNLIMITED, GNUNET_PSYCSTORE_UNLIMITED,
             GNUNET_PSYCSTORE_UNLIMITED };
  const auto is_set = [] (const char *text)
  { return nullptr != text && std::string ("unlimited") != text; };
  struct GNUNET_TIME_Relative duration;
  if (is_set (age))
  {
    if (GNUNET_OK != GNUNET_STRINGS_fancy_time_to_relative (age, &duration))
      return std::string ("'") + age + "' is no duration (like '30 d')";
    limits.age = duration.rel_value_us / 1000000;
  }
  unsigned long long number = 0;
  char rest = '\0';
  if (is_set (count))
  {
    if (1 != std::sscanf (count, "%llu%c", &number, &rest) || '-' == *count)
      return std::string ("'") + count + "' is no number of messages";
    limits.count = number;
  }
  if (is_set (bytes))
  {
    if (GNUNET_OK != GNUNET_STRINGS_fancy_size_to_bytes (bytes, &number))
      return std::string ("'") + bytes + "' is no size (like '500 MiB')";
    limits.bytes = number;
  }
  return {};
}
} // namespace psycstore
