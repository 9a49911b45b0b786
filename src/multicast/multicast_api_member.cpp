// SPDX-License-Identifier: AGPL-3.0-or-later
//
// libgnunetmulticast: memberships. Kept for a restart of the service: the
// newest ticket, where our stream begins, what is stored, what is being
// fetched.
#include "multicast/classic_member.hpp"

using namespace multicast;
using multicast::api::Endpoint;
using Member = struct GNUNET_MULTICAST_Member;

namespace
{
[[nodiscard]] std::vector<struct GNUNET_PeerIdentity>
public_peers (const std::vector<base::PeerId> &peers)
{
  std::vector<struct GNUNET_PeerIdentity> out;
  for (const auto &peer : peers)
    out.push_back (shell::to_gnunet<struct GNUNET_PeerIdentity> (peer));
  return out;
}
} // namespace

Member::GNUNET_MULTICAST_Member (const struct GNUNET_CONFIGURATION_Handle *cfg,
                                 Setup setup, base::IntervalSet have)
    : Endpoint (cfg), setup_ (std::move (setup)), have_ (std::move (have))
{}

Member::~GNUNET_MULTICAST_Member () = default;

void
Member::forget_callbacks ()
{
  setup_.callbacks = {};
  position_watch = {};
  peers_watch = {};
  classic.reset ();
}

void
Member::on_connected ()
{
  if (is_over_)
    return;
  state_ = GNUNET_MULTICAST_MEMBER_STATE_CONNECTING;
  ClientMemberOpen open = setup_.open;
  // Described by its holes: what is above the first thousand of them comes
  // once more and is found stored.
  std::uint64_t from = open.first_fragment_id.value;
  if (const auto highest = have_.highest (); highest && from <= *highest)
    for (const auto &hole : have_.missing (from, *highest, have_ranges_max))
    {
      if (from < hole.first)
        open.have.push_back ({ from, hole.first - 1 });
      from = hole.last + 1;
    }
  if (const std::uint64_t end = have_.contiguous_end (from);
      0 != from && end >= from && open.have.size () < have_ranges_max)
    open.have.push_back ({ from, end });
  send (open);
  for (const auto &fetch : fetches_)
    send (fetch);
}

void
Member::on_disconnected ()
{
  if (is_over_)
    return;
  state_ = GNUNET_MULTICAST_MEMBER_STATE_SERVICE_LOST;
  const auto head = api::to_public (head_);
  if (nullptr != setup_.callbacks.state_cb)
    setup_.callbacks.state_cb (setup_.cls, state_, &head);
}

bool
Member::on_message (base::ByteView message)
{
  return wire::DispatchResult::ok
         == ServiceMessages::dispatch (message, [this] (const auto &decoded)
                                       { on (decoded); });
}

void
Member::on (const ServiceFragment &message)
{
  const auto *header = api::as_header<struct GNUNET_MULTICAST_MessageHeader> (
      message.fragment.bytes);
  if (nullptr != header && nullptr != setup_.callbacks.message_cb)
    setup_.callbacks.message_cb (setup_.cls, header);
}

void
Member::on (const ServiceDecision &message)
{
  if (! message.is_admitted)
    is_over_ = true;
  else
  {
    setup_.open.ticket = message.ticket;
    if (setup_.open.first_fragment_id.is_none ())
      setup_.open.first_fragment_id = message.admission.fragment_id.next ();
  }
  if (nullptr == setup_.callbacks.decision_cb)
    return;
  const auto admission = api::to_public (message.admission.head ());
  const auto origin
      = shell::to_gnunet<struct GNUNET_PeerIdentity> (message.origin);
  const auto relays = public_peers (message.relays);
  setup_.callbacks.decision_cb (
      setup_.cls, message.is_admitted ? GNUNET_YES : GNUNET_NO,
      message.is_admitted ? &admission : nullptr, &origin,
      static_cast<std::uint16_t> (relays.size ()), relays.data (),
      message.ticket.data (),
      static_cast<std::uint16_t> (message.ticket.size ()),
      api::as_message (message.answer.bytes));
}

void
Member::on (const ServicePosition &message)
{
  const auto position = api::to_public (message);
  if (nullptr != position_watch.callback)
    position_watch.callback (position_watch.cls, &position);
}

// The next connection to the service knows them too.
void
Member::on (const ServicePeers &message)
{
  setup_.open.relays = message.peers;
  const auto peers = public_peers (message.peers);
  if (nullptr != peers_watch.callback)
    peers_watch.callback (peers_watch.cls,
                          static_cast<std::uint16_t> (peers.size ()),
                          peers.data ());
}

void
Member::on (const ServiceEjectionNotice &message)
{
  if (nullptr != setup_.callbacks.decision_cb)
    setup_.callbacks.decision_cb (setup_.cls, GNUNET_NO, nullptr, nullptr, 0,
                                  nullptr, nullptr, 0,
                                  api::as_message (message.notice.bytes));
}

void
Member::on (const ServiceMemberState &message)
{
  state_ = static_cast<enum GNUNET_MULTICAST_MemberState> (message.state);
  head_ = message.head.head ();
  is_over_ = GNUNET_MULTICAST_MEMBER_STATE_EJECTED == state_
             || GNUNET_MULTICAST_MEMBER_STATE_REFUSED == state_
             || GNUNET_MULTICAST_MEMBER_STATE_GROUP_ENDED == state_;
  const auto head = api::to_public (head_);
  if (nullptr != setup_.callbacks.state_cb)
    setup_.callbacks.state_cb (setup_.cls, state_, &head);
}

void
Member::on (const ServiceHead &message)
{
  head_ = message.head.head ();
  const auto head = api::to_public (head_);
  if (nullptr != setup_.callbacks.head_cb)
    setup_.callbacks.head_cb (setup_.cls, &head);
}

void
Member::on (const ServiceGap &message)
{
  have_.add (message.first, message.last);
  if (nullptr != setup_.callbacks.gap_cb)
    setup_.callbacks.gap_cb (setup_.cls, message.first, message.last);
}

void
Member::on (const ServiceTicket &message)
{
  setup_.open.ticket = message.ticket.bytes;
  if (nullptr != setup_.callbacks.ticket_cb)
    setup_.callbacks.ticket_cb (
        setup_.cls, message.ticket.bytes.data (),
        static_cast<std::uint16_t> (message.ticket.bytes.size ()));
}

void
Member::on (const ServiceFetched &message)
{
  const auto it = std::find_if (fetches_.begin (), fetches_.end (),
                                [&] (const ClientFetch &fetch)
                                {
                                  return fetch.unit == message.unit
                                         && fetch.first == message.first
                                         && fetch.last == message.last;
                                });
  if (it == fetches_.end ())
    return; // another client's
  fetches_.erase (it);
  if (nullptr != setup_.callbacks.fetched_cb)
    setup_.callbacks.fetched_cb (
        setup_.cls,
        static_cast<enum GNUNET_MULTICAST_ReplayUnit> (message.unit),
        message.first, message.last,
        static_cast<enum GNUNET_MULTICAST_ReplayErrorCode> (message.code));
}

void
Member::on (const ServiceRequestStored &message)
{
  if (nullptr != setup_.callbacks.request_stored_cb)
    setup_.callbacks.request_stored_cb (setup_.cls, message.request_id.value,
                                        message.fragment_offset);
}

void
Member::on (const ServiceRequestSettled &message)
{
  if (nullptr != setup_.callbacks.request_settled_cb)
    setup_.callbacks.request_settled_cb (
        setup_.cls, message.request_id.value,
        static_cast<enum GNUNET_MULTICAST_RequestResult> (message.result),
        message.message_id.value, message.code, message.reason.c_str ());
}

void
Member::on (const ServiceReplayWanted &message)
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
Member::stored (base::FragmentId id)
{
  have_.add (id.value);
  send (ClientFragmentStored{ id });
}

void
Member::failed (base::FragmentId id)
{
  send (ClientFragmentFailed{ id });
}

int
Member::send_request (const ClientRequest &request)
{
  if (request.body.bytes.size () > GNUNET_MULTICAST_FRAGMENT_MAX_PAYLOAD)
    return GNUNET_SYSERR;
  if (! is_attached () || ! is_connected ())
    return GNUNET_NO;
  send (request);
  return GNUNET_OK;
}

int
Member::fetch (const ClientFetch &fetch)
{
  if (is_over_)
    return GNUNET_NO;
  fetches_.push_back (fetch);
  send (fetch);
  return GNUNET_OK;
}

struct GNUNET_MULTICAST_Member *
GNUNET_MULTICAST_member_open (
    const struct GNUNET_CONFIGURATION_Handle *cfg,
    const struct GNUNET_CRYPTO_EddsaPublicKey *group_key,
    const struct GNUNET_CRYPTO_EcdsaPrivateKey *member_key,
    const struct GNUNET_PeerIdentity *origin, uint16_t relay_count,
    const struct GNUNET_PeerIdentity *relays, const void *ticket,
    uint16_t ticket_size, const struct GNUNET_MessageHeader *join_request,
    uint64_t first_fragment_id, uint32_t have_count,
    const struct GNUNET_MULTICAST_Range *have,
    const struct GNUNET_MULTICAST_MemberCallbacks *callbacks, void *cls)
{
  if (nullptr == cfg || nullptr == group_key || nullptr == member_key
      || nullptr == origin || nullptr == callbacks
      || ticket_size > ticket_size_max
      || (nullptr != join_request
          && ntohs (join_request->size) > join_message_size_max))
    return nullptr;
  Member::Setup setup;
  setup.open.group = shell::from_gnunet<base::ChannelKey> (*group_key);
  setup.open.key = shell::from_gnunet<base::MemberPrivateKey> (*member_key);
  setup.open.origin = shell::from_gnunet<base::PeerId> (*origin);
  setup.open.relays = api::copy_peers (relays, relay_count);
  const auto *bytes = static_cast<const std::uint8_t *> (ticket);
  setup.open.ticket.assign (bytes, bytes + ticket_size);
  setup.open.join_request = api::copy_message (join_request);
  setup.open.first_fragment_id = { first_fragment_id };
  setup.callbacks = *callbacks;
  setup.cls = cls;
  base::IntervalSet stored;
  for (std::uint32_t i = 0; i < have_count; i++)
    stored.add (have[i].first, have[i].last);
  return new Member (cfg, std::move (setup), std::move (stored));
}

void
GNUNET_MULTICAST_member_fragment_stored (struct GNUNET_MULTICAST_Member *member,
                                         uint64_t fragment_id)
{
  member->stored ({ fragment_id });
}

void
GNUNET_MULTICAST_member_fragment_failed (struct GNUNET_MULTICAST_Member *member,
                                         uint64_t fragment_id)
{
  member->failed ({ fragment_id });
}

int
GNUNET_MULTICAST_member_request_send (struct GNUNET_MULTICAST_Member *member,
                                      uint64_t request_id,
                                      uint64_t fragment_offset,
                                      enum GNUNET_MULTICAST_MessageFlags flags,
                                      const void *body, uint16_t body_size)
{
  const auto *bytes = static_cast<const std::uint8_t *> (body);
  return member->send_request ({ { request_id },
                                 fragment_offset,
                                 static_cast<std::uint32_t> (flags),
                                 { { bytes, bytes + body_size } } });
}

int
GNUNET_MULTICAST_member_fetch (struct GNUNET_MULTICAST_Member *member,
                               enum GNUNET_MULTICAST_ReplayUnit unit,
                               uint64_t first, uint64_t last)
{
  if (0 == first || last < first || last > base::id_max)
    return GNUNET_SYSERR;
  return member->fetch ({ static_cast<std::uint8_t> (unit), first, last, {} });
}

int
GNUNET_MULTICAST_member_ask (struct GNUNET_MULTICAST_Member *member,
                             enum GNUNET_MULTICAST_ReplayUnit unit,
                             uint64_t number)
{
  if (0 == number || number > base::id_max)
    return GNUNET_SYSERR;
  multicast::ReplayDetail detail;
  detail.is_literal = true;
  return member->fetch (
      { static_cast<std::uint8_t> (unit), number, number, detail });
}

void
GNUNET_MULTICAST_member_part (struct GNUNET_MULTICAST_Member *member,
                              GNUNET_ContinuationCallback part_cb,
                              void *part_cls)
{
  member->leave (part_cb, part_cls);
}

void
GNUNET_MULTICAST_member_close (struct GNUNET_MULTICAST_Member *member)
{
  delete member;
}

void
GNUNET_MULTICAST_member_position_watch (
    struct GNUNET_MULTICAST_Member *member,
    GNUNET_MULTICAST_PositionCallback callback, void *callback_cls)
{
  member->position_watch = { callback, callback_cls };
}

void
GNUNET_MULTICAST_member_peers_watch (struct GNUNET_MULTICAST_Member *member,
                                     GNUNET_MULTICAST_PeersCallback callback,
                                     void *callback_cls)
{
  member->peers_watch = { callback, callback_cls };
}
