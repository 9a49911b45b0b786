// SPDX-License-Identifier: AGPL-3.0-or-later
//
// libgnunetsocial: the App, its connection, and the lists of egos and places.
// What is asked in it stands in social_api_query.cpp, readers in
// social_api_read.cpp, uploads in social_api_say.cpp.
#include "social/social_api.hpp"

#include <algorithm>
#include <cstring>
#include <strings.h>

using namespace social;
using namespace social::api;

namespace
{
// How long a disconnected App stays for what was said and is not on the
// service's disk.
constexpr base::Duration linger_max = base::seconds (10);
constexpr base::Duration linger_step = base::milliseconds (20);

[[nodiscard]] std::optional<struct GNUNET_IDENTITY_PublicKey>
unpacked (const base::Bytes &bytes)
{
  struct GNUNET_IDENTITY_PublicKey key;
  std::memset (&key, 0, sizeof (key));
  std::size_t read = 0;
  if (GNUNET_OK
          != GNUNET_IDENTITY_read_public_key_from_buffer (
              bytes.data (), bytes.size (), &key, &read)
      || read != bytes.size ())
    return std::nullopt;
  return key;
}

[[nodiscard]] enum GNUNET_SOCIAL_AppPlaceState
app_state (PlaceState state)
{
  return PlaceState::entered == state ? GNUNET_SOCIAL_PLACE_STATE_ENTERED
                                      : GNUNET_SOCIAL_PLACE_STATE_ARCHIVED;
}
} // namespace

GNUNET_SOCIAL_App::GNUNET_SOCIAL_App (
    const struct GNUNET_CONFIGURATION_Handle *cfg, std::string app_id,
    Callbacks callbacks)
    : app_id_ (std::move (app_id)), callbacks_ (callbacks),
      run_deferred_ ([this] { run_deferred (); }),
      linger_ ([this] { linger (); })
{
  link_ = shell::ServiceLink::open<SocialMessages> (
      cfg, "social",
      { [this] { on_link_up (); }, [this] { on_link_down (); },
        [this] (base::ByteView bytes) { return on_message (bytes); } });
}

GNUNET_SOCIAL_App::~GNUNET_SOCIAL_App () = default;

void
GNUNET_SOCIAL_App::on_link_up ()
{
  placed_.clear ();
  for (auto &ego : egos_)
    ego.is_told = false;
  send (AppHello{ app_protocol_version, app_id_ });
  const auto queries = queries_;
  for (const auto &[id, query] : queries)
    if (! query->request.empty ())
    {
      if (query->on.again)
        query->on.again ();
      link_->send_bytes (query->request);
    }
  const auto readers = readers_;
  for (const auto &[id, reader] : readers)
    reader->on_link_up ();
  sender_.on_link_up ();
  drain_sender ();
}

void
GNUNET_SOCIAL_App::on_link_down ()
{
  is_welcome_ = false;
  sender_.on_link_down ();
  drain_sender ();
  if (is_closing_)
    linger_.arm_now ();
}

bool
GNUNET_SOCIAL_App::on_message (base::ByteView bytes)
{
  bool is_fine = true;
  const auto result = SocialMessages::dispatch (
      bytes,
      [this, &is_fine] (auto message)
      {
        using M = decltype (message);
        if constexpr (
            std::is_same_v<
                M,
                SocialFollowing> || std::is_same_v<M, SocialFragment> || std::is_same_v<M, SocialGap> || std::is_same_v<M, SocialReplayEnd>)
          is_fine = on_reader (std::move (message));
        else
          is_fine = on (message);
      });
  return wire::DispatchResult::ok == result && is_fine;
}

template <typename M>
bool
GNUNET_SOCIAL_App::on_reader (M message)
{
  auto it = readers_.find (message.reader_id);
  if (it == readers_.end ())
    return true; // stopped meanwhile
  const auto reader = it->second;
  return reader->on_message (std::move (message));
}

bool
GNUNET_SOCIAL_App::on (const SocialHello &message)
{
  is_welcome_ = (app_protocol_version == message.version);
  connection_count_ += is_welcome_ ? 1 : 0;
  return is_welcome_;
}

// ------------------------------------------------------------------- egos

bool
GNUNET_SOCIAL_App::on (const SocialEgo &message)
{
  const auto key = unpacked (message.key);
  if (! key)
    return false;
  auto it = std::find_if (egos_.begin (), egos_.end (),
                          [&] (const auto &ego)
                          { return ego.packed_key == message.key; });
  const bool is_news = it == egos_.end () || it->name != message.name;
  if (it == egos_.end ())
    it = egos_.insert (egos_.end (), KnownEgo{});
  it->packed_key = message.key;
  it->key = *key;
  it->name = message.name;
  it->is_told = true;
  if (GNUNET_IDENTITY_TYPE_ECDSA != ntohl (key->type))
    return true;
  it->ego = ego_of (shell::from_gnunet<base::MemberKey> (key->ecdsa_key),
                    message.name);
  it->ego->name = message.name;
  if (is_news && nullptr != callbacks_.ego_cb && ! is_closing_)
  {
    auto *ego = it->ego;
    callbacks_.ego_cb (callbacks_.cls, ego, &ego->pub_key, ego->name.c_str ());
  }
  return true;
}

bool
GNUNET_SOCIAL_App::on (const SocialEgoGone &message)
{
  std::erase_if (egos_, [&] (const auto &ego)
                 { return ego.packed_key == message.key; });
  return true;
}

GNUNET_SOCIAL_Ego *
GNUNET_SOCIAL_App::ego_of (const base::MemberKey &key, const std::string &name)
{
  for (auto &ego : ego_handles_)
    if (ego->key == key)
      return ego.get ();
  ego_handles_.push_back (
      std::make_unique<GNUNET_SOCIAL_Ego> (GNUNET_SOCIAL_Ego{
          key, shell::to_gnunet<struct GNUNET_CRYPTO_EcdsaPublicKey> (key),
          name }));
  return ego_handles_.back ().get ();
}

GNUNET_SOCIAL_Ego *
GNUNET_SOCIAL_App::find_ego (const std::string &name) const
{
  for (const auto &ego : egos_)
    if (nullptr != ego.ego
        && 0 == strcasecmp (ego.name.c_str (), name.c_str ()))
      return ego.ego;
  return nullptr;
}

void
GNUNET_SOCIAL_App::act_as (const GNUNET_SOCIAL_Ego *ego)
{
  acting_ego_ = nullptr == ego ? base::MemberKey{} : ego->key;
}

bool
GNUNET_SOCIAL_App::on (const SocialListsComplete &)
{
  std::erase_if (egos_, [] (const auto &ego) { return ! ego.is_told; });
  for (auto &run : std::exchange (waiting_for_lists_, {}))
    defer (std::move (run));
  if (! std::exchange (are_lists_complete_, true)
      && nullptr != callbacks_.connected_cb && ! is_closing_)
    callbacks_.connected_cb (callbacks_.cls);
  return true;
}

GNUNET_SOCIAL_Query *
GNUNET_SOCIAL_App::answer_egos (GNUNET_SOCIAL_EgoInfoCallback cb, void *cls)
{
  GNUNET_SOCIAL_Query *raw = add_query ({}, {});
  const auto query = queries_.at (raw->id);
  auto tell = [this, query, cb, cls] { tell_egos (query, cb, cls); };
  if (are_lists_complete_)
    defer (std::move (tell));
  else
    waiting_for_lists_.push_back (std::move (tell));
  return raw;
}

void
GNUNET_SOCIAL_App::tell_egos (const std::shared_ptr<GNUNET_SOCIAL_Query> &query,
                              GNUNET_SOCIAL_EgoInfoCallback cb, void *cls)
{
  const auto egos = egos_;
  for (const auto &ego : egos)
  {
    if (query->is_dead)
      return;
    const struct GNUNET_SOCIAL_EgoInfo info
        = { ego.name.c_str (), ego.key, ego.ego };
    cb (cls, &info);
  }
  if (query->is_dead)
    return;
  query->is_dead = true;
  queries_.erase (query->id);
  cb (cls, nullptr);
}

// ----------------------------------------------------------------- places

void
GNUNET_SOCIAL_App::tell_place (const PlaceInfo &place)
{
  const PlaceRef ref = { place.key, place.ego_key };
  auto &known = places_[{ place.is_host, { place.key, place.ego_key } }];
  const auto state = app_state (place.state);
  if (known && known->state == state)
    return;
  if (! known)
  {
    known = std::make_unique<KnownPlace> ();
    known->host = { this, ref };
    known->guest = { this, ref };
  }
  known->state = state;
  if (is_closing_)
    return;
  GNUNET_SOCIAL_Ego *ego = ego_of (place.ego_key, place.ego_name);
  const auto key
      = shell::to_gnunet<struct GNUNET_CRYPTO_EddsaPublicKey> (place.key);
  if (place.is_host && nullptr != callbacks_.host_cb)
    callbacks_.host_cb (callbacks_.cls, &known->host, ego, &key, state);
  if (! place.is_host && nullptr != callbacks_.guest_cb)
    callbacks_.guest_cb (callbacks_.cls, &known->guest, ego, &key, state);
}

// -------------------------------------------------------------- callbacks

void
GNUNET_SOCIAL_App::defer (std::function<void ()> run)
{
  deferred_.push_back (std::move (run));
  if (! run_deferred_.is_armed ())
    run_deferred_.arm_now ();
}

void
GNUNET_SOCIAL_App::run_deferred ()
{
  // What these defer anew runs in the next task, after the network's turn.
  auto batch = std::exchange (deferred_, {});
  for (auto &run : batch)
  {
    if (is_closing_)
      return;
    run ();
  }
}

void
GNUNET_SOCIAL_App::feed (const void *owner, struct GNUNET_PSYC_Slicer *slicer,
                         const struct GNUNET_PSYC_MessageHeader *msg)
{
  if (nullptr == slicer)
    return;
  feeding_owner_ = owner;
  feeding_ = slicer;
  GNUNET_PSYC_slicer_message (slicer, msg);
  feeding_ = nullptr;
}

void
GNUNET_SOCIAL_App::end_feeding (const void *owner)
{
  if (nullptr != feeding_ && (nullptr == owner || owner == feeding_owner_))
    GNUNET_PSYC_slicer_skip (std::exchange (feeding_, nullptr));
}

// ----------------------------------------------------------------- ending

void
GNUNET_SOCIAL_App::disconnect (GNUNET_ContinuationCallback cb, void *cls)
{
  is_closing_ = true;
  end_feeding (nullptr);
  disconnect_cb_ = cb;
  disconnect_cls_ = cls;
  for (auto &[id, query] : queries_)
    query->is_dead = true;
  queries_.clear ();
  const auto readers = readers_;
  for (const auto &[id, reader] : readers)
    reader->stop ();
  const auto uploads = uploads_;
  for (const auto &[id, upload] : uploads)
    if (! upload->is_dead)
    {
      if (upload->is_input_over)
        detach (upload.get ());
      else
        cancel (upload.get ());
    }
  linger_until_ = shell::now () + linger_max;
  linger_.arm_now ();
}

bool
GNUNET_SOCIAL_App::is_something_unsaid () const
{
  return sender_.kept_bytes () > 0 && shell::now () < linger_until_;
}

void
GNUNET_SOCIAL_App::linger ()
{
  deferred_.clear ();
  owned_.clear ();
  if (! is_welcome_ || is_flushed_)
    end ();
  else if (is_something_unsaid ())
    linger_.arm_in (linger_step);
  else
    link_->notify_when_sent (
        [this]
        {
          is_flushed_ = true;
          linger_.arm_now ();
        });
}

void
GNUNET_SOCIAL_App::end ()
{
  const auto cb = disconnect_cb_;
  void *const cls = disconnect_cls_;
  delete this;
  if (nullptr != cb)
    cb (cls);
}

// ------------------------------------------------------------ C interface

extern "C"
{
struct GNUNET_SOCIAL_App *
GNUNET_SOCIAL_app_connect (const struct GNUNET_CONFIGURATION_Handle *cfg,
                           const char *id, GNUNET_SOCIAL_AppEgoCallback ego_cb,
                           GNUNET_SOCIAL_AppHostPlaceCallback host_cb,
                           GNUNET_SOCIAL_AppGuestPlaceCallback guest_cb,
                           GNUNET_SOCIAL_AppConnectedCallback connected_cb,
                           void *cls)
{
  if (nullptr == id || std::strlen (id) >= GNUNET_SOCIAL_APP_MAX_ID_SIZE)
    return nullptr;
  return new GNUNET_SOCIAL_App (
      cfg, id, { ego_cb, host_cb, guest_cb, connected_cb, cls });
}

void
GNUNET_SOCIAL_app_disconnect (struct GNUNET_SOCIAL_App *app,
                              GNUNET_ContinuationCallback disconnect_cb,
                              void *disconnect_cls)
{
  app->disconnect (disconnect_cb, disconnect_cls);
}

int
GNUNET_SOCIAL_app_is_connected (const struct GNUNET_SOCIAL_App *app)
{
  return app->is_connected () ? GNUNET_YES : GNUNET_NO;
}

uint64_t
GNUNET_SOCIAL_app_connection_count (const struct GNUNET_SOCIAL_App *app)
{
  return app->connection_count ();
}

void
GNUNET_SOCIAL_app_act_as (struct GNUNET_SOCIAL_App *app,
                          const struct GNUNET_SOCIAL_Ego *ego)
{
  app->act_as (ego);
}

const struct GNUNET_CRYPTO_EcdsaPublicKey *
GNUNET_SOCIAL_ego_get_pub_key (const struct GNUNET_SOCIAL_Ego *ego)
{
  return &ego->pub_key;
}

const char *
GNUNET_SOCIAL_ego_get_name (const struct GNUNET_SOCIAL_Ego *ego)
{
  return ego->name.c_str ();
}

struct GNUNET_SOCIAL_Ego *
GNUNET_SOCIAL_ego_lookup (const struct GNUNET_SOCIAL_App *app, const char *name)
{
  return app->find_ego (name);
}
}
