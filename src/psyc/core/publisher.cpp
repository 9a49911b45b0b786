// SPDX-License-Identifier: AGPL-3.0-or-later
#include "psyc/core/publisher.hpp"

namespace psyc::core
{
namespace
{
constexpr std::size_t state_delta_offset = 8; // in a METHOD part

void
write_state_delta (base::Bytes &body, std::uint64_t delta)
{
  for (std::size_t i = 0; i < 8; i++)
    body[state_delta_offset + i]
        = static_cast<std::uint8_t> (delta >> (8 * (7 - i)));
}

Chunk
cancel_chunk (std::uint64_t offset)
{
  PartWriter writer (PartWriter::chunk_min);
  writer.cancel ();
  writer.flush ();
  Chunk chunk;
  chunk.body = *writer.take ();
  chunk.offset = offset;
  chunk.flags = last_fragment;
  return chunk;
}
} // namespace

void
Publisher::open (const base::Head &head,
                 const std::vector<UnfinishedMessage> &unfinished,
                 base::MessageId last_state_message)
{
  head_ = head;
  last_state_message_ = stored_state_message_ = last_state_message;
  for (const auto &message : unfinished)
    queue_cancel (message.message_id, message.next_offset);
}

void
Publisher::start ()
{
  is_started_ = true;
  pump ();
}

void
Publisher::queue_cancel (base::MessageId id, std::uint64_t offset)
{
  auto message = std::make_shared<Publication> ();
  message->id = id;
  message->queued_end = message->stored_end = offset;
  Chunk chunk = cancel_chunk (offset);
  ready_bytes_ += chunk.body.size ();
  message->waiting = chunk.body.size ();
  ready_.push_back ({ message, std::move (chunk), head_.generation });
}

std::optional<std::string>
Publisher::refusal () const
{
  if (stopped_)
    return stopped_;
  if (is_failing_ || context_.now < blocked_until_)
    return store_error_;
  return std::nullopt;
}

void
Publisher::stop (std::string reason)
{
  stopped_ = std::move (reason);
  std::vector<PublicationPtr> lost;
  for (auto &queued : ready_)
    lost.push_back (queued.message);
  for (auto &message : parked_)
    lost.push_back (message);
  for (auto &queued : expected_)
    lost.push_back (queued.message);
  ready_.clear ();
  parked_.clear ();
  ready_bytes_ = 0;
  for (const auto &message : lost)
    fail (message, *stopped_);
}

void
Publisher::set_generation (base::Generation generation)
{
  head_.generation = std::max (head_.generation, generation);
}

// ---- in ------------------------------------------------------------------

void
Publisher::add (const PublicationPtr &message, Chunk chunk)
{
  if (message->is_ended)
    return;
  message->waiting += chunk.body.size ();
  if (message->is_parked)
  {
    message->parked.push_back (std::move (chunk));
    return;
  }
  const bool needs_state
      = 0 == chunk.offset
        && (chunk.has_lasting
            || (chunk.is_head_open && 0 == (chunk.flags & last_fragment))
            || 0
                   != (message->flags
                       & (transmit_state_modify | transmit_state_reset)));
  if (needs_state && state_message_)
  {
    message->is_parked = true;
    message->parked.push_back (std::move (chunk));
    parked_.push_back (message);
    return;
  }
  message->is_state |= needs_state;
  enqueue (message, std::move (chunk));
  pump ();
}

void
Publisher::enqueue (const PublicationPtr &message, Chunk chunk)
{
  if (message->id.is_none ())
    begin (message, chunk);
  message->queued_end = chunk.offset + chunk.body.size ();
  const bool is_last = 0 != (chunk.flags & last_fragment);
  ready_bytes_ += chunk.body.size ();
  ready_.push_back ({ message, std::move (chunk), head_.generation });
  if (is_last)
    end_state (*message);
}

void
Publisher::begin (const PublicationPtr &message, Chunk &chunk)
{
  head_.message_id = head_.message_id.next ();
  message->id = head_.message_id;
  if (0 != (message->flags & transmit_inc_group_gen))
    head_.generation = head_.generation.next ();
  if (! message->is_state)
  {
    write_state_delta (chunk.body, state_not_modified);
    return;
  }
  write_state_delta (chunk.body,
                     0 != (message->flags & transmit_state_reset)
                         ? state_reset
                         : message->id.value - last_state_message_.value);
  state_before_ = last_state_message_;
  last_state_message_ = message->id;
  if (0 == (chunk.flags & last_fragment))
    state_message_ = message;
}

// The message in progress that held the state is complete.
void
Publisher::end_state (const Publication &message)
{
  if (state_message_.get () != &message)
    return;
  state_message_.reset ();
  unpark ();
}

void
Publisher::unpark ()
{
  while (! parked_.empty () && ! state_message_)
  {
    const PublicationPtr message = parked_.front ();
    parked_.pop_front ();
    message->is_parked = false;
    if (message->is_ended)
      continue;
    message->is_state = true;
    auto chunks = std::move (message->parked);
    message->parked.clear ();
    for (auto &chunk : chunks)
      enqueue (message, std::move (chunk));
  }
}

void
Publisher::cancel (const PublicationPtr &message)
{
  if (message->is_ended)
    return;
  message->is_ended = true;
  message->parked.clear ();
  const bool held_state = state_message_ == message;
  if (held_state)
  {
    last_state_message_ = state_before_;
    state_message_.reset ();
  }
  if (! message->id.is_none ())
  {
    auto chunk = cancel_chunk (message->queued_end);
    ready_bytes_ += chunk.body.size ();
    message->waiting += chunk.body.size ();
    ready_.push_back ({ message, std::move (chunk), head_.generation });
  }
  if (held_state)
    unpark ();
  pump ();
}

void
Publisher::pump ()
{
  if (! is_started_ || is_failing_ || stopped_ || context_.now < blocked_until_)
    return;
  while (! ready_.empty () && flight_bytes_ < context_.config.publish_bytes_max)
  {
    Queued queued = std::move (ready_.front ());
    ready_.pop_front ();
    const std::size_t size = queued.chunk.body.size ();
    ready_bytes_ -= size;
    flight_bytes_ += size;
    context_.effects.push_back (OriginSend{
        context_.channel, queued.message->id, queued.chunk.offset,
        queued.generation, queued.chunk.flags, std::move (queued.chunk.body) });
    queued.chunk.body.clear ();
    expected_.push_back (std::move (queued));
  }
}

// ---- echo and store ------------------------------------------------------

void
Publisher::on_echo (FragmentPtr fragment)
{
  head_.fragment_id = std::max (head_.fragment_id, fragment->head.id);
  Storing entry;
  entry.fragment = std::move (fragment);
  const FragmentHead &head = entry.fragment->head;
  const bool is_expected = ! expected_.empty ()
                           && expected_.front ().message->id == head.message_id
                           && expected_.front ().chunk.offset == head.offset;
  if (! is_expected && is_discarding_)
  {
    context_.effects.push_back (OriginDiscard{ context_.channel, head.id });
    return;
  }
  if (is_expected)
  {
    is_discarding_ = false;
    entry.message = std::move (expected_.front ().message);
    entry.chunk = std::move (expected_.front ().chunk);
    expected_.pop_front ();
  }
  else
  {
    context_.count ("# own fragments that somebody else sent");
    head_.message_id = std::max (head_.message_id, head.message_id);
    flight_bytes_ += entry.fragment->body ().size ();
  }
  storing_.push_back (std::move (entry));
  waiting_count_++;
  store_more ();
}

void
Publisher::store_more ()
{
  while (! is_failing_ && 0 < waiting_count_)
  {
    Storing &entry = storing_[storing_.size () - waiting_count_];
    if (entry.message && entry.fragment->head.is_last ()
        && 0 < entry.message->storing)
      return;
    waiting_count_--;
    if (entry.message)
      entry.message->storing++;
    store (entry);
  }
}

void
Publisher::store (Storing &entry)
{
  entry.state = Storing::State::pending;
  std::optional<Settlement> settlement;
  if (entry.message && entry.fragment->head.is_last ()
      && ! entry.message->is_ended)
    settlement = entry.message->settlement;
  context_.store.call (
      StoreFragment{ entry.fragment, settlement },
      [this, id = entry.fragment->head.id] (const StoreResult &result)
      { on_store_result (id, result); });
}

void
Publisher::on_store_result (base::FragmentId id, const StoreResult &result)
{
  auto it = std::find_if (storing_.begin (), storing_.end (),
                          [id] (const Storing &entry)
                          {
                            return entry.fragment->head.id == id
                                   && Storing::State::pending == entry.state;
                          });
  if (it == storing_.end ())
    return;
  it->state
      = result.is_error () ? Storing::State::failed : Storing::State::stored;
  if (! result.is_error () && it->message)
    it->message->storing--;
  if (result.is_error ())
  {
    context_.count ("# own fragments that the store refused");
    is_failing_ = true;
    store_error_ = result.error.empty () ? "the store failed" : result.error;
  }
  settle_front ();
  if (is_failing_)
    resolve_failure ();
  store_more ();
  pump ();
}

void
Publisher::settle_front ()
{
  base::FragmentId stored;
  while (! storing_.empty ()
         && Storing::State::stored == storing_.front ().state)
  {
    Storing entry = std::move (storing_.front ());
    storing_.pop_front ();
    stored = entry.fragment->head.id;
    if (! is_failing_)
      store_error_.clear ();
    flight_bytes_ -= std::min (flight_bytes_, entry.fragment->body ().size ());
    on_stored_ (entry.fragment);
    finish (entry);
  }
  if (! stored.is_none ())
    context_.effects.push_back (OriginStored{ context_.channel, stored });
}

void
Publisher::finish (Storing &entry)
{
  if (! entry.message)
    return;
  Publication &message = *entry.message;
  message.waiting -= std::min<std::uint64_t> (message.waiting,
                                              entry.fragment->body ().size ());
  message.stored_end
      = entry.fragment->head.offset + entry.fragment->body ().size ();
  if (message.is_ended)
    return;
  if (message.on_durable)
    message.on_durable (entry.chunk.input_bytes);
  if (! entry.fragment->head.is_last () || message.is_ended)
    return;
  message.is_ended = true;
  if (message.is_state)
    stored_state_message_ = message.id;
  if (message.on_stored)
    message.on_stored (message.id);
}

// ---- failures of the store -----------------------------------------------

void
Publisher::resolve_failure ()
{
  const auto has = [this] (Storing::State state)
  {
    return std::any_of (storing_.begin (), storing_.end (),
                        [state] (const Storing &entry)
                        { return entry.state == state; });
  };
  if (has (Storing::State::pending))
    return;
  if (! has (Storing::State::failed))
  {
    is_failing_ = false;
    store_error_.clear ();
    return;
  }
  retry_at_ = context_.now + context_.config.store_retry;
  // With something stored behind the failed one, its number stays.
  if (! has (Storing::State::stored))
    discard ();
}

void
Publisher::discard ()
{
  is_failing_ = false;
  waiting_count_ = 0;
  is_discarding_ = true;
  blocked_until_ = retry_at_;
  const base::FragmentId from = storing_.front ().fragment->head.id;
  context_.effects.push_back (OriginDiscard{ context_.channel, from });
  head_.fragment_id = from.previous ();

  // Each once, in their order.
  std::vector<PublicationPtr> lost;
  std::set<PublicationPtr> seen{ nullptr };
  const auto lose = [&] (const PublicationPtr &message)
  {
    if (seen.insert (message).second)
      lost.push_back (message);
  };
  for (const auto &entry : storing_)
    lose (entry.message);
  for (const auto &queued : expected_)
    lose (queued.message);
  for (const auto &queued : ready_)
    lose (queued.message);
  for (const auto &message : parked_)
    lose (message);
  storing_.clear ();
  expected_.clear ();
  ready_.clear ();
  parked_.clear ();
  ready_bytes_ = flight_bytes_ = 0;
  last_state_message_ = stored_state_message_;
  for (const auto &message : lost)
    fail (message, store_error_);
}

void
Publisher::fail (const PublicationPtr &message, const std::string &reason)
{
  if (state_message_ == message)
    state_message_.reset ();
  message->parked.clear ();
  message->waiting = 0;
  message->storing = 0;
  // Receivers that have its beginning must be told that no end comes.
  if (message->stored_end > 0)
    to_cancel_.emplace_back (message->id, message->stored_end);
  if (std::exchange (message->is_ended, true))
    return;
  if (message->on_failed)
    message->on_failed (reason);
}

void
Publisher::on_time ()
{
  if (context_.now < retry_at_)
    return;
  retry_at_ = base::time_never;
  if (is_failing_)
  {
    for (auto &entry : storing_)
      if (Storing::State::failed == entry.state)
        store (entry);
    return;
  }
  auto cancels = std::move (to_cancel_);
  to_cancel_.clear ();
  for (const auto &[id, offset] : cancels)
    queue_cancel (id, offset);
  pump ();
}

base::TimePoint
Publisher::next_deadline () const
{
  return retry_at_;
}
} // namespace psyc::core
