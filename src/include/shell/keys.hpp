// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Between GNUnet's key structures and ours: same bytes, other types.
#pragma once

#include <cstring>
#include <type_traits>

#include "base/bytes.hpp"
#include "base/time.hpp"
#include "shell/gnunet.hpp"

namespace shell
{
// Copies a GNUnet key, hash or signature into the FixedBytes of its size.
template <typename Ours, typename Theirs>
[[nodiscard]] Ours
from_gnunet (const Theirs &theirs)
{
  static_assert (sizeof (Theirs) == Ours::size);
  static_assert (std::is_trivially_copyable_v<Theirs>);
  Ours ours;
  std::memcpy (ours.bytes.data (), &theirs, Ours::size);
  return ours;
}

template <typename Theirs, typename Ours>
[[nodiscard]] Theirs
to_gnunet (const Ours &ours)
{
  static_assert (sizeof (Theirs) == Ours::size);
  static_assert (std::is_trivially_copyable_v<Theirs>);
  Theirs theirs;
  std::memcpy (&theirs, ours.bytes.data (), Ours::size);
  return theirs;
}

[[nodiscard]] inline base::TimePoint
now ()
{
  return base::TimePoint{ base::Duration{
      static_cast<std::int64_t> (GNUNET_TIME_absolute_get ().abs_value_us) } };
}

[[nodiscard]] inline struct GNUNET_TIME_Absolute
to_gnunet_time (base::TimePoint time)
{
  if (base::time_never == time)
    return GNUNET_TIME_UNIT_FOREVER_ABS;
  return { static_cast<std::uint64_t> (time.time_since_epoch ().count ()) };
}

[[nodiscard]] inline struct GNUNET_TIME_Relative
to_gnunet_time (base::Duration duration)
{
  return { static_cast<std::uint64_t> (
      std::max<std::int64_t> (0, duration.count ())) };
}
} // namespace shell
