// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What gnunet-statistics shows of the multicast service.
#pragma once

#include <string>
#include <string_view>

#include "shell/gnunet.hpp"

namespace multicast
{
class Counters
{
public:
  explicit Counters (const struct GNUNET_CONFIGURATION_Handle *cfg)
      : handle_ (GNUNET_STATISTICS_create ("multicast", cfg))
  {}
  Counters (const Counters &) = delete;
  Counters &operator= (const Counters &) = delete;
  ~Counters () { GNUNET_STATISTICS_destroy (handle_, GNUNET_NO); }

  // `name`: plain words, e.g. "fragments refused: bad signature".
  void
  count (std::string_view name, std::int64_t delta = 1)
  {
    const std::string full = "# " + std::string (name);
    GNUNET_STATISTICS_update (handle_, full.c_str (), delta, GNUNET_NO);
  }

private:
  struct GNUNET_STATISTICS_Handle *handle_;
};
} // namespace multicast
