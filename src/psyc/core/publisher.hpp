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
//
// A message that changes the state waits for its turn, until those before it
// are applied, and then until the store has tried it out. What is said behind
// it keeps its place, unless it takes long.
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
  // A checkpoint: its content is made when its turn has come.
  std::function<void ()> on_turn;
  // The change of the state may not be said; without it: on_failed.
  std::function<void (const std::string &reason)> on_refused;
  std::function<void (std::uint64_t input_bytes)> on_durable;
  std::function<void (base::MessageId)> on_stored; // all of it
  std::function<void (const std::string &reason)> on_failed;
  Settlement settlement;   // becomes true with the last fragment
  std::uint32_t flags = 0; // enum GNUNET_PSYC_MasterTransmitFlags

  // From here on the publisher's.
  base::MessageId id; // none until its first fragment leaves
  bool is_state = false;
  bool is_parked = false;
  // Others may be said before it is: it takes long, or stands behind one that
  // does.
  bool is_long = false;
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
  // Says `on_turn` when no other message changes the state, nor will until this
  // one is done.
  void queue_checkpoint (const PublicationPtr &message);
  // Which is under way, in part or all said, and not applied yet; none: none.
  [[nodiscard]] base::MessageId
  changing () const
  {
    return state_message_ ? state_message_->id : base::MessageId{};
  }
  // That message, and all before it, made the state.
  void on_state_applied (base::MessageId id);

  // multicast numbered a fragment of ours.
  void on_echo (FragmentPtr fragment);
  void on_time ();
  [[nodiscard]] base::TimePoint next_deadline () const;

  // Why nothing new is taken now, if so.
  [[nodiscard]] std::optional<std::string> refusal () const;
  // Nothing goes out any more.
  void stop (std::string reason);
  // After `stop`: from here on.
  void go_on (const base::Head &head);

  void set_generation (base::Generation generation);
  [[nodiscard]] const base::Head &
  head () const // highest ids given out
  {
    return head_;
  }
  [[nodiscard]] bool
  is_idle () const
  {
    return ready_.empty () && expected_.empty () && storing_.empty ()
           && parked_.empty () && trial_.withheld.empty ();
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
  void park (const PublicationPtr &message, Chunk chunk);
  enum class Behind : std::uint8_t
  {
    nobody,
    others, // that are parked
  };
  [[nodiscard]] bool must_wait (const Publication &message,
                                Behind behind) const;
  void unpark ();
  [[nodiscard]] bool unpark_one ();
  void go_on (const PublicationPtr &message);
  void take_turn (const PublicationPtr &message);
  void add_to_state_message (Chunk chunk);
  [[nodiscard]] bool collect (const Chunk &chunk);
  void withhold (Chunk chunk);
  void let_go ();
  void try_head ();
  void on_tried (std::uint64_t number, const StoreResult &result);
  void refuse_state_message (const std::string &reason);
  void give_up_state_message ();
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
  PublicationPtr state_message_; // whose turn it is, until it is applied
  base::MessageId state_before_;
  std::deque<PublicationPtr> parked_;
  std::uint64_t last_trial_ = 0;

  // Before a change is said, the store tries it out.
  struct Trial
  {
    enum class State : std::uint8_t
    {
      collecting, // the head is not complete
      trying,     // what is here waits for the store's word
      passed,
    } state
        = State::collecting;
    std::uint64_t number = 0;
    base::Bytes head;
    PartChecker checker;
    std::vector<Chunk> withheld;
    std::size_t withheld_bytes = 0;
  };
  Trial trial_; // of state_message_

  // The store failed.
  bool is_failing_ = false;    // waiting for what is under way
  bool is_discarding_ = false; // echoes of what never was may still come
  std::string store_error_;    // empty: the store works
  base::TimePoint retry_at_ = base::time_never;
  base::TimePoint blocked_until_ = base::TimePoint::min ();
  std::vector<std::pair<base::MessageId, std::uint64_t>> to_cancel_;
};
} // namespace psyc::core
