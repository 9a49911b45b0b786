// SPDX-License-Identifier: AGPL-3.0-or-later
//
// libgnunetsocial: hosts and guests of 2019.
#include "social/social_api_place.hpp"

#include <algorithm>
#include <cstring>

#include "social/core/entry_message.hpp"

using namespace social;
using namespace social::api;

namespace
{
constexpr std::uint32_t relays_max = 256;

[[nodiscard]] GNUNET_SOCIAL_App *
mutable_app (const struct GNUNET_SOCIAL_App *app)
{
  // The interface of 2019 takes it const; entering changes it all the same.
  return const_cast<GNUNET_SOCIAL_App *> (app);
}

// An environment with copies of the variables; the caller destroys it.
[[nodiscard]] struct GNUNET_PSYC_Environment *
environment_of (const std::vector<Variable> &variables)
{
  auto *env = GNUNET_PSYC_env_create ();
  for (const Variable &variable : variables)
    GNUNET_PSYC_env_add_copy (
        env, static_cast<enum GNUNET_PSYC_Operator> (variable.oper),
        variable.name.c_str (), variable.value.data (), variable.value.size ());
  return env;
}

[[nodiscard]] std::string
key_text (const struct GNUNET_CRYPTO_EddsaPublicKey &key)
{
  char *text = GNUNET_CRYPTO_eddsa_public_key_to_string (&key);
  std::string out = text;
  GNUNET_free (text);
  return out;
}
} // namespace

// ------------------------------------------------------------------ place

void
GNUNET_SOCIAL_Place::begin (
    const struct GNUNET_CRYPTO_EddsaPublicKey &place_key)
{
  key = place_key;
  is_key_known = true;
  follower = follow (*app, ref (), UINT64_MAX, &on_follow_start, &on_fragment,
                     nullptr, this);
}

void
GNUNET_SOCIAL_Place::on_follow_start (void *cls, int result, std::uint64_t,
                                      std::uint64_t max_message_id) noexcept
{
  auto *self = static_cast<GNUNET_SOCIAL_Place *> (cls);
  if (GNUNET_SYSERR == result)
    self->follower = nullptr;
  self->on_entered (GNUNET_SYSERR == result ? GNUNET_SYSERR : GNUNET_OK,
                    max_message_id);
}

void
GNUNET_SOCIAL_Place::on_fragment (
    void *cls, std::uint64_t,
    const struct GNUNET_PSYC_MessageHeader *msg) noexcept
{
  auto *self = static_cast<GNUNET_SOCIAL_Place *> (cls);
  self->app->feed (self, self->slicer, msg);
}

void
GNUNET_SOCIAL_Place::forget (const GNUNET_SOCIAL_Query *query)
{
  std::erase (queries, query);
}

void
GNUNET_SOCIAL_Place::end ()
{
  is_dead = true;
  app->end_feeding (this);
  if (nullptr != follower)
    GNUNET_SOCIAL_follower_destroy (std::exchange (follower, nullptr));
  for (auto *query : std::exchange (queries, {}))
    app->cancel (query);
  while (! histories.empty ())
    GNUNET_SOCIAL_place_history_replay_cancel (*histories.begin ());
  while (! looks.empty ())
    GNUNET_SOCIAL_place_look_cancel (*looks.begin ());
  app->disown (dynamic_cast<void *> (this));
}

void
GNUNET_SOCIAL_Place::call_later (GNUNET_ContinuationCallback cb, void *cls)
{
  if (nullptr != cb)
    app->defer ([cb, cls] { cb (cls); });
}

// ------------------------------------------------------------------- host

GNUNET_SOCIAL_Nym *
GNUNET_SOCIAL_Host::nym (const base::MemberKey &nym_key)
{
  auto &slot = nyms[nym_key];
  if (! slot)
  {
    slot = std::make_unique<GNUNET_SOCIAL_Nym> ();
    slot->pub_key
        = shell::to_gnunet<struct GNUNET_CRYPTO_EcdsaPublicKey> (nym_key);
    GNUNET_CRYPTO_hash (&slot->pub_key, sizeof (slot->pub_key),
                        &slot->pub_key_hash);
  }
  return slot.get ();
}

void
GNUNET_SOCIAL_Host::on_entered (int result, std::uint64_t max_message_id)
{
  if (GNUNET_OK == result)
    watch_door ();
  if (const auto cb = std::exchange (enter_cb, nullptr))
    cb (cls, result, &key, max_message_id);
}

void
GNUNET_SOCIAL_Host::watch_door ()
{
  if (nullptr == answer_door_cb && nullptr == farewell_cb)
    return;
  AppDoorWatch message;
  message.place = ref ();
  QueryHandlers on;
  on.question
      = [this] (const SocialDoorQuestion &question) { on_question (question); };
  on.farewell
      = [this] (const SocialFarewell &farewell) { on_farewell (farewell); };
  queries.push_back (app->ask (message, std::move (on)));
}

// What the guest's service added for the host's.
static void
hide_tag (struct GNUNET_PSYC_Environment *env)
{
  auto *mod = GNUNET_PSYC_env_head (env);
  while (nullptr != mod)
  {
    auto *const next = mod->next;
    if (tag_variable == mod->name)
      GNUNET_PSYC_env_remove (env, mod);
    mod = next;
  }
}

void
GNUNET_SOCIAL_Host::on_question (const SocialDoorQuestion &question)
{
  GNUNET_SOCIAL_Nym *who = nym (question.nym);
  if (nullptr == answer_door_cb || is_dead
      || std::exchange (who->is_asking, true))
    return; // asked before the reconnect
  auto *env = GNUNET_PSYC_env_create ();
  const char *method = "_request_place_enter";
  const void *data = nullptr;
  std::uint16_t data_size = 0;
  const bool has_message
      = question.request.size () > sizeof (struct GNUNET_PSYC_Message);
  if (has_message
      && GNUNET_OK
             != GNUNET_PSYC_message_parse_short (
                 reinterpret_cast<const struct GNUNET_PSYC_Message *> (
                     question.request.data ()),
                 &method, env, &data, &data_size))
    GNUNET_log (GNUNET_ERROR_TYPE_WARNING, "malformed question at the door\n");
  else
  {
    hide_tag (env);
    answer_door_cb (cls, who, method, env, data, data_size);
  }
  GNUNET_PSYC_env_destroy (env);
}

void
GNUNET_SOCIAL_Host::on_farewell (const SocialFarewell &farewell)
{
  GNUNET_SOCIAL_Nym *who = nym (farewell.nym);
  who->is_asking = false;
  if (nullptr == farewell_cb || is_dead)
    return;
  auto *env = environment_of (farewell.variables);
  farewell_cb (cls, who, env);
  GNUNET_PSYC_env_destroy (env);
}

// ------------------------------------------------------------------ guest

void
GNUNET_SOCIAL_Guest::on_entered (int result, std::uint64_t max_message_id)
{
  if (const auto cb = std::exchange (local_enter_cb, nullptr))
    cb (cls, result, &key, max_message_id);
}

void
GNUNET_SOCIAL_Guest::on_decision (const SocialResult &result)
{
  if (! is_key_known && ResultCode::ok == result.result && result.place)
    begin (shell::to_gnunet<struct GNUNET_CRYPTO_EddsaPublicKey> (
        result.place->key));
  if (! is_key_known)
    on_entered (GNUNET_SYSERR, 0);
  if (is_dead)
    return;
  const auto cb = std::exchange (entry_dcsn_cb, nullptr);
  if (nullptr == cb)
    return;
  const bool has_answer
      = result.answer.size () >= sizeof (struct GNUNET_PSYC_Message);
  cb (cls,
      ResultCode::ok == result.result        ? GNUNET_YES
      : ResultCode::refused == result.result ? GNUNET_NO
                                             : GNUNET_SYSERR,
      has_answer ? reinterpret_cast<const struct GNUNET_PSYC_Message *> (
          result.answer.data ())
                 : nullptr);
}

namespace
{
[[nodiscard]] struct GNUNET_SOCIAL_Host *
new_host (GNUNET_SOCIAL_App *app, const base::MemberKey &ego,
          struct GNUNET_PSYC_Slicer *slicer,
          GNUNET_SOCIAL_HostEnterCallback enter_cb,
          GNUNET_SOCIAL_AnswerDoorCallback answer_door_cb,
          GNUNET_SOCIAL_FarewellCallback farewell_cb, void *cls)
{
  auto *host = app->own (std::make_shared<GNUNET_SOCIAL_Host> ());
  host->app = app;
  host->ego = ego;
  host->slicer = slicer;
  host->enter_cb = enter_cb;
  host->answer_door_cb = answer_door_cb;
  host->farewell_cb = farewell_cb;
  host->cls = cls;
  return host;
}

[[nodiscard]] struct GNUNET_SOCIAL_Guest *
new_guest (GNUNET_SOCIAL_App *app, const base::MemberKey &ego,
           struct GNUNET_PSYC_Slicer *slicer,
           GNUNET_SOCIAL_GuestEnterCallback local_enter_cb,
           GNUNET_SOCIAL_EntryDecisionCallback entry_dcsn_cb, void *cls)
{
  auto *guest = app->own (std::make_shared<GNUNET_SOCIAL_Guest> ());
  guest->app = app;
  guest->ego = ego;
  guest->slicer = slicer;
  guest->local_enter_cb = local_enter_cb;
  guest->entry_dcsn_cb = entry_dcsn_cb;
  guest->cls = cls;
  return guest;
}

// Asks at the door for `guest`; false when the question is too large.
[[nodiscard]] bool
ask_to_enter (GNUNET_SOCIAL_Guest *guest, const AppEnterPlace &message)
{
  QueryHandlers on;
  on.resolved = [guest] (const SocialResolved &resolved)
  {
    if (! guest->is_key_known)
      guest->begin (shell::to_gnunet<struct GNUNET_CRYPTO_EddsaPublicKey> (
          resolved.place));
  };
  on.result = [guest] (const SocialResult &result)
  {
    guest->queries.clear ();
    guest->on_decision (result);
  };
  auto *query = guest->app->ask (message, std::move (on));
  if (nullptr != query)
    guest->queries.push_back (query);
  else
    guest->end ();
  return nullptr != query;
}

template <typename M>
void
leave_with (GNUNET_SOCIAL_Place *place,
            const struct GNUNET_PSYC_Environment *env,
            GNUNET_ContinuationCallback cb, void *cls)
{
  M message;
  message.place = place->ref ();
  message.variables = variables_of (env);
  QueryHandlers on;
  on.result = [cb, cls] (const SocialResult &)
  {
    if (nullptr != cb)
      cb (cls);
  };
  if (! place->is_key_known
      || nullptr == place->app->ask (message, std::move (on)))
    place->call_later (cb, cls);
  place->end ();
}
} // namespace

// ------------------------------------------------------------ C interface

extern "C"
{
const struct GNUNET_CRYPTO_EcdsaPublicKey *
GNUNET_SOCIAL_nym_get_pub_key (const struct GNUNET_SOCIAL_Nym *nym)
{
  return &nym->pub_key;
}

const struct GNUNET_HashCode *
GNUNET_SOCIAL_nym_get_pub_key_hash (const struct GNUNET_SOCIAL_Nym *nym)
{
  return &nym->pub_key_hash;
}

struct GNUNET_SOCIAL_Host *
GNUNET_SOCIAL_host_enter (const struct GNUNET_SOCIAL_App *app,
                          const struct GNUNET_SOCIAL_Ego *ego,
                          enum GNUNET_PSYC_Policy policy,
                          struct GNUNET_PSYC_Slicer *slicer,
                          GNUNET_SOCIAL_HostEnterCallback enter_cb,
                          GNUNET_SOCIAL_AnswerDoorCallback answer_door_cb,
                          GNUNET_SOCIAL_FarewellCallback farewell_cb, void *cls)
{
  auto *host = new_host (mutable_app (app), ego->key, slicer, enter_cb,
                         answer_door_cb, farewell_cb, cls);
  AppHostPlace message;
  message.tag = random_tag ();
  message.ego = ego->key;
  message.policy = static_cast<Policy> (policy);
  QueryHandlers on;
  on.result = [host] (const SocialResult &result)
  {
    host->queries.clear ();
    if (ResultCode::ok == result.result && result.place)
      host->begin (shell::to_gnunet<struct GNUNET_CRYPTO_EddsaPublicKey> (
          result.place->key));
    else if (const auto cb = std::exchange (host->enter_cb, nullptr))
      cb (host->cls, GNUNET_SYSERR, &host->key, 0);
  };
  host->queries.push_back (host->app->ask (message, std::move (on)));
  return host;
}

struct GNUNET_SOCIAL_Host *
GNUNET_SOCIAL_host_enter_reconnect (
    struct GNUNET_SOCIAL_HostConnection *hconn,
    struct GNUNET_PSYC_Slicer *slicer, GNUNET_SOCIAL_HostEnterCallback enter_cb,
    GNUNET_SOCIAL_AnswerDoorCallback answer_door_cb,
    GNUNET_SOCIAL_FarewellCallback farewell_cb, void *cls)
{
  auto *host = new_host (hconn->app, hconn->place.ego, slicer, enter_cb,
                         answer_door_cb, farewell_cb, cls);
  host->begin (
      shell::to_gnunet<struct GNUNET_CRYPTO_EddsaPublicKey> (hconn->place.key));
  return host;
}

int
GNUNET_SOCIAL_host_entry_decision (struct GNUNET_SOCIAL_Host *hst,
                                   struct GNUNET_SOCIAL_Nym *nym,
                                   int is_admitted,
                                   const struct GNUNET_PSYC_Message *entry_resp)
{
  auto answer = message_bytes (entry_resp);
  if (! answer)
    return GNUNET_SYSERR;
  nym->is_asking = false;
  AppDoorAnswer message;
  message.place = hst->ref ();
  message.nym = shell::from_gnunet<base::MemberKey> (nym->pub_key);
  message.is_admitted = (GNUNET_YES == is_admitted);
  message.answer = std::move (*answer);
  return nullptr == hst->app->ask (message, {}) ? GNUNET_SYSERR : GNUNET_OK;
}

void
GNUNET_SOCIAL_host_eject (struct GNUNET_SOCIAL_Host *host,
                          const struct GNUNET_SOCIAL_Nym *nym,
                          struct GNUNET_PSYC_Environment *env)
{
  AppEjectNym message;
  message.place = host->ref ();
  message.nym = shell::from_gnunet<base::MemberKey> (nym->pub_key);
  message.variables = variables_of (env);
  (void)host->app->ask (message, {});
}

struct GNUNET_SOCIAL_Place *
GNUNET_SOCIAL_host_get_place (struct GNUNET_SOCIAL_Host *host)
{
  return host;
}

void
GNUNET_SOCIAL_host_disconnect (struct GNUNET_SOCIAL_Host *hst,
                               GNUNET_ContinuationCallback disconnect_cb,
                               void *cls)
{
  hst->call_later (disconnect_cb, cls);
  hst->end ();
}

void
GNUNET_SOCIAL_host_leave (struct GNUNET_SOCIAL_Host *hst,
                          const struct GNUNET_PSYC_Environment *env,
                          GNUNET_ContinuationCallback disconnect_cb, void *cls)
{
  leave_with<AppClosePlace> (hst, env, disconnect_cb, cls);
}

struct GNUNET_SOCIAL_Guest *
GNUNET_SOCIAL_guest_enter (
    const struct GNUNET_SOCIAL_App *app, const struct GNUNET_SOCIAL_Ego *ego,
    const struct GNUNET_CRYPTO_EddsaPublicKey *place_pub_key,
    enum GNUNET_PSYC_SlaveJoinFlags flags,
    const struct GNUNET_PeerIdentity *origin, uint32_t relay_count,
    const struct GNUNET_PeerIdentity *relays,
    const struct GNUNET_PSYC_Message *entry_msg,
    struct GNUNET_PSYC_Slicer *slicer,
    GNUNET_SOCIAL_GuestEnterCallback local_enter_cb,
    GNUNET_SOCIAL_EntryDecisionCallback entry_dcsn_cb, void *cls)
{
  auto request = message_bytes (entry_msg);
  if (! request || relay_count > relays_max)
    return nullptr;
  AppEnterPlace message;
  message.tag = random_tag ();
  message.ego = ego->key;
  message.place = key_text (*place_pub_key);
  message.request = std::move (*request);
  message.flags = flags;
  if (nullptr != origin)
    message.origin = shell::from_gnunet<base::PeerId> (*origin);
  for (std::uint32_t i = 0; i < relay_count; i++)
    message.relays.push_back (shell::from_gnunet<base::PeerId> (relays[i]));
  auto *guest = new_guest (mutable_app (app), ego->key, slicer, local_enter_cb,
                           entry_dcsn_cb, cls);
  return ask_to_enter (guest, message) ? guest : nullptr;
}

struct GNUNET_SOCIAL_Guest *
GNUNET_SOCIAL_guest_enter_by_name (
    const struct GNUNET_SOCIAL_App *app, const struct GNUNET_SOCIAL_Ego *ego,
    const char *gns_name, const char *password,
    const struct GNUNET_PSYC_Message *join_msg,
    struct GNUNET_PSYC_Slicer *slicer,
    GNUNET_SOCIAL_GuestEnterCallback local_enter_cb,
    GNUNET_SOCIAL_EntryDecisionCallback entry_decision_cb, void *cls)
{
  auto request = message_bytes (join_msg);
  if (! request || nullptr == gns_name
      || std::strlen (gns_name) > name_length_max
      || (nullptr != password && std::strlen (password) > name_length_max))
    return nullptr;
  AppEnterPlace message;
  message.tag = random_tag ();
  message.ego = ego->key;
  message.place = gns_name;
  message.password = nullptr == password ? "" : password;
  message.request = std::move (*request);
  auto *guest = new_guest (mutable_app (app), ego->key, slicer, local_enter_cb,
                           entry_decision_cb, cls);
  return ask_to_enter (guest, message) ? guest : nullptr;
}

struct GNUNET_SOCIAL_Guest *
GNUNET_SOCIAL_guest_enter_reconnect (
    struct GNUNET_SOCIAL_GuestConnection *gconn,
    enum GNUNET_PSYC_SlaveJoinFlags, struct GNUNET_PSYC_Slicer *slicer,
    GNUNET_SOCIAL_GuestEnterCallback local_enter_cb, void *cls)
{
  auto *guest = new_guest (gconn->app, gconn->place.ego, slicer, local_enter_cb,
                           nullptr, cls);
  guest->begin (
      shell::to_gnunet<struct GNUNET_CRYPTO_EddsaPublicKey> (gconn->place.key));
  return guest;
}

struct GNUNET_SOCIAL_Place *
GNUNET_SOCIAL_guest_get_place (struct GNUNET_SOCIAL_Guest *guest)
{
  return guest;
}

void
GNUNET_SOCIAL_guest_disconnect (struct GNUNET_SOCIAL_Guest *gst,
                                GNUNET_ContinuationCallback disconnect_cb,
                                void *cls)
{
  gst->call_later (disconnect_cb, cls);
  gst->end ();
}

void
GNUNET_SOCIAL_guest_leave (struct GNUNET_SOCIAL_Guest *gst,
                           struct GNUNET_PSYC_Environment *env,
                           GNUNET_ContinuationCallback disconnect_cb,
                           void *leave_cls)
{
  leave_with<AppLeavePlace> (gst, env, disconnect_cb, leave_cls);
}

const struct GNUNET_CRYPTO_EddsaPublicKey *
GNUNET_SOCIAL_place_get_pub_key (const struct GNUNET_SOCIAL_Place *plc)
{
  return &plc->key;
}
}
