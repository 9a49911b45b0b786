// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The host's way into the channel: the chunks of many messages at once become
// fragments, multicast numbers and signs them, the store makes them durable,
// and only then may they go out.
//
//   ready --send--> expected --echo--> storing --durable--> in the log
//
// A store that fails (disk full) is told to multicast, so that the numbers of
// what was not stored are used again; all messages that lost something fail,
// and new ones are refused until the store has taken something again. What the
// store did take after the failed one keeps its number: then the failed one is
// tried until it is in.
#pragma once

#include <deque>
#include <memory>
#include <set>

#include "psyc/core/tracker.hpp"
#include "psyc/core/uploads.hpp"

namespace psyc::core
{
// One message on its way into the channel.
struct Publication
{
  std::function<void (std::uint64_t input_bytes)> on_durable;
  std::function<void (base::MessageId)> on_stored; // all of it
  std::function<void (const std::string &reason)> on_failed;
  Settlement settlement;   // becomes true with the last fragment
  std::uint32_t flags = 0; // enum GNUNET_PSYC_MasterTransmitFlags

  // From here on the publisher's.
  base::MessageId id; // none until its first fragment leaves
  bool is_state = false;
  bool is_parked = false;
  bool is_ended = false; // stored, failed or cancelled
  std::deque<Chunk> parked;
  std::uint64_t queued_end = 0; // bytes given to multicast, or to be
  std::uint64_t stored_end = 0; // bytes in the log
  std::uint64_t waiting = 0;    // bytes of chunks that are not durable
  std::size_t storing = 0;      // fragments that the store is asked to take
};

using PublicationPtr = std::shared_ptr<Publication>;

class Publisher
{
public:
  using OnStored = std::function<void (const FragmentPtr &)>;

  // `on_stored`: a fragment is durable, with all before it.
  Publisher (Context &context, OnStored on_stored)
      : context_ (context), on_stored_ (std::move (on_stored))
  {}

  // Where the channel stands on disk. `unfinished` messages are cancelled.
  void open (const base::Head &head,
             const std::vector<UnfinishedMessage> &unfinished,
             base::MessageId last_state_message);
  // multicast is open: what waits may go.
  void start ();

  void add (const PublicationPtr &message, Chunk chunk);
  void cancel (const PublicationPtr &message);

  // multicast numbered a fragment of ours.
  void on_echo (FragmentPtr fragment);
  void on_time ();
  [[nodiscard]] base::TimePoint next_deadline () const;

  // Why nothing new is taken now, if so.
  [[nodiscard]] std::optional<std::string> refusal () const;
  // Nothing goes out any more.
  void stop (std::string reason);

  void set_generation (base::Generation generation);
  [[nodiscard]] const base::Head &
  head () const // highest ids given out
  {
    return head_;
  }
  [[nodiscard]] bool
  is_idle () const
  {
    return ready_.empty () && expected_.empty () && storing_.empty ();
  }
  [[nodiscard]] bool
  has_room () const
  {
    return ready_bytes_ + flight_bytes_ < context_.config.publish_bytes_max;
  }

private:
  struct Queued
  {
    PublicationPtr message;
    Chunk chunk;
    base::Generation generation;
  };
  struct Storing
  {
    FragmentPtr fragment;
    PublicationPtr message; // null: not ours
    Chunk chunk;            // its body is not kept
    enum class State : std::uint8_t
    {
      // The store is not asked yet. What is settled with a last fragment must
      // not be on disk without the fragments before it: it waits for them, and
      // all behind it do, so that a crash leaves no hole.
      waiting,
      pending,
      stored,
      failed,
    } state
        = State::waiting;
  };

  void enqueue (const PublicationPtr &message, Chunk chunk);
  void begin (const PublicationPtr &message, Chunk &chunk);
  void end_state (const Publication &message);
  void unpark ();
  void queue_cancel (base::MessageId id, std::uint64_t offset);
  void pump ();
  void store_more ();
  void store (Storing &entry);
  void on_store_result (base::FragmentId id, const StoreResult &result);
  void settle_front ();
  void finish (Storing &entry);
  void resolve_failure ();
  void discard ();
  void fail (const PublicationPtr &message, const std::string &reason);

  Context &context_;
  OnStored on_stored_;
  base::Head head_;
  bool is_started_ = false;
  std::optional<std::string> stopped_;

  std::deque<Queued> ready_;
  std::size_t ready_bytes_ = 0;
  std::deque<Queued> expected_;
  std::deque<Storing> storing_;
  std::size_t waiting_count_ = 0; // of them, at the end
  std::size_t flight_bytes_ = 0;  // expected and storing

  // Messages that change the state come one after the other, so that the
  // chain of state_delta is in order.
  base::MessageId last_state_message_;
  base::MessageId stored_state_message_; // the last that is whole in the log
  PublicationPtr state_message_;         // in progress, over several fragments
  base::MessageId state_before_;
  std::deque<PublicationPtr> parked_;

  // The store failed.
  bool is_failing_ = false;    // waiting for what is under way
  bool is_discarding_ = false; // echoes of what never was may still come
  std::string store_error_;    // empty: the store works
  base::TimePoint retry_at_ = base::time_never;
  base::TimePoint blocked_until_ = base::TimePoint::min ();
  std::vector<std::pair<base::MessageId, std::uint64_t>> to_cancel_;
};
} // namespace psyc::core
