// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What a simulated life is made of: the options of multicast-sim.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/time.hpp"

namespace sim
{
struct Options
{
  // The group.
  std::uint32_t members = 100;
  std::uint32_t fragments = 100; // ten a second
  std::uint32_t body = 64;       // bytes of each
  std::uint32_t children = 8;    // MAX_CHILDREN of everybody
  bool is_restricted = false;    // asked at the door, no history from before
  bool is_fresh = false;         // nobody has a ticket at the start
  base::Duration heartbeat = base::seconds (5);
  // The mesh.
  base::Duration latency = base::milliseconds (40); // mean, one way
  base::Duration reorder{};       // how much later one in ten messages may come
  double loss = 0;                // per cent of the messages
  bool has_stale_tunnels = false; // after a peer's restart
  // What befalls it while there is talk.
  double churn = 0;             // per cent a minute: leave, join, crash
  std::uint32_t partitions = 0; // how many, one after another
  bool is_one_way = false;      // partitions
  std::uint32_t origin_crashes = 0;
  base::Duration origin_away{}; // its peer, from the middle of the talk on
  bool has_disk_faults = false;
  // Who they are.
  double slow = 0;  // per cent of the members
  double liars = 0; // per cent of the members
  std::uint32_t requests = 0;
  std::uint32_t ejections = 0;
  // The run.
  bool is_storm = false; // what befalls it is chosen by the seed
  std::uint64_t seed_first = 1;
  std::uint64_t seed_last = 1;
  base::Duration patience = base::seconds (600); // after the talk
  bool has_trace = false;
  bool has_counts = false;
};

// Nothing: `error` says why.
[[nodiscard]] std::optional<Options> parse_options (int argc, char *const *argv,
                                                    std::string &error);

// With --storm: what befalls the group, by the seed; without: as they are.
[[nodiscard]] Options options_for (const Options &options, std::uint64_t seed);

[[nodiscard]] std::string options_help ();
} // namespace sim
