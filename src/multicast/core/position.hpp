// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Where a member hangs in the tree.
#pragma once

#include <algorithm>
#include <vector>

#include "multicast/core/types.hpp"

namespace multicast
{
struct Position
{
  std::vector<base::PeerId> path; // relays above us, the parent first
  bool is_rooted = false;         // behind the last of them is the origin

  bool operator== (const Position &) const = default;

  [[nodiscard]] bool
  leads_over (const base::PeerId &peer) const
  {
    return std::find (path.begin (), path.end (), peer) != path.end ();
  }

  // 1: a child of the origin, or the top of a tree without one.
  [[nodiscard]] std::uint16_t
  depth () const
  {
    return static_cast<std::uint16_t> (path.size () + 1);
  }
};
} // namespace multicast
