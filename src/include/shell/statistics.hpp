// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What gnunet-statistics shows of a service: counters that add up, and gauges
// that tell how much there is now. Both are told at most once a second,
// so that counting what is frequent costs next to nothing. The names stand in
// doc/statistics.md; a test holds the source to that.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "shell/timer.hpp"

namespace shell
{
class Statistics
{
public:
  // `look` sets the gauges; it is called before they are told.
  Statistics (const struct GNUNET_CONFIGURATION_Handle *cfg,
              const char *service, std::function<void (Statistics &)> look)
      : handle_ (GNUNET_STATISTICS_create (service, cfg)),
        look_ (std::move (look)), timer_ ([this] { tell (); })
  {}
  Statistics (const Statistics &) = delete;
  Statistics &operator= (const Statistics &) = delete;
  ~Statistics ()
  {
    tell_counters ();
    GNUNET_STATISTICS_destroy (handle_, GNUNET_NO);
  }

  // `name`: plain words, with or without the "# " that is shown before them.
  void
  count (std::string_view name, std::int64_t delta = 1)
  {
    counters_[full (name)] += delta;
    touch ();
  }

  // From inside `look`.
  void
  set (std::string_view name, std::uint64_t value)
  {
    auto &gauge = gauges_[full (name)];
    if (gauge.is_told && value == gauge.value)
      return;
    gauge = { value, true };
    GNUNET_STATISTICS_set (handle_, full (name).c_str (), value, GNUNET_NO);
  }

  // Something happened: gauges may have changed.
  void
  touch ()
  {
    if (! timer_.is_armed ())
      timer_.arm_in (base::seconds (1));
  }

private:
  struct Gauge
  {
    std::uint64_t value = 0;
    bool is_told = false;
  };

  [[nodiscard]] static std::string
  full (std::string_view name)
  {
    return name.starts_with ("# ") ? std::string (name)
                                   : "# " + std::string (name);
  }

  void
  tell_counters ()
  {
    for (const auto &[name, delta] : counters_)
      GNUNET_STATISTICS_update (handle_, name.c_str (), delta, GNUNET_NO);
    counters_.clear ();
  }

  void
  tell ()
  {
    tell_counters ();
    look_ (*this);
  }

  struct GNUNET_STATISTICS_Handle *handle_;
  std::function<void (Statistics &)> look_;
  std::map<std::string, std::int64_t> counters_;
  std::map<std::string, Gauge> gauges_;
  Timer timer_;
};
} // namespace shell
