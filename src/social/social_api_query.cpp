// SPDX-License-Identifier: AGPL-3.0-or-later
//
// libgnunetsocial: queries. Each is kept as it was asked till its last
// answer came, and asked again on a new connection.
#include "social/social_api.hpp"

#include <cstring>

using namespace social;
using namespace social::api;

namespace
{
[[nodiscard]] bool
fits (const char *text, std::size_t length_max)
{
  return nullptr == text || std::strlen (text) <= length_max;
}

[[nodiscard]] bool
is_label (const char *name)
{
  return nullptr != name && '\0' != *name && fits (name, 63);
}

// Collects a list till its end, so that a reconnect in between tells nothing
// twice; then tells it all.
template <typename Item, typename Callback, typename ToC> struct Collected
{
  std::vector<Item> items;
  GNUNET_SOCIAL_Query *query = nullptr;

  void
  tell (Callback cb, void *cls, ToC to_c)
  {
    for (const Item &item : items)
    {
      if (query->is_dead)
        return;
      const auto info = to_c (item);
      cb (cls, &info);
    }
    if (query->is_dead)
      return;
    query->is_dead = true;
    cb (cls, nullptr);
  }
};

[[nodiscard]] const char *
or_null (const std::optional<std::string> &text)
{
  return text ? text->c_str () : nullptr;
}

[[nodiscard]] struct GNUNET_SOCIAL_NymInfo
nym_to_c (const SocialNym &nym)
{
  return { shell::to_gnunet<struct GNUNET_CRYPTO_EcdsaPublicKey> (nym.key),
           or_null (nym.name),
           static_cast<enum GNUNET_SOCIAL_NymState> (nym.state),
           or_null (nym.message) };
}

[[nodiscard]] struct GNUNET_SOCIAL_NameInfo
name_to_c (const SocialName &name)
{
  return { shell::to_gnunet<struct GNUNET_CRYPTO_EcdsaPublicKey> (name.ego),
           name.label.c_str (),
           shell::to_gnunet<struct GNUNET_CRYPTO_EcdsaPublicKey> (name.key) };
}

// Handlers that collect what `member` of QueryHandlers brings.
template <typename Item, typename Callback, typename ToC>
[[nodiscard]] QueryHandlers
list_handlers (std::function<void (const Item &)> QueryHandlers::*member,
               Callback cb, void *cls, ToC to_c,
               std::shared_ptr<Collected<Item, Callback, ToC>> list)
{
  QueryHandlers on;
  on.again = [list] { list->items.clear (); };
  on.*member = [list] (const Item &item) { list->items.push_back (item); };
  on.result = [list, cb, cls, to_c] (const SocialResult &)
  { list->tell (cb, cls, to_c); };
  return on;
}

template <typename M, typename Item, typename Callback, typename ToC>
[[nodiscard]] GNUNET_SOCIAL_Query *
ask_list (GNUNET_SOCIAL_App *app, M message,
          std::function<void (const Item &)> QueryHandlers::*member,
          Callback cb, void *cls, ToC to_c)
{
  if (nullptr == cb)
    return nullptr;
  auto list = std::make_shared<Collected<Item, Callback, ToC>> ();
  auto *query = app->ask (std::move (message),
                          list_handlers<Item> (member, cb, cls, to_c, list));
  list->query = query;
  return query;
}

[[nodiscard]] struct GNUNET_SOCIAL_StatusInfo
status_to_c (const SocialStatus &status)
{
  return { status.hosted,
           status.entered,
           status.pending,
           status.connected,
           status.waiting,
           status.outbox,
           shell::to_gnunet<struct GNUNET_PeerIdentity> (status.peer),
           status.software.c_str () };
}

template <typename M>
[[nodiscard]] GNUNET_SOCIAL_Query *
ask_one (GNUNET_SOCIAL_App *app, M message, GNUNET_SOCIAL_QueryCallback cb,
         void *cls)
{
  if (nullptr == cb)
    return nullptr;
  return app->ask (std::move (message), query_handlers (cb, cls));
}
} // namespace

namespace social::api
{
struct GNUNET_SOCIAL_PlaceInfo
to_c (const PlaceInfo &place)
{
  return {
    shell::to_gnunet<struct GNUNET_CRYPTO_EddsaPublicKey> (place.key),
    place.is_host ? GNUNET_YES : GNUNET_NO,
    or_null (place.name),
    place.ego_name.c_str (),
    shell::to_gnunet<struct GNUNET_CRYPTO_EcdsaPublicKey> (place.ego_key),
    static_cast<enum GNUNET_PSYC_Policy> (place.policy),
    static_cast<enum GNUNET_SOCIAL_PlaceState> (place.state),
    place.message_count,
    place.nym_count,
    place.is_connected ? GNUNET_YES : GNUNET_NO,
    place.outbox_count,
    shell::to_gnunet<struct GNUNET_PeerIdentity> (place.origin),
    place.is_behind ? GNUNET_YES : GNUNET_NO,
    { shell::to_gnunet<struct GNUNET_PeerIdentity> (place.position.parent),
      place.position.depth, place.position.is_rooted ? GNUNET_YES : GNUNET_NO,
      place.position.child_count, place.position.subtree_size,
      place.position.lag }
  };
}

std::optional<std::string>
text_of (const SocialResult &result)
{
  if (result.text)
    return result.text;
  if (result.answer.size () <= sizeof (struct GNUNET_PSYC_Message))
    return std::nullopt;
  const auto message = psyc::parse_message (
      base::ByteView (result.answer)
          .subspan (sizeof (struct GNUNET_PSYC_Message)));
  if (! message || message->data.empty ())
    return std::nullopt;
  return std::string (base::as_text (message->data));
}

QueryHandlers
query_handlers (GNUNET_SOCIAL_QueryCallback cb, void *cls)
{
  auto tell = [cb, cls] (const SocialResult &result)
  {
    std::optional<struct GNUNET_SOCIAL_PlaceInfo> place;
    if (result.place)
      place = to_c (*result.place);
    const auto text = text_of (result);
    cb (cls, static_cast<enum GNUNET_SOCIAL_Result> (result.result),
        place ? &*place : nullptr, or_null (text));
  };
  QueryHandlers on;
  on.result = tell;
  // Waiting is told once, also when it is asked again.
  on.pending = [tell, is_told = std::make_shared<bool> (false)] (
                   const SocialResult &result)
  {
    if (! std::exchange (*is_told, true))
      tell (result);
  };
  return on;
}

base::Bytes
text_message (const char *method, const char *text)
{
  if (nullptr == text)
    return {};
  psyc::Message message;
  message.method = method;
  message.data = base::to_bytes (base::as_bytes (text));
  const auto parts = psyc::encode_message (message, psyc_message_size_max);
  if (! parts)
    return {};
  base::Bytes out (sizeof (struct GNUNET_PSYC_Message));
  struct GNUNET_MessageHeader header;
  header.size
      = htons (static_cast<std::uint16_t> (out.size () + parts->size ()));
  header.type = htons (GNUNET_MESSAGE_TYPE_PSYC_MESSAGE);
  std::memcpy (out.data (), &header, sizeof (header));
  out.insert (out.end (), parts->begin (), parts->end ());
  return out;
}

std::optional<base::Bytes>
message_bytes (const struct GNUNET_PSYC_Message *message)
{
  if (nullptr == message)
    return base::Bytes{};
  const auto bytes = shell::message_bytes (&message->header);
  if (bytes.size () > door_message_size_max)
    return std::nullopt;
  return base::to_bytes (bytes);
}

std::vector<Variable>
variables_of (const struct GNUNET_PSYC_Environment *env)
{
  std::vector<Variable> out;
  if (nullptr == env)
    return out;
  for (auto *mod = GNUNET_PSYC_env_head (env); nullptr != mod; mod = mod->next)
  {
    const auto *value = static_cast<const std::uint8_t *> (mod->value);
    out.push_back ({ static_cast<std::uint8_t> (mod->oper), mod->name,
                     base::Bytes (value, value + mod->value_size) });
  }
  return out;
}

base::SendTag
random_tag ()
{
  base::SendTag tag;
  GNUNET_CRYPTO_random_block (GNUNET_CRYPTO_QUALITY_NONCE, tag.bytes.data (),
                              tag.bytes.size ());
  return tag;
}

base::Bytes
packed (const struct GNUNET_IDENTITY_PublicKey &key)
{
  base::Bytes out (sizeof (key));
  const ssize_t size = GNUNET_IDENTITY_write_public_key_to_buffer (
      &key, out.data (), out.size ());
  out.resize (size < 0 ? 0 : static_cast<std::size_t> (size));
  return out;
}
} // namespace social::api

// ------------------------------------------------------------ App's part

GNUNET_SOCIAL_Query *
GNUNET_SOCIAL_App::add_query (base::Bytes request, QueryHandlers handlers)
{
  auto query = std::make_shared<GNUNET_SOCIAL_Query> ();
  query->app = this;
  query->id = next_id_++;
  query->request = std::move (request);
  query->on = std::move (handlers);
  queries_.emplace (query->id, query);
  if (! query->request.empty () && link_)
    link_->send_bytes (query->request);
  return query.get ();
}

void
GNUNET_SOCIAL_App::cancel (GNUNET_SOCIAL_Query *query)
{
  auto it = queries_.find (query->id);
  if (it == queries_.end () || it->second.get () != query)
  {
    query->is_dead = true; // in its last callback
    return;
  }
  const auto keep = it->second;
  keep->is_dead = true;
  queries_.erase (it);
  if (! keep->request.empty ())
    send (AppQueryCancel{ keep->id });
  defer ([keep] {});
}

template <typename M, typename Handler>
bool
GNUNET_SOCIAL_App::on_query (const M &message, Handler handler)
{
  auto it = queries_.find (message.query_id);
  if (it == queries_.end ())
    return true; // cancelled meanwhile
  const auto query = it->second;
  if (query->on.*handler)
    (query->on.*handler) (message);
  return true;
}

bool
GNUNET_SOCIAL_App::on (const SocialResult &message)
{
  if (0 == message.query_id)
  {
    GNUNET_log (GNUNET_ERROR_TYPE_ERROR, "social service: %s\n",
                message.text.value_or ("refused").c_str ());
    return true;
  }
  if (ResultCode::pending == message.result)
    return on_query (message, &QueryHandlers::pending);
  auto it = queries_.find (message.query_id);
  if (it == queries_.end ())
    return true;
  const auto query = it->second;
  queries_.erase (it);
  if (query->on.result)
    query->on.result (message);
  return true;
}

bool
GNUNET_SOCIAL_App::on (const SocialPlace &message)
{
  if (0 == message.query_id)
  {
    tell_place (message.place);
    return true;
  }
  auto it = queries_.find (message.query_id);
  if (it != queries_.end () && it->second->on.place)
    it->second->on.place (message.place);
  return true;
}

bool
GNUNET_SOCIAL_App::on (const SocialResolved &message)
{
  return on_query (message, &QueryHandlers::resolved);
}

bool
GNUNET_SOCIAL_App::on (const SocialNym &message)
{
  return on_query (message, &QueryHandlers::nym);
}

bool
GNUNET_SOCIAL_App::on (const SocialName &message)
{
  return on_query (message, &QueryHandlers::name);
}

bool
GNUNET_SOCIAL_App::on (const SocialStatus &message)
{
  return on_query (message, &QueryHandlers::status);
}

bool
GNUNET_SOCIAL_App::on (const SocialObject &message)
{
  return on_query (message, &QueryHandlers::object);
}

bool
GNUNET_SOCIAL_App::on (const SocialDoorQuestion &message)
{
  return on_query (message, &QueryHandlers::question);
}

bool
GNUNET_SOCIAL_App::on (const SocialFarewell &message)
{
  return on_query (message, &QueryHandlers::farewell);
}

// ------------------------------------------------------------ C interface

extern "C"
{
void
GNUNET_SOCIAL_query_cancel (struct GNUNET_SOCIAL_Query *q)
{
  q->app->cancel (q);
}

struct GNUNET_SOCIAL_Query *
GNUNET_SOCIAL_egos_get (struct GNUNET_SOCIAL_App *app,
                        GNUNET_SOCIAL_EgoInfoCallback cb, void *cls)
{
  return nullptr == cb ? nullptr : app->answer_egos (cb, cls);
}

struct GNUNET_SOCIAL_Query *
GNUNET_SOCIAL_places_get (struct GNUNET_SOCIAL_App *app,
                          GNUNET_SOCIAL_PlaceInfoCallback cb, void *cls)
{
  return ask_list<AppPlacesGet, PlaceInfo> (app, {}, &QueryHandlers::place, cb,
                                            cls, &to_c);
}

struct GNUNET_SOCIAL_Query *
GNUNET_SOCIAL_place_find (struct GNUNET_SOCIAL_App *app,
                          const struct GNUNET_SOCIAL_Ego *ego, const char *text,
                          GNUNET_SOCIAL_QueryCallback cb, void *cls)
{
  if (nullptr == text || ! fits (text, name_length_max))
    return nullptr;
  AppPlaceFind message;
  if (nullptr != ego)
    message.ego = ego->key;
  message.text = text;
  return ask_one (app, message, cb, cls);
}

struct GNUNET_SOCIAL_Query *
GNUNET_SOCIAL_host_place (struct GNUNET_SOCIAL_App *app,
                          const struct GNUNET_SOCIAL_Ego *ego, const char *name,
                          enum GNUNET_PSYC_Policy policy, uint32_t flags,
                          GNUNET_SOCIAL_QueryCallback cb, void *cls)
{
  if (! is_label (name))
    return nullptr;
  AppHostPlace message;
  message.tag = random_tag ();
  message.ego = ego->key;
  message.name = name;
  message.policy = static_cast<Policy> (policy);
  message.flags = flags;
  return ask_one (app, message, cb, cls);
}

struct GNUNET_SOCIAL_Query *
GNUNET_SOCIAL_enter_place (struct GNUNET_SOCIAL_App *app,
                           const struct GNUNET_SOCIAL_Ego *ego,
                           const char *place, const char *text,
                           const struct GNUNET_PeerIdentity *origin,
                           GNUNET_SOCIAL_QueryCallback cb, void *cls)
{
  if (nullptr == place || ! fits (place, name_length_max)
      || ! fits (text, text_length_max))
    return nullptr;
  AppEnterPlace message;
  message.tag = random_tag ();
  message.ego = ego->key;
  message.place = place;
  message.request = text_message ("_request_place_enter", text);
  if (nullptr != origin)
    message.origin = shell::from_gnunet<base::PeerId> (*origin);
  return ask_one (app, message, cb, cls);
}

struct GNUNET_SOCIAL_Query *
GNUNET_SOCIAL_leave_place (struct GNUNET_SOCIAL_App *app,
                           const struct GNUNET_CRYPTO_EddsaPublicKey *place_key,
                           GNUNET_SOCIAL_QueryCallback cb, void *cls)
{
  AppLeavePlace message;
  message.place = app->place_ref (*place_key);
  return ask_one (app, message, cb, cls);
}

struct GNUNET_SOCIAL_Query *
GNUNET_SOCIAL_close_place (struct GNUNET_SOCIAL_App *app,
                           const struct GNUNET_CRYPTO_EddsaPublicKey *place_key,
                           GNUNET_SOCIAL_QueryCallback cb, void *cls)
{
  AppClosePlace message;
  message.place = app->place_ref (*place_key);
  return ask_one (app, message, cb, cls);
}

struct GNUNET_SOCIAL_Query *
GNUNET_SOCIAL_copy_place (struct GNUNET_SOCIAL_App *app,
                          const struct GNUNET_CRYPTO_EddsaPublicKey *place_key,
                          GNUNET_SOCIAL_PlaceCopyCallback cb, void *cls)
{
  if (nullptr == cb)
    return nullptr;
  AppCopyPlace message;
  message.place = app->place_ref (*place_key);
  QueryHandlers on;
  on.result = [cb, cls] (const SocialResult &result)
  {
    cb (cls, static_cast<enum GNUNET_SOCIAL_Result> (result.result),
        result.answer.empty () ? nullptr : result.answer.data (),
        static_cast<std::uint16_t> (result.answer.size ()),
        or_null (result.text));
  };
  return app->ask (message, std::move (on));
}

struct GNUNET_SOCIAL_Query *
GNUNET_SOCIAL_restore_place (struct GNUNET_SOCIAL_App *app,
                             const struct GNUNET_SOCIAL_Ego *ego,
                             const void *data, uint16_t size, uint32_t flags,
                             GNUNET_SOCIAL_QueryCallback cb, void *cls)
{
  constexpr std::uint16_t copy_size_max = 63000;
  if (nullptr == data || size > copy_size_max)
    return nullptr;
  AppRestorePlace message;
  if (nullptr != ego)
    message.ego = ego->key;
  message.is_trial = 0 != (flags & GNUNET_SOCIAL_RESTORE_TRIAL);
  const auto *bytes = static_cast<const std::uint8_t *> (data);
  message.copy.bytes.assign (bytes, bytes + size);
  return ask_one (app, message, cb, cls);
}

struct GNUNET_SOCIAL_Query *
GNUNET_SOCIAL_adopt_place (struct GNUNET_SOCIAL_App *app,
                           const struct GNUNET_CRYPTO_EddsaPublicKey *place_key,
                           GNUNET_SOCIAL_QueryCallback cb, void *cls)
{
  AppAdoptPlace message;
  message.place = app->place_ref (*place_key);
  return ask_one (app, message, cb, cls);
}

struct GNUNET_SOCIAL_Query *
GNUNET_SOCIAL_offer_file (struct GNUNET_SOCIAL_App *app,
                          const struct GNUNET_CRYPTO_EddsaPublicKey *place_key,
                          const struct GNUNET_SOCIAL_FileOffer *offer,
                          GNUNET_SOCIAL_QueryCallback cb, void *cls)
{
  constexpr std::size_t long_text_max = 4096;
  for (const char *text : { offer->path, offer->hash, offer->name,
                            offer->content_type, offer->description })
    if (nullptr == text || ! fits (text, long_text_max))
      return nullptr;
  AppOfferFile message;
  message.place = app->place_ref (*place_key);
  message.key = shell::from_gnunet<base::SendTag> (offer->key);
  message.path = offer->path;
  message.size = offer->size;
  message.modified = base::TimePoint{ base::microseconds (
      static_cast<std::int64_t> (offer->modified.abs_value_us)) };
  message.hash = offer->hash;
  message.name = offer->name;
  message.content_type = offer->content_type;
  message.description = offer->description;
  return ask_one (app, message, cb, cls);
}

struct GNUNET_SOCIAL_Query *
GNUNET_SOCIAL_withdraw_file (
    struct GNUNET_SOCIAL_App *app,
    const struct GNUNET_CRYPTO_EddsaPublicKey *place_key,
    const struct GNUNET_Uuid *key, GNUNET_SOCIAL_QueryCallback cb, void *cls)
{
  AppWithdrawFile message;
  message.place = app->place_ref (*place_key);
  message.key = shell::from_gnunet<base::SendTag> (*key);
  return ask_one (app, message, cb, cls);
}

struct GNUNET_SOCIAL_Query *
GNUNET_SOCIAL_nyms_get (struct GNUNET_SOCIAL_App *app,
                        const struct GNUNET_CRYPTO_EddsaPublicKey *place_key,
                        GNUNET_SOCIAL_NymInfoCallback cb, void *cls)
{
  AppNymsGet message;
  message.place = app->place_ref (*place_key);
  return ask_list<AppNymsGet, SocialNym> (app, message, &QueryHandlers::nym, cb,
                                          cls, &nym_to_c);
}

struct GNUNET_SOCIAL_Query *
GNUNET_SOCIAL_names_get (struct GNUNET_SOCIAL_App *app,
                         const struct GNUNET_SOCIAL_Ego *ego,
                         GNUNET_SOCIAL_NameInfoCallback cb, void *cls)
{
  AppNamesGet message;
  if (nullptr != ego)
    message.ego = ego->key;
  return ask_list<AppNamesGet, SocialName> (app, message, &QueryHandlers::name,
                                            cb, cls, &name_to_c);
}

struct GNUNET_SOCIAL_Query *
GNUNET_SOCIAL_door_answer (struct GNUNET_SOCIAL_App *app,
                           const struct GNUNET_CRYPTO_EddsaPublicKey *place_key,
                           const struct GNUNET_CRYPTO_EcdsaPublicKey *nym,
                           int is_admitted, const char *text,
                           GNUNET_SOCIAL_QueryCallback cb, void *cls)
{
  if (! fits (text, text_length_max))
    return nullptr;
  AppDoorAnswer message;
  message.place = app->place_ref (*place_key);
  message.nym = shell::from_gnunet<base::MemberKey> (*nym);
  message.is_admitted = (GNUNET_YES == is_admitted);
  message.answer = text_message (message.is_admitted ? "_notice_place_admitted"
                                                     : "_failure_place_enter",
                                 text);
  return ask_one (app, message, cb, cls);
}

struct GNUNET_SOCIAL_Query *
GNUNET_SOCIAL_door_watch (struct GNUNET_SOCIAL_App *app,
                          const struct GNUNET_CRYPTO_EddsaPublicKey *place_key,
                          GNUNET_SOCIAL_DoorNewsCallback cb, void *cls)
{
  if (nullptr == cb)
    return nullptr;
  const auto tell = [cb, cls] (const base::MemberKey &nym)
  {
    const auto key
        = shell::to_gnunet<struct GNUNET_CRYPTO_EcdsaPublicKey> (nym);
    cb (cls, &key);
  };
  AppDoorWatch message;
  message.place = app->place_ref (*place_key);
  QueryHandlers on;
  on.question
      = [tell] (const SocialDoorQuestion &question) { tell (question.nym); };
  on.farewell
      = [tell] (const SocialFarewell &farewell) { tell (farewell.nym); };
  on.result = [cb, cls] (const SocialResult &) { cb (cls, nullptr); };
  return app->ask (message, std::move (on));
}

struct GNUNET_SOCIAL_Query *
GNUNET_SOCIAL_eject_nym (struct GNUNET_SOCIAL_App *app,
                         const struct GNUNET_CRYPTO_EddsaPublicKey *place_key,
                         const struct GNUNET_CRYPTO_EcdsaPublicKey *nym,
                         const char *text, GNUNET_SOCIAL_QueryCallback cb,
                         void *cls)
{
  if (! fits (text, text_length_max))
    return nullptr;
  AppEjectNym message;
  message.place = app->place_ref (*place_key);
  message.nym = shell::from_gnunet<base::MemberKey> (*nym);
  message.text = nullptr == text ? "" : text;
  return ask_one (app, message, cb, cls);
}

struct GNUNET_SOCIAL_Query *
GNUNET_SOCIAL_rule_set (struct GNUNET_SOCIAL_App *app,
                        const struct GNUNET_CRYPTO_EddsaPublicKey *place_key,
                        enum GNUNET_SOCIAL_RuleKind kind, const char *prefix,
                        enum GNUNET_SOCIAL_MsgProcFlags flags,
                        GNUNET_SOCIAL_QueryCallback cb, void *cls)
{
  if (nullptr == prefix || ! fits (prefix, name_length_max))
    return nullptr;
  AppRuleSet message;
  message.place = app->place_ref (*place_key);
  message.kind = static_cast<RuleKind> (kind);
  message.prefix = prefix;
  message.flags = static_cast<std::uint32_t> (flags);
  return ask_one (app, message, cb, cls);
}

struct GNUNET_SOCIAL_Query *
GNUNET_SOCIAL_name_nym (struct GNUNET_SOCIAL_App *app,
                        const struct GNUNET_SOCIAL_Ego *ego, const char *label,
                        const struct GNUNET_IDENTITY_PublicKey *zone,
                        GNUNET_SOCIAL_QueryCallback cb, void *cls)
{
  if (! is_label (label))
    return nullptr;
  AppNameNym message;
  message.ego = ego->key;
  message.label = label;
  message.zone = packed (*zone);
  return ask_one (app, message, cb, cls);
}

struct GNUNET_SOCIAL_Query *
GNUNET_SOCIAL_status_get (struct GNUNET_SOCIAL_App *app,
                          GNUNET_SOCIAL_StatusCallback cb, void *cls)
{
  if (nullptr == cb)
    return nullptr;
  auto status = std::make_shared<SocialStatus> ();
  QueryHandlers on;
  on.status = [status] (const SocialStatus &message) { *status = message; };
  on.result = [status, cb, cls] (const SocialResult &)
  {
    const auto info = status_to_c (*status);
    cb (cls, &info);
  };
  return app->ask (AppStatusGet{}, std::move (on));
}
}
