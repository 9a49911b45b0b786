// SPDX-License-Identifier: AGPL-3.0-or-later
//
// A multicast group of many thousands of members in one process, on simulated
// time: one JSON line for each seed, the same for the same seed. On failure the
// faults, the last events and how to repeat it, and status 1.
#include <chrono>
#include <iostream>

#include "story.hpp"

namespace
{
constexpr std::size_t notes_shown = 60;

[[nodiscard]] bool
run (const sim::Options &options, std::uint64_t seed)
{
  const auto begin = std::chrono::steady_clock::now ();
  sim::Story story (options, seed);
  story.run ();
  std::cout << story.json () << std::endl;
  const std::chrono::duration<double> length
      = std::chrono::steady_clock::now () - begin;
  std::cerr << "seed " << seed << ": " << length.count () << " s\n";
  if (options.has_counts)
    for (const auto &[name, count] : story.watch ().counts ())
      std::cerr << count << " " << name << "\n";
  if (story.is_good ())
    return true;
  std::cerr << story.watch ().last_notes (notes_shown);
  for (const std::string &fault : story.watch ().faults ())
    std::cerr << "fault: " << fault << "\n";
  std::cerr << "repeat it with the same options and --seed " << seed << "\n";
  return false;
}
} // namespace

int
main (int argc, char **argv)
{
  if (argc > 1 && std::string_view ("--help") == argv[1])
  {
    std::cout << sim::options_help ();
    return 0;
  }
  std::string error;
  const auto options = sim::parse_options (argc, argv, error);
  if (! options)
  {
    std::cerr << "multicast-sim: " << error << "\n";
    return 2;
  }
  int status = 0;
  for (std::uint64_t seed = options->seed_first; seed <= options->seed_last;
       seed++)
    if (! run (*options, seed))
      status = 1;
  return status;
}
