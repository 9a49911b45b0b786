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
  if (state_message_ && ! state_message_->is_ended)
    lost.push_back (state_message_);
  ready_.clear ();
  parked_.clear ();
  ready_bytes_ = 0;
  for (const auto &message : lost)
    fail (message, *stopped_);
}

void
Publisher::go_on (const base::Head &head)
{
  head_ = head;
  stopped_.reset ();
  pump ();
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
  if (message == state_message_)
  {
    add_to_state_message (std::move (chunk));
    pump ();
    return;
  }
  const bool is_new = 0 == chunk.offset;
  if (is_new)
    message->is_state
        = chunk.has_lasting
          || (chunk.is_head_open && 0 == (chunk.flags & last_fragment))
          || 0
                 != (message->flags
                     & (transmit_state_modify | transmit_state_reset
                        | transmit_state_hash));
  const Behind behind = parked_.empty () ? Behind::nobody : Behind::others;
  if (is_new && (message->is_state || must_wait (*message, behind)))
  {
    park (message, std::move (chunk));
    return;
  }
  enqueue (message, std::move (chunk));
  pump ();
}

void
Publisher::queue_checkpoint (const PublicationPtr &message)
{
  message->is_state = true;
  message->is_parked = true;
  parked_.push_back (message);
  unpark ();
}

// ---- the state's turn ----------------------------------------------------

void
Publisher::park (const PublicationPtr &message, Chunk chunk)
{
  message->is_parked = true;
  message->parked.push_back (std::move (chunk));
  parked_.push_back (message);
  unpark ();
  pump ();
}

// What does not change the state keeps its place behind what does, if that is
// only a moment.
bool
Publisher::must_wait (const Publication &message, Behind behind) const
{
  if (! state_message_)
    return false;
  if (message.is_state)
    return true;
  return ! state_message_->is_long
         && (state_message_->id.is_none () || Behind::others == behind);
}

void
Publisher::unpark ()
{
  while (unpark_one ())
    ;
}

bool
Publisher::unpark_one ()
{
  for (auto it = parked_.begin (); it != parked_.end (); ++it)
  {
    const PublicationPtr message = *it;
    const Behind behind
        = it == parked_.begin () ? Behind::nobody : Behind::others;
    if (! message->is_ended && must_wait (*message, behind))
    {
      if (! state_message_->is_long)
        return false;
      continue;
    }
    parked_.erase (it);
    message->is_parked = false;
    if (! message->is_ended)
      go_on (message);
    return true;
  }
  return false;
}

void
Publisher::go_on (const PublicationPtr &message)
{
  auto chunks = std::exchange (message->parked, {});
  if (message->is_state)
    take_turn (message);
  for (auto &chunk : chunks)
    if (message == state_message_)
      add_to_state_message (std::move (chunk));
    else if (! message->is_ended)
      enqueue (message, std::move (chunk));
}

void
Publisher::take_turn (const PublicationPtr &message)
{
  state_message_ = message;
  trial_ = {};
  trial_.number = ++last_trial_;
  if (! message->on_turn)
    return;
  message->is_long = true;
  trial_.state = Trial::State::passed; // it says what the state is
  message->on_turn ();
}

void
Publisher::add_to_state_message (Chunk chunk)
{
  if (Trial::State::passed == trial_.state)
  {
    enqueue (state_message_, std::move (chunk));
    return;
  }
  if (Trial::State::trying == trial_.state)
  {
    withhold (std::move (chunk));
    return;
  }
  const bool is_all = collect (chunk);
  withhold (std::move (chunk));
  if (trial_.head.size () > context_.config.state_change_bytes_max)
    refuse_state_message ("more than 17 MiB of changes in one message");
  else if (is_all)
    try_head ();
  else if (trial_.withheld_bytes > context_.config.state_withheld_bytes)
    let_go ();
}

// Is the head complete with this chunk?
bool
Publisher::collect (const Chunk &chunk)
{
  trial_.head.insert (trial_.head.end (), chunk.body.begin (),
                      chunk.body.end ());
  PartReader reader (chunk.body);
  while (const auto part = reader.next ())
    (void)trial_.checker.on_part (*part); // was checked when it came
  const auto at = trial_.checker.state ();
  const bool is_over
      = PartChecker::State::head != at && PartChecker::State::value != at;
  // Behind the hash is no other modifier.
  return is_over || find_hash_place (chunk.body);
}

void
Publisher::withhold (Chunk chunk)
{
  trial_.withheld_bytes += chunk.body.size ();
  trial_.withheld.push_back (std::move (chunk));
}

// What is withheld goes out.
void
Publisher::let_go ()
{
  trial_.withheld_bytes = 0;
  for (auto &chunk : std::exchange (trial_.withheld, {}))
    enqueue (state_message_, std::move (chunk));
  if (state_message_->is_long)
    return;
  state_message_->is_long = 0 == (ready_.back ().chunk.flags & last_fragment);
}

void
Publisher::try_head ()
{
  trial_.state = Trial::State::trying;
  const bool wants_hash
      = std::any_of (trial_.withheld.begin (), trial_.withheld.end (),
                     [] (const Chunk &chunk)
                     { return find_hash_place (chunk.body).has_value (); });
  context_.store.call (
      TryState{ 0 != (state_message_->flags & transmit_state_reset), wants_hash,
                std::exchange (trial_.head, {}) },
      [this, number = trial_.number] (const StoreResult &result)
      { on_tried (number, result); });
}

void
Publisher::on_tried (std::uint64_t number, const StoreResult &result)
{
  if (! state_message_ || number != trial_.number
      || Trial::State::trying != trial_.state)
    return; // that message is gone
  if (result_yes != result.result)
    refuse_state_message (result.error);
  else
  {
    trial_.state = Trial::State::passed;
    for (auto &chunk : trial_.withheld)
      if (const auto place = find_hash_place (chunk.body);
          place && state_hash_size == result.error.size ())
        std::copy (result.error.begin (), result.error.end (),
                   chunk.body.begin () + static_cast<std::ptrdiff_t> (*place));
    let_go ();
    unpark ();
  }
  pump ();
}

void
Publisher::refuse_state_message (const std::string &reason)
{
  const PublicationPtr message = state_message_;
  context_.count ("# changes of the state that were refused");
  cancel (message);
  const auto &tell
      = message->on_refused ? message->on_refused : message->on_failed;
  if (tell)
    tell (reason);
}

void
Publisher::on_state_applied (base::MessageId id)
{
  if (! state_message_ || state_message_->id.is_none ()
      || id < state_message_->id || ! state_message_->is_ended)
    return;
  state_message_.reset ();
  unpark ();
  pump ();
}

// It does not change the state any more.
void
Publisher::give_up_state_message ()
{
  if (! state_message_->id.is_none ())
    last_state_message_ = state_before_;
  state_message_.reset ();
  trial_ = {};
}

// ---- the queue -----------------------------------------------------------

void
Publisher::enqueue (const PublicationPtr &message, Chunk chunk)
{
  if (message->id.is_none ())
    begin (message, chunk);
  message->queued_end = chunk.offset + chunk.body.size ();
  ready_bytes_ += chunk.body.size ();
  ready_.push_back ({ message, std::move (chunk), head_.generation });
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
    give_up_state_message ();
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
  if (state_message_ && ! state_message_->is_ended)
    lose (state_message_);
  for (const auto &message : parked_)
    lose (message);
  storing_.clear ();
  expected_.clear ();
  ready_.clear ();
  parked_.clear ();
  ready_bytes_ = flight_bytes_ = 0;
  for (const auto &message : lost)
    fail (message, store_error_);
  last_state_message_ = stored_state_message_;
}

void
Publisher::fail (const PublicationPtr &message, const std::string &reason)
{
  if (state_message_ == message && ! message->is_ended)
    give_up_state_message ();
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
