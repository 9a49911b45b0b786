// SPDX-License-Identifier: AGPL-3.0-or-later
#include "psyc/message/receiver.hpp"

#include <algorithm>

namespace psyc
{
namespace
{
PartError
check_fragment (PartChecker &checker, base::ByteView parts)
{
  if (parts.empty ())
    return PartError::empty_fragment;
  PartReader reader (parts);
  while (const auto part = reader.next ())
  {
    if (const auto error = checker.on_part (*part); PartError::none != error)
      return error;
  }
  return reader.error ();
}
} // namespace

Receiver::Verdict
Receiver::on_fragment (const MessageKey &key, Kind kind, std::uint64_t offset,
                       base::ByteView parts)
{
  const auto at = messages_.find (key);
  const bool is_known = messages_.end () != at;
  if (! is_known && Kind::live == kind && is_finished (key))
    return { PartError::fragment_again, false, std::nullopt };
  Progress progress = is_known ? at->second : Progress{};
  if (offset < progress.next_offset)
    return { PartError::fragment_again, false, std::nullopt };
  if (offset > progress.next_offset)
    return give_up (key, PartError::fragment_missing);
  if (const auto error = check_fragment (progress.checker, parts);
      PartError::none != error)
    return give_up (key, error);
  progress.next_offset += parts.size ();
  progress.used_at = ++clock_;
  Verdict verdict;
  if (progress.checker.is_finished ())
  {
    messages_.erase (key);
    if (Kind::live == kind)
      remember_finished (key);
    return verdict;
  }
  if (! is_known)
    verdict.displaced = make_room ();
  messages_[key] = progress;
  return verdict;
}

Receiver::Verdict
Receiver::give_up (const MessageKey &key, PartError error)
{
  return { error, 0 != messages_.erase (key), std::nullopt };
}

bool
Receiver::is_finished (const MessageKey &key) const
{
  return finished_.end ()
         != std::find (finished_.begin (), finished_.end (), key);
}

void
Receiver::remember_finished (const MessageKey &key)
{
  finished_.push_back (key);
  if (finished_.size () > finished_max)
    finished_.pop_front ();
}

std::optional<MessageKey>
Receiver::make_room ()
{
  if (messages_.size () < in_progress_max)
    return std::nullopt;
  const auto oldest
      = std::min_element (messages_.begin (), messages_.end (),
                          [] (const auto &left, const auto &right) {
                            return left.second.used_at < right.second.used_at;
                          });
  const MessageKey key = oldest->first;
  messages_.erase (oldest);
  return key;
}

void
Receiver::reset ()
{
  messages_.clear ();
  finished_.clear ();
}
} // namespace psyc
