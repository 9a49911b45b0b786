// SPDX-License-Identifier: AGPL-3.0-or-later
//
// See psyc_api_master.hpp.
#include "psyc/psyc_api_master.hpp"

using namespace psyc;

namespace
{
// What master_relay () gives: cancelled, the request is only taken.
struct RelayHandle final : GNUNET_PSYC_MasterTransmitHandle
{
  explicit RelayHandle (GNUNET_PSYC_Master &owner) : master (owner) {}

  void
  cancel () override
  {
    master.unrelay ();
  }

  GNUNET_PSYC_Master &master;
};
} // namespace

GNUNET_PSYC_Master::GNUNET_PSYC_Master (local::MasterStart hello,
                                        Callbacks callbacks,
                                        api::MessageSink sink)
    : GNUNET_PSYC_Channel (
        sink, std::make_unique<GNUNET_PSYC_MasterTransmitHandle> ()),
      hello_ (std::move (hello)), callbacks_ (callbacks),
      relay_handle_ (std::make_unique<RelayHandle> (*this))
{}

void
GNUNET_PSYC_Master::say_hello ()
{
  hello_.after_fragment_id = cursor ();
  say (hello_);
}

void
GNUNET_PSYC_Master::on_start (const local::Started &started)
{
  if (nullptr != callbacks_.start_cb)
    callbacks_.start_cb (sink ().cls, static_cast<int> (started.result),
                         started.max_message_id);
}

void
GNUNET_PSYC_Master::on_usable ()
{
  for (const auto &[key, entry] : requests_)
    if (entry.decision)
      say (*entry.decision);
  GNUNET_PSYC_Channel::on_usable ();
}

void
GNUNET_PSYC_Master::on_lost ()
{
  for (const auto &[number, question] : questions_)
    question->is_stale = true;
  GNUNET_PSYC_Channel::on_lost ();
}

void
GNUNET_PSYC_Master::on_end ()
{
  questions_.clear ();
  requests_.clear ();
  GNUNET_PSYC_Channel::on_end ();
}

// ---- Door --------------------------------------------------------------

bool
GNUNET_PSYC_Master::on (local::JoinRequest &&request)
{
  if (nullptr == callbacks_.join_request_cb)
    return true;
  const std::uint64_t number = ++last_question_;
  const auto &question
      = questions_
            .emplace (number, std::make_unique<GNUNET_PSYC_JoinHandle> (
                                  GNUNET_PSYC_JoinHandle{
                                      *this, number, request.join_id, false }))
            .first->second;
  const auto *said = api::as_message (request.message.bytes);
  const std::size_t said_size
      = nullptr == said ? 0 : request.message.bytes.size ();
  struct GNUNET_PSYC_JoinRequestMessage head;
  if (said_size + sizeof (head) > wire::message_size_max)
    return false;
  head.header.type = htons (GNUNET_MESSAGE_TYPE_PSYC_JOIN_REQUEST);
  head.header.size
      = htons (static_cast<std::uint16_t> (sizeof (head) + said_size));
  head.slave_pub_key = shell::to_gnunet<struct GNUNET_CRYPTO_EcdsaPublicKey> (
      request.member_key);
  base::Bytes whole (sizeof (head) + said_size);
  std::memcpy (whole.data (), &head, sizeof (head));
  if (0 != said_size)
    std::memcpy (whole.data () + sizeof (head), request.message.bytes.data (),
                 said_size);
  callbacks_.join_request_cb (
      sink ().cls,
      reinterpret_cast<const struct GNUNET_PSYC_JoinRequestMessage *> (
          whole.data ()),
      &head.slave_pub_key, said, question.get ());
  return true;
}

void
GNUNET_PSYC_Master::decide (GNUNET_PSYC_JoinHandle &question,
                            local::JoinDecision decision)
{
  decision.join_id = question.join_id;
  if (! question.is_stale)
    say (decision);
  questions_.erase (question.number);
}

void
GNUNET_PSYC_Master::say_pending (const GNUNET_PSYC_JoinHandle &question)
{
  if (! question.is_stale)
    say (local::JoinPending{ question.join_id });
}

// ---- Requests ----------------------------------------------------------

void
GNUNET_PSYC_Master::set_flag (local::MasterFlags flag, const void *is_set)
{
  auto bits = static_cast<std::uint32_t> (hello_.flags);
  const auto bit = static_cast<std::uint32_t> (flag);
  bits = nullptr == is_set ? bits & ~bit : bits | bit;
  if (static_cast<local::MasterFlags> (bits) == hello_.flags)
    return;
  hello_.flags = static_cast<local::MasterFlags> (bits);
  if (is_started ())
    say (local::MasterMode{ hello_.flags });
}

void
GNUNET_PSYC_Master::handle_requests (GNUNET_PSYC_RequestCallback request_cb,
                                     void *cls)
{
  request_cb_ = request_cb;
  request_cls_ = cls;
  set_flag (local::MasterFlags::explicit_requests,
            reinterpret_cast<const void *> (request_cb));
}

bool
GNUNET_PSYC_Master::on (local::Request &&request)
{
  if (! api::is_fragment (request.message.bytes))
    return false;
  const RequestKey key{ request.member_key, request.request_id };
  const bool is_new = ! requests_.contains (key);
  auto &entry = requests_[key];
  if (is_new)
    entry.is_explicit = nullptr != request_cb_;
  if (is_new && entry.is_explicit)
    offer (request);
  else if (! entry.is_explicit && ! entry.decision)
    deliver_request (request);
  if (! is_ended ())
    acknowledge (local::log_stream, local::stream_cost (request));
  return true;
}

void
GNUNET_PSYC_Master::offer (const local::Request &request)
{
  const auto member = shell::to_gnunet<struct GNUNET_CRYPTO_EcdsaPublicKey> (
      request.member_key);
  request_cb_ (request_cls_, &member, request.request_id,
               api::as_fragment (request.message.bytes));
}

// What a lost connection had delivered already is not delivered again.
void
GNUNET_PSYC_Master::deliver_request (const local::Request &request)
{
  const RequestKey key{ request.member_key, request.request_id };
  auto &entry = requests_[key];
  base::Bytes message = request.message.bytes;
  const std::uint64_t offset
      = GNUNET_ntohll (api::as_fragment (message)->fragment_offset);
  if (offset >= entry.next_offset)
  {
    entry.next_offset = offset + api::parts_of (message).size ();
    in_delivery_ = key;
    api::add_flag (message, GNUNET_PSYC_MESSAGE_REQUEST);
    api::deliver (sink (), message, [this] { return ! is_ended (); });
    in_delivery_.reset ();
  }
  if (is_ended () || ! request.is_last)
    return;
  local::RequestDecision decision;
  decision.member_key = request.member_key;
  decision.request_id = request.request_id;
  decision.action = requests_[key].may_relay ? local::RequestAction::relay
                                             : local::RequestAction::accept;
  decide (std::move (decision));
}

void
GNUNET_PSYC_Master::decide (local::RequestDecision decision)
{
  const auto found
      = requests_.find ({ decision.member_key, decision.request_id });
  if (requests_.end () == found || found->second.decision)
    return;
  found->second.decision = std::move (decision);
  if (is_started ())
    say (*found->second.decision);
}

bool
GNUNET_PSYC_Master::on (local::RequestSettled &&settled)
{
  requests_.erase ({ settled.member_key, settled.request_id });
  return true;
}

GNUNET_PSYC_MasterTransmitHandle *
GNUNET_PSYC_Master::relay (std::uint64_t request_id)
{
  if (! in_delivery_ || in_delivery_->second != request_id)
    return nullptr;
  requests_[*in_delivery_].may_relay = true;
  return relay_handle_.get ();
}

void
GNUNET_PSYC_Master::unrelay ()
{
  if (in_delivery_)
    requests_[*in_delivery_].may_relay = false;
}

// ---- Members -----------------------------------------------------------

void
GNUNET_PSYC_Master::watch_members (GNUNET_PSYC_MemberCallback member_cb,
                                   void *cls)
{
  member_cb_ = member_cb;
  member_cls_ = cls;
  set_flag (local::MasterFlags::watch_members,
            reinterpret_cast<const void *> (member_cb));
}

bool
GNUNET_PSYC_Master::on (local::MemberEvent &&event)
{
  if (nullptr == member_cb_)
    return true;
  const auto member = shell::to_gnunet<struct GNUNET_CRYPTO_EcdsaPublicKey> (
      event.member_key);
  member_cb_ (member_cls_, &member,
              static_cast<enum GNUNET_MULTICAST_MemberEvent> (event.event));
  return true;
}
