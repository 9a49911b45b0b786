// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Which messages a slave may see: the intervals between its joins and parts.
#pragma once

#include <cstdint>
#include <vector>

#include "psycstore/core/database.hpp"

namespace psycstore
{
// From a join on, up to and with the message that announced the part, of no
// generation above the part's.
struct VisibleInterval
{
  base::MessageId first;
  base::MessageId last{ id_max };
  base::Generation last_generation{ id_max };
};

class Visibility
{
public:
  // `events` in order of announcement.
  explicit Visibility (const std::vector<MembershipEvent> &events);

  [[nodiscard]] bool may_see (base::MessageId message,
                              base::Generation generation) const;
  // The highest message id below `end` that lies in an interval; none: no
  // such.
  [[nodiscard]] base::MessageId highest_below (base::MessageId end) const;
  // The lowest id at or above `first` that lies in an interval; none: no such.
  [[nodiscard]] base::MessageId lowest_from (base::MessageId first) const;

  [[nodiscard]] const std::vector<VisibleInterval> &
  intervals () const
  {
    return intervals_;
  }

private:
  std::vector<VisibleInterval> intervals_;
};
} // namespace psycstore
