// SPDX-License-Identifier: AGPL-3.0-or-later
//
// See psyc_api_operation.hpp.
#include "psyc/psyc_api_operation.hpp"

#include "psyc/psyc_api_channel.hpp"

using namespace psyc;

namespace psyc::api
{
bool
Operation::is_wanted () const
{
  return ! is_over_ && ! channel_.is_ended ();
}

void
Operation::finish ()
{
  is_over_ = true;
  channel_.drop_answered (*this);
}
} // namespace psyc::api

// ---- History -----------------------------------------------------------

GNUNET_PSYC_HistoryRequest::GNUNET_PSYC_HistoryRequest (
    struct GNUNET_PSYC_Channel &channel, local::HistoryStart question,
    api::MessageSink sink, GNUNET_ResultCallback result_cb)
    : Operation (channel, question.op_id), question_ (std::move (question)),
      sink_ (sink), result_cb_ (result_cb)
{}

void
GNUNET_PSYC_HistoryRequest::ask ()
{
  if (! inflow_.has_end ())
    channel ().say (question_);
}

void
GNUNET_PSYC_HistoryRequest::on_lost ()
{
  was_lost_ = true;
  if (! inflow_.has_end ())
    inflow_.clear ();
}

void
GNUNET_PSYC_HistoryRequest::hold ()
{
  inflow_.hold ();
}

void
GNUNET_PSYC_HistoryRequest::release ()
{
  inflow_.release ();
  channel ().defer (
      [operation
       = std::weak_ptr<Operation> (channel ().find_operation (op_id ()))]
      {
        if (const auto keep = operation.lock ())
          static_cast<GNUNET_PSYC_HistoryRequest &> (*keep).drain ();
      });
}

bool
GNUNET_PSYC_HistoryRequest::on (local::Fragment &&fragment)
{
  if (! api::is_fragment (fragment.message.bytes))
    return false;
  return take_in (std::move (fragment));
}

bool
GNUNET_PSYC_HistoryRequest::on (local::Gap &&gap)
{
  return take_in (gap);
}

bool
GNUNET_PSYC_HistoryRequest::on (local::OperationResult &&result)
{
  return take_in (std::move (result));
}

// The selection "the newest n" would slide when asked anew; ids do not.
bool
GNUNET_PSYC_HistoryRequest::on (local::HistoryRange &&range)
{
  question_.mode = local::HistoryMode::range;
  question_.first = range.first_message_id;
  question_.last = range.last_message_id;
  return true;
}

bool
GNUNET_PSYC_HistoryRequest::take_in (api::Inflow::Item item)
{
  if (! inflow_.push (std::move (item)))
    return false;
  drain ();
  return true;
}

void
GNUNET_PSYC_HistoryRequest::drain ()
{
  if (is_draining_)
    return;
  is_draining_ = true;
  while (is_wanted ())
  {
    auto item = inflow_.take ();
    if (! item)
      break;
    std::visit ([this] (auto &it) { hand_on (it); }, *item);
  }
  is_draining_ = false;
}

void
GNUNET_PSYC_HistoryRequest::hand_on (local::Fragment &fragment)
{
  const auto *header = api::as_fragment (fragment.message.bytes);
  const std::uint64_t message_id = GNUNET_ntohll (header->message_id);
  // Message by message: one that others were said into comes as a whole.
  const bool is_new
      = message_id > question_.first
        || (message_id == question_.first
            && fragment.fragment_id > question_.after_fragment_id);
  if (is_new)
  {
    question_.first = message_id;
    question_.after_fragment_id = fragment.fragment_id;
    if (0 == header->fragment_offset)
      message_count_++;
    api::add_flag (fragment.message.bytes, GNUNET_PSYC_MESSAGE_HISTORIC);
    api::deliver (sink_, fragment.message.bytes,
                  [this] { return is_wanted (); });
  }
  if (is_wanted ())
    channel ().acknowledge (op_id (), local::stream_cost (fragment));
}

void
GNUNET_PSYC_HistoryRequest::hand_on (local::Gap &gap)
{
  channel ().acknowledge (op_id (), local::stream_cost (gap));
}

void
GNUNET_PSYC_HistoryRequest::hand_on (local::OperationResult &result)
{
  finish ();
  // A service that was asked again counts only what it sent then.
  const bool is_part = was_lost_ && result.result >= 0;
  api::report (result_cb_, sink_.cls, is_part ? message_count_ : result.result,
               result.error);
}

// ---- State -------------------------------------------------------------

GNUNET_PSYC_StateRequest::GNUNET_PSYC_StateRequest (
    struct GNUNET_PSYC_Channel &channel, local::StateGet question,
    GNUNET_PSYC_StateVarCallback var_cb, GNUNET_ResultCallback result_cb,
    void *cls)
    : Operation (channel, question.op_id), question_ (std::move (question)),
      var_cb_ (var_cb), result_cb_ (result_cb), cls_ (cls)
{}

void
GNUNET_PSYC_StateRequest::ask ()
{
  if (0 != missing_)
    end (GNUNET_SYSERR, "the service went away in the middle of a value");
  else if (has_any_ && local::StateMatch::best == question_.match)
    end (GNUNET_YES, {});
  else
    channel ().say (question_);
}

bool
GNUNET_PSYC_StateRequest::on (local::StateValue &&value)
{
  if (! take (value.part.bytes))
    return false;
  if (! is_wanted ())
    return true;
  if (is_held_)
    unacknowledged_ += local::stream_cost (value);
  else
    channel ().acknowledge (op_id (), local::stream_cost (value));
  return true;
}

void
GNUNET_PSYC_StateRequest::release ()
{
  is_held_ = false;
  if (const auto bytes = std::exchange (unacknowledged_, 0); 0 < bytes)
    channel ().acknowledge (op_id (), bytes);
}

void
GNUNET_PSYC_StateRequest::on_lost ()
{
  unacknowledged_ = 0; // the window begins anew
}

// One part: the start of a variable, or more of its value.
bool
GNUNET_PSYC_StateRequest::take (const base::Bytes &bytes)
{
  PartReader reader (bytes);
  const auto part = reader.next ();
  if (! part || ! reader.rest ().empty ())
    return false;
  base::ByteView value;
  std::uint32_t full_size = 0;
  if (const auto *modifier = std::get_if<ModifierPart> (&*part))
  {
    if (0 != missing_)
      return false;
    name_ = modifier->name;
    value = modifier->value;
    missing_ = full_size = modifier->full_value_size;
  }
  else if (const auto *more = std::get_if<ModContPart> (&*part))
    value = more->value;
  else
    return false;
  if (value.size () > missing_)
    return false;
  missing_ -= static_cast<std::uint32_t> (value.size ());
  has_any_ = true;
  if (0 == missing_)
    question_.after_name = name_;
  if (nullptr != var_cb_)
    var_cb_ (
        cls_,
        reinterpret_cast<const struct GNUNET_MessageHeader *> (bytes.data ()),
        name_.c_str (), value.data (),
        static_cast<std::uint32_t> (value.size ()), full_size);
  return true;
}

bool
GNUNET_PSYC_StateRequest::on (local::OperationResult &&result)
{
  const bool has_found = has_any_ && GNUNET_NO == result.result;
  end (has_found ? std::int64_t{ GNUNET_YES } : result.result, result.error);
  return true;
}

void
GNUNET_PSYC_StateRequest::end (std::int64_t result, const std::string &error)
{
  if (nullptr != var_cb_)
    var_cb_ (cls_, nullptr, nullptr, nullptr, 0, 0);
  if (! is_wanted ())
    return;
  finish ();
  api::report (result_cb_, cls_, result, error);
}

// ---- Info --------------------------------------------------------------

GNUNET_PSYC_InfoRequest::GNUNET_PSYC_InfoRequest (
    struct GNUNET_PSYC_Channel &channel, std::uint64_t op_id,
    GNUNET_PSYC_InfoCallback cb, void *cls)
    : Operation (channel, op_id), cb_ (cb), cls_ (cls)
{}

void
GNUNET_PSYC_InfoRequest::ask ()
{
  channel ().say (local::InfoGet{ op_id () });
}

bool
GNUNET_PSYC_InfoRequest::on (local::Info &&info)
{
  const struct GNUNET_PSYC_ChannelInfo out
      = { .head_fragment_id = info.head_fragment_id,
          .max_message_id = info.max_message_id,
          .settled_fragment_id = info.settled_fragment_id,
          .outbox_count = info.outbox_count,
          .member_count = info.member_count,
          .state = info.state,
          .position
          = { .parent = shell::to_gnunet<struct GNUNET_PeerIdentity> (
                  info.position.parent),
              .depth = info.position.depth,
              .is_rooted = info.position.is_rooted ? GNUNET_YES : GNUNET_NO,
              .child_count = info.position.child_count,
              .subtree_size = info.position.subtree_size,
              .lag = info.position.lag } };
  finish ();
  cb_ (cls_, &out);
  return true;
}
