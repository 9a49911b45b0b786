// SPDX-License-Identifier: AGPL-3.0-or-later
#include "psyc/core/tracker.hpp"

#include "psyc/message/parts.hpp"

namespace psyc::core
{
namespace
{
constexpr std::size_t open_max = 4096;

std::uint64_t
state_delta_of (base::ByteView body)
{
  PartReader reader (body);
  const auto part = reader.next ();
  const auto *method = part ? std::get_if<MethodPart> (&*part) : nullptr;
  return nullptr == method ? state_not_modified : method->state_delta;
}

bool
is_cancel (base::ByteView body)
{
  // The CANCEL part stands alone in its fragment, or last.
  if (body.size () < part_header_size)
    return true;
  const base::ByteView last = body.last (part_header_size);
  return 0 == last[0] && part_header_size == last[1]
         && static_cast<std::uint16_t> (PartType::cancel)
                == ((last[2] << 8) | last[3]);
}
} // namespace

Tracker::Tracker (Context &context, const Log &log, StateFollower &state,
                  base::FragmentId after,
                  const std::vector<UnfinishedMessage> &unfinished,
                  std::function<void ()> on_progress,
                  std::function<void ()> on_gap)
    : state_ (state), cursor_ (context, log, after, [this] { pump (); }),
      on_progress_ (std::move (on_progress)), on_gap_ (std::move (on_gap))
{
  for (const auto &message : unfinished)
    open_.emplace (message.message_id, message);
}

bool
Tracker::changes_all (const StoredFragment &first)
{
  return state_reset == state_delta_of (first.body ());
}

void
Tracker::pump ()
{
  const base::FragmentId before = cursor_.position ();
  for (;;)
  {
    const auto piece = cursor_.next ();
    if (const auto *fragment = std::get_if<FragmentPtr> (&piece))
      on_fragment (**fragment);
    else if (std::holds_alternative<Log::Gap> (piece))
      on_gap_ ();
    else
      break;
  }
  if (cursor_.position () != before)
    on_progress_ ();
}

std::vector<UnfinishedMessage>
Tracker::unfinished (std::size_t count_max) const
{
  std::vector<UnfinishedMessage> out;
  for (const auto &[id, message] : open_)
  {
    if (out.size () >= count_max)
      break;
    out.push_back (message);
  }
  return out;
}

void
Tracker::on_fragment (const StoredFragment &fragment)
{
  const FragmentHead &head = fragment.head;
  if (head.is_first ())
    begin (fragment);
  else if (auto it = open_.find (head.message_id); it != open_.end ())
  {
    UnfinishedMessage &message = it->second;
    // With a hole in it, it cannot change the state any more.
    if (message.next_offset != head.offset)
      message.state_delta = state_not_modified;
    message.next_offset = std::max (message.next_offset,
                                    head.offset + fragment.body ().size ());
  }
  if (! head.is_last ())
    return;
  if (const auto node = open_.extract (head.message_id); ! node.empty ())
    end (node.mapped (), fragment.body ());
}

void
Tracker::begin (const StoredFragment &fragment)
{
  if (open_.size () >= open_max)
    open_.erase (open_.begin ());
  const base::MessageId id = fragment.head.message_id;
  open_[id] = UnfinishedMessage{ id, fragment.body ().size (),
                                 state_delta_of (fragment.body ()) };
}

void
Tracker::end (const UnfinishedMessage &message, base::ByteView last_body)
{
  if (state_not_modified != message.state_delta && ! is_cancel (last_body))
    state_.add ({ message.message_id, message.state_delta });
}
} // namespace psyc::core
