// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Whose memory it is: every block that is allocated while a core works counts
// as that core's until it is freed or given away, so that "bounded" is a
// number and not a hope. Holds for one thread.
#pragma once

#include <cstdint>

namespace sim::memory
{
// A number below that given to prepare (); 0 is nobody.
using Owner = std::uint32_t;

void prepare (Owner owners);

[[nodiscard]] std::int64_t bytes_of (Owner owner);
// The most that it ever was.
[[nodiscard]] std::int64_t peak_of (Owner owner);

// What it has so far counts no more: a new life begins.
void forget_peak (Owner owner);

// The block, from operator new, is nobody's from now on.
void give_away (void *block);

// Who allocates while it lives.
class Scope
{
public:
  explicit Scope (Owner owner);
  ~Scope ();
  Scope (const Scope &) = delete;
  Scope &operator= (const Scope &) = delete;

private:
  Owner before_;
};
} // namespace sim::memory
