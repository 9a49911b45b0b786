// SPDX-License-Identifier: AGPL-3.0-or-later
#include "psycstore/core/store_core.hpp"

#include <algorithm>
#include <utility>

#include "psycstore/core/changes.hpp"
#include "psycstore/core/import.hpp"
#include "psycstore/core/staging.hpp"
#include "psycstore/core/state.hpp"

namespace psycstore
{
namespace
{
constexpr std::size_t batch_operations_max = 2048;
constexpr std::size_t message_bytes_max = 1000;
constexpr const char *interrupted_import
    = "the import was interrupted: nothing was changed, begin again";

template <typename M>
concept Change = requires (Database &db, const M &m)
{
  change (db, m);
};

template <typename M>
concept Read = requires (M m)
{
  make_reader (std::move (m));
};
} // namespace

void
StoreCore::on_database (Database *db, std::string why_not)
{
  db_ = db;
  why_not_ = std::move (why_not);
  retention_.look_at_all ();
  if (nullptr == db_)
    return;
  for (auto &[id, client] : clients_)
    client.imports.clear ();
  abandoned_.clear ();
  (void)run_transaction (&remove_stagings);
}

void
StoreCore::advance_time (base::TimePoint now)
{
  now_ = now;
  retention_.advance_time (now);
}

void
StoreCore::on_client (ClientId client)
{
  clients_.try_emplace (client);
}

void
StoreCore::on_client_gone (ClientId client)
{
  const auto found = clients_.find (client);
  if (clients_.end () == found)
    return;
  for (const auto &[channel, staging] : found->second.imports)
    abandoned_.push_back (staging);
  clients_.erase (found);
}

void
StoreCore::on_message (ClientId id, base::ByteView message)
{
  const auto found = clients_.find (id);
  if (clients_.end () == found)
    return;
  Client &client = found->second;
  client.is_held = true;
  bool is_sensible = true;
  const auto result = ClientMessages::dispatch (
      message,
      [&] (auto decoded)
      {
        if constexpr (std::is_same_v<decltype (decoded), Bundle>)
          is_sensible = take_bundle (id, client, decoded);
        else
          take (id, client, std::move (decoded));
      });
  if (wire::DispatchResult::ok != result || ! is_sensible)
  {
    effects_.push_back (Count{ "# malformed messages from clients" });
    effects_.push_back (DropClient{ id });
    return;
  }
  let_receive (id, client);
}

bool
StoreCore::take_bundle (ClientId id, Client &client, const Bundle &bundle)
{
  base::ByteView rest = bundle.messages.bytes;
  while (! rest.empty ())
  {
    const auto message = next_of_bundle (rest);
    if (! message)
      return false;
    const auto result = ClientMessages::dispatch (
        *message,
        [&] (auto decoded)
        {
          if constexpr (! std::is_same_v<decltype (decoded), Bundle>)
            take (id, client, std::move (decoded));
        });
    if (wire::DispatchResult::ok != result)
      return false;
  }
  return true;
}

template <typename M>
void
StoreCore::take (ClientId, Client &client, M message)
{
  if constexpr (std::is_same_v<M, Cancel>)
    cancel (client, message.operation);
  else if constexpr (std::is_same_v<M,
                                    StateSync> || std::is_same_v<M, StateTry>)
    take_piece (client, std::move (message));
  else
  {
    Operation operation;
    operation.number = message.operation;
    operation.size = sizeof (M);
    if constexpr (requires { message.fragment.bytes; })
      operation.size += message.fragment.bytes.size ();
    if constexpr (requires { message.request.bytes; })
      operation.size += message.request.bytes.size ();
    if constexpr (requires { message.data.bytes; })
      operation.size += message.data.bytes.size ();
    if constexpr (std::is_same_v<M, StateInfoGet>)
      operation.make_reader = [this, message = std::move (message)]
      { return make_reader (message, hashers_); };
    else if constexpr (std::is_same_v<M, Check>)
      operation.make_reader = [this, message = std::move (message)]
      { return make_reader (message, verifier_); };
    else if constexpr (Read<M>)
      operation.make_reader
          = [message = std::move (message)] { return make_reader (message); };
    else
      make_change (client, operation, std::move (message));
    enqueue (client, std::move (operation));
  }
}

template <typename M>
void
StoreCore::make_change (Client &, Operation &operation, M message)
{
  static_assert (Change<M>);
  operation.change = [message = std::move (message)] (Database &db)
  { return change (db, message); };
}

void
StoreCore::make_change (Client &, Operation &operation, FragmentStore message)
{
  if (0 == message.stored_at)
    message.stored_at = static_cast<std::uint64_t> (
        std::chrono::duration_cast<base::seconds> (now_.time_since_epoch ())
            .count ());
  operation.grows = message.channel;
  operation.change = [message = std::move (message)] (Database &db)
  { return change (db, message); };
}

void
StoreCore::make_change (Client &, Operation &operation, StateModify message)
{
  operation.change = [this, message] (Database &db)
  { return modify_state (db, hashers_, message); };
}

void
StoreCore::make_change (Client &, Operation &operation, RetentionSet message)
{
  operation.change = [this, message] (Database &db)
  {
    retention_.on_retention (message.channel);
    return change (db, message);
  };
}

void
StoreCore::make_change (Client &client, Operation &operation,
                        ImportBegin message)
{
  const auto [it, is_new] = client.imports.try_emplace (message.channel);
  if (! is_new)
    abandoned_.push_back (it->second); // it begins anew
  it->second = staging_key (++last_staging_);
  operation.change
      = [message] (Database &db) { return begin_import (db, message.channel); };
}

void
StoreCore::make_change (Client &client, Operation &operation,
                        ImportItem message)
{
  operation.size += message.item.bytes.size ();
  const auto found = client.imports.find (message.channel);
  if (client.imports.end () == found)
    operation.change = [] (Database &) { return refused (interrupted_import); };
  else
    operation.change = [this, staging = found->second,
                        message = std::move (message)] (Database &db)
    { return import_item (db, verifier_, staging, message); };
}

void
StoreCore::make_change (Client &client, Operation &operation, ImportEnd message)
{
  const auto found = client.imports.find (message.channel);
  if (client.imports.end () == found)
  {
    operation.change = [] (Database &) { return refused (interrupted_import); };
    return;
  }
  operation.grows = message.channel;
  operation.change
      = [staging = found->second, channel = message.channel] (Database &db)
  { return end_import (db, staging, channel); };
  client.imports.erase (found);
}

void
StoreCore::cancel (Client &client, std::uint64_t number)
{
  std::erase_if (client.readers, [number] (const RunningReader &running)
                 { return running.number == number; });
  const auto it = std::find_if (client.waiting.begin (), client.waiting.end (),
                                [number] (const Operation &operation) {
                                  return operation.number == number
                                         && operation.make_reader;
                                });
  if (client.waiting.end () == it)
    return;
  client.waiting_bytes -= it->size;
  client.waiting.erase (it);
}

template <typename M>
void
StoreCore::take_piece (Client &client, M message)
{
  if (client.pieces_number != message.operation)
    client.pieces.clear ();
  client.pieces_number = message.operation;
  if (client.pieces.size () <= state_change_bytes_max)
    client.pieces.insert (client.pieces.end (), message.piece.bytes.begin (),
                          message.piece.bytes.end ());
  if (! message.is_last)
    return;
  message.piece.bytes = std::exchange (client.pieces, {});
  client.pieces_number = 0;
  Operation operation;
  operation.number = message.operation;
  operation.size = message.piece.bytes.size ();
  operation.change = [this, message = std::move (message)] (Database &db)
  {
    if (message.piece.bytes.size () > state_change_bytes_max)
      return refused ("more than 17 MiB of state at once");
    if constexpr (std::is_same_v<M, StateSync>)
      return replace_state (db, hashers_, message, message.piece.bytes);
    else
      return try_state (db, hashers_, message, message.piece.bytes);
  };
  enqueue (client, std::move (operation));
}

void
StoreCore::enqueue (Client &client, Operation operation)
{
  client.waiting_bytes += operation.size;
  client.waiting.push_back (std::move (operation));
}

void
StoreCore::let_receive (ClientId id, Client &client)
{
  if (! client.is_held || client.is_full ())
    return;
  client.is_held = false;
  effects_.push_back (ReceiveFromClient{ id });
}

void
StoreCore::on_sent (ClientId id, std::size_t bytes)
{
  const auto found = clients_.find (id);
  if (clients_.end () != found)
    found->second.unsent_bytes -= std::min (bytes, found->second.unsent_bytes);
}

bool
StoreCore::has_work () const
{
  if (nullptr != db_ && (retention_.has_work () || ! abandoned_.empty ()))
    return true;
  return std::any_of (clients_.begin (), clients_.end (),
                      [] (const auto &entry)
                      {
                        const Client &client = entry.second;
                        return client.may_be_told ()
                               && ! (client.waiting.empty ()
                                     && client.readers.empty ());
                      });
}

void
StoreCore::on_idle ()
{
  run_batch ();
  turn_pages ();
  remove_abandoned ();
  run_retention ();
  for (auto &[id, client] : clients_)
  {
    flush (id, client);
    let_receive (id, client);
  }
  for (const auto &[what, by] : std::exchange (counts_, {}))
    effects_.push_back (Count{ what, by });
}

std::optional<Effect>
StoreCore::poll_effect ()
{
  if (effects_.empty ())
    return std::nullopt;
  Effect effect = std::move (effects_.front ());
  effects_.pop_front ();
  return effect;
}

std::vector<StoreCore::Job>
StoreCore::next_batch ()
{
  std::vector<Job> jobs;
  for (auto &[id, client] : clients_)
    while (client.may_be_told () && ! client.waiting.empty ()
           && client.readers.size () < readers_max
           && jobs.size () < batch_operations_max)
    {
      Job &job = jobs.emplace_back ();
      job.client = id;
      job.operation = std::move (client.waiting.front ());
      client.waiting.pop_front ();
      client.waiting_bytes -= job.operation.size;
    }
  return jobs;
}

void
StoreCore::run_batch ()
{
  std::vector<Job> jobs = next_batch ();
  if (jobs.empty ())
    return;
  if (nullptr == db_)
    for (Job &job : jobs)
      job.outcome = refused (why_not_);
  else if (! run_together (jobs))
  {
    count ("# batches rolled back");
    for (auto &[id, client] : clients_)
      client.batch_bytes = 0;
    for (Job &job : jobs)
      run_alone (job);
  }
  postpone (jobs);
  for (Job &job : jobs)
    if (! job.is_postponed)
      finish (job);
}

// What was not done goes back to the head of its queue, in order.
void
StoreCore::postpone (std::vector<Job> &jobs)
{
  for (auto it = jobs.rbegin (); it != jobs.rend (); ++it)
    if (it->is_postponed)
    {
      Client &client = clients_[it->client];
      client.waiting_bytes += it->operation.size;
      client.waiting.push_front (std::move (it->operation));
    }
  for (auto &[id, client] : clients_)
    client.batch_bytes = 0;
}

void
StoreCore::count (std::string_view what, std::uint64_t by)
{
  counts_[what] += by;
}

StoreCore::Load
StoreCore::load () const
{
  Load out;
  for (const auto &[id, client] : clients_)
  {
    out.operations += client.waiting.size ();
    out.operation_bytes += client.waiting_bytes;
    out.readers += client.readers.size ();
    out.unsent_bytes += client.unsent_bytes;
  }
  return out;
}

bool
StoreCore::run_together (std::vector<Job> &jobs)
{
  const bool has_changes = std::any_of (
      jobs.begin (), jobs.end (),
      [] (const Job &job) { return static_cast<bool> (job.operation.change); });
  if (has_changes)
    db_->begin ();
  for (Job &job : jobs)
    run_in_transaction (job);
  if (has_changes)
    db_->commit ();
  if (! db_->take_failure ())
  {
    if (has_changes)
      count ("# commits");
    return true;
  }
  if (has_changes)
    db_->rollback ();
  (void)db_->take_failure ();
  return false;
}

void
StoreCore::run_alone (Job &job)
{
  const bool is_change = static_cast<bool> (job.operation.change);
  if (is_change)
    db_->begin ();
  run_in_transaction (job);
  if (is_change)
    db_->commit ();
  const auto failure = db_->take_failure ();
  if (! failure)
    return;
  if (is_change)
    db_->rollback ();
  (void)db_->take_failure ();
  job.answers.clear ();
  job.reader.reset ();
  job.outcome = refused (failure->message);
}

void
StoreCore::run_in_transaction (Job &job)
{
  job.is_postponed = ! clients_[job.client].may_be_told ();
  if (job.is_postponed)
    return;
  if (job.operation.change)
  {
    job.outcome = job.operation.change (*db_);
    return;
  }
  Page page (page_bytes);
  job.reader = job.operation.make_reader ();
  job.outcome = job.reader->step (*db_, page);
  job.answers = page.take ();
  for (const base::Bytes &answer : job.answers)
    clients_[job.client].batch_bytes += answer.size ();
}

void
StoreCore::finish (Job &job)
{
  const auto found = clients_.find (job.client);
  if (clients_.end () == found)
    return;
  Client &client = found->second;
  for (base::Bytes &answer : job.answers)
    send (job.client, client, std::move (answer));
  count ("# operations done");
  if (job.operation.grows && job.outcome && result_ok == job.outcome->result)
  {
    count ("# fragments stored");
    count ("# bytes of fragments stored", job.operation.size);
    retention_.on_stored (*job.operation.grows);
  }
  if (job.outcome)
    send_result (job.client, client, job.operation.number, *job.outcome);
  else
    client.readers.push_back ({ job.operation.number, std::move (job.reader) });
}

bool
StoreCore::run_transaction (const std::function<void (Database &)> &work)
{
  db_->begin ();
  work (*db_);
  db_->commit ();
  const auto failure = db_->take_failure ();
  if (! failure)
    return true;
  db_->rollback ();
  (void)db_->take_failure ();
  count ("# changes of the store's own that failed");
  return false;
}

void
StoreCore::remove_abandoned ()
{
  if (nullptr == db_ || abandoned_.empty ())
    return;
  (void)run_transaction (
      [this] (Database &db)
      {
        for (const base::ChannelKey &staging : abandoned_)
          db.channel_remove (staging);
      });
  abandoned_.clear (); // what could not be removed is at the next start
}

// A bounded step between the batches of others.
void
StoreCore::run_retention ()
{
  if (nullptr == db_ || ! retention_.has_work ())
    return;
  std::size_t removed = 0;
  const bool is_done = run_transaction ([&] (Database &db)
                                        { removed = retention_.step (db); });
  if (! is_done)
    retention_.postpone ();
  else if (0 != removed)
    count ("# fragments removed by retention", removed);
}

void
StoreCore::turn_pages ()
{
  for (auto &[id, client] : clients_)
    if (! client.readers.empty () && client.may_be_told ())
      turn_page (id, client);
}

// One page of the reader that waits longest.
void
StoreCore::turn_page (ClientId id, Client &client)
{
  RunningReader running = std::move (client.readers.front ());
  client.readers.pop_front ();
  Page page (page_bytes);
  std::optional<Outcome> outcome = running.reader->step (*db_, page);
  if (const auto failure = db_->take_failure ())
    outcome = refused (failure->message);
  for (base::Bytes &answer : page.take ())
    send (id, client, std::move (answer));
  if (outcome)
    send_result (id, client, running.number, *outcome);
  else
    client.readers.push_back (std::move (running));
}

void
StoreCore::send (ClientId id, Client &client, base::Bytes message)
{
  client.unsent_bytes += message.size ();
  if (client.outgoing.is_full_for (message))
    flush (id, client);
  client.outgoing.add (message);
}

void
StoreCore::flush (ClientId id, Client &client)
{
  if (client.outgoing.is_empty ())
    return;
  effects_.push_back (SendToClient{ id, client.outgoing.take () });
}

void
StoreCore::send_result (ClientId id, Client &client, std::uint64_t number,
                        const Outcome &outcome)
{
  count (result_failed == outcome.result ? "# operations refused or failed"
                                         : "# operations done");
  send (id, client,
        wire::must_encode (
            Result{ number, outcome.result,
                    outcome.message.substr (0, message_bytes_max) }));
}
} // namespace psycstore
