// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The service without its sockets: queues what clients ask for, does what
// waits together in one transaction (group commit), and answers after the
// commit. Operations of one client are done and answered in their order; reads
// that give much go on in steps between the batches, as fast as their client
// takes what they give.
//
//   on_message --> queue of the client --on_idle--> batch --commit--> answers
//                                                     |
//                                  unfinished readers +--on_idle--> a page
//
// When a batch fails (disk full, say) it is rolled back and each of its
// operations is tried by itself, so that one cannot spoil another.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "psycstore/core/database.hpp"
#include "psycstore/core/outcome.hpp"
#include "psycstore/core/reads.hpp"
#include "psycstore/core/retention.hpp"

namespace psycstore
{
using ClientId = base::Id<struct StoreClientTag>;

// What the core wants done.
struct SendToClient
{
  ClientId client;
  // Say on_sent (client, size) when it has left.
  base::Bytes message;
};

// Let the client's next message come.
struct ReceiveFromClient
{
  ClientId client;
};

// It does not speak our language.
struct DropClient
{
  ClientId client;
};

// For the statistics.
struct Count
{
  std::string_view what;
  std::uint64_t by = 1;
};

using Effect = std::variant<SendToClient, ReceiveFromClient, DropClient, Count>;

class StoreCore
{
public:
  // Answers on their way to one client, and operations of it that wait.
  static constexpr std::size_t unsent_bytes_max = std::size_t{ 256 } << 10;
  static constexpr std::size_t waiting_bytes_max = std::size_t{ 4 } << 20;
  static constexpr std::size_t waiting_operations_max = 1024;
  static constexpr std::size_t page_bytes = std::size_t{ 64 } << 10;
  static constexpr std::size_t readers_max = 256;

  // `retention`: of channels for which nothing else was said.
  StoreCore (const port::HasherMaker &hashers, const port::Verifier &verifier,
             const Retention &retention = {})
      : hashers_ (hashers), verifier_ (verifier), retention_ (retention)
  {}

  // Without a database every operation is answered with `why_not`.
  void on_database (Database *db, std::string why_not);

  void on_client (ClientId client);
  void on_client_gone (ClientId client);
  void on_message (ClientId client, base::ByteView message);
  void on_sent (ClientId client, std::size_t bytes);
  void advance_time (base::TimePoint now);
  // When it wants to be told next.
  [[nodiscard]] base::TimePoint
  next_deadline () const
  {
    return retention_.next_deadline ();
  }
  // Nobody has said anything for a moment: time for a commit.
  void on_idle ();

  // What waits, of all clients together.
  struct Load
  {
    std::size_t operations = 0;
    std::size_t operation_bytes = 0;
    std::size_t readers = 0;
    std::size_t unsent_bytes = 0;
  };
  [[nodiscard]] Load load () const;

  // Is there something to do in on_idle?
  [[nodiscard]] bool has_work () const;
  [[nodiscard]] std::optional<Effect> poll_effect ();

private:
  struct Operation
  {
    std::uint64_t number = 0;
    std::size_t size = 0;
    // Of the channel more is stored afterwards.
    std::optional<base::ChannelKey> grows;
    // One of the two.
    std::function<Outcome (Database &)> change;
    std::function<std::unique_ptr<Reader> ()> make_reader;
  };

  struct RunningReader
  {
    std::uint64_t number = 0;
    std::unique_ptr<Reader> reader;
  };

  struct Client
  {
    std::deque<Operation> waiting;
    std::size_t waiting_bytes = 0;
    std::deque<RunningReader> readers;
    std::size_t unsent_bytes = 0;
    // Of those, what travels in the next bundle.
    Bundler outgoing;
    // What a batch has found for it so far.
    std::size_t batch_bytes = 0;
    // A message was taken and no next one was asked for yet.
    bool is_held = false;
    // What comes in pieces: a state, the head of a message.
    std::uint64_t pieces_number = 0;
    base::Bytes pieces;
    // Channels that it imports, and where their items are put meanwhile.
    std::map<base::ChannelKey, base::ChannelKey> imports;

    [[nodiscard]] bool
    is_full () const
    {
      return waiting_bytes >= waiting_bytes_max
             || waiting.size () >= waiting_operations_max;
    }

    [[nodiscard]] bool
    may_be_told () const
    {
      return unsent_bytes + batch_bytes < unsent_bytes_max;
    }
  };

  // One operation of a batch, and what came of it.
  struct Job
  {
    ClientId client;
    Operation operation;
    // Its client has been given enough for now.
    bool is_postponed = false;
    std::vector<base::Bytes> answers;
    // Nothing: its reader goes on.
    std::optional<Outcome> outcome;
    std::unique_ptr<Reader> reader;
  };

  [[nodiscard]] bool take_bundle (ClientId id, Client &client,
                                  const Bundle &bundle);
  template <typename M> void take (ClientId id, Client &client, M message);
  void make_change (Client &client, Operation &operation,
                    FragmentStore message);
  void make_change (Client &client, Operation &operation, StateModify message);
  void make_change (Client &client, Operation &operation, RetentionSet message);
  void make_change (Client &client, Operation &operation, ImportBegin message);
  void make_change (Client &client, Operation &operation, ImportItem message);
  void make_change (Client &client, Operation &operation, ImportEnd message);
  template <typename M>
  void make_change (Client &client, Operation &operation, M message);
  void cancel (Client &client, std::uint64_t number);
  template <typename M> void take_piece (Client &client, M message);
  void enqueue (Client &client, Operation operation);
  void let_receive (ClientId id, Client &client);

  [[nodiscard]] std::vector<Job> next_batch ();
  void run_batch ();
  [[nodiscard]] bool run_together (std::vector<Job> &jobs);
  void run_alone (Job &job);
  void run_in_transaction (Job &job);
  void postpone (std::vector<Job> &jobs);
  void finish (Job &job);
  void run_retention ();
  void remove_abandoned ();
  // In a transaction of its own; false when it failed.
  [[nodiscard]] bool
  run_transaction (const std::function<void (Database &)> &work);
  void turn_pages ();
  void turn_page (ClientId id, Client &client);

  void send (ClientId id, Client &client, base::Bytes message);
  void flush (ClientId id, Client &client);
  void send_result (ClientId id, Client &client, std::uint64_t number,
                    const Outcome &outcome);

  void count (std::string_view what, std::uint64_t by = 1);

  const port::HasherMaker &hashers_;
  const port::Verifier &verifier_;
  RetentionKeeper retention_;
  base::TimePoint now_;
  std::uint64_t last_staging_ = 0;
  // Of clients that went before their import was whole.
  std::vector<base::ChannelKey> abandoned_;
  Database *db_ = nullptr;
  std::string why_not_;
  std::map<ClientId, Client> clients_;
  std::deque<Effect> effects_;
  std::map<std::string_view, std::uint64_t> counts_;
};
} // namespace psycstore
