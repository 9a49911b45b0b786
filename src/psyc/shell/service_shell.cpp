// SPDX-License-Identifier: AGPL-3.0-or-later
#include "psyc/shell/service_shell.hpp"

#include "gnunet_psyc_service.h"

namespace psyc
{
namespace
{
using MemberPub = struct GNUNET_CRYPTO_EcdsaPublicKey;

// How long the last writes may take when the service is told to end.
constexpr base::Duration release_after = base::seconds (2);

// Left as it is when it is not configured (or not as a number above 0).
void
read_number (const struct GNUNET_CONFIGURATION_Handle *cfg, const char *option,
             std::uint64_t &number)
{
  unsigned long long size = 0;
  if (GNUNET_OK
      != GNUNET_CONFIGURATION_get_value_size (cfg, "psyc", option, &size))
    return;
  if (0 < size)
    number = size;
  else
    GNUNET_log (GNUNET_ERROR_TYPE_WARNING, "[psyc] %s must be above 0\n",
                option);
}

core::Config
read_config (const struct GNUNET_CONFIGURATION_Handle *cfg)
{
  core::Config config;
  config.payload_max = GNUNET_MULTICAST_FRAGMENT_MAX_PAYLOAD;
  read_number (cfg, "CHECKPOINT_CHANGES", config.checkpoint_changes);
  read_number (cfg, "CHECKPOINT_BYTES", config.checkpoint_bytes);
  return config;
}
} // namespace

base::ChannelKey
GnunetKeyDeriver::public_key (const base::ChannelPrivateKey &key) const
{
  const auto priv
      = shell::to_gnunet<struct GNUNET_CRYPTO_EddsaPrivateKey> (key);
  struct GNUNET_CRYPTO_EddsaPublicKey pub;
  GNUNET_CRYPTO_eddsa_key_get_public (&priv, &pub);
  return shell::from_gnunet<base::ChannelKey> (pub);
}

base::MemberKey
GnunetKeyDeriver::public_key (const base::MemberPrivateKey &key) const
{
  const auto priv
      = shell::to_gnunet<struct GNUNET_CRYPTO_EcdsaPrivateKey> (key);
  MemberPub pub;
  GNUNET_CRYPTO_ecdsa_key_get_public (&priv, &pub);
  return shell::from_gnunet<base::MemberKey> (pub);
}

ServiceShell::ServiceShell ()
    : core_ (core::Config{}, keys_), timer_ ([this] { on_time (); }),
      release_ ([this] { release (); })
{}

// ---- life ----------------------------------------------------------------

void
ServiceShell::on_start (const struct GNUNET_CONFIGURATION_Handle *cfg,
                        struct GNUNET_SERVICE_Handle *)
{
  cfg_ = cfg;
  core_.configure (read_config (cfg));
  statistics_.emplace (cfg, "psyc",
                       [this] (auto &statistics) { look (statistics); });
  link_context_.cfg = cfg;
  link_context_.core = &core_;
  link_context_.questions = &questions_;
  link_context_.after_input = [this] { drain (); };
  link_context_.count
      = [this] (const char *name, std::size_t amount) { count (name, amount); };
  store_ = std::make_unique<StoreLink> (
      cfg, StoreLink::Inputs{ [this] (core::OpId op, core::StoreItem item)
                              {
                                const bool go_on = core_.on_store_item (
                                    op, std::move (item));
                                drain ();
                                return go_on;
                              },
                              [this] (core::OpId op, core::StoreResult result)
                              {
                                core_.on_store_result (op, result);
                                drain ();
                              } });
  if (! store_->is_open ())
  {
    GNUNET_log (GNUNET_ERROR_TYPE_ERROR,
                "psycstore cannot be reached by this configuration\n");
    GNUNET_SCHEDULER_shutdown ();
    return;
  }
  core_.start (shell::now ());
  drain ();
}

void
ServiceShell::on_client (shell::ServiceClient &client)
{
  const core::ClientId id{ ++last_client_ };
  clients_.emplace (id, &client);
  client_ids_.emplace (&client, id);
}

void
ServiceShell::on_client_gone (shell::ServiceClient &client)
{
  const core::ClientId id = client_ids_.at (&client);
  clients_.erase (id);
  client_ids_.erase (&client);
  core_.advance_time (shell::now ());
  core_.on_client_gone (id);
  drain ();
}

void
ServiceShell::on_message (shell::ServiceClient &client, base::ByteView message)
{
  count ("messages from clients");
  count ("bytes from clients", message.size ());
  core_.advance_time (shell::now ());
  core_.on_client_message (client_ids_.at (&client), message);
  drain ();
}

void
ServiceShell::on_shutdown ()
{
  is_ending_ = true;
  core_.advance_time (shell::now ());
  core_.shut_down ();
  release_.arm_in (release_after);
  drain ();
}

void
ServiceShell::release ()
{
  release_.disarm ();
  timer_.disarm ();
  origins_.clear ();
  members_.clear ();
  store_.reset ();
  statistics_.reset ();
}

// ---- statistics ----------------------------------------------------------

void
ServiceShell::count (std::string_view name, std::size_t amount)
{
  if (statistics_)
    statistics_->count (name, static_cast<std::int64_t> (amount));
}

void
ServiceShell::look (shell::Statistics &statistics)
{
  const auto now = core_.load ();
  statistics.set ("clients connected", clients_.size ());
  statistics.set ("channels hosted", origins_.size ());
  statistics.set ("channels joined", members_.size ());
  statistics.set ("requests waiting in outboxes and inboxes", now.requests);
  statistics.set ("operations of the store under way", now.store_calls);
  statistics.set ("questions at doors not answered", questions_.joins.size ());
  statistics.set ("replays being answered", questions_.replays.size ());
}

void
ServiceShell::on_time ()
{
  armed_for_ = base::time_never;
  core_.advance_time (shell::now ());
  drain ();
}

void
ServiceShell::drain ()
{
  if (std::exchange (is_draining_, true))
    return; // called from within: the loop below goes on
  while (auto effect = core_.poll_effect ())
    std::visit ([this] (const auto &what) { perform (what); }, *effect);
  is_draining_ = false;
  if (statistics_)
    statistics_->touch ();
  // The store's library may be calling: it is let go of from the scheduler.
  if (is_ending_ && store_ && core_.is_ended ())
    release_.arm_now ();
  arm_timer ();
}

void
ServiceShell::arm_timer ()
{
  const base::TimePoint next = core_.next_deadline ();
  if (next == armed_for_)
    return;
  armed_for_ = next;
  timer_.arm_at (next);
}

// ---- effects -------------------------------------------------------------

void
ServiceShell::perform (const core::CallStore &effect)
{
  if (store_)
    store_->call (effect);
}

template <typename Do>
void
ServiceShell::with_origin (core::ChannelNo channel, Do &&action)
{
  auto it = origins_.find (channel);
  if (it != origins_.end () && nullptr != it->second->handle ())
    action (it->second->handle ());
}

template <typename Do>
void
ServiceShell::with_member (core::ChannelNo channel, Do &&action)
{
  auto it = members_.find (channel);
  if (it != members_.end () && nullptr != it->second->handle ())
    action (it->second->handle ());
}

void
ServiceShell::perform (const core::OriginOpen &effect)
{
  origins_[effect.channel]
      = std::make_unique<OriginLink> (link_context_, effect);
}

void
ServiceShell::perform (const core::OriginSend &effect)
{
  count ("fragments said in our channels");
  count ("bytes said in our channels", effect.body.size ());
  if (auto it = origins_.find (effect.channel); it != origins_.end ())
    it->second->send (effect);
}

void
ServiceShell::perform (const core::OriginStored &effect)
{
  with_origin (effect.channel,
               [&] (auto *origin)
               {
                 GNUNET_MULTICAST_origin_fragment_stored (
                     origin, effect.fragment_id.value);
               });
}

void
ServiceShell::perform (const core::OriginDiscard &effect)
{
  with_origin (effect.channel,
               [&] (auto *origin)
               {
                 GNUNET_MULTICAST_origin_fragment_discard (
                     origin, effect.fragment_id.value);
               });
}

void
ServiceShell::perform (const core::OriginRequestStored &effect)
{
  const auto member = shell::to_gnunet<MemberPub> (effect.member);
  with_origin (effect.channel,
               [&] (auto *origin)
               {
                 GNUNET_MULTICAST_origin_request_stored (
                     origin, &member, effect.request_id.value, effect.offset);
               });
}

void
ServiceShell::perform (const core::OriginRequestSettled &effect)
{
  const auto member = shell::to_gnunet<MemberPub> (effect.member);
  with_origin (effect.channel,
               [&] (auto *origin)
               {
                 GNUNET_MULTICAST_origin_request_settled (
                     origin, &member, effect.request_id.value,
                     core::RequestOutcome::accepted == effect.outcome
                         ? GNUNET_MULTICAST_REQUEST_ACCEPTED
                         : GNUNET_MULTICAST_REQUEST_REFUSED,
                     effect.message_id, effect.code, effect.reason.c_str ());
               });
}

void
ServiceShell::perform (const core::OriginEject &effect)
{
  const auto member = shell::to_gnunet<MemberPub> (effect.member);
  with_origin (effect.channel,
               [&] (auto *origin)
               {
                 GNUNET_MULTICAST_origin_eject (origin, &member,
                                                effect.generation.value,
                                                to_message (effect.notice));
               });
}

void
ServiceShell::perform (const core::OriginRevoke &effect)
{
  const auto member = shell::to_gnunet<MemberPub> (effect.member);
  with_origin (effect.channel,
               [&] (auto *origin) {
                 GNUNET_MULTICAST_origin_revoke (origin, &member,
                                                 effect.generation.value);
               });
}

void
ServiceShell::perform (const core::OriginEnd &effect)
{
  auto node = origins_.extract (effect.channel);
  if (! node.empty ())
    node.mapped ()->end (effect.ending);
}

void
ServiceShell::perform (const core::DecideJoin &effect)
{
  auto node = questions_.joins.extract (effect.join);
  if (node.empty ())
    return; // the one who asked is out of reach
  const auto relays = to_peers (effect.relays);
  (void)GNUNET_MULTICAST_join_decision (
      node.mapped ().handle, static_cast<int> (effect.admission),
      static_cast<std::uint16_t> (relays.size ()), relays.data (),
      to_message (effect.answer));
}

void
ServiceShell::perform (const core::TellJoinPending &effect)
{
  if (auto it = questions_.joins.find (effect.join);
      it != questions_.joins.end ())
    GNUNET_MULTICAST_join_pending (it->second.handle);
}

void
ServiceShell::perform (const core::ReplayFragment &effect)
{
  if (auto it = questions_.replays.find (effect.replay);
      it != questions_.replays.end ())
    GNUNET_MULTICAST_replay_response (
        it->second.handle,
        reinterpret_cast<const struct GNUNET_MessageHeader *> (
            effect.fragment->bytes.data ()),
        GNUNET_MULTICAST_REC_OK);
}

void
ServiceShell::perform (const core::ReplayEnd &effect)
{
  auto node = questions_.replays.extract (effect.replay);
  if (node.empty ())
    return;
  if (! effect.next.is_none ())
    GNUNET_MULTICAST_replay_response_next (node.mapped ().handle,
                                           effect.next.value);
  if (core::ReplayCode::ok == effect.code)
    GNUNET_MULTICAST_replay_response_end (node.mapped ().handle);
  else
    GNUNET_MULTICAST_replay_response (
        node.mapped ().handle, nullptr,
        static_cast<enum GNUNET_MULTICAST_ReplayErrorCode> (effect.code));
}

void
ServiceShell::perform (const core::MemberOpen &effect)
{
  members_[effect.channel]
      = std::make_unique<MemberLink> (link_context_, effect);
}

void
ServiceShell::perform (const core::MemberStored &effect)
{
  with_member (effect.channel,
               [&] (auto *member)
               {
                 GNUNET_MULTICAST_member_fragment_stored (
                     member, effect.fragment_id.value);
               });
}

void
ServiceShell::perform (const core::MemberFailed &effect)
{
  with_member (effect.channel,
               [&] (auto *member)
               {
                 GNUNET_MULTICAST_member_fragment_failed (
                     member, effect.fragment_id.value);
               });
}

void
ServiceShell::perform (const core::MemberRequestSend &effect)
{
  count ("fragments of requests sent to hosts");
  count ("bytes of requests sent to hosts", effect.request->bytes.size ());
  if (auto it = members_.find (effect.channel); it != members_.end ())
    it->second->send (effect);
}

void
ServiceShell::perform (const core::MemberFetch &effect)
{
  if (auto it = members_.find (effect.channel); it != members_.end ())
    it->second->fetch (effect);
}

void
ServiceShell::perform (const core::MemberEnd &effect)
{
  auto node = members_.extract (effect.channel);
  if (! node.empty ())
    node.mapped ()->end (effect.ending);
}

// ---- clients -------------------------------------------------------------

shell::ServiceClient *
ServiceShell::client (core::ClientId id)
{
  auto it = clients_.find (id);
  return it == clients_.end () ? nullptr : it->second;
}

void
ServiceShell::perform (const core::ToClient &effect)
{
  auto *to = client (effect.client);
  if (nullptr == to)
    return;
  count ("messages to clients");
  count ("bytes to clients", effect.message.size ());
  shell::send_bytes (to->mq, effect.message);
}

void
ServiceShell::perform (const core::DropClient &effect)
{
  auto *gone = client (effect.client);
  if (nullptr == gone)
    return;
  GNUNET_log (GNUNET_ERROR_TYPE_WARNING, "dropping a client: %s\n",
              effect.reason.c_str ());
  perform (core::Count{ "# clients dropped for what they sent" });
  GNUNET_break (0);
  GNUNET_SERVICE_client_drop (gone->handle);
}

void
ServiceShell::perform (const core::ContinueClient &effect)
{
  if (auto *to = client (effect.client))
    GNUNET_SERVICE_client_continue (to->handle);
}

void
ServiceShell::perform (const core::Count &effect)
{
  count (effect.name, effect.amount);
}
} // namespace psyc
