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

Tracker::Tracker (Context &context, const Log &log, base::FragmentId after,
                  const std::vector<UnfinishedMessage> &unfinished,
                  std::function<void ()> on_progress)
    : context_ (context), cursor_ (context, log, after, [this] { pump (); }),
      on_progress_ (std::move (on_progress))
{
  for (const auto &message : unfinished)
    open_.emplace (message.message_id, message);
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
    else if (std::holds_alternative<Log::AtEnd> (piece))
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
  if (head.is_first () && ! head.is_last ())
  {
    if (open_.size () >= open_max)
      open_.erase (open_.begin ());
    open_[head.message_id]
        = UnfinishedMessage{ head.message_id, fragment.body ().size (),
                             state_delta_of (fragment.body ()) };
    return;
  }
  std::uint64_t delta = state_not_modified;
  if (head.is_first ())
    delta = state_delta_of (fragment.body ());
  else
  {
    auto it = open_.find (head.message_id);
    if (it == open_.end ())
      return;
    it->second.next_offset = std::max (it->second.next_offset,
                                       head.offset + fragment.body ().size ());
    if (! head.is_last ())
      return;
    delta = it->second.state_delta;
    open_.erase (it);
  }
  if (state_not_modified != delta && ! is_cancel (fragment.body ()))
    context_.store.call (ModifyState{ head.message_id.value, delta },
                         [this] (const StoreResult &result)
                         {
                           if (result.is_error ())
                             context_.count (
                                 "# state changes that were not applied");
                         });
}
} // namespace psyc::core
