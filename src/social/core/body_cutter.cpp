// SPDX-License-Identifier: AGPL-3.0-or-later
#include "social/core/body_cutter.hpp"

#include <algorithm>

#include "psyc/message/names.hpp"
#include "psyc/message/parts.hpp"

namespace social
{
bool
BodyCutter::is_wanted (base::ByteView parts) const
{
  psyc::PartReader reader (parts);
  const auto part = reader.next ();
  const auto *method = part ? std::get_if<psyc::MethodPart> (&*part) : nullptr;
  return nullptr != method
         && std::any_of (prefixes_.begin (), prefixes_.end (),
                         [method] (const std::string &prefix)
                         { return psyc::is_a (method->name, prefix); });
}

void
BodyCutter::take (std::uint64_t fragment_id, std::uint64_t message_id,
                  std::uint64_t offset, base::ByteView parts)
{
  last_fragment_ = fragment_id;
  auto it = open_.find (message_id);
  if (open_.end () == it)
  {
    if (0 != offset || ! is_wanted (parts))
      return;
    if (open_.size () >= bodies_at_once_max)
    {
      sink_.abandon (open_.begin ()->first);
      open_.erase (open_.begin ());
    }
    it = open_.emplace (message_id, Open{}).first;
    it->second.first_fragment = fragment_id;
    sink_.begin (message_id);
  }
  const Next next = offset == it->second.next_offset
                        ? cut (message_id, it->second, parts)
                        : Next::broken;
  if (Next::more == next)
    return;
  open_.erase (it);
  Next::end == next ? sink_.end (message_id) : sink_.abandon (message_id);
}

BodyCutter::Next
BodyCutter::cut (std::uint64_t message_id, Open &open, base::ByteView parts)
{
  open.next_offset += parts.size ();
  psyc::PartReader reader (parts);
  while (const auto part = reader.next ())
  {
    if (psyc::PartError::none != open.checker.on_part (*part)
        || std::holds_alternative<psyc::CancelPart> (*part))
      return Next::broken;
    if (const auto *data = std::get_if<psyc::DataPart> (&*part))
      sink_.add (message_id, data->data);
    if (std::holds_alternative<psyc::EndPart> (*part))
      return Next::end;
  }
  return psyc::PartError::none == reader.error () ? Next::more : Next::broken;
}

// Whatever is open may have lost a part.
void
BodyCutter::on_gap (std::uint64_t last_fragment_id)
{
  last_fragment_ = std::max (last_fragment_, last_fragment_id);
  for (const auto &[id, open] : open_)
    sink_.abandon (id);
  open_.clear ();
}

std::uint64_t
BodyCutter::position () const
{
  std::uint64_t position = last_fragment_;
  for (const auto &[id, open] : open_)
    position = std::min (position, open.first_fragment - 1);
  return position;
}
} // namespace social
