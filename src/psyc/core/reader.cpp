// SPDX-License-Identifier: AGPL-3.0-or-later
#include "psyc/core/reader.hpp"

#include "psyc/psyc_messages.hpp"

namespace psyc::core
{
namespace
{
// Messages in progress at once that a reader from now on follows.
constexpr std::size_t begun_max = 4096;
} // namespace

LogReader::LogReader (Context &context, const Log &log, ClientId client,
                      base::FragmentId after, ReaderStart start)
    : context_ (context), client_ (client),
      cursor_ (context, log, after, [this] { pump (); }), start_ (start)
{}

bool
LogReader::has_room (std::uint64_t cost) const
{
  return 0 == in_flight_ || in_flight_ + cost <= local::stream_window_bytes;
}

void
LogReader::use (std::uint64_t cost)
{
  in_flight_ += cost;
}

void
LogReader::pump ()
{
  // The next fragment's size is not known before it is taken: leave room for
  // the largest.
  const std::uint64_t largest
      = local::stream_cost_base + context_.config.payload_max + 128;
  while (has_room (largest))
  {
    const auto piece = cursor_.next ();
    if (const auto *fragment = std::get_if<FragmentPtr> (&piece))
      deliver (**fragment);
    else if (const auto *gap = std::get_if<Log::Gap> (&piece))
      deliver (*gap);
    else
      return;
  }
}

void
LogReader::on_ack (std::uint64_t bytes)
{
  in_flight_ -= std::min (bytes, in_flight_);
  pump ();
}

void
LogReader::deliver (const StoredFragment &fragment)
{
  if (filter_.hides (fragment) || ! is_wanted (fragment.head))
    return;
  local::Fragment out;
  out.stream_id = local::log_stream;
  out.fragment_id = fragment.head.id.value;
  out.message.bytes
      = application_message (0, fragment.head.message_id.value,
                             fragment.head.offset, {}, fragment.body ());
  use (local::stream_cost (out));
  context_.send (client_, out);
}

void
LogReader::deliver (const Log::Gap &gap)
{
  const local::Gap out{ local::log_stream, gap.first, gap.last };
  use (local::stream_cost (out));
  context_.send (client_, out);
}

bool
LogReader::is_wanted (const FragmentHead &head)
{
  if (ReaderStart::resume == start_)
    return true;
  if (head.is_first () && head.is_last ())
    return true;
  if (head.is_first ())
  {
    if (begun_.size () >= begun_max)
      begun_.erase (begun_.begin ());
    begun_.insert (head.message_id);
    return true;
  }
  if (! begun_.contains (head.message_id))
    return false;
  if (head.is_last ())
    begun_.erase (head.message_id);
  return true;
}
} // namespace psyc::core
