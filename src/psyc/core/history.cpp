// SPDX-License-Identifier: AGPL-3.0-or-later
#include "psyc/core/history.hpp"

namespace psyc::core
{
namespace
{
// Messages fetched from elsewhere at a time.
constexpr std::uint64_t fetch_messages_max = 256;
} // namespace

HistoryStream::HistoryStream (Context &context, ClientId client,
                              const local::HistoryStart &question,
                              HistorySource &source)
    : ClientStream (context, client, question.op_id), question_ (question),
      source_ (source)
{}

HistoryStream::~HistoryStream ()
{
  if (0 != reading_)
    context_.store.forget (reading_);
}

void
HistoryStream::start ()
{
  const std::uint64_t newest = source_.newest_message ().value;
  const std::uint64_t limit = source_.fetch_limit ().value;
  if (0 == (question_.flags & history_remote) || 0 == limit)
  {
    begin_reading ();
    return;
  }
  if (local::HistoryMode::range == question_.mode)
  {
    // Read while it is fetched.
    fetched_to_ = std::max<std::uint64_t> (question_.first, 1) - 1;
    fetch_last_ = std::min (question_.last, limit);
    begin_reading ();
    return;
  }
  // How many of the newest have the wanted method is not known: look further
  // back for them.
  const std::uint64_t count
      = question_.method_prefix.empty ()
            ? question_.last
            : std::max<std::uint64_t> (
                1000, std::min (question_.last, base::id_max / 10) * 10);
  fetched_to_ = newest - std::min (newest, count);
  fetch_last_ = std::min (newest, limit);
  fetch_all ();
}

void
HistoryStream::fetch_all ()
{
  if (fetched_to_ < fetch_last_)
    fetch_next ([this] { fetch_all (); });
  else
    begin_reading ();
}

void
HistoryStream::fetch_next (std::function<void ()> then)
{
  if (! source_.can_fetch ())
  {
    // What is here is read.
    fetched_to_ = fetch_last_;
    return then ();
  }
  const std::uint64_t first = fetched_to_ + 1;
  fetched_to_ = std::min (fetch_last_, fetched_to_ + fetch_messages_max);
  is_fetching_ = true;
  source_.fetch (
      first, fetched_to_,
      [this, alive = std::weak_ptr<int> (alive_), then = std::move (then)]
      {
        if (alive.expired ())
          return;
        is_fetching_ = false;
        then ();
      });
}

void
HistoryStream::begin_reading ()
{
  limit_ = source_.settled ();
  const std::size_t count = context_.config.read_fragments_max;
  if (local::HistoryMode::range == question_.mode)
  {
    first_ = std::max<std::uint64_t> (question_.first, 1);
    last_ = std::min (question_.last, source_.newest_message ().value);
    next_ = first_;
    tell_range ();
    read_on ();
    return;
  }
  last_ = source_.newest_message ().value;
  if (0 == question_.last || 0 == last_)
  {
    is_all_read_ = true;
    pump ();
    return;
  }
  read (ReadLatestMessages{ question_.last, question_.method_prefix }, count);
}

void
HistoryStream::read_on ()
{
  if (cut_)
  {
    read (ReadMessageFragment{ *cut_, cut_offset_ }, 1);
    return;
  }
  if (next_ > last_)
  {
    is_all_read_ = true;
    pump ();
    return;
  }
  if (next_ > fetched_to_ && fetched_to_ < fetch_last_)
  {
    fetch_next ([this] { read_on (); });
    return;
  }
  const std::size_t count = context_.config.read_fragments_max;
  read_to_ = fetched_to_ < fetch_last_ ? std::min (last_, fetched_to_) : last_;
  read (ReadMessages{ next_, read_to_, count, question_.method_prefix,
                      std::nullopt },
        count);
}

void
HistoryStream::read (StoreCall call, std::size_t count_max)
{
  items_ = 0;
  reading_ = context_.store.read (
      std::move (call),
      [this, count_max] (StoreItem &item)
      {
        auto *fragment = std::get_if<FragmentPtr> (&item);
        if (nullptr == fragment || items_ >= count_max)
          return false;
        items_++;
        buffer_.push_back (std::move (*fragment));
        return items_ < count_max;
      },
      [this, count_max] (const StoreResult &result)
      { on_read_end (result, count_max); });
}

void
HistoryStream::on_read_end (const StoreResult &result, std::size_t count_max)
{
  reading_ = 0;
  if (result.is_error ())
  {
    end (result_error, result.error);
    return;
  }
  if (0 == items_ && ! cut_)
    end_of_read ();
  else if (0 == items_)
  {
    // The rest of that message is not here.
    next_ = cut_->value + 1;
    cut_.reset ();
  }
  else
  {
    const FragmentHead &head = buffer_.back ()->head;
    const bool was_single = cut_.has_value ();
    next_ = head.message_id.value + 1;
    cut_.reset ();
    if (! head.is_last () && (was_single || items_ >= count_max))
    {
      cut_ = head.message_id;
      cut_offset_ = head.offset + buffer_.back ()->body ().size ();
    }
    else if (! was_single && items_ < count_max)
      end_of_read ();
  }
  if (! buffer_.empty () && 0 == first_)
    first_ = buffer_.front ()->head.message_id.value;
  pump ();
}

// All that the store has up to `read_to_` was given.
void
HistoryStream::end_of_read ()
{
  if (local::HistoryMode::range == question_.mode && read_to_ < last_)
    next_ = read_to_ + 1;
  else
    is_all_read_ = true;
}

void
HistoryStream::pump ()
{
  if (0 != reading_ || is_fetching_ || is_done ())
    return;
  tell_range ();
  while (has_room () && ! buffer_.empty ())
  {
    const FragmentPtr fragment = std::move (buffer_.front ());
    buffer_.pop_front ();
    deliver (*fragment);
  }
  if (! buffer_.empty () || ! has_room ())
    return;
  if (! is_all_read_)
    read_on ();
  else
    end (static_cast<std::int64_t> (message_count_), "");
}

void
HistoryStream::tell_range ()
{
  if (! std::exchange (is_range_told_, true))
    context_.send (
        client_,
        local::HistoryRange{ op_id_, 0 == first_ ? last_ + 1 : first_, last_ });
}

void
HistoryStream::deliver (const StoredFragment &fragment)
{
  const FragmentHead &head = fragment.head;
  const bool was_delivered = head.message_id.value == question_.first
                             && local::HistoryMode::range == question_.mode
                             && head.id.value <= question_.after_fragment_id;
  if (filter_.hides (fragment) || was_delivered || head.id > limit_)
    return;
  if (head.message_id != last_delivered_)
    message_count_++;
  last_delivered_ = head.message_id;
  local::Fragment out;
  out.stream_id = op_id_;
  out.fragment_id = head.id.value;
  out.message.bytes
      = application_message (message_historic, head.message_id.value,
                             head.offset, {}, fragment.body ());
  send (out);
}
} // namespace psyc::core
