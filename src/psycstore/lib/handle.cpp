// SPDX-License-Identifier: AGPL-3.0-or-later
#include "psycstore/lib/handle.hpp"

#include <utility>

using psycstore::Operation;

namespace
{
// On their way to the service and not answered.
constexpr std::size_t sent_bytes_max = std::size_t{ 4 } << 20;
// What an operation costs besides its message.
constexpr std::size_t operation_overhead = 512;
} // namespace

GNUNET_PSYCSTORE_Handle::GNUNET_PSYCSTORE_Handle (
    const struct GNUNET_CONFIGURATION_Handle *cfg)
    : link_ (shell::ServiceLink::open<psycstore::ServiceMessages> (
        cfg, "psycstore",
        { [this] { on_connected (); }, [this] { on_disconnected (); },
          [this] (base::ByteView message) { return on_message (message); } })),
      say_ ([this] { say_what_fits (); })
{}

GNUNET_PSYCSTORE_Handle::~GNUNET_PSYCSTORE_Handle ()
{
  *is_alive_ = false;
  for (auto &[number, operation] : operations_)
    operation->handle = nullptr;
}

Operation *
GNUNET_PSYCSTORE_Handle::start (std::shared_ptr<Operation> operation)
{
  operation->number = ++last_number_;
  operation->size = operation_overhead;
  for (const base::Bytes &message : operation->messages (operation->number))
    operation->size += message.size ();
  if (pending_bytes_ + operation->size > GNUNET_PSYCSTORE_PENDING_MAX)
    return nullptr;
  operation->handle = this;
  pending_bytes_ += operation->size;
  Operation *out = operation.get ();
  operations_.emplace (out->number, std::move (operation));
  say_soon ();
  return out;
}

void
GNUNET_PSYCSTORE_Handle::forget (Operation &operation)
{
  if (operation.is_sent && operation.is_read ())
    link_->send (psycstore::Cancel{ operation.number });
  remove (operation);
}

void
GNUNET_PSYCSTORE_Handle::remove (Operation &operation)
{
  pending_bytes_ -= operation.size;
  if (operation.is_sent)
    sent_bytes_ -= operation.size;
  operation.handle = nullptr;
  operations_.erase (operation.number); // frees it unless it is being called
  say_soon ();
}

void
GNUNET_PSYCSTORE_Handle::say_soon ()
{
  if (! say_.is_armed () && operations_.size () > 0
      && operations_.rbegin ()->first >= next_to_say_)
    say_.arm_now ();
}

void
GNUNET_PSYCSTORE_Handle::on_connected ()
{
  say_what_fits ();
}

void
GNUNET_PSYCSTORE_Handle::on_disconnected ()
{
  for (auto &[number, operation] : operations_)
    operation->is_sent = false;
  sent_bytes_ = 0;
  next_to_say_ = 1;
}

void
GNUNET_PSYCSTORE_Handle::say_what_fits ()
{
  if (! link_ || ! link_->is_connected ())
    return;
  psycstore::Bundler bundler;
  const auto flush = [&]
  {
    if (! bundler.is_empty ())
      link_->send_bytes (bundler.take ());
  };
  for (auto it = operations_.lower_bound (next_to_say_);
       operations_.end () != it
       && (0 == sent_bytes_
           || sent_bytes_ + it->second->size <= sent_bytes_max);
       ++it)
  {
    Operation &operation = *it->second;
    for (const base::Bytes &message : operation.messages (operation.number))
    {
      if (bundler.is_full_for (message))
        flush ();
      bundler.add (message);
    }
    operation.is_sent = true;
    sent_bytes_ += operation.size;
    next_to_say_ = operation.number + 1;
  }
  flush ();
}

bool
GNUNET_PSYCSTORE_Handle::on_message (base::ByteView bytes)
{
  bool is_sensible = true;
  const auto result = psycstore::ServiceMessages::dispatch (
      bytes,
      [&] (const auto &message)
      {
        using Message = std::remove_cvref_t<decltype (message)>;
        if constexpr (std::is_same_v<Message, psycstore::Bundle>)
          is_sensible = on_bundle (message);
        else
          is_sensible = on_answer (message);
      });
  return wire::DispatchResult::ok == result && is_sensible;
}

// Touches nothing of us once a callback has destroyed us.
bool
GNUNET_PSYCSTORE_Handle::on_bundle (const psycstore::Bundle &bundle)
{
  const std::shared_ptr<bool> is_alive = is_alive_;
  base::ByteView rest = bundle.messages.bytes;
  while (*is_alive && ! rest.empty ())
  {
    const auto message = psycstore::next_of_bundle (rest);
    if (! message || ! on_message (*message))
      return false;
  }
  return true;
}

template <typename Message>
bool
GNUNET_PSYCSTORE_Handle::on_answer (const Message &message)
{
  const auto found = operations_.find (message.operation);
  if (operations_.end () == found)
    return true; // was cancelled meanwhile
  const std::shared_ptr<Operation> operation = found->second;
  if constexpr (std::is_same_v<Message, psycstore::Result>)
  {
    remove (*operation);
    operation->finish (message); // may destroy us
    return true;
  }
  else
    return operation->on (message); // may destroy us
}

void
psycstore::ResultOperation::stop ()
{
  end ({ 0, static_cast<std::int64_t> (count_), {} });
}

void
psycstore::ResultOperation::end (const Result &result)
{
  if (! is_wanted ())
    return;               // was cancelled from within the callback
  handle->forget (*this); // whoever called us holds another reference
  call (result);
}
