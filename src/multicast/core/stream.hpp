// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What a member has of its group's fragments, what is on its way to its disk,
// and what is missing. Fragments come in any order and count once.
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "multicast/core/types.hpp"

namespace multicast
{
class Stream
{
public:
  // `first`: where the own stream starts; none: not known yet. `have` need not
  // come any more.
  Stream (base::FragmentId first, const std::vector<base::Interval> &have);

  // Once: where the own stream starts, unless that was known before.
  void start_after (base::FragmentId admission);
  // The origin has issued all up to `id`.
  void note_head (base::FragmentId id);

  enum class Fate : std::uint8_t
  {
    wanted,
    known,   // here already, or being stored
    no_room, // too much is being stored: drop it and ask again later
  };
  [[nodiscard]] Fate fate_of (base::FragmentId id) const;
  // A checked fragment that was wanted goes to the client.
  void take (base::FragmentId id, std::size_t size);
  void on_stored (base::FragmentId id);
  // It is wanted again at `again`.
  void on_failed (base::FragmentId id, base::TimePoint again);
  void advance_time (base::TimePoint now);
  [[nodiscard]] base::TimePoint next_deadline () const;

  // The first missing run that the parent may have, at most `count_max` long.
  [[nodiscard]] std::optional<base::Interval>
  next_missing (std::uint64_t count_max) const;
  // What of [first, last] is missing is not to be had of the parent.
  void put_elsewhere (std::uint64_t first, std::uint64_t last);
  // There is a new parent.
  void clear_elsewhere ();
  // The first run to be had elsewhere, but for `asked`.
  [[nodiscard]] std::optional<base::Interval>
  next_elsewhere (std::uint64_t count_max,
                  const base::IntervalSet &asked) const;
  [[nodiscard]] bool has_elsewhere () const;
  // The first own one from `id` on that is known to exist, is not here and was
  // not given up.
  [[nodiscard]] std::optional<base::FragmentId>
  first_coming (base::FragmentId id) const;
  // [first, last] cannot be had: returns what of it was still missing.
  std::vector<base::Interval> give_up (std::uint64_t first, std::uint64_t last);

  // May more be asked for, seen from what waits for the disk?
  [[nodiscard]] bool has_room () const;
  // Highest one that is stored here.
  [[nodiscard]] base::FragmentId highest_held () const;
  // Highest one that ever came.
  [[nodiscard]] base::FragmentId highest_taken () const;
  // How many own ones were issued and are not here; of [first, last].
  [[nodiscard]] std::uint64_t missing_count () const;
  [[nodiscard]] std::uint64_t missing_count (std::uint64_t first,
                                             std::uint64_t last) const;
  // Where the own stream starts; none: not known yet.
  [[nodiscard]] base::FragmentId first () const;

private:
  struct Pending
  {
    std::size_t size = 0;
    bool has_failed = false; // wanted again later
  };

  [[nodiscard]] bool is_own (std::uint64_t id) const;

  base::FragmentId first_; // none: own stream not known yet
  base::FragmentId head_;
  base::FragmentId highest_held_;
  base::IntervalSet taken_;     // stored, being stored, or given up
  base::IntervalSet given_up_;  // still welcome if one comes
  base::IntervalSet elsewhere_; // missing, and not to be had of the parent
  base::IntervalSet extra_;     // not of the own stream, and failed: wanted
  std::map<base::FragmentId, Pending> pending_;
  std::multimap<base::TimePoint, base::FragmentId> retries_;
  std::size_t bytes_ = 0; // of what is being stored
};
} // namespace multicast
