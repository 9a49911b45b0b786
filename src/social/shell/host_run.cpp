// SPDX-License-Identifier: AGPL-3.0-or-later
#include "social/shell/host_run.hpp"

#include <cstring>
#include <memory>

#include "shell/message_queue.hpp"
#include "social/core/entry_message.hpp"
#include "social/core/offer_key.hpp"
#include "social/shell/own_message.hpp"

namespace social
{
namespace
{
static_assert (GNUNET_MESSAGE_TYPE_PSYC_MESSAGE == psyc_message_type);

struct GNUNET_CRYPTO_EcdsaPublicKey
slave_key (const base::MemberKey &nym)
{
  return shell::to_gnunet<struct GNUNET_CRYPTO_EcdsaPublicKey> (nym);
}

base::MemberKey
member_key (const struct GNUNET_CRYPTO_EcdsaPublicKey *key)
{
  return shell::from_gnunet<base::MemberKey> (*key);
}

const struct GNUNET_PSYC_Message *
as_psyc_message (const base::Bytes &message)
{
  return message.empty ()
             ? nullptr
             : reinterpret_cast<const struct GNUNET_PSYC_Message *> (
                 message.data ());
}
} // namespace

HostRun::HostRun (Places &places, const StartHost &wish)
    : places_ (places), ref_ (wish.ref)
{
  const auto secret
      = shell::to_gnunet<struct GNUNET_CRYPTO_EddsaPrivateKey> (wish.secret);
  master_ = GNUNET_PSYC_master_start (
      places.cfg_, &secret, static_cast<enum GNUNET_PSYC_Policy> (wish.policy),
      &HostRun::on_started, &HostRun::on_join, nullptr, nullptr, this);
  if (nullptr == master_)
    return;
  GNUNET_PSYC_master_handle_requests (master_, &HostRun::on_request, this);
  GNUNET_PSYC_master_watch_members (master_, &HostRun::on_member, this);
}

HostRun::~HostRun ()
{
  if (nullptr != info_)
    GNUNET_PSYC_channel_info_cancel (info_);
  if (nullptr != master_)
    GNUNET_PSYC_master_stop (master_,
                             Stop::for_now == stop_ ? GNUNET_YES : GNUNET_NO,
                             nullptr, nullptr);
}

void
HostRun::on_started (void *cls, int result,
                     std::uint64_t max_message_id) noexcept
{
  auto *self = static_cast<HostRun *> (cls);
  if (GNUNET_SYSERR == result)
  {
    GNUNET_log (GNUNET_ERROR_TYPE_ERROR,
                "psyc does not run the channel of an own place\n");
    return;
  }
  // Questions of the time before come again.
  self->callers_.clear ();
  self->places_.door_.tell (
      [&] (Core &core) { core.on_host_started (self->ref_, max_message_id); });
}

// --------------------------------------------------------------------- door

void
HostRun::on_join (void *cls, const struct GNUNET_PSYC_JoinRequestMessage *,
                  const struct GNUNET_CRYPTO_EcdsaPublicKey *key,
                  const struct GNUNET_PSYC_Message *message,
                  struct GNUNET_PSYC_JoinHandle *handle) noexcept
{
  auto *self = static_cast<HostRun *> (cls);
  const base::MemberKey nym = member_key (key);
  base::Bytes request;
  if (nullptr != message)
    request = base::to_bytes (shell::message_bytes (&message->header));
  self->callers_.insert_or_assign (nym, handle);
  self->places_.door_.tell (
      [&] (Core &core) { core.on_join_request (self->ref_, nym, request); });
}

void
HostRun::decide (const DecideJoin &effect)
{
  const auto caller = callers_.find (effect.nym);
  if (callers_.end () == caller)
    return;
  GNUNET_PSYC_join_decision (
      caller->second,
      Admission::admitted == effect.admission ? GNUNET_YES : GNUNET_NO, 0,
      nullptr, as_psyc_message (effect.answer));
  callers_.erase (caller);
}

void
HostRun::confirm (const ConfirmQuestion &effect)
{
  const auto caller = callers_.find (effect.nym);
  if (callers_.end () != caller)
    GNUNET_PSYC_join_pending (caller->second);
}

void
HostRun::on_member (void *cls, const struct GNUNET_CRYPTO_EcdsaPublicKey *key,
                    enum GNUNET_MULTICAST_MemberEvent event) noexcept
{
  auto *self = static_cast<HostRun *> (cls);
  const base::MemberKey nym = member_key (key);
  self->places_.door_.tell (
      [&] (Core &core)
      { core.on_member (self->ref_, nym, static_cast<MemberEvent> (event)); });
}

void
HostRun::eject (const EjectNym &effect)
{
  if (nullptr == master_)
    return;
  ejections_.push_back ({ this, effect.nym });
  const auto key = slave_key (effect.nym);
  GNUNET_PSYC_master_eject (master_, &key, as_psyc_message (effect.notice),
                            &HostRun::on_ejected, &ejections_.back ());
}

void
HostRun::on_ejected (void *cls, std::int64_t result, const void *,
                     std::uint16_t) noexcept
{
  auto *ejecting = static_cast<Ejecting *> (cls);
  HostRun *self = ejecting->run;
  const base::MemberKey nym = ejecting->nym;
  self->ejections_.remove_if ([&] (const Ejecting &e)
                              { return &e == ejecting; });
  self->places_.door_.tell (
      [&] (Core &core)
      {
        core.on_ejected (self->ref_, nym,
                         GNUNET_SYSERR == result ? Outcome::failed
                                                 : Outcome::done);
      });
}

// ------------------------------------------------------------ an older copy

void
HostRun::adopt ()
{
  if (nullptr == master_)
    return on_adopted (this, GNUNET_SYSERR, nullptr, 0);
  GNUNET_PSYC_master_adopt (master_, &HostRun::on_adopted, this);
}

void
HostRun::on_adopted (void *cls, std::int64_t result, const void *data,
                     std::uint16_t size) noexcept
{
  auto *self = static_cast<HostRun *> (cls);
  std::string why;
  if (GNUNET_SYSERR == result)
    why = nullptr == data
              ? "psyc does not run the channel"
              : std::string (
                  static_cast<const char *> (data),
                  ::strnlen (static_cast<const char *> (data), size));
  self->places_.door_.tell ([&] (Core &core)
                            { core.on_adopted (self->ref_, why); });
}

// ----------------------------------------------------------------- requests

void
HostRun::on_request (void *cls, const struct GNUNET_CRYPTO_EcdsaPublicKey *key,
                     std::uint64_t request_id,
                     const struct GNUNET_PSYC_MessageHeader *message) noexcept
{
  auto *self = static_cast<HostRun *> (cls);
  GuestRequest request;
  request.nym = member_key (key);
  request.request_id.value = request_id;
  const auto bytes = shell::message_bytes (&message->header);
  if (bytes.size () > sizeof (*message))
    if (const auto head = psyc::parse_head (bytes.subspan (sizeof (*message))))
    {
      request.method = head->method;
      request.offer = head->find_text (offer_key_variable).value_or ("");
      for (const auto &modifier : head->modifiers)
        if (psyc::is_lasting (modifier.oper))
          request.lasting.push_back (modifier.name);
    }
  self->places_.door_.tell ([&] (Core &core)
                            { core.on_request (self->ref_, request); });
}

void
HostRun::relay (const RelayRequest &effect)
{
  if (nullptr == master_)
    return;
  struct GNUNET_PSYC_Environment *env = GNUNET_PSYC_env_create ();
  for (const auto &variable : effect.variables)
    GNUNET_PSYC_env_add (env, GNUNET_PSYC_OP_SET, variable.name.c_str (),
                         variable.value.data (), variable.value.size ());
  const auto key = slave_key (effect.nym);
  GNUNET_PSYC_master_request_relay (master_, &key, effect.request_id.value,
                                    env);
  GNUNET_PSYC_env_destroy (env);
}

void
HostRun::refuse (const RefuseRequest &effect)
{
  if (nullptr == master_)
    return;
  const auto key = slave_key (effect.nym);
  GNUNET_PSYC_master_request_refuse (master_, &key, effect.request_id.value,
                                     effect.code, effect.reason.c_str ());
}

// ------------------------------------------------------------ announcements

void
HostRun::announce (const Announce &effect)
{
  const auto parts = own_message (effect.method, effect.variables, effect.body);
  announcements_.push_back ({ this, effect.tag });
  Announcement *announcement = &announcements_.back ();
  const auto tag = shell::to_gnunet<struct GNUNET_Uuid> (effect.tag);
  struct GNUNET_PSYC_Upload *upload
      = nullptr == master_ || ! parts
            ? nullptr
            : GNUNET_PSYC_channel_upload (channel (), &tag, 0, nullptr,
                                          &HostRun::on_send_state,
                                          announcement);
  if (nullptr == upload)
    return end_announcement (announcement, Outcome::failed);
  // A failure is told by on_send_state.
  (void)GNUNET_PSYC_upload_parts (upload, parts->data (),
                                  static_cast<std::uint16_t> (parts->size ()));
}

void
HostRun::on_send_state (void *cls, enum GNUNET_PSYC_SendState state,
                        std::uint64_t, std::uint64_t, std::uint32_t,
                        const char *) noexcept
{
  auto *announcement = static_cast<Announcement *> (cls);
  switch (state)
  {
  case GNUNET_PSYC_SEND_QUEUED:
  case GNUNET_PSYC_SEND_SENT:
    return;
  case GNUNET_PSYC_SEND_STORED:
  case GNUNET_PSYC_SEND_ACCEPTED:
    return announcement->run->end_announcement (announcement, Outcome::done);
  case GNUNET_PSYC_SEND_REFUSED:
  case GNUNET_PSYC_SEND_CANCELLED:
  case GNUNET_PSYC_SEND_FAILED:
    return announcement->run->end_announcement (announcement, Outcome::failed);
  }
}

void
HostRun::end_announcement (Announcement *announcement, Outcome outcome)
{
  const base::SendTag tag = announcement->tag;
  announcements_.remove_if ([&] (const Announcement &a)
                            { return &a == announcement; });
  places_.door_.tell ([&] (Core &core)
                      { core.on_announced (ref_, tag, outcome); });
}

void
HostRun::ask_info ()
{
  if (nullptr != master_ && nullptr == info_)
    info_ = GNUNET_PSYC_channel_info_get (channel (), &HostRun::on_info, this);
}

void
HostRun::on_info (void *cls,
                  const struct GNUNET_PSYC_ChannelInfo *info) noexcept
{
  auto *self = static_cast<HostRun *> (cls);
  self->info_ = nullptr;
  ChannelInfo known = to_channel_info (*info);
  known.is_behind = GNUNET_MULTICAST_ORIGIN_HEAD_BEHIND == info->state;
  self->places_.door_.tell ([&] (Core &core)
                            { core.on_info (self->ref_, known); });
}
} // namespace social
