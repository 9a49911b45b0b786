// SPDX-License-Identifier: AGPL-3.0-or-later
//
// One life of a simulated group from one seed: members come, the origin talks,
// things befall them, then all is quiet until everybody has everything. And
// what is told about it.
#pragma once

#include "world.hpp"

namespace sim
{
struct Report
{
  std::uint64_t seed = 0;
  double delivered = 0;    // of what those still there may have
  double join_s = 0;       // until all who were there first are attached
  double depth_median = 0; // when the talk ends
  std::uint32_t depth_max = 0;
  std::optional<double> heal_s;  // after the loss of the most loaded relay
  std::uint32_t heal_size = 0;   // how many it cut off
  std::optional<double> quiet_s; // from the end of the talk until complete
  std::int64_t peak_bytes = 0;   // of the member that ever needed most
  std::int64_t peak_bytes_median = 0;
  std::int64_t peak_bytes_origin = 0;
  std::uint32_t members_at_end = 0;
};

class Story
{
public:
  Story (const Options &options, std::uint64_t seed);

  void run ();

  [[nodiscard]] bool
  is_good () const
  {
    return world_.watch.faults ().empty ();
  }
  [[nodiscard]] const Watch &
  watch () const
  {
    return world_.watch;
  }
  // One line.
  [[nodiscard]] std::string json () const;

private:
  // The chapters.
  void gather ();
  void talk ();
  void fall_quiet ();
  void sum_up ();

  // What befalls the group (weather.cpp).
  void plan_weather (base::Duration length);
  void spread (base::Duration length, double count, void (Story::*what) ());
  void lose_for_good ();
  void join ();
  void crash_and_return ();
  void partition ();
  void crash_origin ();
  void send_origin_away ();
  void eject_one ();
  void ask_one ();
  void lose_most_loaded ();
  void heal (Node node);
  void forget_orphan (Node node);
  [[nodiscard]] std::optional<Node> any_running ();
  [[nodiscard]] std::vector<base::PeerId> some_relays ();
  [[nodiscard]] std::vector<std::uint32_t> subtree_sizes () const;
  [[nodiscard]] bool is_below (Node node, Node top) const;
  void character (Node node);

  // What is looked at every second, and at the end (sweep.cpp).
  void sweep_again ();
  void look_for_loops (const std::vector<std::uint32_t> &depths);
  void measure_depth ();
  void check_end (Node node);
  // Does it belong to those who must get everything?
  [[nodiscard]] bool is_expected (Node node) const;
  [[nodiscard]] bool knows_ejection (Node node) const;
  [[nodiscard]] std::uint64_t delay_ms (double share) const;
  [[nodiscard]] double seconds_since (base::TimePoint begin) const;

  Options options_;
  Report report_;
  World world_;
  base::TimePoint arrivals_end_;
  bool is_gathered_ = false; // all who came first are attached
  bool has_ended_ = false;   // the talk
  bool is_complete_ = false; // all have all
  std::optional<base::TimePoint> loop_since_;
  base::TimePoint lost_at_; // the most loaded relay
  base::FragmentId lost_after_;
  std::uint32_t orphans_ = 0;
};
} // namespace sim
