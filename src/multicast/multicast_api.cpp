// SPDX-License-Identifier: AGPL-3.0-or-later
//
// libgnunetmulticast: what origin and membership have in common, and the
// answers that their clients give. See gnunet_multicast_service.h.
#include "multicast/multicast_api.hpp"

using multicast::ClientJoinVerdict;
using multicast::api::Endpoint;

static_assert (sizeof (struct GNUNET_MULTICAST_MessageHeader) == 116);
static_assert (sizeof (struct GNUNET_MULTICAST_RequestHeader) == 136);

namespace multicast::api
{
namespace
{
// A service that does not answer a leave is not waited for any longer.
constexpr base::Duration leave_timeout = base::seconds (5);
} // namespace

const struct GNUNET_MessageHeader *
as_message (const base::Bytes &bytes)
{
  if (! wire::message_type (bytes))
    return nullptr;
  return reinterpret_cast<const struct GNUNET_MessageHeader *> (bytes.data ());
}

std::vector<base::PeerId>
copy_peers (const struct GNUNET_PeerIdentity *peers, std::uint16_t count)
{
  std::vector<base::PeerId> out;
  for (std::uint16_t i = 0; i < count && i < relays_max && nullptr != peers;
       i++)
    out.push_back (shell::from_gnunet<base::PeerId> (peers[i]));
  return out;
}

Endpoint::Endpoint (const struct GNUNET_CONFIGURATION_Handle *cfg)
    : leave_timer_ ([this] { finish_leaving (); })
{
  link_ = shell::ServiceLink::open<ServiceMessages> (
      cfg, "multicast",
      { .on_connected =
            [this]
        {
          epoch_++;
          on_connected ();
        },
        .on_disconnected =
            [this]
        {
          if (is_leaving_)
            finish_leaving ();
          else
            on_disconnected ();
        },
        .on_message
        = [this] (base::ByteView message) { return take_message (message); } });
}

bool
Endpoint::take_message (base::ByteView message)
{
  if (! is_leaving_)
    return on_message (message);
  if (wire::message_type (message) == ServiceLeft::wire_type)
    finish_leaving ();
  return true;
}

void
Endpoint::leave (GNUNET_ContinuationCallback done, void *done_cls)
{
  is_leaving_ = true;
  left_ = done;
  left_cls_ = done_cls;
  forget_callbacks ();
  joins_.clear ();
  replays_.clear ();
  if (is_connected ())
  {
    send (ClientLeave{});
    leave_timer_.arm_in (leave_timeout);
  }
  else
    leave_timer_.arm_now ();
}

void
Endpoint::finish_leaving ()
{
  const auto done = left_;
  void *const cls = left_cls_;
  delete this;
  if (nullptr != done)
    done (cls);
}

Endpoint::JoinHandle *
Endpoint::new_join (std::uint64_t join_id)
{
  auto join
      = std::make_unique<JoinHandle> (JoinHandle{ this, epoch_, join_id });
  auto *raw = join.get ();
  joins_.emplace (raw, std::move (join));
  return raw;
}

void
Endpoint::answer_join (JoinHandle *join, ClientJoinVerdict verdict,
                       std::vector<base::PeerId> relays, base::Bytes answer)
{
  if (join->epoch == epoch_)
    send (ClientJoinAnswer{
        join->join_id, verdict, std::move (relays), { std::move (answer) } });
  if (ClientJoinVerdict::pending != verdict)
    joins_.erase (join);
}

Endpoint::ReplayHandle *
Endpoint::new_replay (
    std::function<void (const struct GNUNET_MessageHeader *)> fragment,
    std::function<void (enum GNUNET_MULTICAST_ReplayErrorCode)> end)
{
  auto replay = std::make_unique<ReplayHandle> ();
  replay->endpoint = this;
  replay->on_fragment = std::move (fragment);
  replay->on_end = std::move (end);
  auto *raw = replay.get ();
  replays_.emplace (raw, std::move (replay));
  return raw;
}

Endpoint::ReplayHandle *
Endpoint::new_service_replay (std::uint64_t replay_id)
{
  const std::uint64_t epoch = epoch_;
  ReplayHandle *const replay = new_replay (
      [this, epoch, replay_id] (const struct GNUNET_MessageHeader *fragment)
      {
        if (epoch == epoch_)
          send (ClientReplayFragment{ replay_id, { copy_message (fragment) } });
      },
      nullptr);
  replay->on_end = [this, epoch, replay_id,
                    replay] (enum GNUNET_MULTICAST_ReplayErrorCode code)
  {
    if (epoch == epoch_)
      send (ClientReplayEnd{ replay_id, code, replay->next });
  };
  return replay;
}

void
Endpoint::end_replay (ReplayHandle *replay,
                      enum GNUNET_MULTICAST_ReplayErrorCode code)
{
  auto node = replays_.extract (replay); // lives until we return
  if (! node.empty ())
    node.mapped ()->on_end (code);
}
} // namespace multicast::api

struct GNUNET_MULTICAST_ReplayHandle *
GNUNET_MULTICAST_join_decision (struct GNUNET_MULTICAST_JoinHandle *jh,
                                int is_admitted, uint16_t relay_count,
                                const struct GNUNET_PeerIdentity *relays,
                                const struct GNUNET_MessageHeader *join_resp)
{
  ClientJoinVerdict verdict = ClientJoinVerdict::cannot_say;
  if (GNUNET_YES == is_admitted)
    verdict = ClientJoinVerdict::admitted;
  else if (GNUNET_NO == is_admitted)
    verdict = ClientJoinVerdict::refused;
  base::Bytes answer = multicast::api::copy_message (join_resp);
  if (answer.size () > multicast::join_message_size_max)
  {
    GNUNET_break (0);
    answer.clear ();
  }
  jh->endpoint->answer_join (jh, verdict,
                             multicast::api::copy_peers (relays, relay_count),
                             std::move (answer));
  return nullptr;
}

void
GNUNET_MULTICAST_join_pending (struct GNUNET_MULTICAST_JoinHandle *jh)
{
  jh->endpoint->answer_join (jh, ClientJoinVerdict::pending, {}, {});
}

void
GNUNET_MULTICAST_replay_response (struct GNUNET_MULTICAST_ReplayHandle *rh,
                                  const struct GNUNET_MessageHeader *msg,
                                  enum GNUNET_MULTICAST_ReplayErrorCode ec)
{
  if (GNUNET_MULTICAST_REC_OK != ec)
    rh->endpoint->end_replay (rh, ec);
  else if (nullptr != msg
           && ntohs (msg->size) <= GNUNET_MULTICAST_FRAGMENT_MAX_SIZE)
    rh->on_fragment (msg);
}

void
GNUNET_MULTICAST_replay_response_next (struct GNUNET_MULTICAST_ReplayHandle *rh,
                                       uint64_t next_fragment_id)
{
  rh->next.value = next_fragment_id;
}

void
GNUNET_MULTICAST_replay_response_end (struct GNUNET_MULTICAST_ReplayHandle *rh)
{
  rh->endpoint->end_replay (rh, GNUNET_MULTICAST_REC_OK);
}

namespace
{
void
pull_replay (struct GNUNET_MULTICAST_ReplayHandle *rh)
{
  base::Bytes room (GNUNET_MULTICAST_FRAGMENT_MAX_SIZE);
  std::size_t size = room.size ();
  Endpoint *const endpoint = rh->endpoint;
  const auto life = endpoint->life ();
  const int result = rh->notify (rh->notify_cls, &size, room.data ());
  if (! Endpoint::is_usable (life, endpoint))
    return;
  if (GNUNET_SYSERR == result || size > room.size ())
  {
    endpoint->end_replay (rh, GNUNET_MULTICAST_REC_INTERNAL_ERROR);
    return;
  }
  room.resize (size);
  if (const auto *message = multicast::api::as_message (room))
    rh->on_fragment (message);
  if (GNUNET_YES == result)
    endpoint->end_replay (rh, GNUNET_MULTICAST_REC_OK);
  else
    rh->pull->arm_now ();
}
} // namespace

void
GNUNET_MULTICAST_replay_response2 (struct GNUNET_MULTICAST_ReplayHandle *rh,
                                   GNUNET_MULTICAST_ReplayTransmitNotify notify,
                                   void *notify_cls)
{
  rh->notify = notify;
  rh->notify_cls = notify_cls;
  rh->pull = std::make_unique<shell::Timer> ([rh] { pull_replay (rh); });
  rh->pull->arm_now ();
}
