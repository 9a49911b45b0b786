// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The C interface of masters.
#include <algorithm>

#include "psyc/message/part_writer.hpp"
#include "psyc/psyc_api_master.hpp"

using namespace psyc;

namespace
{
constexpr std::size_t relay_modifiers_max = 32 * 1024;

[[nodiscard]] base::MemberKey
member_key (const struct GNUNET_CRYPTO_EcdsaPublicKey *key)
{
  return shell::from_gnunet<base::MemberKey> (*key);
}

[[nodiscard]] local::RequestDecision
decision_on (const struct GNUNET_CRYPTO_EcdsaPublicKey *slave_key,
             std::uint64_t request_id, local::RequestAction action)
{
  local::RequestDecision decision;
  decision.member_key = member_key (slave_key);
  decision.request_id = request_id;
  decision.action = action;
  return decision;
}

// The environment as modifier parts; nothing when it is invalid or too large.
[[nodiscard]] std::optional<base::Bytes>
modifier_parts (const struct GNUNET_PSYC_Environment *env)
{
  if (nullptr == env)
    return base::Bytes{};
  PartWriter writer (relay_modifiers_max);
  for (const auto *it = GNUNET_PSYC_env_head (env); nullptr != it;
       it = it->next)
  {
    const auto oper = operator_from (static_cast<std::uint8_t> (it->oper));
    if (! oper
        || ! writer.modifier (
            *oper, it->name,
            { static_cast<const std::uint8_t *> (it->value), it->value_size })
        || writer.pending () > relay_modifiers_max)
      return std::nullopt;
  }
  writer.flush ();
  base::Bytes parts;
  while (const auto chunk = writer.take ())
    parts.insert (parts.end (), chunk->begin (), chunk->end ());
  return parts;
}
} // namespace

struct GNUNET_PSYC_Master *
GNUNET_PSYC_master_start (
    const struct GNUNET_CONFIGURATION_Handle *cfg,
    const struct GNUNET_CRYPTO_EddsaPrivateKey *channel_key,
    enum GNUNET_PSYC_Policy policy,
    GNUNET_PSYC_MasterStartCallback master_start_cb,
    GNUNET_PSYC_JoinRequestCallback join_request_cb,
    GNUNET_PSYC_MessageCallback message_cb,
    GNUNET_PSYC_MessagePartCallback message_part_cb, void *cls)
{
  local::MasterStart hello;
  hello.private_key
      = shell::from_gnunet<base::ChannelPrivateKey> (*channel_key);
  hello.policy = static_cast<std::uint32_t> (policy);
  const auto master = std::make_shared<GNUNET_PSYC_Master> (
      hello, GNUNET_PSYC_Master::Callbacks{ master_start_cb, join_request_cb },
      api::MessageSink{ message_cb, message_part_cb, cls });
  master->begin (cfg);
  return master.get ();
}

void
GNUNET_PSYC_master_stop (struct GNUNET_PSYC_Master *master, int keep_active,
                         GNUNET_ContinuationCallback stop_cb, void *stop_cls)
{
  master->part (GNUNET_NO != keep_active, stop_cb, stop_cls);
}

struct GNUNET_PSYC_Channel *
GNUNET_PSYC_master_get_channel (struct GNUNET_PSYC_Master *master)
{
  return master;
}

// ---- Sending -----------------------------------------------------------

struct GNUNET_PSYC_MasterTransmitHandle *
GNUNET_PSYC_master_transmit (struct GNUNET_PSYC_Master *master,
                             const char *method_name,
                             GNUNET_PSYC_TransmitNotifyModifier notify_mod,
                             GNUNET_PSYC_TransmitNotifyData notify_data,
                             void *notify_cls,
                             enum GNUNET_PSYC_MasterTransmitFlags flags)
{
  auto &handle = master->transmit_handle ();
  return handle.start (*master, method_name, notify_mod, notify_data,
                       notify_cls, static_cast<std::uint32_t> (flags))
             ? &handle
             : nullptr;
}

void
GNUNET_PSYC_master_transmit_resume (struct GNUNET_PSYC_MasterTransmitHandle *th)
{
  th->resume ();
}

void
GNUNET_PSYC_master_transmit_cancel (struct GNUNET_PSYC_MasterTransmitHandle *th)
{
  th->cancel ();
}

struct GNUNET_PSYC_MasterTransmitHandle *
GNUNET_PSYC_master_relay (struct GNUNET_PSYC_Master *master,
                          uint64_t message_id)
{
  return master->relay (message_id);
}

// ---- Door --------------------------------------------------------------

int
GNUNET_PSYC_join_decision (struct GNUNET_PSYC_JoinHandle *jh, int is_admitted,
                           uint32_t relay_count,
                           const struct GNUNET_PeerIdentity *relays,
                           const struct GNUNET_PSYC_Message *join_resp)
{
  local::JoinDecision decision;
  decision.answer.bytes = api::message_bytes (join_resp);
  if (decision.answer.bytes.size () > local::join_message_size_max
      || relay_count > local::relays_max)
    return GNUNET_SYSERR;
  decision.admission = GNUNET_YES == is_admitted  ? local::Admission::admitted
                       : GNUNET_NO == is_admitted ? local::Admission::refused
                                                  : local::Admission::unknown;
  for (std::uint32_t i = 0; nullptr != relays && i < relay_count; i++)
    decision.relays.push_back (shell::from_gnunet<base::PeerId> (relays[i]));
  jh->master.decide (*jh, std::move (decision));
  return GNUNET_OK;
}

void
GNUNET_PSYC_join_pending (struct GNUNET_PSYC_JoinHandle *jh)
{
  jh->master.say_pending (*jh);
}

// ---- Requests ----------------------------------------------------------

void
GNUNET_PSYC_master_handle_requests (struct GNUNET_PSYC_Master *master,
                                    GNUNET_PSYC_RequestCallback request_cb,
                                    void *cls)
{
  master->handle_requests (request_cb, cls);
}

void
GNUNET_PSYC_master_request_relay (
    struct GNUNET_PSYC_Master *master,
    const struct GNUNET_CRYPTO_EcdsaPublicKey *slave_key, uint64_t request_id,
    const struct GNUNET_PSYC_Environment *env)
{
  auto parts = modifier_parts (env);
  if (! parts)
  {
    GNUNET_break (0);
    GNUNET_PSYC_master_request_refuse (master, slave_key, request_id, 0,
                                       "could not be relayed");
    return;
  }
  auto decision
      = decision_on (slave_key, request_id, local::RequestAction::relay);
  decision.modifiers.bytes = std::move (*parts);
  master->decide (std::move (decision));
}

void
GNUNET_PSYC_master_request_accept (
    struct GNUNET_PSYC_Master *master,
    const struct GNUNET_CRYPTO_EcdsaPublicKey *slave_key, uint64_t request_id)
{
  master->decide (
      decision_on (slave_key, request_id, local::RequestAction::accept));
}

void
GNUNET_PSYC_master_request_refuse (
    struct GNUNET_PSYC_Master *master,
    const struct GNUNET_CRYPTO_EcdsaPublicKey *slave_key, uint64_t request_id,
    uint32_t code, const char *reason)
{
  auto decision
      = decision_on (slave_key, request_id, local::RequestAction::refuse);
  decision.code = code;
  decision.reason = nullptr == reason ? "" : reason;
  decision.reason.resize (
      std::min (decision.reason.size (), local::name_size_max - 1));
  master->decide (std::move (decision));
}

// ---- Members -----------------------------------------------------------

void
GNUNET_PSYC_master_eject (struct GNUNET_PSYC_Master *master,
                          const struct GNUNET_CRYPTO_EcdsaPublicKey *slave_key,
                          const struct GNUNET_PSYC_Message *notice,
                          GNUNET_ResultCallback result_cb, void *cls)
{
  local::Eject question;
  question.member_key = member_key (slave_key);
  question.notice.bytes = api::message_bytes (notice);
  if (question.notice.bytes.size () > local::join_message_size_max)
    question.notice.bytes.clear ();
  api::ask (*master, std::move (question), result_cb, cls);
}

void
GNUNET_PSYC_master_adopt (struct GNUNET_PSYC_Master *master,
                          GNUNET_ResultCallback result_cb, void *cls)
{
  api::ask (*master, local::Adopt{}, result_cb, cls);
}

void
GNUNET_PSYC_master_watch_members (struct GNUNET_PSYC_Master *master,
                                  GNUNET_PSYC_MemberCallback cb, void *cls)
{
  master->watch_members (cb, cls);
}
