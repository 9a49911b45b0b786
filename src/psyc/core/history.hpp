// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Streams that answer one question of a client, under a window; here: stored
// messages, message by message, ascending by id.
#pragma once

#include <deque>
#include <optional>

#include "psyc/core/context.hpp"
#include "psyc/psyc_messages.hpp"

namespace psyc::core
{
// What a history stream needs of its channel.
class HistorySource
{
public:
  virtual ~HistorySource () = default;
  [[nodiscard]] virtual base::FragmentId settled () const = 0;
  [[nodiscard]] virtual base::MessageId newest_message () const = 0;
  // Messages up to this one may be missing here and be had from elsewhere;
  // none: all that there is is here.
  [[nodiscard]] virtual base::MessageId fetch_limit () const = 0;
  [[nodiscard]] virtual bool can_fetch () const = 0; // now
  // Brings them to our disk as far as they can be had, then calls.
  virtual void fetch (std::uint64_t first, std::uint64_t last,
                      std::function<void ()> on_fetched)
      = 0;
};

// One answer, sent in order under a window.
class ClientStream
{
public:
  ClientStream (Context &context, ClientId client, std::uint64_t op_id)
      : context_ (context), client_ (client), op_id_ (op_id)
  {}
  virtual ~ClientStream () = default;
  ClientStream (const ClientStream &) = delete;
  ClientStream &operator= (const ClientStream &) = delete;

  void
  on_ack (std::uint64_t bytes)
  {
    in_flight_ -= std::min (bytes, in_flight_);
    if (! is_done_)
      pump ();
  }
  [[nodiscard]] bool
  is_done () const
  {
    return is_done_;
  }

protected:
  virtual void pump () = 0;
  [[nodiscard]] bool
  has_room () const
  {
    return in_flight_ < local::stream_window_bytes / 2;
  }
  template <wire::Message M>
  void
  send (const M &message)
  {
    in_flight_ += local::stream_cost (message);
    context_.send (client_, message);
  }
  void
  end (std::int64_t result, const std::string &error)
  {
    is_done_ = true;
    context_.send (client_, local::OperationResult{ op_id_, result, error });
  }

  Context &context_;
  const ClientId client_;
  const std::uint64_t op_id_;

private:
  std::uint64_t in_flight_ = 0;
  bool is_done_ = false;
};

class HistoryStream : public ClientStream
{
public:
  HistoryStream (Context &context, ClientId client,
                 const local::HistoryStart &question, HistorySource &source);
  ~HistoryStream () override;
  void start ();

protected:
  void pump () override;

private:
  void fetch_next (std::function<void ()> then);
  void fetch_all ();
  void begin_reading ();
  void read (StoreCall call, std::size_t count_max);
  void read_on ();
  void on_read_end (const StoreResult &result, std::size_t count_max);
  void end_of_read ();
  void deliver (const StoredFragment &fragment);
  void tell_range ();

  local::HistoryStart question_;
  HistorySource &source_;
  std::shared_ptr<int> alive_ = std::make_shared<int> (0);
  // Of what is fetched from elsewhere, bit by bit. Up to `fetched_to_` it is
  // here as far as it can be had.
  std::uint64_t fetched_to_ = 0;
  std::uint64_t fetch_last_ = 0;
  bool is_fetching_ = false;

  base::FragmentId limit_; // what is settled when reading begins
  std::uint64_t first_ = 0;
  std::uint64_t last_ = 0;
  std::uint64_t next_ = 0;    // message to read next
  std::uint64_t read_to_ = 0; // by the read under way
  bool is_all_read_ = false;
  bool is_range_told_ = false;
  std::uint64_t reading_ = 0;
  std::size_t items_ = 0; // of the read under way
  std::deque<FragmentPtr> buffer_;
  // The message of which a read brought only the beginning, and where it goes
  // on.
  std::optional<base::MessageId> cut_;
  std::uint64_t cut_offset_ = 0;
  CheckpointFilter filter_;
  std::uint64_t message_count_ = 0;
  base::MessageId last_delivered_;
};
} // namespace psyc::core
