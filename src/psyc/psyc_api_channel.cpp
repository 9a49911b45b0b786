// SPDX-License-Identifier: AGPL-3.0-or-later
//
// See psyc_api_channel.hpp.
#include "psyc/psyc_api_channel.hpp"

#include "psyc/psyc_api_upload.hpp"

using namespace psyc;

GNUNET_PSYC_Channel::GNUNET_PSYC_Channel (
    api::MessageSink sink, std::unique_ptr<api::Transmission> transmission)
    : Handle (local::from_now), sink_ (sink),
      transmission_ (std::move (transmission))
{}

// ---- Connection --------------------------------------------------------

void
GNUNET_PSYC_Channel::on_usable ()
{
  sender_.on_link_up ();
  pump ();
  for (const auto &[id, upload] : uploads_)
    if (api::is_watch (*upload))
      say (local::UploadQuery{ id, upload->tag });
  // An answer may end any of them, and the channel.
  const auto operations = operations_;
  for (const auto &[op_id, operation] : operations)
    if (! is_ended () && operations_.contains (op_id))
      operation->ask ();
}

void
GNUNET_PSYC_Channel::on_lost ()
{
  sender_.on_link_down ();
  pump ();
  for (const auto &[op_id, operation] : operations_)
    operation->on_lost ();
}

void
GNUNET_PSYC_Channel::on_end ()
{
  transmission_->drop ();
  uploads_.clear ();
  operations_.clear ();
}

// ---- Reading the log ---------------------------------------------------

bool
GNUNET_PSYC_Channel::on (local::Fragment &&fragment)
{
  if (local::log_stream != fragment.stream_id)
    return to_operation (fragment.stream_id, std::move (fragment));
  if (! api::is_fragment (fragment.message.bytes))
    return false;
  if (advance_cursor (fragment.fragment_id)
      && begun_.takes (fragment.message.bytes))
    api::deliver (sink_, fragment.message.bytes,
                  [this] { return ! is_ended (); });
  acknowledge (local::log_stream, local::stream_cost (fragment));
  return true;
}

// The old interface has no word for a hole: readers that care observe.
bool
GNUNET_PSYC_Channel::on (local::Gap &&gap)
{
  if (local::log_stream != gap.stream_id)
    return to_operation (gap.stream_id, std::move (gap));
  (void)advance_cursor (gap.last);
  acknowledge (local::log_stream, local::stream_cost (gap));
  return true;
}

// ---- Operations --------------------------------------------------------

void
GNUNET_PSYC_Channel::add_operation (std::shared_ptr<api::Operation> operation)
{
  if (is_started ())
    operation->ask ();
  const std::uint64_t op_id = operation->op_id ();
  operations_.emplace (op_id, std::move (operation));
}

std::shared_ptr<api::Operation>
GNUNET_PSYC_Channel::find_operation (std::uint64_t op_id) const
{
  const auto found = operations_.find (op_id);
  return operations_.end () == found ? nullptr : found->second;
}

void
GNUNET_PSYC_Channel::drop_answered (api::Operation &operation)
{
  forget_stream (operation.op_id ());
  operations_.erase (operation.op_id ());
}

void
GNUNET_PSYC_Channel::drop_unanswered (api::Operation &operation)
{
  const auto keep = find_operation (operation.op_id ());
  operation.cancel ();
  if (is_started ())
    say (local::OperationCancel{ operation.op_id () });
  drop_answered (operation);
}

// What comes for an operation that was cancelled meanwhile is no fault.
template <typename M>
bool
GNUNET_PSYC_Channel::to_operation (std::uint64_t op_id, M &&message)
{
  if (0 == op_id || op_id > last_op_id_)
    return false;
  const auto operation = find_operation (op_id);
  return ! operation || operation->on (std::forward<M> (message));
}

bool
GNUNET_PSYC_Channel::on (local::OperationResult &&result)
{
  return to_operation (result.op_id, std::move (result));
}

bool
GNUNET_PSYC_Channel::on (local::StateValue &&value)
{
  return to_operation (value.op_id, std::move (value));
}

bool
GNUNET_PSYC_Channel::on (local::StateEvent &&event)
{
  if (nullptr != state_cb_)
    state_cb_ (state_cls_,
               static_cast<enum GNUNET_PSYC_StateEvent> (event.change),
               event.message_id);
  return true;
}

bool
GNUNET_PSYC_Channel::on (local::HistoryRange &&range)
{
  return to_operation (range.op_id, std::move (range));
}

bool
GNUNET_PSYC_Channel::on (local::Info &&info)
{
  return to_operation (info.op_id, std::move (info));
}

// ---- Sending -----------------------------------------------------------

GNUNET_PSYC_Upload *
GNUNET_PSYC_Channel::upload (const base::SendTag &tag, std::uint32_t flags,
                             GNUNET_PSYC_UploadReadyCallback ready_cb,
                             GNUNET_PSYC_SendStateCallback state_cb, void *cls)
{
  const Sender::UploadId id = sender_.start (tag, flags);
  auto upload = std::make_shared<GNUNET_PSYC_Upload> (
      GNUNET_PSYC_Upload{ *this, id, ready_cb, state_cb, cls, tag, false });
  return uploads_.emplace (id, std::move (upload)).first->second.get ();
}

GNUNET_PSYC_Upload *
GNUNET_PSYC_Channel::watch (const base::SendTag &tag,
                            GNUNET_PSYC_SendStateCallback state_cb, void *cls)
{
  const std::uint64_t id = local::upload_watch_bit | ++last_watch_id_;
  auto upload = std::make_shared<GNUNET_PSYC_Upload> (
      GNUNET_PSYC_Upload{ *this, id, nullptr, state_cb, cls, tag, true });
  if (is_started ())
    say (local::UploadQuery{ id, tag });
  return uploads_.emplace (id, std::move (upload)).first->second.get ();
}

int
GNUNET_PSYC_Channel::push (GNUNET_PSYC_Upload &upload, base::ByteView parts)
{
  if (upload.has_end)
    return GNUNET_SYSERR;
  const auto result = sender_.push (upload.id, parts);
  if (Sender::Push::more == result || Sender::Push::wait == result)
    upload.has_end = api::ends_input (parts);
  pump ();
  if (upload.has_end && nullptr == upload.state_cb)
    detach (upload);
  switch (result)
  {
  case Sender::Push::more:
    return GNUNET_YES;
  case Sender::Push::wait:
    return GNUNET_NO;
  case Sender::Push::refused:
  case Sender::Push::unknown:
    break;
  }
  return GNUNET_SYSERR;
}

void
GNUNET_PSYC_Channel::cancel (GNUNET_PSYC_Upload &upload)
{
  const std::uint64_t id = upload.id;
  const bool is_watch = api::is_watch (upload);
  uploads_.erase (id);
  if (is_watch)
    return;
  sender_.cancel (id);
  sender_.detach (id);
  pump ();
}

void
GNUNET_PSYC_Channel::detach (GNUNET_PSYC_Upload &upload)
{
  const std::uint64_t id = upload.id;
  const bool goes_on = upload.has_end;
  const bool is_watch = api::is_watch (upload);
  uploads_.erase (id);
  if (is_watch)
    return;
  if (! goes_on)
    sender_.cancel (id);
  sender_.detach (id);
  pump ();
}

void
GNUNET_PSYC_Channel::pump ()
{
  while (auto effect = sender_.poll_effect ())
  {
    if (auto *parts = std::get_if<Sender::SendParts> (&*effect))
      say (local::Upload{ parts->upload_id, parts->tag, parts->flags,
                          parts->offset,
                          wire::Rest{ std::move (parts->parts) } });
    else if (const auto *cancelled = std::get_if<Sender::SendCancel> (&*effect))
      say (local::UploadCancel{ cancelled->upload_id });
    else if (const auto *query = std::get_if<Sender::SendQuery> (&*effect))
      say (local::UploadQuery{ query->upload_id, query->tag });
    else if (const auto *ready = std::get_if<Sender::Ready> (&*effect))
      defer ([this, id = ready->upload_id] { on_ready (id); });
    else if (auto *state = std::get_if<Sender::State> (&*effect))
      defer ([this, it = std::move (*state)] { on_send_state (it); });
  }
}

void
GNUNET_PSYC_Channel::on_ready (Sender::UploadId id)
{
  if (transmission_->is_pulling (id))
  {
    transmission_->on_ready ();
    return;
  }
  const auto found = uploads_.find (id);
  if (uploads_.end () != found && nullptr != found->second->ready_cb)
    found->second->ready_cb (found->second->cls);
}

void
GNUNET_PSYC_Channel::on_send_state (const Sender::State &state)
{
  const bool is_final = transfer::is_final (state.state);
  if (transmission_->is_pulling (state.upload_id))
  {
    if (is_final)
      transmission_->on_failed ();
    return;
  }
  const auto found = uploads_.find (state.upload_id);
  if (uploads_.end () == found)
    return;
  // The callback may do anything with the handle.
  const std::shared_ptr<GNUNET_PSYC_Upload> upload = found->second;
  if (nullptr != upload->state_cb)
    upload->state_cb (upload->cls,
                      static_cast<enum GNUNET_PSYC_SendState> (state.state),
                      state.request_id, state.message_id, state.code,
                      state.reason.empty () ? nullptr : state.reason.c_str ());
  if (is_final && ! is_ended ())
    uploads_.erase (state.upload_id);
}

bool
GNUNET_PSYC_Channel::on (local::UploadCredit &&credit)
{
  sender_.on_credit (credit.upload_id, credit.bytes);
  pump ();
  return true;
}

bool
GNUNET_PSYC_Channel::on (local::UploadState &&said)
{
  const Sender::State state{ said.upload_id,  said.state, said.request_id,
                             said.message_id, said.code,  said.reason };
  if (0 != (said.upload_id & local::upload_watch_bit))
    defer ([this, state] { on_send_state (state); });
  else
    sender_.on_state (state);
  pump ();
  return true;
}
