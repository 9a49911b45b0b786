// SPDX-License-Identifier: AGPL-3.0-or-later
//
// libgnunetsocial: history into slicers, and looking at a place's objects.
#include "social/social_api_place.hpp"

#include <cstring>

using namespace social;
using namespace social::api;

struct GNUNET_SOCIAL_HistoryRequest
{
  GNUNET_SOCIAL_Place *place = nullptr;
  GNUNET_SOCIAL_Replay *replay = nullptr;
  struct GNUNET_PSYC_Slicer *slicer = nullptr;
  GNUNET_ResultCallback result_cb = nullptr;
  void *cls = nullptr;
};

struct GNUNET_SOCIAL_LookHandle
{
  GNUNET_SOCIAL_App *app = nullptr;
  GNUNET_SOCIAL_Place *place = nullptr; // NULL: of the app alone
  GNUNET_SOCIAL_Query *query = nullptr;
  GNUNET_PSYC_StateVarCallback var_cb = nullptr;
  GNUNET_ResultCallback result_cb = nullptr;
  void *cls = nullptr;
  // How far the values were told, for a reconnect in the middle.
  std::string name;
  std::uint32_t offset = 0;
  std::uint64_t count = 0;
  bool is_skipping = false;
  bool is_dropped = false; // freed as soon as nobody stands on it
};

namespace
{
void
call_result (GNUNET_ResultCallback cb, void *cls, std::int64_t result,
             const char *error)
{
  if (nullptr != cb)
    cb (cls, result, error,
        nullptr == error
            ? std::uint16_t{ 0 }
            : static_cast<std::uint16_t> (std::strlen (error) + 1));
}

void
drop (GNUNET_SOCIAL_HistoryRequest *hist)
{
  hist->place->app->end_feeding (hist);
  hist->place->histories.erase (hist);
  hist->place->app->disown (hist);
}

void
drop (GNUNET_SOCIAL_LookHandle *look)
{
  look->is_dropped = true;
  if (nullptr != look->place)
    look->place->looks.erase (look);
  look->app->disown (look);
}

void
on_replayed (void *cls, const struct GNUNET_PSYC_MessageHeader *msg) noexcept
{
  const auto *hist = static_cast<GNUNET_SOCIAL_HistoryRequest *> (cls);
  hist->place->app->feed (hist, hist->slicer, msg);
}

void
on_replay_end (void *cls, std::int64_t result, const char *error) noexcept
{
  auto *hist = static_cast<GNUNET_SOCIAL_HistoryRequest *> (cls);
  const auto cb = hist->result_cb;
  void *const cb_cls = hist->cls;
  drop (hist);
  call_result (cb, cb_cls, result, error);
}

[[nodiscard]] struct GNUNET_SOCIAL_HistoryRequest *
start (struct GNUNET_SOCIAL_Place *plc, AppReplay wanted,
       const char *method_prefix, struct GNUNET_PSYC_Slicer *slicer,
       GNUNET_ResultCallback result_cb, void *cls)
{
  if (! plc->is_key_known
      || (nullptr != method_prefix
          && std::strlen (method_prefix) > name_length_max))
    return nullptr;
  wanted.place = plc->ref ();
  wanted.method_prefix = nullptr == method_prefix ? "" : method_prefix;
  auto *hist
      = plc->app->own (std::make_shared<GNUNET_SOCIAL_HistoryRequest> ());
  hist->place = plc;
  hist->slicer = slicer;
  hist->result_cb = result_cb;
  hist->cls = cls;
  hist->replay = replay (*plc->app, std::move (wanted), &on_replayed,
                         &on_replay_end, hist);
  plc->histories.insert (hist);
  return hist;
}

void
tell_object (GNUNET_SOCIAL_LookHandle *look, const SocialObject &object)
{
  if (look->is_skipping)
  {
    if (object.name != look->name || object.offset != look->offset)
      return;
    look->is_skipping = false;
  }
  const bool is_first = (0 == object.offset);
  if (is_first)
    look->count++;
  look->name = object.name;
  look->offset
      = object.offset + static_cast<std::uint32_t> (object.value.bytes.size ());
  if (nullptr != look->var_cb)
    look->var_cb (look->cls, nullptr, object.name.c_str (),
                  object.value.bytes.data (),
                  static_cast<std::uint32_t> (object.value.bytes.size ()),
                  is_first ? object.full_size : 0);
}

void
on_object (GNUNET_SOCIAL_LookHandle *look, const SocialObject &object)
{
  tell_object (look, object);
  if (! look->is_dropped)
    look->app->send (
        AppReadAck{ object.query_id,
                    static_cast<std::uint32_t> (object.value.bytes.size ()) });
}

void
on_look_result (GNUNET_SOCIAL_LookHandle *look, const SocialResult &result)
{
  const bool is_fine = ResultCode::ok == result.result
                       || ResultCode::not_found == result.result;
  look->query = nullptr; // it has ended
  if (is_fine && nullptr != look->var_cb)
    look->var_cb (look->cls, nullptr, nullptr, nullptr, 0, 0);
  if (look->is_dropped || look->app->is_closing ())
    return;
  drop (look);
  call_result (look->result_cb, look->cls,
               is_fine ? static_cast<std::int64_t> (look->count)
                       : std::int64_t{ GNUNET_SYSERR },
               is_fine ? nullptr : result.text.value_or ("failed").c_str ());
}

[[nodiscard]] struct GNUNET_SOCIAL_LookHandle *
look (GNUNET_SOCIAL_App *app, const PlaceRef &place, const char *name,
      bool is_prefix, GNUNET_PSYC_StateVarCallback var_cb,
      GNUNET_ResultCallback result_cb, void *cls)
{
  if (nullptr == name || std::strlen (name) > name_length_max)
    return nullptr;
  auto *handle = app->own (std::make_shared<GNUNET_SOCIAL_LookHandle> ());
  handle->app = app;
  handle->var_cb = var_cb;
  handle->result_cb = result_cb;
  handle->cls = cls;
  AppLook message;
  message.place = place;
  message.is_prefix = is_prefix;
  message.name = name;
  QueryHandlers on;
  on.again = [handle] { handle->is_skipping = ! handle->name.empty (); };
  on.object
      = [handle] (const SocialObject &object) { on_object (handle, object); };
  on.result = [handle] (const SocialResult &result)
  { on_look_result (handle, result); };
  handle->query = app->ask (message, std::move (on));
  return handle;
}

[[nodiscard]] struct GNUNET_SOCIAL_LookHandle *
look (struct GNUNET_SOCIAL_Place *plc, const char *name, bool is_prefix,
      GNUNET_PSYC_StateVarCallback var_cb, GNUNET_ResultCallback result_cb,
      void *cls)
{
  if (! plc->is_key_known)
    return nullptr;
  auto *handle
      = look (plc->app, plc->ref (), name, is_prefix, var_cb, result_cb, cls);
  if (nullptr == handle)
    return nullptr;
  handle->place = plc;
  plc->looks.insert (handle);
  return handle;
}
} // namespace

extern "C"
{
struct GNUNET_SOCIAL_HistoryRequest *
GNUNET_SOCIAL_place_history_replay (struct GNUNET_SOCIAL_Place *plc,
                                    uint64_t start_message_id,
                                    uint64_t end_message_id,
                                    const char *method_prefix, uint32_t flags,
                                    struct GNUNET_PSYC_Slicer *slicer,
                                    GNUNET_ResultCallback result_cb, void *cls)
{
  AppReplay wanted;
  wanted.first_message_id = start_message_id;
  wanted.last_message_id = end_message_id;
  wanted.flags = flags;
  return start (plc, std::move (wanted), method_prefix, slicer, result_cb, cls);
}

struct GNUNET_SOCIAL_HistoryRequest *
GNUNET_SOCIAL_place_history_replay_latest (struct GNUNET_SOCIAL_Place *plc,
                                           uint64_t message_limit,
                                           const char *method_prefix,
                                           uint32_t flags,
                                           struct GNUNET_PSYC_Slicer *slicer,
                                           GNUNET_ResultCallback result_cb,
                                           void *cls)
{
  if (0 == message_limit)
    return nullptr;
  AppReplay wanted;
  wanted.latest = message_limit;
  wanted.flags = flags;
  return start (plc, std::move (wanted), method_prefix, slicer, result_cb, cls);
}

void
GNUNET_SOCIAL_place_history_replay_cancel (
    struct GNUNET_SOCIAL_HistoryRequest *hist)
{
  GNUNET_SOCIAL_replay_cancel (hist->replay);
  drop (hist);
}

struct GNUNET_SOCIAL_LookHandle *
GNUNET_SOCIAL_place_look_at (struct GNUNET_SOCIAL_Place *plc,
                             const char *full_name,
                             GNUNET_PSYC_StateVarCallback var_cb,
                             GNUNET_ResultCallback result_cb, void *cls)
{
  return look (plc, full_name, false, var_cb, result_cb, cls);
}

struct GNUNET_SOCIAL_LookHandle *
GNUNET_SOCIAL_place_look_for (struct GNUNET_SOCIAL_Place *plc,
                              const char *name_prefix,
                              GNUNET_PSYC_StateVarCallback var_cb,
                              GNUNET_ResultCallback result_cb, void *cls)
{
  return look (plc, name_prefix, true, var_cb, result_cb, cls);
}

struct GNUNET_SOCIAL_LookHandle *
GNUNET_SOCIAL_objects_get (struct GNUNET_SOCIAL_App *app,
                           const struct GNUNET_CRYPTO_EddsaPublicKey *place_key,
                           enum GNUNET_SOCIAL_ObjectMatch match,
                           const char *name,
                           GNUNET_PSYC_StateVarCallback var_cb,
                           GNUNET_ResultCallback result_cb, void *cls)
{
  return look (app, app->place_ref (*place_key), name,
               GNUNET_SOCIAL_OBJECT_PREFIX == match, var_cb, result_cb, cls);
}

void
GNUNET_SOCIAL_place_look_cancel (struct GNUNET_SOCIAL_LookHandle *lh)
{
  if (nullptr != lh->query)
    lh->app->cancel (lh->query);
  drop (lh);
}
}
