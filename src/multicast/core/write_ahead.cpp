// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Numbering and the write-ahead gate: see write_ahead.hpp.
#include "multicast/core/write_ahead.hpp"

#include <algorithm>

#include "multicast/core/fragments.hpp"

namespace multicast
{
std::optional<WriteAhead::Numbered>
WriteAhead::number (const NewFragment &fragment)
{
  if (next_.value > base::id_max)
    return std::nullopt;
  const base::Head &before = numbered_head ();
  Waiting waiting;
  waiting.head = { next_, std::max (before.message_id, fragment.message_id),
                   std::max (before.generation, fragment.generation) };
  waiting.fragment = make_fragment (signer_, next_, fragment);
  bytes_ += waiting.fragment.size ();
  Numbered out{ next_, waiting.fragment };
  waiting_.push_back (std::move (waiting));
  next_ = next_.next ();
  return out;
}

std::vector<WriteAhead::Numbered>
WriteAhead::stored (base::FragmentId id)
{
  std::vector<Numbered> out;
  while (! waiting_.empty () && waiting_.front ().head.fragment_id <= id)
  {
    head_ = waiting_.front ().head;
    bytes_ -= waiting_.front ().fragment.size ();
    out.push_back (
        { head_.fragment_id, std::move (waiting_.front ().fragment) });
    waiting_.pop_front ();
  }
  return out;
}

void
WriteAhead::discard (base::FragmentId id)
{
  while (! waiting_.empty () && waiting_.back ().head.fragment_id >= id)
  {
    next_ = waiting_.back ().head.fragment_id;
    bytes_ -= waiting_.back ().fragment.size ();
    waiting_.pop_back ();
  }
}
} // namespace multicast
