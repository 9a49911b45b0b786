// SPDX-License-Identifier: AGPL-3.0-or-later
//
// A channel as a log of stored fragments. Everything up to the *settled*
// watermark is on disk or given up as a gap; readers move along the log up to
// there. The newest fragments are kept in memory too (the tail).
//
//     1 ............ settled            highest
//     [ on disk, or gap  ][ . # # . # # ]     #: stored, waits for what is
//              [  tail      # #   # # ]          missing before it
#pragma once

#include <map>
#include <variant>
#include <vector>

#include "base/interval_set.hpp"
#include "psyc/core/fragment.hpp"

namespace psyc::core
{
class Log
{
public:
  Log (std::size_t fragments_max, std::size_t bytes_max)
      : fragments_max_ (fragments_max), bytes_max_ (bytes_max)
  {}

  // The log begins: all up to `settled` is settled, of which nothing is in
  // memory. Said again with a higher id, what is missing up to it is no longer
  // waited for.
  void open (base::FragmentId settled);

  [[nodiscard]] bool
  is_open () const
  {
    return is_open_;
  }

  // These are on disk since an earlier run (or given up since).
  void add_range (std::uint64_t first, std::uint64_t last);
  // This one is on disk now.
  void add_stored (FragmentPtr fragment);
  // These cannot be had.
  void add_gap (std::uint64_t first, std::uint64_t last);

  // Stored or given up?
  [[nodiscard]] bool is_known (base::FragmentId id) const;

  [[nodiscard]] base::FragmentId
  settled () const
  {
    return settled_;
  }

  // What of [first, last] is settled or stored, as at most `count_max`
  // intervals from below.
  [[nodiscard]] std::vector<base::Interval>
  known_above (std::size_t count_max) const;

  // What a cursor that has delivered all up to `cursor` finds next.
  struct AtEnd
  {
  };
  struct Gap
  {
    std::uint64_t first = 0;
    std::uint64_t last = 0;
  };
  struct OnDisk // to be read from the store
  {
    std::uint64_t first = 0;
    std::uint64_t last = 0;
  };
  using Step = std::variant<AtEnd, Gap, OnDisk, FragmentPtr>;
  [[nodiscard]] Step after (base::FragmentId cursor) const;

  [[nodiscard]] std::size_t
  tail_bytes () const
  {
    return tail_bytes_;
  }

private:
  void advance ();
  void keep (FragmentPtr fragment);
  void drop_from_tail (std::map<std::uint64_t, FragmentPtr>::iterator it);
  void drop_tail_below (std::uint64_t id);

  const std::size_t fragments_max_;
  const std::size_t bytes_max_;
  bool is_open_ = false;
  base::FragmentId settled_;
  base::IntervalSet above_; // known ids above settled_
  std::map<std::uint64_t, FragmentPtr> tail_;
  std::size_t tail_bytes_ = 0;
  // From this id on, every stored fragment up to settled_ is in the tail.
  std::uint64_t tail_from_ = 1;
  // Highest stored fragment above settled_ that is not in the tail.
  std::uint64_t absent_above_ = 0;
};
} // namespace psyc::core
