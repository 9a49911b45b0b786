// SPDX-License-Identifier: AGPL-3.0-or-later
//
// libgnunetmulticast: member_join and member_to_origin, the interface of 2019.
#include "multicast/classic_member.hpp"

namespace multicast::api
{
namespace
{
[[nodiscard]] ClassicMember *
self (void *cls)
{
  return static_cast<ClassicMember *> (cls);
}
} // namespace

struct GNUNET_MULTICAST_MemberCallbacks
ClassicMember::adapters ()
{
  struct GNUNET_MULTICAST_MemberCallbacks out = {};
  out.decision_cb
      = [] (void *cls, int is_admitted, const struct GNUNET_MULTICAST_Head *,
            const struct GNUNET_PeerIdentity *origin, uint16_t relay_count,
            const struct GNUNET_PeerIdentity *relays, const void *, uint16_t,
            const struct GNUNET_MessageHeader *answer) noexcept
  {
    ClassicMember *me = self (cls);
    // Asked anew for a ticket that went void: the application knows already.
    // Thrown out: message_cb (NULL) says so.
    const Callbacks to = me->callbacks_;
    const bool is_news = ! me->is_admitted_;
    me->is_admitted_ = me->is_admitted_ || GNUNET_YES == is_admitted;
    if (is_news && nullptr != to.decision)
      to.decision (to.cls, is_admitted, origin, relay_count, relays, answer);
  };
  out.message_cb
      = [] (void *cls, const struct GNUNET_MULTICAST_MessageHeader *m) noexcept
  { self (cls)->on_message (m); };
  out.state_cb = [] (void *cls, enum GNUNET_MULTICAST_MemberState state,
                     const struct GNUNET_MULTICAST_Head *) noexcept
  { self (cls)->on_state (state); };
  out.request_stored_cb
      = [] (void *cls, uint64_t request_id, uint64_t offset) noexcept
  { self (cls)->on_request_stored (request_id, offset); };
  out.replay_range_cb =
      [] (void *cls, const struct GNUNET_CRYPTO_EcdsaPublicKey *reader,
          enum GNUNET_MULTICAST_ReplayUnit unit, uint64_t first, uint64_t last,
          struct GNUNET_MULTICAST_ReplayHandle *replay) noexcept
  {
    const ClassicReplay to = self (cls)->callbacks_.replay;
    to.answer (*reader, unit, first, last, replay);
  };
  return out;
}

void
ClassicMember::on_message (const struct GNUNET_MULTICAST_MessageHeader *message)
{
  auto *const handle = member;
  const auto life = handle->life ();
  const base::FragmentId id{ GNUNET_ntohll (message->fragment_id) };
  if (nullptr != callbacks_.message)
    callbacks_.message (callbacks_.cls, message);
  if (Endpoint::is_usable (life, handle))
    handle->stored (id);
}

void
ClassicMember::on_state (enum GNUNET_MULTICAST_MemberState state)
{
  if (GNUNET_MULTICAST_MEMBER_STATE_EJECTED == state
      || GNUNET_MULTICAST_MEMBER_STATE_GROUP_ENDED == state)
  {
    if (nullptr != callbacks_.message)
      callbacks_.message (callbacks_.cls, nullptr);
    return;
  }
  if (GNUNET_MULTICAST_MEMBER_STATE_ATTACHED != state)
    return;
  for (const auto &request : kept_)
    (void)member->send_request (request);
  if (transmit_)
    transmit_->go_on ();
}

void
ClassicMember::on_request_stored (std::uint64_t request_id,
                                  std::uint64_t offset)
{
  std::erase_if (kept_,
                 [&] (const ClientRequest &request)
                 {
                   const bool is_it = request.request_id.value == request_id
                                      && request.fragment_offset == offset;
                   if (is_it)
                     kept_bytes_ -= request.body.bytes.size ();
                   return is_it;
                 });
  if (transmit_)
    transmit_->go_on ();
}

struct GNUNET_MULTICAST_MemberTransmitHandle *
ClassicMember::begin (std::uint64_t request_id,
                      GNUNET_MULTICAST_MemberTransmitNotify notify,
                      void *notify_cls)
{
  if (transmit_)
    return nullptr;
  transmit_ = std::make_unique<struct GNUNET_MULTICAST_MemberTransmitHandle> (
      *member, *this, notify, notify_cls);
  transmit_->request_id = request_id;
  return transmit_.get ();
}

// Else on_state () or on_request_stored () goes on.
bool
ClassicMember::has_room () const
{
  return member->is_attached () && kept_bytes_ < kept_bytes_max;
}

void
ClassicMember::emit (std::uint64_t offset, std::uint32_t flags,
                     base::Bytes body)
{
  kept_bytes_ += body.size ();
  kept_.push_back (
      { { transmit_->request_id }, offset, flags, { std::move (body) } });
  (void)member->send_request (kept_.back ());
}

void
ClassicMember::on_pulled ()
{
  transmit_.reset ();
}

struct GNUNET_MULTICAST_MemberReplayHandle *
ClassicMember::fetch (const ClientFetch &fetch)
{
  if (0 == fetch.first || fetch.first > base::id_max
      || GNUNET_OK != member->fetch (fetch))
    return nullptr;
  auto replay = std::make_unique<struct GNUNET_MULTICAST_MemberReplayHandle> ();
  replay->member = member;
  auto *raw = replay.get ();
  replays_.emplace (raw, std::move (replay));
  return raw;
}

void
ClassicMember::forget (struct GNUNET_MULTICAST_MemberReplayHandle *replay)
{
  replays_.erase (replay);
}
} // namespace multicast::api

using multicast::api::ClassicMember;

struct GNUNET_MULTICAST_Member *
GNUNET_MULTICAST_member_join (
    const struct GNUNET_CONFIGURATION_Handle *cfg,
    const struct GNUNET_CRYPTO_EddsaPublicKey *group_key,
    const struct GNUNET_CRYPTO_EcdsaPrivateKey *member_pub_key,
    const struct GNUNET_PeerIdentity *origin, uint16_t relay_count,
    const struct GNUNET_PeerIdentity *relays,
    const struct GNUNET_MessageHeader *join_request,
    GNUNET_MULTICAST_JoinRequestCallback,
    GNUNET_MULTICAST_JoinDecisionCallback join_decision_cb,
    GNUNET_MULTICAST_ReplayFragmentCallback replay_frag_cb,
    GNUNET_MULTICAST_ReplayMessageCallback replay_msg_cb,
    GNUNET_MULTICAST_MessageCallback message_cb, void *cls)
{
  auto classic = std::make_unique<ClassicMember> (
      ClassicMember::Callbacks{ join_decision_cb,
                                { replay_frag_cb, replay_msg_cb, cls },
                                message_cb,
                                cls });
  const auto callbacks = ClassicMember::adapters ();
  auto *member = GNUNET_MULTICAST_member_open (
      cfg, group_key, member_pub_key, origin, relay_count, relays, nullptr, 0,
      join_request, 0, 0, nullptr, &callbacks, classic.get ());
  if (nullptr == member)
    return nullptr;
  classic->member = member;
  member->classic = std::move (classic);
  return member;
}

struct GNUNET_MULTICAST_MemberReplayHandle *
GNUNET_MULTICAST_member_replay_fragment (struct GNUNET_MULTICAST_Member *member,
                                         uint64_t fragment_id, uint64_t flags)
{
  if (! member->classic)
    return nullptr;
  return member->classic->fetch ({ GNUNET_MULTICAST_REPLAY_FRAGMENTS,
                                   fragment_id,
                                   fragment_id,
                                   { true, 0, flags } });
}

struct GNUNET_MULTICAST_MemberReplayHandle *
GNUNET_MULTICAST_member_replay_message (struct GNUNET_MULTICAST_Member *member,
                                        uint64_t message_id,
                                        uint64_t fragment_offset,
                                        uint64_t flags)
{
  if (! member->classic)
    return nullptr;
  return member->classic->fetch ({ GNUNET_MULTICAST_REPLAY_MESSAGES,
                                   message_id,
                                   message_id,
                                   { true, fragment_offset, flags } });
}

void
GNUNET_MULTICAST_member_replay_cancel (
    struct GNUNET_MULTICAST_MemberReplayHandle *rh)
{
  rh->member->classic->forget (rh);
}

struct GNUNET_MULTICAST_MemberTransmitHandle *
GNUNET_MULTICAST_member_to_origin (struct GNUNET_MULTICAST_Member *member,
                                   uint64_t request_id,
                                   GNUNET_MULTICAST_MemberTransmitNotify notify,
                                   void *notify_cls)
{
  if (! member->classic || nullptr == notify)
    return nullptr;
  return member->classic->begin (request_id, notify, notify_cls);
}

void
GNUNET_MULTICAST_member_to_origin_resume (
    struct GNUNET_MULTICAST_MemberTransmitHandle *th)
{
  th->resume ();
}

void
GNUNET_MULTICAST_member_to_origin_cancel (
    struct GNUNET_MULTICAST_MemberTransmitHandle *th)
{
  th->cancel ();
}
