// SPDX-License-Identifier: AGPL-3.0-or-later
#include "psyc/core/cursor.hpp"

namespace psyc::core
{
LogCursor::~LogCursor ()
{
  if (0 != reading_)
    context_.store.forget (reading_);
}

LogCursor::Piece
LogCursor::next ()
{
  if (0 != reading_)
    return Log::AtEnd{};
  if (auto piece = from_buffer ())
    return *piece;
  const auto step = log_.after (position_);
  if (const auto *fragment = std::get_if<FragmentPtr> (&step))
    return give (*fragment);
  if (const auto *gap = std::get_if<Log::Gap> (&step))
    return give (*gap);
  if (const auto *range = std::get_if<Log::OnDisk> (&step))
    read (*range);
  return Log::AtEnd{};
}

LogCursor::Piece
LogCursor::give (FragmentPtr fragment)
{
  position_ = fragment->head.id;
  return fragment;
}

LogCursor::Piece
LogCursor::give (Log::Gap gap)
{
  position_.value = gap.last;
  return gap;
}

std::optional<LogCursor::Piece>
LogCursor::from_buffer ()
{
  if (buffer_.empty ())
  {
    if (complete_to_ <= position_.value)
      return std::nullopt;
    return give (Log::Gap{ position_.value + 1, complete_to_ });
  }
  const std::uint64_t id = buffer_.front ()->head.id.value;
  if (id > position_.value + 1)
    return give (Log::Gap{ position_.value + 1, id - 1 });
  FragmentPtr fragment = std::move (buffer_.front ());
  buffer_.pop_front ();
  return give (std::move (fragment));
}

void
LogCursor::read (const Log::OnDisk &range)
{
  const std::uint64_t count = context_.config.read_fragments_max;
  // Wide holes are crossed in growing steps.
  span_ = std::max (count, span_);
  const std::uint64_t last = std::min (range.last, range.first + (span_ - 1));
  reading_ = context_.store.read (
      ReadFragments{ range.first, last, std::nullopt },
      [this, count] (StoreItem &item)
      {
        auto *fragment = std::get_if<FragmentPtr> (&item);
        if (nullptr == fragment || buffer_.size () >= count)
          return false;
        const bool is_in_order
            = buffer_.empty ()
                  ? (*fragment)->head.id > position_
                  : (*fragment)->head.id > buffer_.back ()->head.id;
        if (is_in_order)
          buffer_.push_back (std::move (*fragment));
        return buffer_.size () < count;
      },
      [this, last] (const StoreResult &result) { on_read_end (result, last); });
}

void
LogCursor::on_read_end (const StoreResult &result, std::uint64_t last)
{
  reading_ = 0;
  const std::uint64_t count = context_.config.read_fragments_max;
  if (result.is_error ())
  {
    // Nothing is skipped for an error of the store: it is asked again.
    context_.read_again_at = std::min (
        context_.read_again_at, context_.now + context_.config.store_retry);
    context_.count ("# reads of the log that the store failed");
    buffer_.clear ();
    complete_to_ = position_.value;
    return;
  }
  const bool is_cut = buffer_.size () >= count;
  complete_to_ = is_cut ? buffer_.back ()->head.id.value : last;
  span_ = buffer_.empty () ? std::min (span_ * 16, base::id_max) : count;
  on_more_ ();
}
} // namespace psyc::core
