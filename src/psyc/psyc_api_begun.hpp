// SPDX-License-Identifier: AGPL-3.0-or-later
//
// A handle that reads "from now on" takes messages that began after it: their
// later fragments too, but none of a message whose beginning it never saw.
#pragma once

#include <cstdint>
#include <set>

#include "base/bytes.hpp"

namespace psyc::api
{
class BegunMessages
{
public:
  // Precondition: is_fragment (fragment). Remembers messages that begin, and
  // forgets those that end, with this fragment.
  [[nodiscard]] bool takes (base::ByteView fragment);

private:
  // A channel in which more messages are unfinished at once forgets the
  // oldest.
  static constexpr std::size_t begun_max = 4096;

  std::set<std::uint64_t> begun_;
};
} // namespace psyc::api
