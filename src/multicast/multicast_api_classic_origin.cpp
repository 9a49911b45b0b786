// SPDX-License-Identifier: AGPL-3.0-or-later
//
// libgnunetmulticast: origin_start and origin_to_all, the interface of 2019.
#include "multicast/classic_origin.hpp"

namespace multicast::api
{
namespace
{
// Asks the client for one.
using AskOne = std::function<void (std::uint64_t,
                                   struct GNUNET_MULTICAST_ReplayHandle *)>;

struct OneByOne
{
  struct GNUNET_MULTICAST_ReplayHandle *whole;
  std::uint64_t next;
  std::uint64_t last;
  AskOne ask;
  // Of what was asked for last; as long as nothing was given.
  enum GNUNET_MULTICAST_ReplayErrorCode code = GNUNET_MULTICAST_REC_NOT_FOUND;
  bool has_answered = false;
  std::unique_ptr<shell::Timer> step;
};

void
replay_next (const std::shared_ptr<OneByOne> &loop)
{
  Endpoint *const endpoint = loop->whole->endpoint;
  if (loop->next > loop->last)
  {
    endpoint->end_replay (
        loop->whole, loop->has_answered ? GNUNET_MULTICAST_REC_OK : loop->code);
    return;
  }
  auto *one = endpoint->new_replay (
      [loop] (const struct GNUNET_MessageHeader *fragment)
      {
        loop->has_answered = true;
        loop->whole->on_fragment (fragment);
      },
      [loop] (enum GNUNET_MULTICAST_ReplayErrorCode code)
      {
        if (GNUNET_MULTICAST_REC_OK != code)
          loop->code = code;
        loop->step->arm_now ();
      });
  loop->ask (loop->next++, one);
}

void
replay_one_by_one (struct GNUNET_MULTICAST_ReplayHandle *whole,
                   std::uint64_t first, std::uint64_t last, AskOne ask)
{
  auto loop = std::make_shared<OneByOne> ();
  loop->whole = whole;
  loop->next = first;
  loop->last = last;
  loop->ask = std::move (ask);
  std::weak_ptr<OneByOne> weak = loop;
  loop->step = std::make_unique<shell::Timer> (
      [weak]
      {
        if (auto alive = weak.lock ())
          replay_next (alive);
      });
  // The handle of the whole owns the loop: both go together.
  auto end = std::move (whole->on_end);
  whole->on_end =
      [loop, end = std::move (end)] (enum GNUNET_MULTICAST_ReplayErrorCode code)
  { end (code); };
  loop->step->arm_now ();
}
} // namespace

void
ClassicReplay::answer (const struct GNUNET_CRYPTO_EcdsaPublicKey &reader,
                       enum GNUNET_MULTICAST_ReplayUnit unit,
                       std::uint64_t first, std::uint64_t last,
                       struct GNUNET_MULTICAST_ReplayHandle *whole) const
{
  const bool is_by_message = GNUNET_MULTICAST_REPLAY_MESSAGES == unit;
  if (is_by_message ? nullptr == message : nullptr == fragment)
  {
    GNUNET_MULTICAST_replay_response (whole, nullptr,
                                      GNUNET_MULTICAST_REC_NOT_FOUND);
    return;
  }
  replay_one_by_one (
      whole, first, last,
      [self = *this, reader, is_by_message,
       detail = whole->detail] (std::uint64_t id, auto *one)
      {
        if (is_by_message)
          self.message (self.cls, &reader, id, detail.fragment_offset,
                        detail.flags, one);
        else
          self.fragment (self.cls, &reader, id, detail.flags, one);
      });
}

struct GNUNET_MULTICAST_OriginCallbacks
ClassicOrigin::adapters ()
{
  struct GNUNET_MULTICAST_OriginCallbacks out = {};
  out.join_request_cb
      = [] (void *cls, const struct GNUNET_CRYPTO_EcdsaPublicKey *member,
            const struct GNUNET_MessageHeader *message,
            struct GNUNET_MULTICAST_JoinHandle *join) noexcept
  {
    const Callbacks &to = static_cast<ClassicOrigin *> (cls)->callbacks_;
    if (nullptr != to.join_request)
      to.join_request (to.cls, member, message, join);
    else
      (void)GNUNET_MULTICAST_join_decision (join, GNUNET_NO, 0, nullptr,
                                            nullptr);
  };
  out.request_cb
      = [] (void *cls, const struct GNUNET_MULTICAST_RequestHeader *r) noexcept
  { static_cast<ClassicOrigin *> (cls)->on_request (r); };
  out.message_cb
      = [] (void *cls, const struct GNUNET_MULTICAST_MessageHeader *m) noexcept
  { static_cast<ClassicOrigin *> (cls)->on_message (m); };
  out.replay_range_cb =
      [] (void *cls, const struct GNUNET_CRYPTO_EcdsaPublicKey *member,
          enum GNUNET_MULTICAST_ReplayUnit unit, uint64_t first, uint64_t last,
          struct GNUNET_MULTICAST_ReplayHandle *replay) noexcept
  {
    const ClassicReplay to
        = static_cast<ClassicOrigin *> (cls)->callbacks_.replay;
    to.answer (*member, unit, first, last, replay);
  };
  return out;
}

void
ClassicOrigin::on_message (const struct GNUNET_MULTICAST_MessageHeader *message)
{
  auto *const handle = origin;
  const auto life = handle->life ();
  if (nullptr != callbacks_.message)
    callbacks_.message (callbacks_.cls, message);
  if (! Endpoint::is_usable (life, handle))
    return;
  handle->stored ({ GNUNET_ntohll (message->fragment_id) });
  if (transmit_ && ! transmit_->is_paused)
    transmit_->pull->arm_now (); // there may be room again
}

void
ClassicOrigin::on_request (const struct GNUNET_MULTICAST_RequestHeader *request)
{
  auto *const handle = origin;
  const auto life = handle->life ();
  const auto member
      = shell::from_gnunet<base::MemberKey> (request->member_pub_key);
  const base::RequestId id{ GNUNET_ntohll (request->request_id) };
  const std::uint64_t offset = GNUNET_ntohll (request->fragment_offset);
  const bool is_last = 0
                       != (ntohl (static_cast<std::uint32_t> (request->flags))
                           & GNUNET_MULTICAST_MESSAGE_LAST_FRAGMENT);
  if (nullptr != callbacks_.request)
    callbacks_.request (callbacks_.cls, request);
  if (! Endpoint::is_usable (life, handle))
    return;
  handle->request_stored ({ member, id, offset });
  if (is_last)
    handle->request_settled (
        { member, id, GNUNET_MULTICAST_REQUEST_ACCEPTED, {}, 0, "" });
}

struct GNUNET_MULTICAST_OriginTransmitHandle *
ClassicOrigin::begin (std::uint64_t message_id, std::uint64_t generation,
                      GNUNET_MULTICAST_OriginTransmitNotify notify,
                      void *notify_cls)
{
  if (transmit_)
    return nullptr;
  transmit_ = std::make_unique<struct GNUNET_MULTICAST_OriginTransmitHandle> ();
  transmit_->origin = origin;
  transmit_->message_id = message_id;
  transmit_->generation = generation;
  transmit_->notify = notify;
  transmit_->notify_cls = notify_cls;
  transmit_->pull = std::make_unique<shell::Timer> ([this] { pull (); });
  transmit_->pull->arm_now ();
  return transmit_.get ();
}

void
ClassicOrigin::emit (base::Bytes body, std::uint32_t flags)
{
  if (! std::exchange (transmit_->has_begun, true))
    flags |= GNUNET_MULTICAST_MESSAGE_FIRST_FRAGMENT;
  const std::size_t size = body.size ();
  (void)origin->send_fragment ({ 0,
                                 { transmit_->message_id },
                                 transmit_->offset,
                                 { transmit_->generation },
                                 flags,
                                 { std::move (body) } });
  transmit_->offset += size;
}

void
ClassicOrigin::pull ()
{
  auto *const handle = origin;
  if (! transmit_ || ! handle->has_room ())
    return; // on_message () goes on
  const auto life = handle->life ();
  auto *const current = transmit_.get ();
  base::Bytes room (GNUNET_MULTICAST_FRAGMENT_MAX_PAYLOAD);
  std::size_t size = room.size ();
  const int result = current->notify (current->notify_cls, &size, room.data ());
  if (! Endpoint::is_usable (life, handle) || transmit_.get () != current)
    return;
  if (size > room.size () || (GNUNET_NO != result && GNUNET_YES != result))
  {
    cancel ();
    return;
  }
  room.resize (size);
  if (GNUNET_YES == result)
  {
    emit (std::move (room), GNUNET_MULTICAST_MESSAGE_LAST_FRAGMENT);
    transmit_.reset ();
    return;
  }
  current->is_paused = 0 == size;
  if (current->is_paused)
    return;
  emit (std::move (room), 0);
  current->pull->arm_now ();
}

void
ClassicOrigin::cancel ()
{
  if (transmit_ && transmit_->has_begun)
    emit ({}, GNUNET_MULTICAST_MESSAGE_LAST_FRAGMENT
                  | GNUNET_MULTICAST_MESSAGE_CANCELLED);
  transmit_.reset ();
}
} // namespace multicast::api

using multicast::api::ClassicOrigin;

struct GNUNET_MULTICAST_Origin *
GNUNET_MULTICAST_origin_start (
    const struct GNUNET_CONFIGURATION_Handle *cfg,
    const struct GNUNET_CRYPTO_EddsaPrivateKey *priv_key,
    uint64_t max_fragment_id,
    GNUNET_MULTICAST_JoinRequestCallback join_request_cb,
    GNUNET_MULTICAST_ReplayFragmentCallback replay_frag_cb,
    GNUNET_MULTICAST_ReplayMessageCallback replay_msg_cb,
    GNUNET_MULTICAST_RequestCallback request_cb,
    GNUNET_MULTICAST_MessageCallback message_cb, void *cls)
{
  if (nullptr == cfg || nullptr == priv_key)
    return nullptr;
  auto classic = std::make_unique<ClassicOrigin> (
      ClassicOrigin::Callbacks{ join_request_cb,
                                { replay_frag_cb, replay_msg_cb, cls },
                                request_cb,
                                message_cb,
                                cls });
  struct GNUNET_MULTICAST_Origin::Setup setup;
  setup.key = shell::from_gnunet<base::ChannelPrivateKey> (*priv_key);
  setup.policy = 3; // private, as everywhere by default
  setup.head.fragment_id = { max_fragment_id };
  setup.kind = multicast::ClientKind::classic;
  setup.callbacks = ClassicOrigin::adapters ();
  setup.cls = classic.get ();
  auto *origin = new GNUNET_MULTICAST_Origin (cfg, setup);
  classic->origin = origin;
  origin->classic = std::move (classic);
  return origin;
}

struct GNUNET_MULTICAST_OriginTransmitHandle *
GNUNET_MULTICAST_origin_to_all (struct GNUNET_MULTICAST_Origin *origin,
                                uint64_t message_id, uint64_t group_generation,
                                GNUNET_MULTICAST_OriginTransmitNotify notify,
                                void *notify_cls)
{
  if (! origin->classic || nullptr == notify)
    return nullptr;
  return origin->classic->begin (message_id, group_generation, notify,
                                 notify_cls);
}

void
GNUNET_MULTICAST_origin_to_all_resume (
    struct GNUNET_MULTICAST_OriginTransmitHandle *th)
{
  th->is_paused = false;
  th->pull->arm_now ();
}

void
GNUNET_MULTICAST_origin_to_all_cancel (
    struct GNUNET_MULTICAST_OriginTransmitHandle *th)
{
  th->origin->classic->cancel ();
}
