// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The options of multicast-sim: see options.hpp.
#include "options.hpp"

#include <cmath>
#include <cstdlib>
#include <functional>
#include <string_view>
#include <vector>

#include "../multicast/core/fake_crypto.hpp"

namespace sim
{
namespace
{
struct Rule
{
  std::string_view name;
  std::string_view value; // empty: a flag
  std::string_view help;
  double min;
  double max;
  void (*set) (Options &, double);
};

[[nodiscard]] base::Duration
milliseconds_of (double value)
{
  return base::microseconds (static_cast<std::int64_t> (value * 1000));
}

[[nodiscard]] std::uint32_t
whole (double value)
{
  return static_cast<std::uint32_t> (value);
}

const std::vector<Rule> &
rules ()
{
  static const std::vector<Rule> all = {
    { "--members", "N", "members at the start", 1, 2000000,
      [] (Options &o, double v) { o.members = whole (v); } },
    { "--fragments", "F", "fragments, ten a second", 0, 10000000,
      [] (Options &o, double v) { o.fragments = whole (v); } },
    { "--body", "BYTES", "body of each fragment", 0, 60000,
      [] (Options &o, double v) { o.body = whole (v); } },
    { "--children", "C", "most children of everybody", 1, 10000,
      [] (Options &o, double v) { o.children = whole (v); } },
    { "--restricted", "", "asked at the door; nothing from before", 0, 0,
      [] (Options &o, double) { o.is_restricted = true; } },
    { "--fresh", "", "nobody has a ticket at the start", 0, 0,
      [] (Options &o, double) { o.is_fresh = true; } },
    { "--heartbeat", "MS", "of everybody", 50, 60000,
      [] (Options &o, double v) { o.heartbeat = milliseconds_of (v); } },
    { "--latency", "MS", "mean, one way", 0.1, 10000,
      [] (Options &o, double v) { o.latency = milliseconds_of (v); } },
    { "--reorder", "MS", "how much later one message in ten may come", 0, 60000,
      [] (Options &o, double v) { o.reorder = milliseconds_of (v); } },
    { "--loss", "PERCENT", "of messages between neighbours", 0, 90,
      [] (Options &o, double v) { o.loss = v; } },
    { "--stale", "", "stale tunnels after a peer's restart", 0, 0,
      [] (Options &o, double) { o.has_stale_tunnels = true; } },
    { "--churn", "PERCENT", "a minute: leave for good, join, crash and return",
      0, 1000, [] (Options &o, double v) { o.churn = v; } },
    { "--partition", "COUNT", "times that the mesh falls into two halves", 0,
      10000, [] (Options &o, double v) { o.partitions = whole (v); } },
    { "--one-way", "", "partitions let messages through in one direction", 0, 0,
      [] (Options &o, double) { o.is_one_way = true; } },
    { "--origin-crashes", "COUNT", "times that the origin's service dies", 0,
      10000, [] (Options &o, double v) { o.origin_crashes = whole (v); } },
    { "--origin-away", "MS", "the origin's peer goes for so long", 0, 86400000,
      [] (Options &o, double v) { o.origin_away = milliseconds_of (v); } },
    { "--disk-faults", "", "one write in fifty fails", 0, 0,
      [] (Options &o, double) { o.has_disk_faults = true; } },
    { "--slow", "PERCENT", "of the members are slow", 0, 100,
      [] (Options &o, double v) { o.slow = v; } },
    { "--liars", "PERCENT", "of the members lie", 0, 100,
      [] (Options &o, double v) { o.liars = v; } },
    { "--requests", "COUNT", "from random members to the origin", 0, 10000000,
      [] (Options &o, double v) { o.requests = whole (v); } },
    { "--eject", "COUNT", "members thrown out during the talk", 0, 1000000,
      [] (Options &o, double v) { o.ejections = whole (v); } },
    { "--storm", "", "what befalls them is chosen by the seed", 0, 0,
      [] (Options &o, double) { o.is_storm = true; } },
    { "--patience", "MS", "after the talk, until all must have all", 0,
      86400000,
      [] (Options &o, double v) { o.patience = milliseconds_of (v); } },
    { "--trace", "", "say everything that happens, on standard error", 0, 0,
      [] (Options &o, double) { o.has_trace = true; } },
    { "--counts", "", "print the cores' counters, on standard error", 0, 0,
      [] (Options &o, double) { o.has_counts = true; } },
  };
  return all;
}

[[nodiscard]] bool
parse_number (const char *text, double &out)
{
  char *end = nullptr;
  out = std::strtod (text, &end);
  return end != text && '\0' == *end && std::isfinite (out);
}

[[nodiscard]] bool
parse_seed (const char *text, const char **rest, std::uint64_t &out)
{
  char *end = nullptr;
  out = std::strtoull (text, &end, 10);
  *rest = end;
  return end != text && '-' != *text;
}

// "7" or "1-200"
[[nodiscard]] bool
parse_seeds (const char *text, Options &options)
{
  const char *rest = nullptr;
  if (! parse_seed (text, &rest, options.seed_first))
    return false;
  options.seed_last = options.seed_first;
  if ('-' == *rest && ! parse_seed (rest + 1, &rest, options.seed_last))
    return false;
  return '\0' == *rest && options.seed_first <= options.seed_last;
}
} // namespace

std::optional<Options>
parse_options (int argc, char *const *argv, std::string &error)
{
  Options options;
  for (int i = 1; i < argc; i++)
  {
    const std::string_view name = argv[i];
    const char *value = i + 1 < argc ? argv[i + 1] : "";
    if ("--seed" == name || "--seeds" == name)
    {
      i++;
      if (parse_seeds (value, options))
        continue;
      error = std::string (name) + ": wants a number, or two as in 1-200";
      return std::nullopt;
    }
    const Rule *found = nullptr;
    for (const Rule &rule : rules ())
      if (rule.name == name)
        found = &rule;
    if (nullptr == found)
    {
      error = std::string (name) + ": unknown option (see --help)";
      return std::nullopt;
    }
    double number = 0;
    if (! found->value.empty ())
    {
      i++;
      if (! parse_number (value, number) || number < found->min
          || number > found->max)
      {
        error = std::string (name) + ": wants a number from "
                + std::to_string (found->min) + " to "
                + std::to_string (found->max);
        return std::nullopt;
      }
    }
    found->set (options, number);
  }
  return options;
}

Options
options_for (const Options &options, std::uint64_t seed)
{
  if (! options.is_storm)
    return options;
  Options out = options;
  testing_multicast::FakeRandom random (seed);
  const auto below = [&random] (std::uint32_t bound)
  { return static_cast<std::uint32_t> (random.next () % bound); };
  const auto perhaps = [&below] (std::uint32_t bound)
  { return 0 == below (2) ? 0 : below (bound); };
  out.is_restricted = 0 == below (2);
  out.has_stale_tunnels = 0 == below (2);
  out.has_disk_faults = 0 == below (3);
  out.churn = perhaps (60);
  out.reorder = base::milliseconds (perhaps (300));
  out.partitions = perhaps (3);
  out.is_one_way = 0 == below (3);
  out.origin_crashes = perhaps (3);
  out.origin_away = base::milliseconds (perhaps (30000));
  out.slow = perhaps (6);
  out.liars = perhaps (4);
  out.requests = perhaps (options.members);
  out.ejections = perhaps (5);
  return out;
}

std::string
options_help ()
{
  std::string out = "multicast-sim: a multicast group of many members on "
                    "simulated time\n"
                    "  --seed S, --seeds A-B      what chance is made of\n";
  for (const Rule &rule : rules ())
  {
    std::string line = "  " + std::string (rule.name);
    if (! rule.value.empty ())
      line += " " + std::string (rule.value);
    line.resize (std::max<std::size_t> (line.size () + 1, 29), ' ');
    out += line + std::string (rule.help) + "\n";
  }
  return out;
}
} // namespace sim
