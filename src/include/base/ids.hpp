// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The numbers of a channel, each a type of its own. Ids start at 1; 0 is
// "none yet".
#pragma once

#include <compare>
#include <cstdint>
#include <functional>

namespace base
{
template <typename Tag> struct Id
{
  std::uint64_t value = 0;

  auto operator<=> (const Id &) const = default;

  [[nodiscard]] constexpr bool
  is_none () const
  {
    return 0 == value;
  }

  [[nodiscard]] constexpr Id
  next () const
  {
    return Id{ value + 1 };
  }

  // The one before; none stays none.
  [[nodiscard]] constexpr Id
  previous () const
  {
    return Id{ 0 == value ? 0 : value - 1 };
  }
};

using FragmentId = Id<struct FragmentIdTag>;
using MessageId = Id<struct MessageIdTag>;
using RequestId = Id<struct RequestIdTag>;
// Grows by one each time somebody leaves or is thrown out.
using Generation = Id<struct GenerationTag>;

// Where a channel ends: ids stay exact in programs that keep numbers as
// IEEE doubles, and sums of a few ids never wrap.
inline constexpr std::uint64_t id_max = (std::uint64_t{ 1 } << 53) - 1;

// The highest ids that the origin has issued.
struct Head
{
  FragmentId fragment_id;
  MessageId message_id;
  Generation generation;

  auto operator<=> (const Head &) const = default;
};
} // namespace base

template <typename Tag> struct std::hash<base::Id<Tag>>
{
  std::size_t
  operator() (const base::Id<Tag> &id) const noexcept
  {
    return std::hash<std::uint64_t>{}(id.value);
  }
};
