// SPDX-License-Identifier: AGPL-3.0-or-later
#include "psyc/core/checkpoints.hpp"

#include "psyc/message/state_hash.hpp"

namespace psyc::core
{
namespace
{
// Bytes of a checkpoint that wait for the disk before more is read.
constexpr std::uint64_t waiting_max = 512 * 1024;
// With a state of so many bytes, one change more may pass without one.
constexpr std::uint64_t bytes_per_change = 4096;
} // namespace

// ---- when ----------------------------------------------------------------

void
Checkpoints::open (const StateInfo &info)
{
  info_ = info;
}

void
Checkpoints::on_applied (const StateMessage &message)
{
  if (message.id.value <= info_.message_id)
    return;
  info_.message_id = message.id.value;
  if (message.is_checkpoint ())
  {
    info_.checkpoint_id = message.id.value;
    info_.changes = info_.change_bytes = 0;
    return;
  }
  info_.changes++;
  count_change ();
}

// How large it was, the store knows.
void
Checkpoints::count_change ()
{
  context_.store.read (
      ReadStateInfo{ false },
      [this] (StoreItem &item)
      {
        const auto *info = std::get_if<StateInfo> (&item);
        if (nullptr != info && info->message_id >= info_.message_id)
          info_ = *info;
        return true;
      },
      [this] (const StoreResult &)
      {
        if (is_due ())
          queue ();
      });
}

bool
Checkpoints::is_due () const
{
  const Config &config = context_.config;
  return info_.changes
             >= std::max (config.checkpoint_changes, size_ / bytes_per_change)
         || info_.change_bytes >= std::max (config.checkpoint_bytes, size_);
}

void
Checkpoints::want ()
{
  if (message_ || ! current ().is_none ())
    return;
  if (context_.now >= quiet_until_)
    queue ();
  else
    say_at_ = std::min (say_at_, quiet_until_);
}

void
Checkpoints::need ()
{
  if (! message_)
    queue ();
}

void
Checkpoints::on_time ()
{
  if (context_.now < say_at_)
    return;
  say_at_ = base::time_never;
  if (! message_)
    queue ();
}

// ---- how -----------------------------------------------------------------

void
Checkpoints::queue ()
{
  if (message_ || publisher_.refusal ())
    return;
  say_at_ = base::time_never;
  message_ = std::make_shared<Publication> ();
  message_->flags = transmit_state_reset;
  message_->on_turn = [this] { begin (); };
  message_->on_durable = [this] (std::uint64_t) { pump (); };
  message_->on_stored = [this] (base::MessageId) { on_said (); };
  message_->on_failed = [this] (const std::string &) { give_up (); };
  publisher_.queue_checkpoint (message_);
}

void
Checkpoints::begin ()
{
  offset_ = 0;
  writer_ = std::make_unique<PartWriter> (context_.config.payload_max);
  reader_ = std::make_unique<StateReader> (context_, *writer_,
                                           StateMatch::prefix, "", "");
  auto hash = std::make_shared<std::optional<base::Hash>> ();
  context_.store.read (
      ReadStateInfo{ true },
      [hash] (StoreItem &item)
      {
        if (const auto *info = std::get_if<StateInfo> (&item))
          *hash = info->hash;
        return true;
      },
      [this, hash, message = message_] (const StoreResult &)
      {
        if (message_ != message)
          return;
        if (*hash)
          write_head (**hash);
        else
          on_read ("the store failed");
      });
}

void
Checkpoints::write_head (const base::Hash &hash)
{
  (void)writer_->method (checkpoint_method, 0, 0);
  (void)writer_->modifier (Operator::set, state_hash_name,
                           base::as_bytes (render_hash (hash)));
  offset_ = 0;
  reader_->read ([this] (const std::string &error) { on_read (error); });
}

void
Checkpoints::on_read (const std::string &error)
{
  if (! error.empty ())
  {
    context_.count ("# checkpoints that the store failed");
    const PublicationPtr message = message_;
    give_up ();
    publisher_.cancel (message);
    return;
  }
  if (reader_->is_at_end ())
  {
    writer_->end ();
    writer_->flush ();
  }
  give ();
  pump ();
}

// The publisher may end it: nothing of it is used afterwards.
void
Checkpoints::give ()
{
  const PublicationPtr message = message_;
  std::vector<Chunk> chunks;
  while (auto body = writer_->take ())
  {
    Chunk &chunk = chunks.emplace_back ();
    chunk.offset = offset_;
    chunk.flags = 0 == offset_ ? first_fragment : 0;
    offset_ += body->size ();
    chunk.body = std::move (*body);
  }
  if (reader_->is_at_end () && ! chunks.empty ())
    chunks.back ().flags |= last_fragment;
  for (auto &chunk : chunks)
    publisher_.add (message, std::move (chunk));
}

void
Checkpoints::pump ()
{
  if (reader_ && 0 < writer_->pending () && ! reader_->is_reading ()
      && ! reader_->is_at_end () && message_->waiting < waiting_max
      && publisher_.has_room ())
    reader_->read ([this] (const std::string &error) { on_read (error); });
}

void
Checkpoints::on_said ()
{
  context_.count ("# checkpoints said");
  size_ = offset_;
  quiet_until_ = context_.now
                 + context_.config.checkpoint_interval
                       * static_cast<std::int64_t> (1 + (size_ >> 20));
  message_.reset ();
  reader_.reset ();
  writer_.reset ();
}

void
Checkpoints::give_up ()
{
  message_.reset ();
  reader_.reset ();
  writer_.reset ();
  say_at_ = context_.now + context_.config.store_retry;
}
} // namespace psyc::core
