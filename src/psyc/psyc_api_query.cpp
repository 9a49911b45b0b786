// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The C interface of what is asked about a channel.
#include "psyc/psyc_api_channel.hpp"
#include "shell/keys.hpp"

using namespace psyc;

namespace
{
[[nodiscard]] struct GNUNET_PSYC_HistoryRequest *
replay (struct GNUNET_PSYC_Channel *channel, local::HistoryStart question,
        const char *method_prefix, api::MessageSink sink,
        GNUNET_ResultCallback result_cb)
{
  question.method_prefix = nullptr == method_prefix ? "" : method_prefix;
  if (question.method_prefix.size () >= local::name_size_max)
    return nullptr;
  question.op_id = channel->next_op_id ();
  return channel->add (std::make_shared<GNUNET_PSYC_HistoryRequest> (
      *channel, std::move (question), sink, result_cb));
}

[[nodiscard]] struct GNUNET_PSYC_StateRequest *
state_get (struct GNUNET_PSYC_Channel *channel, local::StateMatch match,
           const char *name, GNUNET_PSYC_StateVarCallback var_cb,
           GNUNET_ResultCallback result_cb, void *cls)
{
  const std::string_view text = nullptr == name ? "" : name;
  if (text.size () >= local::name_size_max)
    return nullptr;
  return channel->add (std::make_shared<GNUNET_PSYC_StateRequest> (
      *channel,
      local::StateGet{ .op_id = channel->next_op_id (),
                       .match = match,
                       .name = std::string (text),
                       .after_name = {} },
      var_cb, result_cb, cls));
}
} // namespace

struct GNUNET_PSYC_HistoryRequest *
GNUNET_PSYC_channel_history_replay (
    struct GNUNET_PSYC_Channel *channel, uint64_t start_message_id,
    uint64_t end_message_id, const char *method_prefix, uint32_t flags,
    GNUNET_PSYC_MessageCallback message_cb,
    GNUNET_PSYC_MessagePartCallback message_part_cb,
    GNUNET_ResultCallback result_cb, void *cls)
{
  local::HistoryStart question;
  question.mode = local::HistoryMode::range;
  question.first = start_message_id;
  question.last = end_message_id;
  question.flags = flags;
  return replay (channel, std::move (question), method_prefix,
                 { message_cb, message_part_cb, cls }, result_cb);
}

struct GNUNET_PSYC_HistoryRequest *
GNUNET_PSYC_channel_history_replay_latest (
    struct GNUNET_PSYC_Channel *channel, uint64_t message_limit,
    const char *method_prefix, uint32_t flags,
    GNUNET_PSYC_MessageCallback message_cb,
    GNUNET_PSYC_MessagePartCallback message_part_cb,
    GNUNET_ResultCallback result_cb, void *cls)
{
  local::HistoryStart question;
  question.mode = local::HistoryMode::latest;
  question.last = message_limit;
  question.flags = flags;
  return replay (channel, std::move (question), method_prefix,
                 { message_cb, message_part_cb, cls }, result_cb);
}

void
GNUNET_PSYC_channel_history_replay_cancel (
    struct GNUNET_PSYC_Channel *channel, struct GNUNET_PSYC_HistoryRequest *hr)
{
  channel->drop_unanswered (*hr);
}

void
GNUNET_PSYC_history_pause (struct GNUNET_PSYC_HistoryRequest *hr)
{
  hr->hold ();
}

void
GNUNET_PSYC_history_resume (struct GNUNET_PSYC_HistoryRequest *hr)
{
  hr->release ();
}

struct GNUNET_PSYC_StateRequest *
GNUNET_PSYC_channel_state_get (struct GNUNET_PSYC_Channel *channel,
                               const char *full_name,
                               GNUNET_PSYC_StateVarCallback var_cb,
                               GNUNET_ResultCallback result_cb, void *cls)
{
  return state_get (channel, local::StateMatch::best, full_name, var_cb,
                    result_cb, cls);
}

struct GNUNET_PSYC_StateRequest *
GNUNET_PSYC_channel_state_get_prefix (struct GNUNET_PSYC_Channel *channel,
                                      const char *name_prefix,
                                      GNUNET_PSYC_StateVarCallback var_cb,
                                      GNUNET_ResultCallback result_cb,
                                      void *cls)
{
  return state_get (channel, local::StateMatch::prefix, name_prefix, var_cb,
                    result_cb, cls);
}

void
GNUNET_PSYC_channel_state_get_cancel (struct GNUNET_PSYC_StateRequest *sr)
{
  sr->channel ().drop_unanswered (*sr);
}

void
GNUNET_PSYC_state_pause (struct GNUNET_PSYC_StateRequest *sr)
{
  sr->hold ();
}

void
GNUNET_PSYC_state_resume (struct GNUNET_PSYC_StateRequest *sr)
{
  sr->release ();
}

void
GNUNET_PSYC_channel_state_watch (struct GNUNET_PSYC_Channel *channel,
                                 GNUNET_PSYC_StateEventCallback event_cb,
                                 void *cls)
{
  channel->watch_state (event_cb, cls);
}

struct GNUNET_PSYC_InfoRequest *
GNUNET_PSYC_channel_info_get (struct GNUNET_PSYC_Channel *channel,
                              GNUNET_PSYC_InfoCallback cb, void *cls)
{
  if (nullptr == cb)
    return nullptr;
  return channel->add (std::make_shared<GNUNET_PSYC_InfoRequest> (
      *channel, channel->next_op_id (), cb, cls));
}

void
GNUNET_PSYC_channel_info_cancel (struct GNUNET_PSYC_InfoRequest *ir)
{
  ir->channel ().drop_unanswered (*ir);
}

void
GNUNET_PSYC_channel_slave_add (
    struct GNUNET_PSYC_Channel *channel,
    const struct GNUNET_CRYPTO_EcdsaPublicKey *slave_pub_key,
    uint64_t announced_at, uint64_t effective_since,
    GNUNET_ResultCallback result_cb, void *cls)
{
  local::MembershipStore question;
  question.member_key = shell::from_gnunet<base::MemberKey> (*slave_pub_key);
  question.did_join = true;
  question.announced_at = announced_at;
  question.effective_since = effective_since;
  api::ask (*channel, question, result_cb, cls);
}

void
GNUNET_PSYC_channel_slave_remove (
    struct GNUNET_PSYC_Channel *channel,
    const struct GNUNET_CRYPTO_EcdsaPublicKey *slave_pub_key,
    uint64_t announced_at, GNUNET_ResultCallback result_cb, void *cls)
{
  local::MembershipStore question;
  question.member_key = shell::from_gnunet<base::MemberKey> (*slave_pub_key);
  question.announced_at = announced_at;
  api::ask (*channel, question, result_cb, cls);
}

void
GNUNET_PSYC_channel_forget (struct GNUNET_PSYC_Channel *channel,
                            GNUNET_ResultCallback result_cb, void *cls)
{
  api::ask (*channel, local::Forget{}, result_cb, cls);
}
