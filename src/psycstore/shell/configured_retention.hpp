// SPDX-License-Identifier: AGPL-3.0-or-later
//
// How much of a channel's history is kept when nothing else was said:
// [psycstore] RETAIN_AGE, RETAIN_COUNT, RETAIN_BYTES.
#pragma once

#include <optional>

#include "psycstore/psycstore_admin_messages.hpp"
#include "shell/gnunet.hpp"

namespace psycstore
{
// What is not set, or "forever" (an age) or "unlimited", is no limit. A value
// that makes no sense is named in the log, and is none either: nothing is
// removed for a mistake in a file.
[[nodiscard]] inline Retention
configured_retention (const struct GNUNET_CONFIGURATION_Handle *cfg)
{
  const auto text = [cfg] (const char *option) -> std::optional<std::string>
  {
    char *value = nullptr;
    if (GNUNET_OK
        != GNUNET_CONFIGURATION_get_value_string (cfg, "psycstore", option,
                                                  &value))
      return std::nullopt;
    std::string out = value;
    GNUNET_free (value);
    if (out.empty () || "unlimited" == out || "forever" == out)
      return std::nullopt;
    return out;
  };
  const auto refuse = [] (const char *option)
  {
    GNUNET_log_config_invalid (GNUNET_ERROR_TYPE_ERROR, "psycstore", option,
                               "no such limit: nothing is removed for it");
  };
  Retention out;
  struct GNUNET_TIME_Relative age;
  if (const auto value = text ("RETAIN_AGE"))
  {
    if (GNUNET_OK
        == GNUNET_STRINGS_fancy_time_to_relative (value->c_str (), &age))
      out.age_s = age.rel_value_us / 1000000;
    else
      refuse ("RETAIN_AGE");
  }
  unsigned long long number = 0;
  if (text ("RETAIN_COUNT"))
  {
    if (GNUNET_OK
        == GNUNET_CONFIGURATION_get_value_number (cfg, "psycstore",
                                                  "RETAIN_COUNT", &number))
      out.count = number;
    else
      refuse ("RETAIN_COUNT");
  }
  if (text ("RETAIN_BYTES"))
  {
    if (GNUNET_OK
        == GNUNET_CONFIGURATION_get_value_size (cfg, "psycstore",
                                                "RETAIN_BYTES", &number))
      out.bytes = number;
    else
      refuse ("RETAIN_BYTES");
  }
  return out;
}
} // namespace psycstore
