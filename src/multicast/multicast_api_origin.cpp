// SPDX-License-Identifier: AGPL-3.0-or-later
//
// libgnunetmulticast: origins. Kept for a restart of the service: what was not
// echoed yet, what was echoed but is not stored yet, and the revocations.
#include "multicast/classic_origin.hpp"

using namespace multicast;
using multicast::api::Endpoint;
using Origin = struct GNUNET_MULTICAST_Origin;

Origin::GNUNET_MULTICAST_Origin (const struct GNUNET_CONFIGURATION_Handle *cfg,
                                 const Setup &setup)
    : Endpoint (cfg), setup_ (setup), newest_echo_ (setup.head.fragment_id)
{}

Origin::~GNUNET_MULTICAST_Origin () = default;

void
Origin::forget_callbacks ()
{
  setup_.callbacks = {};
  position_watch = {};
  classic.reset ();
}

void
Origin::on_connected ()
{
  send (ClientOriginOpen{ setup_.key, setup_.policy,
                          WireHead::from (setup_.head), setup_.is_unclean,
                          setup_.kind, setup_.known, setup_.resumed });
  for (const auto &[member, generation] : revocations_)
    send (ClientRevoke{ member, generation });
  send (ClientOriginReady{});
  for (auto &echoed : unstored_)
    submit (echoed.fragment);
  for (auto &fragment : queued_)
    submit (fragment);
}

void
Origin::on_disconnected ()
{
  if (nullptr != setup_.callbacks.state_cb)
    setup_.callbacks.state_cb (setup_.cls, GNUNET_MULTICAST_ORIGIN_SERVICE_LOST,
                               nullptr);
}

bool
Origin::on_message (base::ByteView message)
{
  return wire::DispatchResult::ok
         == ServiceMessages::dispatch (message, [this] (const auto &decoded)
                                       { on (decoded); });
}

void
Origin::submit (ClientFragment &fragment)
{
  fragment.serial = ++serial_;
  send (fragment);
}

int
Origin::send_fragment (ClientFragment fragment)
{
  if (is_behind_
      || fragment.body.bytes.size () > GNUNET_MULTICAST_FRAGMENT_MAX_PAYLOAD)
    return GNUNET_SYSERR;
  if (! has_room ())
    return GNUNET_NO;
  queued_bytes_ += fragment.body.bytes.size ();
  queued_.push_back (std::move (fragment));
  submit (queued_.back ());
  return GNUNET_OK;
}

void
Origin::on (const ServiceEcho &message)
{
  const auto *header = api::as_header<struct GNUNET_MULTICAST_MessageHeader> (
      message.fragment.bytes);
  if (nullptr == header
      || (0 != message.serial && message.serial <= serial_discarded_))
    return;
  const base::FragmentId id{ GNUNET_ntohll (header->fragment_id) };
  if (! queued_.empty () && 0 != message.serial
      && queued_.front ().serial == message.serial)
  {
    queued_bytes_ -= queued_.front ().body.bytes.size ();
    queued_.pop_front ();
  }
  if (id <= newest_echo_)
    return; // numbered anew after a restart; the client has it
  newest_echo_ = id;
  const auto *body = reinterpret_cast<const std::uint8_t *> (header + 1);
  unstored_.push_back (
      { id,
        { 0,
          { GNUNET_ntohll (header->message_id) },
          GNUNET_ntohll (header->fragment_offset),
          { GNUNET_ntohll (header->group_generation) },
          ntohl (header->flags),
          { { body, message.fragment.bytes.data ()
                        + message.fragment.bytes.size () } } } });
  if (nullptr != setup_.callbacks.message_cb)
    setup_.callbacks.message_cb (setup_.cls, header);
}

void
Origin::stored (base::FragmentId id)
{
  while (! unstored_.empty () && unstored_.front ().id <= id)
  {
    const Echoed &echoed = unstored_.front ();
    setup_.head.fragment_id = echoed.id;
    setup_.head.message_id
        = std::max (setup_.head.message_id, echoed.fragment.message_id);
    setup_.head.generation
        = std::max (setup_.head.generation, echoed.fragment.generation);
    unstored_.pop_front ();
  }
  send (ClientFragmentStored{ id });
}

void
Origin::discard (base::FragmentId id)
{
  while (! unstored_.empty () && unstored_.back ().id >= id)
    unstored_.pop_back ();
  queued_.clear ();
  queued_bytes_ = 0;
  newest_echo_ = std::min (newest_echo_, id.previous ());
  serial_discarded_ = serial_;
  send (ClientFragmentDiscard{ id });
}

void
Origin::on (const ServiceRequest &message)
{
  const auto *request = api::as_header<struct GNUNET_MULTICAST_RequestHeader> (
      message.request.bytes);
  if (nullptr != request && nullptr != setup_.callbacks.request_cb)
    setup_.callbacks.request_cb (setup_.cls, request);
}

void
Origin::on (const ServiceJoinQuestion &message)
{
  auto *join = new_join (message.join_id);
  const auto member
      = shell::to_gnunet<struct GNUNET_CRYPTO_EcdsaPublicKey> (message.member);
  if (nullptr != setup_.callbacks.join_request_cb)
    setup_.callbacks.join_request_cb (
        setup_.cls, &member, api::as_message (message.message.bytes), join);
  else
    answer_join (join, ClientJoinVerdict::refused, {}, {});
}

void
Origin::on (const ServiceMemberEvent &message)
{
  const auto member
      = shell::to_gnunet<struct GNUNET_CRYPTO_EcdsaPublicKey> (message.member);
  if (nullptr != setup_.callbacks.member_cb)
    setup_.callbacks.member_cb (
        setup_.cls, &member,
        static_cast<enum GNUNET_MULTICAST_MemberEvent> (message.event));
}

void
Origin::on (const ServicePosition &message)
{
  const auto position = api::to_public (message);
  if (nullptr != position_watch.callback)
    position_watch.callback (position_watch.cls, &position);
}

void
Origin::on (const ServiceOriginState &message)
{
  const auto state
      = static_cast<enum GNUNET_MULTICAST_OriginState> (message.state);
  if (GNUNET_MULTICAST_ORIGIN_STARTED == state)
    setup_.is_unclean = false;
  if (GNUNET_MULTICAST_ORIGIN_HEAD_BEHIND == state)
    is_behind_ = true;
  const auto head = api::to_public (message.head.head ());
  if (nullptr != setup_.callbacks.state_cb)
    setup_.callbacks.state_cb (setup_.cls, state, &head);
}

void
Origin::on (const ServiceReplayWanted &message)
{
  auto *replay = new_service_replay (message.replay_id);
  replay->detail = message.detail;
  const auto member
      = shell::to_gnunet<struct GNUNET_CRYPTO_EcdsaPublicKey> (message.member);
  if (nullptr != setup_.callbacks.replay_range_cb)
    setup_.callbacks.replay_range_cb (
        setup_.cls, &member,
        static_cast<enum GNUNET_MULTICAST_ReplayUnit> (message.unit),
        message.first, message.last, replay);
  else
    end_replay (replay, GNUNET_MULTICAST_REC_NOT_FOUND);
}

void
Origin::request_stored (const ClientRequestStored &message)
{
  send (message);
}

void
Origin::request_settled (const ClientRequestSettled &message)
{
  send (message);
}

void
Origin::eject (const ClientEject &message)
{
  auto &known = revocations_[message.member];
  known = std::max (known, message.generation);
  send (message);
}

void
Origin::revoke (const ClientRevoke &message)
{
  auto &known = revocations_[message.member];
  known = std::max (known, message.generation);
  send (message);
}

struct GNUNET_MULTICAST_Origin *
GNUNET_MULTICAST_origin_open (
    const struct GNUNET_CONFIGURATION_Handle *cfg,
    const struct GNUNET_CRYPTO_EddsaPrivateKey *priv_key, uint32_t policy,
    const struct GNUNET_MULTICAST_Head *head, int is_unclean,
    const struct GNUNET_MULTICAST_OriginCallbacks *callbacks, void *cls)
{
  return GNUNET_MULTICAST_origin_reopen (
      cfg, priv_key, policy, head, nullptr == head ? 0 : head->fragment_id,
      is_unclean, callbacks, cls);
}

struct GNUNET_MULTICAST_Origin *
GNUNET_MULTICAST_origin_reopen (
    const struct GNUNET_CONFIGURATION_Handle *cfg,
    const struct GNUNET_CRYPTO_EddsaPrivateKey *priv_key, uint32_t policy,
    const struct GNUNET_MULTICAST_Head *head, uint64_t known_fragment_id,
    int is_unclean, const struct GNUNET_MULTICAST_OriginCallbacks *callbacks,
    void *cls)
{
  if (nullptr == cfg || nullptr == priv_key || nullptr == callbacks)
    return nullptr;
  Origin::Setup setup;
  setup.key = shell::from_gnunet<base::ChannelPrivateKey> (*priv_key);
  setup.policy = policy;
  if (nullptr != head)
    setup.head = { { head->fragment_id },
                   { head->message_id },
                   { head->group_generation } };
  setup.is_unclean = GNUNET_YES == is_unclean;
  setup.known.value = known_fragment_id;
  setup.resumed = setup.head.fragment_id;
  setup.callbacks = *callbacks;
  setup.cls = cls;
  return new Origin (cfg, setup);
}

int
GNUNET_MULTICAST_origin_fragment_send (struct GNUNET_MULTICAST_Origin *origin,
                                       uint64_t message_id,
                                       uint64_t fragment_offset,
                                       uint64_t group_generation,
                                       enum GNUNET_MULTICAST_MessageFlags flags,
                                       const void *body, uint16_t body_size)
{
  const auto *bytes = static_cast<const std::uint8_t *> (body);
  return origin->send_fragment ({ 0,
                                  { message_id },
                                  fragment_offset,
                                  { group_generation },
                                  static_cast<std::uint32_t> (flags),
                                  { { bytes, bytes + body_size } } });
}

void
GNUNET_MULTICAST_origin_fragment_stored (struct GNUNET_MULTICAST_Origin *origin,
                                         uint64_t fragment_id)
{
  origin->stored ({ fragment_id });
}

void
GNUNET_MULTICAST_origin_fragment_discard (
    struct GNUNET_MULTICAST_Origin *origin, uint64_t fragment_id)
{
  origin->discard ({ fragment_id });
}

void
GNUNET_MULTICAST_origin_request_stored (
    struct GNUNET_MULTICAST_Origin *origin,
    const struct GNUNET_CRYPTO_EcdsaPublicKey *member_key, uint64_t request_id,
    uint64_t fragment_offset)
{
  origin->request_stored ({ shell::from_gnunet<base::MemberKey> (*member_key),
                            { request_id },
                            fragment_offset });
}

void
GNUNET_MULTICAST_origin_request_settled (
    struct GNUNET_MULTICAST_Origin *origin,
    const struct GNUNET_CRYPTO_EcdsaPublicKey *member_key, uint64_t request_id,
    enum GNUNET_MULTICAST_RequestResult result, uint64_t message_id,
    uint32_t code, const char *reason)
{
  std::string words = nullptr == reason ? "" : reason;
  if (words.size () > reason_size_max)
    words.resize (reason_size_max);
  origin->request_settled ({ shell::from_gnunet<base::MemberKey> (*member_key),
                             { request_id },
                             static_cast<std::uint8_t> (result),
                             { message_id },
                             code,
                             std::move (words) });
}

void
GNUNET_MULTICAST_origin_eject (
    struct GNUNET_MULTICAST_Origin *origin,
    const struct GNUNET_CRYPTO_EcdsaPublicKey *member_key,
    uint64_t group_generation, const struct GNUNET_MessageHeader *notice)
{
  base::Bytes words = api::copy_message (notice);
  if (words.size () > join_message_size_max)
  {
    GNUNET_break (0);
    words.clear ();
  }
  origin->eject ({ shell::from_gnunet<base::MemberKey> (*member_key),
                   { group_generation },
                   { std::move (words) } });
}

void
GNUNET_MULTICAST_origin_revoke (
    struct GNUNET_MULTICAST_Origin *origin,
    const struct GNUNET_CRYPTO_EcdsaPublicKey *member_key,
    uint64_t group_generation)
{
  origin->revoke ({ shell::from_gnunet<base::MemberKey> (*member_key),
                    { group_generation } });
}

void
GNUNET_MULTICAST_origin_stop (struct GNUNET_MULTICAST_Origin *origin,
                              GNUNET_ContinuationCallback stop_cb,
                              void *stop_cls)
{
  origin->leave (stop_cb, stop_cls);
}

void
GNUNET_MULTICAST_origin_close (struct GNUNET_MULTICAST_Origin *origin)
{
  delete origin;
}

void
GNUNET_MULTICAST_origin_position_watch (
    struct GNUNET_MULTICAST_Origin *origin,
    GNUNET_MULTICAST_PositionCallback callback, void *callback_cls)
{
  origin->position_watch = { callback, callback_cls };
}
