// SPDX-License-Identifier: AGPL-3.0-or-later
//
// libgnunetsocial: announcements and talk, whose bodies are pulled from a
// callback; and the rules of a place.
#include "social/social_api_place.hpp"

#include <cstring>

#include "psyc/message/message_pull.hpp"
#include "psyc/message/names.hpp"

using namespace social;
using namespace social::api;

namespace
{
// A message whose body is pulled; what GNUNET_SOCIAL_Announcement and
// …TalkRequest point to.
class Pull final : private psyc::MessageSource
{
public:
  Pull (GNUNET_SOCIAL_App *app, const PlaceRef &place, const char *method,
        std::uint32_t flags, GNUNET_PSYC_TransmitNotifyData notify, void *cls)
      : app_ (app), notify_ (notify), notify_cls_ (cls),
        pull_ (method, flags, psyc::PartWriter::chunk_min + chunk_bytes),
        upload_ (app->start_upload (place, nullptr, flags, &Pull::on_ready,
                                    &Pull::on_state, this))
  {}

  [[nodiscard]] bool
  add (const struct GNUNET_PSYC_Environment *env)
  {
    for (const Variable &variable : variables_of (env))
    {
      const auto oper = psyc::operator_from (variable.oper);
      if (! oper || ! pull_.add_modifier (*oper, variable.name, variable.value))
        return false;
    }
    return true;
  }

  // Pulls from the scheduler: the first time, and after each pause.
  void
  resume ()
  {
    if (is_over_ || std::exchange (is_scheduled_, true))
      return;
    app_->defer (
        [this]
        {
          is_scheduled_ = false;
          pump ();
        });
  }

  void
  cancel ()
  {
    if (! is_over_)
      app_->cancel (upload_);
    end ();
  }

private:
  static constexpr std::size_t chunk_bytes = std::size_t{ 32 } * 1024;

  [[nodiscard]] Piece
  new_modifier (std::span<std::uint8_t>) override
  {
    return { Answer::done, 0, 0, 0 };
  }

  [[nodiscard]] Piece
  more_value (std::span<std::uint8_t>) override
  {
    return { Answer::refuse, 0, 0, 0 };
  }

  [[nodiscard]] Piece
  more_data (std::span<std::uint8_t> room) override
  {
    if (nullptr == notify_)
      return { Answer::done, 0, 0, 0 };
    auto size = static_cast<std::uint16_t> (
        std::min<std::size_t> (room.size (), UINT16_MAX));
    const int answer = notify_ (notify_cls_, &size, room.data ());
    if (has_ended ())
      return { Answer::refuse, 0, 0, 0 };
    return { GNUNET_YES == answer  ? Answer::done
             : GNUNET_NO == answer ? Answer::more
                                   : Answer::refuse,
             size, 0, 0 };
  }

  void
  pump ()
  {
    bool is_welcome = true;
    while (! is_over_ && is_welcome)
    {
      auto result = pull_.pull (*this);
      if (has_ended ())
        return; // by its own callback
      if (! result.parts.empty ())
      {
        const int outcome = app_->push (upload_, result.parts);
        is_welcome = (GNUNET_YES == outcome);
        if (GNUNET_SYSERR == outcome)
          return end ();
      }
      switch (result.status)
      {
      case psyc::MessagePull::Status::more:
        break;
      case psyc::MessagePull::Status::paused:
        return;
      case psyc::MessagePull::Status::finished:
        app_->detach (upload_);
        return end ();
      case psyc::MessagePull::Status::aborted:
        app_->cancel (upload_);
        return end ();
      }
    }
  }

  // Nobody is to be asked any more.
  [[nodiscard]] bool
  has_ended () const
  {
    return is_over_ || app_->is_closing ();
  }

  void
  end ()
  {
    if (! std::exchange (is_over_, true))
      app_->disown (dynamic_cast<void *> (this));
  }

  static void
  on_ready (void *cls) noexcept
  {
    static_cast<Pull *> (cls)->resume ();
  }

  static void
  on_state (void *cls, enum GNUNET_PSYC_SendState state, std::uint64_t,
            std::uint64_t, std::uint32_t, const char *reason) noexcept
  {
    if (state < GNUNET_PSYC_SEND_STORED)
      return;
    // The service ended it before its input did. The handle stays for its
    // owner, who may still resume or cancel it.
    static_cast<Pull *> (cls)->is_over_ = true;
    GNUNET_log (GNUNET_ERROR_TYPE_WARNING, "a message was not sent: %s\n",
                nullptr == reason ? "no reason given" : reason);
  }

  GNUNET_SOCIAL_App *const app_;
  const GNUNET_PSYC_TransmitNotifyData notify_;
  void *const notify_cls_;
  psyc::MessagePull pull_;
  GNUNET_SOCIAL_Upload *const upload_;
  bool is_scheduled_ = false;
  bool is_over_ = false;
};

[[nodiscard]] Pull *
start (struct GNUNET_SOCIAL_Place *place, const char *method_name,
       const struct GNUNET_PSYC_Environment *env,
       GNUNET_PSYC_TransmitNotifyData notify, void *cls, std::uint32_t flags)
{
  if (! place->is_key_known || nullptr == method_name
      || ! psyc::is_name (method_name))
    return nullptr;
  auto *pull = place->app->own (std::make_shared<Pull> (
      place->app, place->ref (), method_name, flags, notify, cls));
  if (! pull->add (env))
  {
    pull->cancel ();
    return nullptr;
  }
  pull->resume ();
  return pull;
}

[[nodiscard]] bool
has_lasting (const struct GNUNET_PSYC_Environment *env)
{
  if (nullptr == env)
    return false;
  for (const auto *modifier = GNUNET_PSYC_env_head (env); nullptr != modifier;
       modifier = modifier->next)
    if (GNUNET_PSYC_OP_SET != modifier->oper)
      return true;
  return false;
}

void
set_rule (struct GNUNET_SOCIAL_Place *place, RuleKind kind, const char *prefix,
          std::uint32_t flags)
{
  AppRuleSet message;
  message.place = place->ref ();
  message.kind = kind;
  message.prefix = prefix;
  message.flags = flags;
  (void)place->app->ask (message, {});
}

void
clear_rules (struct GNUNET_SOCIAL_Place *place, std::uint32_t flags)
{
  AppRulesClear message;
  message.place = place->ref ();
  message.flags = flags;
  (void)place->app->ask (message, {});
}
} // namespace

extern "C"
{
struct GNUNET_SOCIAL_Announcement *
GNUNET_SOCIAL_host_announce (struct GNUNET_SOCIAL_Host *host,
                             const char *method_name,
                             const struct GNUNET_PSYC_Environment *env,
                             GNUNET_PSYC_TransmitNotifyData notify_data,
                             void *notify_data_cls,
                             enum GNUNET_SOCIAL_AnnounceFlags flags)
{
  std::uint32_t psyc_flags = 0 != (flags & GNUNET_SOCIAL_ANNOUNCE_CLEAR_OBJECTS)
                                 ? GNUNET_PSYC_MASTER_TRANSMIT_STATE_RESET
                                 : GNUNET_PSYC_MASTER_TRANSMIT_NONE;
  // Every guest checks that the objects are the same then.
  if (0 != psyc_flags || has_lasting (env))
    psyc_flags |= GNUNET_PSYC_MASTER_TRANSMIT_STATE_MODIFY
                  | GNUNET_PSYC_MASTER_TRANSMIT_STATE_HASH;
  return reinterpret_cast<struct GNUNET_SOCIAL_Announcement *> (
      start (host, method_name, env, notify_data, notify_data_cls, psyc_flags));
}

void
GNUNET_SOCIAL_host_announce_resume (struct GNUNET_SOCIAL_Announcement *a)
{
  reinterpret_cast<Pull *> (a)->resume ();
}

void
GNUNET_SOCIAL_host_announce_cancel (struct GNUNET_SOCIAL_Announcement *a)
{
  reinterpret_cast<Pull *> (a)->cancel ();
}

struct GNUNET_SOCIAL_TalkRequest *
GNUNET_SOCIAL_guest_talk (struct GNUNET_SOCIAL_Guest *guest,
                          const char *method_name,
                          const struct GNUNET_PSYC_Environment *env,
                          GNUNET_PSYC_TransmitNotifyData notify_data,
                          void *notify_data_cls, enum GNUNET_SOCIAL_TalkFlags)
{
  return reinterpret_cast<struct GNUNET_SOCIAL_TalkRequest *> (
      start (guest, method_name, env, notify_data, notify_data_cls, 0));
}

void
GNUNET_SOCIAL_guest_talk_resume (struct GNUNET_SOCIAL_TalkRequest *tr)
{
  reinterpret_cast<Pull *> (tr)->resume ();
}

void
GNUNET_SOCIAL_guest_talk_cancel (struct GNUNET_SOCIAL_TalkRequest *tr)
{
  reinterpret_cast<Pull *> (tr)->cancel ();
}

void
GNUNET_SOCIAL_host_relay_allow_method (struct GNUNET_SOCIAL_Host *host,
                                       const char *method_prefix)
{
  set_rule (host, RuleKind::method, method_prefix,
            GNUNET_SOCIAL_MSG_PROC_RELAY);
}

void
GNUNET_SOCIAL_host_relay_allow_object (struct GNUNET_SOCIAL_Host *host,
                                       const char *object_prefix)
{
  set_rule (host, RuleKind::object, object_prefix,
            GNUNET_SOCIAL_MSG_PROC_RELAY);
}

void
GNUNET_SOCIAL_host_relay_stop (struct GNUNET_SOCIAL_Host *host)
{
  clear_rules (host, GNUNET_SOCIAL_MSG_PROC_RELAY);
}

void
GNUNET_SOCIAL_place_msg_proc_set (struct GNUNET_SOCIAL_Place *plc,
                                  const char *method_prefix,
                                  enum GNUNET_SOCIAL_MsgProcFlags flags)
{
  set_rule (plc, RuleKind::method, method_prefix,
            static_cast<std::uint32_t> (flags));
}

void
GNUNET_SOCIAL_place_msg_proc_clear (struct GNUNET_SOCIAL_Place *plc)
{
  clear_rules (plc, GNUNET_SOCIAL_MSG_PROC_RELAY | GNUNET_SOCIAL_MSG_PROC_SAVE);
}
}
