// SPDX-License-Identifier: AGPL-3.0-or-later
//
// One input to a core and what follows from it: the part of World that is
// needed wherever inputs are given. What the core allocates is its own.
#pragma once

#include "memory.hpp"
#include "world.hpp"

namespace sim
{
template <typename Input>
void
World::with_origin (Input input)
{
  if (! origin_)
    return;
  {
    const memory::Scope scope (1);
    origin_->advance_time (now_);
    input (*origin_);
  }
  drain_origin ();
  arm (origin_->next_deadline (), origin_armed_, 0, origin_life_);
}

template <typename Input>
void
World::with_member (Node node, Input input)
{
  Member &m = member (node);
  if (! m.core)
    return;
  {
    const memory::Scope scope (node + 1);
    m.core->advance_time (now_);
    input (*m.core);
  }
  drain_member (node);
  arm (m.core->next_deadline (), m.armed, node, m.life);
}

template <typename Input>
void
World::with (Node node, Input input)
{
  if (0 == node)
    with_origin (input);
  else
    with_member (node, input);
}
} // namespace sim
