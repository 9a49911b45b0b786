// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What must hold in a simulated group, looked at every second and at the end,
// and the report. See story.hpp.
#include <algorithm>
#include <cmath>
#include <cstdio>

#include "memory.hpp"
#include "story.hpp"

namespace sim
{
using base::seconds;

namespace
{
// A race may close a loop; the next words along it must open it again.
constexpr int loop_heartbeats = 6;
// What a member may need, whatever happens to it.
constexpr std::int64_t member_bytes_max = 64 * 1024 * 1024;

template <typename T>
[[nodiscard]] double
median (std::vector<T> values)
{
  if (values.empty ())
    return 0;
  std::sort (values.begin (), values.end ());
  const std::size_t middle = values.size () / 2;
  return values.size () % 2 == 1 ? static_cast<double> (values[middle])
                                 : (static_cast<double> (values[middle - 1])
                                    + static_cast<double> (values[middle]))
                                       / 2;
}
} // namespace

bool
Story::is_expected (Node node) const
{
  const Member &member = world_.member (node);
  return ! member.is_gone && ! member.is_ejected && ! member.is_liar;
}

bool
Story::knows_ejection (Node node) const
{
  const Member &member = world_.member (node);
  return ! member.is_ejected || member.is_gone || member.is_liar
         || MemberState::ejected == member.state
         || MemberState::refused == member.state;
}

void
Story::sweep_again ()
{
  look_for_loops (world_.depths ());
  bool is_attached = true;
  bool is_complete = true;
  for (Node node = 1; node <= world_.member_count (); node++)
  {
    if (memory::bytes_of (node + 1) > member_bytes_max)
      world_.watch.fault ("node " + std::to_string (node)
                          + " needs more memory than it may");
    is_complete = is_complete && knows_ejection (node);
    if (! is_expected (node))
      continue;
    is_attached = is_attached && world_.is_attached (node);
    is_complete = is_complete && world_.is_attached (node)
                  && world_.is_complete (node)
                  && world_.member (node).outbox.empty ();
  }
  is_gathered_
      = is_gathered_ || (is_attached && world_.now () >= arrivals_end_);
  // The word of an ejection may have to wait for the origin.
  is_complete_ = has_ended_ && is_complete && world_.has_said_all ()
                 && world_.is_running (0);
  world_.after (seconds (1), [this] { sweep_again (); });
}

void
Story::look_for_loops (const std::vector<std::uint32_t> &depths)
{
  const auto looped
      = std::find (depths.begin (), depths.end (), World::depth_loop);
  if (looped == depths.end ())
    loop_since_.reset ();
  else if (! loop_since_)
    loop_since_ = world_.now ();
  else if (world_.now () > *loop_since_ + options_.heartbeat * loop_heartbeats)
    world_.watch.fault ("node " + std::to_string (looped - depths.begin ())
                        + " is above itself");
}

void
Story::measure_depth ()
{
  std::vector<std::uint32_t> depths = world_.depths ();
  depths.erase (depths.begin ()); // the origin's
  std::erase_if (depths, [] (std::uint32_t depth)
                 { return depth >= World::depth_loop; });
  report_.depth_median = median (depths);
  for (const std::uint32_t depth : depths)
    report_.depth_max = std::max (report_.depth_max, depth);
}

// --- the end
// ----------------------------------------------------------------------

void
Story::check_end (Node node)
{
  const Member &member = world_.member (node);
  const std::string name = "node " + std::to_string (node);
  if (! knows_ejection (node))
    world_.watch.fault (name + " does not know that it was ejected");
  if (! is_expected (node))
    return;
  if (! world_.is_attached (node))
    world_.watch.fault (name + " is not attached, state "
                        + std::to_string (static_cast<int> (member.state)));
  else if (! world_.is_complete (node))
    world_.watch.fault (
        name + " misses fragment "
        + std::to_string (
            member.stored.contiguous_end (member.admission->value + 1) + 1)
        + " of " + std::to_string (world_.head ().value));
  if (! member.outbox.empty ())
    world_.watch.fault (name + " has requests that are not acknowledged");
}

void
Story::sum_up ()
{
  std::vector<std::int64_t> peaks;
  std::uint64_t wanted = 0;
  std::uint64_t held = 0;
  const bool is_undisturbed = is_good (); // else it was broken off
  for (Node node = 1; node <= world_.member_count (); node++)
  {
    if (is_undisturbed)
      check_end (node);
    peaks.push_back (memory::peak_of (node + 1));
    if (! is_expected (node) || ! world_.member (node).admission)
      continue;
    const Member &member = world_.member (node);
    const std::uint64_t first = member.admission->value + 1;
    report_.members_at_end++;
    wanted += world_.head ().value - member.admission->value;
    held += world_.head ().value - member.admission->value;
    for (const auto &hole :
         member.stored.missing (first, world_.head ().value, SIZE_MAX))
      held -= hole.last - hole.first + 1;
  }
  report_.delivered
      = 0 == wanted ? 1
                    : static_cast<double> (held) / static_cast<double> (wanted);
  report_.peak_bytes = *std::max_element (peaks.begin (), peaks.end ());
  report_.peak_bytes_median = static_cast<std::int64_t> (median (peaks));
  report_.peak_bytes_origin = memory::peak_of (1);
}

// So many milliseconds at most (to a power of two) for that share of the
// deliveries.
std::uint64_t
Story::delay_ms (double share) const
{
  std::uint64_t all = 0;
  for (const std::uint64_t count : world_.delays)
    all += count;
  std::uint64_t so_far = 0;
  for (std::size_t i = 0; i < world_.delays.size (); i++)
  {
    so_far += world_.delays[i];
    if (static_cast<double> (so_far) >= share * static_cast<double> (all))
      return std::uint64_t{ 1 } << i;
  }
  return 0;
}

std::string
Story::json () const
{
  std::string out = "{";
  const auto add = [&out] (const char *name, const std::string &value)
  {
    out += (1 == out.size () ? "\"" : ", \"") + std::string (name)
           + "\": " + value;
  };
  const auto real = [] (double value)
  {
    std::array<char, 40> text{};
    std::snprintf (text.data (), text.size (), "%.6g", value);
    return std::string (text.data ());
  };
  const auto maybe = [&] (const std::optional<double> &value)
  { return value ? real (*value) : std::string ("null"); };
  const auto whole = [] (auto value) { return std::to_string (value); };
  const double fragments
      = std::max (1.0, static_cast<double> (world_.head ().value));
  const auto each = [&] (std::uint64_t count)
  { return real (static_cast<double> (count) / fragments); };
  add ("seed", whole (report_.seed));
  add ("members", whole (options_.members));
  add ("fragments", whole (world_.head ().value));
  add ("children", whole (options_.children));
  add ("loss", real (options_.loss));
  add ("churn", real (options_.churn));
  add ("good", is_good () ? "true" : "false");
  add ("members_at_end", whole (report_.members_at_end));
  add ("delivered", real (report_.delivered));
  add ("duplicates", whole (world_.watch.duplicates));
  add ("gaps", whole (world_.watch.gaps));
  add ("first_sends_per_fragment", each (world_.watch.first_sends));
  add ("repairs_per_fragment", each (world_.watch.repairs));
  add ("depth_median", real (report_.depth_median));
  add ("depth_max", whole (report_.depth_max));
  add ("delay_ms_median", whole (delay_ms (0.5)));
  add ("delay_ms_99", whole (delay_ms (0.99)));
  add ("delay_ms_999", whole (delay_ms (0.999)));
  add ("join_s", real (report_.join_s));
  add ("heal_s", maybe (report_.heal_s));
  add ("heal_members", whole (report_.heal_size));
  add ("quiet_s", maybe (report_.quiet_s));
  add ("peak_bytes_per_member", whole (report_.peak_bytes));
  add ("peak_bytes_median", whole (report_.peak_bytes_median));
  add ("peak_bytes_origin", whole (report_.peak_bytes_origin));
  add ("events", whole (world_.events));
  add ("simulated_s", real (seconds_since (world_start)));
  return out + "}";
}
} // namespace sim
