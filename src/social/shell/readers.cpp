// SPDX-License-Identifier: AGPL-3.0-or-later
#include "social/shell/readers.hpp"

#include <algorithm>

#include "social/shell/hearing.hpp"

namespace social
{
namespace
{
constexpr std::size_t readers_of_client_max = 256;
// A follower of a place that psyc does not have (yet).
constexpr base::Duration observe_period = base::milliseconds (500);
constexpr int observe_tries_max = 60;

// A text that psyc gave as data, with or without its NUL.
std::string
error_text (const void *data, std::uint16_t size)
{
  const auto *text = static_cast<const char *> (data);
  if (nullptr == text)
    return {};
  return std::string (text, strnlen (text, size));
}
} // namespace

Readers::~Readers ()
{
  while (! readers_.empty ())
    close (*readers_.begin ()->second);
}

Readers::Reader *
Readers::open (shell::ServiceClient &client, std::uint64_t id,
               const PlaceRef &ref)
{
  const auto count = std::count_if (readers_.begin (), readers_.end (),
                                    [&] (const auto &entry)
                                    { return entry.first.first == &client; });
  if (0 == id || readers_.contains ({ &client, id })
      || count >= static_cast<std::ptrdiff_t> (readers_of_client_max))
    return nullptr;
  auto reader = std::make_unique<Reader> ();
  reader->owner = this;
  reader->client = &client;
  reader->id = id;
  reader->ref = ref;
  return readers_.emplace (Key{ &client, id }, std::move (reader))
      .first->second.get ();
}

void
Readers::close (Reader &reader)
{
  if (nullptr != reader.observer)
    GNUNET_PSYC_observer_destroy (reader.observer);
  if (nullptr != reader.history)
    GNUNET_PSYC_channel_history_replay_cancel (reader.channel, reader.history);
  if (nullptr != reader.state)
    GNUNET_PSYC_channel_state_get_cancel (reader.state);
  readers_.erase ({ reader.client, reader.id });
}

// ---------------------------------------------------------------- followers

bool
Readers::follow (shell::ServiceClient &client, const AppFollow &message)
{
  const Place *place = door_.core ().find_place (message.place);
  Reader *reader = open (client, message.reader_id,
                         nullptr == place ? message.place : place->ref);
  if (nullptr == reader)
    return false;
  reader->after = message.after_fragment_id;
  reader->retry = std::make_unique<shell::Timer> (
      [this, reader]
      {
        if (! observe (*reader))
          give_up (*reader);
      });
  if (! observe (*reader))
    give_up (*reader);
  return true;
}

bool
Readers::observe (Reader &reader)
{
  const Place *place = door_.core ().find_place (reader.ref);
  if (nullptr == place)
    return false;
  if (nullptr != reader.observer)
    GNUNET_PSYC_observer_destroy (std::exchange (reader.observer, nullptr));
  // An own place that does not run any more is read as a guest's.
  const bool is_hosting = Role::host == place->role
                          && nullptr != places_.running_channel (place->ref);
  (void)places_.channel (*place); // psyc must know it to be read
  const auto key
      = shell::to_gnunet<struct GNUNET_CRYPTO_EddsaPublicKey> (place->ref.key);
  const auto slave
      = shell::to_gnunet<struct GNUNET_CRYPTO_EcdsaPublicKey> (place->ref.ego);
  reader.observer = GNUNET_PSYC_observe (
      cfg_, &key, is_hosting ? nullptr : &slave, reader.after,
      &Readers::on_started, &Readers::on_fragment, &Readers::on_gap, &reader);
  if (nullptr != reader.observer && reader.is_paused)
    GNUNET_PSYC_observer_pause (reader.observer);
  return nullptr != reader.observer;
}

void
Readers::give_up (Reader &reader)
{
  reader.client->send (SocialFollowing{ reader.id, GNUNET_SYSERR, 0, 0 });
  close (reader);
}

void
Readers::on_started (void *cls, int result, std::uint64_t head,
                     std::uint64_t max_message_id) noexcept
{
  auto *reader = static_cast<Reader *> (cls);
  if (GNUNET_SYSERR == result)
  {
    // psyc may have been restarted, and not have the channel back yet.
    if (++reader->failures < observe_tries_max)
      reader->retry->arm_in (observe_period);
    else
      reader->owner->give_up (*reader);
    return;
  }
  reader->failures = 0;
  if (UINT64_MAX == reader->after)
    reader->after = head;
  if (! std::exchange (reader->has_started, true))
    reader->client->send (
        SocialFollowing{ reader->id, result, head, max_message_id });
}

void
Readers::on_fragment (void *cls, std::uint64_t fragment_id,
                      const struct GNUNET_PSYC_MessageHeader *message) noexcept
{
  auto *reader = static_cast<Reader *> (cls);
  reader->after = fragment_id;
  reader->owner->pass_on (*reader, fragment_id, message);
}

void
Readers::on_gap (void *cls, std::uint64_t first, std::uint64_t last) noexcept
{
  auto *reader = static_cast<Reader *> (cls);
  reader->after = last;
  reader->client->send (SocialGap{ reader->id, first, last });
}

void
Readers::pass_on (Reader &reader, std::uint64_t fragment_id,
                  const struct GNUNET_PSYC_MessageHeader *message)
{
  const auto bytes = shell::message_bytes (&message->header);
  const SocialFragment fragment{ reader.id,
                                 fragment_id,
                                 { base::to_bytes (bytes) } };
  const auto encoded = wire::encode (fragment);
  if (! encoded)
    return door_.tell (
        [] (Core &core)
        { core.on_oddity ("# fragments too large to pass on"); });
  shell::send_bytes (reader.client->mq, *encoded);
  reader.under_way += bytes.size ();
  if (reader.under_way >= window_bytes)
    pause (reader);
}

bool
Readers::acknowledge (const shell::ServiceClient &client,
                      const AppReadAck &message)
{
  const auto found = readers_.find ({ &client, message.reader_id });
  if (readers_.end () == found)
    return true; // ended meanwhile
  Reader &reader = *found->second;
  if (message.bytes > reader.under_way)
    return false;
  reader.under_way -= message.bytes;
  if (reader.is_paused && reader.under_way <= window_bytes / 2)
    resume (reader);
  return true;
}

void
Readers::pause (Reader &reader)
{
  if (std::exchange (reader.is_paused, true))
    return;
  if (nullptr != reader.observer)
    GNUNET_PSYC_observer_pause (reader.observer);
  if (nullptr != reader.history)
    GNUNET_PSYC_history_pause (reader.history);
  if (nullptr != reader.state)
    GNUNET_PSYC_state_pause (reader.state);
}

void
Readers::resume (Reader &reader)
{
  reader.is_paused = false;
  if (nullptr != reader.observer)
    GNUNET_PSYC_observer_resume (reader.observer);
  if (nullptr != reader.history)
    GNUNET_PSYC_history_resume (reader.history);
  if (nullptr != reader.state)
    GNUNET_PSYC_state_resume (reader.state);
}

void
Readers::stop (const shell::ServiceClient &client, std::uint64_t reader_id)
{
  const auto found = readers_.find ({ &client, reader_id });
  if (readers_.end () != found)
    close (*found->second);
}

// ------------------------------------------------------------------ replays

bool
Readers::replay (shell::ServiceClient &client, const AppReplay &message)
{
  const Place *place = door_.core ().find_place (message.place);
  Reader *reader = open (client, message.reader_id,
                         nullptr == place ? message.place : place->ref);
  if (nullptr == reader)
    return false;
  if (nullptr == place)
  {
    end_replay (*reader, GNUNET_SYSERR, "no such place here");
    return true;
  }
  reader->channel = places_.channel (*place);
  if (nullptr == reader->channel)
  {
    end_replay (*reader, GNUNET_SYSERR, "the history is not open");
    return true;
  }
  reader->role = place->role;
  const char *prefix = message.method_prefix.c_str ();
  reader->history
      = 0 != message.latest ? GNUNET_PSYC_channel_history_replay_latest (
            reader->channel, message.latest, prefix, message.flags,
            &Readers::on_history, nullptr, &Readers::on_history_end, reader)
                            : GNUNET_PSYC_channel_history_replay (
                                reader->channel, message.first_message_id,
                                message.last_message_id, prefix, message.flags,
                                &Readers::on_history, nullptr,
                                &Readers::on_history_end, reader);
  if (nullptr == reader->history)
    end_replay (*reader, GNUNET_SYSERR, "the history cannot be asked so");
  return true;
}

void
Readers::on_history (void *cls,
                     const struct GNUNET_PSYC_MessageHeader *message) noexcept
{
  auto *reader = static_cast<Reader *> (cls);
  reader->owner->hear_in (*reader, message);
  reader->owner->pass_on (*reader, 0, message);
}

// What a guest reads of the past tells of others as what it hears does.
void
Readers::hear_in (const Reader &reader,
                  const struct GNUNET_PSYC_MessageHeader *message)
{
  const auto bytes = shell::message_bytes (&message->header);
  if (Role::guest != reader.role || 0 != message->fragment_offset
      || bytes.size () <= sizeof (*message))
    return;
  if (const auto head = psyc::parse_head (bytes.subspan (sizeof (*message))))
    hear (door_, reader.ref, { GNUNET_ntohll (message->message_id) }, *head);
}

void
Readers::on_history_end (void *cls, std::int64_t result, const void *data,
                         std::uint16_t size) noexcept
{
  auto *reader = static_cast<Reader *> (cls);
  reader->history = nullptr;
  reader->owner->end_replay (*reader, result,
                             GNUNET_SYSERR == result ? error_text (data, size)
                                                     : std::string{});
}

void
Readers::end_replay (Reader &reader, std::int64_t result, std::string error)
{
  reader.client->send (SocialReplayEnd{ reader.id, result, std::move (error) });
  close (reader);
}

// ------------------------------------------------------------------ objects

bool
Readers::look (shell::ServiceClient &client, const AppLook &message)
{
  const Place *place = door_.core ().find_place (message.place);
  Reader *reader = open (client, message.query_id,
                         nullptr == place ? message.place : place->ref);
  if (nullptr == reader)
    return false;
  if (nullptr == place)
  {
    end_look (*reader, ResultCode::not_found, "no such place here");
    return true;
  }
  reader->channel = places_.channel (*place);
  if (nullptr != reader->channel)
    reader->state
        = message.is_prefix
              ? GNUNET_PSYC_channel_state_get_prefix (
                  reader->channel, message.name.c_str (), &Readers::on_object,
                  &Readers::on_objects_end, reader)
              : GNUNET_PSYC_channel_state_get (
                  reader->channel, message.name.c_str (), &Readers::on_object,
                  &Readers::on_objects_end, reader);
  if (nullptr == reader->state)
    end_look (*reader, ResultCode::failed, "the objects cannot be read");
  return true;
}

void
Readers::on_object (void *cls, const struct GNUNET_MessageHeader *,
                    const char *name, const void *value,
                    std::uint32_t value_size, std::uint32_t full_size) noexcept
{
  auto *reader = static_cast<Reader *> (cls);
  if (nullptr == name)
    return; // the end; the result follows
  if (0 != full_size || reader->object != name)
  {
    reader->object = name;
    reader->object_offset = 0;
  }
  SocialObject object;
  object.query_id = reader->id;
  object.name = name;
  object.full_size = 0 != full_size ? full_size : value_size;
  object.offset = reader->object_offset;
  const auto *bytes = static_cast<const std::uint8_t *> (value);
  object.value.bytes.assign (bytes, bytes + value_size);
  reader->object_offset += value_size;
  if (const auto encoded = wire::encode (object))
    shell::send_bytes (reader->client->mq, *encoded);
  reader->under_way += value_size;
  if (reader->under_way >= window_bytes)
    reader->owner->pause (*reader);
}

void
Readers::on_objects_end (void *cls, std::int64_t result, const void *data,
                         std::uint16_t size) noexcept
{
  auto *reader = static_cast<Reader *> (cls);
  reader->state = nullptr;
  if (GNUNET_SYSERR == result)
    return reader->owner->end_look (*reader, ResultCode::failed,
                                    error_text (data, size));
  reader->owner->end_look (
      *reader, GNUNET_NO == result ? ResultCode::not_found : ResultCode::ok,
      {});
}

void
Readers::end_look (Reader &reader, ResultCode result, std::string text)
{
  SocialResult message;
  message.query_id = reader.id;
  message.result = result;
  if (! text.empty ())
    message.text = text.substr (0, answer_text_max);
  reader.client->send (message);
  close (reader);
}

// ------------------------------------------------------------------- ending

void
Readers::on_client_gone (const shell::ServiceClient &client)
{
  for (auto it = readers_.lower_bound ({ &client, 0 });
       it != readers_.end () && it->first.first == &client;
       it = readers_.lower_bound ({ &client, 0 }))
    close (*it->second);
}

// The channel's handle goes: what hangs on it would dangle. Followers have
// handles of their own and go on.
void
Readers::on_channel_ending (const PlaceRef &ref)
{
  std::vector<Reader *> ending;
  for (const auto &[key, reader] : readers_)
    if (reader->ref == ref && nullptr == reader->retry)
      ending.push_back (reader.get ());
  for (Reader *reader : ending)
  {
    if (nullptr != reader->state)
      end_look (*reader, ResultCode::failed, "the place changed: ask again");
    else
      end_replay (*reader, GNUNET_SYSERR, "the place changed: ask again");
  }
}
} // namespace social
