// SPDX-License-Identifier: AGPL-3.0-or-later
//
// One life of a simulated group, chapter by chapter: see story.hpp.
#include "story.hpp"

namespace sim
{
using base::milliseconds;
using base::seconds;

namespace
{
constexpr base::Duration fragment_interval = milliseconds (100);
constexpr base::Duration gather_patience = seconds (300);
// So many come in each second at the start.
constexpr std::uint32_t arrivals_per_second = 500;
// With every member a ticket, or at the door's own pace.
constexpr std::uint32_t fresh_per_second = 15;
} // namespace

Story::Story (const Options &options, std::uint64_t seed)
    : options_ (options_for (options, seed)), world_ (options_, seed)
{
  report_.seed = seed;
  world_.on_delivered = [this] (Node node, base::FragmentId id)
  {
    if (orphans_ > 0 && id > lost_after_)
      heal (node);
  };
}

double
Story::seconds_since (base::TimePoint begin) const
{
  return static_cast<double> ((world_.now () - begin).count ()) / 1e6;
}

void
Story::run ()
{
  gather ();
  talk ();
  fall_quiet ();
  sum_up ();
}

// All come within a few seconds, and the talk begins when they are attached.
void
Story::gather ()
{
  world_.start_origin (StartKind::clean);
  for (std::uint32_t i = 0; i < options_.members; i++)
    character (world_.add_member ({}, ! options_.is_fresh));
  for (Node node = 1; node <= options_.members; node++)
    world_.member (node).relays = some_relays ();
  const auto rate = options_.is_fresh ? fresh_per_second : arrivals_per_second;
  const base::Duration length = std::max<base::Duration> (
      seconds (2), seconds (options_.members / rate));
  for (Node node = 1; node <= options_.members; node++)
    world_.after (length * node / options_.members,
                  [this, node] { world_.start_member (node); });
  arrivals_end_ = world_.now () + length;
  sweep_again ();
  world_.run_until (arrivals_end_ + gather_patience,
                    [this] { return is_gathered_; });
  report_.join_s = seconds_since (arrivals_end_);
}

void
Story::talk ()
{
  const base::Duration length = fragment_interval * options_.fragments;
  const base::TimePoint end = world_.now () + length;
  plan_weather (length);
  for (std::uint32_t i = 0; i < options_.fragments; i++)
    world_.after (fragment_interval * i, [this] { world_.say (1); });
  world_.run_until (end, {});
  measure_depth ();
}

// No more faults; those who crashed come back.
void
Story::fall_quiet ()
{
  has_ended_ = true;
  world_.set_disk_faults (false);
  world_.mesh ().set_loss (0);
  world_.mesh ().set_cut (Mesh::Cut::none);
  const base::TimePoint begin = world_.now ();
  world_.run_until (begin + options_.patience, [this] { return is_complete_; });
  if (is_complete_)
    report_.quiet_s = seconds_since (begin);
}
} // namespace sim
