// SPDX-License-Identifier: AGPL-3.0-or-later
//
// libgnunetmulticast: origin_start and origin_to_all, the interface of 2019.
#include "multicast/classic_origin.hpp"

namespace multicast::api
{
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
  if (transmit_)
    transmit_->go_on (); // there may be room again
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
  transmit_ = std::make_unique<struct GNUNET_MULTICAST_OriginTransmitHandle> (
      *origin, *this, notify, notify_cls);
  transmit_->message_id = message_id;
  transmit_->generation = generation;
  return transmit_.get ();
}

bool
ClassicOrigin::has_room () const
{
  return origin->has_room (); // on_message () goes on
}

void
ClassicOrigin::emit (std::uint64_t offset, std::uint32_t flags,
                     base::Bytes body)
{
  (void)origin->send_fragment ({ 0,
                                 { transmit_->message_id },
                                 offset,
                                 { transmit_->generation },
                                 flags,
                                 { std::move (body) } });
}

void
ClassicOrigin::on_pulled ()
{
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
  th->resume ();
}

void
GNUNET_MULTICAST_origin_to_all_cancel (
    struct GNUNET_MULTICAST_OriginTransmitHandle *th)
{
  th->cancel ();
}
