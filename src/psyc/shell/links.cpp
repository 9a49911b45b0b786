// SPDX-License-Identifier: AGPL-3.0-or-later
#include "psyc/shell/links.hpp"

#include "shell/message_queue.hpp"

namespace psyc
{
namespace
{
constexpr std::size_t relays_max = 64; // libgnunetmulticast's

[[nodiscard]] local::Position
to_position (const struct GNUNET_MULTICAST_Position &position)
{
  return { shell::from_gnunet<base::PeerId> (position.parent),
           position.depth,
           GNUNET_YES == position.is_rooted,
           position.child_count,
           position.subtree_size,
           position.lag };
}
} // namespace

core::JoinToken
OpenQuestions::add (Join join)
{
  const core::JoinToken token{ ++last_ };
  joins.emplace (token, join);
  return token;
}

core::ReplayToken
OpenQuestions::add (Replay replay)
{
  const core::ReplayToken token{ ++last_ };
  replays.emplace (token, replay);
  return token;
}

void
OpenQuestions::forget (core::ChannelNo channel)
{
  std::erase_if (joins, [channel] (const auto &entry)
                 { return entry.second.channel == channel; });
  std::erase_if (replays, [channel] (const auto &entry)
                 { return entry.second.channel == channel; });
}

base::Head
to_head (const struct GNUNET_MULTICAST_Head *head)
{
  if (nullptr == head)
    return {};
  return { { head->fragment_id },
           { head->message_id },
           { head->group_generation } };
}

std::vector<struct GNUNET_PeerIdentity>
to_peers (const std::vector<base::PeerId> &peers)
{
  std::vector<struct GNUNET_PeerIdentity> out;
  for (const auto &peer : peers)
    if (out.size () < relays_max)
      out.push_back (shell::to_gnunet<struct GNUNET_PeerIdentity> (peer));
  return out;
}

const struct GNUNET_MessageHeader *
to_message (const base::Bytes &bytes)
{
  if (! wire::message_type (bytes))
    return nullptr;
  return reinterpret_cast<const struct GNUNET_MessageHeader *> (bytes.data ());
}

base::Bytes
from_message (const struct GNUNET_MessageHeader *msg)
{
  return nullptr == msg ? base::Bytes{}
                        : base::to_bytes (shell::message_bytes (msg));
}

// ---- origin --------------------------------------------------------------

OriginLink::OriginLink (LinkContext &context, const core::OriginOpen &open)
    : context_ (context), channel_ (open.channel)
{
  const auto key = shell::to_gnunet<struct GNUNET_CRYPTO_EddsaPrivateKey> (
      open.private_key);
  const struct GNUNET_MULTICAST_Head head
      = { open.head.fragment_id.value, open.head.message_id.value,
          open.head.generation.value };
  const struct GNUNET_MULTICAST_OriginCallbacks callbacks
      = { &on_join_request, &on_request, &on_message,
          &on_replay,       &on_member,  &on_state };
  origin_ = GNUNET_MULTICAST_origin_reopen (
      context.cfg, &key, static_cast<std::uint32_t> (open.policy), &head,
      open.known.value, open.is_unclean ? GNUNET_YES : GNUNET_NO, &callbacks,
      this);
  GNUNET_MULTICAST_origin_position_watch (origin_, &on_position, this);
}

OriginLink::~OriginLink () { end (core::Ending::for_now); }

void
OriginLink::end (core::Ending ending)
{
  if (nullptr == origin_)
    return;
  context_.questions->forget (channel_);
  if (core::Ending::for_good == ending)
    GNUNET_MULTICAST_origin_stop (origin_, nullptr, nullptr);
  else
    GNUNET_MULTICAST_origin_close (origin_);
  origin_ = nullptr;
}

void
OriginLink::send (const core::OriginSend &fragment)
{
  if (nullptr == origin_)
    return;
  // The core keeps its window below what the library takes.
  GNUNET_break (
      GNUNET_OK
      == GNUNET_MULTICAST_origin_fragment_send (
          origin_, fragment.message_id.value, fragment.offset,
          fragment.generation.value,
          static_cast<enum GNUNET_MULTICAST_MessageFlags> (fragment.flags),
          fragment.body.data (),
          static_cast<std::uint16_t> (fragment.body.size ())));
}

void
OriginLink::on_join_request (
    void *cls, const struct GNUNET_CRYPTO_EcdsaPublicKey *member_pub_key,
    const struct GNUNET_MessageHeader *join_msg,
    struct GNUNET_MULTICAST_JoinHandle *jh) noexcept
{
  auto *self = static_cast<OriginLink *> (cls);
  const core::JoinToken token = self->context_.questions->add (
      OpenQuestions::Join{ self->channel_, jh });
  self->context_.core->on_join_request (
      self->channel_, token,
      shell::from_gnunet<base::MemberKey> (*member_pub_key),
      from_message (join_msg));
  self->context_.after_input ();
}

void
OriginLink::on_request (
    void *cls, const struct GNUNET_MULTICAST_RequestHeader *req) noexcept
{
  auto *self = static_cast<OriginLink *> (cls);
  if (nullptr == req)
    return; // the state callback says more
  self->context_.count ("fragments of members' requests received", 1);
  self->context_.count ("bytes of members' requests received",
                        ntohs (req->header.size));
  self->context_.core->on_origin_request (self->channel_,
                                          shell::message_bytes (&req->header));
  self->context_.after_input ();
}

void
OriginLink::on_message (
    void *cls, const struct GNUNET_MULTICAST_MessageHeader *msg) noexcept
{
  auto *self = static_cast<OriginLink *> (cls);
  if (nullptr == msg)
    return;
  self->context_.core->on_origin_fragment (self->channel_,
                                           shell::message_bytes (&msg->header));
  self->context_.after_input ();
}

void
OriginLink::on_replay (void *cls,
                       const struct GNUNET_CRYPTO_EcdsaPublicKey *member_key,
                       enum GNUNET_MULTICAST_ReplayUnit unit, uint64_t first,
                       uint64_t last,
                       struct GNUNET_MULTICAST_ReplayHandle *rh) noexcept
{
  auto *self = static_cast<OriginLink *> (cls);
  const core::ReplayToken token = self->context_.questions->add (
      OpenQuestions::Replay{ self->channel_, rh });
  self->context_.core->on_replay_request (
      self->channel_, token, shell::from_gnunet<base::MemberKey> (*member_key),
      static_cast<core::ReplayUnit> (unit), first, last);
  self->context_.after_input ();
}

void
OriginLink::on_member (void *cls,
                       const struct GNUNET_CRYPTO_EcdsaPublicKey *member_key,
                       enum GNUNET_MULTICAST_MemberEvent event) noexcept
{
  auto *self = static_cast<OriginLink *> (cls);
  self->context_.core->on_member_event (
      self->channel_, shell::from_gnunet<base::MemberKey> (*member_key),
      static_cast<core::MemberEvent> (event));
  self->context_.after_input ();
}

void
OriginLink::on_position (
    void *cls, const struct GNUNET_MULTICAST_Position *position) noexcept
{
  auto *self = static_cast<OriginLink *> (cls);
  self->context_.core->on_position (self->channel_, to_position (*position));
}

void
OriginLink::on_state (void *cls, enum GNUNET_MULTICAST_OriginState state,
                      const struct GNUNET_MULTICAST_Head *head) noexcept
{
  auto *self = static_cast<OriginLink *> (cls);
  if (GNUNET_MULTICAST_ORIGIN_SERVICE_LOST == state)
    self->context_.questions->forget (self->channel_);
  self->context_.core->on_origin_state (
      self->channel_, static_cast<core::OriginState> (state), to_head (head));
  self->context_.after_input ();
}

// ---- member --------------------------------------------------------------

MemberLink::MemberLink (LinkContext &context, const core::MemberOpen &open)
    : context_ (context), channel_ (open.channel)
{
  const auto group
      = shell::to_gnunet<struct GNUNET_CRYPTO_EddsaPublicKey> (open.key);
  const auto key = shell::to_gnunet<struct GNUNET_CRYPTO_EcdsaPrivateKey> (
      open.private_key);
  const auto relays = to_peers (open.relays);
  struct GNUNET_PeerIdentity origin
  {
  };
  if (open.origin)
    origin = shell::to_gnunet<struct GNUNET_PeerIdentity> (*open.origin);
  std::vector<struct GNUNET_MULTICAST_Range> have;
  for (const auto &range : open.have)
    have.push_back ({ range.first, range.last });
  const struct GNUNET_MULTICAST_MemberCallbacks callbacks
      = { &on_decision,       &on_message,        &on_replay, &on_gap,
          &on_state,          &on_head,           &on_ticket, &on_fetched,
          &on_request_stored, &on_request_settled };
  member_ = GNUNET_MULTICAST_member_open (
      context.cfg, &group, &key, &origin,
      static_cast<std::uint16_t> (relays.size ()), relays.data (),
      open.ticket.data (), static_cast<std::uint16_t> (open.ticket.size ()),
      to_message (open.join_message), open.first_fragment.value,
      static_cast<std::uint32_t> (have.size ()), have.data (), &callbacks,
      this);
  GNUNET_MULTICAST_member_position_watch (member_, &on_position, this);
  GNUNET_MULTICAST_member_peers_watch (member_, &on_peers, this);
}

MemberLink::~MemberLink () { end (core::Ending::for_now); }

void
MemberLink::end (core::Ending ending)
{
  if (nullptr == member_)
    return;
  context_.questions->forget (channel_);
  if (core::Ending::for_good == ending)
    GNUNET_MULTICAST_member_part (member_, nullptr, nullptr);
  else
    GNUNET_MULTICAST_member_close (member_);
  member_ = nullptr;
}

void
MemberLink::send (const core::MemberRequestSend &request)
{
  if (nullptr == member_)
    return;
  const auto &head = request.request->head;
  const base::ByteView body = request.request->body ();
  // NO: the link was lost just now; the next attachment sends it again.
  (void)GNUNET_MULTICAST_member_request_send (
      member_, head.request_id.value, head.offset,
      static_cast<enum GNUNET_MULTICAST_MessageFlags> (head.flags),
      body.data (), static_cast<std::uint16_t> (body.size ()));
}

void
MemberLink::fetch (const core::MemberFetch &fetch)
{
  const auto unit = static_cast<enum GNUNET_MULTICAST_ReplayUnit> (fetch.unit);
  int asked = GNUNET_NO;
  if (nullptr != member_)
    asked = fetch.is_question
                ? GNUNET_MULTICAST_member_ask (member_, unit, fetch.first)
                : GNUNET_MULTICAST_member_fetch (member_, unit, fetch.first,
                                                 fetch.last);
  if (GNUNET_OK != asked)
    context_.core->on_fetched (channel_, core::ReplayCode::internal_error);
}

void
MemberLink::on_decision (void *cls, int is_admitted,
                         const struct GNUNET_MULTICAST_Head *admission,
                         const struct GNUNET_PeerIdentity *origin,
                         uint16_t relay_count,
                         const struct GNUNET_PeerIdentity *relays,
                         const void *ticket, uint16_t ticket_size,
                         const struct GNUNET_MessageHeader *answer) noexcept
{
  auto *self = static_cast<MemberLink *> (cls);
  core::Decision decision;
  if (GNUNET_YES == is_admitted)
    decision.admission = core::Admission::admitted;
  else if (GNUNET_NO == is_admitted)
    decision.admission = core::Admission::refused;
  decision.head = to_head (admission);
  if (nullptr != origin)
    decision.origin = shell::from_gnunet<base::PeerId> (*origin);
  for (std::uint16_t i = 0; i < relay_count; i++)
    decision.relays.push_back (shell::from_gnunet<base::PeerId> (relays[i]));
  const auto *bytes = static_cast<const std::uint8_t *> (ticket);
  if (nullptr != bytes)
    decision.ticket.assign (bytes, bytes + ticket_size);
  decision.answer = from_message (answer);
  self->context_.core->on_decision (self->channel_, std::move (decision));
  self->context_.after_input ();
}

void
MemberLink::on_message (
    void *cls, const struct GNUNET_MULTICAST_MessageHeader *msg) noexcept
{
  auto *self = static_cast<MemberLink *> (cls);
  if (nullptr == msg)
    return; // the state callback says more
  self->context_.count ("fragments received from hosts", 1);
  self->context_.count ("bytes received from hosts", ntohs (msg->header.size));
  self->context_.core->on_member_fragment (self->channel_,
                                           shell::message_bytes (&msg->header));
  self->context_.after_input ();
}

void
MemberLink::on_replay (void *cls,
                       const struct GNUNET_CRYPTO_EcdsaPublicKey *member_key,
                       enum GNUNET_MULTICAST_ReplayUnit unit, uint64_t first,
                       uint64_t last,
                       struct GNUNET_MULTICAST_ReplayHandle *rh) noexcept
{
  auto *self = static_cast<MemberLink *> (cls);
  const core::ReplayToken token = self->context_.questions->add (
      OpenQuestions::Replay{ self->channel_, rh });
  self->context_.core->on_replay_request (
      self->channel_, token, shell::from_gnunet<base::MemberKey> (*member_key),
      static_cast<core::ReplayUnit> (unit), first, last);
  self->context_.after_input ();
}

void
MemberLink::on_gap (void *cls, uint64_t first, uint64_t last) noexcept
{
  auto *self = static_cast<MemberLink *> (cls);
  self->context_.core->on_gap (self->channel_, first, last);
  self->context_.after_input ();
}

void
MemberLink::on_state (void *cls, enum GNUNET_MULTICAST_MemberState state,
                      const struct GNUNET_MULTICAST_Head *head) noexcept
{
  auto *self = static_cast<MemberLink *> (cls);
  self->context_.core->on_member_state (
      self->channel_, static_cast<core::LinkState> (state), to_head (head));
  self->context_.after_input ();
}

void
MemberLink::on_head (void *cls,
                     const struct GNUNET_MULTICAST_Head *head) noexcept
{
  auto *self = static_cast<MemberLink *> (cls);
  self->context_.core->on_head (self->channel_, to_head (head));
  self->context_.after_input ();
}

void
MemberLink::on_ticket (void *cls, const void *ticket,
                       uint16_t ticket_size) noexcept
{
  auto *self = static_cast<MemberLink *> (cls);
  const auto *bytes = static_cast<const std::uint8_t *> (ticket);
  self->context_.core->on_ticket (self->channel_,
                                  base::Bytes (bytes, bytes + ticket_size));
  self->context_.after_input ();
}

void
MemberLink::on_position (
    void *cls, const struct GNUNET_MULTICAST_Position *position) noexcept
{
  auto *self = static_cast<MemberLink *> (cls);
  self->context_.core->on_position (self->channel_, to_position (*position));
}

void
MemberLink::on_peers (void *cls, uint16_t peer_count,
                      const struct GNUNET_PeerIdentity *peers) noexcept
{
  auto *self = static_cast<MemberLink *> (cls);
  std::vector<base::PeerId> known;
  for (std::uint16_t i = 0; i < peer_count; i++)
    known.push_back (shell::from_gnunet<base::PeerId> (peers[i]));
  self->context_.core->on_peers (self->channel_, std::move (known));
  self->context_.after_input ();
}

void
MemberLink::on_fetched (void *cls, enum GNUNET_MULTICAST_ReplayUnit, uint64_t,
                        uint64_t,
                        enum GNUNET_MULTICAST_ReplayErrorCode code) noexcept
{
  auto *self = static_cast<MemberLink *> (cls);
  self->context_.core->on_fetched (self->channel_,
                                   static_cast<core::ReplayCode> (code));
  self->context_.after_input ();
}

void
MemberLink::on_request_stored (void *cls, uint64_t request_id,
                               uint64_t fragment_offset) noexcept
{
  auto *self = static_cast<MemberLink *> (cls);
  self->context_.core->on_request_stored (
      self->channel_, base::RequestId{ request_id }, fragment_offset);
  self->context_.after_input ();
}

void
MemberLink::on_request_settled (void *cls, uint64_t request_id,
                                enum GNUNET_MULTICAST_RequestResult result,
                                uint64_t message_id, uint32_t code,
                                const char *reason) noexcept
{
  auto *self = static_cast<MemberLink *> (cls);
  self->context_.core->on_request_settled (
      self->channel_, base::RequestId{ request_id },
      GNUNET_MULTICAST_REQUEST_ACCEPTED == result
          ? core::RequestOutcome::accepted
          : core::RequestOutcome::refused,
      message_id, code, nullptr == reason ? "" : reason);
  self->context_.after_input ();
}
} // namespace psyc
